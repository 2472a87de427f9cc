//! Where a tenant keeps what: Halo's own properties, asset fields, custom fields.

use std::borrow::Cow;

use lmsync_core::model::{FieldPlaces, TenantField, clean};
use lmsync_core::wire::{Many, Object, Scalar};

use crate::wire;

/// Intune's last sync, the only thing like a check-in that Halo itself has.
pub(crate) const INTUNE: &str = "intune_lastsyncdatetime";

/// `own` names, and the usual ones for fields without.
pub(crate) fn over_defaults(own: FieldPlaces) -> FieldPlaces {
    use TenantField as F;
    own.over(
        FieldPlaces::new()
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
pub(crate) fn check_in(places: &FieldPlaces) -> (Cow<'_, [String]>, bool) {
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

fn among(fields: Option<&Many<Object<wire::Field>>>, name: &str, form: Form) -> Option<String> {
    fields?
        .0
        .iter()
        .filter_map(Object::value)
        .filter(|field| {
            let own = field.name.text();
            own.is_some_and(|own| FieldPlaces::is_same_name(own, name))
        })
        .find_map(|field| value(field, form))
}

fn value(field: &wire::Field, form: Form) -> Option<String> {
    let shown = || field.display.text().and_then(clean);
    let stored = || {
        let value: Scalar = serde_json::from_str(field.value.as_ref()?.get()).ok()?;
        value.text().and_then(clean)
    };
    match form {
        Form::Shown => shown().or_else(stored),
        Form::Stored => stored().or_else(shown),
    }
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
