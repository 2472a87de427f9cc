//! What every connector makes of the same accounts, byte for byte.
//!
//! The JSON form of an account is what people store and compare: it changes on purpose, with a line in the
//! changelog, or not at all. After such a change, put in the sums that the test tells.

#![allow(clippy::unwrap_used, dead_code)]

use std::sync::Arc;

use flate2::Crc;
use futures_util::StreamExt;
use lmsync::listing::{Listed, RecordStream};
use lmsync::{AssetQuery, Detail, SharedClock};
use lmsync_testkit::VirtualClock;
use lmsync_testkit::conformance::run;
use serde::Serialize;

use self::memory::Account;

#[path = "../benches/sync/memory.rs"]
mod memory;
#[path = "../benches/sync/tape.rs"]
mod tape;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// Enough for every kind of machine, customer and odd value that the simulated fleets have.
const ASSETS: usize = 250;

/// Lines and the sum of their bytes.
#[derive(Default)]
struct Sum {
    lines: usize,
    crc: Crc,
}

impl Sum {
    async fn add<T: Listed + Serialize>(&mut self, mut stream: RecordStream<T>) {
        while let Some(record) = stream.next().await {
            let line = serde_json::to_string(&record.unwrap()).unwrap();
            self.crc.update(line.as_bytes());
            self.lines += 1;
        }
        let summary = stream.summary();
        assert!(summary.complete, "{summary:?}");
        self.crc.update(format!("{summary:?}").as_bytes());
    }
}

fn expect(vendor: &str, lines: usize, crc: u32) {
    run(async {
        let clock: SharedClock = Arc::new(VirtualClock::default());
        let account = Account::open(vendor, ASSETS, clock, 1_000_000).unwrap();
        let connector = account.connector;
        let mut sum = Sum::default();
        sum.add(connector.assets(AssetQuery::new().raw())).await;
        let detail = AssetQuery::new().detail(Detail::NONE.hardware().software());
        sum.add(connector.assets(detail)).await;
        sum.add(connector.customers()).await;
        if connector.info().capabilities.software {
            sum.add(connector.software(AssetQuery::new())).await;
        }
        assert_eq!((sum.lines, sum.crc.sum()), (lines, crc), "{vendor}");
    });
}

#[test]
fn superops() {
    expect("superops", 510, 2_298_767_126);
}

#[test]
fn syncro() {
    expect("syncro", 510, 3_956_092_428);
}

#[test]
fn connectwise() {
    expect("cwrmm", 510, 2_556_471_073);
}

#[test]
fn halo() {
    expect("halo-psa", 542, 2_128_103_954);
}
