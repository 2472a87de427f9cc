//! Peculiarities of SuperOps alone.

pub(crate) mod documents;
pub(crate) mod rows;
