use chrono::{DateTime, NaiveDate};
use lmsync_core::json::WireRow;
use lmsync_core::model::{Asset, Origin, Rules};
use lmsync_core::tenant_fields::{TenantField, TenantFieldNames};
use lmsync_core::two_way::{DateFields, HeldDate, WriteSource};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::map::{self, Basis};
use crate::tenant_fields::SUPPORTED;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn record(properties: &str) -> Record {
    let asset = format!(r#"{{"id":7,"name":" PC-7 ","properties":{properties}}}"#);
    Record::of(
        serde_json::from_str(&asset).unwrap(),
        "7",
        DateReader::new(DateTime::UNIX_EPOCH),
    )
    .unwrap()
}

fn of(properties: &Value) -> Record {
    record(&properties.to_string())
}

fn by_default() -> TenantFields {
    named(TenantFieldNames::new())
}

fn named(own: TenantFieldNames) -> TenantFields {
    TenantFields::new(own, SUPPORTED).unwrap()
}

fn to(field: DateField, new: &str) -> DateChange {
    DateChange::new("7").set(field, None, day(new), WriteSource::Manual)
}

fn warranty(new: &str) -> DateChange {
    to(DateField::WarrantyExpiry, new)
}

fn no_warranty() -> DateChange {
    DateChange::new("7").clear(
        DateField::WarrantyExpiry,
        day("2020-01-01"),
        WriteSource::Undo,
    )
}

fn sent(record: &Record, change: &DateChange) -> Value {
    let fields = by_default();
    let update = record.update(change, &fields, PropertiesSent::All);
    serde_json::to_value(update.unwrap()).unwrap()
}

fn refusal(record: &Record, change: &DateChange, fields: &TenantFields) -> Error {
    let error = record.update(change, fields, PropertiesSent::All);
    let error = error.err().unwrap();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(error.hint().unwrap().contains("`fields`"), "{error}");
    error
}

#[test]
fn everything_but_the_date_is_sent_back_to_the_letter() {
    let record = record(
        r#"{ "Notes": "a\u00e9\/b", "notes" : "b", "OS":4, "Size": 1.50, "big":12345678901234567890123,
            "e": 1E5, "gone": null, "list": [ 1, "x" ], "Purchase Date": "2020-01-01T00:00:00Z",
            "kabuto_information": { "ram_gb": 15.90, "general": {"model":"a"} } }"#,
    );
    let change = to(DateField::PurchaseDate, "2024-02-03").set(
        DateField::WarrantyExpiry,
        None,
        day("2027-02-03"),
        WriteSource::Lookup,
    );
    let fields = by_default();
    let body = record
        .update(&change, &fields, PropertiesSent::All)
        .unwrap();
    let body = serde_json::to_string(&body).unwrap();
    let expected = concat!(
        r#"{"name":" PC-7 ","properties":{"#,
        r#""Notes":"a\u00e9\/b","#,
        r#""OS":4,"Purchase Date":"2024-02-03","Size":1.50,"big":12345678901234567890123,"#,
        r#""e":1E5,"gone":null,"#,
        r#""kabuto_information":{ "ram_gb": 15.90, "general": {"model":"a"} },"#,
        r#""list":[ 1, "x" ],"notes":"b","warranty_end_date":"2027-02-03"}}"#,
    );
    assert_eq!(body, expected);
}

#[test]
fn the_smallest_body_has_the_dates_alone() {
    let record = of(&json!({ "Warranty End": "2024-01-01", "a": 1, "kabuto_information": {} }));
    let change = warranty("2027-01-01").set(
        DateField::PurchaseDate,
        None,
        day("2024-02-03"),
        WriteSource::Lookup,
    );
    let fields = by_default();
    let update = record.update(&change, &fields, PropertiesSent::Dates);
    let body = serde_json::to_value(update.unwrap()).unwrap();
    let dates = json!({ "Purchase Date": "2024-02-03", "Warranty End": "2027-01-01" });
    assert_eq!(body, json!({ "properties": dates }));
}

#[test]
fn lost_is_what_held_something_and_was_not_sent() {
    let before = json!({
        "a": 1, "b": "", "c": null, "d": "x", "date": "2024-01-01", "kabuto_information": { "a": 1 },
    });
    let before = of(&before);
    let dates = ["date".to_owned()];
    let lost = |now: Value| before.lost_in(&of(&now), &dates).join(" ");
    let date = "2027-01-01";
    let block = json!({ "a": 2 });
    let whole = json!({ "a": 1, "d": "x", "date": date, "kabuto_information": block });
    assert_eq!(lost(whole), "");
    assert_eq!(lost(json!({ "date": date })), "a d kabuto_information");
    // The agent may have reported meanwhile, and a person may have taken something away.
    assert_eq!(
        lost(json!({ "date": date, "kabuto_information": block })),
        "a d"
    );
    assert_eq!(
        lost(json!({ "date": date, "kabuto_information": block, "d": "y" })),
        ""
    );
    // What is there by now stays as it is.
    let now = of(&json!({ "date": "2027-01-01", "a": 2 }));
    let whole = serde_json::to_value(now.with_those_of(&before)).unwrap();
    let expected = json!({
        "a": 2, "b": "", "c": null, "d": "x", "date": date, "kabuto_information": { "a": 1 },
    });
    assert_eq!(whole, json!({ "name": " PC-7 ", "properties": expected }));
}

#[test]
fn an_asset_without_a_name_is_sent_without_one() {
    let asset = serde_json::from_str(r#"{"id":7,"properties":null}"#).unwrap();
    let record = Record::of(asset, "7", DateReader::new(DateTime::UNIX_EPOCH)).unwrap();
    let body = sent(&record, &warranty("2027-01-01"));
    assert_eq!(
        body,
        json!({ "properties": { "warranty_end_date": "2027-01-01" } })
    );
}

#[test]
fn a_date_goes_where_a_sync_reads_it_from() {
    for (properties, key) in [
        (json!({}), "warranty_end_date"),
        (json!({ "other": "2024-01-01" }), "warranty_end_date"),
        (
            json!({ "warranty_end_date": "2024-01-01" }),
            "warranty_end_date",
        ),
        (json!({ "Warranty End": "2024-01-01\r\n" }), "Warranty End"),
        (json!({ "WARRANTY-END:": "1900-01-01" }), "WARRANTY-END:"),
        (json!({ "Warranty End": "", "other": "" }), "Warranty End"),
        (
            json!({ "Warranty End": null, "warranty_end_date": "" }),
            "warranty_end_date",
        ),
        // An empty place, or one with sales text, is not what a sync reads.
        (
            json!({ "warranty_end_date": "", "Warranty End": "2024-01-01" }),
            "Warranty End",
        ),
        (
            json!({ "warranty_end_date": "Team plan", "Warranty End": "2024-01-01" }),
            "Warranty End",
        ),
        (
            json!({ "Warranty End": "2024-01-01", "warranty end": "2024-01-01" }),
            "Warranty End",
        ),
    ] {
        let record = of(&properties);
        let body = sent(&record, &warranty("2027-01-01"));
        let mut expected = properties.clone();
        expected[key] = json!("2027-01-01");
        assert_eq!(body["properties"], expected, "{properties}");
    }
}

#[test]
fn what_is_no_date_is_told_as_what_it_is() {
    for (properties, held) in [
        (json!({}), HeldDate::Empty),
        (json!({ "warranty_end_date": " " }), HeldDate::Empty),
        (
            json!({ "warranty_end_date": "1970-01-01" }),
            HeldDate::Empty,
        ),
        (
            json!({ "warranty_end_date": "2024-05-31T00:00:00Z" }),
            HeldDate::Day(day("2024-05-31")),
        ),
        (
            json!({ "warranty_end_date": "Team plan" }),
            HeldDate::Unreadable("Team plan".to_owned()),
        ),
        (
            json!({ "warranty_end_date": "", "Warranty End": "2/1/2024" }),
            HeldDate::Unreadable("2/1/2024".to_owned()),
        ),
        (
            json!({ "warranty_end_date": ["2024-05-31", "x"], "Warranty End": "2024-01-01" }),
            HeldDate::Day(day("2024-01-01")),
        ),
        (
            json!({ "warranty_end_date": ["2024-05-31", "x"] }),
            HeldDate::Unreadable("a value of type array".to_owned()),
        ),
        (
            json!({ "warranty_end_date": {} }),
            HeldDate::Unreadable("a value of type object".to_owned()),
        ),
        (
            json!({ "warranty_end_date": 20240531 }),
            HeldDate::Unreadable("20240531".to_owned()),
        ),
    ] {
        let dates = of(&properties).held(&by_default());
        assert_eq!(dates.warranty_expiry, held, "{properties}");
        assert_eq!(dates.purchase_date, HeldDate::Empty);
    }
}

#[test]
fn a_date_is_cleared_with_an_empty_text() {
    let record = of(&json!({ "Warranty End": "2024-01-01", "warranty_end_date": "", "a": 1 }));
    let expected = json!({ "Warranty End": "", "warranty_end_date": "", "a": 1 });
    assert_eq!(sent(&record, &no_warranty())["properties"], expected);
}

#[test]
fn a_date_in_two_properties_is_not_cleared() {
    for other in ["2023-01-01", "Team plan"] {
        let record = of(&json!({ "Warranty End": "2024-01-01", "warranty_end": other }));
        let error = refusal(&record, &no_warranty(), &by_default());
        assert!(error.message().contains("\"warranty_end\""), "{error}");
        assert!(
            record
                .update(&warranty("2027-01-01"), &by_default(), PropertiesSent::All)
                .is_ok()
        );
    }
}

#[test]
fn a_date_without_a_place_of_its_own_is_not_written() {
    let record = of(&json!({ "Date": "2024-01-01", "Purchase Date": "2023-01-01" }));
    let shared = named(
        TenantFieldNames::new()
            .with(TenantField::PurchaseDate, ["date"])
            .with(TenantField::WarrantyExpiry, ["Date"]),
    );
    let error = refusal(&record, &warranty("2027-01-01"), &shared);
    assert!(error.message().contains("purchase_date"), "{error}");

    let nameless = named(TenantFieldNames::new().with(TenantField::WarrantyExpiry, []));
    refusal(&record, &warranty("2027-01-01"), &nameless);
    assert!(!nameless.dates().contains(DateField::WarrantyExpiry));
    assert!(nameless.dates().contains(DateField::PurchaseDate));
    assert_eq!(by_default().dates(), DateFields::ALL);
}

#[test]
fn only_configured_names_count() {
    let fields =
        named(TenantFieldNames::new().with(TenantField::WarrantyExpiry, ["Ends", "Until"]));
    let properties = json!({ "warranty_end_date": "2024-01-01" });
    let record = of(&properties);
    assert_eq!(record.held(&fields).warranty_expiry, HeldDate::Empty);
    let change = warranty("2027-01-01");
    let update = record.update(&change, &fields, PropertiesSent::All);
    let body = serde_json::to_value(update.unwrap());
    let expected = json!({ "warranty_end_date": "2024-01-01", "Ends": "2027-01-01" });
    assert_eq!(body.unwrap()["properties"], expected);
}

#[test]
fn an_asset_that_cannot_be_sent_back_is_an_error() {
    let read = |json: &str| {
        let asset = serde_json::from_str(json).unwrap();
        let record = Record::of(asset, "7", DateReader::new(DateTime::UNIX_EPOCH));
        record.err().map(|error| error.kind())
    };
    assert_eq!(read(r#"{"id":7,"properties":{}}"#), None);
    for properties in [
        "",
        r#","properties":[]"#,
        r#","properties":"text""#,
        r#","properties":7"#,
    ] {
        let json = format!(r#"{{"id":7{properties}}}"#);
        assert_eq!(read(&json), Some(ErrorKind::Decode), "{json}");
    }
    for id in ["8", "null", "\"77\""] {
        let json = format!(r#"{{"id":{id},"properties":{{}}}}"#);
        assert_eq!(read(&json), Some(ErrorKind::NotFound), "{json}");
    }
}

/// The asset as a sync reads it.
fn synced(properties: &Value) -> Asset {
    let asset = json!({ "id": 7, "name": "x", "properties": properties }).to_string();
    let row = WireRow::of(serde_json::from_str(&asset).unwrap());
    let origin = Origin::new("syncro", "acme", Rules::default());
    map::asset(
        row,
        &origin,
        &by_default(),
        Basis::AgentOnly,
        DateTime::UNIX_EPOCH,
    )
    .unwrap()
}

fn any_value() -> impl Strategy<Value = Option<Value>> {
    proptest::sample::select(vec![
        None,
        Some(Value::Null),
        Some(json!("")),
        Some(json!("1900-01-01")),
        Some(json!("2020-01-01\r\n")),
        Some(json!("2021-02-03T00:00:00Z")),
        Some(json!("2/1/2024")),
        Some(json!("Team plan")),
        Some(json!(5)),
        Some(json!(["2020-01-01"])),
        Some(json!([])),
    ])
}

proptest! {
    #[test]
    fn what_is_written_is_what_a_sync_reads(values in proptest::array::uniform4(any_value())) {
        let keys = ["warranty_end_date", "Warranty End", "warranty end", "WARRANTY_END_DATE"];
        let mut properties = json!({ "kept": 1 });
        for (key, value) in keys.iter().zip(values) {
            if let Some(value) = value {
                properties[*key] = value;
            }
        }
        let record = of(&properties);
        let held = record.held(&by_default()).warranty_expiry;
        if !matches!(held, HeldDate::Unreadable(_)) {
            prop_assert_eq!(synced(&properties).warranty_expiry, held.day());
            let written = sent(&record, &warranty("2027-01-01"));
            let read = synced(&written["properties"]).warranty_expiry;
            prop_assert_eq!(read, Some(day("2027-01-01")));
        }
        if held.day().is_some() && let Ok(cleared) = record.update(&no_warranty(), &by_default(), PropertiesSent::All) {
            let cleared = serde_json::to_value(cleared).unwrap()["properties"].take();
            prop_assert_eq!(synced(&cleared).warranty_expiry, None);
            prop_assert_eq!(of(&cleared).held(&by_default()).warranty_expiry, HeldDate::Empty);
        }
    }
}
