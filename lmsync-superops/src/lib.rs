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
mod two_way;
mod wire;

pub use self::config::{Region, SuperOpsConfig};
pub use self::connector::SuperOps;
pub use self::product::Product;

pub use lmsync_core as core;
