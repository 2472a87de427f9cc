#![doc = include_str!("../README.md")]

mod api;
mod batch;
mod check;
mod classify;
mod config;
mod connector;
mod limits;
mod link;
mod map;
mod pages;
mod read;
mod request;
mod scope;
mod sign_in;
mod wire;

pub use self::config::{CwRmmConfig, Region};
pub use self::connector::CwRmm;

pub use lmsync_core as core;
