//! The rules that each asset passes through, one by one.
//!
//! `cargo bench -p lmsync-core --bench rules`

use chrono::DateTime;
use divan::{Bencher, black_box};
use lmsync_core::json::{KeepRaw, Scalar, WireRow};
use lmsync_core::model::{
    AdapterClass, Asset, AssetDraft, AssetKind, DateReader, MacAddress, OsFamily, Rules, Serial,
    Size, SizeUnit, Source, canonical_manufacturer, clean_model, clean_uuid, guest_hypervisor,
    identity_keys,
};
use lmsync_core::tenant_fields::{
    FieldIndex, SupportedField, TenantField, TenantFieldNames, TenantFields,
};
use serde::Deserialize;
use serde_json::value::RawValue;

fn main() {
    divan::main();
}

fn reader() -> DateReader {
    DateReader::new(DateTime::UNIX_EPOCH)
}

#[divan::bench(args = ["5CG1F9WYP8", "To Be Filled By O.E.M.", "VMware-56 4d 11 22 33 44 55 66-77 88 99 aa bb cc dd ee"])]
fn serial(text: &str) -> Serial {
    Serial::read(Some(black_box(text)), &Rules::default().serials)
}

#[divan::bench(args = ["2024-05-27", "2024-05-27T00:00:00", "27 May 2024", "5/27/2024"])]
fn day(text: &str) -> bool {
    reader().day(black_box(text)).value.is_some()
}

#[divan::bench(args = ["2026-11-29T10:51:29.517Z", "2026-11-29 10:51:29", "Sun Nov 29 10:51:29 2026"])]
fn moment(text: &str) -> bool {
    reader().instant(black_box(text)).value.is_some()
}

#[divan::bench(args = ["a4:83:e7:0b:05:e5", "A483E70B05E5"])]
fn mac(text: &str) -> Option<MacAddress> {
    MacAddress::parse(black_box(text))
}

#[divan::bench(args = ["4c4c4544-0042-4510-8051-000000001eef"])]
fn uuid(text: &str) -> Option<String> {
    clean_uuid(black_box(text))
}

#[divan::bench(args = ["Hewlett-Packard", "Kestrel Computing"])]
fn manufacturer(text: &str) -> Option<String> {
    canonical_manufacturer(black_box(text))
}

#[divan::bench(args = ["HP ZBook Firefly 14 inch G9 Mobile Workstation PC"])]
fn model(text: &str) -> Option<String> {
    clean_model(black_box(text))
}

#[divan::bench(args = ["Microsoft Windows Server 2022 Standard", "Ubuntu 22.04.4 LTS", "Cisco IOS XE"])]
fn os_family(text: &str) -> OsFamily {
    OsFamily::from_text(black_box(text))
}

#[divan::bench(args = ["Physical Laptop", "Network Printer", "Something else"])]
fn kind(text: &str) -> Option<AssetKind> {
    AssetKind::from_words(black_box(text))
}

#[divan::bench(args = ["Intel(R) Ethernet Connection (4) I219-LM", "TAP-Windows Adapter V9 #2"])]
fn adapter_class(text: &str) -> AdapterClass {
    AdapterClass::from_description(black_box(text))
}

#[divan::bench]
fn hypervisor() -> Option<&'static str> {
    guest_hypervisor(
        black_box(Some("Dell Inc.")),
        black_box(Some("PowerEdge T350")),
        black_box(Some("LX6XA3J")),
    )
}

#[divan::bench(args = ["16 GB", "476.4"])]
fn size(text: &str) -> Option<u64> {
    Size::in_text(black_box(text), SizeUnit::binary)?.bytes()
}

/// An asset with what most have.
fn asset() -> Asset {
    let (rules, now) = (Rules::default(), DateTime::UNIX_EPOCH);
    let mut draft = AssetDraft::new(Source::new("bench", "acme", "17", now), &rules, now);
    draft
        .name("STA-LT-0002")
        .serial("5CG1F9WYP8")
        .manufacturer("HP")
        .model("HP ZBook Firefly 14 inch G9 Mobile Workstation PC")
        .primary_mac("3c:52:82:9e:7a:c8")
        .os("Microsoft Windows 11 Pro", "10.0.22631 Build 22631 (23H2)")
        .purchase_date("2024-03-11")
        .kind("Laptop", AssetKind::from_words("Laptop"));
    draft.asset.hostname = Some("STA-LT-0002".to_owned());
    draft.finish()
}

#[divan::bench]
fn whole_draft() -> Asset {
    asset()
}

#[divan::bench]
fn identity(bencher: Bencher<'_, '_>) {
    let asset = asset();
    bencher.bench(|| identity_keys(black_box(&asset)));
}

#[divan::bench]
fn json_form(bencher: Bencher<'_, '_>) {
    let (asset, mut line) = (asset(), Vec::new());
    bencher.bench_local(|| {
        line.clear();
        serde_json::to_writer(&mut line, black_box(&asset)).is_ok()
    });
}

#[divan::bench]
fn fingerprint(bencher: Bencher<'_, '_>) {
    let asset = asset();
    bencher.bench(|| black_box(&asset).fingerprint());
}

static SUPPORTED: &[SupportedField] = &[
    SupportedField::new(TenantField::Model, &["Model", "Model Name"]),
    SupportedField::new(TenantField::Serial, &["Serial Number", "Service Tag"]),
    SupportedField::new(TenantField::PurchaseDate, &["Purchase Date", "Purchased"]),
];

#[divan::bench]
fn tenant_fields(bencher: Bencher<'_, '_>) {
    let Ok(fields) = TenantFields::new(TenantFieldNames::new(), SUPPORTED) else {
        return;
    };
    let sent = [
        ("Name", "STA-LT-0002"),
        ("Model", "OptiPlex 7010"),
        ("serial_number", "LX6XA3J"),
        ("RAM", "16 GB"),
        ("Purchase Date", "2024-03-11"),
    ];
    let sent = sent.map(|(name, text)| (name, Scalar::Text(text.into())));
    let (rules, now) = (Rules::default(), DateTime::UNIX_EPOCH);
    bencher.bench(|| {
        let mut draft = AssetDraft::new(Source::new("bench", "acme", "17", now), &rules, now);
        let index = FieldIndex::new(sent.iter().map(|(name, value)| (*name, value)));
        fields.fill(&mut draft, &index);
        draft.asset.model.is_some()
    });
}

/// A record of which every member is read leniently.
#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct Record {
    id: Scalar,
    name: Scalar,
    serial: Scalar,
}

#[divan::bench]
fn row(bencher: Bencher<'_, '_>) {
    let json = r#"{"id":1001,"name":"STA-LT-0002","serial":"5CG1F9WYP8","more":[1,2,{"a":null}]}"#;
    let Ok(json) = RawValue::from_string(json.to_owned()) else {
        return;
    };
    bencher.bench(|| {
        let row = WireRow::<Record>::read(black_box(&json), &["id"], KeepRaw::No);
        row.record.is_ok_and(|record| {
            let texts = [&record.id, &record.name, &record.serial];
            texts.iter().all(|text| text.text().is_some())
        })
    });
}
