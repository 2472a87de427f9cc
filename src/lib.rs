#![doc = include_str!("../README.md")]

mod config;

pub use config::ConnectorConfig;
pub use lmsync_core::*;

#[cfg(feature = "superops")]
pub use lmsync_superops as superops;
