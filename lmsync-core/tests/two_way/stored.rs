//! A plan that one process stores and another applies.

use chrono::{DateTime, Days, NaiveDate};
use lmsync_core::model::{AssetId, DateReader};
use lmsync_core::two_way::{
    AccountPlan, ApplyReport, AssetDates, AssetPlan, Attempts, Claim, ClaimSource, Claims,
    DateField, DateFields, HeldDate, PlanInput, PlanRules, Policy, WriteOutcome, apply, plan,
};
use lmsync_core::{Connector, ErrorKind, Result, TwoWaySync};
use lmsync_testkit::MemoryJournal;
use proptest::prelude::*;

use crate::ledger::{EXPIRY, Ledger, day};

/// The first process: plans an expiry for each of two assets, and stores the plan.
async fn stored(ledger: &Ledger) -> String {
    let clock = &ledger.clock;
    let mut plans = Vec::new();
    for id in ["0", "1"].map(AssetId::from) {
        let claims = Claims::new().and(Claim {
            field: EXPIRY,
            day: day(2027),
            source: ClaimSource::Lookup,
            observed_at: clock.now(),
        });
        plans.push(plan(&PlanInput {
            asset: &id,
            held: &ledger.read_dates(&id).await.unwrap(),
            claims: &claims,
            writable: ledger.writable(),
            rules: &PlanRules::new().enable(DateFields::ALL),
            attempts: &Attempts::default(),
            dates: &DateReader::new(DateTime::from_timestamp(1_774_958_400, 0).unwrap()),
        }));
    }
    let plan = AccountPlan::new(ledger.info(), clock.now(), plans);
    serde_json::to_string(&plan).unwrap()
}

/// The second process: has its own connector to the same vendor, and nothing but the JSON.
async fn applied(ledger: &Ledger, json: &str) -> Result<ApplyReport> {
    let plan: AccountPlan = serde_json::from_str(json).unwrap();
    let changes = plan.changes(ledger.info())?;
    let (journal, clock) = (MemoryJournal::default(), ledger.clock.clone());
    apply(ledger, changes, &journal, clock.as_ref(), 1).await
}

fn outcomes(report: &ApplyReport) -> Vec<(&str, WriteOutcome)> {
    let entries = report.attempted.iter().map(|attempted| &attempted.entry);
    entries
        .map(|entry| (entry.attempt.asset.vendor_id.as_str(), entry.outcome))
        .collect()
}

#[tokio::test(start_paused = true)]
async fn a_stored_plan_is_applied_by_another_process() {
    let vendor = Ledger::new(2);
    let json = stored(&vendor).await;
    assert_eq!(vendor.requests().0, 0);
    let report = applied(&vendor.reconnected(), &json).await.unwrap();
    let written = WriteOutcome::Written;
    assert_eq!(outcomes(&report), [("0", written), ("1", written)]);
    assert_eq!(vendor.expiry("0"), Some(day(2027)));

    // The report can be stored, too.
    let json = serde_json::to_string(&report).unwrap();
    let read: ApplyReport = serde_json::from_str(&json).unwrap();
    assert_eq!(outcomes(&read), outcomes(&report));
    assert_eq!(serde_json::to_string(&read).unwrap(), json);
}

#[tokio::test(start_paused = true)]
async fn a_date_that_somebody_changed_meanwhile_stays() {
    let vendor = Ledger::new(2);
    let json = stored(&vendor).await;
    let theirs = AssetDates::new(None, Some(day(2030)));
    vendor.state().dates.insert("0".to_owned(), theirs);
    let report = applied(&vendor.reconnected(), &json).await.unwrap();
    assert!(!report.is_done());
    let (stale, written) = (WriteOutcome::Refused, WriteOutcome::Written);
    assert_eq!(outcomes(&report), [("0", stale), ("1", written)]);
    let told = report.attempted[0].entry.detail.clone().unwrap();
    assert!(told.contains("plan again"), "{told}");
    assert_eq!(vendor.expiry("0"), Some(day(2030)));
    assert_eq!(vendor.requests().0, 1);
}

#[tokio::test(start_paused = true)]
async fn a_plan_for_another_account_is_refused() {
    let vendor = Ledger::new(2);
    let json = stored(&vendor).await;
    let mut other_shop = vendor.reconnected();
    other_shop.info.instance = "other".to_owned();
    let mut other_vendor = vendor.reconnected();
    other_vendor.info.vendor = "register".into();
    let reads = vendor.requests();
    for other in [other_shop, other_vendor] {
        let error = applied(&other, &json).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.message().contains("shop of ledger"), "{error}");
    }
    assert_eq!(vendor.requests(), reads);
}

fn any_day() -> impl Strategy<Value = NaiveDate> {
    (0..30_000_u64).prop_map(|days| NaiveDate::from_ymd_opt(1980, 1, 1).unwrap() + Days::new(days))
}

fn any_held() -> impl Strategy<Value = HeldDate> {
    prop_oneof![
        Just(HeldDate::Empty),
        any_day().prop_map(HeldDate::Day),
        ".{0,12}".prop_map(HeldDate::Unreadable),
    ]
}

proptest! {
    /// Every plan that is made is read as it was written, and comes to the same change.
    #[test]
    fn any_plan(
        (purchase_date, warranty_expiry) in (any_held(), any_held()),
        claims in prop::collection::vec((any_day(), prop::bool::ANY, prop::bool::ANY), 0..4),
        policy in prop::sample::select(Policy::ALL.to_vec()),
        id in "[!-~]{1,12}",
    ) {
        let now = DateTime::from_timestamp(1_774_958_400, 0).unwrap();
        let claims: Claims = claims
            .into_iter()
            .map(|(day, is_expiry, is_manual)| Claim {
                field: if is_expiry { EXPIRY } else { DateField::PurchaseDate },
                day,
                source: if is_manual { ClaimSource::Manual } else { ClaimSource::Lookup },
                observed_at: now,
            })
            .collect();
        let made = plan(&PlanInput {
            asset: &AssetId::from(id),
            held: &AssetDates { purchase_date, warranty_expiry },
            claims: &claims,
            writable: DateFields::ALL,
            rules: &PlanRules::new().enable(DateFields::ALL).policy(policy),
            attempts: &Attempts::default(),
            dates: &DateReader::new(now),
        });
        let json = serde_json::to_string(&made).unwrap();
        let read: AssetPlan = serde_json::from_str(&json).unwrap();
        prop_assert_eq!(&read, &made);
        prop_assert_eq!(read.change(), made.change());
    }
}
