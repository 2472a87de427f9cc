#![doc = include_str!("../README.md")]

mod answers;
mod api;
mod check;
mod config;
mod connect;
mod connector;
mod lists;
mod map;
mod product;
mod quirks;
mod tenant_fields;
mod two_way;
mod wire;

pub use self::config::HaloConfig;
pub use self::connector::Halo;
pub use self::product::HaloProduct;
pub use self::quirks::asset_types::{AssetClass, AssetTypes};
pub use self::quirks::sign_in::Scopes;

pub use lmsync_core as core;
