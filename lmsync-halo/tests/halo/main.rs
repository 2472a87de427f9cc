//! A whole Halo account, read and written.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod account;
mod support;
mod two_way;
