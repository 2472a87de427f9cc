#![doc = include_str!("../README.md")]

mod answers;
mod api;
mod batch;
mod check;
mod config;
mod connector;
mod homes;
mod limits;
mod link;
mod lists;
mod map;
mod places;
mod read;
mod request;
mod scope;
mod sign_in;
mod two_way;
mod wire;
mod writer;

pub use self::config::{CwRmmConfig, Region};
pub use self::connector::CwRmm;
pub use self::homes::DateTarget;

pub use lmsync_core as core;
