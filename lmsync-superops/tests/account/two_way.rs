//! Dates that are written, and what the vendor makes of them.

use bytes::Bytes;
use chrono::NaiveDate;
use lmsync_core::http::TransportErrorKind;
use lmsync_core::two_way::{
    AssetDates, DateChange, DateField, DateFields, HeldDate, TwoWaySync, TwoWaySyncExt,
    WriteOutcome, WriteSource,
};
use lmsync_core::{Check, Connector, ErrorKind, RetryClass};
use lmsync_superops::Product;
use lmsync_testkit::conformance::{Treatment, TwoWayVendor, Vendor};
use lmsync_testkit::superops::{self, Permissions, SuperOpsSpec, Writes};
use lmsync_testkit::{Fault, Recorded};
use serde_json::{Value, json};

use crate::stage::{Stage, config, stage_with};

const PURCHASE: DateField = DateField::PurchaseDate;
const EXPIRY: DateField = DateField::WarrantyExpiry;
/// Of the requests that a change takes: read, write, read back.
const WRITE: usize = 2;
const READ_BACK: usize = 3;

/// An account and the asset at hand.
struct Desk {
    stage: Stage,
    id: String,
}

impl Desk {
    /// An account of a few assets; the one at hand was bought on 2020-02-03 and has no expiry.
    fn new() -> Self {
        Self::of(Product::Msp)
    }

    fn of(product: Product) -> Self {
        let adjust = |spec: &mut SuperOpsSpec| {
            if product == Product::It {
                spec.product = superops::Product::It;
            }
        };
        let stage = stage_with(5, adjust, &config().product(product));
        let id = stage.change(|vendor| vendor.asset_ids().remove(3));
        stage.hold(&id, AssetDates::new(Some(day("2020-02-03")), None));
        Self { stage, id }
    }

    fn hold(&self, dates: AssetDates) {
        self.stage.hold(&self.id, dates);
    }

    fn held(&self) -> AssetDates {
        self.stage.held(&self.id)
    }

    fn date_writes(&self) -> usize {
        self.stage.date_writes(&self.id)
    }

    /// A change of nothing yet.
    fn empty(&self) -> DateChange {
        DateChange::new(self.id.as_str())
    }

    /// The expiry, which is empty, set to the last day of 2026.
    fn expiry(&self) -> DateChange {
        self.empty()
            .set(EXPIRY, None, day("2026-12-31"), WriteSource::Lookup)
    }

    /// The bodies of the requests that asked for a change.
    fn bodies(&self) -> Vec<Value> {
        let body = |request: Recorded| serde_json::from_slice::<Value>(&request.body).unwrap();
        let is_mutation = |body: &Value| body["query"].as_str().unwrap().starts_with("mutation");
        let sent = self.stage.vendor.recorded().into_iter();
        sent.map(body).filter(is_mutation).collect()
    }
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

#[test]
fn both_dates_can_be_written_and_cleared() {
    let account = Desk::new().stage.account;
    assert_eq!(account.writable(), DateFields::ALL);
    assert_eq!(account.clearable(), DateFields::ALL);
    assert_eq!(account.info().capabilities.two_way, account.writable());
    assert!(DateField::ALL.iter().all(|field| account.can_write(*field)));
}

#[tokio::test(start_paused = true)]
async fn a_date_is_written_and_read_back_in_both_products() {
    for product in [Product::Msp, Product::It] {
        let desk = Desk::of(product);
        let report = desk.stage.write(&desk.expiry()).await.unwrap();
        let expected = AssetDates::new(Some(day("2020-02-03")), Some(day("2026-12-31")));
        assert_eq!(report.outcome, WriteOutcome::Written);
        assert_eq!(report.held, Some(expected.clone()));
        assert_eq!(report.detail, None);
        assert_eq!(desk.held(), expected);
        let id = desk.id.as_str().into();
        assert_eq!(desk.stage.account.read_dates(&id).await.unwrap(), expected);
        let synced = desk.stage.account.asset(&id).await.unwrap();
        assert_eq!(synced.warranty_expiry, Some(day("2026-12-31")));
        assert_eq!(desk.date_writes(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_is_sent_but_the_id_and_what_changes_and_nothing_else_changes() {
    let desk = Desk::new();
    let machine = || {
        desk.stage
            .change(|vendor| vendor.machine(&desk.id).unwrap())
    };
    let before = machine();
    assert_eq!(
        desk.stage.outcome(&desk.expiry()).await,
        WriteOutcome::Written
    );
    let expected = json!({
        "query": "mutation updateAsset($input: UpdateAssetInput!) { updateAsset(input: $input) { assetId } }",
        "variables": { "input": { "assetId": desk.id, "warrantyExpiryDate": "2026-12-31" } },
    });
    assert_eq!(desk.bodies(), [expected]);
    let mut after = machine();
    after.warranty_expiry = before.warranty_expiry;
    assert_eq!(after, before);
    assert_eq!(desk.stage.change(|vendor| vendor.writes()), 1);
}

#[tokio::test(start_paused = true)]
async fn both_dates_go_in_one_request() {
    let desk = Desk::new();
    let change = desk.expiry().set(
        PURCHASE,
        Some(day("2020-02-03")),
        day("2021-01-09"),
        WriteSource::Manual,
    );
    assert_eq!(desk.stage.outcome(&change).await, WriteOutcome::Written);
    let input = json!({
        "assetId": desk.id,
        "purchasedDate": "2021-01-09",
        "warrantyExpiryDate": "2026-12-31",
    });
    let [sent] = &desk.bodies()[..] else {
        panic!("one request");
    };
    assert_eq!(sent["variables"]["input"], input);
    let expected = AssetDates::new(Some(day("2021-01-09")), Some(day("2026-12-31")));
    assert_eq!(desk.held(), expected);
}

#[tokio::test(start_paused = true)]
async fn only_a_change_that_clears_sends_null() {
    let desk = Desk::new();
    desk.hold(AssetDates::new(
        Some(day("2020-02-03")),
        Some(day("2026-12-31")),
    ));
    let change = desk
        .empty()
        .clear(EXPIRY, day("2026-12-31"), WriteSource::Undo);
    assert_eq!(desk.stage.outcome(&change).await, WriteOutcome::Written);
    assert_eq!(
        desk.bodies()[0]["variables"]["input"],
        json!({ "assetId": desk.id, "warrantyExpiryDate": null })
    );
    assert_eq!(desk.held(), AssetDates::new(Some(day("2020-02-03")), None));
}

#[tokio::test(start_paused = true)]
async fn what_is_held_already_is_not_sent() {
    let desk = Desk::new();
    let same = desk
        .empty()
        .set(PURCHASE, None, day("2020-02-03"), WriteSource::Lookup);
    assert_eq!(desk.stage.outcome(&same).await, WriteOutcome::Unchanged);
    assert_eq!(
        desk.stage.outcome(&desk.empty()).await,
        WriteOutcome::Unchanged
    );
    assert!(desk.bodies().is_empty());
    // Half of it is held: the other half is sent.
    let half = desk
        .expiry()
        .set(PURCHASE, None, day("2020-02-03"), WriteSource::Lookup);
    assert_eq!(desk.stage.outcome(&half).await, WriteOutcome::Written);
    assert_eq!(
        desk.bodies()[0]["variables"]["input"],
        json!({ "assetId": desk.id, "warrantyExpiryDate": "2026-12-31" })
    );
}

#[tokio::test(start_paused = true)]
async fn what_somebody_changed_meanwhile_is_left_alone() {
    let desk = Desk::new();
    for held in [
        HeldDate::Day(day("2025-05-05")),
        HeldDate::Unreadable("until May".to_owned()),
    ] {
        desk.hold(AssetDates::default().with(EXPIRY, held.clone()));
        let report = desk.stage.write(&desk.expiry()).await.unwrap();
        assert_eq!(report.outcome, WriteOutcome::Refused);
        assert!(report.detail.unwrap().contains(&held.to_string()));
        assert_eq!(*desk.held().get(EXPIRY), held);
    }
    assert!(desk.bodies().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_date_that_stands_for_nothing_may_be_overwritten() {
    let desk = Desk::new();
    desk.hold(AssetDates::new(None, Some(day("1900-01-01"))));
    let id = desk.id.as_str().into();
    let dates = desk.stage.account.read_dates(&id).await.unwrap();
    assert_eq!(dates, AssetDates::default());
    assert_eq!(
        desk.stage.outcome(&desk.expiry()).await,
        WriteOutcome::Written
    );
}

#[tokio::test(start_paused = true)]
async fn a_missing_permission_is_named_and_nothing_is_written() {
    let desk = Desk::new();
    desk.stage.change(|vendor| vendor.forbid_writing());
    let before = desk.held();
    let error = desk.stage.write(&desk.expiry()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Permission);
    assert_eq!(error.operation(), Some("updateAsset"));
    let hint = error.hint().unwrap();
    for words in [
        "Settings > Roles and Groups > Technician Roles",
        "Edit on Asset Management > Asset",
    ] {
        assert!(hint.contains(words), "{hint}");
    }
    assert_eq!(desk.bodies().len(), 1);
    assert_eq!((desk.held(), desk.date_writes()), (before, 0));
}

#[tokio::test(start_paused = true)]
async fn the_check_says_what_writing_needs_and_does_not_try() {
    let desk = Desk::new();
    let written = |report: lmsync_core::CheckReport| report.checks.last().cloned().unwrap();
    for may_write in [true, false] {
        desk.stage
            .change(|vendor| vendor.permissions().edit = may_write);
        let report = desk.stage.check_two_way().await;
        assert!(report.ok(), "{report:?}");
        let check = written(report);
        assert_eq!(check.name, Check::WRITE_DATES);
        assert!(check.detail.contains("only on writing"), "{check:?}");
        assert!(check.hint.unwrap().contains("Edit on Asset Management"));
    }
    desk.stage.change(|vendor| vendor.forbid_reading_assets());
    let check = written(desk.stage.check_two_way().await);
    assert!(!check.ok);
    assert_eq!(check.detail, "not tried: read_assets failed");
    assert!(desk.bodies().is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_the_vendor_ignores_or_shifts_is_told() {
    let desk = Desk::new();
    desk.stage
        .change(|vendor| vendor.treat_dates(Treatment::Ignore));
    assert_eq!(
        desk.stage.outcome(&desk.expiry()).await,
        WriteOutcome::Ignored
    );
    desk.stage
        .change(|vendor| vendor.treat_dates(Treatment::Shift));
    let report = desk.stage.write(&desk.expiry()).await.unwrap();
    assert_eq!(report.outcome, WriteOutcome::Altered);
    let detail = report.detail.unwrap();
    assert!(detail.contains("2026-12-31 was sent") && detail.contains("2026-12-30 is held"));
    assert_eq!(desk.date_writes(), 2, "neither is sent again");
}

#[tokio::test(start_paused = true)]
async fn a_write_that_was_made_and_not_confirmed_is_not_sent_again() {
    for fault in [
        Fault::Spoil(500),
        Fault::Spoil(503),
        Fault::LoseAnswer,
        Fault::Truncate(25),
    ] {
        let desk = Desk::new();
        desk.stage.faults.inject(WRITE, fault.clone());
        let outcome = desk.stage.outcome(&desk.expiry()).await;
        assert_eq!(outcome, WriteOutcome::Written, "{fault:?}");
        assert_eq!(desk.date_writes(), 1, "{fault:?}");
    }
    let desk = Desk::new();
    desk.stage
        .change(|vendor| vendor.misbehaviour().writes = Writes::MadeThenFailed);
    assert_eq!(
        desk.stage.outcome(&desk.expiry()).await,
        WriteOutcome::Written
    );
    assert_eq!(desk.date_writes(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_write_that_was_not_made_is_sent_again() {
    let answer = |body: &'static str| Fault::Answer {
        status: 200,
        headers: Vec::new(),
        body: Bytes::from_static(body.as_bytes()),
    };
    for fault in [
        Fault::status(500),
        Fault::web_page(),
        Fault::Fail(TransportErrorKind::Connect),
        Fault::Fail(TransportErrorKind::Timeout),
        answer(r#"{"data":{"updateAsset":null}}"#),
        // Confirmed in part, and of that nothing was done.
        answer(
            r#"{"errors":[{"message":null,"path":["updateAsset","assetId"]}],
                "data":{"updateAsset":{"assetId":null}}}"#,
        ),
    ] {
        let desk = Desk::new();
        desk.stage.faults.inject(WRITE, fault.clone());
        let outcome = desk.stage.outcome(&desk.expiry()).await;
        assert_eq!(outcome, WriteOutcome::Written, "{fault:?}");
        assert_eq!(desk.date_writes(), 1, "{fault:?}");
    }
    let desk = Desk::new();
    let vendor = desk.stage.vendor.simulator().clone();
    desk.stage.faults.before(WRITE, move || {
        vendor.with(|vendor| vendor.misbehaviour().fail_next = 1);
    });
    assert_eq!(
        desk.stage.outcome(&desk.expiry()).await,
        WriteOutcome::Written
    );
    assert_eq!((desk.bodies().len(), desk.date_writes()), (2, 1));
}

#[tokio::test(start_paused = true)]
async fn too_many_requests_cost_patience_only() {
    let desk = Desk::new();
    let vendor = desk.stage.vendor.simulator().clone();
    desk.stage.faults.before(WRITE, move || {
        vendor.with(|vendor| vendor.refuse_next(2));
    });
    assert_eq!(
        desk.stage.outcome(&desk.expiry()).await,
        WriteOutcome::Written
    );
    // The other refusal is that of the reading in between.
    assert_eq!((desk.bodies().len(), desk.date_writes()), (2, 1));
}

#[tokio::test(start_paused = true)]
async fn a_write_that_cannot_be_read_back_is_unknown_and_not_repeated() {
    let desk = Desk::new();
    let faults = desk.stage.faults.clone();
    desk.stage.faults.before(READ_BACK, move || {
        faults.inject_always(Fault::status(500));
    });
    desk.stage.faults.inject(READ_BACK, Fault::status(500));
    let report = desk.stage.write(&desk.expiry()).await.unwrap();
    assert_eq!(report.outcome, WriteOutcome::Unknown);
    assert_eq!(report.held, None);
    assert_eq!(desk.date_writes(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_refused_value_is_an_error_with_the_vendors_code() {
    let desk = Desk::new();
    let refusal = r#"{"errors":[{"message":null,"path":["updateAsset"],"extensions":{"clientError":[
        {"code":"value_pattern_validation_failed","param":{"attributes":["warrantyExpiryDate"]}}]}}],
        "data":{"updateAsset":null}}"#;
    desk.stage.faults.inject(
        WRITE,
        Fault::Answer {
            status: 200,
            headers: Vec::new(),
            body: refusal.into(),
        },
    );
    let change = desk
        .empty()
        .set(EXPIRY, None, day("2026-12-31"), WriteSource::Manual);
    let error = desk.stage.write(&change).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Vendor);
    assert_eq!(error.retry(), RetryClass::Never);
    assert_eq!(error.vendor_code(), Some("value_pattern_validation_failed"));
    assert!(error.message().contains("warrantyExpiryDate"), "{error}");
    assert_eq!(desk.date_writes(), 0);
}

#[tokio::test(start_paused = true)]
async fn an_unknown_asset_is_not_found_and_none_other_is_touched() {
    let desk = Desk::new();
    let change =
        |id: &str| DateChange::new(id).set(EXPIRY, None, day("2026-12-31"), WriteSource::Lookup);
    let error = desk.stage.write(&change("404404404")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    // Outside of what a technician sees is the same as not there.
    let hidden = Permissions::technician([]);
    desk.stage.change(|vendor| *vendor.permissions() = hidden);
    let error = desk.stage.write(&change(&desk.id)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert!(error.hint().is_some());
    assert!(desk.bodies().is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_asset_that_is_deleted_meanwhile_is_not_found() {
    let desk = Desk::new();
    let (vendor, id) = (desk.stage.vendor.simulator().clone(), desk.id.clone());
    desk.stage.faults.before(WRITE, move || {
        vendor.with(|vendor| vendor.remove_asset(&id));
    });
    let error = desk.stage.write(&desk.expiry()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert_eq!(error.operation(), Some("updateAsset"));
}

#[tokio::test(start_paused = true)]
async fn dates_that_were_not_sent_are_an_error_and_not_empty() {
    let desk = Desk::new();
    let without_dates = r#"{"data":{"getAsset":{"assetId":"1","name":"a"}}}"#;
    desk.stage.faults.inject_always(Fault::Answer {
        status: 200,
        headers: Vec::new(),
        body: Bytes::from_static(without_dates.as_bytes()),
    });
    let error = desk.stage.write(&desk.expiry()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(desk.bodies().is_empty());
}

#[tokio::test(start_paused = true)]
async fn nothing_is_written_when_another_asset_comes_than_was_asked_for() {
    for (body, kind) in [
        (
            r#"{"data":{"getAsset":{"assetId":"1","purchasedDate":null,"warrantyExpiryDate":null}}}"#,
            ErrorKind::Vendor,
        ),
        (
            r#"{"data":{"getAsset":{"purchasedDate":null,"warrantyExpiryDate":null}}}"#,
            ErrorKind::Decode,
        ),
    ] {
        let desk = Desk::new();
        desk.stage.faults.inject_always(Fault::Answer {
            status: 200,
            headers: Vec::new(),
            body: body.into(),
        });
        let error = desk.stage.write(&desk.expiry()).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert!(desk.bodies().is_empty());
    }
}
