#![doc = include_str!("../README.md")]

mod answers;
mod api;
mod check;
mod config;
mod connect;
mod connector;
mod lists;
mod map;
mod places;
mod product;
mod quirks;
mod two_way;
mod wire;

pub use self::config::{CwRmmConfig, Region};
pub use self::connector::CwRmm;
pub use self::quirks::date_fields::DateTarget;

pub use lmsync_core as core;
