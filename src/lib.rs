#![cfg_attr(docsrs, feature(doc_cfg))]
// The README's examples need the vendors they name.
#![cfg_attr(feature = "superops", doc = include_str!("../README.md"))]
#![cfg_attr(
    not(feature = "superops"),
    doc = "The facade of lmsync; enable a vendor's feature."
)]

mod config;
#[cfg(feature = "schema")]
mod config_schema;
mod vendors;
// A page of the documentation, and no part of the API. Its examples are about one vendor.
#[cfg(all(any(doc, doctest), feature = "syncro"))]
pub mod ways_in;

pub use self::config::ConnectorConfig;
pub use self::vendors::*;
pub use lmsync_core::*;
