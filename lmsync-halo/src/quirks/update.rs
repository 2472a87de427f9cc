//! The two dates that are written: what an asset holds of them, and what a change sends.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use lmsync_core::model::{DateReader, RawJson, clean};
use lmsync_core::tenant_fields::{DateTarget, TenantFields};
use lmsync_core::two_way::{AssetDates, DateChange, DateField};
use lmsync_core::{Error, ErrorKind, Result};

use crate::tenant_fields::{Value, index};
use crate::wire;

/// An asset, and by which rules its dates are found.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Holder<'a> {
    pub(crate) asset: &'a wire::Asset,
    pub(crate) fields: &'a TenantFields,
    pub(crate) dates: &'a DateReader,
}

impl Holder<'_> {
    /// The dates that the asset holds, as a listing reads them.
    pub(crate) fn held(&self) -> AssetDates {
        self.fields.held_dates(&index(self.asset), self.dates)
    }

    /// The smallest body that makes `change`.
    pub(crate) fn change(&self, change: &DateChange) -> Result<wire::AssetChange> {
        let mut properties = BTreeMap::new();
        let mut fields = BTreeMap::new();
        for change in change.changes() {
            let day = at_noon(change.new.ok_or_else(|| unclearable(change.field))?);
            let before = match self.target(change.field)? {
                Value::Day(name, _) | Value::Property(name, _) => properties.insert(name, day),
                Value::Field(at, _) => fields.insert(at, day),
                Value::Custom(_) => return Err(self.no_target(change.field)),
            };
            if before.is_some() {
                return Err(one_target());
            }
        }
        Ok(wire::AssetChange {
            id: wire::number(&self.asset.id).ok_or_else(|| unreadable("the id"))?,
            properties,
            fields: if fields.is_empty() {
                Vec::new()
            } else {
                self.all_fields(&fields)?
            },
        })
    }

    /// What takes the day for `date`.
    fn target(&self, date: DateField) -> Result<Value<'_>> {
        let takes_day = |value: &Value<'_>| matches!(value, Value::Day(..) | Value::Field(..));
        let index = index(self.asset);
        match self.fields.date_target(date, &index, self.dates, takes_day) {
            DateTarget::Field { value, .. } => Ok(value),
            DateTarget::Missing => Err(self.no_target(date)),
            DateTarget::Occupied(text) => Err(occupied(date, &text)),
        }
    }

    /// Every asset field with the value that it has, or the one for its position in `new`:
    /// Halo was seen to empty those that are left out.
    fn all_fields(&self, new: &BTreeMap<usize, String>) -> Result<Vec<wire::FieldValue>> {
        if self.asset.warning.text().and_then(clean).is_some() {
            return Err(incomplete());
        }
        let fields = self.asset.fields.iter().flat_map(|fields| &fields.0);
        let mut all = Vec::new();
        for (position, field) in fields.enumerate() {
            let field = field.value();
            let id = field.and_then(|field| wire::number(&field.id));
            let (field, id) = field
                .zip(id)
                .ok_or_else(|| unreadable("one of the asset fields"))?;
            let value = match new.get(&position) {
                Some(day) => Some(RawJson::text(day)),
                None => field.value.clone(),
            };
            // One without a value has none to lose.
            all.extend(value.map(|value| wire::FieldValue { id, value }));
        }
        Ok(all)
    }

    /// The asset has nothing under the date's names that a day can be written to.
    fn no_target(&self, date: DateField) -> Error {
        let own = match date {
            DateField::PurchaseDate => "supplier_purchasedate",
            _ => "warranty_end",
        };
        let names = self.fields.quoted_names(date.tenant_field());
        Error::config(format!(
            "nothing was sent: the asset has no field for {date} that is called {names} and \
             takes a date"
        ))
        .with_hint(format!(
            "add an asset field of that name to the fields of the asset's type in Halo, let the \
             agent's role use all asset fields, or name another one as `fields.{date}`; `{own}` \
             is Halo's own and always there, custom fields cannot be written"
        ))
    }
}

/// A day so that a shift by some hours does not make it another.
fn at_noon(day: NaiveDate) -> String {
    format!("{day}T12:00:00")
}

fn unclearable(field: DateField) -> Error {
    Error::unsupported("Halo", &format!("clearing {field}"))
}

fn unreadable(what: &str) -> Error {
    Error::new(
        ErrorKind::Decode,
        format!("nothing was sent: of the asset that Halo sent, {what} cannot be read"),
    )
    .with_hint("report it to the vendor")
}

/// What Halo may have left out cannot be sent back, and would be lost.
fn incomplete() -> Error {
    Error::vendor("nothing was sent: Halo sent the asset with a warning, so fields may be missing")
        .with_hint("the asset's issues hold the warning; try again later")
}

fn one_target() -> Error {
    Error::config("nothing was sent: both dates would go to the same field")
        .with_hint("name different fields as `fields.purchase_date` and `fields.warranty_expiry`")
}

fn occupied(date: DateField, text: &str) -> Error {
    Error::config(format!(
        "nothing was sent: {text:?} stands in the field for {date}"
    ))
    .with_hint(format!(
        "clear it in Halo, or name another field as `fields.{date}`"
    ))
}

#[cfg(test)]
mod tests;
