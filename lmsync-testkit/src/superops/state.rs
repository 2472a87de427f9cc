//! What a simulated account holds, and how a selection of it is put together.

use std::borrow::Cow;
use std::collections::HashMap;

use lmsync_core::two_way::{DateField, HeldDate};
use serde_json::{Map, Value};

use crate::fleet::{Machine, Population};

use super::document::Selected;
use super::ids;
use super::spec::{Product, UnquotedIds};
use super::switches::{Misbehaviour, Permissions, RowFault};

/// The state of a simulated account.
#[derive(Debug)]
pub(super) struct Account {
    pub(super) product: Product,
    pub(super) page_cap: usize,
    pub(super) unquoted_ids: UnquotedIds,
    pub(super) total_count_as_text: bool,
    pub(super) population: Population,
    /// Custom fields that were written, by index of the machine.
    pub(super) custom_fields: HashMap<usize, Map<String, Value>>,
    /// Text that stands where a date belongs, by index of the machine.
    pub(super) date_texts: HashMap<(usize, DateField), String>,
    /// Accepted requests that asked to change dates, by index of the machine.
    pub(super) date_writes: HashMap<usize, usize>,
    pub(super) row_faults: HashMap<usize, RowFault>,
    pub(super) permissions: Permissions,
    pub(super) misbehaviour: Misbehaviour,
}

impl Account {
    /// The indices of the machines that this user sees, in the order of the listing.
    pub(super) fn visible(&self) -> Cow<'_, [usize]> {
        let all = self.population.indices();
        if self.permissions.customers.is_none() {
            return Cow::Borrowed(all);
        }
        all.iter()
            .copied()
            .filter(|index| self.sees(*index))
            .collect()
    }

    /// The machine of asset `id`, where this user sees it.
    pub(super) fn visible_index(&self, id: &str) -> Option<usize> {
        let index = self.population.index_of(ids::machine(id)?)?;
        self.sees(index).then_some(index)
    }

    /// What stands in a date field of `machine`.
    pub(super) fn held_date(&self, machine: &Machine, field: DateField) -> HeldDate {
        if let Some(text) = self.date_texts.get(&(machine.index, field)) {
            return HeldDate::Unreadable(text.clone());
        }
        HeldDate::from(match field {
            DateField::PurchaseDate => machine.purchased,
            _ => machine.warranty_expiry,
        })
    }

    /// Puts `held` into a date field of machine `index`.
    pub(super) fn hold_date(&mut self, index: usize, field: DateField, held: &HeldDate) {
        self.date_texts.remove(&(index, field));
        if let HeldDate::Unreadable(text) = held {
            self.date_texts.insert((index, field), text.clone());
        }
        self.population.change(index, |machine| match field {
            DateField::PurchaseDate => machine.purchased = held.day(),
            _ => machine.warranty_expiry = held.day(),
        });
    }

    fn sees(&self, index: usize) -> bool {
        self.permissions.sees(self.population.customer_of(index))
    }

    /// An id inside a JSON scalar of machine `index`: text, or at times a number.
    pub(super) fn scalar_id(&self, id: u64, index: usize) -> Value {
        let unquoted = match self.unquoted_ids {
            UnquotedIds::Never => false,
            UnquotedIds::Sometimes => index % 3 == 1,
            UnquotedIds::Always => true,
        };
        if unquoted { id.into() } else { ids::text(id) }
    }
}

/// An object of type `of` with exactly the `selected` fields; `value` gives each its value.
pub(super) fn object(
    account: &Account,
    of: &str,
    selected: &[Selected],
    mut value: impl FnMut(&Selected) -> Value,
) -> Value {
    let as_text = account.misbehaviour.json_scalars_as_text;
    let members = selected.iter().map(|field| {
        let value = match field.name.as_str() {
            "__typename" => Value::String(of.to_owned()),
            _ => value(field),
        };
        let value = match value {
            Value::Null => Value::Null,
            scalar if as_text && *field.of.inner_named_type() == "JSON" => {
                Value::String(scalar.to_string())
            }
            value => value,
        };
        (field.key.clone(), value)
    });
    Value::Object(members.collect())
}
