// The README's examples need the vendors they name.
#![cfg_attr(feature = "superops", doc = include_str!("../README.md"))]
#![cfg_attr(
    not(feature = "superops"),
    doc = "The facade of lmsync; enable a vendor's feature."
)]

// Without a vendor there is nothing to configure.
#[cfg(feature = "superops")]
mod config;

#[cfg(feature = "superops")]
pub use config::ConnectorConfig;
pub use lmsync_core::*;

#[cfg(feature = "superops")]
pub use lmsync_superops as superops;
