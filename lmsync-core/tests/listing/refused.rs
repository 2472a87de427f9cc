//! Rows that could not be read: one costs itself, too many are a gap, and all of them no listing.

use futures_util::StreamExt;
use lmsync_core::listing::{Checkpoint, Row, read_all};
use lmsync_core::model::Customer;
use lmsync_core::{Rejection, SyncSummary};

use crate::cursors::client;
use crate::vendor::{Page, Vendor, drain};

const WHY: &str = "the customer has no id";

fn refused(vendor_id: Option<u32>) -> Row<Customer> {
    Row::Rejected(Rejection::new(
        vendor_id.map(|id| id.to_string()),
        WHY.to_owned(),
    ))
}

/// A vendor of `records`, of which those that `spoil` names cannot be read: `Some(true)` with an
/// id, `Some(false)` without. It counts them where `counted`.
fn spoilt(records: u32, counted: bool, spoil: fn(u32) -> Option<bool>) -> Vendor {
    Vendor::new(records).replying(move |_, mut page: Page<Customer>| {
        page.total = page.total.filter(|_| counted);
        for row in &mut page.rows {
            let id: u32 = row.vendor_id().unwrap().parse().unwrap();
            if let Some(has_id) = spoil(id) {
                *row = refused(has_id.then_some(id));
            }
        }
        Ok(page)
    })
}

async fn summary(vendor: &Vendor) -> SyncSummary {
    let (_, failure, summary) = drain(vendor.list(2)).await;
    assert!(failure.is_none(), "{failure:?}");
    summary
}

#[tokio::test(start_paused = true)]
async fn a_few_rows_that_cannot_be_read_cost_themselves() {
    for counted in [true, false] {
        for (records, spoil) in [
            (
                25,
                (|id| (id == 3).then_some(false)) as fn(u32) -> Option<bool>,
            ),
            (25, |id| (id % 10 == 3).then_some(false)),
            (25, |id| (id % 2 == 0).then_some(true)),
            // The last page has one row, whose id is known.
            (21, |id| (id == 21).then_some(true)),
        ] {
            let summary = summary(&spoilt(records, counted, spoil)).await;
            assert!(summary.complete, "{summary:?}");
            assert!(summary.rejected_total > 0);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn rows_that_cannot_be_told_apart_leave_a_gap() {
    for counted in [true, false] {
        for (records, spoil, words) in [
            // Every row of an account.
            (
                3,
                (|_| Some(false)) as fn(u32) -> Option<bool>,
                "none of the 3 rows of page 1",
            ),
            (25, |_| Some(false), "none of the 10 rows of page 1"),
            // Every row of a page, be it one.
            (
                25,
                |id| (id > 10 && id <= 20).then_some(false),
                "none of the 10 rows of page 2",
            ),
            (
                21,
                |id| (id == 21).then_some(false),
                "none of the 1 rows of page 3",
            ),
            // More than a few of a listing.
            (25, |id| (id % 5 == 0).then_some(false), "have no id"),
        ] {
            let summary = summary(&spoilt(records, counted, spoil)).await;
            let reason = summary.incomplete_reason.clone().unwrap_or_default();
            assert!(!summary.complete && reason.contains(words), "{summary:?}");
            assert!(reason.ends_with(WHY), "{reason}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_listing_of_refused_records_is_none() {
    for counted in [true, false] {
        for records in [1, 3, 25] {
            let summary = summary(&spoilt(records, counted, |_| Some(true))).await;
            let reason = summary.incomplete_reason.clone().unwrap_or_default();
            assert!(
                !summary.complete && reason.contains("none of the"),
                "{summary:?}"
            );
        }
    }
    // What is none of what is listed can be read.
    let licences = Vendor::new(3).replying(|_, mut page| {
        page.rows[0] = refused(Some(1));
        page.rows[1] = Row::Skipped {
            vendor_id: "2".to_owned(),
        };
        page.rows[2] = Row::Skipped {
            vendor_id: "3".to_owned(),
        };
        Ok(page)
    });
    assert!(summary(&licences).await.complete);
}

#[tokio::test(start_paused = true)]
async fn a_listing_that_is_resumed_after_refused_rows_knows_of_them() {
    let vendor = spoilt(45, true, |id| (id > 10 && id <= 20).then_some(false));
    let mut stream = vendor.list(1);
    for _ in 0..15 {
        stream.next().await.unwrap().unwrap();
    }
    let stored = serde_json::to_string(&stream.checkpoint()).unwrap();
    let checkpoint: Checkpoint = serde_json::from_str(&stored).unwrap();
    let (_, failure, summary) = drain(vendor.list_from(Some(checkpoint), 1)).await;
    assert!(failure.is_none() && !summary.complete, "{summary:?}");
    // The rest has one bad record, and much was handed out before.
    let vendor = spoilt(21, true, |id| (id == 21).then_some(true));
    let mut stream = vendor.list(1);
    for _ in 0..20 {
        stream.next().await.unwrap().unwrap();
    }
    let (_, _, summary) = drain(vendor.list_from(Some(stream.checkpoint()), 1)).await;
    assert!(summary.complete, "{summary:?}");
}

#[tokio::test(start_paused = true)]
async fn rejections_are_counted_and_only_so_many_told() {
    let vendor = spoilt(3_000, true, |id| (id % 2 == 0).then_some(true));
    let summary = summary(&vendor).await;
    assert!(summary.complete);
    assert_eq!(
        (summary.seen, summary.kept, summary.rejected_total),
        (3_000, 1_500, 1_500)
    );
    assert_eq!(summary.rejected.len(), SyncSummary::MOST_REJECTED);
    // Inside a call, where those that are not told may matter.
    let list = read_all(vendor, &client(), &lmsync_core::http::Meter::default())
        .await
        .unwrap();
    let error = list.require_complete("customers").unwrap_err();
    assert!(error.message().contains("1500 of its rows"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_record_that_is_listed_and_counted_twice_in_every_reading_is_no_reason_to_be_incomplete()
{
    // Records 5 and 17 stand twice, on the same page and on another one.
    let doubled = Vendor::new(25);
    doubled.records.lock().unwrap().extend([5, 17]);
    let (ids, failure, summary) = drain(doubled.list(2)).await;
    assert!(failure.is_none() && summary.complete, "{summary:?}");
    assert_eq!(
        (ids.len(), summary.seen, summary.reported_total),
        (25, 25, Some(27))
    );
    assert!(summary.duplicates > 0);
    let twice = [1, 2, 3, 4, 1, 2, 3, 4];
    assert_eq!(doubled.asked(), twice, "twice is enough to know");
}

#[tokio::test(start_paused = true)]
async fn a_count_that_no_reading_comes_to_is_a_reason_to_be_incomplete() {
    // One record stands twice, and one that is counted is never listed.
    let short = Vendor::new(25).replying(|_, mut page| {
        page.total = Some(27);
        if let Some(at) = page
            .rows
            .iter()
            .position(|row| row.vendor_id() == Some("9"))
        {
            let again = page.rows[at].clone();
            page.rows.push(again);
        }
        Ok(page)
    });
    let summary = summary(&short).await;
    assert!(!summary.complete, "{summary:?}");
    // Each reading misses another record, and repeats one in its place.
    let walk = std::sync::atomic::AtomicU32::new(0);
    let shifting = Vendor::new(25).replying(move |number, mut page| {
        let walk = match number {
            1 => walk.fetch_add(1, std::sync::atomic::Ordering::SeqCst) + 1,
            _ => walk.load(std::sync::atomic::Ordering::SeqCst),
        };
        if number == 3 {
            // All but the same one record in the first and the second reading, which repeats others.
            let missing = usize::from(walk == 1);
            page.rows[missing] = page.rows[2].clone();
        }
        Ok(page)
    });
    let (ids, _, summary) = drain(shifting.list(1)).await;
    assert!(summary.complete, "{summary:?}");
    assert_eq!(ids.len(), 25);
}
