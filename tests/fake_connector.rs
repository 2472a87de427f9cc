//! The kit's connector without a vendor: what applications test with it is what a real one does.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::sync::Arc;

use chrono::{Days, NaiveDate};
use futures_util::StreamExt;
use lmsync::model::{AssetId, CheckInBasis, Software, Source};
use lmsync::two_way::{
    AccountPlan, AssetDates, Attempts, Claim, ClaimSource, Claims, DateField, DateFields, HeldDate,
    PlanInput, PlanRules, WriteOutcome, apply, plan,
};
use lmsync::{
    AssetQuery, CheckInWindow, CheckScope, Connector, ConnectorExt, Error, ErrorKind, TwoWaySync,
};
use lmsync_testkit::{FakeConnector, MemoryJournal, VirtualClock};

fn day(year: i32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, 5, 31).unwrap()
}

fn broken() -> Error {
    Error::new(ErrorKind::Network, "the line is dead")
}

/// An account with `assets` assets, called 0, 1, 2 and so on.
fn account(assets: usize) -> FakeConnector {
    (0..assets).fold(FakeConnector::new("acme"), |fake, id| {
        fake.with_asset(id.to_string(), |_| {})
    })
}

#[tokio::test]
async fn listings_are_those_of_a_real_connector() {
    let fake = account(250).with_customer("7", "Globex");
    let now = fake.now();
    let fake = fake.with_asset("old", |asset| {
        asset.last_check_in = Some(now - Days::new(40));
        asset.check_in_basis = CheckInBasis::AgentCheckIn;
        asset.hostname = Some("PC1".to_owned());
    });
    let (assets, summary) = fake.collect_assets(AssetQuery::new()).await.unwrap();
    assert_eq!((assets.len(), summary.complete), (251, true));
    assert_eq!(summary.reported_total, Some(251));
    assert!(assets[250].identity.iter().any(|key| key.value == "pc1"));
    let month = AssetQuery::new().window(CheckInWindow::DAYS_30);
    let (assets, summary) = fake.collect_assets(month).await.unwrap();
    assert_eq!((assets.len(), summary.filtered_out), (0, 1));
    assert_eq!(summary.never_checked_in_excluded, 250);
    let (customers, _) = fake.collect_customers().await.unwrap();
    assert_eq!(customers[0].name, "Globex");
    assert_eq!(fake.asset(&AssetId::from("old")).await.unwrap().name, "old");
    let missing = fake.asset(&AssetId::from("none")).await.unwrap_err();
    assert_eq!(missing.kind(), ErrorKind::NotFound);
    assert!(fake.check(CheckScope::two_way()).await.ok());
}

#[tokio::test]
async fn a_listing_is_resumed_where_it_stopped() {
    let fake = account(150);
    let mut first = fake.assets(AssetQuery::new());
    for _ in 0..120 {
        first.next().await.unwrap().unwrap();
    }
    let rest = AssetQuery::new().resume(first.checkpoint());
    let (assets, summary) = fake.collect_assets(rest).await.unwrap();
    assert_eq!((assets.len(), summary.kept_before), (30, 120));
}

#[tokio::test]
async fn software_is_offered_where_there_is_some() {
    let fake = FakeConnector::new("acme");
    let error = fake.collect_software().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    let source = Source::new("fake", "acme", "s", fake.now());
    let fake = fake.with_software([Software::new(source, "Editor")]);
    let (software, summary) = fake.collect_software().await.unwrap();
    assert_eq!(
        (software[0].name.as_str(), summary.complete),
        ("Editor", true)
    );
    assert!(fake.info().capabilities.software);
}

#[tokio::test]
async fn it_fails_when_it_is_told_to() {
    let fake = account(250);
    fake.fail(broken());
    assert!(fake.collect_assets(AssetQuery::new()).await.is_err());
    assert!(fake.asset(&AssetId::from("1")).await.is_err());
    assert!(!fake.check(CheckScope::read()).await.ok());
    fake.recover();

    for records in [0, 1, 130] {
        fake.fail_listings_after(records, broken());
        let mut stream = fake.assets(AssetQuery::new());
        for _ in 0..records {
            stream.next().await.unwrap().unwrap();
        }
        let error = stream.next().await.unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Network);
        assert!(stream.next().await.is_none());
        assert_eq!(
            (stream.summary().kept, stream.summary().complete),
            (records as u64, false)
        );
    }
    fake.recover();

    fake.hide_records("a group cannot be read");
    let (assets, summary) = fake.collect_assets(AssetQuery::new()).await.unwrap();
    assert_eq!((assets.len(), summary.complete), (250, false));
    assert!(summary.incomplete_reason.unwrap().contains("a group"));
    fake.recover();
    let (_, summary) = fake.collect_assets(AssetQuery::new()).await.unwrap();
    assert!(summary.complete);
}

/// Plans an expiry for asset `0`, if the account holds none.
async fn planned(fake: &FakeConnector) -> AccountPlan {
    let id = AssetId::from("0");
    let claims = Claims::new().and(Claim {
        field: DateField::WarrantyExpiry,
        day: day(2027),
        source: ClaimSource::Manual,
        observed_at: fake.now(),
    });
    let plan = plan(&PlanInput {
        asset: &id,
        held: &fake.read_dates(&id).await.unwrap(),
        claims: &claims,
        writable: fake.writable(),
        rules: &PlanRules::new().enable(DateFields::ALL),
        attempts: &Attempts::default(),
        dates: &lmsync::model::DateReader::new(fake.now()),
    });
    AccountPlan::new(fake.info(), fake.now(), [plan])
}

async fn applied(fake: &FakeConnector, plan: &AccountPlan) -> WriteOutcome {
    let changes = plan.changes(fake.info()).unwrap();
    let (journal, clock) = (MemoryJournal::default(), VirtualClock::default());
    let report = apply(fake, changes, &journal, &clock, 1).await.unwrap();
    report.attempted[0].entry.outcome
}

#[tokio::test(start_paused = true)]
async fn dates_are_written_and_remembered() {
    let fake = account(2);
    let plan = planned(&fake).await;
    assert_eq!(applied(&fake, &plan).await, WriteOutcome::Written);
    assert_eq!(fake.dates("0"), AssetDates::new(None, Some(day(2027))));
    let [written] = &fake.written()[..] else {
        panic!("{:?}", fake.written());
    };
    assert_eq!(written.asset.vendor_id, "0");
    let asset = fake.asset(&AssetId::from("0")).await.unwrap();
    assert_eq!(asset.warranty_expiry, Some(day(2027)));
}

#[tokio::test(start_paused = true)]
async fn somebody_elses_date_stays_and_a_write_can_fail() {
    let fake = account(1);
    let plan = planned(&fake).await;
    fake.fail_writes(Error::new(ErrorKind::Permission, "no"));
    assert!(!fake.check(CheckScope::two_way()).await.ok());
    assert_eq!(applied(&fake, &plan).await, WriteOutcome::Refused);
    fake.recover();
    let text = HeldDate::Unreadable("in May".to_owned());
    let theirs = AssetDates::default().with(DateField::WarrantyExpiry, text);
    fake.edit_dates("0", theirs.clone());
    assert_eq!(applied(&fake, &plan).await, WriteOutcome::Refused);
    assert_eq!((fake.dates("0"), fake.written().len()), (theirs, 0));
}

#[tokio::test]
async fn it_is_a_connector_like_any_other() {
    let shared: Arc<dyn TwoWaySync> = Arc::new(account(3));
    assert_eq!(shared.info().instance, "acme");
    let (assets, _) = shared.collect_assets(AssetQuery::new()).await.unwrap();
    assert_eq!(assets.len(), 3);
}
