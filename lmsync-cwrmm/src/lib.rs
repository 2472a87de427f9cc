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

pub use self::config::{CwRmmConfig, Region};
pub use self::connector::CwRmm;
pub use self::quirks::date_fields::FieldIds;

pub use lmsync_core as core;
