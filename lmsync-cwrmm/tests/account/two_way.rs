//! Dates in custom fields: found, written, read back.

use std::time::Duration;

use chrono::NaiveDate;
use futures_util::future::join_all;
use lmsync_core::model::{AssetId, FieldPlaces, TenantField};
use lmsync_core::two_way::{
    AssetDates, DateChange, DateField, DateFields, HeldDate, TwoWaySync, WriteOutcome, WriteReport,
    WriteSource,
};
use lmsync_core::{Check, CheckReport, CheckScope, Connector, Environment, Error, ErrorKind};
use lmsync_cwrmm::CwRmmConfig;
use lmsync_testkit::Fault;
use lmsync_testkit::conformance::{Treatment, TwoWayVendor, Vendor, run};
use lmsync_testkit::cwrmm::{
    AttributeKind, CwRmmSimulator, CwRmmSpec, Definition, PURCHASE_DATE, RACK, Saved,
    WARRANTY_EXPIRY,
};
use serde_json::{Value, json};

use super::stage::{Stage, config, hint, outcomes};

const DEFINITIONS_WRITE: &str = "platform.custom_fields_definitions.write";

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn purchase(asset: &str, old: Option<&str>, new: &str) -> DateChange {
    let old = old.map(day);
    DateChange::new(asset).set(DateField::PurchaseDate, old, day(new), WriteSource::Manual)
}

fn expiry(asset: &str, old: Option<&str>, new: &str) -> DateChange {
    let old = old.map(day);
    DateChange::new(asset).set(
        DateField::WarrantyExpiry,
        old,
        day(new),
        WriteSource::Lookup,
    )
}

/// New dates for a device that holds none.
fn both(asset: &str) -> DateChange {
    purchase(asset, None, "2024-05-31").set(
        DateField::WarrantyExpiry,
        None,
        day("2027-05-31"),
        WriteSource::Lookup,
    )
}

impl Stage {
    /// An account of ten devices, none of which holds a date.
    fn bare() -> Self {
        Self::new(10, 2)
    }

    fn bare_with(config: CwRmmConfig) -> Self {
        Self::with(10, 2, |_| {}, config)
    }

    fn ids(&self) -> Vec<String> {
        self.truth().into_iter().collect()
    }

    fn first(&self) -> String {
        self.ids().remove(0)
    }

    fn held(&self, id: &str) -> AssetDates {
        self.vendor.simulator().with(|vendor| vendor.held_dates(id))
    }

    fn hold(&self, id: &str, dates: AssetDates) {
        self.change(|vendor| vendor.hold_dates(id, dates));
    }

    /// The text that a device has in a custom field.
    fn text(&self, id: &str, name: &str) -> Option<String> {
        let simulator = self.vendor.simulator();
        simulator.with(|vendor| vendor.custom_field(id, name))
    }

    fn date_writes(&self, id: &str) -> usize {
        self.vendor
            .simulator()
            .with(|vendor| vendor.date_writes(id))
    }

    fn writes(&self) -> usize {
        self.vendor
            .simulator()
            .with(|vendor| Vendor::writes(vendor))
    }

    fn define(&self, change: impl FnOnce(&mut Vec<Definition>)) {
        self.change(|vendor| change(vendor.definitions()));
    }

    fn names(&self) -> Vec<String> {
        let names = |vendor: &mut CwRmmSimulator| {
            let all = vendor.definitions().iter();
            all.map(|definition| definition.name.clone()).collect()
        };
        self.vendor.simulator().with(names)
    }

    async fn write(&self, change: &DateChange) -> WriteReport {
        self.account.write_dates(change).await.unwrap()
    }

    async fn refusal(&self, change: &DateChange) -> Error {
        self.account.write_dates(change).await.unwrap_err()
    }

    async fn check_two_way(&self) -> CheckReport {
        self.account.check(CheckScope::two_way()).await
    }

    /// Gets both tokens, and then lets `fault` happen to request `number` from now.
    async fn inject(&self, number: usize, fault: Fault) {
        assert!(self.check_two_way().await.ok());
        self.faults.inject(self.faults.sent() + number, fault);
    }

    /// The bodies of the requests that set values.
    fn bodies(&self) -> Vec<Value> {
        let sent = self.sent("custom-fields").into_iter();
        sent.filter(|request| request.method == "PUT")
            .map(|request| serde_json::from_slice(&request.body).unwrap())
            .collect()
    }

    /// The scopes of each token that was asked for.
    fn scopes(&self) -> Vec<String> {
        let asked = self.sent("v1/token").into_iter();
        asked
            .map(|request| serde_json::from_slice::<Value>(&request.body).unwrap())
            .map(|body| body["scope"].as_str().unwrap().to_owned())
            .collect()
    }
}

fn set_up(stage: &Stage, config: &CwRmmConfig) -> lmsync_cwrmm::CwRmm {
    let environment = Environment::new(
        std::sync::Arc::new(stage.faults.clone()),
        stage.clock.clone(),
    );
    config.connect_in(&environment).unwrap()
}

fn check<'r>(report: &'r CheckReport, name: &str) -> &'r Check {
    report
        .checks
        .iter()
        .find(|check| check.name == name)
        .unwrap()
}

// ---- what is written -----------------------------------------------------------------------

#[test]
fn both_dates_can_be_written_and_none_cleared() {
    run(async {
        let stage = Stage::bare();
        let account = &stage.account;
        assert_eq!(account.writable(), DateFields::ALL);
        assert_eq!(account.info().capabilities.two_way, account.writable());
        assert_eq!(account.clearable(), DateFields::NONE);
        let clearing = DateChange::new(stage.first().as_str()).clear(
            DateField::PurchaseDate,
            day("2024-05-31"),
            WriteSource::Undo,
        );
        let error = stage.refusal(&clearing).await;
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        let nowhere = FieldPlaces::new().with(TenantField::PurchaseDate, []);
        let nothing = nowhere.clone().with(TenantField::WarrantyExpiry, []);
        let report = Stage::bare_with(config().fields(nothing))
            .check_two_way()
            .await;
        assert!(!outcomes(&report)["write_dates"]);
        let stage = Stage::bare_with(config().fields(nowhere));
        let only = DateFields::NONE.with(DateField::WarrantyExpiry);
        assert_eq!(stage.account.writable(), only);
        let error = stage.refusal(&both(&stage.first())).await;
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        assert_eq!(stage.vendor.requests(), 0);
    });
}

#[test]
fn both_dates_go_in_one_request_and_are_read_back_and_synced() {
    run(async {
        let stage = Stage::bare();
        for id in stage.ids().into_iter().take(2) {
            let report = stage.write(&both(&id)).await;
            assert_eq!(report.outcome, WriteOutcome::Written);
            let dates = AssetDates::new(Some(day("2024-05-31")), Some(day("2027-05-31")));
            assert_eq!(report.held, Some(dates.clone()));
            assert_eq!(stage.held(&id), dates);
            assert_eq!(stage.date_writes(&id), 1);
            let read = stage.account.read_dates(&id.as_str().into()).await;
            assert_eq!(read.unwrap(), dates);
            let synced = stage.account.asset(&id.as_str().into()).await.unwrap();
            assert_eq!(synced.purchase_date, Some(day("2024-05-31")));
            assert_eq!(synced.warranty_expiry, Some(day("2027-05-31")));
            let value = |number: u8, value: &str| {
                let attribute = format!("9e98f3e0-a609-4258-be46-{number:012x}");
                json!({ "entityId": id, "attributeId": attribute, "value": value })
            };
            let body = json!([value(1, "2024-05-31"), value(2, "2027-05-31")]);
            assert_eq!(stage.bodies().last(), Some(&body));
        }
        assert_eq!(stage.bodies().len(), 2);
    });
}

#[test]
fn a_change_of_one_date_touches_no_other_value() {
    run(async {
        let adjust = |spec: &mut CwRmmSpec| spec.custom_fields = true;
        let stage = Stage::with(10, 2, adjust, config());
        let id = stage.first();
        let held = AssetDates::new(Some(day("2020-02-29")), Some(day("2023-02-28")));
        stage.hold(&id, held.clone());
        let rack = stage.text(&id, RACK);
        assert!(rack.is_some());
        let change = expiry(&id, Some("2023-02-28"), "2027-05-31");
        assert_eq!(stage.write(&change).await.outcome, WriteOutcome::Written);
        let now = held.with(DateField::WarrantyExpiry, Some(day("2027-05-31")));
        assert_eq!(stage.held(&id), now);
        assert_eq!(stage.text(&id, RACK), rack);
        let bodies = stage.bodies();
        assert_eq!((bodies.len(), bodies[0].as_array().unwrap().len()), (1, 1));
        // Where the date was held is known: no look at all fields.
        assert_eq!(stage.sent("custom-fields").len(), 3);
    });
}

#[test]
fn of_two_dates_only_the_one_that_differs_is_sent() {
    run(async {
        let stage = Stage::bare();
        let id = stage.first();
        stage.hold(&id, AssetDates::new(Some(day("2024-05-31")), None));
        assert_eq!(stage.write(&both(&id)).await.outcome, WriteOutcome::Written);
        let bodies = stage.bodies();
        assert_eq!(bodies[0].as_array().unwrap().len(), 1);
        assert_eq!(bodies[0][0]["value"], "2027-05-31");
    });
}

#[test]
fn what_is_held_already_or_no_longer_is_not_sent() {
    run(async {
        let stage = Stage::bare();
        let id = stage.first();
        stage.hold(&id, AssetDates::new(Some(day("2024-05-31")), None));
        let same = purchase(&id, None, "2024-05-31");
        assert_eq!(stage.write(&same).await.outcome, WriteOutcome::Unchanged);
        let stale = purchase(&id, None, "2025-01-01");
        let report = stage.write(&stale).await;
        assert_eq!(report.outcome, WriteOutcome::Refused);
        assert!(report.detail.unwrap().contains("2024-05-31"));
        let text = HeldDate::Unreadable("Team plan until May".to_owned());
        let dates = AssetDates::default().with(DateField::PurchaseDate, text);
        stage.hold(&id, dates.clone());
        assert_eq!(stage.write(&same).await.outcome, WriteOutcome::Refused);
        assert_eq!(stage.held(&id), dates);
        let read = stage.account.read_dates(&id.as_str().into()).await;
        assert_eq!(read.unwrap(), dates);
        assert_eq!((stage.writes(), stage.scopes().len()), (0, 1));
    });
}

#[test]
fn a_sentinel_counts_as_empty_and_is_replaced_where_it_is() {
    run(async {
        let stage = Stage::bare();
        let id = stage.first();
        let sentinel = HeldDate::Unreadable("1900-01-01".to_owned());
        stage.hold(
            &id,
            AssetDates::default().with(DateField::PurchaseDate, sentinel),
        );
        let report = stage.write(&purchase(&id, None, "2024-05-31")).await;
        assert_eq!(report.outcome, WriteOutcome::Written);
        assert_eq!(
            stage.text(&id, PURCHASE_DATE).as_deref(),
            Some("2024-05-31")
        );
    });
}

// ---- which field ---------------------------------------------------------------------------

#[test]
fn the_default_of_a_definition_is_not_the_devices_own_date() {
    run(async {
        let stage = Stage::bare();
        let id = stage.first();
        stage.define(|all| all[1].default = Some("2030-01-01".to_owned()));
        let read = stage.account.read_dates(&id.as_str().into()).await;
        assert_eq!(read.unwrap(), AssetDates::default());
        let report = stage.write(&expiry(&id, None, "2027-05-31")).await;
        assert_eq!(report.outcome, WriteOutcome::Written);
        let same = expiry(&stage.ids()[1], None, "2030-01-01");
        assert_eq!(stage.write(&same).await.outcome, WriteOutcome::Written);
    });
}

#[test]
fn a_date_is_written_where_a_sync_reads_it() {
    run(async {
        let places =
            FieldPlaces::new().with(TenantField::PurchaseDate, ["Bought", "purchase_date"]);
        let stage = Stage::bare_with(config().fields(places));
        stage.define(|all| all.push(Definition::new(9, "Bought")));
        let ids = stage.ids();
        // Held under the second name: it stays there.
        stage.hold(&ids[0], AssetDates::new(Some(day("2020-01-01")), None));
        let change = purchase(&ids[0], Some("2020-01-01"), "2024-05-31");
        assert_eq!(stage.write(&change).await.outcome, WriteOutcome::Written);
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
        assert_eq!(stage.write(&also).await.outcome, WriteOutcome::Written);
        assert_eq!(stage.text(&ids[0], "Bought"), None);
        // Held nowhere: the first name that exists.
        let change = purchase(&ids[1], None, "2024-05-31");
        assert_eq!(stage.write(&change).await.outcome, WriteOutcome::Written);
        assert_eq!(stage.text(&ids[1], "Bought").as_deref(), Some("2024-05-31"));
        assert_eq!(stage.text(&ids[1], PURCHASE_DATE), None);
    });
}

#[test]
fn a_field_may_be_named_by_its_id() {
    run(async {
        let rack = "9e98f3e0-a609-4258-be46-000000000003";
        let places = FieldPlaces::new().with(TenantField::PurchaseDate, [rack]);
        let stage = Stage::bare_with(config().fields(places));
        let id = stage.first();
        let report = stage.write(&purchase(&id, None, "2024-05-31")).await;
        assert_eq!(report.outcome, WriteOutcome::Written);
        assert_eq!(stage.text(&id, RACK).as_deref(), Some("2024-05-31"));
    });
}

#[test]
fn a_field_of_the_type_datetime_gets_the_same_day_and_the_read_back_tells() {
    run(async {
        let stage = Stage::bare();
        let id = stage.first();
        stage.define(|all| all[1].kind = AttributeKind::DateTime);
        let report = stage.write(&expiry(&id, None, "2027-05-31")).await;
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
        let stage = Stage::bare();
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
        let error = stage.refusal(&change).await;
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
        let stage = Stage::bare();
        let id = stage.first();
        stage.define(Vec::clear);
        let error = stage.refusal(&both(&id)).await;
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
        let error = stage.refusal(&both(&id)).await;
        assert!(!error.message().contains("purchase_date"), "{error}");
        assert_eq!((stage.writes(), stage.scopes().len()), (0, 1));
    });
}

// ---- creating fields -----------------------------------------------------------------------

fn creating() -> CwRmmConfig {
    config().create_custom_fields(true)
}

/// An account without custom fields, whose key may create some.
fn without_fields(config: CwRmmConfig) -> Stage {
    let stage = Stage::bare_with(config);
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
        let detail = &check(&report, Check::WRITE_DATES).detail;
        assert!(detail.contains("the first write creates"), "{detail}");
        assert_eq!(stage.writes(), 0);
        let changes: Vec<DateChange> = ids.iter().map(|id| both(id)).collect();
        let reports = join_all(changes.iter().map(|change| stage.write(change))).await;
        assert!(
            reports
                .iter()
                .all(|report| report.outcome == WriteOutcome::Written)
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
        let places = FieldPlaces::new().with(TenantField::PurchaseDate, ["Bought on", "Bought"]);
        let stage = without_fields(creating().fields(places));
        let id = stage.first();
        let report = stage.write(&purchase(&id, None, "2024-05-31")).await;
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
        assert_eq!(stage.write(&change).await.outcome, WriteOutcome::Written);
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
        assert_eq!(stage.write(&change).await.outcome, WriteOutcome::Written);
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
        let stage = Stage::bare_with(creating());
        let id = stage.first();
        let report = stage.write(&both(&id)).await;
        assert_eq!(report.outcome, WriteOutcome::Written);
        stage.define(Vec::clear);
        let report = stage.check_two_way().await;
        assert!(!outcomes(&report)["write_dates"]);
        assert!(hint(&report, Check::WRITE_DATES).contains(DEFINITIONS_WRITE));
        let error = stage.refusal(&both(&stage.ids()[1])).await;
        assert_eq!(error.kind(), ErrorKind::Permission);
        assert!(error.hint().unwrap().contains(DEFINITIONS_WRITE));
        assert!(stage.names().is_empty());
    });
}

// ---- who may write -------------------------------------------------------------------------

fn assert_names_the_scopes(advice: &str) {
    for words in [
        "Integrations > API Access",
        "Platform - Custom Fields Values - Write",
        "platform.custom_fields_values.write",
        "Platform - Devices - Write",
        "platform.devices.write",
    ] {
        assert!(advice.contains(words), "{advice}");
    }
}

#[test]
fn a_key_that_may_not_write_reads_on_and_is_told_what_it_lacks() {
    run(async {
        for silently in [false, true] {
            let stage = Stage::bare();
            stage.change(CwRmmSimulator::forbid_writing);
            stage.misbehave(|faults| faults.scope_refused_silently = silently);
            let id = stage.first();
            let error = stage.refusal(&both(&id)).await;
            assert_eq!(error.kind(), ErrorKind::Permission, "{error}");
            assert_names_the_scopes(error.hint().unwrap());
            let report = stage.check_two_way().await;
            let seen = outcomes(&report);
            assert!(seen["read_assets"] && seen["read_check_in"], "{report:?}");
            assert!(!seen["write_dates"]);
            assert_names_the_scopes(hint(&report, Check::WRITE_DATES));
            assert_eq!(stage.writes(), 0);
            stage.list_all().await;
        }
    });
}

#[test]
fn a_refusal_of_a_key_that_reads_is_one_of_the_scopes_unless_it_names_the_key() {
    run(async {
        let answer = |status, body: &'static str| Fault::Answer {
            status,
            headers: Vec::new(),
            body: body.into(),
        };
        let fewer = r#"{"access_token":"t0ken","scope":"platform.custom_fields_values.read"}"#;
        for (fault, kind) in [
            (answer(401, ""), ErrorKind::Permission),
            (answer(403, "{}"), ErrorKind::Permission),
            (answer(200, fewer), ErrorKind::Permission),
            (
                answer(401, r#"{"error":"invalid_client"}"#),
                ErrorKind::Authentication,
            ),
        ] {
            let stage = Stage::bare();
            let id = stage.first();
            // Token, dates, all fields; then up to two sign-ins to write.
            let sent = stage.faults.sent();
            stage.faults.inject(sent + 4, fault.clone());
            stage.faults.inject(sent + 5, fault.clone());
            let error = stage.refusal(&both(&id)).await;
            assert_eq!(error.kind(), kind, "{fault:?}");
            assert_eq!(stage.writes(), 0);
        }
    });
}

#[test]
fn a_token_that_the_write_is_refused_with_is_told_too_and_the_advice_helps() {
    run(async {
        let stage = Stage::bare();
        stage.misbehave(|faults| faults.writing_needs_devices = true);
        let id = stage.first();
        let report = stage.check_two_way().await;
        assert!(report.ok(), "{report:?}");
        let detail = &check(&report, Check::WRITE_DATES).detail;
        assert!(detail.contains("only on writing"), "{detail}");
        assert_names_the_scopes(hint(&report, Check::WRITE_DATES));
        let error = stage.refusal(&both(&id)).await;
        assert_eq!(error.kind(), ErrorKind::Permission, "{error}");
        assert_names_the_scopes(error.hint().unwrap());
        assert_eq!(stage.date_writes(&id), 0);
        stage.change(|vendor| {
            vendor.key().scopes.insert("platform.devices.write");
        });
        let account = set_up(&stage, &config());
        let report = account.write_dates(&both(&id)).await.unwrap();
        assert_eq!(report.outcome, WriteOutcome::Written);
    });
}

#[test]
fn reading_and_writing_have_a_token_each_and_one_of_it() {
    run(async {
        let stage = Stage::bare();
        let report = stage.check_two_way().await;
        assert!(report.ok(), "{report:?}");
        assert_eq!(stage.writes(), 0);
        for id in stage.ids() {
            assert_eq!(stage.write(&both(&id)).await.outcome, WriteOutcome::Written);
        }
        assert!(stage.check_two_way().await.ok());
        let tokens = stage.vendor.simulator().with(|vendor| vendor.tokens());
        assert_eq!(tokens, 2);
        let scopes = stage.scopes();
        let values = "platform.custom_fields_values.read platform.custom_fields_values.write";
        assert!(!scopes[0].contains(".write"));
        // The key has no scope to write devices: refused once, not asked for again.
        assert_eq!(
            scopes[1..],
            [
                format!("{values} platform.devices.write"),
                values.to_owned()
            ]
        );
        stage.change(CwRmmSimulator::revoke_tokens);
        let id = stage.first();
        let change = purchase(&id, Some("2024-05-31"), "2024-06-01");
        assert_eq!(stage.write(&change).await.outcome, WriteOutcome::Written);
        assert_eq!(stage.date_writes(&id), 2);
        assert_eq!(stage.scopes().len(), scopes.len() + 2);
    });
}

#[test]
fn a_locked_key_is_waited_for_before_writing() {
    run(async {
        let stage = Stage::bare();
        let id = stage.first();
        stage.account.read_dates(&id.as_str().into()).await.unwrap();
        stage.misbehave(|faults| faults.lock_next = 2);
        assert_eq!(stage.write(&both(&id)).await.outcome, WriteOutcome::Written);
        assert!(stage.clock.elapsed() >= Duration::from_secs(120));
        assert_eq!(stage.date_writes(&id), 1);
    });
}

#[test]
fn the_check_finds_out_without_writing_whether_the_fields_are_there() {
    run(async {
        let stage = Stage::bare();
        let report = stage.check_two_way().await;
        let detail = &check(&report, Check::WRITE_DATES).detail;
        assert!(detail.contains("are there"), "{detail}");
        stage.define(|all| all.retain(|field| field.name != WARRANTY_EXPIRY));
        let report = stage.check_two_way().await;
        assert!(!outcomes(&report)["write_dates"]);
        let detail = &check(&report, Check::WRITE_DATES).detail;
        assert!(detail.contains("warranty_expiry") && !detail.contains("purchase_date"));
        assert!(hint(&report, Check::WRITE_DATES).contains("`fields`"));
        assert_eq!(stage.writes(), 0);
        let empty = Stage::new(0, 2);
        let report = empty.check_two_way().await;
        assert!(report.ok(), "{report:?}");
    });
}

#[test]
fn a_check_with_a_wrong_secret_asks_for_no_token_to_write_with() {
    run(async {
        let stage = Stage::bare();
        let id = CwRmmSpec::new(lmsync_testkit::fleet::Fleet::demo(stage.clock.now())).client_id;
        let account = set_up(&stage, &CwRmmConfig::new(id, "another-secret"));
        let report = account.check(CheckScope::two_way()).await;
        assert_eq!(
            check(&report, Check::WRITE_DATES).detail,
            "not tried: authenticated failed"
        );
        assert!(
            stage
                .scopes()
                .iter()
                .all(|scopes| !scopes.contains(".write"))
        );
    });
}

#[test]
fn the_scope_to_read_values_is_asked_for_where_fields_are_named() {
    run(async {
        let stage = Stage::bare();
        stage.misbehave(|faults| faults.values_have_a_scope = true);
        let id: AssetId = stage.first().as_str().into();
        let error = stage.account.read_dates(&id).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Permission);
        let advice = error.hint().unwrap();
        assert!(advice.contains("Platform - Custom Fields Values - Read"));
        assert!(advice.contains("`fields`"), "{advice}");
        let places = FieldPlaces::new().with(TenantField::PurchaseDate, [PURCHASE_DATE]);
        let stage = Stage::bare_with(config().fields(places));
        stage.misbehave(|faults| faults.values_have_a_scope = true);
        let id = stage.first();
        assert_eq!(stage.write(&both(&id)).await.outcome, WriteOutcome::Written);
    });
}

// ---- what becomes of a write ---------------------------------------------------------------

#[test]
fn a_vendor_that_ignores_or_alters_a_date_is_told_of() {
    run(async {
        for (treatment, outcome) in [
            (Treatment::Ignore, WriteOutcome::Ignored),
            (Treatment::Shift, WriteOutcome::Altered),
        ] {
            let stage = Stage::bare();
            let id = stage.first();
            stage.change(|vendor| vendor.treat_dates(treatment));
            let report = stage.write(&both(&id)).await;
            assert_eq!(report.outcome, outcome);
            assert_eq!(report.held, Some(stage.held(&id)));
            assert!(report.detail.unwrap().contains("2027-05-31"));
            assert_eq!(stage.date_writes(&id), 1);
        }
    });
}

#[test]
fn a_write_that_is_confirmed_with_nothing_is_read_back_too() {
    run(async {
        let stage = Stage::bare();
        let id = stage.first();
        stage.misbehave(|faults| faults.saved = Saved::NoContent);
        assert_eq!(stage.write(&both(&id)).await.outcome, WriteOutcome::Written);
    });
}

#[test]
fn a_write_whose_answer_does_not_come_is_looked_up_and_not_repeated() {
    run(async {
        for fault in [
            Fault::Spoil(500),
            Fault::Spoil(504),
            Fault::LoseAnswer,
            Fault::Truncate(9),
        ] {
            let stage = Stage::bare();
            let id = stage.first();
            // The dates, all fields, then the write.
            stage.inject(3, fault.clone()).await;
            let report = stage.write(&both(&id)).await;
            assert_eq!(report.outcome, WriteOutcome::Written, "{fault:?}");
            assert_eq!(stage.date_writes(&id), 1, "{fault:?}");
            assert_eq!(stage.bodies().len(), 1, "{fault:?}");
        }
    });
}

#[test]
fn a_write_that_was_not_made_is_sent_again() {
    run(async {
        let stage = Stage::bare();
        let id = stage.first();
        stage.inject(3, Fault::status(500)).await;
        let report = stage.write(&both(&id)).await;
        assert_eq!(report.outcome, WriteOutcome::Written);
        assert_eq!(stage.date_writes(&id), 1);
    });
}

#[test]
fn an_unknown_device_is_not_found() {
    run(async {
        let stage = Stage::bare();
        for id in ["", "..", "404", "0e30-1"] {
            let read = stage.account.read_dates(&id.into()).await;
            assert_eq!(read.unwrap_err().kind(), ErrorKind::NotFound, "{id}");
            let error = stage.refusal(&both(id)).await;
            assert_eq!(error.kind(), ErrorKind::NotFound, "{id}");
            assert!(error.hint().is_some());
        }
        assert_eq!(stage.writes(), 0);
    });
}
