//! From wire to model: every rule about what SuperOps' values mean. Pure.

use chrono::{DateTime, Utc};
use lmsync_core::Rejection;
use lmsync_core::json::{LenientObject, Scalar};
use lmsync_core::listing::Program;
use lmsync_core::model::{
    Asset, AssetDraft, AssetKind, AssetState, CheckInBasis, Connectivity, Cpu, Customer,
    DateReader, Disk, DiskMedia, DomainRole, InstalledSoftware, Origin, Ref, Size, SizeUnit,
};
use lmsync_core::two_way::{AssetDates, DateChange, DateField, HeldDate};

use crate::quirks::rows::ListRow;
use crate::wire;

pub(crate) fn asset(
    row: ListRow<Box<wire::Asset>>,
    origin: &Origin,
    received_at: DateTime<Utc>,
) -> Result<Asset, Rejection> {
    let wire = row.record()?;
    let draft = origin.draft(wire.asset_id.clean(), received_at);
    let mut draft = draft.map_err(|rejection| row.with_notes(rejection))?;
    note_unexpected(&mut draft, wire);
    for note in &row.notes {
        draft.gap("asset", note);
    }
    identify(&mut draft, wire);
    describe(&mut draft, wire);
    date(&mut draft, wire);
    draft.asset.source.raw = row.row.raw;
    if let Ok(LenientObject::Value(fields)) = row.row.record.map(|wire| wire.custom_fields) {
        draft.asset.custom_fields = fields.0;
    }
    Ok(draft.finish())
}

pub(crate) fn customer(
    row: ListRow<wire::Customer>,
    origin: &Origin,
    received_at: DateTime<Utc>,
) -> Result<Customer, Rejection> {
    let wire = row.record()?;
    let customer = origin.customer(wire.id().clean(), wire.name.clean(), received_at);
    let mut customer = customer.map_err(|rejection| row.with_notes(rejection))?;
    customer.state_raw = wire.stage.clean();
    customer.active = customer.state_raw.as_deref().and_then(is_active);
    Ok(customer)
}

/// One program of a list.
pub(crate) fn program(
    row: &ListRow<wire::Software>,
    dates: &DateReader,
) -> Result<Program, Rejection> {
    let wire = row.record()?;
    let product = wire.software.value();
    let of_product =
        |text: fn(&wire::Reference) -> &Scalar| product.and_then(|product| text(product).clean());
    let Some(name) = of_product(|product| &product.name) else {
        return Err(row.with_notes(Rejection::new(wire.id.clean(), "a program has no name")));
    };
    let mut installed = InstalledSoftware::new(name);
    installed.publisher = of_product(|product| &product.manufacturer);
    installed.version = wire.version.clean();
    installed.installed_on = dates.day(wire.installed_date.text()).value;
    installed.arch = wire.bit_version.clean();
    installed.path = wire.installed_path.clean();
    installed.vendor_id = of_product(wire::Reference::id);
    Ok(Program::new(wire.id.clean(), installed))
}

/// `asset` with what `getAssetSummary` says of it.
pub(crate) fn with_summary(asset: Asset, summary: &wire::Summary, origin: &Origin) -> Asset {
    let mut draft = origin.reopen(asset);
    if let Some(cpu) = summary.cpu.value() {
        processor(&mut draft, cpu);
    }
    if let Some(total) = summary
        .memory
        .value()
        .and_then(|memory| size(&memory.total_memory))
    {
        draft.memory(total);
    }
    if let Some(disks) = summary.disk.value() {
        volumes(&mut draft, disks);
    }
    if let Some(adapter) = summary.asset_interface.value() {
        let name = adapter.adapter_name.text().or(adapter.name.text());
        let ips = [&adapter.ipv4_address, &adapter.ipv6_address];
        draft.adapter(
            name,
            adapter.mac.text(),
            ips.into_iter().filter_map(Scalar::text),
        );
    }
    // The asset tells who is logged in, where somebody is.
    if draft.asset.last_user.is_none() {
        let login = summary.last_user_log.value();
        draft.asset.last_user = login.and_then(|login| login.name.clean());
    }
    draft.finish()
}

/// The dates that an asset has, by the rules of a listing.
pub(crate) fn held_dates(wire: &wire::AssetDates, dates: &DateReader) -> AssetDates {
    AssetDates {
        purchase_date: HeldDate::of(dates, &wire.purchased_date),
        warranty_expiry: HeldDate::of(dates, &wire.warranty_expiry_date),
    }
}

/// The smallest input that makes `change`.
pub(crate) fn update(change: &DateChange) -> wire::AssetUpdate<'_> {
    let new = |field| change.get(field).map(|change| change.new);
    wire::AssetUpdate {
        asset_id: &change.asset.vendor_id,
        purchased_date: new(DateField::PurchaseDate),
        warranty_expiry_date: new(DateField::WarrantyExpiry),
    }
}

fn identify(draft: &mut AssetDraft<'_>, wire: &wire::Asset) {
    draft
        .name(wire.name.text())
        .manufacturer(wire.manufacturer.text())
        .model(wire.model.text())
        .serial(wire.serial_number.text())
        .primary_mac(wire.primary_mac.text())
        .public_ip(wire.public_ip.text())
        .gateway(wire.gateway.text());
    let asset = &mut draft.asset;
    asset.hostname = wire.host_name.clean();
    asset.domain = wire.domain.clean();
    asset.last_user = wire.logged_in_user.clean();
    // An account is of one product: it has clients or departments.
    asset.customer = reference(&wire.client).or_else(|| reference(&wire.department));
    asset.site = reference(&wire.site);
    asset.assigned_user = reference(&wire.requester);
}

fn describe(draft: &mut AssetDraft<'_>, wire: &wire::Asset) {
    kind(draft, wire);
    draft.os(wire.platform.text(), wire.platform_version.text());
    let asset = &mut draft.asset;
    let role = wire.platform_family.clean();
    asset.network.domain_role = role.as_deref().and_then(domain_role);
    asset.agent_version = wire.agent_version.clean();
    asset.patch_status = wire.patch_status.clean();
    // Seen: one word of four. The others say nothing of a restart.
    let waits = asset.patch_status.as_deref() == Some("Reboot Required");
    asset.pending_reboot = waits.then_some(true);
    // What SuperOps lists is in use; it has no other state.
    draft.asset.state = AssetState::Active;
    draft.asset.connectivity = match wire.status.text().map(str::trim) {
        Some("ONLINE") => Connectivity::Online,
        Some("OFFLINE") => Connectivity::Offline,
        _ => Connectivity::Unknown,
    };
}

/// The role that the words of a family name, such as `Standalone Workstation`; `Server` names none.
fn domain_role(family: &str) -> Option<DomainRole> {
    let word = family.to_ascii_lowercase().replace(' ', "_");
    word.parse().ok()
}

/// The kind, from the most dependable place that tells; a later one may say
/// whether a workstation is a desktop or a laptop.
fn kind(draft: &mut AssetDraft<'_>, wire: &wire::Asset) {
    let named = |object: &LenientObject<wire::Reference>| {
        object.value().and_then(|reference| reference.name.clean())
    };
    let words: Vec<String> = [
        wire.platform_category.clean(),
        named(&wire.device_category),
        wire.platform_family.clean(),
        named(&wire.asset_class),
    ]
    .into_iter()
    .flatten()
    .collect();
    let mut known = words
        .iter()
        .filter_map(|word| Some((word, AssetKind::from_words(word)?)));
    let told = match known.next() {
        Some(first @ (_, AssetKind::Workstation)) => known
            .find(|(_, kind)| matches!(kind, AssetKind::Desktop | AssetKind::Laptop))
            .or(Some(first)),
        told => told,
    };
    match told {
        Some((word, kind)) => draft.kind(word.as_str(), Some(kind)),
        None => draft.kind(words.first().map(String::as_str), None),
    };
}

fn date(draft: &mut AssetDraft<'_>, wire: &wire::Asset) {
    draft
        .last_check_in(
            wire.last_communicated_time.text(),
            CheckInBasis::AgentCheckIn,
        )
        .purchase_date(wire.purchased_date.text())
        .warranty_expiry(wire.warranty_expiry_date.text());
}

fn processor(draft: &mut AssetDraft<'_>, wire: &wire::Cpu) {
    let cpu = &mut draft.asset.cpu;
    let cores = |count: Option<u64>| count.and_then(|count| u32::try_from(count).ok());
    cpu.name = wire.cpu_name.clean();
    cpu.physical_cores = cores(wire.physical_core);
    cpu.logical_cores = cores(wire.logical_core);
    // `actualValue` of a speed is in MHz, whatever the unit shown.
    let speed = wire.max_speed.value();
    cpu.speed_mhz = Cpu::speed_in(speed.and_then(|speed| speed.actual_value.text()));
    draft.arch(wire.architecture.text());
}

fn volumes(draft: &mut AssetDraft<'_>, wire: &wire::Disks) {
    for disk in wire.disks.0.iter().filter_map(LenientObject::value) {
        let mut volume = Disk::new(disk.drive.clean());
        volume.media = DiskMedia::from_words(disk.disc_type.text());
        draft.disk(volume, size(&disk.size), size(&disk.free_size));
    }
    if let Some(total) = size(&wire.total_size) {
        draft.storage_total(total);
    }
}

/// `actualValue` is bytes; the shown value is in units of 1024, whatever they are called.
fn size(measure: &LenientObject<wire::Measure>) -> Option<Size<'_>> {
    let measure = measure.value()?;
    match measure.actual_value.text() {
        Some(number) => Some(Size::Stated {
            number,
            unit: SizeUnit::Bytes,
        }),
        None => Some(Size::Stated {
            number: measure.value.text()?,
            unit: SizeUnit::binary(measure.unit.text()?)?,
        }),
    }
}

fn reference(object: &LenientObject<wire::Reference>) -> Option<Ref> {
    let wire = object.value()?;
    let mut reference = Ref::new(wire.id().clean()?, wire.name.clean());
    reference.email = wire.email.clean();
    Some(reference)
}

/// Stages are free text; only the plain words are taken at their word.
fn is_active(stage: &str) -> Option<bool> {
    match stage.to_ascii_lowercase().as_str() {
        "active" => Some(true),
        "inactive" => Some(false),
        _ => None,
    }
}

fn note_unexpected(draft: &mut AssetDraft<'_>, wire: &wire::Asset) {
    let scalars = [
        ("name", &wire.name),
        ("network.primary_mac", &wire.primary_mac),
        ("last_user", &wire.logged_in_user),
        ("serial", &wire.serial_number),
        ("manufacturer", &wire.manufacturer),
        ("model", &wire.model),
        ("hostname", &wire.host_name),
        ("network.public_ip", &wire.public_ip),
        ("network.gateway", &wire.gateway),
        ("os.name", &wire.platform),
        ("domain", &wire.domain),
        ("connectivity", &wire.status),
        ("last_check_in", &wire.last_communicated_time),
        ("kind", &wire.platform_category),
        ("kind", &wire.platform_family),
        ("os.version", &wire.platform_version),
        ("agent_version", &wire.agent_version),
        ("patch_status", &wire.patch_status),
        ("warranty_expiry", &wire.warranty_expiry_date),
        ("purchase_date", &wire.purchased_date),
    ];
    let references = [
        ("customer", &wire.client),
        ("customer", &wire.department),
        ("site", &wire.site),
        ("assigned_user", &wire.requester),
        ("kind", &wire.asset_class),
        ("kind", &wire.device_category),
    ];
    draft
        .unexpected_types(scalars.map(|(field, value)| (field, value.unexpected())))
        .unexpected_types(references.map(|(field, value)| (field, value.unexpected())))
        .unexpected_types([("custom_fields", wire.custom_fields.unexpected())]);
}

#[cfg(test)]
mod tests {
    use lmsync_core::json::WireRow;
    use lmsync_core::listing::CompleteList;
    use lmsync_core::model::Rules;
    use lmsync_core::two_way::WriteSource;
    use lmsync_testkit::FieldTable;
    use lmsync_testkit::superops::Product;
    use serde_json::{Value, json};

    use super::*;

    fn now() -> DateTime<Utc> {
        DateTime::parse_from_rfc3339("2026-03-31T12:00:00Z")
            .unwrap()
            .to_utc()
    }

    fn row<R>(record: R) -> ListRow<R> {
        ListRow {
            row: WireRow::of(record),
            notes: Vec::new(),
        }
    }

    fn origin() -> Origin {
        Origin::new("superops", "acme", Rules::default())
    }

    fn mapped(json: &str) -> Asset {
        let wire = serde_json::from_str(json).unwrap();
        let origin = origin();
        asset(row(wire), &origin, now()).unwrap()
    }

    fn json(asset: &Asset) -> Value {
        serde_json::to_value(asset).unwrap()
    }

    #[test]
    fn an_msp_asset() {
        insta::assert_json_snapshot!(json(&mapped(include_str!("../fixtures/asset_msp.json"))));
    }

    #[test]
    fn a_virtual_machine_of_the_it_product() {
        let guest = include_str!("../fixtures/asset_it_guest.json");
        insta::assert_json_snapshot!(json(&mapped(guest)));
    }

    #[test]
    fn an_asset_where_nothing_is_as_it_should_be() {
        insta::assert_json_snapshot!(json(&mapped(include_str!("../fixtures/asset_odd.json"))));
    }

    #[test]
    fn the_summary_adds_hardware_and_changes_nothing_else() {
        let plain = mapped(include_str!("../fixtures/asset_msp.json"));
        let summary = serde_json::from_str(include_str!("../fixtures/summary.json")).unwrap();
        let full = with_summary(plain.clone(), &summary, &origin());
        assert_eq!(full.memory_bytes, Some(8_460_263_424));
        assert_eq!(full.issues, plain.issues);
        let (before, after) = (json(&plain), json(&full));
        let changed: serde_json::Map<String, Value> = after
            .as_object()
            .unwrap()
            .iter()
            .filter(|(key, value)| before.get(key) != Some(value))
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect();
        insta::assert_json_snapshot!(changed);
    }

    #[test]
    fn software_is_listed_and_what_has_no_name_is_told() {
        let read = |json: &str| serde_json::from_str::<wire::Software>(json).unwrap();
        let rows = [
            row(read(
                r#"{"id":"8","software":{"softwareId":6536746415185346560,"name":"AirDrop","manufacturer":"apple"},
                    "version":"1.0","installedDate":"2022-08-11T06:44:38","bitVersion":"ARM 64-Bit","installedPath":"/x"}"#,
            )),
            row(read(r#"{"software":{"name":" "}}"#)),
        ];
        let asset = mapped(include_str!("../fixtures/asset_msp.json"));
        let dates = origin().dates(now());
        let (records, rejected): (Vec<_>, Vec<_>) = rows
            .iter()
            .map(|row| program(row, &dates))
            .partition(Result::is_ok);
        let mut list = CompleteList::new(records.into_iter().map(Result::unwrap).collect());
        list.rejected = rejected.into_iter().map(Result::unwrap_err).collect();
        let asset = list.add_to(asset, &origin());
        insta::assert_json_snapshot!(asset.software);
        assert!(asset.issues.iter().any(|issue| issue.field == "software"));
        let nothing = CompleteList::new(Vec::new());
        let none = nothing.add_to(asset, &origin());
        assert_eq!(none.software, Some(Vec::new()));
    }

    #[test]
    fn what_a_listing_reads_is_what_is_held() {
        let days = Rules::default().dates(now());
        for (date, expected) in [
            ("null", "empty"),
            (r#"" ""#, "empty"),
            (r#""1900-01-01""#, "empty"),
            (r#""2023-05-27""#, "2023-05-27"),
            (r#""2023-05-27T00:00:00.000""#, "2023-05-27"),
            (r#""2/1/2024""#, r#""2/1/2024""#),
            (r#""on loan""#, r#""on loan""#),
            (r#"{"day":1}"#, r#""a value of type object""#),
        ] {
            let json = format!(
                r#"{{"assetId":"1","name":"a","purchasedDate":{date},"warrantyExpiryDate":{date}}}"#
            );
            let held = held_dates(&serde_json::from_str(&json).unwrap(), &days);
            assert_eq!(held.purchase_date.to_string(), expected, "{date}");
            assert_eq!(held.warranty_expiry, held.purchase_date);
            let listed = mapped(&json);
            assert_eq!(listed.purchase_date, held.purchase_date.day());
            assert_eq!(listed.warranty_expiry, held.warranty_expiry.day());
        }
    }

    #[test]
    fn a_date_that_was_not_sent_is_not_taken_for_empty() {
        let read = serde_json::from_str::<wire::AssetDates>;
        assert!(read(r#"{"assetId":"1","name":"a","purchasedDate":null}"#).is_err());
        assert!(read(r#"{"assetId":"1","purchasedDate":null,"warrantyExpiryDate":null}"#).is_ok());
    }

    #[test]
    fn an_update_holds_the_id_and_what_changes() {
        let day = |text: &str| text.parse().unwrap();
        let body = |change: &DateChange| serde_json::to_value(update(change)).unwrap();
        let change = DateChange::new("9001114136934215681");
        let bought = change.clone().set(
            DateField::PurchaseDate,
            None,
            day("2023-05-07"),
            WriteSource::Lookup,
        );
        assert_eq!(
            body(&bought),
            json!({ "assetId": "9001114136934215681", "purchasedDate": "2023-05-07" })
        );
        let both = bought.set(
            DateField::WarrantyExpiry,
            None,
            day("2030-12-31"),
            WriteSource::Lookup,
        );
        assert_eq!(
            body(&both),
            json!({
                "assetId": "9001114136934215681",
                "purchasedDate": "2023-05-07",
                "warrantyExpiryDate": "2030-12-31",
            })
        );
        let cleared = change.clear(
            DateField::WarrantyExpiry,
            day("2030-12-31"),
            WriteSource::Manual,
        );
        assert_eq!(
            body(&cleared),
            json!({ "assetId": "9001114136934215681", "warrantyExpiryDate": null })
        );
    }

    #[test]
    fn a_workstation_may_turn_out_to_be_a_laptop_and_never_by_guess() {
        let kind = |json: &str| mapped(json).kind;
        assert_eq!(
            kind(r#"{"assetId":"1","platformCategory":"WORKSTATION","model":"Laptop 14"}"#),
            AssetKind::Workstation
        );
        assert_eq!(
            kind(
                r#"{"assetId":"1","platformCategory":"WORKSTATION","deviceCategory":{"id":1,"name":"Mac Laptop"}}"#
            ),
            AssetKind::Laptop
        );
        assert_eq!(
            kind(
                r#"{"assetId":"1","platformCategory":"SERVER","deviceCategory":{"id":1,"name":"Laptop"}}"#
            ),
            AssetKind::Server
        );
        assert_eq!(kind(r#"{"assetId":"1"}"#), AssetKind::Unknown);
    }

    /// Fields that are not read, and why.
    const UNREAD: &[(&str, &str)] = &[
        (
            "lastReportedTime",
            "`lastCommunicatedTime` is the later of the two",
        ),
        (
            "sysUptime",
            "text for people, as of a time that is not told",
        ),
    ];

    #[test]
    fn every_field_of_the_schema_is_read_or_there_is_a_reason() {
        let map = |record: &Value| {
            let wire = serde_json::from_value(record.clone()).ok()?;
            let asset = asset(row(wire), &origin(), now()).ok()?;
            Some(json(&asset))
        };
        let fields = [Product::Msp, Product::It].into_iter();
        let fields = fields.flat_map(|product| product.fields("Asset"));
        let fields = fields.map(|(name, of)| match of.trim_end_matches('!') {
            "JSON" => (name, json!({ "id": "7", "name": "Seven" })),
            _ => (name.clone(), json!(name)),
        });
        let values = serde_json::from_str(include_str!("../fixtures/asset_msp.json")).unwrap();
        FieldTable::new(json!({ "assetId": "1" }), map)
            .with_fields(fields)
            .with_values(&values)
            .with_unread(UNREAD)
            .require_in(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md"));
    }

    #[test]
    fn a_record_without_an_id_is_rejected_with_what_the_vendor_said() {
        let origin = origin();
        let mut nameless = row(Box::new(wire::Asset::default()));
        nameless.notes.push("broken".to_owned());
        let rejection = asset(nameless, &origin, now()).unwrap_err();
        assert_eq!(rejection.reason, "the asset has no id: broken");
    }

    #[test]
    fn a_customers_stage_is_taken_at_its_word_only() {
        let active = |stage: &str| {
            let json = format!(r#"{{"accountId":4,"name":"Globex","stage":{stage}}}"#);
            let origin = origin();
            let wire = serde_json::from_str(&json).unwrap();
            let customer = customer(row(wire), &origin, now()).unwrap();
            assert_eq!(customer.source.vendor_id, "4");
            customer.active
        };
        assert_eq!(active("\"Active\""), Some(true));
        assert_eq!(active("\"Inactive\""), Some(false));
        assert_eq!(active("\"Prospect\""), None);
        assert_eq!(active("null"), None);
    }
}

#[cfg(test)]
mod any_json {
    //! Whatever stands in a field: the asset is kept or rejected by name, and nothing panics.

    use lmsync_core::json::{KeepRaw, WireRow};
    use proptest::prelude::*;
    use serde_json::{Map, Value, json};

    use super::*;

    fn any_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            "\\PC{0,12}".prop_map(Value::from),
            "[0-9]{0,4}-[0-9]{0,3}-[0-9]{0,3}T?[0-9:.]{0,9}".prop_map(Value::from),
            Just(json!("{\"id\":1}")),
        ];
        leaf.prop_recursive(2, 8, 4, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                proptest::collection::btree_map("[a-zA-Z]{1,6}|id|name|accountId", inner, 0..4)
                    .prop_map(|map| Value::from(map.into_iter().collect::<Map<_, _>>())),
            ]
        })
    }

    fn fixture() -> Map<String, Value> {
        serde_json::from_str(include_str!("../fixtures/asset_msp.json")).unwrap()
    }

    proptest! {
        #[test]
        fn in_any_field_costs_that_field_at_most(
            place in any::<proptest::sample::Index>(),
            value in any_value(),
            keep in any::<bool>(),
        ) {
            let mut record = fixture();
            let key = place.get(&record.keys().cloned().collect::<Vec<_>>()).clone();
            record.insert(key.clone(), value);
            let json = serde_json::value::to_raw_value(&record).unwrap();
        let origin = Origin::new("superops", "acme", lmsync_core::model::Rules::default());
            let row = ListRow {
                row: WireRow::read(&json, &["assetId"], KeepRaw::from(keep)),
                notes: Vec::new(),
            };
            match asset(row, &origin, DateTime::UNIX_EPOCH) {
                Ok(asset) => {
                    let text = serde_json::to_string(&asset).unwrap();
                    prop_assert_eq!(serde_json::from_str::<Asset>(&text).unwrap(), asset);
                }
                Err(rejection) => {
                    prop_assert_eq!(key, "assetId", "{:?}", rejection);
                }
            }
        }
    }
}
