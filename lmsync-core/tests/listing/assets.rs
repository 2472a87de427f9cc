//! What is counted, flagged and left out of a listing of assets.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::{StreamExt, TryStreamExt};
use lmsync_core::http::Meter;
use lmsync_core::listing::{
    Checkpoint, ListSource, Listed, Next, Page, PageKey, RecordStream, Row,
};
use lmsync_core::model::{
    Asset, AssetDraft, CheckInBasis, IssueCode, Ref, Rules, Software, Source,
};
use lmsync_core::{
    AssetQuery, CheckInWindow, Clock, Detail, Error, ErrorKind, NeverCheckedIn, Result, SyncSummary,
};
use lmsync_testkit::VirtualClock;

use crate::vendor::scope;

const SIZE: usize = 5;

/// A vendor of `records`; clones share what was asked of it.
#[derive(Debug, Clone)]
struct Shelf<T> {
    records: Arc<Vec<T>>,
    completed: Arc<AtomicUsize>,
    pages_asked: Arc<AtomicUsize>,
    /// The page that fails the first time.
    broken: Option<u32>,
}

impl<T: Listed + Clone> Shelf<T> {
    fn of(records: impl IntoIterator<Item = T>) -> Self {
        Self {
            records: Arc::new(records.into_iter().collect()),
            completed: Arc::default(),
            pages_asked: Arc::default(),
            broken: None,
        }
    }

    fn list(&self, query: AssetQuery) -> RecordStream<T> {
        RecordStream::new(
            self.clone(),
            query,
            scope(),
            Arc::new(VirtualClock::default()),
            1,
        )
    }

    async fn read(&self, query: AssetQuery) -> (Vec<T>, SyncSummary) {
        let mut stream = self.list(query);
        let records = stream.by_ref().try_collect().await.unwrap();
        (records, stream.summary())
    }
}

#[async_trait]
impl<T: Listed + Clone> ListSource for Shelf<T> {
    type Record = T;

    async fn page(&self, at: &PageKey, _meter: &Meter) -> Result<Page<T>> {
        let number = at.number();
        self.pages_asked.fetch_add(1, Ordering::SeqCst);
        if self.broken == Some(number) {
            return Err(Error::new(ErrorKind::Network, "the line is dead"));
        }
        let start = (number as usize - 1) * SIZE;
        let rows = self.records.iter().skip(start).take(SIZE);
        let rows = rows.cloned().map(Box::new).map(Row::Record).collect();
        Ok(Page::new(rows, Next::numbered(SIZE as u32)).with_total(self.records.len() as u64))
    }

    async fn complete(&self, record: T, _meter: &Meter) -> Result<T> {
        self.completed.fetch_add(1, Ordering::SeqCst);
        Ok(record)
    }
}

fn now() -> DateTime<Utc> {
    VirtualClock::default().now()
}

fn source(id: usize) -> Source {
    Source::new("vendor", "acme", id.to_string(), now())
}

/// An asset that checked in so many days ago, if ever.
fn asset(id: usize, days: Option<i64>) -> Asset {
    let rules = Rules::default();
    let mut draft = AssetDraft::new(source(id), &rules, now());
    if let Some(days) = days {
        let moment = (now() - TimeDelta::days(days)).to_rfc3339();
        draft.last_check_in(moment.as_str(), CheckInBasis::AgentCheckIn);
    }
    draft.finish()
}

/// Of ten assets two never checked in, three did long ago and five lately.
fn mixed() -> Shelf<Asset> {
    Shelf::of((0..10).map(|id| match id {
        0 | 6 => asset(id, None),
        1 | 4 | 8 => asset(id, Some(100)),
        _ => asset(id, Some(1)),
    }))
}

fn serial(id: usize, text: &str) -> Asset {
    let rules = Rules::default();
    let mut draft = AssetDraft::new(source(id), &rules, now());
    draft.serial(text);
    draft.finish()
}

fn customer(id: &str) -> Ref {
    Ref::new(id, Some(format!("customer {id}")))
}

#[tokio::test(start_paused = true)]
async fn every_asset_is_kept_or_counted_by_what_left_it_out() {
    let recent = AssetQuery::new().window(CheckInWindow::DAYS_30);
    let (kept, summary) = mixed().read(recent.clone()).await;
    assert_eq!((kept.len() as u64, summary.kept), (5, 5));
    assert_eq!((summary.seen, summary.filtered_out), (10, 3));
    let never = (summary.never_checked_in, summary.never_checked_in_excluded);
    assert_eq!(never, (2, 2));

    let query = recent.never_checked_in(NeverCheckedIn::Include);
    let (kept, summary) = mixed().read(query).await;
    assert_eq!((kept.len() as u64, summary.kept), (7, 7));
    assert_eq!((summary.seen, summary.filtered_out), (10, 3));
    let never = (summary.never_checked_in, summary.never_checked_in_excluded);
    assert_eq!(never, (2, 0));
}

#[tokio::test(start_paused = true)]
async fn a_serial_number_is_flagged_from_the_second_asset_on() {
    let shelf = Shelf::of([
        serial(0, "PF2Q7R8S"),
        serial(1, "PF2Q7R8T"),
        serial(2, "PF2Q7R8S"),
        asset(3, None),
        asset(4, None),
        serial(5, "pf2q7r8s"),
    ]);
    let (assets, _) = shelf.read(AssetQuery::new()).await;
    let flagged: Vec<String> = assets
        .iter()
        .filter(|asset| {
            let codes = asset.issues.iter().map(|issue| issue.code);
            codes
                .filter(|code| *code == IssueCode::DuplicateSerial)
                .count()
                == 1
        })
        .map(|asset| asset.source.vendor_id.clone())
        .collect();
    assert_eq!(flagged, ["2", "5"]);
}

#[tokio::test(start_paused = true)]
async fn assets_and_software_are_counted_by_customer() {
    let owned = |id: usize, owner: Option<&str>| {
        let mut asset = asset(id, None);
        asset.customer = owner.map(customer);
        asset
    };
    let assets = Shelf::of([
        owned(0, Some("7")),
        owned(1, Some("7")),
        owned(2, Some("8")),
        owned(3, None),
        owned(4, Some("7")),
    ]);
    let software = Shelf::of([0, 1].map(|id| {
        let mut software = Software::new(source(id), "Viewer");
        software.customer = Some(customer("8"));
        software
    }));
    let counts = |summary: SyncSummary| -> Vec<(String, u64, Option<String>)> {
        let customers = summary.customers.into_iter();
        customers
            .map(|(id, count)| (id, count.assets, count.name))
            .collect()
    };
    let name = |id: &str| customer(id).name;
    let (_, summary) = assets.read(AssetQuery::new()).await;
    assert_eq!(
        counts(summary),
        [
            (String::new(), 1, None),
            ("7".to_owned(), 3, name("7")),
            ("8".to_owned(), 1, name("8"))
        ]
    );
    let (_, summary) = software.read(AssetQuery::new()).await;
    assert_eq!(counts(summary), [("8".to_owned(), 2, name("8"))]);
}

#[tokio::test(start_paused = true)]
async fn detail_is_fetched_for_what_is_kept_and_only_when_asked_for() {
    let recent = AssetQuery::new().window(CheckInWindow::DAYS_30);
    let plain = mixed();
    plain.read(recent.clone()).await;
    assert_eq!(plain.completed.load(Ordering::SeqCst), 0);
    let detailed = mixed();
    let (kept, _) = detailed.read(recent.detail(Detail::NONE.software())).await;
    assert_eq!(detailed.completed.load(Ordering::SeqCst), kept.len());
}

/// The checkpoint where `shelf` fails.
async fn checkpoint_at_the_failure(shelf: &Shelf<Asset>, query: AssetQuery) -> Checkpoint {
    let mut stream = shelf.list(query);
    let mut last = None;
    while let Some(record) = stream.next().await {
        last = Some(record);
    }
    assert!(matches!(last, Some(Err(_))));
    stream.checkpoint()
}

#[tokio::test(start_paused = true)]
async fn pages_that_are_left_out_whole_are_not_read_again() {
    // Only the first page holds what is within the window; the last one cannot be read.
    let assets = |id| asset(id, Some(if id < SIZE { 1 } else { 100 }));
    let mut shelf = Shelf::of((0..4 * SIZE).map(assets));
    shelf.broken = Some(4);
    let query = AssetQuery::new().window(CheckInWindow::DAYS_30);
    let checkpoint = checkpoint_at_the_failure(&shelf, query.clone()).await;
    shelf.broken = None;
    shelf.pages_asked.store(0, Ordering::SeqCst);
    let (kept, summary) = shelf.read(query.resume(checkpoint)).await;
    assert!(kept.is_empty() && summary.complete);
    assert_eq!(summary.filtered_out, SIZE as u64);
    assert_eq!(shelf.pages_asked.load(Ordering::SeqCst), 2);
}

#[tokio::test(start_paused = true)]
async fn a_listing_that_cannot_begin_says_why() {
    let error = Error::unsupported("Vendor", "listing software");
    let mut stream = RecordStream::<Asset>::failed(error, scope());
    let told = stream.summary().incomplete_reason.unwrap();
    assert!(told.contains("listing software"), "{told}");
    let error = stream.next().await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(stream.next().await.is_none());
    assert!(!stream.summary().complete);
    assert!(format!("{stream:?}").contains("acme"));
}
