use std::sync::Arc;

use chrono::NaiveDate;
use proptest::prelude::*;

use super::super::asset_ref::AssetRef;
use super::super::claim::tests::{account, any_claim, any_day, any_field, day, moment};
use super::super::claim::{ClaimSource, Resolution};
use super::super::history::History;
use super::super::journal::Attempt;
use super::super::outcome::{WriteOutcome, WriteReport};
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
    planned_after(&Attempts::default(), held, claims, rules)
}

fn planned_after(
    attempts: &Attempts,
    held: &AssetDates,
    claims: &Claims,
    rules: &PlanRules,
) -> AssetPlan {
    plan(&PlanInput {
        asset: &AssetId::from("7"),
        held,
        claims,
        writable: DateFields::ALL,
        rules,
        attempts,
        dates: &reader(),
    })
}

fn planned_where(
    writable: DateFields,
    held: &AssetDates,
    claims: &Claims,
    rules: &PlanRules,
) -> AssetPlan {
    plan(&PlanInput {
        asset: &AssetId::from("7"),
        held,
        claims,
        writable,
        rules,
        attempts: &Attempts::default(),
        dates: &reader(),
    })
}

fn verdict(held: &AssetDates, claims: &Claims, rules: &PlanRules) -> (Action, Reason) {
    let mut plan = planned(held, claims, rules);
    let field = plan.fields.remove(0);
    (field.action, field.reason)
}

#[test]
fn a_policy_is_shown_by_the_name_that_command_lines_write() {
    for (policy, name) in [
        (Policy::FillEmpty, "fill-empty"),
        (Policy::NeverShorten, "never-shorten"),
        (Policy::Replace, "replace"),
    ] {
        assert_eq!(policy.to_string(), name);
        assert_eq!(serde_json::to_value(policy).unwrap(), name);
    }
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
        source: ClaimSource::of_vendor(&account("superops")),
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
    let plan = planned_where(one, &empty, &claims, &all);
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
    // A day is enough.
    let same = lookup(PURCHASE, day(2023, 1, 1)).and(claims.all()[1].clone());
    let plan = planned(&AssetDates::default(), &same, &rules(Policy::FillEmpty));
    assert_eq!(plan.change().unwrap().changes().len(), 2);
}

#[test]
fn what_the_journal_has_is_not_planned_again() {
    let claims = lookup(EXPIRY, day(2026, 1, 1));
    let held = AssetDates::default();
    let change = planned(&held, &claims, &rules(Policy::FillEmpty))
        .change()
        .unwrap();
    let attempt = Attempt::new(moment(1), &account("superops"), &change);
    let asset = AssetRef::new("superops", "acme", "7");
    let reason = |attempts: &Attempts| {
        let plan = planned_after(attempts, &held, &claims, &rules(Policy::FillEmpty));
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

/// The first claim, whatever it says.
#[derive(Debug)]
struct First;

impl Resolution for First {
    fn choose<'c>(&self, _field: DateField, claims: &[&'c Claim]) -> Option<&'c Claim> {
        claims.first().copied()
    }
}

#[test]
fn another_resolution_can_be_used() {
    let later = lookup(EXPIRY, day(2027, 1, 1)).all()[0].clone();
    let claims = lookup(EXPIRY, day(2026, 1, 1)).and(later);
    let new = |rules: &PlanRules| planned(&AssetDates::default(), &claims, rules).fields[0].new;
    let rules = rules(Policy::FillEmpty);
    assert_eq!(new(&rules), Some(day(2027, 1, 1)));
    let first = rules.resolution(Arc::new(First));
    assert_eq!(new(&first), Some(day(2026, 1, 1)));
    assert_eq!(
        first.policy(Policy::NeverShorten).policy.to_string(),
        "never-shorten"
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
        let plan_on = |held: &AssetDates| planned_where(writable, held, &claims, &rules);
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
        let plan = planned_where(writable, &held, &claims, &rules);
        prop_assert_eq!(plan.change(), None);
    }
}
