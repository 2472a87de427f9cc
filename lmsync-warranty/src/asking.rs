//! One maker asked batch by batch, each answer kept as it comes.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use futures_util::future::join_all;
use lmsync_core::http::Meter;
use lmsync_core::{Error, ErrorKind, Result, SharedClock};

use crate::answer::{Answer, Answers};
use crate::cache::{CachedAnswer, WarrantyCache};
use crate::maker::Maker;
use crate::query::{QueryKey, WarrantyQuery};
use crate::source::WarrantySource;

/// The batches of one maker that are under way at once; how fast they are sent is the maker's budget.
const BATCHES_AT_ONCE: usize = 4;

/// The answer about one machine after a lookup.
pub(crate) struct Known {
    pub(crate) answer: Answer,
    pub(crate) looked_up_at: DateTime<Utc>,
}

/// A machine, and the answer about it.
pub(crate) type KnownMachine = ((Maker, QueryKey), Known);

/// The asking of one maker.
pub(crate) struct Asking<'l> {
    source: &'l Arc<dyn WarrantySource>,
    cache: &'l Arc<dyn WarrantyCache>,
    clock: &'l SharedClock,
    /// The answers of before, good or not.
    cached: &'l HashMap<QueryKey, CachedAnswer>,
    /// The error after which the maker is asked nothing more.
    stopped: Mutex<Option<Error>>,
    meter: &'l Meter,
}

impl<'l> Asking<'l> {
    pub(crate) fn new(
        source: &'l Arc<dyn WarrantySource>,
        cache: &'l Arc<dyn WarrantyCache>,
        clock: &'l SharedClock,
        cached: &'l HashMap<QueryKey, CachedAnswer>,
        meter: &'l Meter,
    ) -> Self {
        Self {
            source,
            cache,
            clock,
            cached,
            stopped: Mutex::new(None),
            meter,
        }
    }

    /// Asks about `queries`, batch by batch: the first alone, since it may find the key refused.
    pub(crate) async fn all(&self, queries: &[WarrantyQuery]) -> Result<Vec<KnownMachine>> {
        let mut known = Vec::new();
        let mut batches = queries.chunks(self.source.batch_size().max(1));
        if let Some(first) = batches.next() {
            known.extend(self.batch(first).await?);
        }
        let rest: Vec<&[WarrantyQuery]> = batches.collect();
        // In lanes, each one batch after the other: a batch is kept before the next is asked.
        let lanes = (0..BATCHES_AT_ONCE).map(|lane| {
            let batches = rest.iter().skip(lane).step_by(BATCHES_AT_ONCE);
            self.lane(batches.copied().collect())
        });
        for lane in join_all(lanes).await {
            known.extend(lane?);
        }
        Ok(known)
    }

    async fn lane(&self, batches: Vec<&[WarrantyQuery]>) -> Result<Vec<KnownMachine>> {
        let mut known = Vec::new();
        for batch in batches {
            known.extend(self.batch(batch).await?);
        }
        Ok(known)
    }

    async fn batch(&self, batch: &[WarrantyQuery]) -> Result<Vec<KnownMachine>> {
        let answers = match self.stopped() {
            Some(error) => Answers::all_failed(batch, &error),
            None => self.source.lookup(batch, self.meter).await,
        };
        let (maker, now) = (self.source.maker(), self.clock.now());
        let mut known = Vec::new();
        let mut kept = Vec::new();
        for query in batch {
            let key = query.key();
            let answer = answers.get(&key).cloned();
            let answer = answer.unwrap_or_else(|| Answer::Failed(unanswered()));
            self.stop_after(&answer);
            let outcome = answer.outcome(query, now.date_naive());
            let before = self.cached.get(&key);
            kept.extend(CachedAnswer::new(
                maker.clone(),
                query,
                &answer,
                &outcome,
                before,
                now,
            ));
            let looked_up_at = now;
            known.push((
                (maker.clone(), key),
                Known {
                    answer,
                    looked_up_at,
                },
            ));
        }
        self.cache.put(&kept).await?;
        Ok(known)
    }

    fn stopped(&self) -> Option<Error> {
        self.stopped
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Asks nothing more after a refusal of the key, or of further requests.
    fn stop_after(&self, answer: &Answer) {
        let error = match answer {
            Answer::Denied(error) => error,
            Answer::Failed(error) if error.kind() == ErrorKind::RateLimited => error,
            _ => return,
        };
        let mut stopped = self.stopped.lock().unwrap_or_else(PoisonError::into_inner);
        stopped.get_or_insert_with(|| error.clone());
    }
}

/// The error of a source that broke its promise of one answer for each query.
pub(crate) fn unanswered() -> Error {
    Error::vendor("the maker's source gave no answer")
        .with_hint("report it to those who made the source")
}
