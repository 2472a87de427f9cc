//! What is planned from any claims, held dates and history.

use chrono::{DateTime, Months, NaiveDate, TimeDelta, Utc};
use lmsync::model::{AssetId, DateReader};
use lmsync::two_way::{
    Action, AssetDates, AssetPlan, AssetRef, Attempt, Attempts, Claim, ClaimSource, Claims,
    DateChange, DateField, DateFields, FieldPlan, HeldDate, History, PlanInput, PlanRules, Policy,
    WriteOutcome, WriteReport, WriteSource, plan as plan_dates,
};

use crate::journal::account;
use crate::model::NOW;

/// A case of planning: one line for each thing that is known, such as
/// `policy replace`, `enable warranty_expiry`, `held purchase_date 2/1/2024`,
/// `lookup warranty_expiry 2027-05-31`, `manual ...`, `heard ...` or `wrote ...`.
/// Lines that cannot be read are left away.
///
/// # Panics
/// When a promise is broken.
pub fn plan(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let case = text.lines().take(64).fold(Case::default(), Case::with);
    let plan = case.plan(&case.held, case.claims.iter());
    for field in &plan.fields {
        case.assert_field(field);
    }
    case.assert_order(&plan);
    assert_eq!(
        plan,
        case.plan(&case.held, case.claims.iter().rev()),
        "the claims' order matters"
    );
    let after = case.after(&plan);
    let again = case.plan(&after, case.claims.iter());
    assert_eq!(again.change(), None, "what is written is planned again");
}

#[derive(Debug, Default)]
struct Case {
    rules: PlanRules,
    held: AssetDates,
    claims: Vec<Claim>,
    history: History,
    now: TimeDelta,
}

impl Case {
    fn with(mut self, line: &str) -> Self {
        let mut parts = line.splitn(3, ' ');
        let mut part = || parts.next().unwrap_or_default();
        let (word, field, rest) = (part(), part(), part());
        if word == "policy" {
            self.rules.policy = policy(field);
            return self;
        }
        // A later line is a later word.
        self.now += TimeDelta::seconds(i64::from(!rest.ends_with('=')));
        let Some(field) = DateField::ALL
            .iter()
            .copied()
            .find(|known| known.as_str() == field)
        else {
            return self;
        };
        match (word, day(rest)) {
            ("enable", _) => self.rules.fields = self.rules.fields.with(field),
            ("held", _) => self.held = self.held.with(field, HeldDate::read(&reader(), rest)),
            ("lookup", Some(day)) => self.claim(field, day, ClaimSource::Lookup),
            ("manual", Some(day)) => self.claim(field, day, ClaimSource::Manual),
            ("heard", Some(day)) => self.claim(field, day, ClaimSource::of_vendor(&account())),
            ("wrote", Some(day)) => self.wrote(field, day),
            _ => {}
        }
        self
    }

    fn claim(&mut self, field: DateField, day: NaiveDate, source: ClaimSource) {
        self.claims.push(Claim {
            field,
            day,
            source,
            observed_at: self.at(),
        });
    }

    fn wrote(&mut self, field: DateField, day: NaiveDate) {
        let change = DateChange::new("1").set(field, None, day, WriteSource::Lookup);
        let report = WriteReport::new(WriteOutcome::Written, None);
        let entry = Attempt::new(self.at(), &account(), &change).ended(&report);
        self.history.record(&entry);
    }

    fn at(&self) -> DateTime<Utc> {
        NOW + self.now
    }

    fn attempts(&self) -> Attempts {
        self.history
            .of(&AssetRef::of(&account(), &AssetId::from("1")))
    }

    fn plan<'c>(&self, held: &AssetDates, claims: impl Iterator<Item = &'c Claim>) -> AssetPlan {
        plan_dates(&PlanInput {
            asset: &AssetId::from("1"),
            held,
            claims: &claims.cloned().collect::<Claims>(),
            writable: DateFields::ALL,
            rules: &self.rules,
            attempts: &self.attempts(),
            dates: &reader(),
        })
    }

    fn assert_field(&self, plan: &FieldPlan) {
        if plan.action == Action::Skip {
            return;
        }
        let Some(new) = plan.new else {
            panic!("a date is cleared: {plan:?}");
        };
        assert!(is_plausible(new), "an implausible day: {plan:?}");
        assert!(
            self.rules.fields.contains(plan.field),
            "not enabled: {plan:?}"
        );
        assert_eq!(&plan.old, self.held.get(plan.field));
        let is_own = self.claims.iter().any(|claim| {
            let said = (claim.field, claim.day, claim.source.writes_as());
            said == (plan.field, new, plan.source) && plan.source.is_some()
        });
        assert!(is_own, "nobody's word: {plan:?}");
        let written = self.attempts().outcome_of(plan.field, Some(new));
        assert_eq!(written, None, "written twice: {plan:?}");
        assert!(
            self.may_overwrite(plan, new),
            "against the policy: {plan:?}"
        );
    }

    fn may_overwrite(&self, plan: &FieldPlan, new: NaiveDate) -> bool {
        match (&plan.old, self.rules.policy) {
            (HeldDate::Empty, _) => true,
            (HeldDate::Unreadable(_), _) => false,
            (HeldDate::Day(old), Policy::Replace) => *old != new,
            (HeldDate::Day(old), Policy::NeverShorten) => match plan.field {
                DateField::PurchaseDate => new < *old,
                _ => new > *old,
            },
            _ => false,
        }
    }

    /// What the vendor holds once `plan` is carried out.
    fn after(&self, plan: &AssetPlan) -> AssetDates {
        let change = plan.change();
        let changes = change.iter().flat_map(DateChange::changes);
        changes.fold(self.held.clone(), |held, change| {
            held.with(change.field, change.new)
        })
    }

    fn assert_order(&self, plan: &AssetPlan) {
        let after = self.after(plan);
        let days = after.purchase_date.day().zip(after.warranty_expiry.day());
        let in_order = days.is_none_or(|(from, to)| from <= to);
        assert!(
            in_order || plan.change().is_none(),
            "bought after the warranty: {plan:?}"
        );
    }
}

fn policy(word: &str) -> Policy {
    [Policy::FillEmpty, Policy::NeverShorten, Policy::Replace]
        .into_iter()
        .find(|policy| policy.as_str() == word)
        .unwrap_or_default()
}

fn day(text: &str) -> Option<NaiveDate> {
    text.trim_end_matches('=').parse().ok()
}

fn reader() -> DateReader {
    DateReader::new(NOW)
}

fn is_plausible(day: NaiveDate) -> bool {
    let first = NaiveDate::from_ymd_opt(1990, 1, 1);
    let last = NOW.date_naive() + Months::new(20 * 12);
    first.is_some_and(|first| first <= day) && day <= last
}
