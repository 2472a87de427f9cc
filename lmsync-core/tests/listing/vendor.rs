//! A vendor with numbered pages.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use futures_util::StreamExt;
use lmsync_core::http::Meter;
use lmsync_core::listing::{
    self, Checkpoint, ListSource, ListingScope, Next, PageKey, RecordStream, Row,
};
use lmsync_core::model::{Customer, Source};
use lmsync_core::{AssetQuery, Clock, Error, Result, SharedClock, SyncSummary};
use lmsync_testkit::VirtualClock;

pub(crate) const SIZE: u32 = 10;

/// Runs `work` with a clock that jumps to the next timer whenever all wait.
pub(crate) fn in_virtual_time<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap()
        .block_on(work)
}

/// A vendor with numbered pages; clones share the records.
#[derive(Clone)]
pub(crate) struct Vendor {
    pub(crate) clock: SharedClock,
    pub(crate) records: Arc<Mutex<Vec<u32>>>,
    pub(crate) asked: Arc<Mutex<Vec<u32>>>,
    pub(crate) in_flight: Arc<AtomicU32>,
    pub(crate) most_in_flight: Arc<AtomicU32>,
    pub(crate) habits: Arc<Habits>,
}

pub(crate) type Change = dyn Fn(u32, &mut Vec<u32>) + Send + Sync;
pub(crate) type Reply = dyn Fn(u32, Page<Customer>) -> Result<Page<Customer>> + Send + Sync;

/// How the vendor deviates.
pub(crate) struct Habits {
    /// What happens to the records after page `n` was read.
    pub(crate) change: Box<Change>,
    /// What becomes of page `n` on its way out.
    pub(crate) reply: Box<Reply>,
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
    pub(crate) fn new(records: u32) -> Self {
        Self {
            clock: Arc::new(VirtualClock::default()),
            records: Arc::new(Mutex::new((1..=records).collect())),
            asked: Arc::default(),
            in_flight: Arc::default(),
            most_in_flight: Arc::default(),
            habits: Arc::default(),
        }
    }

    pub(crate) fn changing(
        mut self,
        change: impl Fn(u32, &mut Vec<u32>) + Send + Sync + 'static,
    ) -> Self {
        let habits = Habits {
            change: Box::new(change),
            ..Habits::default()
        };
        self.habits = Arc::new(habits);
        self
    }

    pub(crate) fn replying(
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

    pub(crate) fn list(&self, concurrency: usize) -> RecordStream<Customer> {
        self.list_from(None, concurrency)
    }

    pub(crate) fn list_from(
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

    pub(crate) fn asked(&self) -> Vec<u32> {
        self.asked.lock().unwrap().clone()
    }
}

pub(crate) fn scope() -> ListingScope {
    ListingScope {
        connector: "vendor".to_owned(),
        instance: "acme".to_owned(),
        listing: "customers".to_owned(),
    }
}

pub(crate) fn customer(id: u32) -> Customer {
    let source = Source::new(
        "vendor",
        "acme",
        id.to_string(),
        VirtualClock::default().now(),
    );
    Customer::new(source, format!("customer {id}"))
}

/// A numbered page, with what it says in the open.
#[derive(Debug, Clone)]
pub(crate) struct Page<T> {
    pub(crate) rows: Vec<Row<T>>,
    pub(crate) total: Option<u64>,
    pub(crate) pages: Option<u32>,
    pub(crate) more: Option<bool>,
    pub(crate) size: u32,
}

impl<T> From<Page<T>> for listing::Page<T> {
    fn from(page: Page<T>) -> Self {
        let next = Next::Numbered {
            pages: page.pages,
            more: page.more,
            size: page.size,
        };
        Self::new(page.rows, next).with_total(page.total)
    }
}

#[async_trait]
impl ListSource for Vendor {
    type Record = Customer;

    async fn page(&self, at: &PageKey, _meter: &Meter) -> Result<listing::Page<Customer>> {
        let number = at.number();
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
            .map(|id| Row::Record(Box::new(customer(*id))))
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
        (self.habits.reply)(number, page).map(listing::Page::from)
    }
}

pub(crate) async fn drain(
    mut stream: RecordStream<Customer>,
) -> (Vec<u32>, Option<Error>, SyncSummary) {
    let mut ids = Vec::new();
    let mut failure = None;
    while let Some(record) = stream.next().await {
        match record {
            Ok(customer) => ids.push(customer.source.vendor_id.parse().unwrap()),
            Err(error) => failure = Some(error),
        }
    }
    assert!(stream.next().await.is_none(), "what has ended stays ended");
    (ids, failure, stream.summary())
}

pub(crate) async fn complete(stream: RecordStream<Customer>) -> Vec<u32> {
    let (ids, failure, summary) = drain(stream).await;
    assert!(failure.is_none(), "{failure:?}");
    assert!(summary.complete, "{summary:?}");
    assert_eq!(summary.kept, ids.len() as u64);
    ids
}

pub(crate) fn up_to(last: u32) -> Vec<u32> {
    (1..=last).collect()
}

pub(crate) fn sorted(mut ids: Vec<u32>) -> Vec<u32> {
    ids.sort_unstable();
    ids
}
