//! Allocations for each asset of a listing, which nobody sees and everybody waits for.
//!
//! Counted, not timed: the same each time. `benches/README.md` has the figures.

#![allow(clippy::unwrap_used, dead_code)]

use std::sync::Arc;

use allocation_counter::measure;
use futures_util::TryStreamExt;
use lmsync::model::Asset;
use lmsync::{AssetQuery, Environment, SharedClock, Vendors};
use lmsync_testkit::conformance::run;
use lmsync_testkit::demo::{Demo, Limits};
use lmsync_testkit::fleet::{Fleet, FleetSpec};
use lmsync_testkit::{InMemory, VirtualClock};

#[path = "../benches/sync/tape.rs"]
mod tape;

const ASSETS: u64 = 1_000;

/// Lists an account so many times, the first time from the simulator and then from its tape.
async fn list(vendor: &str, times: usize) -> Vec<Asset> {
    let clock: SharedClock = Arc::new(VirtualClock::default());
    let demo = Demo::of(vendor).unwrap();
    let fleet = Fleet::new(FleetSpec::new(ASSETS as usize, clock.now()));
    let tape = tape::Tape::new(demo.simulator(fleet, Limits::None));
    let environment = Environment::new(Arc::new(InMemory::new(tape, clock.clone())), clock);
    let mut keys = demo.keys("https://127.0.0.1");
    keys["requests_per_minute"] = 1_000_000.into();
    let config = Vendors::built_in().read(keys).unwrap();
    let connector = config.connect_in(&environment).unwrap();
    let mut assets = Vec::new();
    for _ in 0..times {
        let listed = connector.assets(AssetQuery::new());
        assets = listed.try_collect().await.unwrap();
    }
    assets
}

/// Asserts that an asset takes at most `most` allocations beyond those of its own texts and lists,
/// which are counted by copying it.
fn expect_at_most(vendor: &str, most: u64) {
    let listed = |times| {
        let mut own = 0;
        let all = measure(|| {
            run(async {
                let assets = list(vendor, times).await;
                own = measure(|| drop(assets.clone())).count_total;
            });
        });
        (all.count_total, own)
    };
    let ((once, _), (twice, own)) = (listed(1), listed(2));
    let all = (twice - once) / ASSETS;
    let beyond = all - own / ASSETS;
    assert!(beyond <= most, "{beyond} of {all} are beyond its own");
}

#[test]
fn superops() {
    expect_at_most("superops", 25);
}

#[test]
fn syncro() {
    expect_at_most("syncro", 65);
}

#[test]
fn connectwise() {
    expect_at_most("cwrmm", 85);
}

#[test]
fn halo() {
    expect_at_most("halo-psa", 38);
}
