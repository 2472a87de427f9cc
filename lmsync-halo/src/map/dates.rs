//! The two dates that are written: what an asset holds of them, and what a change sends.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use lmsync_core::model::{DateReader, RawJson, TenantFieldNames, clean};
use lmsync_core::two_way::{AssetDates, DateChange, DateField};
use lmsync_core::{Error, ErrorKind, Result};

use crate::places::{self, DateTarget};
use crate::wire;

/// An asset, and by which rules its dates are found.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Holder<'a> {
    pub(crate) asset: &'a wire::Asset,
    pub(crate) places: &'a TenantFieldNames,
    pub(crate) dates: &'a DateReader,
}

impl Holder<'_> {
    /// The dates that the asset holds, as a listing reads them.
    pub(crate) fn held(&self) -> AssetDates {
        let held = |place| places::held(self.asset, self.places, place, self.dates);
        DateField::ALL
            .into_iter()
            .fold(AssetDates::default(), |dates, field| {
                dates.with(field, held(field.tenant_field()))
            })
    }

    /// The smallest body that makes `change`.
    pub(crate) fn change(&self, change: &DateChange) -> Result<wire::AssetChange> {
        let mut properties = BTreeMap::new();
        let mut fields = BTreeMap::new();
        for (room, day) in self.rooms(change)? {
            match room {
                DateTarget::Property(name) => {
                    properties.insert(name, day);
                }
                DateTarget::Field(position) => {
                    fields.insert(position, day);
                }
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

    /// What is to be written where.
    fn rooms(&self, change: &DateChange) -> Result<BTreeMap<DateTarget, String>> {
        let mut rooms = BTreeMap::new();
        for field in DateField::ALL {
            let place = field.tenant_field();
            let Some(due) = change.get(field) else {
                continue;
            };
            let day = at_noon(due.new.ok_or_else(|| unclearable(field))?);
            let room = places::room(self.asset, self.places, place, self.dates)
                .ok_or_else(|| no_room(field, self.places.names(place)))?;
            if rooms.insert(room, day).is_some() {
                return Err(one_room());
            }
        }
        Ok(rooms)
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

fn one_room() -> Error {
    Error::config("nothing was sent: both dates would go to the same field")
        .with_hint("name different fields as `fields.purchase_date` and `fields.warranty_expiry`")
}

/// The asset has none of the places called `names`, or none that a day can be written to.
fn no_room(field: DateField, names: &[String]) -> Error {
    let own = match field {
        DateField::PurchaseDate => "supplier_purchasedate",
        _ => "warranty_end",
    };
    Error::config(format!(
        "nothing was sent: the asset has no field for {field} that is called \"{}\" and takes a date",
        names.join("\" or \"")
    ))
    .with_hint(format!(
        "add an asset field of that name to the fields of the asset's type in Halo, let the agent's \
         role use all asset fields, or name another one as `fields.{field}`; `{own}` is Halo's own \
         and always there, custom fields cannot be written"
    ))
}

#[cfg(test)]
mod tests;
