//! Making planned changes, each recorded before and after.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::{StreamExt, stream};

use super::TwoWaySync;
use super::change::DateChange;
use super::dates::AssetDates;
use super::journal::{Attempt, History, Journal, JournalEntry};
use super::write::{WriteOutcome, WriteReport, differences, judge};
use crate::clock::Clock;
use crate::error::{Error, ErrorKind, Result};
use crate::model::AssetId;

/// What making changes came to.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct ApplyReport {
    /// What was attempted, in the order of completion.
    pub attempted: Vec<Attempted>,
    /// What was not, since the journal could no longer be written.
    pub left: Vec<DateChange>,
    /// Why the journal could not be written. One change a lane may have been made whose
    /// outcome it does not have; [`settle`] finds it out the next time.
    pub journal_error: Option<Error>,
}

/// A change that was attempted.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Attempted {
    /// What the journal has of it.
    pub entry: JournalEntry,
    /// What refused it.
    pub error: Option<Error>,
}

impl ApplyReport {
    /// Whether every change was attempted, and the vendor now holds what was asked for.
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
/// before this lane's next one is. A change that fails does not stop the others; a
/// journal that fails does, since nothing is written that is not recorded. Requests
/// stay within the connector's budget.
///
/// Dropping the future leaves attempts open in the journal; [`settle`] finds out what
/// became of them.
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
    let is_broken = AtomicBool::new(false);
    let lanes = Lanes {
        connector,
        journal,
        clock,
        is_broken: &is_broken,
    };
    let mut outcomes = stream::iter(changes)
        .map(|change| lanes.attempt(change))
        .buffer_unordered(concurrency.max(1));
    let mut report = ApplyReport::default();
    while let Some(outcome) = outcomes.next().await {
        match outcome {
            Outcome::Attempted(attempted) => report.attempted.push(attempted),
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

struct Lanes<'a, C: ?Sized> {
    connector: &'a C,
    journal: &'a dyn Journal,
    clock: &'a dyn Clock,
    is_broken: &'a AtomicBool,
}

enum Outcome {
    Attempted(Attempted),
    Left(DateChange),
    NotBegun(DateChange, Error),
    /// It was attempted, and the journal does not have what became of it.
    NotRecorded(Error),
}

impl<C: TwoWaySync + ?Sized> Lanes<'_, C> {
    async fn attempt(&self, change: DateChange) -> Outcome {
        if self.is_broken.load(Ordering::Relaxed) {
            return Outcome::Left(change);
        }
        let instance = &self.connector.info().instance;
        let attempt = Attempt::new(self.clock.now(), instance, &change);
        if let Err(error) = self.journal.begin(&attempt).await {
            self.break_off();
            return Outcome::NotBegun(change, error);
        }
        let (entry, error) = match self.connector.write_dates(&change).await {
            Ok(report) => (attempt.ended(&report), None),
            Err(error) => (attempt.refused(&error), Some(error)),
        };
        match self.journal.finish(&entry).await {
            Ok(()) => Outcome::Attempted(Attempted { entry, error }),
            Err(error) => {
                self.break_off();
                Outcome::NotRecorded(error)
            }
        }
    }

    fn break_off(&self) {
        self.is_broken.store(true, Ordering::Relaxed);
    }
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

/// Finds out what became of attempts in the account of `connector` that a killed run
/// left open, and records it in `journal` and `history`. Reads only.
///
/// Until then nothing is planned for their assets.
///
/// # Errors
/// The first error that kept one from being found out or recorded; it stays open.
pub async fn settle<C: TwoWaySync + ?Sized>(
    connector: &C,
    journal: &dyn Journal,
    history: &mut History,
) -> Result<Vec<JournalEntry>> {
    let mut settled = Vec::new();
    let mut first_error = None;
    for attempt in history.open(&connector.info().instance) {
        let id = AssetId::from(attempt.asset.vendor_id.as_str());
        let found = match connector.read_dates(&id).await {
            Ok(held) => Ok(interrupted(attempt, held)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(gone(attempt, &error)),
            Err(error) => Err(error),
        };
        let recorded = match found {
            Ok(entry) => journal.finish(&entry).await.map(|()| entry),
            Err(error) => Err(error),
        };
        match recorded {
            Ok(entry) => {
                history.record(&entry);
                settled.push(entry);
            }
            Err(error) => first_error = first_error.or(Some(error)),
        }
    }
    first_error.map_or(Ok(settled), Err)
}

/// The entry of an attempt that was interrupted on an asset that is no longer there.
fn gone(attempt: Attempt, error: &Error) -> JournalEntry {
    let detail = format!("the run was interrupted; found afterwards: {error}");
    attempt.ended(&WriteReport::new(WriteOutcome::Unknown, None).with_detail(detail))
}

/// The entry of an attempt that was interrupted, told by what the vendor holds now.
fn interrupted(attempt: Attempt, held: AssetDates) -> JournalEntry {
    let change = attempt.changes.iter().fold(
        DateChange::new(attempt.asset.vendor_id.as_str()),
        |change, field| change.with(*field),
    );
    let before = attempt
        .changes
        .iter()
        .fold(AssetDates::default(), |dates, change| {
            dates.with(change.field, change.old)
        });
    let outcome = match judge(&change, &before, &held) {
        // The request may never have been sent.
        WriteOutcome::Ignored => WriteOutcome::Unknown,
        outcome => outcome,
    };
    let found = differences(&change, &held)
        .unwrap_or_else(|| "the vendor holds what was to be written".to_owned());
    let detail = format!("the run was interrupted; found afterwards: {found}");
    attempt.ended(&WriteReport::new(outcome, held).with_detail(detail))
}
