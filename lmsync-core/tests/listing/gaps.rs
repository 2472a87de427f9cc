//! Rows that stand for records nobody can count.

use std::sync::atomic::{AtomicU32, Ordering};

use futures_util::StreamExt;
use lmsync_core::Rejection;
use lmsync_core::listing::{Checkpoint, Row};
use lmsync_core::model::Customer;

use crate::vendor::{Vendor, complete, drain, up_to};

const WHY: &str = "a group of customers is null";

fn gap(why: &str) -> Row<Customer> {
    Row::Gap(Rejection::new(None, why.to_owned()))
}

/// A vendor of 25 records, with gaps on the second page in place of records 11 and 12.
fn vendor() -> Vendor {
    Vendor::new(25).replying(|number, mut page| {
        if number == 2 {
            page.rows[0] = gap(WHY);
            page.rows[1] = gap("another");
        }
        Ok(page)
    })
}

#[tokio::test(start_paused = true)]
async fn a_gap_leaves_the_listing_incomplete_and_costs_nothing_else() {
    let vendor = vendor();
    let (ids, failure, summary) = drain(vendor.list(2)).await;
    assert!(failure.is_none());
    assert_eq!(ids.len(), 23);
    assert!(!summary.complete);
    assert_eq!(summary.incomplete_reason.as_deref(), Some(WHY));
    let rejected = summary.rejected.iter();
    let rejected: Vec<&str> = rejected.map(|row| row.reason.as_str()).collect();
    assert_eq!(rejected, [WHY, "another"]);
    assert_eq!(vendor.asked(), [1, 2, 3], "reading again is not worth it");
}

#[tokio::test(start_paused = true)]
async fn a_listing_that_is_resumed_after_a_gap_knows_of_it() {
    for (stop, is_known) in [(5, false), (10, false), (11, true), (20, true)] {
        let spoilt = vendor();
        let mut stream = spoilt.list(1);
        for _ in 0..stop {
            stream.next().await.unwrap().unwrap();
        }
        let stored = serde_json::to_string(&stream.checkpoint()).unwrap();
        assert_eq!(stored.contains(WHY), is_known, "{stored}");
        let checkpoint: Checkpoint = serde_json::from_str(&stored).unwrap();
        let (_, failure, summary) = drain(spoilt.list_from(Some(checkpoint), 1)).await;
        assert!(failure.is_none());
        assert_eq!(summary.incomplete_reason.as_deref(), Some(WHY), "{stop}");
    }
}

#[tokio::test(start_paused = true)]
async fn another_walk_forgets_the_gaps_of_the_one_before() {
    // The first walk has a gap, and misses the last two records.
    let walk = AtomicU32::new(0);
    let vendor = Vendor::new(25).replying(move |number, mut page| {
        if number == 1 && walk.fetch_add(1, Ordering::SeqCst) == 0 {
            page.rows[0] = gap(WHY);
        }
        if number == 3 && walk.load(Ordering::SeqCst) == 1 {
            page.rows.truncate(3);
        }
        Ok(page)
    });
    let mut ids = complete(vendor.list(1)).await;
    ids.sort_unstable();
    assert_eq!(ids, up_to(25));
}
