//! Fields that a vendor's tenants can keep, and the names that apply to one account.

use std::collections::BTreeMap;

use super::key::SoughtName;
use super::names::{TenantField, TenantFieldNames};
use crate::error::{Error, Result};

/// A field that a vendor looks for among its tenants' own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct SupportedField {
    /// The field.
    pub field: TenantField,
    /// The names to try, in order, where the configuration has none; there may be none at all.
    pub default_names: &'static [&'static str],
}

impl SupportedField {
    /// `field`, looked for under `default_names` unless the configuration names others.
    #[must_use]
    pub const fn new(field: TenantField, default_names: &'static [&'static str]) -> Self {
        Self {
            field,
            default_names,
        }
    }
}

/// Names of the fields of one account: the configuration's, and the vendor's for the rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantFields {
    names: BTreeMap<TenantField, Vec<SoughtName>>,
    configured: TenantFieldNames,
}

impl TenantFields {
    /// The names of `own`, and for fields without any there the default ones of `supported`.
    ///
    /// An empty list in `own` is a choice too: the field is not looked for.
    ///
    /// # Errors
    /// `config`, naming the key as the configuration writes it, when `own` has a name for a field
    /// that is not `supported`, or a name without any letter or digit.
    pub fn new(own: TenantFieldNames, supported: &'static [SupportedField]) -> Result<Self> {
        let is_wrong = |(field, names): &(TenantField, &[String])| {
            !names.is_empty() && !supported.iter().any(|known| known.field == *field)
        };
        if let Some((field, _)) = own.iter().find(is_wrong) {
            return Err(unsupported(field, supported));
        }
        let defaults = supported
            .iter()
            .fold(TenantFieldNames::new(), |names, known| {
                names.with(known.field, known.default_names.iter().copied())
            });
        let all = own.clone().over(defaults);
        let mut names = BTreeMap::new();
        for (field, texts) in all.iter() {
            let sought: Option<_> = texts.iter().map(|name| SoughtName::new(name)).collect();
            names.insert(field, sought.ok_or_else(|| blank(field))?);
        }
        Ok(Self {
            names,
            configured: own,
        })
    }

    /// The names to try for `field`, in order.
    pub fn names(&self, field: TenantField) -> impl Iterator<Item = &str> {
        self.sought(field).iter().map(|name| name.text.as_str())
    }

    /// The names of `field` for a sentence: `"Bought" or "Purchase Date"`.
    #[must_use]
    pub fn quoted_names(&self, field: TenantField) -> String {
        let names: Vec<_> = self.names(field).map(|name| format!("{name:?}")).collect();
        names.join(" or ")
    }

    /// Tells whether the configuration, not the vendor, names `field`.
    #[must_use]
    pub fn is_configured(&self, field: TenantField) -> bool {
        !self.configured.names(field).is_empty()
    }

    /// A field other than `field` that is read from a field called `name` as well.
    ///
    /// What is written there would be read as both.
    #[must_use]
    pub fn shared_with(&self, field: TenantField, name: &str) -> Option<TenantField> {
        let is_called = |other: &TenantField| {
            let mut names = self.names(*other);
            names.any(|own| TenantFieldNames::is_same_name(own, name))
        };
        self.names
            .keys()
            .copied()
            .find(|other| *other != field && is_called(other))
    }

    pub(super) fn sought(&self, field: TenantField) -> &[SoughtName] {
        self.names.get(&field).map_or(&[], Vec::as_slice)
    }

    /// The fields that have a name.
    pub(super) fn fields(&self) -> impl Iterator<Item = TenantField> {
        let named = self.names.iter().filter(|(_, names)| !names.is_empty());
        named.map(|(field, _)| *field)
    }
}

fn unsupported(field: TenantField, supported: &[SupportedField]) -> Error {
    let known: Vec<_> = supported
        .iter()
        .map(|known| format!("`fields.{}`", known.field))
        .collect();
    Error::config(format!("`fields.{field}` is not read from tenants' fields"))
        .with_hint(format!("leave it out; there are {}", known.join(", ")))
}

fn blank(field: TenantField) -> Error {
    Error::config(format!(
        "`fields.{field}` holds a name without a letter or digit"
    ))
    .with_hint("write the name of the field as the vendor shows it on the asset's page")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    static SUPPORTED: &[SupportedField] = &[
        SupportedField::new(TenantField::Serial, &["Serial Number", "Service Tag"]),
        SupportedField::new(TenantField::Model, &["Model"]),
        SupportedField::new(TenantField::PurchaseDate, &["Purchase Date"]),
        SupportedField::new(TenantField::LastCheckIn, &[]),
    ];

    fn fields(own: TenantFieldNames) -> Result<TenantFields> {
        TenantFields::new(own, SUPPORTED)
    }

    fn names(fields: &TenantFields, field: TenantField) -> Vec<&str> {
        fields.names(field).collect()
    }

    #[test]
    fn own_names_take_the_place_of_defaults_field_by_field() {
        let own = TenantFieldNames::new()
            .with(TenantField::Serial, ["SN", "Tag"])
            .with(TenantField::PurchaseDate, []);
        let fields = fields(own).unwrap();
        assert_eq!(names(&fields, TenantField::Serial), ["SN", "Tag"]);
        assert_eq!(names(&fields, TenantField::Model), ["Model"]);
        for nameless in [TenantField::PurchaseDate, TenantField::LastCheckIn] {
            assert!(names(&fields, nameless).is_empty(), "{nameless}");
            assert!(!fields.is_configured(nameless), "{nameless}");
        }
        assert!(fields.is_configured(TenantField::Serial));
        assert!(!fields.is_configured(TenantField::Model));
        let named: Vec<_> = fields.fields().collect();
        assert_eq!(named, [TenantField::Model, TenantField::Serial]);
        let quoted = fields.quoted_names(TenantField::Serial);
        assert_eq!(quoted, r#""SN" or "Tag""#);
    }

    #[test]
    fn a_field_that_the_vendor_does_not_read_is_refused_by_its_key() {
        let own = TenantFieldNames::new().with(TenantField::Memory, ["RAM"]);
        let error = fields(own).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.message().contains("`fields.memory`"), "{error}");
        assert!(error.hint().unwrap().contains("`fields.serial`"), "{error}");
        // No name is none that could be wrong.
        let nothing = TenantFieldNames::new().with(TenantField::Memory, []);
        assert!(fields(nothing).is_ok());
    }

    #[test]
    fn a_name_without_a_letter_or_digit_is_refused_by_its_key() {
        for name in ["", " ", "--", ":"] {
            let own = TenantFieldNames::new().with(TenantField::PurchaseDate, ["Bought", name]);
            let error = fields(own).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Config);
            let key = "`fields.purchase_date`";
            assert!(error.message().contains(key), "{error}");
            assert!(error.hint().is_some(), "{error}");
        }
    }

    #[test]
    fn a_name_that_two_fields_have_is_told() {
        let own = TenantFieldNames::new().with(TenantField::PurchaseDate, ["model", "Bought"]);
        let fields = fields(own).unwrap();
        let shared = |name| fields.shared_with(TenantField::PurchaseDate, name);
        assert_eq!(shared("MODEL"), Some(TenantField::Model));
        assert_eq!(shared("Bought"), None);
        let back = fields.shared_with(TenantField::Model, "Model");
        assert_eq!(back, Some(TenantField::PurchaseDate));
    }
}
