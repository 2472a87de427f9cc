//! The fields in which a tenant keeps what Halo has no field for: Halo's own properties, asset
//! fields, custom fields.

use std::borrow::Cow;

use lmsync_core::json::{LenientObject, Scalar};
use lmsync_core::tenant_fields::{
    FieldIndex, FieldValue, Form, SupportedField, TenantField as F, Texts,
};

use crate::wire;

/// Intune's last sync, the only thing like a check-in that Halo itself has.
pub(crate) const INTUNE: &str = "intune_lastsyncdatetime";

/// The fields that can be named, with the names that are looked for otherwise.
pub(crate) static SUPPORTED: &[SupportedField] = &[
    SupportedField::new(F::AssetTag, &["Asset Tag", "inventory_number"]),
    SupportedField::new(F::Cpu, &["Processor", "Processor Name", "CPU"]),
    SupportedField::new(F::Domain, &["Domain", "Domain Name"]),
    SupportedField::new(F::HardwareUuid, &["Hardware UUID", "System UUID", "UUID"]),
    SupportedField::new(
        F::Hostname,
        &[
            "Hostname",
            "Computer Name",
            "Device Name",
            "Machine Name",
            "Name",
        ],
    ),
    SupportedField::new(F::Kind, &[]),
    SupportedField::new(F::LastCheckIn, &[INTUNE]),
    SupportedField::new(
        F::LastUser,
        &["Last User", "Last Logged In User", "Last Logged On User"],
    ),
    SupportedField::new(F::MacAddress, &["ethernetMacAddress", "MAC Address", "MAC"]),
    SupportedField::new(
        F::Manufacturer,
        &["manufacturer_name", "Manufacturer", "Make", "Brand"],
    ),
    SupportedField::new(
        F::Memory,
        &[
            "physicalMemoryInBytes",
            "RAM",
            "Memory",
            "Total Memory",
            "RAM (GB)",
            "Memory (GB)",
        ],
    ),
    SupportedField::new(F::Model, &["Model", "Model Name", "Model Number"]),
    SupportedField::new(F::OsName, &["Operating System", "OS", "OS Name"]),
    SupportedField::new(F::OsVersion, &["OS Version", "Operating System Version"]),
    SupportedField::new(F::ProductNumber, &["Product Number"]),
    SupportedField::new(
        F::PurchaseDate,
        &[
            "supplier_purchasedate",
            "Purchase Date",
            "Date Purchased",
            "Purchased",
        ],
    ),
    SupportedField::new(
        F::Serial,
        &["Serial Number", "Serial", "Serial No", "Service Tag"],
    ),
    SupportedField::new(
        F::Storage,
        &[
            "Hard Disk",
            "Hard Drive",
            "Storage",
            "Total Storage",
            "Disk Size",
        ],
    ),
    SupportedField::new(
        F::WarrantyExpiry,
        &[
            "warranty_end",
            "Warranty Expiry",
            "Warranty Expiry Date",
            "Warranty End",
            "Warranty End Date",
            "Warranty Expiration",
        ],
    ),
    SupportedField::new(
        F::WarrantyStart,
        &["warranty_start", "Warranty Start", "Warranty Start Date"],
    ),
];

/// What an asset has under a name.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Value<'a> {
    /// Halo's own property.
    Property(&'static str, &'a Scalar),
    /// Halo's own property that takes a day.
    Day(&'static str, &'a Scalar),
    /// The asset field at this position among the asset's.
    Field(usize, &'a wire::Field),
    /// A custom field, which cannot be written.
    Custom(&'a wire::Field),
}

impl FieldValue for Value<'_> {
    /// The label of a choice is what is shown, its number what is stored.
    fn texts(&self, form: Form) -> Texts<'_> {
        let text = match self {
            Self::Property(_, value) | Self::Day(_, value) => value.trimmed().map(Cow::Borrowed),
            Self::Field(_, field) | Self::Custom(field) => {
                let stored = || stored(field).clean().map(Cow::Owned);
                let shown = || field.display.trimmed().map(Cow::Borrowed);
                match form {
                    Form::Shown => shown().or_else(stored),
                    Form::Stored => stored().or_else(shown),
                }
            }
        };
        text.into()
    }

    fn unexpected(&self) -> Option<&'static str> {
        match self {
            Self::Property(_, value) | Self::Day(_, value) => value.unexpected(),
            Self::Field(_, field) | Self::Custom(field) => stored(field).unexpected(),
        }
    }
}

fn stored(field: &wire::Field) -> Scalar {
    field.value.as_ref().map(Scalar::from).unwrap_or_default()
}

/// All that `asset` has by name: Halo's own properties first, then asset fields, then custom ones.
pub(crate) fn index(asset: &wire::Asset) -> FieldIndex<'_, Value<'_>> {
    let own = properties(asset).into_iter();
    // A day that is missing may be written; the others are not looked for in vain.
    let own = own.filter(|(_, value)| **value != Scalar::Absent);
    let days = days(asset).into_iter();
    let fields = asset.fields.iter().flat_map(|fields| &fields.0);
    let fields = fields.map(LenientObject::value).enumerate();
    let custom = asset.customfields.iter().flat_map(|fields| &fields.0);
    let custom = custom.filter_map(LenientObject::value);
    FieldIndex::new(
        own.map(|(name, value)| (name, Value::Property(name, value)))
            .chain(days.map(|(name, value)| (name, Value::Day(name, value))))
            .chain(fields.filter_map(|(at, field)| Some((name(field?)?, Value::Field(at, field?)))))
            .chain(custom.filter_map(|field| Some((name(field)?, Value::Custom(field))))),
    )
}

fn name(field: &wire::Field) -> Option<&str> {
    field.name.text()
}

fn properties(asset: &wire::Asset) -> [(&'static str, &Scalar); 15] {
    [
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
        (INTUNE, &asset.intune_lastsyncdatetime),
        ("ethernetMacAddress", &asset.ethernet_mac_address),
        ("physicalMemoryInBytes", &asset.physical_memory_in_bytes),
    ]
}

/// Halo's own properties that are days.
fn days(asset: &wire::Asset) -> [(&'static str, &Scalar); 10] {
    [
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
    ]
}
