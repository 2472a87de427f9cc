//! Listings that go on where another stopped.

use std::collections::BTreeSet;

use futures_util::StreamExt;
use lmsync_core::listing::{Checkpoint, ListingScope, RecordStream};
use lmsync_core::{AssetQuery, ErrorKind};
use proptest::prelude::*;

use crate::vendor::{Vendor, complete, drain, in_virtual_time, scope, up_to};

async fn stop_after(vendor: &Vendor, count: usize) -> (Vec<u32>, Checkpoint) {
    let mut stream = vendor.list(3);
    let mut ids = Vec::new();
    for _ in 0..count {
        let record = stream.next().await.unwrap().unwrap();
        ids.push(record.source.vendor_id.parse().unwrap());
    }
    let stored = serde_json::to_string(&stream.checkpoint()).unwrap();
    (ids, serde_json::from_str(&stored).unwrap())
}

#[tokio::test(start_paused = true)]
async fn a_listing_resumes_after_every_record_without_skipping_or_repeating() {
    for stop in 0..=45 {
        let vendor = Vendor::new(45);
        let (mut ids, checkpoint) = stop_after(&vendor, stop).await;
        ids.extend(complete(vendor.list_from(Some(checkpoint), 3)).await);
        assert_eq!(ids, up_to(45), "stopped after {stop}");
    }
}

#[tokio::test(start_paused = true)]
async fn records_that_moved_although_the_count_did_not_are_found() {
    // Record 11 was handed out. With 1 and 2 gone, 12 is on the first page.
    let vendor = Vendor::new(30);
    let (mut ids, checkpoint) = stop_after(&vendor, 11).await;
    vendor.records.lock().unwrap().retain(|id| *id > 2);
    vendor.records.lock().unwrap().extend([31, 32]);
    ids.extend(complete(vendor.list_from(Some(checkpoint), 1)).await);
    let ids: BTreeSet<u32> = ids.into_iter().collect();
    assert_eq!(ids, up_to(32).into_iter().collect());
}

#[tokio::test(start_paused = true)]
async fn a_listing_resumed_after_its_second_walk_began_starts_over() {
    // The first walk misses record 11; the second hands it out and is then left.
    let vendor = Vendor::new(30).changing(|number, records| {
        if number == 1 {
            records.retain(|id| *id != 1);
        }
    });
    let (ids, checkpoint) = stop_after(&vendor, 30).await;
    assert_eq!(ids.last(), Some(&11));
    assert_eq!(
        complete(vendor.list_from(Some(checkpoint), 1)).await.len(),
        29
    );
}

#[tokio::test(start_paused = true)]
async fn a_checkpoint_of_anything_else_is_refused() {
    let vendor = Vendor::new(45);
    let (_, checkpoint) = stop_after(&vendor, 5).await;
    for change in [
        |scope: &mut ListingScope| scope.instance = "other".to_owned(),
        |scope: &mut ListingScope| scope.connector = "other".to_owned(),
        |scope: &mut ListingScope| scope.listing = "assets".to_owned(),
    ] {
        let mut other = scope();
        change(&mut other);
        let query = AssetQuery::new().resume(checkpoint.clone());
        let stream = RecordStream::new(vendor.clone(), query, other, vendor.clock.clone(), 1);
        let (ids, failure, _) = drain(stream).await;
        assert!(ids.is_empty());
        assert_eq!(failure.unwrap().kind(), ErrorKind::Config);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    /// Whatever is deleted or inserted, and wherever, between stopping and
    /// resuming: no record that was there all the time is missed.
    #[test]
    fn a_resumed_listing_skips_nothing(
        records in 1_u32..60,
        stop in 0_usize..60,
        deleted in proptest::collection::btree_set(1_u32..60, 0..4),
        inserted in proptest::collection::vec(0_usize..60, 0..4),
        concurrency in 1_usize..5,
    ) {
        let (got, expected) = in_virtual_time(async {
            let vendor = Vendor::new(records);
            let (mut ids, checkpoint) = stop_after(&vendor, stop.min(records as usize)).await;
            {
                let mut now = vendor.records.lock().unwrap();
                now.retain(|id| !deleted.contains(id));
                for (number, place) in inserted.iter().enumerate() {
                    let place = (*place).min(now.len());
                    now.insert(place, 1000 + number as u32);
                }
            }
            let (more, failure, _) = drain(vendor.list_from(Some(checkpoint), concurrency)).await;
            assert!(failure.is_none());
            ids.extend(more);
            let got: BTreeSet<u32> = ids.into_iter().collect();
            let expected: BTreeSet<u32> =
                up_to(records).into_iter().filter(|id| !deleted.contains(id)).collect();
            (got, expected)
        });
        prop_assert!(expected.is_subset(&got), "missing {:?}", expected.difference(&got));
    }
}
