//! A write that is read back.
//!
//! The same for every vendor: read what is there, send what differs, read again,
//! name what became of it. An outcome that is not known is looked up, never guessed
//! and never repeated blindly.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use chrono::Datelike;
use serde::{Deserialize, Serialize};

use super::TwoWaySync;
use super::change::{DateChange, FieldChange};
use super::dates::{AssetDates, DateField, HeldDate};
use crate::clock::SharedClock;
use crate::error::{Error, ErrorKind, Result, RetryClass};
use crate::model::AssetId;

/// So often a change is sent while the vendor fails and is seen not to have made it.
const TRIES: u32 = 3;
/// How long a vendor that failed, or that does not show a change yet, is left alone at first.
const PAUSE: Duration = Duration::from_secs(2);
/// A vendor that wants to be left alone for longer is not asked again.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// What became of a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum WriteOutcome {
    /// The vendor now holds what was written.
    Written,
    /// The vendor already held it; nothing was sent.
    Unchanged,
    /// The vendor accepted it and holds what it held before.
    #[serde(rename = "ignored_by_vendor")]
    Ignored,
    /// The vendor accepted it and holds something else, such as the day before.
    #[serde(rename = "altered_by_vendor")]
    Altered,
    /// Nothing was written, for certain: the vendor refused it, or no longer holds
    /// what the change was planned on.
    Refused,
    /// It is not known whether the vendor took it.
    Unknown,
}

impl WriteOutcome {
    /// The stable name, as journals write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Written => "written",
            Self::Unchanged => "unchanged",
            Self::Ignored => "ignored_by_vendor",
            Self::Altered => "altered_by_vendor",
            Self::Refused => "refused",
            Self::Unknown => "unknown",
        }
    }

    /// Whether the vendor now holds what was asked for.
    #[must_use]
    pub const fn is_done(self) -> bool {
        matches!(self, Self::Written | Self::Unchanged)
    }
}

impl fmt::Display for WriteOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What became of a write, and how that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct WriteReport {
    /// What became of it.
    pub outcome: WriteOutcome,
    /// What the vendor holds now, where that could be read.
    pub held: Option<AssetDates>,
    /// What there is to say beyond the outcome.
    pub detail: Option<String>,
}

impl WriteReport {
    /// A report of `outcome` where the vendor now holds `held`.
    #[must_use]
    pub fn new(outcome: WriteOutcome, held: impl Into<Option<AssetDates>>) -> Self {
        Self {
            outcome,
            held: held.into(),
            detail: None,
        }
    }

    /// Adds what there is to say.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }
}

/// The two steps of a verified write that differ by vendor; [`write_verified`] does the rest.
#[async_trait]
pub trait DateAccess: TwoWaySync {
    /// What has to be read in order to send: the map that the vendor replaces as a whole,
    /// the ids of its fields. `()` where a change needs nothing.
    type Record: Send + Sync;

    /// What to wait on.
    fn clock(&self) -> &SharedClock;

    /// The dates that the vendor holds now, and what sending needs.
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

/// Writes `change` unless the vendor already holds it, reads it back and names the outcome.
///
/// Sent is only what differs, and only while the vendor holds what the change was
/// planned on. After a failure that leaves open whether the vendor acted, the asset
/// is read again; only if it still holds the old dates is the change sent again.
///
/// # Errors
/// `unsupported` when a field cannot be written or cleared. Otherwise what kept the
/// change from being written, for certain; where that is not certain, the report's
/// outcome is [`WriteOutcome::Unknown`].
pub async fn write_verified<A>(access: &A, change: &DateChange) -> Result<WriteReport>
where
    A: DateAccess + ?Sized,
{
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
        let (after, read) = match settled(access, &due, &before, failure.is_none()).await {
            Ok(read) => read,
            Err(unread) => return Ok(unknown(failure.as_ref(), &unread)),
        };
        let outcome = judge(&due, &before, &after);
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

fn require_offered<A: TwoWaySync + ?Sized>(access: &A, change: &DateChange) -> Result<()> {
    for FieldChange { field, new, .. } in change.changes() {
        let (offered, what) = match new {
            Some(_) => (access.writable(), "writing"),
            None => (access.clearable(), "clearing"),
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

/// Whether a request that ended in `error` cannot have changed anything.
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

/// What the vendor holds after a request. One that it accepted and does not show is
/// given a moment.
async fn settled<A: DateAccess + ?Sized>(
    access: &A,
    due: &DateChange,
    before: &AssetDates,
    accepted: bool,
) -> Result<(AssetDates, A::Record)> {
    let read = access.fetch(&due.asset).await?;
    if accepted && judge(due, before, &read.0) == WriteOutcome::Ignored {
        access.clock().sleep(PAUSE).await;
        return access.fetch(&due.asset).await;
    }
    Ok(read)
}

/// What became of `change`, told by what was held before and is held now.
pub(super) fn judge(change: &DateChange, before: &AssetDates, after: &AssetDates) -> WriteOutcome {
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

/// A date that changed although `change` leaves it alone: a vendor that replaces more
/// than was sent.
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

/// What of `change` the vendor does not hold.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outcome_is_shown_by_the_name_that_journals_write() {
        use WriteOutcome as W;
        for (outcome, name, is_done) in [
            (W::Written, "written", true),
            (W::Unchanged, "unchanged", true),
            (W::Ignored, "ignored_by_vendor", false),
            (W::Altered, "altered_by_vendor", false),
            (W::Refused, "refused", false),
            (W::Unknown, "unknown", false),
        ] {
            assert_eq!(outcome.to_string(), name);
            assert_eq!(serde_json::to_value(outcome).unwrap(), name);
            assert_eq!(outcome.is_done(), is_done, "{name}");
        }
    }
}
