//! What is to be written, and why: a pure function.

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
            HeldDate::Day(old) if old == day => (Action::Skip, Reason::Equal),
            HeldDate::Day(old) => self.overwrite(field, *old, *day),
        }
    }

    fn overwrite(&self, field: DateField, old: NaiveDate, new: NaiveDate) -> (Action, Reason) {
        let lengthens = match field {
            DateField::PurchaseDate => new < old,
            DateField::WarrantyExpiry => new > old,
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
mod tests {
    use proptest::prelude::*;

    use super::super::claim::ClaimSource;
    use super::super::claim::tests::{any_claim, any_day, any_field, day, moment};
    use super::super::journal::{AssetRef, Attempt, History};
    use super::super::write::WriteReport;
    use super::*;

    const PURCHASE: DateField = DateField::PurchaseDate;
    const EXPIRY: DateField = DateField::WarrantyExpiry;

    fn reader() -> DateReader {
        DateReader::new(moment(0))
    }

    fn lookup(field: DateField, day: NaiveDate) -> Claims {
        Claims::new().and(Claim {
            field,
            day,
            source: ClaimSource::Lookup,
            observed_at: moment(0),
        })
    }

    fn rules(policy: Policy) -> PlanRules {
        PlanRules::new().enable(DateFields::ALL).policy(policy)
    }

    fn planned(held: &AssetDates, claims: &Claims, rules: &PlanRules) -> AssetPlan {
        let none = Attempts::default();
        plan(
            &AssetId::from("7"),
            held,
            claims,
            DateFields::ALL,
            rules,
            &none,
            &reader(),
        )
    }

    fn verdict(held: &AssetDates, claims: &Claims, rules: &PlanRules) -> (Action, Reason) {
        let mut plan = planned(held, claims, rules);
        let field = plan.fields.remove(0);
        (field.action, field.reason)
    }

    #[test]
    fn the_policy_decides_over_a_date_that_is_there() {
        use Action::{Skip, Write};
        let held = AssetDates::new(Some(day(2022, 3, 1)), Some(day(2025, 3, 1)));
        let later = day(2024, 1, 1);
        for (policy, field, new, expected) in [
            (
                Policy::FillEmpty,
                EXPIRY,
                day(2026, 1, 1),
                (Skip, Reason::Filled),
            ),
            (
                Policy::NeverShorten,
                EXPIRY,
                day(2026, 1, 1),
                (Write, Reason::Lengthens),
            ),
            (
                Policy::NeverShorten,
                EXPIRY,
                later,
                (Skip, Reason::Shortens),
            ),
            (
                Policy::NeverShorten,
                PURCHASE,
                later,
                (Skip, Reason::Shortens),
            ),
            (
                Policy::NeverShorten,
                PURCHASE,
                day(2021, 1, 1),
                (Write, Reason::Lengthens),
            ),
            (Policy::Replace, EXPIRY, later, (Write, Reason::Replaces)),
            (
                Policy::Replace,
                EXPIRY,
                day(2025, 3, 1),
                (Skip, Reason::Equal),
            ),
            (
                Policy::Replace,
                PURCHASE,
                day(2026, 1, 1),
                (Skip, Reason::Contradicts),
            ),
        ] {
            let verdict = verdict(&held, &lookup(field, new), &rules(policy));
            assert_eq!(verdict, expected, "{policy} {field} {new}");
        }
    }

    #[test]
    fn what_must_not_be_written_is_not() {
        let empty = AssetDates::default();
        let text = HeldDate::Unreadable("Team plan".to_owned());
        let unreadable = AssetDates::default().with(EXPIRY, text);
        let claims = lookup(EXPIRY, day(2026, 1, 1));
        let read = Claims::new().and(Claim {
            source: ClaimSource::Connector("acme".to_owned()),
            ..claims.all()[0].clone()
        });
        let all = rules(Policy::Replace);
        let reason =
            |held: &AssetDates, claims: &Claims, rules: &PlanRules| verdict(held, claims, rules).1;
        assert_eq!(
            reason(&empty, &claims, &PlanRules::new()),
            Reason::NotEnabled
        );
        assert_eq!(reason(&empty, &read, &all), Reason::NoOwnClaim);
        assert!(matches!(
            reason(&unreadable, &claims, &all),
            Reason::Unreadable(_)
        ));
        for year in [1, 1900, 1989, 2100, 9999] {
            let claims = lookup(EXPIRY, day(year, 1, 1));
            assert_eq!(reason(&empty, &claims, &all), Reason::Implausible, "{year}");
        }
        let one = DateFields::NONE.with(PURCHASE);
        let (id, none) = (AssetId::from("7"), Attempts::default());
        let plan = plan(&id, &empty, &claims, one, &all, &none, &reader());
        assert_eq!(plan.fields[0].reason, Reason::NotWritable);
        assert_eq!(plan.change(), None);
    }

    #[test]
    fn both_dates_are_left_alone_where_they_contradict_each_other() {
        let mut claims = lookup(PURCHASE, day(2030, 1, 1));
        claims = claims.and(lookup(EXPIRY, day(2023, 1, 1)).all()[0].clone());
        let plan = planned(&AssetDates::default(), &claims, &rules(Policy::FillEmpty));
        assert!(
            plan.fields
                .iter()
                .all(|field| field.reason == Reason::Contradicts)
        );
        assert_eq!(plan.change(), None);
    }

    #[test]
    fn what_the_journal_has_is_not_planned_again() {
        let claims = lookup(EXPIRY, day(2026, 1, 1));
        let held = AssetDates::default();
        let change = planned(&held, &claims, &rules(Policy::FillEmpty))
            .change()
            .unwrap();
        let attempt = Attempt::new(moment(1), "acme", &change);
        let asset = AssetRef::new("acme", "7");
        let reason = |attempts: &Attempts| {
            let (id, rules) = (AssetId::from("7"), rules(Policy::FillEmpty));
            let plan = plan(
                &id,
                &held,
                &claims,
                DateFields::ALL,
                &rules,
                attempts,
                &reader(),
            );
            plan.fields[0].reason.clone()
        };
        let open = History::new(&[], vec![attempt.clone()]);
        assert_eq!(reason(&open.of(&asset)), Reason::Unsettled);
        let ignored = attempt.ended(&WriteReport::new(WriteOutcome::Ignored, None));
        let done = History::new(&[ignored], Vec::new());
        assert_eq!(
            reason(&done.of(&asset)),
            Reason::Attempted(WriteOutcome::Ignored)
        );
    }

    #[test]
    fn every_reason_is_told_in_words() {
        let told = Reason::Attempted(WriteOutcome::Altered).to_string();
        assert!(told.contains("already: altered_by_vendor"), "{told}");
        assert!(Reason::Unreadable("x".into()).to_string().ends_with(": x"));
    }

    fn any_held() -> impl Strategy<Value = HeldDate> {
        prop_oneof![
            2 => Just(HeldDate::Empty),
            3 => any_day().prop_map(HeldDate::Day),
            1 => Just(HeldDate::Unreadable("Team plan".to_owned())),
        ]
    }

    fn any_fields() -> impl Strategy<Value = DateFields> {
        proptest::collection::vec(any_field(), 0..3)
            .prop_map(|fields| fields.into_iter().fold(DateFields::NONE, DateFields::with))
    }

    fn any_rules() -> impl Strategy<Value = PlanRules> {
        let policies = [Policy::FillEmpty, Policy::NeverShorten, Policy::Replace];
        (any_fields(), proptest::sample::select(policies.to_vec()))
            .prop_map(|(fields, policy)| PlanRules::new().enable(fields).policy(policy))
    }

    fn any_case() -> impl Strategy<Value = (AssetDates, Claims, DateFields, PlanRules)> {
        let claims = proptest::collection::vec(any_claim(), 0..8);
        (any_held(), any_held(), claims, any_fields(), any_rules()).prop_map(
            |(purchase_date, warranty_expiry, claims, writable, rules)| {
                let held = AssetDates {
                    purchase_date,
                    warranty_expiry,
                };
                (held, claims.into_iter().collect(), writable, rules)
            },
        )
    }

    /// What is held once `plan` is carried out.
    fn carried_out(held: &AssetDates, plan: &AssetPlan) -> AssetDates {
        let change = plan.change();
        let changes = change.iter().flat_map(|change| change.changes());
        changes.fold(held.clone(), |held, change| {
            held.with(change.field, change.new)
        })
    }

    fn contradicts(dates: &AssetDates) -> bool {
        let days = dates.purchase_date.day().zip(dates.warranty_expiry.day());
        days.is_some_and(|(from, to)| from > to)
    }

    proptest! {
        #[test]
        fn the_planner_keeps_its_rules((held, claims, writable, rules) in any_case()) {
            let (id, none) = (AssetId::from("7"), Attempts::default());
            let plan_on = |held: &AssetDates| {
                plan(&id, held, &claims, writable, &rules, &none, &reader())
            };
            let plan = plan_on(&held);
            for field in &plan.fields {
                prop_assert!(claims.all().iter().any(|claim| claim.field == field.field));
                if field.action == Action::Skip {
                    continue;
                }
                prop_assert!(rules.fields.contains(field.field));
                prop_assert!(writable.contains(field.field));
                // The date is a person's or a lookup's own, and a person's first.
                let own = |source: ClaimSource| claims.all().iter().any(|claim| {
                    claim.field == field.field
                        && claim.source == source
                        && Some(claim.day) == field.new
                });
                let is_manual = claims
                    .all()
                    .iter()
                    .any(|claim| claim.field == field.field && claim.source == ClaimSource::Manual);
                let source = if is_manual { ClaimSource::Manual } else { ClaimSource::Lookup };
                prop_assert_eq!(field.source, source.writes_as());
                prop_assert!(own(source));
                let new = field.new.unwrap();
                match (&field.old, rules.policy) {
                    (HeldDate::Empty, _) => {}
                    (HeldDate::Unreadable(_), _) | (HeldDate::Day(_), Policy::FillEmpty) => {
                        prop_assert!(false, "{:?}", field);
                    }
                    (HeldDate::Day(old), Policy::NeverShorten) => {
                        let is_longer = match field.field {
                            DateField::PurchaseDate => new < *old,
                            DateField::WarrantyExpiry => new > *old,
                        };
                        prop_assert!(is_longer);
                    }
                    (HeldDate::Day(old), Policy::Replace) => prop_assert_ne!(*old, new),
                }
            }
            let after = carried_out(&held, &plan);
            prop_assert!(plan.change().is_none() || !contradicts(&after));
            // Once carried out, there is nothing left to do.
            prop_assert_eq!(plan_on(&after).change(), None);
        }

        #[test]
        fn nothing_is_written_unless_a_field_is_enabled((held, claims, writable, rules) in any_case()) {
            let rules = rules.enable(DateFields::NONE);
            let (id, none) = (AssetId::from("7"), Attempts::default());
            let plan = plan(&id, &held, &claims, writable, &rules, &none, &reader());
            prop_assert_eq!(plan.change(), None);
        }
    }
}
