//! Finding out the outcome of writes that a killed run left open.

use super::change::FieldChange;
use super::dates::AssetDates;
use super::history::History;
use super::journal::{Attempt, Journal, JournalEntry};
use super::outcome::{WriteOutcome, WriteReport};
use super::sync::{TwoWaySync, TwoWaySyncExt};
use super::write::{classify_outcome, differences};
use crate::error::{Error, ErrorKind, Result};

/// Finds out the outcome of attempts in the account of `connector` that a killed run
/// left open, and records it in `journal` and `history`. Reads only.
///
/// Until then nothing is planned for their assets.
///
/// # Errors
/// The first error that kept one from being found out or recorded; it stays open.
pub async fn recover_open<C: TwoWaySync + ?Sized>(
    connector: &C,
    journal: &dyn Journal,
    history: &mut History,
) -> Result<Vec<JournalEntry>> {
    let mut recovered = Vec::new();
    let mut first_error = None;
    for attempt in history.open(connector.info()) {
        match recover(connector, journal, attempt).await {
            Ok(entry) => {
                history.record(&entry);
                recovered.push(entry);
            }
            Err(error) => first_error = first_error.or(Some(error)),
        }
    }
    first_error.map_or(Ok(recovered), Err)
}

async fn recover<C: TwoWaySync + ?Sized>(
    connector: &C,
    journal: &dyn Journal,
    attempt: Attempt,
) -> Result<JournalEntry> {
    let entry = match connector.find_dates(&attempt.asset.id()).await {
        Ok((_, held)) => interrupted(attempt, held),
        Err(error) if error.kind() == ErrorKind::NotFound => gone(attempt, &error),
        Err(error) => return Err(error),
    };
    journal.finish(&entry).await?;
    Ok(entry)
}

/// The entry of an attempt that was interrupted on an asset that is no longer there.
fn gone(attempt: Attempt, error: &Error) -> JournalEntry {
    let detail = format!("the run was interrupted; found afterwards: {error}");
    attempt.ended(&WriteReport::new(WriteOutcome::Unknown, None).with_detail(detail))
}

/// The entry of an attempt that was interrupted, by the dates that the vendor holds now.
fn interrupted(attempt: Attempt, held: AssetDates) -> JournalEntry {
    let change = attempt.change();
    let old = |dates: AssetDates, change: &FieldChange| dates.with(change.field, change.old);
    let before = attempt.changes.iter().fold(AssetDates::default(), old);
    let outcome = match classify_outcome(&change, &before, &held) {
        // The request may never have been sent.
        WriteOutcome::Ignored => WriteOutcome::Unknown,
        outcome => outcome,
    };
    let found = differences(&change, &held)
        .unwrap_or_else(|| "the vendor holds what was to be written".to_owned());
    let detail = format!("the run was interrupted; found afterwards: {found}");
    attempt.ended(&WriteReport::new(outcome, held).with_detail(detail))
}
