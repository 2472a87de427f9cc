//! Finding out the outcome of writes that a killed run left open, or that landed late.

use super::dates::AssetDates;
use super::history::History;
use super::journal::{Attempt, Journal, JournalEntry};
use super::outcome::{WriteOutcome, WriteReport};
use super::progress::differences;
use super::sync::{TwoWaySync, TwoWaySyncExt};
use crate::error::{Error, ErrorKind, Result};

/// Finds out the outcome of attempts in the account of `connector` that a killed run
/// left open, and looks once more at those that the vendor ignored or whose outcome is unknown:
/// one may have landed after it was read back. Records both in `journal` and `history`. Reads only.
///
/// Until then nothing is planned for the assets of open ones. One that is looked at again has a
/// second entry, which counts; it is not looked at a third time. That the vendor holds what was
/// sent, and held something else before, is taken for a late landing: nobody can tell it from the
/// same edit by somebody else, and the entry says so.
///
/// # Errors
/// The first error that kept one from being found out or recorded; it stays as it is.
pub async fn recover_open<C: TwoWaySync + ?Sized>(
    connector: &C,
    journal: &dyn Journal,
    history: &mut History,
) -> Result<Vec<JournalEntry>> {
    let (doubtful, open) = (
        history.doubtful(connector.info()),
        history.open(connector.info()),
    );
    let mut recovered = Vec::new();
    let mut first_error = None;
    let mut record = |found: Result<JournalEntry>| match found {
        Ok(entry) => {
            history.record(&entry);
            recovered.push(entry);
        }
        Err(error) => {
            first_error.get_or_insert(error);
        }
    };
    for entry in doubtful {
        record(look_again(connector, journal, entry).await);
    }
    for attempt in open {
        record(recover(connector, journal, attempt).await);
    }
    first_error.map_or(Ok(recovered), Err)
}

/// The dates that the vendor holds for the asset of `attempt`; an error if it is no longer there.
///
/// # Errors
/// The error that keeps that from being known.
async fn held_now<C: TwoWaySync + ?Sized>(
    connector: &C,
    attempt: &Attempt,
) -> Result<Result<AssetDates, Error>> {
    match connector.find_dates(&attempt.asset.id()).await {
        Ok((_, held)) => Ok(Ok(held)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Err(error)),
        Err(error) => Err(error),
    }
}

async fn recover<C: TwoWaySync + ?Sized>(
    connector: &C,
    journal: &dyn Journal,
    attempt: Attempt,
) -> Result<JournalEntry> {
    let entry = match held_now(connector, &attempt).await? {
        Ok(held) => interrupted(attempt, held),
        Err(gone) => {
            let detail = format!("the run was interrupted; found afterwards: {gone}");
            attempt.ended(&WriteReport::new(WriteOutcome::Unknown, None).with_detail(detail))
        }
    };
    journal.finish(&entry).await?;
    Ok(entry)
}

/// The entry of an attempt that was interrupted, by the dates that the vendor holds now.
fn interrupted(attempt: Attempt, held: AssetDates) -> JournalEntry {
    let outcomes = attempt.changes.iter().map(|change| {
        let outcome = match change.is_done(&held) {
            true => WriteOutcome::Written,
            // The request may never have been sent, and somebody else may have written since.
            false => WriteOutcome::Unknown,
        };
        (change.field, outcome)
    });
    let outcomes = outcomes.collect();
    let found = differences(&attempt.change(), &held)
        .unwrap_or_else(|| "the vendor holds what was to be written".to_owned());
    let detail = format!("the run was interrupted; found afterwards: {found}");
    attempt.ended(&WriteReport::of_fields(outcomes, held).with_detail(detail))
}

async fn look_again<C: TwoWaySync + ?Sized>(
    connector: &C,
    journal: &dyn Journal,
    entry: JournalEntry,
) -> Result<JournalEntry> {
    let found = held_now(connector, &entry.attempt).await?;
    let entry = match found {
        Ok(held) => looked_at_again(entry, &held),
        Err(gone) => JournalEntry {
            detail: Some(format!("looked at again: {gone}")),
            ..entry
        },
    };
    // A journal closes only what was begun.
    journal.begin(&entry.attempt).await?;
    journal.finish(&entry).await?;
    Ok(entry)
}

/// The second entry of an attempt whose first left a doubt, by the dates that the vendor holds now.
fn looked_at_again(entry: JournalEntry, held: &AssetDates) -> JournalEntry {
    let changes = entry.attempt.changes.iter();
    let outcomes = changes.map(|change| {
        let outcome = match entry.outcome_of(change.field) {
            WriteOutcome::Ignored | WriteOutcome::Unknown if change.is_done(held) => {
                WriteOutcome::Written
            }
            outcome => outcome,
        };
        (change.field, outcome)
    });
    let report = WriteReport::of_fields(outcomes.collect(), None);
    let late = entry
        .attempt
        .changes
        .iter()
        .filter(|change| report.outcome_of(change.field) != entry.outcome_of(change.field));
    let late: Vec<&str> = late.map(|change| change.field.as_str()).collect();
    let found = match late.is_empty() {
        true => differences(&entry.attempt.change(), held),
        false => Some(format!(
            "{}: the vendor holds what was sent, and held something else before: it landed late, \
             or somebody else wrote the same",
            late.join(", ")
        )),
    };
    let found = found.unwrap_or_else(|| "the vendor holds what was sent".to_owned());
    JournalEntry {
        outcome: report.outcome,
        outcomes: report.outcomes,
        detail: Some(format!("looked at again: {found}")),
        ..entry
    }
}
