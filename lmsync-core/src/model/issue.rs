//! What was odd about a vendor's record.

use serde::{Deserialize, Serialize};

use super::raw::RawJson;

/// Something about a record that a person may want to look at.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Issue {
    /// What is odd.
    pub code: IssueCode,
    /// The field of the record, such as `serial` or `last_check_in`.
    pub field: String,
    /// What the vendor sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw: Option<RawJson>,
    /// A sentence for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl Issue {
    /// The issue `code` with `field`.
    #[must_use]
    pub fn new(code: IssueCode, field: impl Into<String>) -> Self {
        Self {
            code,
            field: field.into(),
            raw: None,
            note: None,
        }
    }

    /// Adds the text that the vendor sent.
    #[must_use]
    pub fn with_raw(mut self, raw: &str) -> Self {
        self.raw = Some(RawJson::text(raw));
        self
    }

    /// Adds a sentence for people.
    #[must_use]
    pub fn with_note(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }
}

/// What is odd about a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum IssueCode {
    /// The serial number is text that many machines share.
    PlaceholderSerial,
    /// There is no serial number.
    MissingSerial,
    /// Another asset of the same sync has the same serial number.
    DuplicateSerial,
    /// The date is one that software writes for "none".
    SentinelDate,
    /// The date can be read in two ways.
    AmbiguousDate,
    /// The date is outside 1990 to twenty years from now, or not a date.
    ImplausibleDate,
    /// The purchase is after the end of the warranty.
    DateOrder,
    /// The time carries no zone; the connector's was taken.
    ZoneAssumed,
    /// The check-in is later than now.
    CheckInInFuture,
    /// The vendor's word for the kind is not known.
    UnknownKind,
    /// The manufacturer is a placeholder.
    UnknownManufacturer,
    /// The size carries no unit; the documented one was taken.
    UnitAssumed,
    /// A value or list was cut off.
    Truncated,
    /// The value has a type that the vendor's schema does not allow.
    UnexpectedType,
}

crate::words!(IssueCode {
    PlaceholderSerial => "placeholder_serial",
    MissingSerial => "missing_serial",
    DuplicateSerial => "duplicate_serial",
    SentinelDate => "sentinel_date",
    AmbiguousDate => "ambiguous_date",
    ImplausibleDate => "implausible_date",
    DateOrder => "date_order",
    ZoneAssumed => "zone_assumed",
    CheckInInFuture => "check_in_in_future",
    UnknownKind => "unknown_kind",
    UnknownManufacturer => "unknown_manufacturer",
    UnitAssumed => "unit_assumed",
    Truncated => "truncated",
    UnexpectedType => "unexpected_type",
});
