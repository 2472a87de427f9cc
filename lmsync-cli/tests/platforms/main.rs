//! The program as an Airbyte source and as a Singer tap, run against simulated accounts.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod airbyte;
mod singer;
mod support;
