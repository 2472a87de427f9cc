//! Answers that are kept, so that a maker is not asked again too soon.

mod lifetime;
mod memory;

use std::fmt::Debug;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use lmsync_core::Result;
use serde::{Deserialize, Serialize};

pub use self::memory::MemoryCache;

use crate::answer::Answer;
use crate::job::SavedJob;
use crate::maker::Maker;
use crate::outcome::Outcome;
use crate::query::{QueryKey, WarrantyQuery};

/// An answer of a maker, and how long it is good.
///
/// The maker's words are kept and not their meaning: rules and days change.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CachedAnswer {
    /// The maker.
    pub maker: Maker,
    /// The query's key.
    pub key: QueryKey,
    /// The model that the asset had then.
    #[serde(default)]
    pub model: Option<String>,
    /// The maker's answer; never an error.
    pub answer: Answer,
    /// The moment at which it was asked.
    pub looked_up_at: DateTime<Utc>,
    /// Until when nobody is asked again; `None` where that takes another model.
    pub good_until: Option<DateTime<Utc>>,
    /// The number of times in a row that the maker did not know the machine.
    pub misses: u32,
}

impl CachedAnswer {
    /// The answer of `maker` to `query` at `now`, after `before`; `None` for an error, which is no answer.
    ///
    /// It is good for 7 to 30 days while the cover lasts, 3 to 7 within 90 days of its end, 30 once it is
    /// over, and 14, then 30, then 90 days where the maker does not know the machine, each with some days
    /// more or less so that not all are asked again on one day. Assumed: no maker publishes numbers.
    #[must_use]
    pub fn new(
        maker: Maker,
        query: &WarrantyQuery,
        answer: &Answer,
        outcome: &Outcome,
        before: Option<&Self>,
        now: DateTime<Utc>,
    ) -> Option<Self> {
        if answer.error().is_some() {
            return None;
        }
        let key = query.key();
        let misses = match answer {
            Answer::NotFound => before.map_or(0, |before| before.misses).saturating_add(1),
            _ => 0,
        };
        let lifetime = lifetime::of(outcome, misses, now.date_naive(), lifetime::draw(&key));
        Some(Self {
            good_until: lifetime.map(|lifetime| now + lifetime),
            maker,
            key,
            model: query.model.clone(),
            answer: answer.clone(),
            looked_up_at: now,
            misses,
        })
    }

    /// Tells whether it still answers `query` at `now`.
    #[must_use]
    pub fn is_good(&self, query: &WarrantyQuery, now: DateTime<Utc>) -> bool {
        match self.good_until {
            // One from the future is of a clock that was wrong.
            Some(until) => now < until && self.looked_up_at <= now,
            None => self.model == query.model,
        }
    }
}

/// A place for answers and jobs that outlives a run, or does not.
#[async_trait]
pub trait WarrantyCache: Debug + Send + Sync + 'static {
    /// The answers of `maker` to `keys` that are there, good or not, in any order.
    ///
    /// # Errors
    /// `store` when the place cannot be read.
    async fn get(&self, maker: &Maker, keys: &[QueryKey]) -> Result<Vec<CachedAnswer>>;

    /// Keeps `answers` in the place of earlier ones to the same keys, all or none of them.
    ///
    /// # Errors
    /// `store` when the place cannot be written.
    async fn put(&self, answers: &[CachedAnswer]) -> Result<()>;

    /// The jobs of `maker` that were begun and whose answers were not taken.
    ///
    /// # Errors
    /// `store` when the place cannot be read.
    async fn jobs(&self, maker: &Maker) -> Result<Vec<SavedJob>>;

    /// Keeps `job`.
    ///
    /// # Errors
    /// `store` when the place cannot be written.
    async fn keep_job(&self, job: &SavedJob) -> Result<()>;

    /// Forgets the job `id` of `maker`, if it is there.
    ///
    /// # Errors
    /// `store` when the place cannot be written.
    async fn forget_job(&self, maker: &Maker, id: &str) -> Result<()>;
}
