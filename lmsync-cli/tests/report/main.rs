//! The command `report`: its figures counted a second way, its page in a browser, what it takes and what it refuses.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod browser;
mod chromium;
mod counts;
mod fleets;
mod options;
mod page;
mod size;
mod store;
#[path = "../program/support.rs"]
mod support;
mod texts;

/// The day that counts as today in these tests.
const TODAY: &str = "2026-11-30";
