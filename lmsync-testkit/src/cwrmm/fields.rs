//! The partner's custom fields: their definitions, and the values that devices have in them.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate};
use lmsync_core::two_way::DateField;

use crate::conformance::Treatment;
use crate::fleet::Machine;

/// The custom field that holds the day of purchase.
pub const PURCHASE_DATE: &str = "Purchase Date";
/// The custom field that holds the last day of the warranty.
pub const WARRANTY_EXPIRY: &str = "Warranty Expiration Date";
/// A custom field that holds no date.
pub const RACK: &str = "Rack";

pub(super) const DATES: [(DateField, &str); 2] = [
    (DateField::PurchaseDate, PURCHASE_DATE),
    (DateField::WarrantyExpiry, WARRANTY_EXPIRY),
];
/// A custom field that devices have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The type of its values.
    pub kind: AttributeKind,
    /// What devices without a value show when asked for defaults.
    pub default: Option<String>,
}

impl Definition {
    /// A field for text, with the id that the account's `number`th field has.
    #[must_use]
    pub fn new(number: usize, name: impl Into<String>) -> Self {
        Self {
            id: format!("9e98f3e0-a609-4258-be46-{number:012x}"),
            name: name.into(),
            kind: AttributeKind::Text,
            default: None,
        }
    }
}

/// The type of a custom field's values.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum AttributeKind {
    /// `string`: text, kept as it comes.
    #[default]
    Text,
    /// `datetime`: a day or a moment, told as a moment.
    DateTime,
}

impl AttributeKind {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Text => "string",
            Self::DateTime => "datetime",
        }
    }

    /// `value` as it is kept; `None` where it is refused.
    pub(super) fn keep(self, value: &str) -> Option<String> {
        match self {
            Self::Text => Some(value.to_owned()),
            Self::DateTime => match DateTime::parse_from_rfc3339(value) {
                Ok(moment) => Some(super::device::instant(moment.to_utc())),
                Err(_) => day(value).map(|day| format!("{day}T00:00:00.000Z")),
            },
        }
    }
}

/// The custom fields of an account's devices.
#[derive(Debug)]
pub(super) struct CustomFields {
    pub(super) definitions: Vec<Definition>,
    /// Whether devices began with values in them.
    filled: bool,
    pub(super) created: usize,
    /// What was written, by device and definition; `None` where a value was taken away.
    pub(super) written: HashMap<(usize, String), Option<String>>,
    pub(super) date_writes: HashMap<usize, usize>,
    pub(super) treatment: Treatment,
}

impl CustomFields {
    pub(super) fn new(filled: bool) -> Self {
        let names = [PURCHASE_DATE, WARRANTY_EXPIRY, RACK];
        Self {
            definitions: (1..)
                .zip(names)
                .map(|(n, name)| Definition::new(n, name))
                .collect(),
            filled,
            created: names.len(),
            written: HashMap::new(),
            date_writes: HashMap::new(),
            treatment: Treatment::Keep,
        }
    }

    /// What `machine` itself has in a field.
    pub(super) fn own(&self, machine: &Machine, definition: &Definition) -> Option<String> {
        let key = (machine.index, definition.id.clone());
        match self.written.get(&key) {
            Some(written) => written.clone(),
            None if self.filled => began_with(machine, &definition.name),
            None => None,
        }
    }

    pub(super) fn of_name(&self, name: &str) -> Option<&Definition> {
        self.definitions.iter().find(|known| known.name == name)
    }

    pub(super) fn is_date(&self, id: &str) -> bool {
        DATES
            .iter()
            .filter_map(|(_, name)| self.of_name(name))
            .any(|known| known.id == id)
    }
}

fn began_with(machine: &Machine, name: &str) -> Option<String> {
    match name {
        PURCHASE_DATE => machine.purchased.map(|day| day.to_string()),
        WARRANTY_EXPIRY => machine.warranty_expiry.map(|day| day.to_string()),
        RACK => Some(format!("Rack {}", machine.index % 40)),
        _ => None,
    }
}

pub(super) fn day(text: &str) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()
}
