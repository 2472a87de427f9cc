//! The fields in which a tenant keeps what Syncro has no field for: properties, under names of
//! the tenant's own.

use lmsync_core::model::RawJson;
use lmsync_core::tenant_fields::{FieldIndex, SupportedField, TenantField as F};

use crate::wire::Properties;

/// The fields that can be named, with the names that are looked for otherwise.
pub(crate) static SUPPORTED: &[SupportedField] = &[
    SupportedField::new(F::AssetTag, &[]),
    SupportedField::new(F::Cpu, &["cpu_name"]),
    SupportedField::new(F::Domain, &[]),
    SupportedField::new(F::Hostname, &[]),
    SupportedField::new(F::HardwareUuid, &[]),
    SupportedField::new(F::Kind, &["form_factor"]),
    SupportedField::new(F::LastCheckIn, &[]),
    SupportedField::new(F::LastUser, &[]),
    SupportedField::new(F::MacAddress, &["mac"]),
    SupportedField::new(F::Manufacturer, &["manufacturer", "Make"]),
    SupportedField::new(F::Memory, &["ram"]),
    SupportedField::new(F::Model, &["model"]),
    SupportedField::new(F::OsName, &["os"]),
    SupportedField::new(F::OsVersion, &[]),
    SupportedField::new(F::ProductNumber, &[]),
    SupportedField::new(F::PurchaseDate, &["Purchase Date"]),
    SupportedField::new(F::Serial, &["Service Tag", "Serial Number"]),
    SupportedField::new(F::Storage, &["hdd"]),
    SupportedField::new(F::WarrantyExpiry, &["warranty_end_date", "Warranty End"]),
    SupportedField::new(F::WarrantyStart, &["Warranty Start"]),
];

/// The properties by name.
pub(crate) fn index(properties: &Properties) -> FieldIndex<'_, &RawJson> {
    FieldIndex::new(
        properties
            .0
            .iter()
            .map(|(name, value)| (name.as_str(), value)),
    )
}
