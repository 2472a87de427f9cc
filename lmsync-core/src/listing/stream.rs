//! The stream that a listing is handed out as.

use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use futures_util::Stream;
use futures_util::StreamExt;
use futures_util::stream::{self, BoxStream};

use super::chain::OnlyList;
use super::checkpoint::{Checkpoint, ListingScope, Position};
use super::listed::Listed;
use super::machine::{Listing, Progress, Setting, lock};
use super::source::{ListChain, ListSource};
use super::watch::{Watch, Watched};
use crate::clock::SharedClock;
use crate::error::{Error, Result};
use crate::http::{HttpClient, Meter};
use crate::observe::Metrics;
use crate::query::AssetQuery;
use crate::summary::SyncSummary;

/// The records of a listing, one at a time.
///
/// Sends nothing until polled. Ends after the last record or after the first
/// error, and stays ended; then [`summary`](Self::summary) says what it came to. Memory is
/// bounded by the pages in flight, not by the account. Dropping it cancels what is under way.
pub struct RecordStream<T> {
    records: BoxStream<'static, Result<T>>,
    watch: Watch,
}

/// The means of a listing.
struct Run {
    clock: SharedClock,
    concurrency: usize,
    meter: Meter,
    metrics: Option<Arc<dyn Metrics>>,
}

impl<T: Listed> RecordStream<T> {
    /// The listing of `source`: filtered and resumed as `query` says, up to
    /// `concurrency` pages at a time.
    ///
    /// `scope` names what is listed; a checkpoint is good for the same scope and query.
    #[must_use]
    pub fn new<S>(
        source: S,
        query: AssetQuery,
        scope: ListingScope,
        clock: SharedClock,
        concurrency: usize,
    ) -> Self
    where
        S: ListSource<Record = T>,
    {
        Self::chained(OnlyList::new(source), query, scope, clock, concurrency)
    }

    /// The listing of all lists of `chain`, one after the other; else as [`new`](Self::new).
    #[must_use]
    pub fn chained<C>(
        chain: C,
        query: AssetQuery,
        scope: ListingScope,
        clock: SharedClock,
        concurrency: usize,
    ) -> Self
    where
        C: ListChain<List: ListSource<Record = T>>,
    {
        let run = Run {
            clock,
            concurrency,
            meter: Meter::default(),
            metrics: None,
        };
        Self::run(chain, query, scope, run)
    }

    /// A listing through `http`, whose requests go to `meter`.
    pub(crate) fn through<C>(
        http: &HttpClient,
        meter: Meter,
        chain: C,
        query: AssetQuery,
        scope: ListingScope,
    ) -> Self
    where
        C: ListChain<List: ListSource<Record = T>>,
    {
        let run = Run {
            clock: http.clock().clone(),
            concurrency: http.concurrency(),
            meter,
            metrics: http.observer().metrics().cloned(),
        };
        Self::run(chain, query, scope, run)
    }

    fn run<C>(chain: C, query: AssetQuery, mut scope: ListingScope, run: Run) -> Self
    where
        C: ListChain<List: ListSource<Record = T>>,
    {
        let records = scope.listing.clone();
        scope.listing = format!("{} {}", scope.listing, crate::json::stable_json(&query));
        let progress = Arc::new(Mutex::new(Progress {
            summary: SyncSummary::default(),
            position: Position::start(),
        }));
        let setting = Setting {
            query,
            scope: scope.clone(),
            clock: run.clock.clone(),
            concurrency: run.concurrency.max(1),
            meter: run.meter.clone(),
            progress: Arc::clone(&progress),
        };
        let watch = Watch::new(Watched {
            scope,
            records,
            meter: run.meter,
            progress,
            metrics: run.metrics.map(|metrics| (metrics, run.clock)),
        });
        let listing = Box::new(Listing::new(chain, setting));
        let records = stream::unfold(listing, |mut listing| async move {
            listing.next().await.map(|record| (record, listing))
        })
        .fuse()
        .boxed();
        Self { records, watch }
    }
}

impl<T: Send + 'static> RecordStream<T> {
    /// A listing that fails at once with `error`.
    #[must_use]
    pub fn failed(error: Error, scope: ListingScope) -> Self {
        let summary = SyncSummary {
            incomplete_reason: Some(error.to_string()),
            ..SyncSummary::default()
        };
        let progress = Arc::new(Mutex::new(Progress {
            summary,
            position: Position::start(),
        }));
        let records = stream::once(async move { Err(error) }).boxed();
        Self::from_parts(records, scope, progress, Meter::default())
    }
}

impl<T> RecordStream<T> {
    /// A listing made of its parts.
    pub(super) fn from_parts(
        records: BoxStream<'static, Result<T>>,
        scope: ListingScope,
        progress: Arc<Mutex<Progress>>,
        meter: Meter,
    ) -> Self {
        let watch = Watch::new(Watched {
            records: scope.listing.clone(),
            scope,
            meter,
            progress,
            metrics: None,
        });
        Self { records, watch }
    }

    /// Totals of the listing so far; final once the stream has ended.
    #[must_use]
    pub fn summary(&self) -> SyncSummary {
        self.watch.listing().summary()
    }

    /// The place where the listing stands: after every record handed out so far.
    #[must_use]
    pub fn checkpoint(&self) -> Checkpoint {
        let listing = self.watch.listing();
        let position = lock(&listing.progress).position.clone();
        Checkpoint::new(listing.scope.clone(), position)
    }

    /// Tells whether this listing, asked for again, can be resumed from `checkpoint`: whether
    /// that is of the same account, records and query. Sends nothing.
    ///
    /// # Errors
    /// `config` when it is not, with what it belongs to.
    pub fn accepts(&self, checkpoint: &Checkpoint) -> Result<()> {
        checkpoint.require_scope(&self.watch.listing().scope)
    }
}

impl<T> Stream for RecordStream<T> {
    type Item = Result<T>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Self { records, watch } = &mut *self;
        watch.poll(|| records.poll_next_unpin(cx))
    }
}

impl<T> fmt::Debug for RecordStream<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecordStream")
            .field("scope", &self.watch.listing().scope)
            .finish_non_exhaustive()
    }
}
