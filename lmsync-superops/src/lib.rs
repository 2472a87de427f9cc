#![doc = include_str!("../README.md")]

mod answers;
mod api;
mod config;
mod connector;
mod map;
mod two_way;
mod wire;

pub use self::api::Product;
pub use self::config::{Region, SuperOpsConfig};
pub use self::connector::SuperOps;

pub use lmsync_core as core;
