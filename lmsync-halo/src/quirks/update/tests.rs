//! What a change sends, and what it never does.

use chrono::DateTime;
use lmsync_core::tenant_fields::{TenantField, TenantFieldNames};
use lmsync_core::two_way::{HeldDate, WriteSource};
use serde_json::{Value, json};

use lmsync_core::model::Origin;

use super::*;
use crate::map;
use crate::tenant_fields::SUPPORTED;

const PURCHASE: DateField = DateField::PurchaseDate;
const EXPIRY: DateField = DateField::WarrantyExpiry;
const ASSET: &str = include_str!("../../../fixtures/asset.json");

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn set(change: DateChange, field: DateField, new: &str) -> DateChange {
    change.set(field, None, day(new), WriteSource::Lookup)
}

fn expiry() -> DateChange {
    set(DateChange::new("32"), EXPIRY, "2027-06-04")
}

fn purchase() -> DateChange {
    set(DateChange::new("32"), PURCHASE, "2024-02-29")
}

fn own(field: TenantField, names: &[&str]) -> TenantFieldNames {
    TenantFieldNames::new().with(field, names.iter().copied())
}

fn bought_in(names: &[&str]) -> TenantFieldNames {
    own(TenantField::PurchaseDate, names)
}

fn fields(names: TenantFieldNames) -> TenantFields {
    TenantFields::new(names, SUPPORTED).unwrap()
}

fn holding<T>(json: &str, names: TenantFieldNames, look: impl FnOnce(Holder<'_>) -> T) -> T {
    look(Holder {
        asset: &serde_json::from_str(json).unwrap(),
        fields: &fields(names),
        dates: &DateReader::new(DateTime::UNIX_EPOCH),
    })
}

fn held(json: &str, names: TenantFieldNames) -> AssetDates {
    holding(json, names, |holder| holder.held())
}

fn text(json: &str, names: TenantFieldNames, change: &DateChange) -> Result<String> {
    let body = holding(json, names, |holder| holder.change(change))?;
    Ok(serde_json::to_string(&body).unwrap())
}

fn body(json: &str, names: TenantFieldNames, change: &DateChange) -> Value {
    serde_json::from_str(&text(json, names, change).unwrap()).unwrap()
}

fn refused(json: &str, names: TenantFieldNames, change: &DateChange) -> Error {
    text(json, names, change).expect_err("a refusal")
}

#[test]
fn a_body_holds_the_id_and_the_changed_properties_only() {
    for id in ["32", "\"32\"", "32.0"] {
        let asset = format!(r#"{{"id":{id},"warranty_end":"2026-06-04T12:00:00","fields":[]}}"#);
        assert_eq!(
            text(&asset, TenantFieldNames::new(), &expiry()).unwrap(),
            r#"{"id":32,"warranty_end":"2027-06-04T12:00:00"}"#
        );
    }
    let both = set(purchase(), EXPIRY, "2027-06-04");
    assert_eq!(
        body(r#"{"id":32}"#, TenantFieldNames::new(), &both),
        json!({
            "id": 32,
            "supplier_purchasedate": "2024-02-29T12:00:00",
            "warranty_end": "2027-06-04T12:00:00",
        })
    );
}

#[test]
fn a_date_is_written_where_it_is_held() {
    let asset = r#"{"id":32,"fields":[{"id":24,"name":"Purchase Date","value":"2023-11-28"}]}"#;
    let purchased = held(asset, TenantFieldNames::new()).purchase_date;
    assert_eq!(purchased.day(), Some(day("2023-11-28")));
    assert_eq!(
        body(asset, TenantFieldNames::new(), &purchase()),
        json!({ "id": 32, "fields": [{ "id": 24, "value": "2024-02-29T12:00:00" }] })
    );
    // A custom field cannot be written: what is tried before it takes the date.
    let custom = r#"{"id":32,"customfields":[{"name":"Purchase Date","value":"2023-11-28"}]}"#;
    assert_eq!(
        body(custom, TenantFieldNames::new(), &purchase()),
        json!({ "id": 32, "supplier_purchasedate": "2024-02-29T12:00:00" })
    );
}

#[test]
fn a_named_field_is_written_with_all_others_as_they_came() {
    let asset = r#"{"id":32,"fields":[
        {"id":51,"name":"Model","value":"12","display":"Latitude"},
        {"id":"44","name":"RAM","value":16.50},
        {"id":46.0,"name":"Note","value":"caf\u00e9 \"a\"\n"},
        {"id":47,"name":"Owners","value":[ 1,  {"b":null} ]},
        {"id":31,"name":"Bought  on","value":"2023-11-28T00:00:00.000Z","display":"28/11/2023"},
        {"id":48,"name":"Never set"},
        {"id":49,"name":"Null","value":null},
        {"id":50,"name":"Blank","value":""}]}"#;
    assert_eq!(
        text(asset, bought_in(&["bought_on"]), &purchase()).unwrap(),
        concat!(
            r#"{"id":32,"fields":[{"id":51,"value":"12"},{"id":44,"value":16.50},"#,
            r#"{"id":46,"value":"caf\u00e9 \"a\"\n"},{"id":47,"value":[ 1,  {"b":null} ]},"#,
            r#"{"id":31,"value":"2024-02-29T12:00:00"},{"id":50,"value":""}]}"#
        )
    );
    // A change that needs no field sends none.
    assert_eq!(
        body(asset, bought_in(&["bought_on"]), &expiry()),
        json!({ "id": 32, "warranty_end": "2027-06-04T12:00:00" })
    );
}

#[test]
fn a_field_without_a_value_takes_one() {
    for value in [
        "",
        r#","value":null"#,
        r#","value":"""#,
        r#","value":"1900-01-01T00:00:00""#,
    ] {
        let asset = format!(r#"{{"id":32,"fields":[{{"id":31,"name":"Bought on"{value}}}]}}"#);
        let names = || bought_in(&["Bought on"]);
        assert_eq!(held(&asset, names()).purchase_date, HeldDate::Empty);
        assert_eq!(
            body(&asset, names(), &purchase())["fields"],
            json!([{ "id": 31, "value": "2024-02-29T12:00:00" }])
        );
    }
}

#[test]
fn what_is_written_is_what_is_read() {
    let asset = r#"{"id":32,"fields":[
        {"id":24,"name":"Purchase Date","value":"2020-01-01"},
        {"id":31,"name":"Bought on","value":""},
        {"id":32,"name":"Warranty_End","value":"2021-01-01"}]}"#;
    for own in [
        vec!["supplier_purchasedate"],
        vec!["SUPPLIER_PURCHASEDATE", "Purchase Date"],
        vec!["Purchase Date", "supplier_purchasedate"],
        vec!["Bought on", "Purchase Date"],
        vec!["Missing", "Bought on"],
        vec!["Purchase Date", "Bought on"],
        vec!["stock_date"],
    ] {
        let names = bought_in(&own);
        let both = set(purchase(), EXPIRY, "2027-06-04");
        let change = body(asset, names.clone(), &both);
        let mut after: Value = serde_json::from_str(asset).unwrap();
        for (name, value) in change.as_object().unwrap() {
            if name != "fields" {
                after[name] = value.clone();
            }
        }
        for new in change["fields"].as_array().into_iter().flatten() {
            for field in after["fields"].as_array_mut().unwrap() {
                if field["id"] == new["id"] {
                    field["value"] = new["value"].clone();
                }
            }
        }
        let dates = held(&after.to_string(), names.clone());
        let expected = AssetDates::new(Some(day("2024-02-29")), Some(day("2027-06-04")));
        assert_eq!(dates, expected, "{own:?}");
    }
}

#[test]
fn what_is_held_is_what_a_listing_reads() {
    let rules = lmsync_core::model::Rules::default();
    for (asset, names) in [
        (ASSET, TenantFieldNames::new()),
        (ASSET, bought_in(&["Purchase Date"])),
        (
            ASSET,
            own(TenantField::WarrantyExpiry, &["labour_warranty_end"]),
        ),
        (
            include_str!("../../../fixtures/asset_odd.json"),
            TenantFieldNames::new(),
        ),
    ] {
        let dates = held(asset, names.clone());
        let fields = fields(names);
        let row = lmsync_core::json::WireRow {
            record: Ok(serde_json::from_str(asset).unwrap()),
            raw: None,
        };
        let origin = Origin::new("halo-psa", "acme", rules.clone());
        let reading = map::Reading {
            origin: &origin,
            fields: &fields,
            accept_update: false,
        };
        let listed = map::asset(row, reading, DateTime::UNIX_EPOCH).unwrap();
        assert_eq!(dates.purchase_date.day(), listed.purchase_date);
        assert_eq!(dates.warranty_expiry.day(), listed.warranty_expiry);
    }
}

#[test]
fn what_is_no_date_is_told_and_never_overwritten() {
    let asset = |value: &str| {
        format!(
            r#"{{"id":32,"fields":[{{"id":31,"name":"Bought on","value":{value}}},
                {{"id":24,"name":"Purchase Date","value":""}}]}}"#
        )
    };
    for (value, shown) in [
        (r#""with the old lease""#, r#""with the old lease""#),
        (r#""2/1/2024""#, r#""2/1/2024""#),
        ("[1]", r#""a value of type array""#),
        (r#"{"day":1}"#, r#""a value of type object""#),
    ] {
        let dates = held(&asset(value), bought_in(&["Bought on"]));
        assert_eq!(dates.purchase_date.to_string(), shown);
        refused(&asset(value), bought_in(&["Bought on"]), &purchase());
        // Nor is a date written beside it.
        let both = bought_in(&["Bought on", "Purchase Date"]);
        let error = refused(&asset(value), both, &purchase());
        assert!(error.message().contains("stands in the field"), "{error}");
    }
    let odd = r#"{"id":32,"warranty_end":["soon"]}"#;
    let expires = held(odd, TenantFieldNames::new()).warranty_expiry;
    assert_eq!(
        expires,
        HeldDate::Unreadable("a value of type array".into())
    );
    // A text that is no date is worth more than what means "none".
    let lease = r#"{"id":32,"supplier_purchasedate":"1900-01-01T00:00:00",
        "fields":[{"id":24,"name":"Purchase Date","value":"with the lease"}]}"#;
    let purchased = held(lease, TenantFieldNames::new()).purchase_date;
    assert_eq!(purchased, HeldDate::Unreadable("with the lease".into()));
}

#[test]
fn a_place_that_the_asset_has_not_is_named_before_anything_is_sent() {
    let asset = r#"{"id":32,"fields":[{"id":24,"name":"Purchase Date","value":""}],
        "customfields":[{"id":7,"name":"CFBought","value":""}]}"#;
    // Missing, a custom field, a property that takes no date.
    for name in ["Bought on", "CFBought", "key_field3", "inventory_number"] {
        for asset in [asset, r#"{"id":32}"#, r#"{"id":32,"fields":null}"#] {
            let error = refused(asset, bought_in(&[name]), &purchase());
            assert_eq!(error.kind(), ErrorKind::Config);
            assert!(error.message().contains(&format!("\"{name}\"")), "{error}");
            let hint = error.hint().unwrap();
            for words in [
                "asset's type",
                "`fields.purchase_date`",
                "supplier_purchasedate",
            ] {
                assert!(hint.contains(words), "{hint}");
            }
        }
    }
    let warranty = own(TenantField::WarrantyExpiry, &["Cover until", "Guarantee"]);
    let error = refused(asset, warranty, &expiry());
    assert!(
        error.message().contains("\"Cover until\" or \"Guarantee\""),
        "{error}"
    );
    assert!(error.hint().unwrap().contains("warranty_end"), "{error}");
}

#[test]
fn fields_that_cannot_all_be_sent_back_are_not_sent() {
    let names = || bought_in(&["Bought on"]);
    for other in [
        "3",
        "null",
        r#""text""#,
        r#"{"name":"No id","value":"x"}"#,
        r#"{"id":-1}"#,
    ] {
        let asset = format!(r#"{{"id":32,"fields":[{{"id":31,"name":"Bought on"}},{other}]}}"#);
        let error = refused(&asset, names(), &purchase());
        assert_eq!(error.kind(), ErrorKind::Decode, "{other}");
        assert!(text(&asset, names(), &expiry()).is_ok(), "{other}");
    }
    let warned = r#"{"id":32,"_warning":"some fields were left out",
        "fields":[{"id":31,"name":"Bought on"}]}"#;
    let error = refused(warned, names(), &purchase());
    assert!(error.message().contains("with a warning"), "{error}");
    assert!(text(warned, names(), &expiry()).is_ok());
}

#[test]
fn two_dates_do_not_share_a_place() {
    let asset = r#"{"id":32,"fields":[{"id":31,"name":"Date","value":""}]}"#;
    let both = set(purchase(), EXPIRY, "2027-06-04");
    let one = bought_in(&["Date"]).with(TenantField::WarrantyExpiry, ["DATE"]);
    assert_eq!(refused(asset, one, &both).kind(), ErrorKind::Config);
    let shared = bought_in(&["warranty_end"]);
    assert_eq!(refused(asset, shared, &both).kind(), ErrorKind::Config);
}

#[test]
fn nothing_is_cleared() {
    let change = DateChange::new("32").clear(EXPIRY, day("2027-06-04"), WriteSource::Manual);
    let error = refused(r#"{"id":32}"#, TenantFieldNames::new(), &change);
    assert_eq!(error.kind(), ErrorKind::Unsupported);
}
