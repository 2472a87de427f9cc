#![cfg_attr(docsrs, feature(doc_cfg))]
// The README's examples need the vendors they name.
#![cfg_attr(feature = "superops", doc = include_str!("../README.md"))]
#![cfg_attr(
    not(feature = "superops"),
    doc = "The facade of lmsync; enable a vendor's feature."
)]

mod accounts;
mod config;
#[cfg(feature = "schema")]
mod config_schema;
pub mod dates;
mod problem;
mod sinks;
mod stop;
mod vendors;
// A page of the documentation, and no part of the API. Its examples are about one vendor.
#[cfg(all(any(doc, doctest), feature = "syncro"))]
pub mod ways_in;

pub use self::accounts::{
    AccountCheck, Accounts, Shard, SyncEvent, SyncFailure, SyncOptions, SyncReport,
};
pub use self::config::ConnectorConfig;
pub use self::problem::{Problem, Problems};
pub use self::sinks::{Discard, JsonLines, JsonLinesEnd, Tee};
pub use self::stop::Stop;
pub use self::vendors::*;
pub use lmsync_core::*;
pub use lmsync_store as store;
#[cfg(feature = "warranty")]
pub use lmsync_warranty as warranty;
