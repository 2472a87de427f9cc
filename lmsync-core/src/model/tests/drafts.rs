use proptest::prelude::*;

use super::*;

#[test]
fn an_empty_draft_is_an_asset() {
    let asset = built(|_| {});
    assert_eq!(asset.name, "17");
    assert_eq!(asset.kind, AssetKind::Unknown);
    assert_eq!(issues(&asset), [(IssueCode::MissingSerial, "serial")]);
    assert_eq!(asset.identity.len(), 1);
}

#[test]
fn blanks_are_nothing() {
    let blank = built(|draft| {
        for text in [Some(""), Some(" \n"), Some("null"), None] {
            draft
                .name(text)
                .manufacturer(text)
                .model(text)
                .hardware_uuid(text);
            draft.primary_mac(text).public_ip(text).gateway(text);
            draft
                .os(text, text)
                .arch(text)
                .kind(text, None)
                .adapter(text, text, []);
            draft
                .last_check_in(text, CheckInBasis::AgentCheckIn)
                .created_at(text)
                .last_boot_at(text);
            draft
                .purchase_date(text)
                .warranty_start(text)
                .warranty_expiry(text);
            let number = text.unwrap_or_default();
            draft.memory(Size::Stated {
                number,
                unit: SizeUnit::Bytes,
            });
            draft.asset.hostname = text.map(str::to_owned);
        }
    });
    assert_eq!(blank, built(|_| {}));
}

#[test]
fn the_name_falls_back() {
    let asset = built(|draft| {
        draft.name(" ");
        draft.asset.hostname = Some("PC1 ".to_owned());
    });
    assert_eq!(
        (asset.name.as_str(), asset.hostname.as_deref()),
        ("PC1", Some("PC1"))
    );
    let named = built(|draft| {
        draft.name(None).name("Reception").name("Other");
    });
    assert_eq!(named.name, "Reception");
}

#[test]
fn a_better_serial_replaces_a_placeholder() {
    let asset = built(|draft| {
        draft
            .serial("")
            .serial("Default string")
            .other_serial(OtherSerialKind::Baseboard, "B0")
            .other_serial(OtherSerialKind::Baseboard, "B1")
            .serial("N/A")
            .serial("ABC1")
            .serial("XYZ2");
        draft.other_serial(OtherSerialKind::Baseboard, "B1");
        draft.other_serial(OtherSerialKind::Chassis, "Chassis Serial Number");
    });
    assert_eq!(asset.serial.key.as_deref(), Some("ABC1"));
    let others = asset.serial.others.iter();
    let others: Vec<&str> = others.map(|other| other.value.as_str()).collect();
    assert_eq!(others, ["B0", "B1"]);
    assert!(asset.issues.is_empty());

    let junk = built(|draft| {
        draft.serial("Default string").serial("N/A");
    });
    assert_eq!(junk.serial.status, SerialStatus::Placeholder);
    assert_eq!(issues(&junk), [(IssueCode::PlaceholderSerial, "serial")]);
    assert_eq!(
        junk.issues[0].raw.as_ref().map(RawJson::get),
        Some("\"Default string\"")
    );
}

#[test]
fn a_time_without_a_zone_is_in_the_accounts() {
    let rules = Rules::default().with_zone(chrono::FixedOffset::west_opt(5 * 3600).unwrap());
    let mut draft = AssetDraft::new(source("1"), &rules, now());
    draft.last_check_in("2026-03-01T20:00:00", CheckInBasis::AgentCheckIn);
    let expected = Utc.with_ymd_and_hms(2026, 3, 2, 1, 0, 0).unwrap();
    assert_eq!(draft.finish().last_check_in, Some(expected));
}

#[test]
fn the_users_placeholders_count() {
    let rules = Rules::default().with_serials(SerialPlaceholders::none().and("huawei"));
    let status = |text| {
        let mut draft = AssetDraft::new(source("1"), &rules, now());
        draft.serial(text);
        draft.finish().serial.status
    };
    assert_eq!(status("Huawei"), SerialStatus::Placeholder);
    assert_eq!(status("N/A"), SerialStatus::Valid);
}

#[test]
fn a_guests_serial_is_virtual() {
    let guest = built(|draft| {
        draft
            .manufacturer("VMware, Inc.")
            .model("VMware7,1")
            .serial("VMware-42 1a");
        draft.asset.virtualization = Virtualization::Physical;
    });
    assert_eq!(guest.virtualization, Virtualization::Guest);
    assert_eq!(guest.hypervisor.as_deref(), Some("VMware"));
    assert_eq!(guest.serial.status, SerialStatus::Virtual);
    assert_eq!(guest.serial.key.as_deref(), Some("VMWARE-42 1A"));
    let kinds: Vec<_> = guest.identity.iter().map(|key| key.kind).collect();
    assert_eq!(kinds, [IdentityKind::VendorId, IdentityKind::Serial]);

    let told = built(|draft| {
        draft.serial("0");
        draft.asset.virtualization = Virtualization::Guest;
    });
    assert_eq!(told.serial.status, SerialStatus::Placeholder);
    assert_eq!(told.hypervisor, None);
}

#[test]
fn a_hypervisor_is_a_host_and_no_guest() {
    let host = built(|draft| {
        draft
            .manufacturer("Dell Inc.")
            .model("PowerEdge R740")
            .serial("ABC1");
        draft.os("VMware ESXi 7", None);
    });
    assert_eq!(host.virtualization, Virtualization::Host);
    assert_eq!(host.serial.status, SerialStatus::Valid);
}

#[test]
fn a_container_has_none_of_its_hosts_keys() {
    let container = built(|draft| {
        draft.manufacturer("Dell").serial("ABC1");
        draft.hardware_uuid("4C4C4544-0038-4A10-8051-B4C04F563533");
        draft.asset.virtualization = Virtualization::Container;
    });
    assert_eq!(container.identity.len(), 1);
}

#[test]
fn kinds_are_told_or_unknown() {
    let kind = |steps: &[(&str, Option<AssetKind>)]| {
        let asset = built(|draft| {
            draft.serial("ABC1");
            for (raw, kind) in steps {
                draft.kind(*raw, *kind);
            }
        });
        (asset.kind, asset.kind_raw.clone(), asset.issues.len())
    };
    let raw = |text: &str| Some(text.to_owned());
    assert_eq!(
        kind(&[("Gizmo", None)]),
        (AssetKind::Unknown, raw("Gizmo"), 1)
    );
    assert_eq!(
        kind(&[
            ("Gizmo", None),
            ("SERVER", Some(AssetKind::Server)),
            ("X", None)
        ]),
        (AssetKind::Server, raw("SERVER"), 0)
    );
    assert_eq!(kind(&[("", None)]), (AssetKind::Unknown, None, 0));
}

#[test]
fn a_placeholder_is_no_manufacturer() {
    let asset = built(|draft| {
        draft
            .serial("ABC1")
            .manufacturer("System manufacturer")
            .model("System Product Name");
    });
    assert_eq!((&asset.manufacturer, &asset.model), (&None, &None));
    assert_eq!(
        asset.manufacturer_raw.as_deref(),
        Some("System manufacturer")
    );
    assert_eq!(
        issues(&asset),
        [(IssueCode::UnknownManufacturer, "manufacturer")]
    );
    let better = built(|draft| {
        draft
            .serial("ABC1")
            .manufacturer("N/A")
            .manufacturer("Dell Inc.")
            .manufacturer("HP");
    });
    assert_eq!(better.manufacturer.as_deref(), Some("Dell"));
    assert_eq!(better.manufacturer_raw.as_deref(), Some("Dell Inc."));
    assert!(better.issues.is_empty());
}

#[test]
fn check_ins() {
    let asset = built(|draft| {
        draft.serial("ABC1");
        draft.last_check_in("1900-01-01T00:00:00", CheckInBasis::AgentCheckIn);
        draft.last_check_in("2026-03-31T12:00:01", CheckInBasis::RecordUpdate);
        draft.last_check_in("2020-01-01T00:00:00Z", CheckInBasis::AgentCheckIn);
    });
    assert_eq!(
        asset.last_check_in.unwrap().to_rfc3339(),
        "2026-03-31T12:00:01+00:00"
    );
    assert_eq!(asset.check_in_basis, CheckInBasis::RecordUpdate);
    assert_eq!(
        issues(&asset),
        [
            (IssueCode::SentinelDate, "last_check_in"),
            (IssueCode::ZoneAssumed, "last_check_in"),
            (IssueCode::CheckInInFuture, "last_check_in"),
        ]
    );
    let edge = built(|draft| {
        draft
            .serial("ABC1")
            .last_check_in("2026-03-31T12:00:00Z", CheckInBasis::AgentCheckIn);
    });
    assert!(edge.issues.is_empty());
}

#[test]
fn dates_in_the_wrong_order_are_kept_and_noted() {
    let asset = built(|draft| {
        draft
            .serial("ABC1")
            .purchase_date("2030-05-27")
            .warranty_expiry("2023-05-27");
    });
    assert_eq!(asset.purchase_date.unwrap().to_string(), "2030-05-27");
    assert_eq!(asset.warranty_expiry.unwrap().to_string(), "2023-05-27");
    assert_eq!(issues(&asset), [(IssueCode::DateOrder, "purchase_date")]);
    let same_day = built(|draft| {
        draft
            .serial("ABC1")
            .purchase_date("2023-05-27")
            .warranty_expiry("2023-05-27");
    });
    assert!(same_day.issues.is_empty());
}

#[test]
fn lost_dates_show_what_was_sent() {
    let asset = built(|draft| {
        draft
            .serial("ABC1")
            .warranty_expiry("Team plan\r\n")
            .purchase_date("2/1/2024");
    });
    assert_eq!(
        issues(&asset),
        [
            (IssueCode::AmbiguousDate, "purchase_date"),
            (IssueCode::ImplausibleDate, "warranty_expiry")
        ]
    );
    assert_eq!(
        asset.issues[1].raw.as_ref().map(RawJson::get),
        Some("\"Team plan\"")
    );
    let rules = Rules::default().with_date_order(DateOrder::DayFirst);
    let mut draft = AssetDraft::new(source("1"), &rules, now());
    draft.purchase_date("2/1/2024");
    assert_eq!(
        draft.finish().purchase_date.unwrap().to_string(),
        "2024-01-02"
    );
}

#[test]
fn sizes() {
    let unit = SizeUnit::Gibibytes;
    let asset = built(|draft| {
        draft
            .serial("ABC1")
            .memory(Size::Assumed { number: "16", unit });
        let total = Some(Size::Stated { number: "2", unit });
        draft.disk(
            Disk {
                name: Some("C:".to_owned()),
                ..Disk::default()
            },
            total,
            None,
        );
        draft.disk(
            Disk {
                media: DiskMedia::Removable,
                ..Disk::default()
            },
            total,
            None,
        );
        draft.disk(Disk::default(), None, Some(Size::Bytes(0)));
        draft.disk(
            Disk {
                media: DiskMedia::Ssd,
                ..Disk::default()
            },
            total,
            Some(Size::Bytes(5)),
        );
    });
    assert_eq!(asset.memory_bytes, Some(16 << 30));
    assert_eq!(asset.storage_total_bytes, Some(4 << 30));
    assert_eq!(asset.disks.len(), 3);
    assert_eq!(issues(&asset), [(IssueCode::UnitAssumed, "memory_bytes")]);

    let partly = built(|draft| {
        draft.serial("ABC1").memory(Size::Stated {
            number: "lots",
            unit,
        });
        draft.disk(
            Disk {
                name: Some("C:".to_owned()),
                ..Disk::default()
            },
            Some(Size::Bytes(7)),
            None,
        );
        draft.disk(
            Disk {
                name: Some("D:".to_owned()),
                ..Disk::default()
            },
            None,
            None,
        );
    });
    assert_eq!(partly.storage_total_bytes, None);
    assert_eq!(
        issues(&partly),
        [(IssueCode::UnexpectedType, "memory_bytes")]
    );
}

#[test]
fn adapters() {
    // A real laptop's list: one Ethernet and three made by software.
    let asset = built(|draft| {
        draft.serial("ABC1").primary_mac("00-09-0F-AA-00-01");
        draft.adapter(
            "Fortinet SSL VPN Virtual Ethernet Adapter",
            "00-09-0F-AA-00-01",
            [],
        );
        draft.adapter(
            "TAP-Surfshark Windows Adapter V9",
            "00-FF-82-8B-C6-1F",
            ["169.254.1.1"],
        );
        draft.adapter(
            "Microsoft Wi-Fi Direct Virtual Adapter #3",
            "4C-1D-96-46-59-DE",
            [],
        );
        draft.adapter(
            "Ethernet",
            "F8-75-A4-19-C6-22",
            ["10.0.0.5", "0.0.0.0", "::1", ""],
        );
        draft.adapter("Ethernet 2", "none", []);
        draft
            .public_ip("127.0.0.1")
            .public_ip("178.181.11.21")
            .gateway("0.0.0.0");
    });
    let classes: Vec<_> = asset
        .network
        .adapters
        .iter()
        .map(|adapter| adapter.class)
        .collect();
    use AdapterClass::{Unknown, Virtual, Vpn};
    assert_eq!(classes, [Vpn, Vpn, Virtual, Unknown, Unknown]);
    assert_eq!(asset.network.adapters[3].ips, ["10.0.0.5"]);
    assert_eq!(asset.network.public_ip.as_deref(), Some("178.181.11.21"));
    assert_eq!(asset.network.gateway, None);
    assert_eq!(
        issues(&asset),
        [(IssueCode::UnexpectedType, "network.adapters")]
    );
    let macs: Vec<_> = asset
        .identity
        .iter()
        .filter(|key| key.kind == IdentityKind::Mac)
        .collect();
    assert_eq!(macs.len(), 1);
    assert_eq!(macs[0].value, "f8:75:a4:19:c6:22");
}

proptest! {
    #[test]
    fn any_text_makes_an_asset(text in "\\PC{0,24}", other in "\\PC{0,24}", number: i64) {
        let asset = built(|draft| {
            let text = text.as_str();
            draft.name(text).serial(text).manufacturer(text).model(text).hardware_uuid(text);
            draft.primary_mac(text).os(text, other.as_str()).kind(text, AssetKind::from_words(text));
            draft.adapter(text, other.as_str(), [text]).public_ip(text);
            draft.last_check_in(VendorInstant::EpochMillis(number), CheckInBasis::AgentCheckIn);
            draft.purchase_date(text).warranty_expiry(VendorDay::Moment(VendorInstant::Text(text)));
            draft.memory(Size::Stated { number: text, unit: SizeUnit::Tebibytes });
        });
        prop_assert!(!asset.name.is_empty());
        let json = serde_json::to_string(&asset).unwrap();
        prop_assert_eq!(serde_json::from_str::<Asset>(&json).unwrap(), asset);
    }
}

#[test]
fn no_key_comes_from_what_looks_like_identity_and_is_none() {
    let asset = built(|draft| {
        draft
            .manufacturer("Type2 - Board Vendor Name1")
            .model("Type1ProductConfigId")
            .serial("Type2 - Board Serial Number")
            .other_serial(OtherSerialKind::Baseboard, "Base_Board_Serial_Number")
            .hardware_uuid("00020003-0004-0005-0006-000700080009")
            .primary_mac("00-05-9A-3C-7A-00")
            .adapter("en6", "ac:de:48:00:11:22", [])
            .adapter(
                "Bluetooth Device (Personal Area Network)",
                "f8:75:a4:19:c6:26",
                [],
            )
            .adapter("bnep0", "f8 75 a4 19 c6 27", []);
    });
    let kinds: Vec<_> = asset.identity.iter().map(|key| key.kind).collect();
    assert_eq!(kinds, [IdentityKind::VendorId]);
    assert_eq!(asset.serial.status, SerialStatus::Placeholder);
    assert!(asset.serial.others.is_empty());
    assert_eq!((asset.manufacturer, asset.model), (None, None));
}

#[test]
fn invisible_characters_make_no_other_asset() {
    let keys = |around: &str| {
        let dressed = |text: &str| format!("{around}{text}{around}");
        let rules = Rules::default();
        let origin = Origin::new("example", "acme", rules);
        let mut draft = origin.draft(Some(dressed("17")), now()).unwrap();
        draft
            .manufacturer("Dell Inc.")
            .serial(dressed("7HK2MN3").as_str())
            .hardware_uuid(dressed("4C4C4544-0038-4A10-8051-B4C04F563533").as_str())
            .primary_mac(dressed("f8:75:a4:19:c6:22").as_str())
            .customer(Some(dressed("4")), None);
        draft.asset.hostname = Some(dressed("PC1"));
        let asset = draft.finish();
        (asset.customer.unwrap().id, asset.identity)
    };
    let plain = keys("");
    assert_eq!(plain.1.len(), 6);
    for around in ["\u{feff}", "\u{200e}", "\u{200b}", "\u{2060} ", "\u{e0020}"] {
        assert_eq!(keys(around), plain, "{around:?}");
    }
    let origin = Origin::new("example", "acme", Rules::default());
    assert!(origin.draft(Some("\u{feff}".to_owned()), now()).is_err());
}

#[test]
fn a_guest_of_a_cloud_has_a_virtual_serial() {
    for (maker, model) in [
        (
            "Microsoft Corporation",
            "Cloud PC Enterprise 2vCPU/8GB/128GB",
        ),
        ("Apple Inc.", "VirtualMac2,1"),
        ("OpenStack Foundation", "OpenStack Nova"),
        ("Hetzner", "vServer"),
    ] {
        let guest = built(|draft| {
            draft.manufacturer(maker).model(model).serial("ABC1");
        });
        assert_eq!(guest.virtualization, Virtualization::Guest, "{model}");
        assert_eq!(guest.serial.status, SerialStatus::Virtual, "{model}");
    }
    let real = built(|draft| {
        draft
            .manufacturer("Apple Inc.")
            .model("Mac14,2")
            .serial("ABC1");
    });
    assert_eq!(real.serial.status, SerialStatus::Valid);
}

#[test]
fn what_stands_for_nothing_is_no_id_and_no_price() {
    let asset = built(|draft| {
        draft
            .external_id("ninjaone", "0")
            .external_id("datto", " ")
            .external_id("intune", None)
            .external_id("syncro", " 90 ")
            .external_id("syncro", "91");
        draft
            .parent(Some(String::new()), Some("Host".to_owned()))
            .contract(None, Some("Gold".to_owned()))
            .purchase_price(0.0, Some("EUR".to_owned()))
            .purchase_price(12.5, None)
            .bios_released_on("0001-01-01");
        draft.asset.order = Some("  ".to_owned());
    });
    assert_eq!(asset.external_ids.len(), 1);
    assert_eq!(asset.external_ids["syncro"], "90");
    assert_eq!((&asset.parent, &asset.contract), (&None, &None));
    assert_eq!(asset.purchase_price, Price::new(12.5, None));
    assert_eq!((asset.order, asset.bios.released_on), (None, None));
    let codes: Vec<_> = asset.issues.iter().map(|issue| issue.code).collect();
    assert!(codes.contains(&IssueCode::SentinelDate), "{codes:?}");
    let keys = asset.identity.iter().map(|key| key.value.as_str());
    assert!(keys.collect::<Vec<_>>().contains(&"syncro|90"));
}
