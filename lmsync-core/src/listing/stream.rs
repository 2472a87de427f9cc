//! The stream that a listing is handed out as.

use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use futures_util::Stream;
use futures_util::StreamExt;
use futures_util::stream::{self, BoxStream};

use super::checkpoint::{Checkpoint, ListingScope, Position};
use super::listing::{Listing, Progress, lock};
use super::{ListSource, Listed};
use crate::clock::SharedClock;
use crate::error::{Error, Result};
use crate::http::Meter;
use crate::query::AssetQuery;
use crate::summary::SyncSummary;

/// The records of a listing, one at a time.
///
/// Sends nothing until polled. Ends after the last record or after the first
/// error, and stays ended; then [`summary`](Self::summary) says what it came to. Memory is
/// bounded by the pages in flight, not by the account. Dropping it cancels what is under way.
pub struct RecordStream<T> {
    records: BoxStream<'static, Result<T>>,
    scope: ListingScope,
    progress: Arc<Mutex<Progress>>,
    meter: Meter,
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
        mut scope: ListingScope,
        clock: SharedClock,
        concurrency: usize,
    ) -> Self
    where
        S: ListSource<Record = T>,
    {
        scope.listing = format!("{} {}", scope.listing, crate::json::stable_json(&query));
        let progress = Arc::new(Mutex::new(Progress {
            summary: SyncSummary::default(),
            position: Position::start(),
        }));
        let meter = Meter::default();
        let listing = Box::new(Listing::new(
            source,
            query,
            scope.clone(),
            clock,
            concurrency,
            meter.clone(),
            Arc::clone(&progress),
        ));
        let records = stream::unfold(listing, |mut listing| async move {
            listing.next().await.map(|record| (record, listing))
        })
        .fuse()
        .boxed();
        Self {
            records,
            scope,
            progress,
            meter,
        }
    }

    /// A listing that fails at once with `error`.
    #[must_use]
    pub fn failed(error: Error, scope: ListingScope) -> Self {
        let summary = SyncSummary {
            incomplete_reason: Some(error.to_string()),
            ..SyncSummary::default()
        };
        Self {
            records: stream::once(async move { Err(error) }).boxed(),
            scope,
            progress: Arc::new(Mutex::new(Progress {
                summary,
                position: Position::start(),
            })),
            meter: Meter::default(),
        }
    }
}

impl<T> RecordStream<T> {
    /// What the listing came to so far; final once the stream has ended.
    #[must_use]
    pub fn summary(&self) -> SyncSummary {
        let mut summary = lock(&self.progress).summary.clone();
        summary.usage = self.meter.read();
        summary
    }

    /// Where the listing stands: after every record handed out so far.
    #[must_use]
    pub fn checkpoint(&self) -> Checkpoint {
        Checkpoint::new(self.scope.clone(), lock(&self.progress).position.clone())
    }
}

impl<T> Stream for RecordStream<T> {
    type Item = Result<T>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.records.poll_next_unpin(cx)
    }
}

impl<T> fmt::Debug for RecordStream<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecordStream")
            .field("scope", &self.scope)
            .finish_non_exhaustive()
    }
}
