// The README's examples need the vendors they name.
#![cfg_attr(feature = "superops", doc = include_str!("../README.md"))]
#![cfg_attr(
    not(feature = "superops"),
    doc = "The facade of lmsync; enable a vendor's feature."
)]

// Without a vendor there is nothing to configure.
#[cfg(any(
    feature = "cwrmm",
    feature = "halo",
    feature = "superops",
    feature = "syncro"
))]
mod config;

#[cfg(any(
    feature = "cwrmm",
    feature = "halo",
    feature = "superops",
    feature = "syncro"
))]
pub use config::ConnectorConfig;
pub use lmsync_core::*;

#[cfg(feature = "cwrmm")]
pub use lmsync_cwrmm as cwrmm;
#[cfg(feature = "halo")]
pub use lmsync_halo as halo;
#[cfg(feature = "superops")]
pub use lmsync_superops as superops;
#[cfg(feature = "syncro")]
pub use lmsync_syncro as syncro;
