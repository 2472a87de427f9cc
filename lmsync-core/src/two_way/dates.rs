//! The dates that two-way sync knows, as vendors hold them.

use std::fmt;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::json::Scalar;
use crate::model::{DateReader, IssueCode, VendorDay};
use crate::tenant_fields::TenantField;

/// A date of an asset that two-way sync knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum DateField {
    /// The day of purchase.
    PurchaseDate,
    /// The last day of the warranty.
    WarrantyExpiry,
}

crate::words!(DateField {
    PurchaseDate => "purchase_date",
    WarrantyExpiry => "warranty_expiry",
});

impl DateField {
    /// The field under whose names a tenant keeps this date, where the vendor has none for it.
    #[must_use]
    pub const fn tenant_field(self) -> TenantField {
        match self {
            Self::PurchaseDate => TenantField::PurchaseDate,
            Self::WarrantyExpiry => TenantField::WarrantyExpiry,
        }
    }
}

/// A set of [`DateField`]s; in JSON the list of their words.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct DateFields {
    purchase_date: bool,
    warranty_expiry: bool,
}

impl DateFields {
    /// No field.
    pub const NONE: Self = Self {
        purchase_date: false,
        warranty_expiry: false,
    };

    /// Every field.
    pub const ALL: Self = Self {
        purchase_date: true,
        warranty_expiry: true,
    };

    /// Adds `field`.
    #[must_use]
    pub const fn with(mut self, field: DateField) -> Self {
        match field {
            DateField::PurchaseDate => self.purchase_date = true,
            DateField::WarrantyExpiry => self.warranty_expiry = true,
        }
        self
    }

    /// Tells whether `field` is in the set.
    #[must_use]
    pub const fn contains(self, field: DateField) -> bool {
        match field {
            DateField::PurchaseDate => self.purchase_date,
            DateField::WarrantyExpiry => self.warranty_expiry,
        }
    }

    /// Tells whether no field is in the set.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        !self.purchase_date && !self.warranty_expiry
    }
}

impl FromIterator<DateField> for DateFields {
    fn from_iter<I: IntoIterator<Item = DateField>>(fields: I) -> Self {
        fields.into_iter().fold(Self::NONE, Self::with)
    }
}

/// The content of one field at a vendor.
///
/// In JSON null, a day as `YYYY-MM-DD`, or `{"unreadable": "text"}`.
///
/// Complete: a field holds nothing, a day or anything else.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub enum HeldDate {
    /// Nothing, or a value that the vendor writes for nothing, such as the year 1900.
    #[default]
    Empty,
    /// A day.
    Day(NaiveDate),
    /// Text that is no day, such as a note of the tenant's or `2/1/2024`. It is never overwritten.
    Unreadable(String),
}

impl HeldDate {
    /// Reads a vendor's value with `reader`.
    #[must_use]
    pub fn read<'v>(reader: &DateReader, value: impl Into<VendorDay<'v>>) -> Self {
        let value = value.into();
        let reading = reader.day(value);
        let means_nothing =
            reading.issues.is_empty() || reading.issues.contains(&IssueCode::SentinelDate);
        match reading.value {
            Some(day) => Self::Day(day),
            None if means_nothing => Self::Empty,
            None => Self::Unreadable(value.shown()),
        }
    }

    /// Reads a member of a vendor's record with `reader`; an array or object is never a date, and
    /// never overwritten.
    #[must_use]
    pub fn of(reader: &DateReader, value: &Scalar) -> Self {
        match value.unexpected() {
            Some(kind) => Self::Unreadable(format!("a value of type {kind}")),
            None => Self::read(reader, value.text()),
        }
    }

    /// The day, if it is one.
    #[must_use]
    pub fn day(&self) -> Option<NaiveDate> {
        match self {
            Self::Day(day) => Some(*day),
            Self::Empty | Self::Unreadable(_) => None,
        }
    }
}

impl From<Option<NaiveDate>> for HeldDate {
    fn from(day: Option<NaiveDate>) -> Self {
        day.map_or(Self::Empty, Self::Day)
    }
}

impl fmt::Display for HeldDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("empty"),
            Self::Day(day) => write!(f, "{day}"),
            Self::Unreadable(text) => write!(f, "\"{}\"", text.escape_debug()),
        }
    }
}

/// The dates that a vendor holds for an asset.
///
/// Plain data: connectors make it, and a further date would concern each of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AssetDates {
    /// The day of purchase.
    pub purchase_date: HeldDate,
    /// The last day of the warranty.
    pub warranty_expiry: HeldDate,
}

impl AssetDates {
    /// Dates that are each a day or empty.
    #[must_use]
    pub fn new(purchase_date: Option<NaiveDate>, warranty_expiry: Option<NaiveDate>) -> Self {
        Self {
            purchase_date: purchase_date.into(),
            warranty_expiry: warranty_expiry.into(),
        }
    }

    /// The content of `field`.
    #[must_use]
    pub const fn get(&self, field: DateField) -> &HeldDate {
        match field {
            DateField::PurchaseDate => &self.purchase_date,
            DateField::WarrantyExpiry => &self.warranty_expiry,
        }
    }

    /// Puts `held` in `field`.
    #[must_use]
    pub fn with(mut self, field: DateField, held: impl Into<HeldDate>) -> Self {
        match field {
            DateField::PurchaseDate => self.purchase_date = held.into(),
            DateField::WarrantyExpiry => self.warranty_expiry = held.into(),
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    fn held(text: Option<&str>) -> HeldDate {
        HeldDate::read(&DateReader::new(DateTime::UNIX_EPOCH), text)
    }

    #[test]
    fn a_date_is_shown_by_the_name_that_journals_write() {
        for (field, name) in DateField::ALL
            .iter()
            .copied()
            .zip(["purchase_date", "warranty_expiry"])
        {
            assert_eq!(field.to_string(), name);
            assert_eq!(serde_json::to_value(field).unwrap(), name);
        }
    }

    #[test]
    fn a_set_is_empty_without_any_date() {
        assert!(DateFields::NONE.is_empty());
        for &field in DateField::ALL {
            assert!(!DateFields::NONE.with(field).is_empty(), "{field}");
        }
        assert!(!DateFields::ALL.is_empty());
    }

    #[test]
    fn days_that_mean_never_are_held_as_nothing_with_or_without_a_time() {
        for never in [
            "1753-01-01",
            "1601-01-01T00:00:00Z",
            "1970-01-01 00:00:00",
            "4501-01-01T00:00:00",
            "9999-12-31T23:59:59.997",
            "9999-12-30",
            "12/31/9999",
            "31-DEC-9999",
            "2079-06-06",
            "\u{feff}0001-01-01",
        ] {
            assert_eq!(held(Some(never)), HeldDate::Empty, "{never}");
        }
        for late in ["1999-12-31", "2099-12-31"] {
            assert_eq!(held(Some(late)), HeldDate::Day(late.parse().unwrap()));
        }
    }

    #[test]
    fn what_is_held_is_a_day_nothing_or_the_tenants_own() {
        let day = NaiveDate::from_ymd_opt(2024, 5, 31).unwrap();
        assert_eq!(held(Some(" 2024-05-31T12:00:00")), HeldDate::Day(day));
        for nothing in [None, Some(""), Some(" \n"), Some("1900-01-01T00:00:00")] {
            assert_eq!(held(nothing), HeldDate::Empty, "{nothing:?}");
        }
        for text in ["Team plan until May", "2/1/2024", "2024-02-30", "May 2026"] {
            assert_eq!(held(Some(text)), HeldDate::Unreadable(text.to_owned()));
        }
        assert_eq!(held(Some("31-May-2024")), HeldDate::Day(day));
        assert_eq!(held(Some("a\"\n")).to_string(), r#""a\"\n""#);
        let reader = DateReader::new(DateTime::UNIX_EPOCH);
        let odd = HeldDate::of(&reader, &Scalar::Unexpected("object"));
        assert_eq!(
            odd,
            HeldDate::Unreadable("a value of type object".to_owned())
        );
        assert_eq!(HeldDate::of(&reader, &Scalar::Null), HeldDate::Empty);
    }
}
