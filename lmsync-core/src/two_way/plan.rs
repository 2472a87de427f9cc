//! What is to be written, and why: a pure function.

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::change::{DateChange, FieldChange, WriteSource};
use super::claim::{Claim, Claims, Resolution, WidestSpan};
use super::dates::{AssetDates, DateField, DateFields, HeldDate};
use super::journal::Attempts;
use super::write::WriteOutcome;
use crate::model::{AssetId, DateReader};

/// What a claim may do to a date that the vendor holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Policy {
    /// Only empty fields are written.
    #[default]
    FillEmpty,
    /// Also a purchase that moves earlier and an expiry that moves later.
    NeverShorten,
    /// Any other date.
    Replace,
}

impl Policy {
    /// The stable name, as command lines write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::FillEmpty => "fill-empty",
            Self::NeverShorten => "never-shorten",
            Self::Replace => "replace",
        }
    }
}

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// By which rules changes are planned.
///
/// The default writes nothing: two-way sync is opted into field by field.
///
/// ```
/// use lmsync_core::two_way::{DateField, DateFields, PlanRules, Policy};
///
/// let rules = PlanRules::new()
///     .enable(DateFields::NONE.with(DateField::WarrantyExpiry))
///     .policy(Policy::NeverShorten);
/// # let _ = rules;
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct PlanRules {
    /// The fields that are enabled; none at first.
    pub fields: DateFields,
    /// What a claim may do to a date that is there; [`Policy::FillEmpty`] at first.
    pub policy: Policy,
    /// Which of several claims stands; [`WidestSpan`] at first.
    pub resolution: Arc<dyn Resolution>,
}

impl Default for PlanRules {
    fn default() -> Self {
        Self {
            fields: DateFields::NONE,
            policy: Policy::default(),
            resolution: Arc::new(WidestSpan),
        }
    }
}

impl PlanRules {
    /// Nothing is written.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Enables exactly `fields`.
    #[must_use]
    pub fn enable(mut self, fields: DateFields) -> Self {
        self.fields = fields;
        self
    }

    /// Sets what a claim may do to a date that is there.
    #[must_use]
    pub fn policy(mut self, policy: Policy) -> Self {
        self.policy = policy;
        self
    }

    /// Sets which of several claims stands.
    #[must_use]
    pub fn resolution(mut self, resolution: Arc<dyn Resolution>) -> Self {
        self.resolution = resolution;
        self
    }
}

/// Whether a field is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// It is.
    Write,
    /// It stays as it is.
    Skip,
}

/// Why a field is written or not; `Display` says it to people.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// Write: the vendor holds nothing.
    FillsEmpty,
    /// Write: the known span becomes longer.
    Lengthens,
    /// Write: the policy replaces what is there.
    Replaces,
    /// Write: what was there before an earlier write comes back.
    Restores,
    /// Two-way sync is not enabled for the field.
    NotEnabled,
    /// The connector cannot write the field.
    NotWritable,
    /// The connector cannot clear the field.
    NotClearable,
    /// No lookup and no person names a date.
    NoOwnClaim,
    /// The date lies before 1990 or more than twenty years ahead.
    Implausible,
    /// The vendor holds this date already.
    Equal,
    /// The vendor holds another date, and the policy only fills empty fields.
    Filled,
    /// The known span would become shorter.
    Shortens,
    /// The vendor holds text that is no date.
    Unreadable(String),
    /// The purchase would come after the expiry.
    Contradicts,
    /// The journal has this very write, with this outcome.
    Attempted(WriteOutcome),
    /// A killed run left a write open, and what became of it could not be found out yet.
    Unsettled,
    /// The vendor no longer holds what was written.
    ChangedSince,
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

/// What is to become of one field, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FieldPlan {
    /// The field.
    pub field: DateField,
    /// What the vendor holds.
    pub old: HeldDate,
    /// What it is to hold; `None` where nothing is said, or where it is cleared.
    pub new: Option<NaiveDate>,
    /// Where the new date comes from.
    pub source: Option<WriteSource>,
    /// Whether it is written.
    pub action: Action,
    /// Why.
    pub reason: Reason,
    /// How many different dates its source gave at once; the [`Resolution`] chose among them.
    pub rivals: usize,
}

/// What is to become of one asset.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AssetPlan {
    /// The asset.
    pub asset: AssetId,
    /// Its fields that something is said about.
    pub fields: Vec<FieldPlan>,
}

impl AssetPlan {
    /// The change to make; `None` when nothing is to be written.
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

    pub(super) fn skip(&mut self, reason: Reason) {
        self.action = Action::Skip;
        self.reason = reason;
    }
}

/// Plans what becomes of one asset's dates.
///
/// Of `held`, what the vendor holds now, and `claims`, what is said about the asset,
/// by `rules`. `writable` is what the connector [can write](super::TwoWaySync::writable),
/// `attempts` what a journal has on the asset, `dates` tells which days are plausible.
///
/// A field that no claim is about has no part in the plan.
#[must_use]
pub fn plan(
    asset: &AssetId,
    held: &AssetDates,
    claims: &Claims,
    writable: DateFields,
    rules: &PlanRules,
    attempts: &Attempts,
    dates: &DateReader,
) -> AssetPlan {
    let planner = Planner {
        held,
        claims,
        writable,
        rules,
        attempts,
        dates,
    };
    let mut fields: Vec<FieldPlan> = DateField::ALL
        .into_iter()
        .filter(|field| claims.all().iter().any(|claim| claim.field == *field))
        .map(|field| planner.field(field))
        .collect();
    refuse_contradictions(held, &mut fields);
    AssetPlan {
        asset: asset.clone(),
        fields,
    }
}

struct Planner<'a> {
    held: &'a AssetDates,
    claims: &'a Claims,
    writable: DateFields,
    rules: &'a PlanRules,
    attempts: &'a Attempts,
    dates: &'a DateReader,
}

impl Planner<'_> {
    fn field(&self, field: DateField) -> FieldPlan {
        let claim = self.claims.writable(field, self.rules.resolution.as_ref());
        let (action, reason) = self.judge(field, claim);
        FieldPlan {
            field,
            old: self.held.get(field).clone(),
            new: claim.map(|claim| claim.day),
            source: claim.and_then(|claim| claim.source.writes_as()),
            action,
            reason,
            rivals: claim.map_or(0, |claim| self.claims.rivals(claim)),
        }
    }

    fn judge(&self, field: DateField, claim: Option<&Claim>) -> (Action, Reason) {
        if !self.rules.fields.contains(field) {
            return (Action::Skip, Reason::NotEnabled);
        }
        if !self.writable.contains(field) {
            return (Action::Skip, Reason::NotWritable);
        }
        let Some(Claim { day, .. }) = claim else {
            return (Action::Skip, Reason::NoOwnClaim);
        };
        if !self.dates.is_plausible(*day) {
            return (Action::Skip, Reason::Implausible);
        }
        if self.attempts.is_open() {
            return (Action::Skip, Reason::Unsettled);
        }
        if let Some(outcome) = self.attempts.outcome_of(field, Some(*day)) {
            return (Action::Skip, Reason::Attempted(outcome));
        }
        match self.held.get(field) {
            HeldDate::Unreadable(text) => (Action::Skip, Reason::Unreadable(text.clone())),
            HeldDate::Empty => (Action::Write, Reason::FillsEmpty),
            HeldDate::Day(old) => self.overwrite(field, day.cmp(old)),
        }
    }

    /// Whether a day may take the place of the one held, to which it compares as `order`.
    fn overwrite(&self, field: DateField, order: Ordering) -> (Action, Reason) {
        let lengthens = match (field, order) {
            (_, Ordering::Equal) => return (Action::Skip, Reason::Equal),
            (DateField::PurchaseDate, order) => order == Ordering::Less,
            (DateField::WarrantyExpiry, order) => order == Ordering::Greater,
        };
        match self.rules.policy {
            Policy::FillEmpty => (Action::Skip, Reason::Filled),
            Policy::NeverShorten if lengthens => (Action::Write, Reason::Lengthens),
            Policy::NeverShorten => (Action::Skip, Reason::Shortens),
            Policy::Replace => (Action::Write, Reason::Replaces),
        }
    }
}

/// Nothing is written that would leave the purchase after the expiry.
fn refuse_contradictions(held: &AssetDates, fields: &mut [FieldPlan]) {
    let after = |field| {
        fields
            .iter()
            .find(|plan| plan.field == field && plan.action == Action::Write)
            .map_or_else(|| held.get(field).day(), |plan| plan.new)
    };
    let purchase = after(DateField::PurchaseDate);
    let expiry = after(DateField::WarrantyExpiry);
    if purchase.zip(expiry).is_some_and(|(from, to)| from > to) {
        for plan in fields
            .iter_mut()
            .filter(|plan| plan.action == Action::Write)
        {
            plan.skip(Reason::Contradicts);
        }
    }
}

#[cfg(test)]
mod tests;
