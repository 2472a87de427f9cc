//! The connector against a simulated account.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod reading;
mod stage;
mod two_way;
