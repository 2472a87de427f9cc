//! Making planned changes, each recorded before and after.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::{StreamExt, stream};

use serde::{Deserialize, Serialize};

use super::change::DateChange;
use super::journal::{Attempt, Journal, JournalEntry};
use super::outcome::WriteOutcome;
use super::sync::TwoWaySync;
use crate::clock::Clock;
use crate::error::{Error, ErrorKind, Result};

/// The result of making changes.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ApplyReport {
    /// The changes that were attempted, in the order of completion.
    pub attempted: Vec<Attempted>,
    /// The changes that were not, since the journal could no longer be written, or the vendor
    /// refuses more requests.
    pub left: Vec<DateChange>,
    /// The error that kept the journal from being written. Changes that were under way
    /// then may have been made without an outcome in it;
    /// [`recover_open`](super::recover_open) finds it out the next time.
    pub journal_error: Option<Error>,
    /// The `rate_limited` error after which nothing more was attempted: the vendor refuses more
    /// requests for longer than patience lasts, and every further change would meet the same.
    /// Its [`retry_after`](Error::retry_after) says when to try again, where the vendor does.
    pub rate_limited: Option<Error>,
}

/// A change that was attempted.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Attempted {
    /// Its entry in the journal.
    pub entry: JournalEntry,
    /// The error that refused it; nothing where the vendor was not asked, since it holds another date than the
    /// plan saw: then the entry's `detail` says so.
    pub error: Option<Error>,
}

impl ApplyReport {
    /// Tells whether every change was attempted, and the vendor now holds what was asked for.
    #[must_use]
    pub fn is_done(&self) -> bool {
        let mut outcomes = self
            .attempted
            .iter()
            .map(|attempted| attempted.entry.outcome);
        self.left.is_empty() && self.journal_error.is_none() && outcomes.all(WriteOutcome::is_done)
    }
}

/// Makes `changes` in the account of `connector`, at most `concurrency` at once.
///
/// Every attempt stands in `journal` before its request is sent, and its outcome
/// before another takes its place. A change that fails does not stop the others; a
/// journal that fails does, since nothing is written that is not recorded, and so does a vendor
/// that refuses more requests for longer than patience lasts. Requests
/// stay within the connector's budget.
///
/// Dropping the future leaves attempts open in the journal;
/// [`recover_open`](super::recover_open) finds out their outcome. Where the caller may vanish, as a client of a
/// web service does that hangs up, run it in a task of its own (`tokio::spawn`), so that it comes to its end.
///
/// A program that goes on afterwards gives each [entry](Attempted::entry) to its
/// [`History::record`](super::History::record), so that its next plan knows of them.
///
/// # Errors
/// `config` when two changes are of the same asset. Nothing was sent then.
pub async fn apply<C: TwoWaySync + ?Sized>(
    connector: &C,
    changes: Vec<DateChange>,
    journal: &dyn Journal,
    clock: &dyn Clock,
    concurrency: usize,
) -> Result<ApplyReport> {
    require_different_assets(&changes)?;
    let is_over = AtomicBool::new(false);
    let run = Run {
        connector,
        journal,
        clock,
        is_over: &is_over,
    };
    let mut outcomes = stream::iter(changes)
        .map(|change| run.attempt(change))
        .buffer_unordered(concurrency.max(1));
    let mut report = ApplyReport::default();
    while let Some(outcome) = outcomes.next().await {
        match outcome {
            Outcome::Attempted(attempted) => {
                let refused = attempted.error.as_ref().filter(|error| is_refusal(error));
                report.rate_limited = report.rate_limited.or_else(|| refused.cloned());
                report.attempted.push(attempted);
            }
            Outcome::Left(change) => report.left.push(change),
            Outcome::NotBegun(change, error) => {
                report.left.push(change);
                report.journal_error = Some(error);
            }
            Outcome::NotRecorded(error) => report.journal_error = Some(error),
        }
    }
    Ok(report)
}

/// The account, the journal and the clock of one run.
struct Run<'a, C: ?Sized> {
    connector: &'a C,
    journal: &'a dyn Journal,
    clock: &'a dyn Clock,
    /// Set once the journal has failed, or the vendor refuses more requests.
    is_over: &'a AtomicBool,
}

enum Outcome {
    Attempted(Attempted),
    Left(DateChange),
    NotBegun(DateChange, Error),
    /// The change was attempted, and the journal does not have its outcome.
    NotRecorded(Error),
}

impl<C: TwoWaySync + ?Sized> Run<'_, C> {
    async fn attempt(&self, change: DateChange) -> Outcome {
        if self.is_over.load(Ordering::Relaxed) {
            return Outcome::Left(change);
        }
        let attempt = Attempt::new(self.clock.now(), self.connector.info(), &change);
        if let Err(error) = self.journal.begin(&attempt).await {
            self.break_off();
            return Outcome::NotBegun(change, error);
        }
        let (entry, error) = match self.connector.write_dates(&change).await {
            Ok(report) => (attempt.ended(&report), None),
            Err(error) => (attempt.refused(&error), Some(error)),
        };
        if error.as_ref().is_some_and(is_refusal) {
            self.break_off();
        }
        match self.journal.finish(&entry).await {
            Ok(()) => Outcome::Attempted(Attempted { entry, error }),
            Err(error) => {
                self.break_off();
                Outcome::NotRecorded(error)
            }
        }
    }

    fn break_off(&self) {
        self.is_over.store(true, Ordering::Relaxed);
    }
}

/// Tells whether every further change would end in `error` as well.
fn is_refusal(error: &Error) -> bool {
    error.kind() == ErrorKind::RateLimited
}

fn require_different_assets(changes: &[DateChange]) -> Result<()> {
    let mut seen = HashSet::new();
    for DateChange { asset, .. } in changes {
        if !seen.insert(&asset.vendor_id) {
            let message = format!("two changes are of the asset {}", asset.vendor_id);
            return Err(Error::config(message).with_hint("join them into one"));
        }
    }
    Ok(())
}
