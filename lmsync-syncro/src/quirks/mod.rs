//! Peculiarities of Syncro alone.

pub(crate) mod agent;
pub(crate) mod merging;
pub(crate) mod owners;
pub(crate) mod raw;
pub(crate) mod update;
