//! Writing dates, and what must not be lost with it.

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use chrono::NaiveDate;
use http::{Method, Request};
use lmsync_core::model::AssetId;
use lmsync_core::tenant_fields::{TenantField, TenantFieldNames};
use lmsync_core::two_way::{
    AssetDates, DateChange, DateField, DateFields, HeldDate, WriteOutcome, WriteReport, WriteSource,
};
use lmsync_core::{Check, CheckReport, Connector, ErrorKind, Result, RetryClass, TwoWaySync};
use lmsync_syncro::PropertiesSent;
use lmsync_testkit::conformance::{Treatment, TwoWayVendor, run};
use lmsync_testkit::syncro::{Permissions, SyncroSimulator};
use lmsync_testkit::{Fault, Recorded, Simulator, check_named};
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use crate::stage::{KEY, Stage, config, stage_of};

const PURCHASE: DateField = DateField::PurchaseDate;
const WARRANTY: DateField = DateField::WarrantyExpiry;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// An account with an asset whose agent reports and which holds `dates`.
struct Desk {
    stage: Stage,
    id: String,
}

impl Desk {
    fn new(purchase: Option<&str>, warranty: Option<&str>) -> Self {
        Self::sending(PropertiesSent::default(), purchase, warranty)
    }

    /// A desk at which changes send these properties.
    fn sending(sent: PropertiesSent, purchase: Option<&str>, warranty: Option<&str>) -> Self {
        let mut stage = stage_of(12);
        let config = config().properties_sent(sent);
        stage.account = config.connect_in(&stage.environment).unwrap();
        let dates = AssetDates::new(purchase.map(day), warranty.map(day));
        let id = stage.change(|account| {
            let has_agent = |id: &String| account.machine(id).unwrap().last_check_in.is_some();
            let id = account.asset_ids().into_iter().find(has_agent).unwrap();
            account.hold_dates(&id, dates);
            id
        });
        Self { stage, id }
    }

    /// The asset has `properties` and no others.
    fn with_properties(properties: Value) -> Self {
        let desk = Self::new(None, None);
        desk.change(|account| account.set_member(&desk.id, "properties", properties));
        desk
    }

    fn change<T>(&self, change: impl FnOnce(&mut SyncroSimulator) -> T) -> T {
        self.stage.change(change)
    }

    fn asset(&self) -> AssetId {
        self.id.as_str().into()
    }

    fn to(&self, field: DateField, old: Option<&str>, new: &str) -> DateChange {
        DateChange::new(self.asset()).set(field, old.map(day), day(new), WriteSource::Manual)
    }

    async fn write(&self, change: &DateChange) -> Result<WriteReport> {
        self.stage.write(change).await
    }

    /// Writes a warranty where none is held.
    async fn write_warranty(&self) -> Result<WriteReport> {
        self.write(&self.to(WARRANTY, None, "2027-05-31")).await
    }

    fn held(&self) -> AssetDates {
        self.stage.held(&self.id)
    }

    fn date_writes(&self) -> usize {
        self.stage.date_writes(&self.id)
    }

    fn properties(&self) -> Map<String, Value> {
        self.change(|account| account.properties(&self.id)).unwrap()
    }

    /// The changes that were sent and arrived.
    fn puts(&self) -> Vec<Recorded> {
        let mut requests = self.stage.vendor.recorded();
        requests.retain(|request| request.method == Method::PUT);
        requests
    }

    /// The asset as the vendor sends it.
    fn row(&self) -> Value {
        let request = Request::get(format!("https://x/api/v1/customer_assets/{}", self.id))
            .header("authorization", format!("Bearer {KEY}"))
            .body(Bytes::new())
            .unwrap();
        let now = self.stage.clock.now();
        let answer = self.change(|account| account.respond(&request, now));
        serde_json::from_slice::<Value>(answer.body()).unwrap()["asset"].take()
    }
}

fn written(report: &CheckReport) -> &Check {
    check_named(report, Check::WRITE_DATES)
}

fn names_the_permission(hint: Option<&str>) {
    let hint = hint.unwrap();
    for words in [
        "\"Assets - Edit\"",
        "Profile/Password",
        "Password / ApiKey / Login-Pin",
        "API Tokens",
        "+ New Token",
        "full-time agent",
    ] {
        assert!(hint.contains(words), "{hint}");
    }
}

#[test]
fn a_date_is_written_and_read_back_and_a_sync_reads_it() {
    run(async {
        let desk = Desk::new(Some("2023-01-15"), None);
        let report = desk.write_warranty().await.unwrap();
        let held = AssetDates::new(Some(day("2023-01-15")), Some(day("2027-05-31")));
        assert_eq!(report.outcome, WriteOutcome::Written);
        assert_eq!(report.held, Some(held.clone()));
        assert_eq!(desk.held(), held);
        assert_eq!(
            desk.stage.account.read_dates(&desk.asset()).await.unwrap(),
            held
        );
        assert_eq!((desk.date_writes(), desk.stage.vendor.requests()), (1, 4));
        let synced = desk.stage.account.asset(&desk.asset()).await.unwrap();
        assert_eq!(synced.warranty_expiry, Some(day("2027-05-31")));
        assert_eq!(synced.purchase_date, Some(day("2023-01-15")));
    });
}

#[test]
fn both_dates_go_in_one_request() {
    run(async {
        let desk = Desk::new(None, Some("2024-02-29"));
        let change = desk.to(PURCHASE, None, "2021-03-01").set(
            WARRANTY,
            Some(day("2024-02-29")),
            day("2026-03-01"),
            WriteSource::Lookup,
        );
        let report = desk.write(&change).await.unwrap();
        assert_eq!(report.outcome, WriteOutcome::Written);
        let held = AssetDates::new(Some(day("2021-03-01")), Some(day("2026-03-01")));
        assert_eq!(desk.held(), held);
        assert_eq!(desk.puts().len(), 1);
    });
}

/// Gives the asset properties of every kind beside those that it has, and an odd name.
fn furnish(desk: &Desk) {
    desk.change(|account| {
        let mut properties = account.properties(&desk.id).unwrap();
        assert!(properties.contains_key("kabuto_information"));
        assert!(properties.contains_key("kabuto_live_uuid"));
        for (key, value) in [
            ("Notes", json!("one")),
            ("notes", json!("another")),
            ("OS", json!(4)),
            ("Size", json!(1.5)),
            ("Kiosk", json!("0")),
            ("list", json!(["a", null, {}])),
            ("LAN IP(s)", json!("")),
            ("gone", json!(null)),
        ] {
            properties.insert(key.to_owned(), value);
        }
        account.set_member(&desk.id, "properties", Value::Object(properties));
        account.set_member(&desk.id, "name", json!(" PC 7 \u{e9} "));
    });
}

/// Whatever is sent and whatever Syncro does with what is not sent.
#[test]
fn nothing_but_the_date_changes() {
    run(async {
        for sent in PropertiesSent::ALL {
            for replaces in [false, true] {
                let desk = Desk::sending(*sent, Some("2023-01-15"), None);
                furnish(&desk);
                desk.change(|account| account.misbehaviour().replaces_properties = replaces);
                let before = desk.row();
                let report = desk.write_warranty().await.unwrap();
                assert_eq!(report.outcome, WriteOutcome::Written);

                let mut expected = before.clone();
                expected["properties"]["warranty_end_date"] = json!("2027-05-31");
                let mut after = desk.row();
                assert_ne!(after["updated_at"], before["updated_at"]);
                after["updated_at"] = before["updated_at"].clone();
                assert_eq!(after, expected, "{sent} {replaces}");
            }
        }
    });
}

#[test]
fn the_smallest_body_is_sent_and_told_to_be_merged_by_the_reading_that_follows() {
    run(async {
        let desk = Desk::new(Some("2023-01-15"), None);
        furnish(&desk);
        let report = desk.write_warranty().await.unwrap();
        assert_eq!(report.outcome, WriteOutcome::Written);
        let body: Value = serde_json::from_slice(&desk.puts()[0].body).unwrap();
        let date = json!({ "warranty_end_date": "2027-05-31" });
        assert_eq!(body, json!({ "properties": date }));
        // A reading, the change, a reading: nothing more to find it out.
        assert_eq!((desk.puts().len(), desk.stage.vendor.requests()), (1, 3));
    });
}

#[test]
fn properties_that_are_replaced_are_put_back_and_everything_is_sent_from_then_on() {
    run(async {
        let desk = Desk::new(Some("2023-01-15"), None);
        desk.change(|account| account.misbehaviour().replaces_properties = true);
        let before = desk.properties();
        let report = desk.write_warranty().await.unwrap();
        assert_eq!(report.outcome, WriteOutcome::Written);
        // The change, a reading that shows the loss, all of it put back, a reading.
        assert_eq!((desk.puts().len(), desk.stage.vendor.requests()), (2, 5));

        let to_purchase = desk.to(PURCHASE, Some("2023-01-15"), "2023-02-01");
        let report = desk.write(&to_purchase).await.unwrap();
        assert_eq!(report.outcome, WriteOutcome::Written);
        assert_eq!((desk.puts().len(), desk.stage.vendor.requests()), (3, 8));
        let mut expected = before;
        expected["Purchase Date"] = json!("2023-02-01");
        expected.insert("warranty_end_date".to_owned(), json!("2027-05-31"));
        assert_eq!(desk.properties(), expected);
    });
}

#[test]
fn what_was_dropped_is_put_back_though_the_answer_was_lost() {
    run(async {
        let desk = Desk::new(None, None);
        desk.change(|account| account.misbehaviour().replaces_properties = true);
        let mut expected = desk.properties();
        expected.insert("warranty_end_date".to_owned(), json!("2027-05-31"));
        desk.stage.faults.inject(2, Fault::LoseAnswer);
        // Nor is it given up when the vendor breaks in the middle.
        desk.stage.faults.inject(4, Fault::status(503));
        let report = desk.write_warranty().await.unwrap();
        assert_eq!(report.outcome, WriteOutcome::Written);
        assert_eq!(desk.properties(), expected);
    });
}

#[test]
fn what_cannot_be_put_back_is_told_and_put_back_by_the_next_reading() {
    run(async {
        let desk = Desk::new(None, None);
        desk.change(|account| account.misbehaviour().replaces_properties = true);
        let mut expected = desk.properties();
        expected.insert("warranty_end_date".to_owned(), json!("2027-05-31"));
        let account = desk.stage.vendor.simulator().clone();
        desk.stage.faults.before(4, move || {
            account.with(|account| account.permissions().edit_assets = false);
        });
        let report = desk.write_warranty().await.unwrap();
        assert_eq!(report.outcome, WriteOutcome::Unknown);
        let detail = report.detail.unwrap();
        assert!(detail.contains("could not be put back"), "{detail}");

        let error = desk
            .stage
            .account
            .read_dates(&desk.asset())
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Permission);
        assert!(error.hint().unwrap().contains("properties_sent"));
        desk.change(|account| account.permissions().edit_assets = true);
        let held = desk.stage.account.read_dates(&desk.asset()).await.unwrap();
        assert_eq!(held.warranty_expiry.day(), Some(day("2027-05-31")));
        assert_eq!(desk.properties(), expected);
    });
}

#[test]
fn what_somebody_deletes_after_a_change_that_was_refused_stays_deleted() {
    run(async {
        let desk = Desk::new(None, None);
        desk.change(|account| account.forbid_writing());
        let error = desk.write_warranty().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Permission);
        let kept = json!({ "a": 1 });
        desk.change(|account| account.set_member(&desk.id, "properties", kept.clone()));
        desk.stage.account.read_dates(&desk.asset()).await.unwrap();
        assert_eq!(Value::Object(desk.properties()), kept);
        assert_eq!(desk.puts().len(), 1);
    });
}

#[test]
fn what_somebody_takes_away_at_that_moment_is_not_put_back() {
    run(async {
        let desk = Desk::new(Some("2023-01-15"), None);
        let (account, id) = (desk.stage.vendor.simulator().clone(), desk.id.clone());
        desk.stage.faults.before(3, move || {
            account.with(|account| {
                let mut properties = account.properties(&id).unwrap();
                assert!(properties.remove("Kiosk").is_some());
                account.set_member(&id, "properties", Value::Object(properties));
            });
        });
        let report = desk.write_warranty().await.unwrap();
        assert_eq!(report.outcome, WriteOutcome::Written);
        assert!(!desk.properties().contains_key("Kiosk"));
        assert_eq!(desk.puts().len(), 1);
    });
}

#[test]
fn the_whole_map_is_sent_to_the_letter_where_that_is_chosen() {
    run(async {
        let desk = Desk::sending(PropertiesSent::All, Some("2023-01-15"), None);
        furnish(&desk);
        let before = desk.row();
        desk.write_warranty().await.unwrap();
        let mut expected = before.clone();
        expected["properties"]["warranty_end_date"] = json!("2027-05-31");
        // To the letter, and nothing beyond what the vendor's reference asks for.
        type Raw = BTreeMap<String, Box<RawValue>>;
        let text = |json: &Value| json.to_string();
        let body: Raw = serde_json::from_slice(&desk.puts()[0].body).unwrap();
        assert_eq!(body.keys().collect::<Vec<_>>(), ["name", "properties"]);
        assert_eq!(body["name"].get(), text(&before["name"]));
        let sent: Raw = serde_json::from_str(body["properties"].get()).unwrap();
        for (key, value) in expected["properties"].as_object().unwrap() {
            assert_eq!(sent[key].get(), text(value), "{key}");
        }
        assert_eq!(
            sent.len(),
            expected["properties"].as_object().unwrap().len()
        );
    });
}

#[test]
fn every_asset_of_an_account_can_be_written_to_without_a_loss() {
    run(async {
        let stage = stage_of(60);
        for id in stage.change(|account| account.asset_ids()) {
            let before = stage.change(|account| account.properties(&id)).unwrap();
            let asset = AssetId::from(id.as_str());
            let dates = stage.account.read_dates(&asset).await.unwrap();
            let change = DateChange::new(id.as_str()).set(
                WARRANTY,
                dates.warranty_expiry.day(),
                day("2027-05-31"),
                WriteSource::Lookup,
            );
            let report = stage.write(&change).await.unwrap();
            let is_text = matches!(dates.warranty_expiry, HeldDate::Unreadable(_));
            let expected = if is_text {
                WriteOutcome::Refused
            } else {
                WriteOutcome::Written
            };
            assert_eq!(report.outcome, expected, "{id}");
            let mut after = stage.change(|account| account.properties(&id)).unwrap();
            let keys = ["warranty_end_date", "Warranty End"];
            for key in keys.iter().filter(|_| !is_text) {
                match before.get(*key) {
                    Some(value) => after.insert((*key).to_owned(), value.clone()),
                    None => after.remove(*key),
                };
            }
            assert_eq!(after, before, "{id}");
        }
    });
}

#[test]
fn what_is_held_already_is_not_sent() {
    run(async {
        let desk = Desk::new(None, Some("2027-05-31"));
        // Whoever planned it saw an older state: what counts is that the date is there.
        let report = desk.write_warranty().await.unwrap();
        assert_eq!(report.outcome, WriteOutcome::Unchanged);
        assert_eq!(desk.stage.vendor.requests(), 1);
    });
}

#[test]
fn what_the_plan_did_not_see_is_not_overwritten() {
    run(async {
        let desk = Desk::new(None, Some("2025-01-01"));
        let report = desk.write_warranty().await.unwrap();
        assert_eq!(report.outcome, WriteOutcome::Refused);
        assert!(report.detail.unwrap().contains("2025-01-01"));
        assert_eq!(desk.date_writes(), 0);

        for value in [
            json!("Upgrade to the Team plan to see warranty dates"),
            json!("2/1/2024"),
            json!(["2027-01-01"]),
        ] {
            let desk = Desk::with_properties(json!({ "warranty_end_date": value }));
            let report = desk.write_warranty().await.unwrap();
            assert_eq!(report.outcome, WriteOutcome::Refused, "{value}");
            let told = report.held.unwrap().warranty_expiry;
            assert!(matches!(told, HeldDate::Unreadable(_)));
            assert_eq!(desk.puts().len(), 0);
            assert_eq!(desk.properties()["warranty_end_date"], value);
        }
    });
}

#[test]
fn a_placeholder_for_no_date_is_one() {
    run(async {
        let desk = Desk::with_properties(json!({ "Warranty End": "1900-01-01", "a": 1 }));
        let report = desk.write_warranty().await.unwrap();
        assert_eq!(report.outcome, WriteOutcome::Written);
        let expected = json!({ "Warranty End": "2027-05-31", "a": 1 });
        assert_eq!(Value::Object(desk.properties()), expected);
    });
}

#[test]
fn a_date_is_cleared_and_its_property_stays() {
    run(async {
        let desk = Desk::with_properties(json!({ "Warranty End": "2024-01-01\r\n", "a": 1 }));
        assert_eq!(desk.stage.account.clearable(), DateFields::ALL);
        let change =
            DateChange::new(desk.asset()).clear(WARRANTY, day("2024-01-01"), WriteSource::Undo);
        let report = desk.write(&change).await.unwrap();
        assert_eq!(report.outcome, WriteOutcome::Written);
        assert_eq!(report.held, Some(AssetDates::default()));
        assert_eq!(
            Value::Object(desk.properties()),
            json!({ "Warranty End": "", "a": 1 })
        );
    });
}

#[test]
fn a_date_that_stands_twice_is_not_half_cleared() {
    run(async {
        let properties = json!({ "Warranty End": "2024-01-01", "warranty_end_date": "2025-01-01" });
        let desk = Desk::with_properties(properties.clone());
        let change =
            DateChange::new(desk.asset()).clear(WARRANTY, day("2025-01-01"), WriteSource::Undo);
        let error = desk.write(&change).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.message().contains("Warranty End") && error.hint().is_some());
        assert_eq!(desk.puts().len(), 0);
        assert_eq!(Value::Object(desk.properties()), properties);
    });
}

#[test]
fn dates_go_to_the_names_of_the_configuration() {
    run(async {
        let desk = Desk::with_properties(json!({ "bought on": "", "Purchase Date": "2020-01-01" }));
        let places = TenantFieldNames::new()
            .with(TenantField::PurchaseDate, ["Acquired", "Bought on"])
            .with(TenantField::WarrantyExpiry, []);
        let syncro = config()
            .fields(places)
            .connect_in(&desk.stage.environment)
            .unwrap();
        let writable = DateFields::NONE.with(PURCHASE);
        assert_eq!(syncro.writable(), writable);
        assert_eq!(syncro.info().capabilities.two_way, writable);
        let report = syncro
            .write_dates(&desk.to(PURCHASE, None, "2021-03-01"))
            .await;
        assert_eq!(report.unwrap().outcome, WriteOutcome::Written);
        let expected = json!({ "bought on": "2021-03-01", "Purchase Date": "2020-01-01" });
        assert_eq!(Value::Object(desk.properties()), expected);
        let change = desk.to(WARRANTY, None, "2027-05-31");
        let error = syncro.write_dates(&change).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported);
    });
}

#[test]
fn what_is_offered_is_both_dates() {
    let desk = Desk::new(None, None);
    let syncro = &desk.stage.account;
    assert_eq!(syncro.writable(), DateFields::ALL);
    assert_eq!(syncro.info().capabilities.two_way, syncro.writable());
}

#[test]
fn a_missing_permission_is_an_error_that_names_it() {
    run(async {
        for (is_silent, is_prebuilt) in [(false, false), (true, false), (false, true)] {
            let desk = Desk::new(None, None);
            let before = desk.row();
            desk.change(|account| {
                account.misbehaviour().refuses_without_reason = is_silent;
                if is_prebuilt {
                    *account.permissions() = Permissions::prebuilt_token();
                } else {
                    account.forbid_writing();
                }
            });
            let error = desk.write_warranty().await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Permission, "{error}");
            assert_eq!(error.status(), Some(401));
            assert_eq!(error.operation(), Some("changing an asset"));
            names_the_permission(error.hint());
            assert_eq!((desk.date_writes(), desk.puts().len()), (0, 1));
            assert_eq!(desk.row(), before);
        }
    });
}

#[test]
fn a_wrong_key_is_no_missing_permission() {
    run(async {
        let desk = Desk::new(None, None);
        let account = desk.stage.vendor.simulator().clone();
        desk.stage.faults.before(2, move || {
            account.with(|account| account.replace_key("another"));
        });
        let error = desk.write_warranty().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Authentication);
        assert!(error.hint().unwrap().contains("+ New Token"));
    });
}

#[test]
fn the_check_tells_what_can_be_told_without_writing() {
    run(async {
        let desk = Desk::new(None, None);
        let report = desk.stage.check_two_way().await;
        assert!(report.ok(), "{report:?}");
        assert!(written(&report).detail.contains("only on writing"));
        names_the_permission(written(&report).hint.as_deref());

        // A key that may not, of a user who may, is found out only on writing.
        desk.change(|account| *account.permissions() = Permissions::prebuilt_token());
        assert!(written(&desk.stage.check_two_way().await).ok);

        desk.change(|account| account.misbehaviour().hides_permissions = true);
        let report = desk.stage.check_two_way().await;
        assert!(written(&report).ok);
        assert!(
            written(&report)
                .detail
                .contains("not known before the first write")
        );
        names_the_permission(written(&report).hint.as_deref());

        desk.change(|account| {
            account.misbehaviour().hides_permissions = false;
            account.forbid_writing();
        });
        let report = desk.stage.check_two_way().await;
        let failed: Vec<_> = report.checks.iter().filter(|check| !check.ok).collect();
        assert_eq!(failed, [written(&report)]);
        names_the_permission(failed[0].hint.as_deref());
        assert_eq!(desk.change(|account| account.writes()), 0);

        let report = desk.stage.check().await;
        assert!(
            report
                .checks
                .iter()
                .all(|check| check.name != Check::WRITE_DATES)
        );
    });
}

#[test]
fn the_check_of_writing_needs_what_writing_needs() {
    run(async {
        let desk = Desk::new(None, None);
        desk.change(|account| account.permissions().view_assets = false);
        let report = desk.stage.check_two_way().await;
        assert!(written(&report).detail.contains("read_asset_details"));
        assert!(!written(&report).ok);

        // Customers play no part in it.
        let desk = Desk::new(None, None);
        desk.stage.faults.inject(2, Fault::status(404));
        let report = desk.stage.check_two_way().await;
        assert!(report.checks.iter().any(|check| !check.ok), "{report:?}");
        assert!(written(&report).ok, "{report:?}");

        // What breaks on the way is not taken for a yes.
        let desk = Desk::new(None, None);
        for number in 4..20 {
            desk.stage.faults.inject(number, Fault::status(500));
        }
        assert!(!written(&desk.stage.check_two_way().await).ok);
    });
}

#[test]
fn a_change_that_the_vendor_ignores_or_alters_is_called_that() {
    run(async {
        for (treatment, outcome, held) in [
            (Treatment::Ignore, WriteOutcome::Ignored, None),
            (Treatment::Shift, WriteOutcome::Altered, Some("2027-05-30")),
        ] {
            let desk = Desk::new(None, None);
            desk.change(|account| account.treat_dates(treatment));
            let report = desk.write_warranty().await.unwrap();
            assert_eq!(report.outcome, outcome);
            assert!(report.detail.unwrap().contains("2027-05-31 was sent"));
            let held = AssetDates::new(None, held.map(day));
            assert_eq!((desk.held(), desk.date_writes()), (held, 1));
        }
    });
}

#[test]
fn a_property_that_the_assets_type_does_not_have_is_told_as_ignored() {
    run(async {
        let desk = Desk::with_properties(json!({ "a": 1 }));
        desk.change(|account| account.misbehaviour().keeps_defined_properties_only = true);
        let report = desk.write_warranty().await.unwrap();
        assert_eq!(report.outcome, WriteOutcome::Ignored);
        assert_eq!(Value::Object(desk.properties()), json!({ "a": 1 }));
    });
}

#[test]
fn a_change_that_was_made_is_not_made_again_whatever_became_of_the_answer() {
    run(async {
        for fault in [
            Fault::Spoil(500),
            Fault::Spoil(504),
            Fault::LoseAnswer,
            Fault::Truncate(20),
            Fault::Truncate(0),
        ] {
            let desk = Desk::new(None, None);
            desk.stage.faults.inject(2, fault.clone());
            let report = desk.write_warranty().await.unwrap();
            assert_eq!(report.outcome, WriteOutcome::Written, "{fault:?}");
            assert_eq!(desk.date_writes(), 1, "{fault:?}");
        }
    });
}

#[test]
fn a_change_that_was_not_made_is_sent_again() {
    run(async {
        for fault in [Fault::status(500), Fault::web_page(), Fault::status(504)] {
            let desk = Desk::new(None, None);
            desk.stage.faults.inject(2, fault.clone());
            let report = desk.write_warranty().await.unwrap();
            assert_eq!(report.outcome, WriteOutcome::Written, "{fault:?}");
            assert_eq!((desk.date_writes(), desk.stage.faults.sent()), (1, 5));
        }
    });
}

#[test]
fn a_change_whose_fate_cannot_be_read_is_unknown_and_not_repeated() {
    run(async {
        let desk = Desk::new(None, None);
        desk.stage.faults.inject(2, Fault::LoseAnswer);
        for number in 3..20 {
            desk.stage.faults.inject(number, Fault::status(500));
        }
        let report = desk.write_warranty().await.unwrap();
        assert_eq!(report.outcome, WriteOutcome::Unknown);
        assert_eq!(desk.date_writes(), 1);
    });
}

#[test]
fn too_many_requests_are_waited_out_and_the_change_is_made_once() {
    run(async {
        let desk = Desk::new(None, None);
        desk.stage.faults.inject(2, Fault::status(429));
        let report = desk.write_warranty().await.unwrap();
        assert_eq!(report.outcome, WriteOutcome::Written);
        assert_eq!(desk.date_writes(), 1);
        assert!(desk.stage.clock.elapsed() >= Duration::from_secs(60));
    });
}

#[test]
fn a_refusal_gives_the_vendors_reason() {
    run(async {
        let desk = Desk::sending(PropertiesSent::All, None, None);
        desk.change(|account| account.set_member(&desk.id, "name", json!(" ")));
        let before = desk.row();
        let error = desk.write_warranty().await.unwrap_err();
        assert_eq!(
            (error.kind(), error.status()),
            (ErrorKind::Vendor, Some(422))
        );
        assert_eq!(error.retry(), RetryClass::Never);
        assert!(error.message().contains("Name can't be blank"), "{error}");
        assert!(error.hint().is_some());
        assert_eq!((desk.puts().len(), desk.row()), (1, before));
    });
}

#[test]
fn an_asset_that_is_not_there_is_not_found() {
    run(async {
        let desk = Desk::new(None, None);
        for id in ["1", "", "../me", "7?x=1", "seven"] {
            let error = desk.stage.account.read_dates(&id.into()).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::NotFound, "{id}");
            let change =
                DateChange::new(id).set(WARRANTY, None, day("2027-01-01"), WriteSource::Manual);
            let error = desk.write(&change).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::NotFound, "{id}");
        }
        assert_eq!(desk.stage.vendor.requests(), 2);

        // It went between reading and writing.
        let (account, id) = (desk.stage.vendor.simulator().clone(), desk.id.clone());
        desk.stage.faults.before(4, move || {
            assert!(account.with(|account| account.remove_asset(&id)));
        });
        let error = desk.write_warranty().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
        assert_eq!(
            (error.operation(), desk.puts().len()),
            (Some("changing an asset"), 1)
        );
    });
}

#[test]
fn another_assets_properties_are_not_written() {
    run(async {
        let desk = Desk::new(None, None);
        let mut other = desk.row();
        other["id"] = json!(1);
        desk.change(|account| account.set_row(&desk.id, other));
        let error = desk.write_warranty().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
        assert!(error.hint().unwrap().contains("merged"));

        // Nor is anything where the properties are not known.
        for properties in [json!([]), json!("text")] {
            let desk = Desk::with_properties(properties);
            let error = desk.write_warranty().await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Decode);
            assert_eq!(desk.puts().len(), 0);
        }
        assert_eq!(desk.puts().len(), 0);
    });
}
