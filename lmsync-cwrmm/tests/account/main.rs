//! The connector against a simulated account.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod check_in;
mod listing;
mod reading;
mod sign_in;
mod software;
mod stage;
mod two_way;
