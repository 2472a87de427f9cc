//! Accounts that change, or miscount, while they are read.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

use lmsync_core::Rejection;
use lmsync_core::listing::Row;
use lmsync_core::model::Customer;
use proptest::prelude::*;

use crate::vendor::{Vendor, complete, customer, drain, in_virtual_time, sorted, up_to};

#[tokio::test(start_paused = true)]
async fn what_slips_to_a_page_already_read_is_found() {
    // Record 1 is deleted after page 1 was read: record 11 slips onto page 1.
    let vendor = Vendor::new(50).changing(|number, records| {
        if number == 1 {
            records.retain(|id| *id != 1);
        }
    });
    assert_eq!(sorted(complete(vendor.list(1)).await), up_to(50));
}

#[tokio::test(start_paused = true)]
async fn what_is_inserted_while_reading_repeats_nothing() {
    let inserted = Arc::new(AtomicU32::new(100));
    let vendor = Vendor::new(50).changing(move |number, records| {
        if number == 2 && inserted.load(Ordering::SeqCst) == 100 {
            records.insert(0, inserted.fetch_add(1, Ordering::SeqCst));
        }
    });
    let mut expected = up_to(50);
    expected.push(100);
    assert_eq!(sorted(complete(vendor.list(1)).await), expected);
}

#[tokio::test(start_paused = true)]
async fn an_account_that_never_holds_still_is_incomplete() {
    let vendor = Vendor::new(50).changing(|_, records| {
        let next = records.iter().max().unwrap() + 1;
        records.push(next);
    });
    let (_, failure, summary) = drain(vendor.list(1)).await;
    assert!(failure.is_none());
    assert!(!summary.complete);
    assert!(summary.incomplete_reason.is_some());
}

#[tokio::test(start_paused = true)]
async fn a_count_that_is_too_high_is_told_after_a_second_look() {
    let vendor = Vendor::new(30).replying(|_, mut page| {
        page.total = Some(33);
        Ok(page)
    });
    let (ids, failure, summary) = drain(vendor.list(4)).await;
    assert!(failure.is_none());
    assert_eq!(ids, up_to(30));
    assert!(!summary.complete);
    assert_eq!(
        summary.incomplete_reason.as_deref(),
        Some("the vendor counts 3 more records than it lists, after 2 readings")
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    /// Records that stay are handed out exactly once, whatever else comes and
    /// goes between pages; a listing that says it is complete has them all.
    #[test]
    fn a_complete_listing_has_every_record_that_stayed(
        records in 1_u32..60,
        changes in proptest::collection::btree_map(1_u32..8, (0_u32..60, any::<bool>()), 0..4),
        concurrency in 1_usize..5,
    ) {
        let gone: BTreeSet<u32> = changes.values().filter(|(_, gone)| *gone).map(|(id, _)| *id).collect();
        let (ids, summary) = in_virtual_time(async {
            let done = Mutex::new(BTreeSet::new());
            let vendor = Vendor::new(records).changing(move |number, records| {
                let Some((id, delete)) = changes.get(&number) else { return };
                if !done.lock().unwrap().insert(number) {
                    return;
                }
                if *delete {
                    records.retain(|record| record != id);
                } else {
                    let place = (*id as usize).min(records.len());
                    records.insert(place, 1000 + number);
                }
            });
            let (ids, failure, summary) = drain(vendor.list(concurrency)).await;
            assert!(failure.is_none());
            (ids, summary)
        });
        let unique: BTreeSet<u32> = ids.iter().copied().collect();
        prop_assert_eq!(unique.len(), ids.len(), "a record came twice");
        if summary.complete {
            let stayed: BTreeSet<u32> =
                up_to(records).into_iter().filter(|id| !gone.contains(id)).collect();
            prop_assert!(stayed.is_subset(&unique), "missing {:?}", stayed.difference(&unique));
        }
    }
}

/// Makes of row `index` of a page what is not handed out.
type Spoil = fn(u32) -> Row<Customer>;

#[tokio::test(start_paused = true)]
async fn a_walk_that_brings_anything_new_is_followed_by_another() {
    // One row more with every walk: 23 of 25, then 24, then all.
    let record: Spoil = |id| Row::Record(Box::new(customer(id)));
    let skipped: Spoil = |id| Row::Skipped {
        vendor_id: id.to_string(),
    };
    let rejected: Spoil = |id| Row::Rejected(Rejection::new(Some(id.to_string()), "odd"));
    for late in [record, skipped, rejected] {
        let walk = AtomicU32::new(0);
        let vendor = Vendor::new(25).replying(move |number, mut page| {
            if number == 1 {
                walk.fetch_add(1, Ordering::SeqCst);
            }
            if number == 3 {
                let walk = walk.load(Ordering::SeqCst);
                page.rows.truncate(3);
                page.rows.extend((24..23 + walk).map(late));
            }
            Ok(page)
        });
        let (ids, failure, summary) = drain(vendor.list(1)).await;
        assert!(failure.is_none() && summary.complete, "{summary:?}");
        let others = summary.skipped + summary.rejected.len() as u64;
        assert_eq!(ids.len() as u64 + others, 25);
    }
}

#[tokio::test(start_paused = true)]
async fn a_first_walk_that_meets_nothing_is_followed_by_another() {
    let walk = AtomicU32::new(0);
    let vendor = Vendor::new(5).replying(move |_, mut page| {
        if walk.fetch_add(1, Ordering::SeqCst) == 0 {
            page.rows.clear();
        }
        Ok(page)
    });
    assert_eq!(complete(vendor.list(1)).await, up_to(5));
}

#[tokio::test(start_paused = true)]
async fn an_account_that_changes_during_two_walks_is_walked_a_third_time() {
    // The last record is deleted, and then the last of the others: the second walk
    // meets nothing new, and yet it cannot know whether it missed something.
    let walk = AtomicU32::new(0);
    let vendor = Vendor::new(50).changing(move |number, records| {
        if number == 1 && walk.fetch_add(1, Ordering::SeqCst) < 2 {
            records.pop();
        }
    });
    assert_eq!(complete(vendor.list(1)).await, up_to(49));
}

#[tokio::test(start_paused = true)]
async fn a_count_of_zero_past_the_end_is_not_believed() {
    let vendor = Vendor::new(30).replying(|number, mut page| {
        page.more = Some(number < 4);
        if number == 4 {
            page.total = Some(0);
        }
        Ok(page)
    });
    assert_eq!(complete(vendor.list(1)).await, up_to(30));
    assert_eq!(vendor.asked(), [1, 2, 3, 4]);
}
