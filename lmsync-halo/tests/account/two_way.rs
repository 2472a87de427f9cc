//! Dates that are written, and what Halo makes of them.

use std::time::Duration;

use chrono::NaiveDate;
use lmsync_core::http::TransportErrorKind;
use lmsync_core::tenant_fields::{TenantField, TenantFieldNames};
use lmsync_core::two_way::{
    AssetDates, DateChange, DateField, DateFields, HeldDate, TwoWaySync, WriteOutcome, WriteSource,
};
use lmsync_core::{Check, Connector, ConnectorExt, ErrorKind, RetryClass};
use lmsync_halo::{HaloConfig, HaloProduct, Scopes};
use lmsync_testkit::conformance::{Treatment, TwoWayVendor};
use lmsync_testkit::halo::HaloSpec;
use lmsync_testkit::{Fault, Log, check_named};
use serde_json::{Value, json};

use crate::stage::{HaloStage, Stage, config, stage_with};

const PURCHASE: DateField = DateField::PurchaseDate;
const EXPIRY: DateField = DateField::WarrantyExpiry;
/// A laptop whose numbers come in the usual form.
const ID: &str = "1003";
/// Of the requests that a first change takes: sign in, read, sign in to write, write, read back.
const WRITE: usize = 4;
const READ_BACK: usize = 5;

/// An account of a few assets, of which [`ID`] holds a purchase date and no expiry.
fn bought() -> Stage {
    bought_by(&config())
}

fn bought_by(config: &HaloConfig) -> Stage {
    bought_with(|_| {}, config)
}

fn bought_with(adjust: impl FnOnce(&mut HaloSpec), config: &HaloConfig) -> Stage {
    let stage = stage_with(12, adjust, config);
    stage.hold(ID, AssetDates::new(Some(day("2020-02-03")), None));
    stage
}

/// One where the day of purchase is kept in the asset field `name`.
fn bought_in(name: &str) -> HaloConfig {
    config().fields(TenantFieldNames::new().with(TenantField::PurchaseDate, [name]))
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// The expiry, which is empty, set to the last day of 2026.
fn expiry() -> DateChange {
    DateChange::new(ID).set(EXPIRY, None, day("2026-12-31"), WriteSource::Lookup)
}

fn purchase() -> DateChange {
    let held = Some(day("2020-02-03"));
    DateChange::new(ID).set(PURCHASE, held, day("2020-02-29"), WriteSource::Manual)
}

/// What is asked of an account that dates are written to.
trait DatesStage {
    /// The asset as Halo has it.
    fn record(&self) -> Value;

    /// The bodies of the requests that asked for a change.
    fn bodies(&self) -> Vec<Value>;

    async fn write_check(&self) -> Check;
}

impl DatesStage for Stage {
    fn record(&self) -> Value {
        self.change(|vendor| vendor.record(ID).unwrap())
    }

    fn bodies(&self) -> Vec<Value> {
        self.sent("/api/Asset")
            .iter()
            .filter(|request| request.method == "POST" && request.uri.path() == "/api/Asset")
            .map(|request| serde_json::from_slice(&request.body).unwrap())
            .collect()
    }

    async fn write_check(&self) -> Check {
        check_named(&self.check_two_way().await, Check::WRITE_DATES).clone()
    }
}

#[test]
fn both_dates_can_be_written_and_none_cleared() {
    let halo = bought().account;
    assert_eq!(halo.writable(), DateFields::ALL);
    assert_eq!(halo.info().capabilities.two_way, halo.writable());
    assert!(halo.clearable().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_date_is_written_and_read_back_for_both_products() {
    for (product, label) in [
        (HaloProduct::Psa, "Halo PSA"),
        (HaloProduct::Itsm, "Halo ITSM"),
    ] {
        let stage = bought_by(&config().product(product));
        let report = stage.write(&expiry()).await.unwrap();
        assert_eq!(report.outcome, WriteOutcome::Written, "{label}");
        assert_eq!(report.detail, None);
        let expected = AssetDates::new(Some(day("2020-02-03")), Some(day("2026-12-31")));
        assert_eq!(report.held, Some(expected.clone()));
        assert_eq!(stage.held(ID), expected);
        assert_eq!(
            stage.account.read_dates(&ID.into()).await.unwrap(),
            expected
        );
        let asset = stage.account.asset(&ID.into()).await.unwrap();
        assert_eq!(asset.warranty_expiry, Some(day("2026-12-31")));
        assert_eq!((stage.date_writes(ID), stage.bodies().len()), (1, 1));
    }
}

#[tokio::test(start_paused = true)]
async fn only_the_dates_that_change_are_sent_at_noon_and_nothing_else_is_touched() {
    let stage = bought();
    let before = stage.record();
    stage.write(&expiry()).await.unwrap();
    let body = json!([{ "id": 1003, "warranty_end": "2026-12-31T12:00:00" }]);
    assert_eq!(stage.bodies(), [body]);
    let mut expected = before;
    expected["warranty_end"] = json!("2026-12-31T12:00:00");
    assert_eq!(stage.record(), expected);
}

#[tokio::test(start_paused = true)]
async fn both_dates_travel_in_one_request() {
    let stage = bought();
    let both = purchase().set(EXPIRY, None, day("2026-12-31"), WriteSource::Lookup);
    assert_eq!(stage.outcome(&both).await, WriteOutcome::Written);
    let body = json!([{
        "id": 1003,
        "supplier_purchasedate": "2020-02-29T12:00:00",
        "warranty_end": "2026-12-31T12:00:00",
    }]);
    assert_eq!(stage.bodies(), [body]);
    let expected = AssetDates::new(Some(day("2020-02-29")), Some(day("2026-12-31")));
    assert_eq!(stage.held(ID), expected);
}

#[tokio::test(start_paused = true)]
async fn every_form_of_an_id_is_sent_as_a_number() {
    let stage = bought();
    // Among them ids that come as text and as 1008.0.
    for id in stage.change(|vendor| vendor.asset_ids()) {
        stage.change(|vendor| vendor.hold_dates(&id, AssetDates::default()));
        let change = DateChange::new(id.as_str());
        let change = change.set(EXPIRY, None, day("2026-12-31"), WriteSource::Lookup);
        assert_eq!(stage.outcome(&change).await, WriteOutcome::Written, "{id}");
    }
    assert!(stage.bodies().iter().all(|body| body[0]["id"].is_u64()));
    assert_eq!(stage.change(|vendor| vendor.asset_ids()).len(), 12);
}

#[tokio::test(start_paused = true)]
async fn a_date_that_is_there_already_is_not_sent() {
    let stage = bought();
    let held = Some(day("2020-02-03"));
    let same = DateChange::new(ID).set(PURCHASE, held, day("2020-02-03"), WriteSource::Lookup);
    assert_eq!(stage.outcome(&same).await, WriteOutcome::Unchanged);
    // Equal is equal, whatever the plan saw.
    let late = DateChange::new(ID).set(PURCHASE, None, day("2020-02-03"), WriteSource::Lookup);
    assert_eq!(stage.outcome(&late).await, WriteOutcome::Unchanged);
    assert_eq!(stage.bodies(), [] as [Value; 0]);
    assert_eq!(stage.scopes(), ["read:assets+read:customers"]);
}

#[tokio::test(start_paused = true)]
async fn a_date_that_somebody_changed_meanwhile_is_left_alone() {
    let stage = bought();
    stage.hold(ID, AssetDates::new(Some(day("2021-01-01")), None));
    let report = stage.write(&purchase()).await.unwrap();
    assert_eq!(report.outcome, WriteOutcome::Refused);
    assert!(report.detail.unwrap().contains("2021-01-01"));
    stage.hold(
        ID,
        AssetDates {
            purchase_date: HeldDate::Unreadable("with the lease".into()),
            warranty_expiry: HeldDate::Empty,
        },
    );
    assert_eq!(stage.outcome(&purchase()).await, WriteOutcome::Refused);
    assert_eq!(stage.bodies(), [] as [Value; 0]);
}

#[tokio::test(start_paused = true)]
async fn what_halo_does_not_do_as_told_is_named() {
    for (treatment, outcome, held) in [
        (Treatment::Ignore, WriteOutcome::Ignored, None),
        (Treatment::Shift, WriteOutcome::Altered, Some("2026-12-30")),
    ] {
        let stage = bought();
        stage.change(|vendor| vendor.treat_dates(treatment));
        let report = stage.write(&expiry()).await.unwrap();
        assert_eq!(report.outcome, outcome);
        assert!(report.detail.unwrap().contains("2026-12-31 was sent"));
        let held = held.map(day);
        assert_eq!(stage.held(ID).warranty_expiry, HeldDate::from(held));
        assert_eq!(stage.date_writes(ID), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_named_asset_field_is_written_and_no_other_loses_its_value() {
    let stage = bought_by(&bought_in("purchase date"));
    stage.change(|vendor| vendor.set_field(ID, "Purchase Date", "2020-02-03T00:00:00.000Z"));
    let before = stage.record();
    assert_eq!(stage.outcome(&purchase()).await, WriteOutcome::Written);
    let sent = &stage.bodies()[0][0];
    let keys: Vec<_> = sent.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["fields", "id"]);
    let (sent, all) = (&sent["fields"], &before["fields"]);
    assert_eq!(
        sent.as_array().unwrap().len(),
        all.as_array().unwrap().len()
    );
    let mut expected = before.clone();
    for field in expected["fields"].as_array_mut().unwrap() {
        if field["id"] == 24 {
            field["value"] = json!("2020-02-29T12:00:00");
            field["display"] = json!("2020-02-29T12:00:00");
        }
    }
    assert_eq!(stage.record(), expected);
    let asset = stage.account.asset(&ID.into()).await.unwrap();
    assert_eq!(asset.purchase_date, Some(day("2020-02-29")));
    assert_eq!(
        asset.tenant_fields[&TenantField::PurchaseDate],
        "Purchase Date"
    );
}

#[tokio::test(start_paused = true)]
async fn another_asset_field_that_is_edited_while_a_failed_write_waits_keeps_its_value() {
    for fault in [
        Fault::status(503),
        Fault::status_with_retry_after(429, "2"),
        Fault::Fail(TransportErrorKind::Connect),
    ] {
        let stage = bought_by(&bought_in("Purchase Date"));
        stage.change(|vendor| vendor.set_field(ID, "Purchase Date", "2020-02-03T00:00:00.000Z"));
        let vendor = stage.vendor.simulator().clone();
        stage.faults.inject(WRITE, fault);
        stage.faults.before(WRITE, move || {
            vendor.with(|vendor| vendor.set_field(ID, "Domain", "theirs.example"));
        });
        assert_eq!(stage.outcome(&purchase()).await, WriteOutcome::Written);
        let domain = stage.change(|vendor| vendor.neighbour(ID));
        assert_eq!(domain.as_deref(), Some("theirs.example"));
    }
}

#[tokio::test(start_paused = true)]
async fn an_empty_asset_field_takes_a_date_beside_one_of_halos_own() {
    let stage = bought_by(&bought_in("Purchase Date"));
    stage.hold(ID, AssetDates::default());
    let both = DateChange::new(ID)
        .set(PURCHASE, None, day("2020-02-29"), WriteSource::Lookup)
        .set(EXPIRY, None, day("2026-12-31"), WriteSource::Lookup);
    assert_eq!(stage.outcome(&both).await, WriteOutcome::Written);
    assert_eq!(stage.bodies().len(), 1);
    let record = stage.record();
    assert_eq!(record["warranty_end"], "2026-12-31T12:00:00");
    assert_eq!(record["supplier_purchasedate"], Value::Null);
}

#[tokio::test(start_paused = true)]
async fn an_expiry_may_be_kept_in_an_asset_field_too() {
    let fields = TenantFieldNames::new().with(TenantField::WarrantyExpiry, ["Domain"]);
    let stage = bought_by(&config().fields(fields));
    stage.change(|vendor| vendor.set_field(ID, "Domain", ""));
    assert_eq!(stage.outcome(&expiry()).await, WriteOutcome::Written);
    assert_eq!(stage.record()["warranty_end"], Value::Null);
    // A field that holds something else is not for dates.
    let other = bought_by(&bought_in("Model"));
    let report = other.write(&purchase()).await.unwrap();
    assert_eq!(report.outcome, WriteOutcome::Refused);
    assert_eq!(other.bodies(), [] as [Value; 0]);
}

#[tokio::test(start_paused = true)]
async fn a_field_that_the_asset_has_not_is_named_before_anything_is_sent() {
    let stage = bought_by(&bought_in("Bought on"));
    assert_eq!(
        stage.account.read_dates(&ID.into()).await.unwrap(),
        AssetDates::default()
    );
    let change = DateChange::new(ID).set(PURCHASE, None, day("2020-02-29"), WriteSource::Lookup);
    let error = stage.write(&change).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(error.message().contains("\"Bought on\""), "{error}");
    assert!(error.hint().unwrap().contains("`fields.purchase_date`"));
    assert_eq!(stage.writes(), 0);
}

#[tokio::test(start_paused = true)]
async fn an_unknown_asset_is_not_found_and_nothing_is_sent() {
    let stage = bought();
    for id in [
        "999999",
        "0",
        "../Client",
        "1003x",
        "99999999999999999999999",
    ] {
        let change = DateChange::new(id);
        let change = change.set(EXPIRY, None, day("2026-12-31"), WriteSource::Lookup);
        let error = stage.write(&change).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound, "{id}");
        let read = stage.account.read_dates(&id.into()).await.unwrap_err();
        assert_eq!(read.kind(), ErrorKind::NotFound);
    }
    assert_eq!(stage.writes(), 0);
}

#[tokio::test(start_paused = true)]
async fn an_answer_about_another_asset_is_no_ground_for_a_write() {
    let stage = bought();
    let body = r#"{"id":1004,"warranty_end":null}"#;
    stage.faults.inject(
        2,
        Fault::Answer {
            status: 200,
            headers: Vec::new(),
            body: body.into(),
        },
    );
    let error = stage.write(&expiry()).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.retry()),
        (ErrorKind::Vendor, RetryClass::Never)
    );
    assert_eq!(stage.writes(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_copy_that_halo_makes_instead_is_told() {
    let stage = bought();
    stage.change(|vendor| vendor.misbehaviour().copies_changed = true);
    let log = Log::start();
    let error = stage.write(&expiry()).await.unwrap_err();
    let logged = log.finish();
    assert_eq!(
        (error.kind(), error.retry()),
        (ErrorKind::Vendor, RetryClass::Never)
    );
    let copy = stage.change(|vendor| vendor.asset_ids().pop().unwrap());
    assert!(
        error.message().contains(&format!("asset {copy}")),
        "{error}"
    );
    assert!(error.hint().unwrap().contains("deleted"), "{error}");
    assert!(logged.contains(error.message()), "{logged}");
    assert_eq!(stage.bodies().len(), 1, "one copy is enough");
}

#[tokio::test(start_paused = true)]
async fn the_right_to_write_is_asked_for_with_a_token_of_its_own() {
    let stage = bought();
    stage.account.read_dates(&ID.into()).await.unwrap();
    let reading = "read:assets+read:customers";
    assert_eq!(stage.scopes(), [reading]);
    stage.write(&expiry()).await.unwrap();
    stage.write(&purchase()).await.unwrap();
    stage.account.collect_customers().await.unwrap();
    assert_eq!(stage.scopes(), [reading, "edit:assets+read:assets"]);

    let chosen = bought_by(&config().scopes(Scopes::all()));
    assert_eq!(chosen.outcome(&expiry()).await, WriteOutcome::Written);
    assert_eq!(chosen.scopes(), ["all", "all"]);
}

/// What a user reads who lacks the right to write.
fn expect_writing_hint(hint: Option<&str>, menu: &str) {
    let hint = hint.unwrap();
    for words in [
        &format!("{menu} > View Applications > the application > Permissions"),
        "tick edit:assets",
        "Teams & Agents > Roles > Permissions > Feature Access",
        "Assets Access Level to Read and Modify",
    ] {
        assert!(hint.contains(words), "{hint}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_application_that_may_not_write_is_told_before_anything_is_sent() {
    for (product, menu) in [
        (HaloProduct::Psa, "HaloPSA API"),
        (HaloProduct::Itsm, "HaloITSM API"),
    ] {
        for strict_scopes in [true, false] {
            let spec = |spec: &mut HaloSpec| spec.strict_scopes = strict_scopes;
            let stage = bought_with(spec, &config().product(product));
            stage.change(|vendor| vendor.forbid_writing());
            let error = stage.write(&expiry()).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Permission);
            expect_writing_hint(error.hint(), menu);
            assert_eq!(stage.writes(), 0);

            let writing = stage.write_check().await;
            assert!(!writing.ok, "{writing:?}");
            expect_writing_hint(writing.hint.as_deref(), menu);
            // Reading is as good as before.
            assert!(stage.check().await.ok());
        }
    }
}

#[tokio::test(start_paused = true)]
async fn where_single_rights_are_refused_every_right_is_asked_for() {
    // It may not be asked for reading alone, which changing includes.
    let edit_only = |spec: &mut HaloSpec| {
        spec.scopes.remove("read:assets");
    };
    let stage = bought_with(edit_only, &config());
    assert_eq!(stage.outcome(&expiry()).await, WriteOutcome::Written);
    assert_eq!(
        stage.scopes()[2..],
        ["edit:assets+read:assets".to_owned(), "all".to_owned()]
    );
}

#[tokio::test(start_paused = true)]
async fn a_right_that_is_lost_while_the_token_lasts_is_a_missing_permission_too() {
    let stage = bought();
    stage.write(&expiry()).await.unwrap();
    stage.change(|vendor| vendor.forbid_writing());
    let error = stage.write(&purchase()).await.unwrap_err();
    assert_eq!(error.status(), Some(403));
    assert_eq!(error.kind(), ErrorKind::Permission);
    expect_writing_hint(error.hint(), "HaloPSA API");
    assert_eq!(stage.date_writes(ID), 1);
}

#[tokio::test(start_paused = true)]
async fn a_role_that_may_not_write_shows_on_writing_only() {
    let stage = bought();
    stage.change(|vendor| vendor.permissions().edit_assets = false);
    let writing = stage.write_check().await;
    assert!(writing.ok);
    assert!(writing.detail.contains("only on writing"), "{writing:?}");
    expect_writing_hint(writing.hint.as_deref(), "HaloPSA API");
    assert_eq!(stage.writes(), 0);

    let error = stage.write(&expiry()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Permission);
    expect_writing_hint(error.hint(), "HaloPSA API");
    assert_eq!(stage.held(ID).warranty_expiry, HeldDate::Empty);
    assert_eq!(stage.bodies().len(), 1, "a refusal is not sent again");
}

#[tokio::test(start_paused = true)]
async fn the_check_asks_for_the_token_and_writes_nothing() {
    let asked = bought();
    assert!(asked.write_check().await.ok);
    assert!(
        asked
            .scopes()
            .contains(&"edit:assets+read:assets".to_owned())
    );
    assert_eq!(asked.writes(), 0);
    let plain = bought();
    plain.check().await;
    assert!(plain.scopes().iter().all(|scope| !scope.contains("edit")));

    let mut wrong = config();
    wrong.client_secret = "wrong".into();
    let wrong = bought_by(&wrong).write_check().await;
    assert!(!wrong.ok);
    assert_eq!(wrong.detail, "not tried: authenticated failed");
}

#[tokio::test(start_paused = true)]
async fn a_change_that_was_made_is_written_once_whatever_became_of_the_answer() {
    for fault in [
        Fault::Spoil(500),
        Fault::Spoil(503),
        Fault::LoseAnswer,
        Fault::Truncate(3),
        Fault::Truncate(0),
    ] {
        let stage = bought();
        stage.faults.inject(WRITE, fault.clone());
        assert_eq!(
            stage.outcome(&expiry()).await,
            WriteOutcome::Written,
            "{fault:?}"
        );
        assert_eq!(
            (stage.date_writes(ID), stage.bodies().len()),
            (1, 1),
            "{fault:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_change_that_was_not_made_is_sent_again() {
    for fault in [
        Fault::status(500),
        Fault::web_page(),
        Fault::Fail(TransportErrorKind::Connect),
        Fault::Fail(TransportErrorKind::Interrupted),
        Fault::status(429),
        Fault::status(401),
    ] {
        let stage = bought();
        stage.faults.inject(WRITE, fault.clone());
        assert_eq!(
            stage.outcome(&expiry()).await,
            WriteOutcome::Written,
            "{fault:?}"
        );
        assert_eq!(
            (stage.date_writes(ID), stage.bodies().len()),
            (1, 1),
            "{fault:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_field_set_anew_meanwhile_is_not_undone_by_sending_again() {
    let stage = bought_by(&bought_in("Purchase Date"));
    stage.change(|vendor| vendor.set_field(ID, "Purchase Date", "2020-02-03"));
    stage.faults.inject(WRITE, Fault::status(500));
    let vendor = stage.vendor.simulator().clone();
    stage.faults.before(READ_BACK, move || {
        vendor.with(|vendor| assert!(vendor.set_field(ID, "Domain", "new.example")));
    });
    assert_eq!(stage.outcome(&purchase()).await, WriteOutcome::Written);
    let fields = stage.record()["fields"].take();
    let mut fields = fields.as_array().unwrap().iter();
    let domain = fields.find(|field| field["name"] == "Domain").unwrap();
    assert_eq!(domain["value"], "new.example");
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_read_back_is_unknown_and_not_sent_again() {
    let stage = bought();
    stage.faults.inject(WRITE, Fault::LoseAnswer);
    for request in READ_BACK..READ_BACK + 10 {
        stage.faults.inject(request, Fault::status(500));
    }
    let report = stage.write(&expiry()).await.unwrap();
    assert_eq!(report.outcome, WriteOutcome::Unknown);
    assert_eq!((report.held, stage.bodies().len()), (None, 1));
}

#[tokio::test(start_paused = true)]
async fn what_halo_refuses_is_not_sent_again() {
    let stage = bought();
    let body = r#"{"ClassName":"System.Exception","Message":"Asset tag must be unique"}"#;
    stage.faults.inject(
        WRITE,
        Fault::Answer {
            status: 400,
            headers: Vec::new(),
            body: body.into(),
        },
    );
    let error = stage.write(&expiry()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Vendor);
    assert!(
        error.message().contains("Asset tag must be unique"),
        "{error}"
    );
    assert_eq!(stage.writes(), 0);
}

#[tokio::test(start_paused = true)]
async fn writing_keeps_to_the_budget_of_reading() {
    let stage = bought_by(&config().requests_per_minute(6));
    let start = stage.clock.elapsed();
    stage.write(&expiry()).await.unwrap();
    stage.write(&purchase()).await.unwrap();
    // Two sign-ins, two changes of three requests each, and one more reading: the second change
    // had to wait for its turn.
    assert_eq!(stage.vendor.requests(), 9);
    assert!(stage.clock.elapsed() - start >= Duration::from_secs(60));
}
