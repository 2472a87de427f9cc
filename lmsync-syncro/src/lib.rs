#![doc = include_str!("../README.md")]

mod agent;
mod answers;
mod api;
mod config;
mod connector;
mod dates;
mod lists;
mod map;
mod owners;
mod places;
mod raw;
mod refusal;
mod two_way;
mod wire;

pub use self::config::SyncroConfig;
pub use self::connector::Syncro;

pub use lmsync_core as core;
