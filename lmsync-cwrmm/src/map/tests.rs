mod fields;

use serde_json::{Value, json};

use lmsync_core::tenant_fields::{TenantField, TenantFieldNames};

use super::*;
use crate::tenant_fields::SUPPORTED;

fn now() -> DateTime<Utc> {
    DateTime::parse_from_rfc3339("2026-03-31T12:00:00Z")
        .unwrap()
        .to_utc()
}

fn origin() -> Origin {
    Origin::new("cwrmm", "acme", lmsync_core::model::Rules::default())
}

fn device(json: &str) -> DeviceRow {
    DeviceRow {
        company: Some("c1".to_owned()),
        site: Some("s1".to_owned()),
        row: WireRow::of(serde_json::from_str(json).unwrap()),
    }
}

fn read(device: DeviceRow, check_in: CheckIn<'_>) -> Result<Asset, Rejection> {
    let mut names = Names::default();
    let company = r#"{"id":"c1","name":"harbor","friendlyName":"Harbor Dental"}"#;
    let company = WireRow::of(serde_json::from_str(company).unwrap());
    names.add_company(&customer(company, &origin(), now()).unwrap());
    let main = r#"{"id":"s1","name":"Main","primaryAddress":{"addressLine1":"1 Quay","locality":"Geelong",
        "country":"","countryCode":"AU"}}"#;
    let main = WireRow::of(serde_json::from_str(main).unwrap());
    names.add_site(site(main).unwrap());
    asset(device, check_in, &names, &origin(), now())
}

fn mapped_with(json: &str, check_in: CheckIn<'_>) -> Asset {
    read(device(json), check_in).unwrap()
}

fn mapped(json: &str) -> Asset {
    mapped_with(json, CheckIn::Never)
}

fn json(asset: &Asset) -> Value {
    serde_json::to_value(asset).unwrap()
}

fn changed(before: &Asset, after: &Asset) -> serde_json::Map<String, Value> {
    let (before, after) = (json(before), json(after));
    let members = after.as_object().unwrap().iter();
    members
        .filter(|(key, value)| before.get(key) != Some(value))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}

const DESKTOP: &str = include_str!("../../fixtures/desktop.json");

fn detail() -> wire::Endpoint {
    let detail: wire::DeviceDetail =
        serde_json::from_str(include_str!("../../fixtures/detail.json")).unwrap();
    detail.platform.value().unwrap().clone()
}

#[test]
fn a_laptop_of_the_family_desktop() {
    let check_in = CheckIn::At(Some("2026-03-30T05:16:43.565Z"), Some(true));
    insta::assert_json_snapshot!(json(&mapped_with(DESKTOP, check_in)));
}

#[test]
fn a_virtual_server_with_addresses_as_text() {
    let guest = include_str!("../../fixtures/guest.json");
    let check_in = CheckIn::At(Some("2026-03-30T05:16:43Z"), Some(false));
    insta::assert_json_snapshot!(json(&mapped_with(guest, check_in)));
}

#[test]
fn a_device_where_nothing_is_as_it_should_be() {
    let odd = include_str!("../../fixtures/odd.json");
    let check_in = CheckIn::Unknown("Forbidden");
    insta::assert_json_snapshot!(json(&mapped_with(odd, check_in)));
}

#[test]
fn the_detail_adds_hardware_and_changes_nothing_else() {
    let plain = mapped(DESKTOP);
    let full = with_detail(plain.clone(), &detail(), &origin());
    assert_eq!(full.memory_bytes, plain.memory_bytes);
    assert_eq!(full.cpu, plain.cpu);
    insta::assert_json_snapshot!(changed(&plain, &full));
}

#[test]
fn software_is_listed_and_what_has_no_name_is_told() {
    let asset = with_software(mapped(DESKTOP), &detail().installed_softwares.0, &origin());
    insta::assert_json_snapshot!(asset.software);
    assert!(asset.issues.iter().any(|issue| issue.field == "software"));
    let none = with_software(asset, &[], &origin());
    assert_eq!(none.software, Some(Vec::new()));
}

#[test]
fn the_last_user_is_the_one_who_logged_on() {
    let state = serde_json::from_str(
        r#"{"startupStatus":{"lastBootUpTimeUTC":"2026-03-28T06:00:00Z"},
            "lastLoggedOnUser":{"username":"HARBOR\\mlee","logonTime":"2026-03-30T05:00:00Z"},
            "loggedOnUsers":[]}"#,
    )
    .unwrap();
    let asset = with_state(mapped(DESKTOP), &state, &origin());
    assert_eq!(asset.last_user.as_deref(), Some("HARBOR\\mlee"));
    assert!(asset.last_boot_at.is_some());
    let bare = mapped(r#"{"endpointID":"1"}"#);
    assert_eq!(bare.last_user, None);
    let asset = with_detail(bare, &detail(), &origin());
    assert_eq!(asset.last_user.as_deref(), Some("new"));
}

#[test]
fn dates_come_from_the_named_custom_fields() {
    let fields: Vec<wire::AttributeValue> = serde_json::from_str(
        r#"[{"attributeId":"a1","name":"Purchase date","value":"2024-05-27"},
            {"attributeID":"a2","name":"Warranty end","value":"2027-05-31T00:00:00Z"},
            {"attributeId":"a3","name":"Warranty end","value":"2028-01-01"},
            {"attributeId":"a4","name":"Tag","value":null},
            {"attributeId":"a5","name":"","value":"7"}]"#,
    )
    .unwrap();
    let own = TenantFieldNames::new()
        .with(TenantField::PurchaseDate, ["Bought", "Purchase Date"])
        .with(TenantField::WarrantyExpiry, ["a2"])
        .with(TenantField::AssetTag, ["Tag", "a5"]);
    let names = TenantFields::new(own, SUPPORTED).unwrap();
    let asset = with_custom_fields(mapped(DESKTOP), &fields, &names, &origin());
    assert_eq!(asset.purchase_date.unwrap().to_string(), "2024-05-27");
    assert_eq!(asset.warranty_expiry.unwrap().to_string(), "2027-05-31");
    assert_eq!(asset.asset_tag.as_deref(), Some("7"));
    assert_eq!(
        asset.tenant_fields[&TenantField::PurchaseDate],
        "Purchase date"
    );
    assert_eq!(asset.custom_fields["Purchase date"].get(), "\"2024-05-27\"");
    assert_eq!(asset.custom_fields["a5"].get(), "\"7\"");
}

#[test]
fn the_chassis_tells_a_laptop_from_a_desktop_and_never_makes_one_of_a_server() {
    let kind = |json: &str| mapped(json).kind;
    let system = |family: &str, system: &str| {
        kind(&format!(
            r#"{{"endpointID":"1","endpointType":"{family}","system":{system}}}"#
        ))
    };
    assert_eq!(system("Desktop", "{}"), AssetKind::Desktop);
    assert_eq!(
        system("Desktop", r#"{"chassis":"Laptop"}"#),
        AssetKind::Laptop
    );
    assert_eq!(
        system("Desktop", r#"{"chassisTypes":[9]}"#),
        AssetKind::Laptop
    );
    assert_eq!(
        system("Desktop", r#"{"chassisTypes":"30"}"#),
        AssetKind::Tablet
    );
    assert_eq!(
        system("Server", r#"{"chassisTypes":[9]}"#),
        AssetKind::Server
    );
    assert_eq!(system("", r#"{"chassisTypes":[3]}"#), AssetKind::Desktop);
    assert_eq!(system("NetworkDevice", "{}"), AssetKind::Network);
    assert_eq!(system("Toaster", "{}"), AssetKind::Unknown);
    assert_eq!(
        kind(r#"{"endpointID":"1","type":"Windows","subResourceType":"workstation"}"#),
        AssetKind::Workstation
    );
}

#[test]
fn the_makers_of_firmware_are_not_those_of_machines() {
    let maker = |bios: &str| {
        let json = format!(r#"{{"endpointID":"1","bios":{{"manufacturer":"{bios}"}}}}"#);
        mapped(&json).manufacturer
    };
    assert_eq!(maker("Dell Inc.").as_deref(), Some("Dell"));
    for firmware in [
        "American Megatrends Inc.",
        "AMI",
        "Phoenix Technologies LTD",
        "INSYDE Corp.",
    ] {
        assert_eq!(maker(firmware), None, "{firmware}");
    }
}

#[test]
fn a_device_without_an_id_is_rejected() {
    let rejection = read(device(r#"{"deviceName":"x"}"#), CheckIn::Never).unwrap_err();
    assert_eq!(rejection.reason, "the asset has no id");
    let mut broken = device("{}");
    broken.row.record = Err(Rejection::new(Some("7".to_owned()), "odd"));
    assert!(read(broken, CheckIn::Never).is_err());
}

#[test]
fn a_company_is_a_customer_until_it_ends() {
    let read = |json: &str| {
        let row = WireRow::of(serde_json::from_str(json).unwrap());
        customer(row, &origin(), now()).unwrap()
    };
    let plain = read(r#"{"id":"436f6d70-616e","name":"a","friendlyName":"Acme"}"#);
    assert_eq!((plain.name.as_str(), plain.active), ("Acme", Some(true)));
    let active = |rest: &str| read(&format!(r#"{{"id":5,"name":"a",{rest}}}"#)).active;
    assert_eq!(
        active(r#""inactiveDate":"2025-01-01T00:00:00Z""#),
        Some(false)
    );
    assert_eq!(
        active(r#""inactiveDate":"2030-01-01T00:00:00Z""#),
        Some(true)
    );
    assert_eq!(
        active(r#""inactiveDate":"0001-01-01T00:00:00Z""#),
        Some(true)
    );
    assert_eq!(active(r#""inactiveDate":null"#), Some(true));
    let status = r#""activityStatus":{"name":"Former","activeFlag":false}"#;
    assert_eq!(active(status), Some(false));
}
