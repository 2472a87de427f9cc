//! The two dates of two-way sync among the properties: where each stands, and the
//! properties with another in its place. Pure.
//!
//! A date stands where a sync reads it from: in the first property under one of its
//! names that holds a day. Where none does, anything else that is in one of them
//! stands for the date, so that nothing is written over it or beside it. Where all
//! are empty the first of them is the date's place, and where there is none, its first name.
//! Nothing but the properties counts: neither date has another source in Syncro.

use std::collections::BTreeMap;

use lmsync_core::json::{LenientObject, Scalar};
use lmsync_core::model::{DateReader, RawJson, TenantFieldNames};
use lmsync_core::two_way::{AssetDates, DateChange, DateField, FieldChange, HeldDate};
use lmsync_core::{Error, ErrorKind, Result};

use crate::places;
use crate::wire::{self, Properties, Property};

/// What of an asset has to be sent back with a change, and how its dates are read.
pub struct Record {
    /// Its name, to the letter; `None` where it has none.
    name: Option<String>,
    properties: Properties,
    dates: DateReader,
}

/// The place of one date in a record.
struct Place<'r> {
    /// The property; `None` where there is none under the date's names.
    key: Option<&'r str>,
    held: HeldDate,
    /// Another property under the names that is not empty.
    rival: Option<&'r str>,
}

impl Record {
    /// The record of asset `id`, whose dates `dates` reads.
    ///
    /// # Errors
    /// `not_found` when it is another asset's. `decode` when the properties are not
    /// known: to send them anyway could lose them.
    pub(crate) fn of(asset: wire::Asset, id: &str, dates: DateReader) -> Result<Self> {
        if asset.id.text() != Some(id) {
            let what = "Syncro answers with another asset than the one asked for";
            return Err(Error::new(ErrorKind::NotFound, what)
                .with_hint("it may have been merged into the other: list the assets again"));
        }
        let properties = match asset.properties {
            LenientObject::Value(properties) => properties,
            LenientObject::Null => Properties::new(),
            LenientObject::Absent => return Err(unreadable("nothing")),
            LenientObject::Unexpected(kind) => return Err(unreadable(kind)),
        };
        Ok(Self {
            name: asset.name.text().map(ToOwned::to_owned),
            properties,
            dates,
        })
    }

    /// The dates it holds.
    pub(crate) fn held(&self, places: &TenantFieldNames) -> AssetDates {
        DateField::ALL
            .into_iter()
            .fold(AssetDates::default(), |dates, field| {
                dates.with(field, self.place(field, places).held)
            })
    }

    /// What has to be sent for `change`: all that the record has, with the new dates
    /// in their places.
    ///
    /// # Errors
    /// `config` when a date's name does not lead to a place of its own.
    pub(crate) fn update<'r>(
        &'r self,
        change: &DateChange,
        places: &'r TenantFieldNames,
    ) -> Result<wire::AssetUpdate<'r>> {
        let kept = self.properties.iter();
        let mut properties: BTreeMap<_, _> = kept
            .map(|(key, value)| (key.as_str(), Property::Kept(value)))
            .collect();
        for change in change.changes() {
            let key = self.key_for(change, places)?;
            let text = change.new.map(|day| day.to_string());
            properties.insert(key, Property::Written(text.unwrap_or_default()));
        }
        Ok(wire::AssetUpdate {
            name: self.name.as_deref(),
            properties,
        })
    }

    /// The property that `change` goes to.
    fn key_for<'r>(
        &'r self,
        change: &FieldChange,
        places: &'r TenantFieldNames,
    ) -> Result<&'r str> {
        let place = self.place(change.field, places);
        let named = names(places, change.field).first().map(String::as_str);
        let key = place
            .key
            .or(named)
            .ok_or_else(|| without_a_name(change.field))?;
        if let Some(other) = places::shared_with(places, change.field.tenant_field(), key) {
            let what = format!("the property \"{key}\" is configured for {other:?}, too");
            return Err(Error::config(what)
                .with_hint("give each date a property of its own under `fields`"));
        }
        match place.rival {
            Some(rival) if change.new.is_none() => Err(Error::config(format!(
                "{} cannot be cleared: the property \"{rival}\" is not empty either",
                change.field
            ))
            .with_hint(
                "name one property alone for this date under `fields`, or clear it in Syncro",
            )),
            _ => Ok(key),
        }
    }

    fn place<'r>(&'r self, field: DateField, places: &'r TenantFieldNames) -> Place<'r> {
        let found: Vec<(&str, &RawJson)> = names(places, field)
            .iter()
            .flat_map(|name| places::under(name, &self.properties))
            .collect();
        let is_read = |(_, value): &&(&str, &RawJson)| {
            let is_day = |text: &String| self.dates.day(text.as_str()).value.is_some();
            places::texts(value).iter().any(is_day)
        };
        let is_in_use = |(_, value): &&(&str, &RawJson)| self.held_in(value) != HeldDate::Empty;
        let in_use = found.iter().filter(is_in_use);
        let chosen = found
            .iter()
            .find(is_read)
            .or_else(|| in_use.clone().next())
            .or_else(|| found.first());
        let key = chosen.map(|(key, _)| *key);
        Place {
            key,
            held: chosen.map_or(HeldDate::Empty, |(_, value)| self.held_in(value)),
            rival: in_use
                .map(|(key, _)| *key)
                .find(|other| Some(*other) != key),
        }
    }

    /// What a property holds. A list or an object is never a date, even where a sync finds one
    /// in it, for a text in its place would lose the rest.
    fn held_in(&self, value: &RawJson) -> HeldDate {
        match serde_json::from_str(value.get()) {
            Ok(Scalar::Text(text)) => HeldDate::read(&self.dates, text.as_str()),
            Ok(Scalar::Absent | Scalar::Null) => HeldDate::Empty,
            Ok(Scalar::Unexpected(_)) | Err(_) => HeldDate::Unreadable(value.get().to_owned()),
        }
    }
}

fn names(places: &TenantFieldNames, field: DateField) -> &[String] {
    places.names(field.tenant_field())
}

fn without_a_name(field: DateField) -> Error {
    Error::config(format!("no property is named for {field}"))
        .with_hint("name one under `fields`, as the asset's page in Syncro shows it")
}

fn unreadable(kind: &str) -> Error {
    Error::new(
        ErrorKind::Decode,
        format!("the asset's properties cannot be read, so none is written: {kind} came"),
    )
    .with_hint("report it to the vendor")
}

#[cfg(test)]
mod tests;
