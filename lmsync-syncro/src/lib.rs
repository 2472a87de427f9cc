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

pub use self::config::{PropertiesSent, SyncroConfig};
pub use self::connector::Syncro;

pub use lmsync_core as core;
