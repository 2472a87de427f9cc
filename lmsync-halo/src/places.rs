//! Where a tenant keeps what: Halo's own properties, asset fields, custom fields.

use std::borrow::Cow;

use lmsync_core::json::{LenientObject, OneOrMany, Scalar};
use lmsync_core::model::{DateReader, TenantField, TenantFieldNames, clean};
use lmsync_core::two_way::HeldDate;

use crate::wire;

/// Intune's last sync, the only thing like a check-in that Halo itself has.
pub(crate) const INTUNE: &str = "intune_lastsyncdatetime";

/// Halo's own properties that are days.
const DAYS: [&str; 10] = [
    "supplier_purchasedate",
    "supplier_expirydate",
    "stock_date",
    "stockdate",
    "commissiondate",
    "contract_end_date",
    "warranty_start",
    "warranty_end",
    "labour_warranty_start",
    "labour_warranty_end",
];

/// `own` names, and the usual ones for fields without.
pub(crate) fn over_defaults(own: TenantFieldNames) -> TenantFieldNames {
    use TenantField as F;
    own.over(
        TenantFieldNames::new()
            .with(F::AssetTag, ["Asset Tag", "inventory_number"])
            .with(F::Cpu, ["Processor", "Processor Name", "CPU"])
            .with(F::Domain, ["Domain", "Domain Name"])
            .with(F::HardwareUuid, ["Hardware UUID", "System UUID", "UUID"])
            .with(
                F::Hostname,
                [
                    "Hostname",
                    "Computer Name",
                    "Device Name",
                    "Machine Name",
                    "Name",
                ],
            )
            .with(
                F::LastUser,
                ["Last User", "Last Logged In User", "Last Logged On User"],
            )
            .with(F::MacAddress, ["ethernetMacAddress", "MAC Address", "MAC"])
            .with(
                F::Manufacturer,
                ["manufacturer_name", "Manufacturer", "Make", "Brand"],
            )
            .with(
                F::Memory,
                [
                    "physicalMemoryInBytes",
                    "RAM",
                    "Memory",
                    "Total Memory",
                    "RAM (GB)",
                    "Memory (GB)",
                ],
            )
            .with(F::Model, ["Model", "Model Name", "Model Number"])
            .with(F::OsName, ["Operating System", "OS", "OS Name"])
            .with(F::OsVersion, ["OS Version", "Operating System Version"])
            .with(F::ProductNumber, ["Product Number"])
            .with(
                F::PurchaseDate,
                [
                    "supplier_purchasedate",
                    "Purchase Date",
                    "Date Purchased",
                    "Purchased",
                ],
            )
            .with(
                F::Serial,
                ["Serial Number", "Serial", "Serial No", "Service Tag"],
            )
            .with(
                F::Storage,
                [
                    "Hard Disk",
                    "Hard Drive",
                    "Storage",
                    "Total Storage",
                    "Disk Size",
                ],
            )
            .with(
                F::WarrantyExpiry,
                [
                    "warranty_end",
                    "Warranty Expiry",
                    "Warranty Expiry Date",
                    "Warranty End",
                    "Warranty End Date",
                    "Warranty Expiration",
                ],
            )
            .with(
                F::WarrantyStart,
                ["warranty_start", "Warranty Start", "Warranty Start Date"],
            ),
    )
}

/// The names of places for check-ins, and whether the user chose them.
pub(crate) fn check_in(places: &TenantFieldNames) -> (Cow<'_, [String]>, bool) {
    match places.names(TenantField::LastCheckIn) {
        [] => (Cow::Owned(vec![INTUNE.to_owned()]), false),
        names => (Cow::Borrowed(names), true),
    }
}

/// Which form of a field's value is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// As people read it: the label of a choice, not its number.
    Shown,
    /// As it is stored: dates and numbers.
    Stored,
}

/// What `asset` has at the place called `name`.
pub(crate) fn look(asset: &wire::Asset, name: &str, form: Form) -> Option<String> {
    own(asset, name)
        .and_then(Scalar::text)
        .and_then(clean)
        .or_else(|| among(asset.fields.as_ref(), name, form))
        .or_else(|| among(asset.customfields.as_ref(), name, form))
}

/// What stands at one of a day's places.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Found<'p> {
    pub(crate) place: &'p str,
    pub(crate) text: String,
    pub(crate) held: HeldDate,
}

/// What counts for `field` among what `asset` has at its places.
pub(crate) fn day<'p>(
    asset: &wire::Asset,
    places: &'p TenantFieldNames,
    field: TenantField,
    dates: &DateReader,
) -> Option<Found<'p>> {
    let all = places.names(field).iter().filter_map(|place| {
        let text = look(asset, place, Form::Stored)?;
        let held = HeldDate::read(dates, text.as_str());
        Some(((place, text), held))
    });
    let ((place, text), held) = HeldDate::that_counts(all)?;
    Some(Found { place, text, held })
}

/// The date that `asset` holds for `field`, as a listing reads it.
pub(crate) fn held(
    asset: &wire::Asset,
    places: &TenantFieldNames,
    field: TenantField,
    dates: &DateReader,
) -> HeldDate {
    match day(asset, places, field, dates) {
        Some(found) if found.held != HeldDate::Empty => found.held,
        _ => places
            .find(field, |place| unexpected(asset, place))
            .map_or(HeldDate::Empty, |(_, kind)| {
                HeldDate::Unreadable(format!("a value of type {kind}"))
            }),
    }
}

/// What a day can be written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum DateTarget {
    /// Halo's own property of this name.
    Property(&'static str),
    /// The asset field at this position among the asset's.
    Field(usize),
}

/// Where to write a day for `field`: the first of its places that `asset` has and that holds
/// nothing but a day. That is where reading finds it first.
pub(crate) fn room(
    asset: &wire::Asset,
    places: &TenantFieldNames,
    field: TenantField,
    dates: &DateReader,
) -> Option<DateTarget> {
    let is_free = |place: &str| {
        let text = look(asset, place, Form::Stored);
        let held = text.map(|text| HeldDate::read(dates, text.as_str()));
        !matches!(held, Some(HeldDate::Unreadable(_))) && unexpected(asset, place).is_none()
    };
    let free = places.names(field).iter().filter(|place| is_free(place));
    free.filter_map(|place| takes_day(asset, place)).next()
}

/// What at `place` takes a day.
fn takes_day(asset: &wire::Asset, place: &str) -> Option<DateTarget> {
    let property = DAYS.iter().find(|own| own.eq_ignore_ascii_case(place));
    if let Some(property) = property {
        return Some(DateTarget::Property(property));
    }
    if own(asset, place).is_some() {
        return None;
    }
    let fields = asset.fields.as_ref()?.0.iter();
    fields
        .map(LenientObject::value)
        .position(|field| field.is_some_and(|field| is_called(field, place)))
        .map(DateTarget::Field)
}

/// The type of what stands at `place` where no single value does.
fn unexpected(asset: &wire::Asset, place: &str) -> Option<&'static str> {
    let own = own(asset, place).and_then(Scalar::unexpected);
    own.or_else(|| {
        called(asset.fields.as_ref(), place).find_map(|field| stored(field)?.unexpected())
    })
}

fn among(
    fields: Option<&OneOrMany<LenientObject<wire::Field>>>,
    name: &str,
    form: Form,
) -> Option<String> {
    called(fields, name).find_map(|field| value(field, form))
}

fn called<'a>(
    fields: Option<&'a OneOrMany<LenientObject<wire::Field>>>,
    name: &str,
) -> impl Iterator<Item = &'a wire::Field> {
    fields
        .into_iter()
        .flat_map(|fields| &fields.0)
        .filter_map(LenientObject::value)
        .filter(move |field| is_called(field, name))
}

fn is_called(field: &wire::Field, name: &str) -> bool {
    let own = field.name.text();
    own.is_some_and(|own| TenantFieldNames::is_same_name(own, name))
}

fn value(field: &wire::Field, form: Form) -> Option<String> {
    let shown = || field.display.text().and_then(clean);
    let stored = || stored(field)?.text().and_then(clean);
    match form {
        Form::Shown => shown().or_else(stored),
        Form::Stored => stored().or_else(shown),
    }
}

fn stored(field: &wire::Field) -> Option<Scalar> {
    serde_json::from_str(field.value.as_ref()?.get()).ok()
}

/// Halo's own property called `name`.
fn own<'a>(asset: &'a wire::Asset, name: &str) -> Option<&'a Scalar> {
    let properties = [
        ("inventory_number", &asset.inventory_number),
        ("key_field", &asset.key_field),
        ("key_field2", &asset.key_field2),
        ("key_field3", &asset.key_field3),
        ("username", &asset.username),
        ("assettype_name", &asset.assettype_name),
        ("assetgroup_name", &asset.assetgroup_name),
        ("status_name", &asset.status_name),
        ("manufacturer_name", &asset.manufacturer_name),
        ("item_name", &asset.item_name),
        ("supplier_name", &asset.supplier_name),
        ("supplier_reference", &asset.supplier_reference),
        ("supplier_purchasedate", &asset.supplier_purchasedate),
        ("supplier_expirydate", &asset.supplier_expirydate),
        ("stock_date", &asset.stock_date),
        ("stockdate", &asset.stockdate),
        ("commissiondate", &asset.commissiondate),
        ("contract_end_date", &asset.contract_end_date),
        ("warranty_start", &asset.warranty_start),
        ("warranty_end", &asset.warranty_end),
        ("labour_warranty_start", &asset.labour_warranty_start),
        ("labour_warranty_end", &asset.labour_warranty_end),
        (INTUNE, &asset.intune_lastsyncdatetime),
        ("ethernetMacAddress", &asset.ethernet_mac_address),
        ("physicalMemoryInBytes", &asset.physical_memory_in_bytes),
    ];
    properties
        .into_iter()
        .find(|(own, _)| own.eq_ignore_ascii_case(name))
        .map(|(_, value)| value)
}
