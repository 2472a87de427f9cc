//! A write that is read back.
//!
//! The same for every vendor: read the dates, send those that differ, read again, name
//! the outcome. An outcome that is not known is looked up, never guessed, and the write
//! is never repeated blindly.

use std::time::Duration;

use async_trait::async_trait;
use chrono::Datelike;

use super::change::{DateChange, FieldChange};
use super::dates::{AssetDates, DateField, DateFields, HeldDate};
use super::outcome::{WriteOutcome, WriteReport};
use super::sync::TwoWaySync;
use crate::clock::SharedClock;
use crate::connector::Connector;
use crate::error::{Error, ErrorKind, Result, RetryClass};
use crate::model::AssetId;

/// Most times that a change is sent to a vendor that fails and has not made it.
const TRIES: u32 = 3;
/// First pause for a vendor that failed, or that does not show a change yet.
const PAUSE: Duration = Duration::from_secs(2);
/// Longest pause that a vendor is granted; one that wants a longer one is not asked again.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// The steps of a verified write that differ by vendor: a connector that has them is a
/// [`TwoWaySync`].
///
/// The dates that it can write are those that its
/// [capabilities](crate::Capabilities::two_way) declare. Only dates that differ are sent, and
/// only while the vendor holds those that the change was planned on. After a failure that leaves
/// open whether the vendor acted, the asset is read again; only if it still holds the old dates
/// is the change sent again.
#[async_trait]
pub trait DateAccess: Connector {
    /// The part of a record that sending needs: the map that the vendor replaces as a
    /// whole, the ids of its fields. `()` if it needs none.
    type Record: Send + Sync;

    /// The clock to wait on.
    fn clock(&self) -> &SharedClock;

    /// The fields that this connector can clear: those whose vendor documents how.
    fn clearable(&self) -> DateFields {
        DateFields::NONE
    }

    /// Reads the dates that the vendor holds now, and the record that sending needs.
    ///
    /// # Errors
    /// `not_found` when the vendor does not know the asset, and what any request can end in.
    async fn fetch(&self, id: &AssetId) -> Result<(AssetDates, Self::Record)>;

    /// Sends `change` in the smallest body that the vendor takes, once: with
    /// [`Idempotency::Once`](crate::http::Idempotency::Once).
    ///
    /// # Errors
    /// As the vendor answers; the [retry class](Error::retry) tells whether it may have acted.
    async fn send(&self, change: &DateChange, record: &Self::Record) -> Result<()>;
}

#[async_trait]
impl<A: DateAccess> TwoWaySync for A {
    fn clearable(&self) -> DateFields {
        DateAccess::clearable(self)
    }

    async fn read_dates(&self, id: &AssetId) -> Result<AssetDates> {
        let (dates, _) = self.fetch(id).await?;
        Ok(dates)
    }

    async fn write_dates(&self, change: &DateChange) -> Result<WriteReport> {
        write_verified(self, change).await
    }
}

async fn write_verified<A: DateAccess>(access: &A, change: &DateChange) -> Result<WriteReport> {
    require_offered(access, change)?;
    let (before, mut record) = access.fetch(&change.asset).await?;
    let due = change.still_to_do(&before);
    if due.is_empty() {
        return Ok(WriteReport::new(WriteOutcome::Unchanged, before));
    }
    if let Some(stale) = due.changes().iter().find(|due| !due.is_current(&before)) {
        let detail = stale_detail(stale, &before);
        return Ok(WriteReport::new(WriteOutcome::Refused, before).with_detail(detail));
    }
    let (mut tries, mut pause) = (0, PAUSE);
    loop {
        tries += 1;
        let failure = match access.send(&due, &record).await {
            Ok(()) => None,
            Err(error) if never_acted(&error) => return Err(error),
            Err(error) => Some(error),
        };
        let (after, read) = match read_back(access, &due, &before, failure.is_none()).await {
            Ok(read) => read,
            Err(unread) => return Ok(unknown(failure.as_ref(), &unread)),
        };
        let outcome = classify_outcome(&due, &before, &after);
        match failure {
            Some(error) if outcome == WriteOutcome::Ignored => {
                if error.retry() != RetryClass::OnlyIfIdempotent {
                    return Err(error);
                }
                let wait = pause.max(error.retry_after().unwrap_or_default());
                if tries == TRIES || wait > LONGEST_PAUSE {
                    let detail = format!("not made so far: {error}");
                    return Ok(WriteReport::new(WriteOutcome::Unknown, after).with_detail(detail));
                }
                access.clock().sleep(wait).await;
                pause *= 2;
                record = read;
            }
            failure => return Ok(report(outcome, &due, &before, after, failure.as_ref())),
        }
    }
}

fn require_offered<A: DateAccess>(access: &A, change: &DateChange) -> Result<()> {
    for FieldChange { field, new, .. } in change.changes() {
        let (offered, what) = match new {
            Some(_) => (access.writable(), "writing"),
            None => (DateAccess::clearable(access), "clearing"),
        };
        if !offered.contains(*field) {
            let what = format!("{what} {field}");
            return Err(Error::unsupported(access.info().product, &what));
        }
        // A longer year has no place in the text form of a day, and could not be read back.
        if new.is_some_and(|day| !(1..=9999).contains(&day.year())) {
            return Err(Error::config(format!(
                "{field}: the year has not four digits"
            )));
        }
    }
    Ok(())
}

/// Tells whether a request that ended in `error` cannot have changed anything.
fn never_acted(error: &Error) -> bool {
    let refused = matches!(
        error.kind(),
        ErrorKind::Config
            | ErrorKind::Tls
            | ErrorKind::Authentication
            | ErrorKind::Permission
            | ErrorKind::RateLimited
            | ErrorKind::NotFound
            | ErrorKind::Unsupported
    );
    // Of what may be sent once only, tries run out by never getting through.
    refused || matches!(error.retry(), RetryClass::Safe | RetryClass::Exhausted)
}

/// Reads the dates after a request. A vendor that accepted it and does not show it is
/// given a moment.
async fn read_back<A: DateAccess>(
    access: &A,
    due: &DateChange,
    before: &AssetDates,
    accepted: bool,
) -> Result<(AssetDates, A::Record)> {
    let read = access.fetch(&due.asset).await?;
    if accepted && classify_outcome(due, before, &read.0) == WriteOutcome::Ignored {
        access.clock().sleep(PAUSE).await;
        return access.fetch(&due.asset).await;
    }
    Ok(read)
}

/// Names the outcome of `change` by the dates held before and after.
pub(super) fn classify_outcome(
    change: &DateChange,
    before: &AssetDates,
    after: &AssetDates,
) -> WriteOutcome {
    let mut left = change.changes().iter().filter(|due| !due.is_done(after));
    let is_as_before = |due: &FieldChange| before.get(due.field) == after.get(due.field);
    match left.clone().next() {
        None => WriteOutcome::Written,
        Some(_) if left.all(is_as_before) => WriteOutcome::Ignored,
        Some(_) => WriteOutcome::Altered,
    }
}

fn report(
    outcome: WriteOutcome,
    change: &DateChange,
    before: &AssetDates,
    after: AssetDates,
    failure: Option<&Error>,
) -> WriteReport {
    let collateral = collateral(change, before, &after);
    let outcome = match collateral {
        Some(_) => WriteOutcome::Altered,
        None => outcome,
    };
    let failed = failure.map(|error| format!("found by reading back after: {error}"));
    let details: Vec<String> = [differences(change, &after), collateral, failed]
        .into_iter()
        .flatten()
        .collect();
    let report = WriteReport::new(outcome, after);
    if details.is_empty() {
        report
    } else {
        report.with_detail(details.join("; "))
    }
}

/// Describes a date that changed although `change` leaves it alone: the vendor replaced
/// more than was sent.
fn collateral(change: &DateChange, before: &AssetDates, after: &AssetDates) -> Option<String> {
    DateField::ALL
        .into_iter()
        .filter(|field| change.get(*field).is_none())
        .find(|field| before.get(*field) != after.get(*field))
        .map(|field| {
            let (was, is) = (before.get(field), after.get(field));
            format!("{field}: was not sent and changed from {was} to {is}")
        })
}

/// Describes the part of `change` that the vendor does not hold.
pub(super) fn differences(change: &DateChange, after: &AssetDates) -> Option<String> {
    let left: Vec<String> = change
        .changes()
        .iter()
        .filter(|due| !due.is_done(after))
        .map(|due| {
            let (sent, held) = (HeldDate::from(due.new), after.get(due.field));
            format!("{}: {sent} was sent, {held} is held", due.field)
        })
        .collect();
    (!left.is_empty()).then(|| left.join("; "))
}

fn stale_detail(change: &FieldChange, before: &AssetDates) -> String {
    let (planned, held) = (HeldDate::from(change.old), before.get(change.field));
    format!(
        "{}: the vendor holds {held} now, where the plan saw {planned}; plan again",
        change.field
    )
}

fn unknown(failure: Option<&Error>, unread: &Error) -> WriteReport {
    let sent = failure.map_or_else(
        || "the vendor accepted it".to_owned(),
        |error| format!("the vendor did not confirm it ({error})"),
    );
    WriteReport::new(WriteOutcome::Unknown, None)
        .with_detail(format!("{sent}, and it could not be read back: {unread}"))
}
