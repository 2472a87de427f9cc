//! Allocations for each asset of a listing, which nobody sees and everybody waits for.
//!
//! Counted, not timed: the same each time. `benches/README.md` has the figures.

#![allow(clippy::unwrap_used, dead_code)]

use std::sync::Arc;

use allocation_counter::measure;
use lmsync::{AssetQuery, SharedClock};
use lmsync_testkit::VirtualClock;
use lmsync_testkit::conformance::run;

use self::memory::Account;

#[path = "../benches/sync/memory.rs"]
mod memory;
#[path = "../benches/sync/tape.rs"]
mod tape;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

const ASSETS: u64 = 1_000;

/// The allocations of an account that is listed so many times, the first time from the simulator and then
/// from its tape, and those of a copy of its assets.
fn listed(vendor: &str, times: usize) -> (u64, u64) {
    let mut own = 0;
    let all = measure(|| {
        run(async {
            let clock: SharedClock = Arc::new(VirtualClock::default());
            let account = Account::open(vendor, ASSETS as usize, clock, 1_000_000).unwrap();
            let mut assets = Vec::new();
            for _ in 0..times {
                assets = account.list(AssetQuery::new()).await.unwrap();
            }
            own = measure(|| drop(assets.clone())).count_total;
        });
    });
    (all.count_total, own)
}

/// Asserts that an asset takes at most `most` allocations beyond those of its own texts and lists,
/// which are counted by copying it.
fn expect_at_most(vendor: &str, most: u64) {
    let ((once, _), (twice, own)) = (listed(vendor, 1), listed(vendor, 2));
    let all = (twice - once) / ASSETS;
    let beyond = all - own / ASSETS;
    assert!(beyond <= most, "{beyond} of {all} are beyond its own");
}

#[test]
fn superops() {
    expect_at_most("superops", 21);
}

#[test]
fn syncro() {
    expect_at_most("syncro", 61);
}

#[test]
fn connectwise() {
    expect_at_most("cwrmm", 75);
}

#[test]
fn halo() {
    expect_at_most("halo-psa", 39);
}
