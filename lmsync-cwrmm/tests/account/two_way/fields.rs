//! Which field a date goes to, and fields that are created for it.

use futures_util::future::join_all;
use lmsync_core::tenant_fields::{TenantField, TenantFieldNames};
use lmsync_core::two_way::{
    AssetDates, DateChange, DateField, TwoWaySync, WriteOutcome, WriteSource,
};
use lmsync_core::{Check, ErrorKind};
use lmsync_cwrmm::CwRmmConfig;
use lmsync_testkit::Fault;
use lmsync_testkit::check_named;
use lmsync_testkit::conformance::run;
use lmsync_testkit::cwrmm::{AttributeKind, Definition, PURCHASE_DATE, RACK, WARRANTY_EXPIRY};
use serde_json::{Value, json};

use super::{DEFINITIONS_WRITE, DatesStage, bare, bare_with, both, day, expiry, purchase};
use crate::stage::{Stage, config, hint, outcomes};

#[test]
fn the_default_of_a_definition_is_not_the_devices_own_date() {
    run(async {
        let stage = bare();
        let id = stage.first();
        stage.define(|all| all[1].default = Some("2030-01-01".to_owned()));
        let read = stage.account.read_dates(&id.as_str().into()).await;
        assert_eq!(read.unwrap(), AssetDates::default());
        let report = stage.write(&expiry(&id, None, "2027-05-31")).await.unwrap();
        assert_eq!(report.outcome, WriteOutcome::Written);
        let same = expiry(&stage.ids()[1], None, "2030-01-01");
        assert_eq!(stage.outcome(&same).await, WriteOutcome::Written);
    });
}

#[test]
fn a_date_is_written_where_a_sync_reads_it() {
    run(async {
        let places =
            TenantFieldNames::new().with(TenantField::PurchaseDate, ["Bought", "purchase_date"]);
        let stage = bare_with(config().fields(places));
        stage.define(|all| all.push(Definition::new(9, "Bought")));
        let ids = stage.ids();
        // Held under the second name: it stays there.
        stage.hold(&ids[0], AssetDates::new(Some(day("2020-01-01")), None));
        let change = purchase(&ids[0], Some("2020-01-01"), "2024-05-31");
        assert_eq!(stage.outcome(&change).await, WriteOutcome::Written);
        assert_eq!(stage.text(&ids[0], "Bought"), None);
        assert_eq!(
            stage.text(&ids[0], PURCHASE_DATE).as_deref(),
            Some("2024-05-31")
        );
        // So it does when the field of the other date has to be looked for.
        let also = purchase(&ids[0], Some("2024-05-31"), "2024-06-01").set(
            DateField::WarrantyExpiry,
            None,
            day("2027-05-31"),
            WriteSource::Lookup,
        );
        assert_eq!(stage.outcome(&also).await, WriteOutcome::Written);
        assert_eq!(stage.text(&ids[0], "Bought"), None);
        // Held nowhere: the first name that exists.
        let change = purchase(&ids[1], None, "2024-05-31");
        assert_eq!(stage.outcome(&change).await, WriteOutcome::Written);
        assert_eq!(stage.text(&ids[1], "Bought").as_deref(), Some("2024-05-31"));
        assert_eq!(stage.text(&ids[1], PURCHASE_DATE), None);
    });
}

#[test]
fn a_field_may_be_named_by_its_id() {
    run(async {
        let rack = "9e98f3e0-a609-4258-be46-000000000003";
        let places = TenantFieldNames::new().with(TenantField::PurchaseDate, [rack]);
        let stage = bare_with(config().fields(places));
        let id = stage.first();
        let report = stage
            .write(&purchase(&id, None, "2024-05-31"))
            .await
            .unwrap();
        assert_eq!(report.outcome, WriteOutcome::Written);
        assert_eq!(stage.text(&id, RACK).as_deref(), Some("2024-05-31"));
    });
}

#[test]
fn a_field_of_the_type_datetime_gets_the_same_day_and_the_read_back_tells() {
    run(async {
        let stage = bare();
        let id = stage.first();
        stage.define(|all| all[1].kind = AttributeKind::DateTime);
        let report = stage.write(&expiry(&id, None, "2027-05-31")).await.unwrap();
        assert_eq!(report.outcome, WriteOutcome::Written);
        assert_eq!(stage.bodies()[0][0]["value"], "2027-05-31");
        assert_eq!(
            stage.text(&id, WARRANTY_EXPIRY).as_deref(),
            Some("2027-05-31T00:00:00.000Z")
        );
    });
}

#[test]
fn a_value_that_the_vendor_refuses_is_an_error_and_sent_once() {
    run(async {
        let stage = bare();
        let id = stage.first();
        stage.hold(&id, AssetDates::new(Some(day("2020-01-01")), None));
        let body = r#"{"error":"bad_request","description":"value is not a valid datetime"}"#;
        let refusal = Fault::Answer {
            status: 400,
            headers: Vec::new(),
            body: body.into(),
        };
        // The dates, then the write.
        stage.inject(2, refusal).await;
        let change = purchase(&id, Some("2020-01-01"), "2024-05-31");
        let error = stage.write(&change).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Vendor);
        assert!(error.message().contains("valid datetime"), "{error}");
        assert!(error.hint().unwrap().contains("type string"), "{error}");
        assert_eq!(stage.date_writes(&id), 0);
        assert!(stage.bodies().is_empty());
    });
}

#[test]
fn a_missing_field_is_named_and_nothing_is_sent() {
    run(async {
        let stage = bare();
        let id = stage.first();
        stage.define(Vec::clear);
        let error = stage.write(&both(&id)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        for words in [
            "purchase_date",
            "\"Purchase Date\"",
            "warranty_expiry",
            "\"Warranty Expiration Date\"",
        ] {
            assert!(error.message().contains(words), "{error}");
        }
        let advice = error.hint().unwrap();
        for words in ["portal", "`fields`", "`create_custom_fields`"] {
            assert!(advice.contains(words), "{advice}");
        }
        // One that is there does not go alone.
        stage.define(|all| all.push(Definition::new(1, PURCHASE_DATE)));
        let error = stage.write(&both(&id)).await.unwrap_err();
        assert!(!error.message().contains("purchase_date"), "{error}");
        assert_eq!((stage.writes(), stage.scopes().len()), (0, 1));
    });
}

fn creating() -> CwRmmConfig {
    config().create_custom_fields(true)
}

/// An account without custom fields, whose key may create some.
fn without_fields(config: CwRmmConfig) -> Stage {
    let stage = bare_with(config);
    stage.define(Vec::clear);
    stage.change(|vendor| {
        vendor.key().scopes.insert(DEFINITIONS_WRITE);
    });
    stage
}

#[test]
fn missing_fields_are_created_once_and_only_by_a_write() {
    run(async {
        let stage = without_fields(creating());
        let ids = stage.ids();
        stage
            .account
            .read_dates(&ids[0].as_str().into())
            .await
            .unwrap();
        let report = stage.check_two_way().await;
        assert!(report.ok(), "{report:?}");
        let detail = &check_named(&report, Check::WRITE_DATES).detail;
        assert!(detail.contains("the first write creates"), "{detail}");
        assert_eq!(stage.writes(), 0);
        let changes: Vec<DateChange> = ids.iter().map(|id| both(id)).collect();
        let reports = join_all(changes.iter().map(|change| stage.write(change))).await;
        assert!(
            reports
                .iter()
                .all(|report| report.as_ref().unwrap().outcome == WriteOutcome::Written)
        );
        assert_eq!(stage.names(), [PURCHASE_DATE, WARRANTY_EXPIRY]);
        let created = stage.sent("custom-field/definitions");
        assert_eq!(created.len(), 2);
        let body: Value = serde_json::from_slice(&created[0].body).unwrap();
        let expected = json!({
            "entityType": "endpoint",
            "name": PURCHASE_DATE,
            "description": "A day, written as 2027-05-31",
            "attributeType": "string",
            "isEditable": true,
        });
        assert_eq!(body, expected);
    });
}

#[test]
fn a_field_is_created_under_the_first_name_and_only_for_the_date_that_needs_one() {
    run(async {
        let places =
            TenantFieldNames::new().with(TenantField::PurchaseDate, ["Bought on", "Bought"]);
        let stage = without_fields(creating().fields(places));
        let id = stage.first();
        let report = stage
            .write(&purchase(&id, None, "2024-05-31"))
            .await
            .unwrap();
        assert_eq!(report.outcome, WriteOutcome::Written);
        assert_eq!(stage.names(), ["Bought on"]);
    });
}

#[test]
fn a_field_that_exists_already_is_as_good_as_one_created() {
    run(async {
        let stage = without_fields(creating());
        let id = stage.first();
        let change = purchase(&id, None, "2024-05-31");
        let vendor = stage.vendor.simulator().clone();
        assert!(stage.check_two_way().await.ok());
        // The dates and twice all fields; then somebody else is quicker than the request.
        stage.faults.before(stage.faults.sent() + 4, move || {
            vendor.with(|vendor| vendor.definitions().push(Definition::new(1, PURCHASE_DATE)));
        });
        assert_eq!(stage.outcome(&change).await, WriteOutcome::Written);
        let created = stage.sent("custom-field/definitions");
        assert_eq!(created.len(), 1);
        assert_eq!(created[0].status.unwrap().as_u16(), 409);
        assert_eq!(stage.names(), [PURCHASE_DATE]);
    });
}

#[test]
fn a_creation_whose_answer_is_lost_is_looked_for_and_not_repeated() {
    run(async {
        let stage = without_fields(creating());
        let id = stage.first();
        // The dates, twice all fields, then the creation.
        stage.inject(4, Fault::LoseAnswer).await;
        let change = purchase(&id, None, "2024-05-31");
        assert_eq!(stage.outcome(&change).await, WriteOutcome::Written);
        let created = stage.sent("custom-field/definitions");
        assert_eq!(created.len(), 1);
        assert_eq!(created[0].status.unwrap().as_u16(), 201);
        assert_eq!(stage.names(), [PURCHASE_DATE]);
        // Before, after the creation whose outcome was open, and read back.
        let read = stage.sent("custom-fields").into_iter();
        let own = read.filter(|request| request.method == "GET" && request.uri.query().is_none());
        assert_eq!(own.count(), 3);
    });
}

#[test]
fn a_key_that_may_not_create_fields_still_writes_those_that_exist() {
    run(async {
        let stage = bare_with(creating());
        let id = stage.first();
        let report = stage.write(&both(&id)).await.unwrap();
        assert_eq!(report.outcome, WriteOutcome::Written);
        stage.define(Vec::clear);
        let report = stage.check_two_way().await;
        assert!(!outcomes(&report)["write_dates"]);
        assert!(hint(&report, Check::WRITE_DATES).contains(DEFINITIONS_WRITE));
        let error = stage.write(&both(&stage.ids()[1])).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Permission);
        assert!(error.hint().unwrap().contains(DEFINITIONS_WRITE));
        assert!(stage.names().is_empty());
    });
}
