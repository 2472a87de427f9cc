//! Peculiarities of Halo alone.

pub(crate) mod address;
pub(crate) mod asset_types;
pub(crate) mod installed;
pub(crate) mod sign_in;
pub(crate) mod update;
