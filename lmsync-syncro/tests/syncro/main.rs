//! A whole Syncro account, with everything that a real one does and should not.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod account;
mod conformance;
mod owners;
mod support;
mod two_way;
