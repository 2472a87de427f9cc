//! What Halo's records become.

mod any_json;
mod fields;

use lmsync_core::tenant_fields::{TenantField, TenantFieldNames};
use serde_json::Value;

use super::*;
use crate::tenant_fields::SUPPORTED;

fn now() -> DateTime<Utc> {
    DateTime::parse_from_rfc3339("2026-03-31T12:00:00Z")
        .unwrap()
        .to_utc()
}

fn row<R: serde::de::DeserializeOwned>(json: &str) -> WireRow<R> {
    WireRow {
        record: Ok(serde_json::from_str(json).unwrap()),
        raw: None,
    }
}

fn origin() -> Origin {
    Origin::new("halo-psa", "acme", lmsync_core::model::Rules::default())
}

fn with_reading<T>(names: TenantFieldNames, look: impl FnOnce(Reading<'_>) -> T) -> T {
    look(Reading {
        origin: &origin(),
        fields: &TenantFields::new(names, SUPPORTED).unwrap(),
        accept_update: false,
    })
}

fn mapped(json: &str) -> Asset {
    with_reading(TenantFieldNames::new(), |reading| {
        asset(row(json), reading, now()).unwrap()
    })
}

fn json(record: &impl serde::Serialize) -> Value {
    serde_json::to_value(record).unwrap()
}

#[test]
fn a_laptop_with_the_usual_fields() {
    let asset = mapped(include_str!("../../../fixtures/asset.json"));
    insta::assert_json_snapshot!(json(&asset));
    insta::assert_debug_snapshot!("the_tenant_fields_that_answered", asset.tenant_fields);
}

#[test]
fn an_asset_where_nothing_is_as_it_should_be() {
    insta::assert_json_snapshot!(json(&mapped(include_str!(
        "../../../fixtures/asset_odd.json"
    ))));
}

#[test]
fn a_licence() {
    let licence = with_reading(TenantFieldNames::new(), |reading| {
        licence(
            row(include_str!("../../../fixtures/licence.json")),
            reading.origin,
            now(),
        )
        .unwrap()
    });
    insta::assert_json_snapshot!(json(&licence));
}

#[test]
fn own_places_come_in_their_order() {
    let own = TenantFieldNames::new()
        .with(
            TenantField::Serial,
            ["Missing", "key_field2", "Serial Number"],
        )
        .with(TenantField::LastUser, ["username"])
        .with(TenantField::PurchaseDate, ["Purchase Date"])
        .with(TenantField::AssetTag, ["CFLeased"]);
    let asset = with_reading(own, |reading| {
        asset(
            row(include_str!("../../../fixtures/asset.json")),
            reading,
            now(),
        )
        .unwrap()
    });
    assert_eq!(asset.serial.value.as_deref(), Some("7XKQ2T3"));
    assert_eq!(asset.tenant_fields[&TenantField::Serial], "key_field2");
    assert_eq!(asset.last_user.as_deref(), Some("Ines Ferreira"));
    assert_eq!(asset.asset_tag.as_deref(), Some("true"));
    assert_eq!(asset.purchase_date.unwrap().to_string(), "2023-11-28");
    assert!(
        asset
            .issues
            .iter()
            .all(|issue| issue.field != "purchase_date")
    );
}

#[test]
fn a_size_is_read_with_its_unit_or_that_of_its_name_and_else_noted() {
    let read = |name: &str, value: &str| {
        let field = format!(r#"{{"name":"{name}","value":"{value}"}}"#);
        let asset = mapped(&format!(r#"{{"id":1,"fields":[{field}]}}"#));
        let noted = asset
            .issues
            .iter()
            .any(|issue| issue.field == "memory_bytes");
        (asset.memory_bytes, noted)
    };
    assert_eq!(read("RAM", "16 GB"), (Some(16 << 30), false));
    assert_eq!(read("RAM (GB)", "16"), (Some(16 << 30), false));
    assert_eq!(read("RAM", "16"), (Some(16 << 30), true));
    assert_eq!(read("RAM", "8192"), (None, true));
    let own = mapped(r#"{"id":1,"physicalMemoryInBytes":17179869184}"#);
    assert_eq!(own.memory_bytes, Some(16 << 30));
}

#[test]
fn installed_software_is_listed_and_what_has_no_name_is_told() {
    let programs: Vec<LenientObject<wire::Program>> = serde_json::from_str(
        r#"[{"id":5,"name":"Editor","version":"2.1","install_date":"2025-06-01T09:00:00"},
            {"id":"6","licence_name":"Suite","install_date":"1900-01-01T00:00:00"},
            {"id":7}, null]"#,
    )
    .unwrap();
    let asset = mapped(r#"{"id":1}"#);
    let asset = with_software(asset, &programs, &origin());
    let software = asset.software.unwrap();
    assert_eq!(software.len(), 2);
    assert_eq!(software[0].installed_on.unwrap().to_string(), "2025-06-01");
    assert_eq!(
        (software[1].name.as_str(), software[1].installed_on),
        ("Suite", None)
    );
    assert!(asset.issues.iter().any(|issue| issue.field == "software"));
}

#[test]
fn records_without_an_id_are_rejected() {
    with_reading(TenantFieldNames::new(), |reading| {
        for json in [r#"{"id":0}"#, r#"{"id":-1}"#, "{}"] {
            assert!(asset(row(json), reading, now()).is_err());
            assert!(customer(row(json), reading.origin, now()).is_err());
            assert!(licence(row(json), reading.origin, now()).is_err());
            assert!(site(row(json)).is_err());
        }
    });
}

#[test]
fn a_customer_is_active_unless_halo_says_otherwise() {
    with_reading(TenantFieldNames::new(), |reading| {
        let active = |json: &str| customer(row(json), reading.origin, now()).unwrap().active;
        assert_eq!(
            active(r#"{"id":12.0,"name":"A","inactive":false}"#),
            Some(true)
        );
        assert_eq!(active(r#"{"id":"12","inactive":"true"}"#), Some(false));
        assert_eq!(active(r#"{"id":12,"inactive":null}"#), None);
    });
}

#[test]
fn a_site_names_its_customer_whatever_form_the_number_has() {
    with_reading(TenantFieldNames::new(), |_| {
        for (customer, expected) in [("12", Some("12")), ("12.0", Some("12")), ("-1", None)] {
            let json = format!(r#"{{"id":"7","name":"Leeds","client_id":{customer}}}"#);
            let site = site(row(&json)).unwrap();
            assert_eq!(site.customer.as_deref(), expected);
            assert_eq!(site.site, Ref::new("7", Some("Leeds".to_owned())));
        }
    });
}

#[test]
fn a_parent_is_the_host_of_a_guest_and_nothing_else() {
    for (model, parent) in [
        ("VMware Virtual Platform", Some("900")),
        ("Latitude 5440", None),
    ] {
        let asset = mapped(&format!(
            r#"{{"id":1,"parent_id":900,"fields":[{{"id":51,"name":"Model","value":"{model}"}}]}}"#
        ));
        let found = asset.parent.map(|parent| parent.id);
        assert_eq!(found.as_deref(), parent, "{model}");
    }
}
