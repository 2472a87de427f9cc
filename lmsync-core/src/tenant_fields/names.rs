//! Fields of an asset, and the names under which a tenant keeps them.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{self, Deserializer, SeqAccess, Visitor};

use super::key;

/// A field of an asset that tenants keep in fields of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum TenantField {
    /// The asset tag.
    AssetTag,
    /// The processor's name.
    Cpu,
    /// The directory domain.
    Domain,
    /// The name the machine has for itself.
    Hostname,
    /// The SMBIOS UUID.
    HardwareUuid,
    /// What kind of device it is.
    Kind,
    /// When the machine last reported.
    LastCheckIn,
    /// Who was last logged in.
    LastUser,
    /// The address of a network adapter.
    MacAddress,
    /// The manufacturer.
    Manufacturer,
    /// Installed memory.
    Memory,
    /// The model.
    Model,
    /// The operating system's name.
    OsName,
    /// The operating system's version.
    OsVersion,
    /// HP product number, Lenovo machine type, Cisco PID.
    ProductNumber,
    /// The day of purchase.
    PurchaseDate,
    /// The serial number.
    Serial,
    /// Size of all disks.
    Storage,
    /// The last day of the warranty.
    WarrantyExpiry,
    /// The first day of the warranty.
    WarrantyStart,
}

crate::words!(TenantField {
    AssetTag => "asset_tag",
    Cpu => "cpu",
    Domain => "domain",
    Hostname => "hostname",
    HardwareUuid => "hardware_uuid",
    Kind => "kind",
    LastCheckIn => "last_check_in",
    LastUser => "last_user",
    MacAddress => "mac_address",
    Manufacturer => "manufacturer",
    Memory => "memory",
    Model => "model",
    OsName => "os_name",
    OsVersion => "os_version",
    ProductNumber => "product_number",
    PurchaseDate => "purchase_date",
    Serial => "serial",
    Storage => "storage",
    WarrantyExpiry => "warranty_expiry",
    WarrantyStart => "warranty_start",
});

/// Names under which a tenant keeps its fields: for each field those to try, in order.
///
/// In a configuration each field is a name or a list of names:
///
/// ```
/// # use lmsync_core::tenant_fields::{TenantField, TenantFieldNames};
/// let names: TenantFieldNames = serde_json::from_str(
///     r#"{ "serial": ["Serial Number", "Service Tag"], "purchase_date": "Bought on" }"#,
/// )?;
/// assert_eq!(names.names(TenantField::Serial), ["Serial Number", "Service Tag"]);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct TenantFieldNames(BTreeMap<TenantField, Names>);

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Names(Vec<String>);

impl TenantFieldNames {
    /// No names.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the names to try for `field`, in order.
    #[must_use]
    pub fn with<'n>(
        mut self,
        field: TenantField,
        names: impl IntoIterator<Item = &'n str>,
    ) -> Self {
        let names = names.into_iter().map(ToOwned::to_owned).collect();
        self.0.insert(field, Names(names));
        self
    }

    /// These names, and those of `defaults` for fields that have none here.
    pub(super) fn over(mut self, defaults: Self) -> Self {
        for (field, names) in defaults.0 {
            self.0.entry(field).or_insert(names);
        }
        self
    }

    /// The names to try for `field`, in order.
    #[must_use]
    pub fn names(&self, field: TenantField) -> &[String] {
        self.0.get(&field).map_or(&[], |names| &names.0)
    }

    /// The fields that have an entry, an empty one too, each with its names.
    pub(super) fn iter(&self) -> impl Iterator<Item = (TenantField, &[String])> {
        self.0
            .iter()
            .map(|(field, names)| (*field, names.0.as_slice()))
    }

    /// Whether two names mean the same field: case, blanks and separators do not count.
    #[must_use]
    pub fn is_same_name(left: &str, right: &str) -> bool {
        key::is_same_name(left, right)
    }
}

impl<'de> Deserialize<'de> for Names {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NamesVisitor)
    }
}

struct NamesVisitor;

impl<'de> Visitor<'de> for NamesVisitor {
    type Value = Names;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a field's name or a list of names")
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<Names, E> {
        Ok(Names(vec![name.to_owned()]))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut names: A) -> Result<Names, A::Error> {
        let mut all = Vec::new();
        while let Some(name) = names.next_element()? {
            all.push(name);
        }
        Ok(Names(all))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_has_one_word_everywhere() {
        for &field in TenantField::ALL {
            let json = format!("\"{field}\"");
            assert_eq!(serde_json::from_str::<TenantField>(&json).unwrap(), field);
        }
    }

    #[test]
    fn every_field_is_listed_once() {
        let mut all = TenantField::ALL.to_vec();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), TenantField::ALL.len());
        // The error names every variant there is.
        let error = serde_json::from_str::<TenantField>("\"unheard_of\"").unwrap_err();
        let named = error.to_string().matches('`').count() / 2 - 1;
        assert_eq!(named, all.len(), "{error}");
    }

    #[test]
    fn own_names_take_the_place_of_defaults_field_by_field() {
        let defaults = TenantFieldNames::new()
            .with(TenantField::Serial, ["Serial Number"])
            .with(TenantField::Model, ["Model"]);
        let own = TenantFieldNames::new().with(TenantField::Serial, ["SN", "Tag"]);
        let names = own.over(defaults);
        assert_eq!(names.names(TenantField::Serial), ["SN", "Tag"]);
        assert_eq!(names.names(TenantField::Model), ["Model"]);
        assert!(names.names(TenantField::Domain).is_empty());
    }

    #[test]
    fn an_unknown_field_is_an_error_that_names_it() {
        let error = serde_json::from_str::<TenantFieldNames>(r#"{"serail":"SN"}"#).unwrap_err();
        assert!(error.to_string().contains("serail"), "{error}");
        assert!(serde_json::from_str::<TenantFieldNames>(r#"{"serial":5}"#).is_err());
    }
}
