#![doc = include_str!("../README.md")]

mod address;
mod answers;
mod api;
mod asset_types;
mod config;
mod connector;
mod lists;
mod map;
mod places;
mod sections;
mod sign_in;
mod two_way;
mod wire;

pub use self::asset_types::{AssetClass, AssetTypes};
pub use self::config::{HaloConfig, HaloProduct};
pub use self::connector::Halo;
pub use self::sign_in::Scopes;

pub use lmsync_core as core;
