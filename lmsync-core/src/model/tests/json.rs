use std::collections::BTreeMap;

use serde_json::Value;

use super::*;

/// Every key of `design/asset.schema.json`, by the object it stands in.
const SCHEMA: &[(&str, &[&str])] = &[
    (
        "",
        &[
            "record",
            "source",
            "customer",
            "site",
            "name",
            "hostname",
            "domain",
            "asset_tag",
            "kind",
            "kind_raw",
            "virtualization",
            "hypervisor",
            "manufacturer",
            "manufacturer_raw",
            "model",
            "product_number",
            "serial",
            "hardware_uuid",
            "network",
            "parent",
            "external_ids",
            "os",
            "cpu",
            "bios",
            "tpm",
            "memory_bytes",
            "storage_total_bytes",
            "disks",
            "last_user",
            "assigned_user",
            "state",
            "state_raw",
            "connectivity",
            "last_check_in",
            "check_in_basis",
            "agent_version",
            "patch_status",
            "pending_reboot",
            "created_at",
            "last_boot_at",
            "purchase_date",
            "warranty_start",
            "warranty_expiry",
            "warranty_note",
            "purchase_price",
            "supplier",
            "order",
            "contract",
            "software",
            "security",
            "custom_fields",
            "identity",
            "issues",
        ],
    ),
    (
        "source",
        &[
            "connector",
            "instance",
            "vendor_id",
            "parent_ids",
            "url",
            "fetched_at",
            "vendor_updated_at",
            "raw",
        ],
    ),
    ("customer", REFERENCE),
    ("site", REFERENCE),
    ("assigned_user", REFERENCE),
    ("parent", REFERENCE),
    ("contract", REFERENCE),
    ("customer.address", ADDRESS),
    ("site.address", ADDRESS),
    ("assigned_user.address", ADDRESS),
    ("parent.address", ADDRESS),
    ("contract.address", ADDRESS),
    ("serial", &["status", "value", "key", "raw", "others"]),
    ("serial.others", &["type", "value"]),
    (
        "network",
        &[
            "adapters",
            "primary_mac",
            "public_ip",
            "domain_role",
            "gateway",
        ],
    ),
    ("network.adapters", &["name", "mac", "ips", "class"]),
    (
        "os",
        &[
            "family",
            "name",
            "version",
            "build",
            "display_version",
            "arch",
            "installed_on",
        ],
    ),
    (
        "cpu",
        &[
            "name",
            "sockets",
            "physical_cores",
            "logical_cores",
            "speed_mhz",
        ],
    ),
    ("bios", &["version", "released_on"]),
    ("tpm", &["version", "enabled"]),
    ("purchase_price", &["amount", "currency"]),
    (
        "disks",
        &["name", "total_bytes", "free_bytes", "serial", "media"],
    ),
    (
        "software",
        &[
            "name",
            "publisher",
            "version",
            "installed_on",
            "arch",
            "path",
            "vendor_id",
        ],
    ),
    ("security", &["antivirus"]),
    ("security.antivirus", &["name", "status", "definitions"]),
    ("identity", &["kind", "value", "strength", "scope"]),
    ("issues", &["code", "field", "raw", "note"]),
];

const REFERENCE: &[&str] = &["id", "name", "email", "address"];
const ADDRESS: &[&str] = &["city", "country"];

fn raw(json: &str) -> RawJson {
    serde_json::from_str(json).unwrap()
}

fn reference(id: &str) -> Ref {
    Ref {
        id: id.to_owned(),
        name: Some("A name".to_owned()),
        email: Some("a@example.com".to_owned()),
        address: Some(Box::new(Address {
            city: Some("Leeds".to_owned()),
            country: Some("GB".to_owned()),
        })),
    }
}

pub(super) fn full() -> Asset {
    let text = |text: &str| Some(text.to_owned());
    built(|draft| {
        draft.name("PC 1").kind("Laptop", Some(AssetKind::Laptop));
        draft
            .serial("ABC1")
            .other_serial(OtherSerialKind::Bios, "B1");
        draft.manufacturer("HP Inc.").model("EliteBook 840");
        draft.hardware_uuid("4C4C4544-0038-4A10-8051-B4C04F563533");
        draft
            .primary_mac("18:cc:18:e0:6f:92")
            .public_ip("178.181.11.21")
            .gateway("10.2.236.1");
        draft.adapter("Ethernet", "18:cc:18:e0:6f:93", ["10.0.0.5"]);
        draft.os("Microsoft Windows 10 Pro", "10.0.19044 Build 19044 (21H2)");
        draft.arch("64-bit").os_installed_on("2022-08-11");
        draft.memory(Size::Assumed {
            number: "16",
            unit: SizeUnit::Gibibytes,
        });
        let disk = Disk {
            name: text("C:"),
            serial: text("D1"),
            media: DiskMedia::Nvme,
            ..Disk::default()
        };
        draft.disk(disk, Some(Size::Bytes(100)), Some(Size::Bytes(50)));
        draft.last_check_in("2022-11-29T15:54:16.270", CheckInBasis::AgentCheckIn);
        draft
            .created_at("2020-01-01T00:00:00Z")
            .last_boot_at("2022-11-29T15:00:00Z");
        draft.vendor_updated_at("2022-11-29T15:54:16Z");
        draft
            .purchase_date("2020-05-27")
            .warranty_start("2020-05-27")
            .warranty_expiry("2023-05-27");
        draft.issue(
            Issue::new(IssueCode::Truncated, "software")
                .with_raw("…")
                .with_note("Only the first 100."),
        );
        let asset = &mut draft.asset;
        asset.source.parent_ids = BTreeMap::from([("company_id".to_owned(), "1".to_owned())]);
        asset.source.url = text("https://example.com/17");
        asset.source.raw = Some(raw(r#"{"id": 9001114136934215681, "x": [1.0, null]}"#));
        asset.customer = Some(reference("1"));
        asset.site = Some(reference("2"));
        asset.assigned_user = Some(reference("3"));
        asset.parent = Some(reference("4"));
        asset.contract = Some(reference("5"));
        asset.external_ids = BTreeMap::from([("syncro".to_owned(), "90".to_owned())]);
        asset.bios.version = text("T70 Ver. 01.10");
        asset.bios.released_on = chrono::NaiveDate::from_ymd_opt(2022, 3, 1);
        asset.tpm.version = text("2.0");
        asset.tpm.enabled = Some(true);
        asset.os.display_version = text("21H2");
        asset.network.domain_role = Some(DomainRole::MemberWorkstation);
        asset.agent_version = text("5.1.4");
        asset.patch_status = text("FULLY_PATCHED");
        asset.pending_reboot = Some(false);
        asset.warranty_note = text("Next business day");
        asset.purchase_price = Price::new(1249.5, text("EUR"));
        asset.supplier = text("Acme Supplies");
        asset.order = text("PO-17");
        asset.hostname = text("pc1.acme.local");
        asset.domain = text("acme.local");
        asset.asset_tag = text("A-1");
        asset.virtualization = Virtualization::Physical;
        asset.hypervisor = text("Hyper-V");
        asset.product_number = text("1A2B3EA#ABU");
        asset.cpu = Cpu {
            name: text("i5"),
            sockets: Some(1),
            physical_cores: Some(4),
            logical_cores: Some(8),
            speed_mhz: Some(1800.5),
        };
        asset.last_user = text("John");
        asset.state = AssetState::Active;
        asset.state_raw = text("ACTIVE");
        asset.connectivity = Connectivity::Online;
        asset.software = Some(vec![InstalledSoftware {
            name: "Word".to_owned(),
            publisher: text("Microsoft"),
            version: text("1"),
            installed_on: chrono::NaiveDate::from_ymd_opt(2022, 8, 11),
            arch: text("64"),
            path: text("C:\\"),
            vendor_id: text("5"),
        }]);
        asset.security.antivirus.push(Antivirus {
            name: "Defender".to_owned(),
            status: AntivirusStatus::Running,
            definitions: DefinitionStatus::UpToDate,
        });
        asset.custom_fields = BTreeMap::from([
            ("udf1text".to_owned(), raw(r#"{"a":[1,2.50,null]}"#)),
            ("udf5mselect".to_owned(), raw(r#"["x","y"]"#)),
        ]);
    })
}

fn walk(path: &str, value: &Value, seen: &mut BTreeMap<String, Vec<String>>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| walk(path, item, seen)),
        Value::Object(object)
            if !matches!(
                path,
                "custom_fields" | "external_ids" | "source.raw" | "source.parent_ids"
            ) =>
        {
            for (key, value) in object {
                let keys = seen.entry(path.to_owned()).or_default();
                if !keys.contains(key) {
                    keys.push(key.clone());
                }
                let inner = if path.is_empty() {
                    key.clone()
                } else {
                    format!("{path}.{key}")
                };
                walk(&inner, value, seen);
            }
        }
        _ => {}
    }
}

#[test]
fn a_full_asset_has_the_schemas_keys_and_no_others() {
    let mut seen = BTreeMap::new();
    walk("", &serde_json::to_value(full()).unwrap(), &mut seen);
    let expected: BTreeMap<_, _> = SCHEMA
        .iter()
        .map(|(path, keys)| {
            let mut keys: Vec<_> = keys.iter().map(|key| (*key).to_owned()).collect();
            keys.sort();
            ((*path).to_owned(), keys)
        })
        .collect();
    seen.values_mut().for_each(|keys| keys.sort());
    assert_eq!(seen, expected);
}

#[test]
fn a_full_asset_survives_json() {
    let asset = full();
    let json = serde_json::to_string(&asset).unwrap();
    assert!(
        json.starts_with(r#"{"record":"asset","source":{"connector":"example""#),
        "{json}"
    );
    assert!(json.contains(r#""raw":{"id": 9001114136934215681, "x": [1.0, null]}"#));
    assert_eq!(serde_json::from_str::<Asset>(&json).unwrap(), asset);
    let value = serde_json::to_value(&asset).unwrap();
    let again: Asset = serde_json::from_value(value).unwrap();
    assert_eq!(again.serial, asset.serial);
    assert_eq!(again.custom_fields.len(), 2);
}

#[test]
fn null_software_is_not_empty_software() {
    let mut asset = built(|_| {});
    assert!(!serde_json::to_string(&asset).unwrap().contains("software"));
    asset.software = Some(Vec::new());
    let json = serde_json::to_string(&asset).unwrap();
    assert!(json.contains(r#""software":[]"#));
    assert_eq!(
        serde_json::from_str::<Asset>(&json).unwrap().software,
        Some(Vec::new())
    );
}

#[test]
fn the_vendors_example_comes_out_as_designed() {
    let rules = Rules::default();
    let source = Source::new("superops", "acme", "9001114136934215681", now());
    let mut draft = AssetDraft::new(source, &rules, now());
    draft
        .name("DESKTOP-I9QFDTE")
        .kind("WORKSTATION", AssetKind::from_words("WORKSTATION"));
    draft
        .manufacturer("HP")
        .model("HP Pavilion Laptop 14-dv0xxx")
        .serial("15CD10509R721");
    draft
        .primary_mac("18:cc:18:e0:6f:92")
        .public_ip("178.181.11.21")
        .gateway("10.2.236.1");
    draft.os(
        "Microsoft Windows 10 Home Single Language",
        "10.0.19044 Build 19044 (21H2)",
    );
    draft.last_check_in("2022-11-29T15:54:16.270", CheckInBasis::AgentCheckIn);
    draft
        .purchase_date("2030-05-27")
        .warranty_expiry("2023-05-27");
    let asset = &mut draft.asset;
    asset.customer = Some(Ref::new(
        "7928838372746166998",
        Some("Acme Management Pvt. Ltd.".to_owned()),
    ));
    asset.site = Some(Ref::new("7928838372746169876", Some("Austin".to_owned())));
    asset.hostname = Some("DESKTOP-9J8RLGD".to_owned());
    asset.last_user = Some("John Williams".to_owned());
    asset.state = AssetState::Active;
    asset.connectivity = Connectivity::Online;
    let json = serde_json::to_value(draft.finish()).unwrap();
    let expected: Value = serde_json::from_str(EXAMPLE).unwrap();
    assert_eq!(json, expected);
}

/// `design/asset.example.json`, with the supporting keys that it leaves out.
const EXAMPLE: &str = r#"{
    "record": "asset",
    "source": {"connector": "superops", "instance": "acme", "vendor_id": "9001114136934215681", "fetched_at": "2026-03-31T12:00:00Z"},
    "customer": {"id": "7928838372746166998", "name": "Acme Management Pvt. Ltd."},
    "site": {"id": "7928838372746169876", "name": "Austin"},
    "name": "DESKTOP-I9QFDTE",
    "hostname": "DESKTOP-9J8RLGD",
    "kind": "workstation",
    "kind_raw": "WORKSTATION",
    "virtualization": "unknown",
    "manufacturer": "HP",
    "manufacturer_raw": "HP",
    "model": "HP Pavilion Laptop 14-dv0xxx",
    "serial": {"status": "valid", "value": "15CD10509R721", "key": "15CD10509R721", "raw": "15CD10509R721"},
    "network": {"primary_mac": "18:cc:18:e0:6f:92", "public_ip": "178.181.11.21", "gateway": "10.2.236.1"},
    "os": {"family": "windows", "name": "Microsoft Windows 10 Home Single Language", "version": "10.0.19044", "build": "19044",
           "display_version": "21H2"},
    "last_user": "John Williams",
    "state": "active",
    "connectivity": "online",
    "last_check_in": "2022-11-29T15:54:16.270Z",
    "check_in_basis": "agent_check_in",
    "purchase_date": "2030-05-27",
    "warranty_expiry": "2023-05-27",
    "identity": [
        {"kind": "vendor_id", "value": "9001114136934215681", "strength": "exact", "scope": "connector_instance"},
        {"kind": "manufacturer_serial", "value": "HP|15CD10509R721", "strength": "strong", "scope": "global"},
        {"kind": "serial", "value": "15CD10509R721", "strength": "supporting", "scope": "customer"},
        {"kind": "mac", "value": "18:cc:18:e0:6f:92", "strength": "supporting", "scope": "customer"},
        {"kind": "hostname", "value": "desktop-9j8rlgd", "strength": "weak", "scope": "customer"}
    ],
    "issues": [
        {"code": "date_order", "field": "purchase_date"},
        {"code": "zone_assumed", "field": "last_check_in"}
    ]
}"#;
