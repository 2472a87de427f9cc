//! Listings: complete or they say why not, whatever the vendor does with its pages.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use futures_util::StreamExt;
use lmsync_core::http::Meter;
use lmsync_core::model::{Customer, Source};
use lmsync_core::paging::{Checkpoint, ListingScope, Page, PageSource, RecordStream, Row};
use lmsync_core::{
    AssetQuery, Clock, Error, ErrorKind, Rejection, Result, SharedClock, SyncSummary,
};
use lmsync_testkit::VirtualClock;
use proptest::prelude::*;

const SIZE: u32 = 10;

/// A vendor with numbered pages; clones share the records.
#[derive(Clone)]
struct Vendor {
    clock: SharedClock,
    records: Arc<Mutex<Vec<u32>>>,
    asked: Arc<Mutex<Vec<u32>>>,
    in_flight: Arc<AtomicU32>,
    most_in_flight: Arc<AtomicU32>,
    habits: Arc<Habits>,
}

type Change = dyn Fn(u32, &mut Vec<u32>) + Send + Sync;
type Reply = dyn Fn(u32, Page<Customer>) -> Result<Page<Customer>> + Send + Sync;

/// How the vendor deviates.
struct Habits {
    /// What happens to the records after page `n` was read.
    change: Box<Change>,
    /// What becomes of page `n` on its way out.
    reply: Box<Reply>,
}

impl Default for Habits {
    fn default() -> Self {
        Self {
            change: Box::new(|_, _| {}),
            reply: Box::new(|_, page| Ok(page)),
        }
    }
}

impl Vendor {
    fn new(records: u32) -> Self {
        Self {
            clock: Arc::new(VirtualClock::default()),
            records: Arc::new(Mutex::new((1..=records).collect())),
            asked: Arc::default(),
            in_flight: Arc::default(),
            most_in_flight: Arc::default(),
            habits: Arc::default(),
        }
    }

    fn changing(mut self, change: impl Fn(u32, &mut Vec<u32>) + Send + Sync + 'static) -> Self {
        let habits = Habits {
            change: Box::new(change),
            ..Habits::default()
        };
        self.habits = Arc::new(habits);
        self
    }

    fn replying(
        mut self,
        reply: impl Fn(u32, Page<Customer>) -> Result<Page<Customer>> + Send + Sync + 'static,
    ) -> Self {
        let habits = Habits {
            reply: Box::new(reply),
            ..Habits::default()
        };
        self.habits = Arc::new(habits);
        self
    }

    fn list(&self, concurrency: usize) -> RecordStream<Customer> {
        self.list_from(None, concurrency)
    }

    fn list_from(
        &self,
        checkpoint: Option<Checkpoint>,
        concurrency: usize,
    ) -> RecordStream<Customer> {
        let mut query = AssetQuery::new();
        query.resume = checkpoint;
        RecordStream::new(
            self.clone(),
            query,
            scope(),
            self.clock.clone(),
            concurrency,
        )
    }

    fn asked(&self) -> Vec<u32> {
        self.asked.lock().unwrap().clone()
    }
}

fn scope() -> ListingScope {
    ListingScope {
        connector: "vendor".to_owned(),
        instance: "acme".to_owned(),
        listing: "customers".to_owned(),
    }
}

fn customer(id: u32) -> Customer {
    let source = Source::new(
        "vendor",
        "acme",
        id.to_string(),
        VirtualClock::default().now(),
    );
    Customer::new(source, format!("customer {id}"))
}

#[async_trait]
impl PageSource for Vendor {
    type Record = Customer;

    async fn page(&self, number: u32, _meter: &Meter) -> Result<Page<Customer>> {
        self.asked.lock().unwrap().push(number);
        let running = self.in_flight.fetch_add(1, Ordering::SeqCst) + 1;
        self.most_in_flight.fetch_max(running, Ordering::SeqCst);
        self.clock.sleep(Duration::from_millis(50)).await;
        self.in_flight.fetch_sub(1, Ordering::SeqCst);
        let mut records = self.records.lock().unwrap();
        let total = records.len();
        let start = ((number - 1) * SIZE) as usize;
        let rows: Vec<_> = records
            .iter()
            .skip(start)
            .take(SIZE as usize)
            .map(|id| Row::Record(customer(*id)))
            .collect();
        let more = (start + rows.len() < total).then_some(true);
        (self.habits.change)(number, &mut records);
        let page = Page {
            rows,
            total: Some(total as u64),
            pages: None,
            more,
            size: SIZE,
        };
        (self.habits.reply)(number, page)
    }
}

async fn drain(mut stream: RecordStream<Customer>) -> (Vec<u32>, Option<Error>, SyncSummary) {
    let mut ids = Vec::new();
    let mut failure = None;
    while let Some(record) = stream.next().await {
        match record {
            Ok(customer) => ids.push(customer.source.vendor_id.parse().unwrap()),
            Err(error) => failure = Some(error),
        }
    }
    (ids, failure, stream.summary())
}

async fn complete(stream: RecordStream<Customer>) -> Vec<u32> {
    let (ids, failure, summary) = drain(stream).await;
    assert!(failure.is_none(), "{failure:?}");
    assert!(summary.complete, "{summary:?}");
    assert_eq!(summary.kept, ids.len() as u64);
    ids
}

fn up_to(last: u32) -> Vec<u32> {
    (1..=last).collect()
}

fn sorted(mut ids: Vec<u32>) -> Vec<u32> {
    ids.sort_unstable();
    ids
}

#[tokio::test(start_paused = true)]
async fn every_record_comes_once_and_in_order_in_no_more_pages_than_needed() {
    for (records, pages) in [
        (0, 1),
        (1, 1),
        (9, 1),
        (10, 1),
        (11, 2),
        (95, 10),
        (100, 10),
    ] {
        for concurrency in [1, 3, 50] {
            let vendor = Vendor::new(records);
            assert_eq!(complete(vendor.list(concurrency)).await, up_to(records));
            assert_eq!(vendor.asked().len(), pages, "{records} by {concurrency}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn pages_overlap_and_no_more_than_allowed() {
    let vendor = Vendor::new(1000);
    complete(vendor.list(8)).await;
    let best = Duration::from_millis(50) * 100_u32.div_ceil(8);
    let spent = vendor.clock.elapsed();
    assert!(spent.as_secs_f64() <= best.as_secs_f64() * 1.3, "{spent:?}");
    assert_eq!(vendor.most_in_flight.load(Ordering::SeqCst), 8);
}

#[tokio::test(start_paused = true)]
async fn read_ahead_waits_for_a_slow_consumer() {
    let vendor = Vendor::new(1000);
    let mut stream = vendor.list(4);
    stream.next().await.unwrap().unwrap();
    vendor.clock.sleep(Duration::from_secs(3600)).await;
    assert!(vendor.asked().len() <= 5, "{:?}", vendor.asked());
}

#[tokio::test(start_paused = true)]
async fn nothing_is_asked_before_the_first_poll_or_after_the_drop() {
    let vendor = Vendor::new(1000);
    let mut stream = vendor.list(4);
    vendor.clock.sleep(Duration::from_secs(1)).await;
    assert!(vendor.asked().is_empty());
    for _ in 0..15 {
        stream.next().await.unwrap().unwrap();
    }
    drop(stream);
    let asked = vendor.asked().len();
    vendor.clock.sleep(Duration::from_secs(3600)).await;
    assert_eq!(vendor.asked().len(), asked);
}

#[tokio::test(start_paused = true)]
async fn a_short_or_empty_page_is_not_the_end() {
    // Ten rows a page are promised; page 2 has three and page 3 none.
    let ids = Arc::new(|number: u32| match number {
        1 => 1..11,
        2 => 11..14,
        3 => 14..14,
        4 => 14..24,
        5 => 24..31,
        _ => 31..31,
    });
    for hint in [Some(true), None] {
        let ids = Arc::clone(&ids);
        let vendor = Vendor::new(30).replying(move |number, mut page| {
            page.rows = ids(number).map(|id| Row::Record(customer(id))).collect();
            page.more = hint.filter(|_| number < 5);
            Ok(page)
        });
        let (got, failure, summary) = drain(vendor.list(2)).await;
        assert!(failure.is_none());
        if hint.is_some() {
            assert_eq!(got, up_to(30));
            assert!(summary.complete);
        } else {
            // Without a hint an empty last page cannot be told from the end: said, not hidden.
            assert!(!summary.complete);
            assert!(summary.incomplete_reason.unwrap().contains("more records"));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_page_smaller_than_promised_is_followed_up() {
    // The server grants four rows a page and does not say so.
    let vendor = Vendor::new(50).replying(|number, mut page| {
        let start = (number - 1) * 4 + 1;
        page.rows = (start..(start + 4).min(51))
            .map(|id| Row::Record(customer(id)))
            .collect();
        page.more = None;
        Ok(page)
    });
    assert_eq!(complete(vendor.list(4)).await, up_to(50));
}

#[tokio::test(start_paused = true)]
async fn without_a_count_the_hint_or_a_full_page_leads_on() {
    let no_count = |number: u32, mut page: Page<Customer>| {
        let _ = number;
        page.total = None;
        page.more = page.more.or(Some(false));
        Ok(page)
    };
    assert_eq!(
        complete(Vendor::new(35).replying(no_count).list(4)).await,
        up_to(35)
    );
    let nothing = |_: u32, mut page: Page<Customer>| {
        page.total = None;
        page.more = None;
        Ok(page)
    };
    assert_eq!(
        complete(Vendor::new(35).replying(nothing).list(4)).await,
        up_to(35)
    );
    assert_eq!(
        complete(Vendor::new(40).replying(nothing).list(4)).await,
        up_to(40)
    );
}

#[tokio::test(start_paused = true)]
async fn a_known_number_of_pages_is_read_ahead_empty_ones_included() {
    for hints in [true, false] {
        let vendor = Vendor::new(500).replying(move |number, mut page| {
            if (2..=40).contains(&number) {
                page.rows.clear();
            }
            page.total = None;
            page.more = hints.then_some(number < 50);
            page.pages = Some(50);
            Ok(page)
        });
        assert_eq!(complete(vendor.list(10)).await.len(), 110);
        assert_eq!(vendor.asked().len(), 50);
        assert_eq!(vendor.most_in_flight.load(Ordering::SeqCst), 10);
    }
}

#[tokio::test(start_paused = true)]
async fn a_record_on_two_pages_comes_once() {
    let vendor = Vendor::new(35).replying(|number, mut page| {
        if number == 3 {
            page.rows.insert(0, Row::Record(customer(20)));
        }
        Ok(page)
    });
    let (ids, _, summary) = drain(vendor.list(4)).await;
    assert_eq!(ids, up_to(35));
    assert_eq!(summary.duplicates, 1);
    assert_eq!(summary.seen, 35);
}

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

#[tokio::test(start_paused = true)]
async fn an_endless_listing_is_an_error() {
    let repeating = |number: u32, mut page: Page<Customer>| {
        if number > 3 {
            page.rows = (21..=30).map(|id| Row::Record(customer(id))).collect();
        }
        page.more = Some(true);
        page.total = None;
        Ok(page)
    };
    let inventing = |number: u32, mut page: Page<Customer>| {
        page.rows = (number * 10..number * 10 + 10)
            .map(|id| Row::Record(customer(id)))
            .collect();
        page.more = Some(true);
        Ok(page)
    };
    for vendor in [
        Vendor::new(30).replying(repeating),
        Vendor::new(30).replying(inventing),
    ] {
        let (_, failure, summary) = drain(vendor.list(4)).await;
        let error = failure.unwrap();
        assert_eq!(error.kind(), ErrorKind::Vendor);
        assert!(error.to_string().contains("does not end"), "{error}");
        assert!(!summary.complete);
        assert!(vendor.asked().len() < 250);
    }
}

#[tokio::test(start_paused = true)]
async fn a_last_page_that_claims_more_is_the_end_once_all_are_there() {
    let vendor = Vendor::new(30).replying(|number, mut page| {
        if number > 3 {
            page.rows = (21..=30).map(|id| Row::Record(customer(id))).collect();
        }
        page.more = Some(true);
        Ok(page)
    });
    assert_eq!(complete(vendor.list(4)).await, up_to(30));
}

#[tokio::test(start_paused = true)]
async fn rows_that_cannot_be_read_are_told_and_cost_nobody_else() {
    let vendor = Vendor::new(25).replying(|number, mut page| {
        if number == 2 {
            for (row, vendor_id) in [(0, None), (1, Some("12".to_owned()))] {
                page.rows[row] = Row::Rejected(Rejection {
                    vendor_id,
                    reason: "odd".to_owned(),
                });
            }
        }
        Ok(page)
    });
    let (ids, failure, summary) = drain(vendor.list(2)).await;
    assert!(failure.is_none());
    assert_eq!(ids.len(), 23);
    assert_eq!(summary.rejected.len(), 2);
    assert_eq!(summary.seen, 25);
    assert!(summary.complete);
}

#[tokio::test(start_paused = true)]
async fn what_is_none_of_what_is_listed_counts_and_is_not_handed_out() {
    let vendor = Vendor::new(25).replying(|number, mut page| {
        if number == 2 {
            page.rows[3] = Row::Skipped {
                vendor_id: "14".to_owned(),
            };
        }
        Ok(page)
    });
    let (ids, failure, summary) = drain(vendor.list(2)).await;
    assert!(failure.is_none() && summary.complete);
    assert_eq!(ids.len(), 24);
    assert!(!ids.contains(&14));
    assert_eq!((summary.seen, summary.skipped), (24, 1));
    assert!(summary.rejected.is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_error_ends_the_listing_after_what_came_before_it() {
    let vendor = Vendor::new(50).replying(|number, page| {
        if number == 3 {
            return Err(Error::new(ErrorKind::Permission, "no more"));
        }
        Ok(page)
    });
    let (ids, failure, summary) = drain(vendor.list(4)).await;
    assert_eq!(ids, up_to(20));
    assert_eq!(failure.unwrap().kind(), ErrorKind::Permission);
    assert!(!summary.complete);
    assert!(summary.incomplete_reason.unwrap().contains("no more"));
}

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
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        let (got, expected) = runtime.block_on(async {
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

    /// Records that stay are handed out exactly once, whatever else comes and
    /// goes between pages; a listing that says it is complete has them all.
    #[test]
    fn a_complete_listing_has_every_record_that_stayed(
        records in 1_u32..60,
        changes in proptest::collection::btree_map(1_u32..8, (0_u32..60, any::<bool>()), 0..4),
        concurrency in 1_usize..5,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        let gone: BTreeSet<u32> = changes.values().filter(|(_, gone)| *gone).map(|(id, _)| *id).collect();
        let (ids, summary) = runtime.block_on(async {
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
