//! The span of a listing, and who is told of its end and its totals.

use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;

use tracing::{Span, debug, info, info_span, warn};

use super::checkpoint::ListingScope;
use super::machine::{Progress, lock};
use crate::clock::SharedClock;
use crate::error::{Error, Result};
use crate::http::Meter;
use crate::observe::{AccountLabels, ListingOutcome, ListingSample, Metrics};
use crate::summary::SyncSummary;

/// The watch over a listing.
pub(super) struct Watch {
    listing: Watched,
    state: State,
}

/// The listing that is watched.
pub(super) struct Watched {
    pub(super) scope: ListingScope,
    /// The records that are listed, such as `assets by 100`.
    pub(super) records: String,
    pub(super) meter: Meter,
    pub(super) progress: Arc<Mutex<Progress>>,
    /// Who counts it, and by which clock.
    pub(super) metrics: Option<(Arc<dyn Metrics>, SharedClock)>,
}

enum State {
    /// Not polled yet.
    Idle,
    Running {
        span: Span,
        since: Duration,
    },
    /// Nothing is to be told any more.
    Ended,
}

impl Watch {
    pub(super) fn new(listing: Watched) -> Self {
        // A list that is read inside a call is a part of what is watched.
        let state = match listing.scope.connector.is_empty() {
            true => State::Ended,
            false => State::Idle,
        };
        Self { listing, state }
    }

    pub(super) fn listing(&self) -> &Watched {
        &self.listing
    }

    /// Polls the listing in its span, and tells when it has ended.
    pub(super) fn poll<T>(
        &mut self,
        poll: impl FnOnce() -> Poll<Option<Result<T>>>,
    ) -> Poll<Option<Result<T>>> {
        if matches!(self.state, State::Idle) {
            self.state = State::Running {
                span: self.listing.span(),
                since: self.listing.elapsed(),
            };
        }
        let polled = match &self.state {
            State::Running { span, .. } => span.in_scope(poll),
            State::Idle | State::Ended => poll(),
        };
        match &polled {
            Poll::Ready(None) => self.ended(None),
            Poll::Ready(Some(Err(error))) => self.ended(Some(error)),
            Poll::Ready(Some(Ok(_))) | Poll::Pending => {}
        }
        polled
    }

    /// The listing has ended, with `error` if that ended it.
    fn ended(&mut self, error: Option<&Error>) {
        let summary = self.listing.summary();
        let outcome = match error {
            Some(error) => ListingOutcome::Failed(error.kind()),
            None if summary.complete => ListingOutcome::Complete,
            None => ListingOutcome::Incomplete,
        };
        self.told(outcome, &summary);
    }

    fn told(&mut self, outcome: ListingOutcome, summary: &SyncSummary) {
        let state = std::mem::replace(&mut self.state, State::Ended);
        let State::Running { span, since } = state else {
            return;
        };
        span.in_scope(|| self.listing.tell(outcome, summary));
        let Some((metrics, _)) = &self.listing.metrics else {
            return;
        };
        let sample = ListingSample {
            listing: &self.listing.records,
            outcome,
            summary,
            duration: self.listing.elapsed().saturating_sub(since),
        };
        metrics.listing(self.listing.labels(), &sample);
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if matches!(self.state, State::Running { .. }) {
            let summary = self.listing.summary();
            self.told(ListingOutcome::Dropped, &summary);
        }
    }
}

impl Watched {
    fn span(&self) -> Span {
        info_span!(
            "lmsync.listing",
            connector = self.scope.connector,
            instance = self.scope.instance,
            operation = self.records,
        )
    }

    fn elapsed(&self) -> Duration {
        let counted = self.metrics.as_ref();
        counted.map_or(Duration::ZERO, |(_, clock)| clock.elapsed())
    }

    fn labels(&self) -> AccountLabels<'_> {
        AccountLabels::new(&self.scope.connector, &self.scope.instance)
    }

    /// Totals so far.
    pub(super) fn summary(&self) -> SyncSummary {
        let mut summary = lock(&self.progress).summary.clone();
        summary.usage = self.meter.read();
        summary
    }

    fn tell(&self, outcome: ListingOutcome, summary: &SyncSummary) {
        let SyncSummary { seen, kept, .. } = summary;
        let requests = summary.usage.requests;
        let reason = summary.incomplete_reason.as_deref();
        match outcome {
            ListingOutcome::Complete => info!(seen, kept, requests, "a listing is complete"),
            ListingOutcome::Incomplete => {
                warn!(seen, kept, requests, reason, "a listing is incomplete");
            }
            ListingOutcome::Failed(kind) => warn!(
                error.type = kind.as_str(), seen, kept, requests, reason, "a listing failed"
            ),
            ListingOutcome::Dropped => {
                debug!(seen, kept, requests, "a listing was dropped before its end");
            }
        }
    }
}
