//! The progress of one write: what each try may have done, and the outcome of each field by what
//! the vendor holds.

use std::collections::BTreeMap;

use super::change::{DateChange, FieldChange};
use super::dates::{AssetDates, DateField, DateFields, HeldDate};
use super::outcome::{WriteOutcome, WriteReport};
use crate::error::{Error, ErrorKind, Result, RetryClass};

/// The effect that a failed try may have had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Failure {
    /// Nothing.
    NeverActed,
    /// Nothing, as the vendor says.
    Refused,
    /// Perhaps what was asked for, even later.
    Open,
}

impl Failure {
    pub(super) fn of(error: &Error) -> Self {
        let never_acted = matches!(
            error.kind(),
            ErrorKind::Config
                | ErrorKind::Tls
                | ErrorKind::Authentication
                | ErrorKind::Permission
                | ErrorKind::RateLimited
                | ErrorKind::NotFound
                | ErrorKind::Unsupported
        );
        match error.retry() {
            _ if never_acted => Self::NeverActed,
            // Of what may be sent once only, tries run out by never getting through.
            RetryClass::Safe | RetryClass::Exhausted => Self::NeverActed,
            RetryClass::OnlyIfIdempotent => Self::Open,
            RetryClass::Never => Self::Refused,
        }
    }
}

/// The tries of one change so far.
pub(super) struct WriteProgress<'c> {
    change: &'c DateChange,
    /// The fields of tries that may have been made.
    maybe_sent: DateFields,
    /// The last failure of those.
    failure: Option<Error>,
    /// Set if one of them may be made yet.
    is_open: bool,
}

impl<'c> WriteProgress<'c> {
    pub(super) fn new(change: &'c DateChange) -> Self {
        Self {
            change,
            maybe_sent: DateFields::NONE,
            failure: None,
            is_open: false,
        }
    }

    /// Notes that sending `due` ended in `error`.
    pub(super) fn failed(&mut self, due: &DateChange, failure: Failure, error: &Error) {
        if failure != Failure::NeverActed {
            let fields = due.changes().iter().map(|due| due.field);
            self.maybe_sent = fields.fold(self.maybe_sent, DateFields::with);
            self.failure = Some(error.clone());
            self.is_open |= failure == Failure::Open;
        }
    }

    /// Tells whether a try may have been made, or may be made yet.
    pub(super) fn is_open(&self) -> bool {
        self.is_open
    }

    /// The report where nothing more is sent, since the vendor holds `held`: all that was to be
    /// written, or something else than the plan saw.
    pub(super) fn ended(&self, held: AssetDates) -> WriteReport {
        let stale = self.stale(&held);
        let after = self.failure.as_ref().map(|error| match stale {
            None => format!("found by reading back after: {error}"),
            Some(_) => format!("the vendor had not confirmed it: {error}"),
        });
        let report = WriteReport::of_fields(self.outcomes(&held), held);
        detailed(report, [stale, after])
    }

    /// The report on tries that end with `error`; the vendor held `before` at the last one, and
    /// holds `held` now.
    ///
    /// # Errors
    /// `error`, if it certainly kept the change from being written.
    pub(super) fn given_up(
        &self,
        before: &AssetDates,
        held: AssetDates,
        error: Error,
    ) -> Result<WriteReport> {
        let left = self.change.still_to_do(before);
        let is_refused = !self.is_open() && {
            let mut left = left.changes().iter();
            left.all(|due| due.is_as_before(before, &held))
        };
        if is_refused {
            return Err(error);
        }
        let is_done = self.change.still_to_do(&held).is_empty();
        let why = match is_done {
            true => format!("found by reading back after: {error}"),
            false => format!("not made so far: {error}"),
        };
        let stale = self.stale(&held);
        let report = WriteReport::of_fields(self.outcomes(&held), held);
        Ok(detailed(report, [stale, Some(why)]))
    }

    /// The report on tries after which the vendor, which held `before` at the last one, could not
    /// be read.
    ///
    /// # Errors
    /// `unread`, if nothing can have been written.
    pub(super) fn unread(&self, before: &AssetDates, unread: &Error) -> Result<WriteReport> {
        let Some(error) = &self.failure else {
            return Err(unread.clone());
        };
        let sent = format!("the vendor did not confirm it ({error})");
        Ok(self.unknown(before, &sent, unread))
    }

    /// The report on `due`, which a vendor that held `before` accepted and which could not be
    /// read back.
    pub(super) fn accepted_unread(&self, before: &AssetDates, unread: &Error) -> WriteReport {
        self.unknown(before, "the vendor accepted it", unread)
    }

    fn unknown(&self, before: &AssetDates, sent: &str, unread: &Error) -> WriteReport {
        let outcomes = self.outcomes_or(before, |_| WriteOutcome::Unknown);
        WriteReport::of_fields(outcomes, None)
            .with_detail(format!("{sent}, and it could not be read back: {unread}"))
    }

    /// The report on `due`, which a vendor that held `before` accepted, and which holds `after`
    /// now.
    pub(super) fn accepted(
        &self,
        due: &DateChange,
        before: &AssetDates,
        after: AssetDates,
    ) -> WriteReport {
        let mut outcomes = self.outcomes_or(before, |_| WriteOutcome::Unknown);
        outcomes.extend(due.changes().iter().map(|due| {
            let outcome = match due.is_done(&after) {
                true => WriteOutcome::Written,
                false if due.is_as_before(before, &after) => WriteOutcome::Ignored,
                false => WriteOutcome::Altered,
            };
            (due.field, outcome)
        }));
        let collateral = collateral(self.change, before, &after);
        let details = [differences(due, &after), collateral.clone()];
        let report = WriteReport::of_fields(outcomes, after);
        let worst = report.outcome;
        let report = match collateral {
            Some(_) => report.with_outcome(WriteOutcome::worst([worst, WriteOutcome::Altered])),
            None => report,
        };
        detailed(report, details)
    }

    /// The outcome of each field by `held`, where nothing more is sent.
    fn outcomes(&self, held: &AssetDates) -> BTreeMap<DateField, WriteOutcome> {
        self.outcomes_or(held, |change| match change.is_current(held) {
            // It may still be made.
            true if self.is_open() => WriteOutcome::Unknown,
            _ => WriteOutcome::Refused,
        })
    }

    /// The outcome of each field by `held`, and by `left` of one that is not made.
    fn outcomes_or(
        &self,
        held: &AssetDates,
        left: impl Fn(&FieldChange) -> WriteOutcome,
    ) -> BTreeMap<DateField, WriteOutcome> {
        let outcome = |change: &FieldChange| match change.is_done(held) {
            true if self.maybe_sent.contains(change.field) => WriteOutcome::Written,
            true => WriteOutcome::Unchanged,
            false => left(change),
        };
        let changes = self.change.changes().iter();
        changes
            .map(|change| (change.field, outcome(change)))
            .collect()
    }

    /// Describes the first field that holds neither the new date nor what the plan saw.
    fn stale(&self, held: &AssetDates) -> Option<String> {
        let left = self.change.still_to_do(held);
        let change = left.changes().iter().find(|due| !due.is_current(held))?;
        let (planned, held) = (HeldDate::from(change.old), held.get(change.field));
        Some(format!(
            "{}: the vendor holds {held} now, where the plan saw {planned}; plan again",
            change.field
        ))
    }
}

fn detailed(report: WriteReport, details: [Option<String>; 2]) -> WriteReport {
    let details: Vec<String> = details.into_iter().flatten().collect();
    match details.is_empty() {
        true => report,
        false => report.with_detail(details.join("; ")),
    }
}

/// Describes a date that changed although `change` leaves it alone: the vendor replaced
/// more than was sent.
fn collateral(change: &DateChange, before: &AssetDates, after: &AssetDates) -> Option<String> {
    DateField::ALL
        .iter()
        .copied()
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
