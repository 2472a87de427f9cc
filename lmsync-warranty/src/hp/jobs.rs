//! Jobs from their beginning to their results, over several runs where it takes that.

use std::collections::BTreeSet;
use std::time::Duration;

use async_trait::async_trait;
use chrono::TimeDelta;
use lmsync_core::http::Meter;
use lmsync_core::{Error, ErrorKind, Result};

use super::api::Hp;
use super::wire::Job;
use crate::answer::Answers;
use crate::job::SavedJob;
use crate::maker::Maker;
use crate::query::{QueryKey, WarrantyQuery};
use crate::source::WarrantySource;

/// Seen: a mail of HP's that two users quote.
const BATCH: usize = 5_000;
/// The longest time that one run waits for a job. Assumed.
const PATIENCE: Duration = Duration::from_secs(15 * 60);
/// The first wait for a job that gives no estimate; the next ones are at least twice as long each.
const SHORTEST_WAIT: Duration = Duration::from_secs(1);
/// The longest wait between two looks at a job: estimates are often too long.
const LONGEST_WAIT: Duration = Duration::from_secs(5 * 60);
/// The longest time after which the results of a job are still news: no answer in a cache is good for less.
/// A job needs not be forgotten before its answers are kept, and a run that is ended between the two
/// asks nothing twice.
const NEWS: TimeDelta = TimeDelta::days(1);

#[async_trait]
impl WarrantySource for Hp {
    fn maker(&self) -> Maker {
        Maker::HP
    }

    fn batch_size(&self) -> usize {
        BATCH
    }

    async fn lookup(&self, batch: &[WarrantyQuery], meter: &Meter) -> Answers {
        let mut answers = Answers::default();
        let mut open = batch.to_vec();
        let jobs = match self.cache.jobs(&Maker::HP).await {
            Ok(jobs) => jobs,
            Err(error) => return Answers::all_failed(batch, &error),
        };
        for job in jobs {
            if self.clock.now() - job.begun_at > NEWS {
                if let Err(error) = self.cache.forget_job(&Maker::HP, &job.id).await {
                    return Answers::all_failed(batch, &error);
                }
                continue;
            }
            let keys: BTreeSet<&QueryKey> = job.keys.iter().collect();
            let (own, rest): (Vec<_>, Vec<_>) = open
                .into_iter()
                .partition(|query| keys.contains(&query.key()));
            open = rest;
            if own.is_empty() {
                continue;
            }
            match self.take_up(&job, &own, meter).await {
                Some(taken) => answers = answers.and(taken),
                // HP forgot it: asked anew.
                None => open.extend(own),
            }
        }
        match open.is_empty() {
            true => answers,
            false => answers.and(self.ask(&open, meter).await),
        }
    }
}

impl Hp {
    /// The answers of a job of an earlier run to `own`; `None` where HP knows it no longer.
    async fn take_up(
        &self,
        job: &SavedJob,
        own: &[WarrantyQuery],
        meter: &Meter,
    ) -> Option<Answers> {
        let taken = self.finish(&job.id, None, own, meter).await;
        let is_forgotten = taken
            .as_ref()
            .is_err_and(|error| error.kind() == ErrorKind::NotFound);
        if is_forgotten {
            return match self.cache.forget_job(&Maker::HP, &job.id).await {
                Ok(()) => None,
                Err(error) => Some(Answers::all_failed(own, &error)),
            };
        }
        Some(taken.unwrap_or_else(|error| Answers::all_failed(own, &error)))
    }

    async fn ask(&self, batch: &[WarrantyQuery], meter: &Meter) -> Answers {
        let answers = self.ask_anew(batch, meter).await;
        answers.unwrap_or_else(|error| Answers::all_failed(batch, &error))
    }

    /// The answers of a new job to `batch`. Its id is kept before anything is waited for.
    async fn ask_anew(&self, batch: &[WarrantyQuery], meter: &Meter) -> Result<Answers> {
        let job = self.begin(batch, meter).await?;
        let Some(id) = job.job_id.id() else {
            return Err(Error::vendor("HP began a job and does not say which")
                .with_hint("try again later; if it stays, HP has changed its API"));
        };
        let keys: BTreeSet<QueryKey> = batch.iter().map(WarrantyQuery::key).collect();
        let saved = SavedJob {
            maker: Maker::HP,
            id: id.to_owned(),
            keys: keys.into_iter().collect(),
            begun_at: self.clock.now(),
        };
        self.cache.keep_job(&saved).await?;
        self.finish(id, Some(wait_for(&job)), batch, meter).await
    }

    /// Waits for the job `id`, first for `wait`, and takes its answers to `batch`.
    async fn finish(
        &self,
        id: &str,
        mut wait: Option<Duration>,
        batch: &[WarrantyQuery],
        meter: &Meter,
    ) -> Result<Answers> {
        let began = self.clock.elapsed();
        let mut shortest = SHORTEST_WAIT;
        loop {
            if let Some(wait) = wait {
                let spent = self.clock.elapsed().saturating_sub(began);
                let left = PATIENCE.saturating_sub(spent);
                if left.is_zero() {
                    return Err(unfinished(id));
                }
                self.clock.sleep(wait.min(left)).await;
            }
            let job = self.progress(id, meter).await?;
            match State::of(&job) {
                State::Ended => break,
                State::Failed => {
                    self.cache.forget_job(&Maker::HP, id).await?;
                    return Err(Error::vendor(format!("HP's job {id} failed"))
                        .with_hint("look up again: a new job is begun"));
                }
                State::UnderWay => {}
            }
            shortest = shortest.saturating_mul(2).min(LONGEST_WAIT);
            wait = Some(wait_for(&job).max(shortest));
        }
        self.results(id, batch, meter).await
    }
}

/// The state of a job.
enum State {
    UnderWay,
    Ended,
    Failed,
}

impl State {
    fn of(job: &Job) -> Self {
        let word = job
            .status
            .trimmed()
            .unwrap_or_default()
            .to_ascii_lowercase();
        match &*word {
            "completed" | "complete" | "done" | "finished" => Self::Ended,
            "failed" | "error" | "cancelled" | "canceled" => Self::Failed,
            _ => Self::UnderWay,
        }
    }
}

/// The wait until the next look at `job`.
fn wait_for(job: &Job) -> Duration {
    let estimated = job
        .estimated_time
        .map_or(SHORTEST_WAIT, Duration::from_secs);
    estimated.clamp(SHORTEST_WAIT, LONGEST_WAIT)
}

fn unfinished(id: &str) -> Error {
    let minutes = PATIENCE.as_secs() / 60;
    let message = format!("HP's job {id} did not end within {minutes} minutes");
    Error::new(ErrorKind::Timeout, message)
        .with_hint("look up again later with the same cache: the answer of this job is taken then")
}
