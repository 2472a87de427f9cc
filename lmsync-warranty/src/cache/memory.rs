//! A cache for one run.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use lmsync_core::Result;

use super::{CachedAnswer, WarrantyCache};
use crate::job::SavedJob;
use crate::maker::Maker;
use crate::query::QueryKey;

/// A cache for one run, in memory.
#[derive(Debug, Default)]
pub struct MemoryCache(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    answers: BTreeMap<(Maker, QueryKey), CachedAnswer>,
    jobs: Vec<SavedJob>,
}

impl MemoryCache {
    /// An empty cache.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl WarrantyCache for MemoryCache {
    async fn get(&self, maker: &Maker, keys: &[QueryKey]) -> Result<Vec<CachedAnswer>> {
        let kept = self.kept();
        let found = keys
            .iter()
            .filter_map(|key| kept.answers.get(&(maker.clone(), key.clone())));
        Ok(found.cloned().collect())
    }

    async fn put(&self, answers: &[CachedAnswer]) -> Result<()> {
        let mut kept = self.kept();
        for answer in answers {
            let key = (answer.maker.clone(), answer.key.clone());
            kept.answers.insert(key, answer.clone());
        }
        Ok(())
    }

    async fn jobs(&self, maker: &Maker) -> Result<Vec<SavedJob>> {
        let kept = self.kept();
        Ok(kept
            .jobs
            .iter()
            .filter(|job| job.maker == *maker)
            .cloned()
            .collect())
    }

    async fn keep_job(&self, job: &SavedJob) -> Result<()> {
        let mut kept = self.kept();
        kept.jobs
            .retain(|other| (&other.maker, &other.id) != (&job.maker, &job.id));
        kept.jobs.push(job.clone());
        Ok(())
    }

    async fn forget_job(&self, maker: &Maker, id: &str) -> Result<()> {
        self.kept()
            .jobs
            .retain(|job| (&job.maker, job.id.as_str()) != (maker, id));
        Ok(())
    }
}
