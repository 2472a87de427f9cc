// The README's examples need the vendors they name.
#![cfg_attr(feature = "superops", doc = include_str!("../README.md"))]
#![cfg_attr(
    not(feature = "superops"),
    doc = "The facade of lmsync; enable a vendor's feature."
)]

mod config;
mod vendors;

pub use self::config::ConnectorConfig;
pub use self::vendors::Vendors;
pub use lmsync_core::*;

#[cfg(feature = "cwrmm")]
pub use lmsync_cwrmm as cwrmm;
#[cfg(feature = "halo")]
pub use lmsync_halo as halo;
#[cfg(feature = "superops")]
pub use lmsync_superops as superops;
#[cfg(feature = "syncro")]
pub use lmsync_syncro as syncro;
