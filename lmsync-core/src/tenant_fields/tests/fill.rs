use proptest::prelude::*;

use super::*;
use crate::model::{AssetKind, CheckInBasis, Disk, OsFamily, Size};
use crate::tenant_fields::rule::Rule;

const GIB: u64 = 1 << 30;

#[test]
fn every_field_is_filled_and_tells_which_name_answered() {
    let fields = [
        ("asset-tag", r#""A-17""#),
        ("cpu", r#""Core i7""#),
        ("DOMAIN", r#""acme.local""#),
        ("computer_name", r#""PC17""#),
        ("uuid", r#""4C4C4544-0037-5810-8051-B7C04F325433""#),
        ("form_factor", r#""Physical Laptop""#),
        ("last seen", r#""2026-03-30T10:00:00Z""#),
        ("last user", r#""ines""#),
        (
            "mac",
            r#"["f8:75:a4:19:c6:22", "f8:75:a4:19:c6:23; f8:75:a4:19:c6:24"]"#,
        ),
        ("make", r#""Hewlett-Packard""#),
        ("ram", r#""16 GB""#),
        ("model", r#""EliteBook 840""#),
        ("os", r#""Windows 11 Pro""#),
        ("os version", r#""10.0.22631""#),
        ("product number", r#""5Z6X9ES""#),
        ("bought", r#""2024-02-03""#),
        ("tag", r#""5CG1234567""#),
        ("hdd", r#""512 GB""#),
        ("warranty end", r#""2027-02-02""#),
        ("warranty start", r#""2024-02-03""#),
    ];
    let asset = filled(&fields);
    assert_eq!(asset.issues, []);
    assert_eq!(asset.asset_tag.as_deref(), Some("A-17"));
    assert_eq!(asset.cpu.name.as_deref(), Some("Core i7"));
    assert_eq!(asset.domain.as_deref(), Some("acme.local"));
    assert_eq!(asset.hostname.as_deref(), Some("PC17"));
    assert!(asset.hardware_uuid.is_some());
    assert_eq!(asset.kind, AssetKind::Laptop);
    assert_eq!(asset.check_in_basis, CheckInBasis::AgentCheckIn);
    assert_eq!(asset.last_user.as_deref(), Some("ines"));
    assert_eq!(asset.network.adapters.len(), 3);
    assert_eq!(asset.manufacturer.as_deref(), Some("HP"));
    assert_eq!(asset.memory_bytes, Some(16 * GIB));
    assert_eq!(asset.model.as_deref(), Some("EliteBook 840"));
    assert_eq!(asset.os.family, OsFamily::Windows);
    assert!(asset.os.version.is_some());
    assert_eq!(asset.product_number.as_deref(), Some("5Z6X9ES"));
    assert_eq!(asset.purchase_date, Some(day("2024-02-03")));
    assert_eq!(asset.serial.usable(), Some("5CG1234567"));
    assert_eq!(asset.storage_total_bytes, Some(512 * GIB));
    assert_eq!(asset.warranty_expiry, Some(day("2027-02-02")));
    assert_eq!(asset.warranty_start, Some(day("2024-02-03")));

    let answered: Vec<_> = asset.tenant_fields.keys().copied().collect();
    assert_eq!(answered, TenantField::ALL);
    let names: Vec<_> = asset.tenant_fields.values().map(String::as_str).collect();
    assert_eq!(names, fields.map(|(name, _)| name));
    for &field in TenantField::ALL {
        assert!((Rule::of(field).is_there)(&asset), "{field}");
    }
}

#[test]
fn blanks_stand_between_hardware_addresses_or_inside_one() {
    for (text, count) in [
        ("f8 75 a4 19 c6 22", 1),
        ("f8 75 a4 19 c6 22; f8:75:a4:19:c6:23", 2),
        ("f8:75:a4:19:c6:22 f875a4-19c623", 2),
        ("f875 a419 c622,f875 a419 c623", 2),
    ] {
        let asset = filled(&[("mac", &format!("{text:?}"))]);
        assert_eq!(asset.network.adapters.len(), count, "{text}");
        let first = asset.network.adapters[0].mac.unwrap();
        assert_eq!(first.to_string(), "f8:75:a4:19:c6:22", "{text}");
    }
}

#[test]
fn what_the_vendors_own_fields_filled_stays() {
    let fields = sent(&[
        ("Serial", r#""TENANTS1""#),
        ("Model", r#""Tenant's""#),
        ("Bought", r#""2020-01-01""#),
        ("HDD", r#""1 TB""#),
        ("MAC", r#""f8:75:a4:19:c6:22""#),
        ("Type", r#""Server""#),
    ]);
    let asset = filled_by(&by_default(), &index(&fields), |draft| {
        draft
            .serial("VENDORS1")
            .model("Vendor's")
            .purchase_date("2024-02-03")
            .adapter(None, "f8:75:a4:19:c6:99", [])
            .disk(Disk::default(), Some(Size::Bytes(5)), None)
            .kind("Laptop", Some(AssetKind::Laptop));
    });
    assert!(asset.tenant_fields.is_empty(), "{:?}", asset.tenant_fields);
    assert_eq!(asset.serial.usable(), Some("VENDORS1"));
    assert_eq!(asset.model.as_deref(), Some("Vendor's"));
    assert_eq!(asset.purchase_date, Some(day("2024-02-03")));
    assert_eq!(asset.storage_total_bytes, Some(5));
    assert_eq!(asset.network.adapters.len(), 1);
    assert_eq!(asset.kind, AssetKind::Laptop);

    let placeholder = filled_by(&by_default(), &index(&fields), |draft| {
        draft.serial("Default string");
    });
    assert_eq!(placeholder.serial.usable(), Some("TENANTS1"));
}

#[test]
fn what_is_not_usable_is_passed_over_and_only_noted_when_nothing_better_comes() {
    for (field, unusable, usable) in [
        ("serial", ("Serial", r#""N/A""#), ("Tag", r#""5CG1234567""#)),
        (
            "purchase_date",
            ("Bought", r#""with the lease""#),
            ("Invoice Date", r#""2024-02-03""#),
        ),
        (
            "purchase_date",
            ("Bought", r#""2/1/2024""#),
            ("Purchase Date", r#""2024-02-03""#),
        ),
        (
            "warranty_expiry",
            ("Warranty End", "{}"),
            ("Covered Until", r#""2024-02-03""#),
        ),
        (
            "last_check_in",
            ("Last Seen", r#""yesterday""#),
            ("Last Sync", r#""2026-03-30T10:00:00Z""#),
        ),
        (
            "memory_bytes",
            ("RAM", r#""8192""#),
            ("Memory", r#""8 GB""#),
        ),
        (
            "memory_bytes",
            ("RAM", r#""lots""#),
            ("Memory", r#""8 GB""#),
        ),
        (
            "network.adapters",
            ("MAC", r#""none""#),
            ("MAC Address", r#""f8:75:a4:19:c6:22""#),
        ),
        (
            "manufacturer",
            ("Manufacturer", r#""System manufacturer""#),
            ("Make", r#""Dell""#),
        ),
        (
            "os.name",
            ("OS", "4"),
            ("Operating System", r#""Windows 11""#),
        ),
        (
            "kind",
            ("Form Factor", r#""of some kind""#),
            ("Type", r#""Laptop""#),
        ),
        (
            "hostname",
            ("Hostname", r#"{"a":1}"#),
            ("Computer Name", r#""PC17""#),
        ),
    ] {
        let both = filled(&[unusable, usable]);
        assert_eq!(codes(&both, field), [], "{unusable:?}");
        let names: Vec<_> = both.tenant_fields.values().map(String::as_str).collect();
        assert_eq!(names, [usable.0], "{unusable:?}");
        let alone = filled(&[unusable]);
        assert_eq!(codes(&alone, field).len(), 1, "{unusable:?}");
        assert!(alone.tenant_fields.is_empty(), "{unusable:?}");
    }
    for blank in ["null", r#""""#, r#"" ""#, "[]", r#""null""#] {
        let asset = filled(&[("Model", blank), ("model", r#""Latitude""#)]);
        assert_eq!(asset.model.as_deref(), Some("Latitude"), "{blank}");
    }
}

#[test]
fn an_oddity_of_the_value_that_is_read_is_noted() {
    let asset = filled(&[
        ("RAM", r#""lots""#),
        ("Memory", "16"),
        ("Bought", r#""1900-01-01""#),
        ("Purchase Date", r#""1989-12-31""#),
    ]);
    assert_eq!(asset.memory_bytes, Some(16 * GIB));
    assert_eq!(codes(&asset, "memory_bytes"), [IssueCode::UnitAssumed]);
    assert_eq!(asset.purchase_date, Some(day("1989-12-31")));
    let noted = codes(&asset, "purchase_date");
    assert_eq!(noted, [IssueCode::ImplausibleDate]);
}

#[test]
fn of_several_places_without_a_day_the_tenants_own_text_is_told() {
    let asset = filled(&[
        ("Bought", r#""1900-01-01T00:00:00""#),
        ("Purchase Date", r#""with the lease""#),
        ("Invoice Date", r#""unknown""#),
        ("Warranty End", r#""0001-01-01""#),
        ("Covered Until", r#""""#),
    ]);
    let bought = issues(&asset, "purchase_date");
    assert_eq!(bought.len(), 1);
    let raw = bought[0].raw.as_ref().unwrap();
    assert_eq!(raw.get(), r#""with the lease""#);
    let warranty = codes(&asset, "warranty_expiry");
    assert_eq!(warranty, [IssueCode::SentinelDate]);
}

#[test]
fn a_value_that_is_no_text_is_told_by_its_type() {
    for (name, field) in [("Bought", "purchase_date"), ("Processor", "cpu.name")] {
        let asset = filled(&[(name, r#"{"a":1}"#)]);
        let noted = issues(&asset, field);
        assert_eq!(noted[0].code, IssueCode::UnexpectedType, "{field}");
        let note = noted[0].note.as_deref();
        assert_eq!(note, Some("a value of type object came"), "{field}");
    }
}

#[test]
fn a_list_gives_its_first_usable_text_and_all_of_its_addresses_and_no_day() {
    let asset = filled(&[
        ("Serial", r#"["N/A", "5CG1234567", "5CG7654321"]"#),
        ("RAM", r#"["lots", "16 GB", "much"]"#),
        (
            "MAC",
            r#"["f8:75:a4:19:c6:22", "none", "f8:75:a4:19:c6:23"]"#,
        ),
        ("Bought", r#"["2024-02-03"]"#),
    ]);
    assert_eq!(asset.serial.usable(), Some("5CG1234567"));
    assert_eq!(asset.memory_bytes, Some(16 * GIB));
    assert_eq!(codes(&asset, "memory_bytes"), []);
    assert_eq!(asset.network.adapters.len(), 2);
    let unread = codes(&asset, "network.adapters");
    assert_eq!(unread, [IssueCode::UnexpectedType]);
    assert_eq!(asset.purchase_date, None);
    let bought = codes(&asset, "purchase_date");
    assert_eq!(bought, [IssueCode::UnexpectedType]);
}

#[test]
fn a_moment_may_be_a_number() {
    let seen = |value| filled(&[("Last Seen", value)]).last_check_in;
    let text = seen(r#""2026-03-30T10:00:00Z""#);
    assert!(text.is_some());
    assert_eq!(seen("1774864800"), text);
    assert_eq!(seen(r#""1774864800000""#), text);
}

#[test]
fn a_workstation_is_made_finer_and_told_to_be_one() {
    let of = |form: &str| filled(&[("Form Factor", form), ("Type", r#""Physical Laptop""#)]);
    let finer = of(r#""of some kind""#);
    assert_eq!(finer.kind, AssetKind::Laptop);
    assert_eq!(finer.tenant_fields[&TenantField::Kind], "Type");
    let told = of(r#""Workstation""#);
    assert_eq!(told.kind, AssetKind::Workstation);
    assert_eq!(told.tenant_fields[&TenantField::Kind], "Form Factor");

    let fields = sent(&[("Form Factor", r#""Physical Laptop""#)]);
    let vendors = filled_by(&by_default(), &index(&fields), |draft| {
        draft.kind("Workstation", Some(AssetKind::Workstation));
    });
    assert_eq!(vendors.kind, AssetKind::Laptop);
}

#[test]
fn own_names_alone_count() {
    let own = TenantFieldNames::new()
        .with(TenantField::Serial, ["Nowhere", "key_field2"])
        .with(TenantField::Model, []);
    let names = TenantFields::new(own, SUPPORTED).unwrap();
    let fields = sent(&[
        ("Serial", r#""DEFAULT1""#),
        ("Key Field 2", r#""7XKQ2T3""#),
        ("Model", r#""Latitude""#),
    ]);
    let asset = filled_by(&names, &index(&fields), |_| {});
    assert_eq!(asset.serial.usable(), Some("7XKQ2T3"));
    assert_eq!(asset.tenant_fields[&TenantField::Serial], "Key Field 2");
    assert_eq!(asset.model, None);
}

fn any_serial() -> impl Strategy<Value = Option<&'static str>> {
    proptest::sample::select(vec![
        None,
        Some("null"),
        Some(r#"" ""#),
        Some(r#""N/A""#),
        Some(r#""To Be Filled By O.E.M.""#),
        Some("{}"),
        Some(r#"["N/A"]"#),
        Some(r#""5CG1234567""#),
        Some(r#""7XKQ2T3""#),
    ])
}

proptest! {
    #[test]
    fn the_first_field_with_a_usable_value_is_read(
        values in proptest::array::uniform5(any_serial()),
        is_reversed: bool,
    ) {
        // In the order in which they are tried, whatever the vendor's.
        let names = ["Serial", "SERIAL", "Service Tag", "service_tag", "Tag"];
        let named = names.into_iter().zip(values);
        let mut fields: Vec<_> = named
            .clone()
            .filter_map(|(name, value)| Some((name, value?)))
            .collect();
        if is_reversed {
            fields.reverse();
        }
        let is_usable = |value: &str| value.contains("5CG") || value.contains("7XK");
        let first = named.clone().find(|(_, value)| value.is_some_and(is_usable));
        let asset = filled(&fields);
        let answered = asset.tenant_fields.get(&TenantField::Serial).map(String::as_str);
        prop_assert_eq!(answered, first.map(|(name, _)| name));
        let usable = first.and_then(|(_, value)| value).map(|value| value.trim_matches('"'));
        prop_assert_eq!(asset.serial.usable(), usable);
        if usable.is_some() {
            prop_assert_eq!(codes(&asset, "serial"), []);
        }
    }
}
