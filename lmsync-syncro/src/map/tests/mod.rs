//! The records of Syncro, mapped.

mod fields;

use lmsync_core::model::{AdapterClass, AssetState, IdentityKind, SerialStatus};
use lmsync_core::tenant_fields::{TenantField, TenantFieldNames};
use serde_json::{Value, json};

use lmsync_core::model::{IssueCode, Rules};

use super::*;
use crate::tenant_fields::SUPPORTED;

fn origin() -> Origin {
    Origin::new("syncro", "acme", Rules::default())
}

const AGENT: &str = include_str!("../../../fixtures/agent.json");
const MANUAL: &str = include_str!("../../../fixtures/manual.json");
const ODD: &str = include_str!("../../../fixtures/odd.json");

fn now() -> DateTime<Utc> {
    DateTime::parse_from_rfc3339("2026-03-31T12:00:00Z")
        .unwrap()
        .to_utc()
}

fn row<R>(record: R) -> WireRow<R> {
    WireRow::of(record)
}

fn by_default() -> TenantFields {
    TenantFields::new(TenantFieldNames::new(), SUPPORTED).unwrap()
}

fn mapped_with(json: &str, fields: &TenantFields, basis: Basis) -> Asset {
    let wire = serde_json::from_str(json).unwrap();
    asset(row(wire), &origin(), fields, basis, now()).unwrap()
}

fn mapped(json: &str) -> Asset {
    mapped_with(json, &by_default(), Basis::AgentOnly)
}

fn of_properties(properties: Value) -> Asset {
    mapped(&json!({ "id": 1, "name": "x", "properties": properties }).to_string())
}

fn codes(asset: &Asset, field: &str) -> Vec<IssueCode> {
    let about = asset.issues.iter().filter(|issue| issue.field == field);
    about.map(|issue| issue.code).collect()
}

#[test]
fn a_machine_with_an_agent() {
    insta::assert_json_snapshot!(serde_json::to_value(mapped(AGENT)).unwrap());
}

#[test]
fn an_asset_made_by_hand() {
    insta::assert_json_snapshot!(serde_json::to_value(mapped(MANUAL)).unwrap());
}

#[test]
fn an_asset_where_nothing_is_as_it_should_be() {
    insta::assert_json_snapshot!(serde_json::to_value(mapped(ODD)).unwrap());
}

#[test]
fn a_record_update_is_no_check_in_unless_asked_for_and_then_says_so() {
    let silent = mapped(MANUAL);
    assert_eq!(silent.last_check_in, None);
    assert_eq!(silent.check_in_basis, CheckInBasis::None);
    let changed = silent.source.vendor_updated_at;
    assert!(changed.is_some());

    let fields = by_default();
    let asked = mapped_with(MANUAL, &fields, Basis::AlsoRecordUpdate);
    assert_eq!(asked.last_check_in, changed);
    assert_eq!(asked.check_in_basis, CheckInBasis::RecordUpdate);

    let agent = mapped_with(AGENT, &fields, Basis::AlsoRecordUpdate);
    assert_eq!(agent.check_in_basis, CheckInBasis::AgentCheckIn);
    assert_eq!(agent.last_check_in, mapped(AGENT).last_check_in);
}

#[test]
fn properties_of_any_type_leave_the_asset_whole() {
    for (properties, is_odd) in [
        (json!({}), false),
        (json!(null), false),
        (json!([]), true),
        (json!(["a", 1]), true),
        (json!("text"), true),
        (json!(7), true),
    ] {
        let asset = of_properties(properties.clone());
        assert_eq!(asset.name, "x");
        assert!(asset.custom_fields.is_empty());
        let noted = codes(&asset, "properties") == [IssueCode::UnexpectedType];
        assert_eq!(noted, is_odd, "{properties}");
    }
}

#[test]
fn an_agent_block_that_is_no_block_is_noted_and_the_store_asked() {
    for (block, is_odd) in [
        (json!(null), false),
        (json!({}), false),
        (json!([]), true),
        (json!("Disabled"), true),
        (json!(true), true),
    ] {
        let asset = mapped(
            &json!({
                "id": 1,
                "properties": { "kabuto_information": block },
                "rmm_store": { "general": { "info": "{\"last_user\":\"jane\"}" } },
            })
            .to_string(),
        );
        assert_eq!(asset.last_user.as_deref(), Some("jane"), "{block}");
        assert_eq!(!codes(&asset, agent::BLOCK).is_empty(), is_odd, "{block}");
    }
    let nested = of_properties(
        json!({ "kabuto_information": { "general": [1], "os": 5, "last_user": "jo" } }),
    );
    assert_eq!(nested.last_user.as_deref(), Some("jo"));
    assert_eq!(
        codes(&nested, "kabuto_information.general"),
        [IssueCode::UnexpectedType]
    );
}

#[test]
fn the_block_may_be_json_inside_a_text() {
    let asset = of_properties(json!({ "kabuto_information": "{\"last_user\":\"jane\"}" }));
    assert_eq!(asset.last_user.as_deref(), Some("jane"));
    assert!(asset.custom_fields.is_empty());
}

#[test]
fn sales_text_is_no_date() {
    let asset = of_properties(json!({ "warranty_end_date": "Available on the Team plan" }));
    assert_eq!(asset.warranty_expiry, None);
    assert_eq!(
        codes(&asset, "warranty_expiry"),
        [IssueCode::ImplausibleDate]
    );
}

#[test]
fn a_property_of_exactly_the_name_comes_before_one_that_differs_in_case() {
    let asset = of_properties(json!({ "MODEL": "upper", "Model": "capital", "model": "exact" }));
    assert_eq!(asset.model.as_deref(), Some("exact"));
    assert_eq!(asset.custom_fields.len(), 3);
    let asset = of_properties(json!({ "MODEL": "", "Mo del": "alike" }));
    assert_eq!(asset.model.as_deref(), Some("alike"));
}

#[test]
fn tenants_name_their_own_places() {
    let own = TenantFieldNames::new()
        .with(TenantField::PurchaseDate, ["Bought", "Acquired On"])
        .with(TenantField::LastCheckIn, ["Seen"]);
    let fields = TenantFields::new(own, SUPPORTED).unwrap();
    let asset = mapped_with(
        r#"{"id":1,"name":"x","properties":{"acquired_on":"2024-02-03","Purchase Date":"2020-01-02",
            "Seen":"2026-03-30T10:00:00Z","Make":"Dell"}}"#,
        &fields,
        Basis::AgentOnly,
    );
    assert_eq!(asset.purchase_date.unwrap().to_string(), "2024-02-03");
    assert_eq!(
        asset.tenant_fields[&TenantField::PurchaseDate],
        "acquired_on",
        "the place that answered is told"
    );
    assert_eq!(asset.check_in_basis, CheckInBasis::AgentCheckIn);
    assert_eq!(asset.manufacturer.as_deref(), Some("Dell"));
}

#[test]
fn what_software_made_up_identifies_no_machine() {
    let asset = mapped(AGENT);
    let classes: Vec<_> = asset
        .network
        .adapters
        .iter()
        .map(|adapter| adapter.class)
        .collect();
    assert_eq!(
        classes,
        [
            AdapterClass::Vpn,
            AdapterClass::Virtual,
            AdapterClass::Physical
        ]
    );
    let macs: Vec<_> = asset
        .identity
        .iter()
        .filter(|key| key.kind == IdentityKind::Mac)
        .map(|key| key.value.as_str())
        .collect();
    assert_eq!(macs, ["f8:75:a4:19:c6:22"]);
    assert_eq!(asset.network.gateway.as_deref(), Some("192.168.7.1"));
    assert_eq!(asset.network.public_ip.as_deref(), Some("203.0.113.9"));
}

#[test]
fn sizes_without_a_unit_are_flagged_and_unclear_ones_left_out() {
    let memory = |ram: Value| {
        let asset =
            of_properties(json!({ "kabuto_information": { "ram_gb": ram, "last_user": "a" } }));
        (asset.memory_bytes, codes(&asset, "memory_bytes"))
    };
    let gib = 1_u64 << 30;
    // The name tells the unit, unless that makes no sense.
    assert_eq!(memory(json!(16)), (Some(16 * gib), vec![]));
    assert_eq!(memory(json!("16")), (Some(16 * gib), vec![]));
    assert_eq!(memory(json!("16 GB")), (Some(16 * gib), vec![]));
    assert_eq!(
        memory(json!(16_777_216)),
        (None, vec![IssueCode::UnexpectedType])
    );
    assert_eq!(
        memory(json!(17_179_869_184_u64)),
        (Some(16 * gib), vec![IssueCode::UnitAssumed])
    );
    assert_eq!(memory(json!("")), (None, vec![]));
}

#[test]
fn the_kind_is_never_a_guess() {
    let kind = |asset_type: &str, form: &str| {
        let asset = mapped(
            &json!({ "id": 1, "asset_type": asset_type, "properties": { "form_factor": form } })
                .to_string(),
        );
        (asset.kind, asset.kind_raw.unwrap_or_default())
    };
    assert_eq!(
        kind("Syncro Device", "Physical Laptop"),
        (AssetKind::Laptop, "Physical Laptop".to_owned())
    );
    assert_eq!(
        kind("Workstation", "Physical Desktop").0,
        AssetKind::Desktop
    );
    assert_eq!(kind("Server", "Physical Desktop").0, AssetKind::Server);
    assert_eq!(
        kind("Syncro Device", ""),
        (AssetKind::Unknown, "Syncro Device".to_owned())
    );
}

#[test]
fn what_is_listed_is_not_called_deleted_nor_in_use() {
    assert_eq!(mapped(AGENT).state, AssetState::Unknown);
    assert_eq!(mapped(ODD).serial.status, SerialStatus::Virtual);
}

#[test]
fn a_record_without_an_id_is_rejected() {
    let fields = by_default();
    let nameless = row(Box::new(wire::Asset::default()));
    let rejection = asset(nameless, &origin(), &fields, Basis::AgentOnly, now()).unwrap_err();
    assert_eq!(rejection.reason, "the asset has no id");
}

#[test]
fn a_customer_goes_by_its_business_or_its_own_name() {
    let read = |json: &str| {
        let wire = serde_json::from_str(json).unwrap();
        let customer = customer(row(wire), &origin(), now()).unwrap();
        (customer.name, customer.active)
    };
    assert_eq!(
        read(r#"{"id":1,"business_name":"Globex","fullname":"A B","disabled":"0"}"#),
        ("Globex".to_owned(), Some(true))
    );
    assert_eq!(
        read(r#"{"id":1,"business_name":"","fullname":"A B","disabled":"true"}"#),
        ("A B".to_owned(), Some(false))
    );
    assert_eq!(read(r#"{"id":1,"disabled":[]}"#), ("1".to_owned(), None));
}

/// The property of a choice holds the number of what was chosen.
#[test]
fn a_number_is_no_manufacturer() {
    for make in [json!(10_223), json!("10223"), json!(" 7 ")] {
        let asset = of_properties(json!({ "Make": make, "Model": "OptiPlex 7010" }));
        assert_eq!((asset.manufacturer, asset.manufacturer_raw), (None, None));
        assert_eq!(asset.custom_fields["Make"].get(), make.to_string());
        let noted = asset
            .issues
            .iter()
            .find(|issue| issue.field == "manufacturer");
        assert_eq!(noted.unwrap().code, IssueCode::UnexpectedType);
    }
    // A text under another name is better than a number under the first.
    let asset = of_properties(json!({ "manufacturer": 10_223, "Make": "3M" }));
    assert_eq!(asset.manufacturer_raw.as_deref(), Some("3M"));
    assert!(
        asset
            .issues
            .iter()
            .all(|issue| issue.field != "manufacturer")
    );
}
