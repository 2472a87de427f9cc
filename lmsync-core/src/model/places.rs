//! Where a tenant keeps what the vendor has no field for.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{self, Deserializer, SeqAccess, Visitor};

use crate::error::{Error, Result as LmsyncResult};

/// A field of an asset that tenants keep in fields of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
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

impl TenantField {
    /// Every field.
    pub const ALL: [Self; 20] = [
        Self::AssetTag,
        Self::Cpu,
        Self::Domain,
        Self::Hostname,
        Self::HardwareUuid,
        Self::Kind,
        Self::LastCheckIn,
        Self::LastUser,
        Self::MacAddress,
        Self::Manufacturer,
        Self::Memory,
        Self::Model,
        Self::OsName,
        Self::OsVersion,
        Self::ProductNumber,
        Self::PurchaseDate,
        Self::Serial,
        Self::Storage,
        Self::WarrantyExpiry,
        Self::WarrantyStart,
    ];

    /// The stable name, as configurations write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AssetTag => "asset_tag",
            Self::Cpu => "cpu",
            Self::Domain => "domain",
            Self::Hostname => "hostname",
            Self::HardwareUuid => "hardware_uuid",
            Self::Kind => "kind",
            Self::LastCheckIn => "last_check_in",
            Self::LastUser => "last_user",
            Self::MacAddress => "mac_address",
            Self::Manufacturer => "manufacturer",
            Self::Memory => "memory",
            Self::Model => "model",
            Self::OsName => "os_name",
            Self::OsVersion => "os_version",
            Self::ProductNumber => "product_number",
            Self::PurchaseDate => "purchase_date",
            Self::Serial => "serial",
            Self::Storage => "storage",
            Self::WarrantyExpiry => "warranty_expiry",
            Self::WarrantyStart => "warranty_start",
        }
    }
}

impl fmt::Display for TenantField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Under which names a tenant keeps what: for each field the names to try, in order.
///
/// In a configuration each field is a name or a list of names:
///
/// ```
/// # use lmsync_core::model::{TenantFieldNames, TenantField};
/// let places: TenantFieldNames = serde_json::from_str(
///     r#"{ "serial": ["Serial Number", "Service Tag"], "purchase_date": "Bought on" }"#,
/// )?;
/// assert_eq!(places.names(TenantField::Serial), ["Serial Number", "Service Tag"]);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct TenantFieldNames(BTreeMap<TenantField, Names>);

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Names(Vec<String>);

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
    #[must_use]
    pub fn over(mut self, defaults: Self) -> Self {
        for (field, names) in defaults.0 {
            self.0.entry(field).or_insert(names);
        }
        self
    }

    /// Checks a configuration's names: that each is for one of `supported`, the fields that a
    /// connector fills from them, and that none matches nothing or anything.
    ///
    /// # Errors
    /// `config` that says which name is wrong, with the fields that can be named.
    pub fn check(&self, supported: &[TenantField]) -> LmsyncResult<()> {
        for (field, names) in &self.0 {
            if !names.0.is_empty() && !supported.contains(field) {
                let can: Vec<String> = supported.iter().map(|can| format!("`{can}`")).collect();
                let what = "this connector does not read it from a tenant's own fields";
                return Err(
                    Error::config(format!("`fields` has a name for `{field}`: {what}")).with_hint(
                        format!("leave it out; what can be named: {}", can.join(", ")),
                    ),
                );
            }
            let is_blank = |name: &String| !name.chars().any(char::is_alphanumeric);
            if names.0.iter().any(is_blank) {
                return Err(Error::config(format!(
                    "`fields` has a name without a letter for `{field}`"
                ))
                .with_hint("write the name of the field as the asset's page shows it"));
            }
        }
        Ok(())
    }

    /// The names to try for `field`, in order.
    #[must_use]
    pub fn names(&self, field: TenantField) -> &[String] {
        self.0.get(&field).map_or(&[], |names| &names.0)
    }

    /// The first of `field`'s names for which `look` finds something, and what it found.
    pub fn find<T>(
        &self,
        field: TenantField,
        look: impl Fn(&str) -> Option<T>,
    ) -> Option<(&str, T)> {
        self.names(field)
            .iter()
            .find_map(|name| Some((name.as_str(), look(name)?)))
    }

    /// Whether two names mean the same field: case, blanks and separators do not count.
    #[must_use]
    pub fn is_same_name(left: &str, right: &str) -> bool {
        fn letters(name: &str) -> impl Iterator<Item = char> + '_ {
            name.chars()
                .filter(|letter| letter.is_alphanumeric())
                .flat_map(char::to_lowercase)
        }
        letters(left).eq(letters(right))
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
    fn own_names_take_the_place_of_defaults_field_by_field() {
        let defaults = TenantFieldNames::new()
            .with(TenantField::Serial, ["Serial Number"])
            .with(TenantField::Model, ["Model"]);
        let own = TenantFieldNames::new().with(TenantField::Serial, ["SN", "Tag"]);
        let places = own.over(defaults);
        assert_eq!(places.names(TenantField::Serial), ["SN", "Tag"]);
        assert_eq!(places.names(TenantField::Model), ["Model"]);
        assert!(places.names(TenantField::Domain).is_empty());
        let found = places.find(TenantField::Serial, |name| (name == "Tag").then_some(7));
        assert_eq!(found, Some(("Tag", 7)));
    }

    #[test]
    fn names_are_compared_by_their_letters() {
        assert!(TenantFieldNames::is_same_name(
            "Serial Number",
            "serial_number"
        ));
        assert!(TenantFieldNames::is_same_name("Model No.:", "model no"));
        assert!(!TenantFieldNames::is_same_name("Serial", "Serial 2"));
    }

    #[test]
    fn a_field_has_one_name() {
        for field in TenantField::ALL {
            let json = format!("\"{field}\"");
            assert_eq!(serde_json::from_str::<TenantField>(&json).unwrap(), field);
        }
        let all: std::collections::BTreeSet<_> = TenantField::ALL.into_iter().collect();
        assert_eq!(all.len(), TenantField::ALL.len());
    }

    #[test]
    fn what_a_connector_does_not_read_cannot_be_named() {
        let supported = [TenantField::AssetTag, TenantField::PurchaseDate];
        for field in TenantField::ALL {
            let named = TenantFieldNames::new().with(field, ["Our Field"]);
            let checked = named.check(&supported);
            assert_eq!(checked.is_ok(), supported.contains(&field), "{field}");
            if let Err(error) = checked {
                assert!(error.message().contains(field.as_str()), "{error}");
                assert!(error.hint().unwrap().contains("`purchase_date`"));
            }
            // No name is none that could be wrong.
            assert!(TenantFieldNames::new().with(field, []).check(&[]).is_ok());
        }
    }

    #[test]
    fn a_name_without_a_letter_is_refused() {
        for name in ["", " ", "--", ":"] {
            let named = TenantFieldNames::new().with(TenantField::Serial, ["SN", name]);
            let error = named.check(&TenantField::ALL).unwrap_err();
            assert!(error.message().contains("`serial`"), "{name}: {error}");
        }
        for name in ["7", "\u{e9}", "No. 1", "\u{5e8f}"] {
            let named = TenantFieldNames::new().with(TenantField::Serial, [name]);
            assert!(named.check(&TenantField::ALL).is_ok(), "{name}");
        }
    }

    #[test]
    fn an_unknown_field_is_an_error_that_names_it() {
        let error = serde_json::from_str::<TenantFieldNames>(r#"{"serail":"SN"}"#).unwrap_err();
        assert!(error.to_string().contains("serail"), "{error}");
        assert!(serde_json::from_str::<TenantFieldNames>(r#"{"serial":5}"#).is_err());
    }
}
