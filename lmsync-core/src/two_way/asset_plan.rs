//! A plan for one asset: the decision on each field, and the reason for it.

use std::fmt;

use chrono::NaiveDate;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use super::change::{DateChange, FieldChange, WriteSource};
use super::dates::{DateField, HeldDate};
use super::outcome::WriteOutcome;
use crate::model::AssetId;

/// A decision on one field.
///
/// Complete: a field is written or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// The field is written.
    Write,
    /// The field stays as it is.
    Skip,
}

crate::words!(Action {
    Write => "write",
    Skip => "skip",
});

/// The reason for writing a field or not; `Display` says it to people.
///
/// In JSON a word such as `fills_empty`, `{"unreadable": "text"}` or `{"attempted": "written"}`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Reason {
    /// Write: the vendor holds nothing.
    FillsEmpty,
    /// Write: the known span becomes longer.
    Lengthens,
    /// Write: the policy replaces what is there.
    Replaces,
    /// Write: the date from before an earlier write comes back.
    Restores,
    /// Skip: two-way sync is not enabled for the field.
    NotEnabled,
    /// Skip: the connector cannot write the field.
    NotWritable,
    /// Skip: the connector cannot clear the field.
    NotClearable,
    /// Skip: no lookup and no person names a date.
    NoOwnClaim,
    /// Skip: the date lies before 1990 or more than twenty years ahead.
    Implausible,
    /// Skip: the vendor holds this date already.
    Equal,
    /// Skip: the vendor holds another date, and the policy only fills empty fields.
    Filled,
    /// Skip: the known span would become shorter.
    Shortens,
    /// Skip: the vendor holds text that is no date.
    Unreadable(String),
    /// Skip: the purchase would come after the expiry.
    Contradicts,
    /// Skip: the journal has this very write, with this outcome.
    Attempted(WriteOutcome),
    /// Skip: a killed run left a write open, and its outcome could not be found out yet.
    Unsettled,
    /// Skip: the vendor no longer holds the date that was written.
    ChangedSince,
}

impl Reason {
    /// Tells whether it is one to write a field, and not to skip it.
    #[must_use]
    pub const fn is_to_write(&self) -> bool {
        matches!(
            self,
            Self::FillsEmpty | Self::Lengthens | Self::Replaces | Self::Restores
        )
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::FillsEmpty => "the vendor holds no date",
            Self::Lengthens => "the known span becomes longer",
            Self::Replaces => "the policy replaces the vendor's date",
            Self::Restores => "what was there before the journalled write comes back",
            Self::NotEnabled => "two-way sync is not enabled for this field",
            Self::NotWritable => "the connector cannot write this field",
            Self::NotClearable => "the connector cannot clear this field; clear it at the vendor",
            Self::NoOwnClaim => "no lookup or manual date is given; a date is never cleared",
            Self::Implausible => "the date lies before 1990 or more than twenty years ahead",
            Self::Equal => "the vendor holds this date already",
            Self::Filled => "the vendor holds another date, and fill-empty keeps it",
            Self::Shortens => "the known span would become shorter",
            Self::Unreadable(text) => {
                return write!(f, "the vendor holds text that is no date: {text}");
            }
            Self::Contradicts => "the purchase would come after the expiry",
            Self::Attempted(outcome) => {
                return write!(
                    f,
                    "the journal has this write already: {outcome}; begin another to repeat it"
                );
            }
            Self::Unsettled => {
                "what became of an interrupted write is not known yet; applying finds out first"
            }
            Self::ChangedSince => "the vendor no longer holds what was written",
        })
    }
}

/// The decision on one field, and the reason for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct FieldPlan {
    /// The field.
    pub field: DateField,
    /// The date that the vendor holds.
    pub old: HeldDate,
    /// The date that it is to hold; `None` if no claim gives one, or to clear the field.
    pub new: Option<NaiveDate>,
    /// The source of the new date.
    pub source: Option<WriteSource>,
    /// The decision.
    pub action: Action,
    /// The reason.
    pub reason: Reason,
    /// Number of different days that its source gave at once; the
    /// [`Resolution`](super::Resolution) chose among them.
    pub competing_days: usize,
}

/// The decisions on one asset.
///
/// It does not say which account the asset is of: to store plans, put them into an
/// [`AccountPlan`](super::AccountPlan). What is read is refused where two plans are about one field,
/// or one writes without a source, for a reason not to, over text that is no date, or to clear what
/// no undo clears. A plan to write may be turned into one to skip, whatever its reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct AssetPlan {
    /// The asset.
    pub asset: AssetId,
    /// Its fields that a claim is about, each once.
    #[serde(deserialize_with = "sound")]
    pub fields: Vec<FieldPlan>,
}

/// Reads plans of different fields, each of which can have been planned.
fn sound<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<FieldPlan>, D::Error> {
    let plans: Vec<FieldPlan> = Vec::deserialize(deserializer)?;
    for (place, plan) in plans.iter().enumerate() {
        let is_second = plans[..place].iter().any(|other| other.field == plan.field);
        let wrong = is_second.then_some("it is planned twice");
        if let Some(why) = wrong.or_else(|| plan.flaw()) {
            return Err(D::Error::custom(format!("{}: {why}", plan.field)));
        }
    }
    Ok(plans)
}

impl AssetPlan {
    /// The change to make; `None` if no field is to be written.
    #[must_use]
    pub fn change(&self) -> Option<DateChange> {
        let change = self
            .fields
            .iter()
            .filter_map(FieldPlan::change)
            .fold(DateChange::new(self.asset.clone()), DateChange::with);
        (!change.is_empty()).then_some(change)
    }
}

impl FieldPlan {
    fn change(&self) -> Option<FieldChange> {
        let source = self.source.filter(|_| self.action == Action::Write)?;
        Some(FieldChange {
            field: self.field,
            old: self.old.day(),
            new: self.new,
            source,
        })
    }

    /// The flaw of a plan that nothing here makes.
    fn flaw(&self) -> Option<&'static str> {
        let Some(source) = self.source.filter(|_| self.action == Action::Write) else {
            let writes = self.action == Action::Write;
            return writes.then_some("a date that is written has a source");
        };
        match (&self.old, self.new) {
            _ if !self.reason.is_to_write() => Some("it is written for a reason not to"),
            (HeldDate::Unreadable(_), _) => Some("text that is no date is never overwritten"),
            (_, None) if source != WriteSource::Undo => Some("only an undo clears a date"),
            _ => None,
        }
    }

    pub(super) fn skip(&mut self, reason: Reason) {
        self.action = Action::Skip;
        self.reason = reason;
    }
}
