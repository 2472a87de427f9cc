//! The connector against a simulated account.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod conformance;
mod owners;
mod reading;
mod stage;
mod two_way;
