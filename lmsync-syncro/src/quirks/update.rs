//! An update of an asset: the properties that dates go to, alone or with all the others. Pure.

use lmsync_core::json::LenientObject;
use lmsync_core::model::{DateReader, RawJson};
use lmsync_core::tenant_fields::{DateTarget, TenantFields};
use lmsync_core::two_way::{AssetDates, DateChange, DateField, FieldChange};
use lmsync_core::{Error, ErrorKind, Result};

use crate::config::PropertiesSent;
use crate::quirks::agent;
use crate::tenant_fields::index;
use crate::wire::{self, Properties, Property};

/// The parts of an asset that a change needs, and the way its dates are read.
#[derive(Debug, Clone)]
pub struct Record {
    /// Its name, to the letter; `None` where it has none.
    name: Option<String>,
    properties: Properties,
    dates: DateReader,
}

impl Record {
    /// The record of asset `id`, whose dates `dates` reads.
    ///
    /// # Errors
    /// `not_found` when it is another asset's. `decode` when the properties are not
    /// known: to send them anyway could lose them.
    pub(crate) fn of(asset: wire::Asset, id: &str, dates: DateReader) -> Result<Self> {
        if asset.id.id() != Some(id) {
            let what = "Syncro answers with another asset than the one asked for";
            return Err(Error::new(ErrorKind::NotFound, what)
                .with_hint("it may have been merged into the other: list the assets again"));
        }
        let properties = match asset.properties {
            LenientObject::Value(properties) => properties,
            LenientObject::Null => Properties::default(),
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
    pub(crate) fn held(&self, fields: &TenantFields) -> AssetDates {
        fields.held_dates(&index(&self.properties), &self.dates)
    }

    /// The update for `change`: the new dates in their places, with all else that the
    /// record has where `sent` says so.
    ///
    /// # Errors
    /// `config` when a date's name does not lead to a place of its own.
    pub(crate) fn update<'r>(
        &'r self,
        change: &DateChange,
        fields: &'r TenantFields,
        sent: PropertiesSent,
    ) -> Result<wire::AssetUpdate<'r>> {
        let mut update = match sent {
            PropertiesSent::Dates => wire::AssetUpdate::default(),
            PropertiesSent::All => wire::AssetUpdate {
                name: self.name.as_deref(),
                properties: self.kept().collect(),
            },
        };
        for change in change.changes() {
            let text = change.new.map(|day| day.to_string());
            let key = self.key_for(change, fields)?;
            let written = Property::Written(text.unwrap_or_default());
            update.properties.insert(key, written);
        }
        Ok(update)
    }

    /// The properties that Syncro dropped for not being sent with `dates`: those that held something
    /// here and are not in `now`.
    ///
    /// None while another of them is there that the agent does not write by itself: then it was somebody
    /// who took them away.
    pub(crate) fn lost_in(&self, now: &Self, dates: &[String]) -> Vec<&str> {
        let held = self.properties.0.iter();
        let held = held.filter(|(key, value)| !is_empty(value) && !dates.contains(key));
        let held = held.map(|(key, _)| key.as_str());
        let (kept, lost): (Vec<&str>, Vec<&str>) =
            held.partition(|key| now.properties.0.contains_key(*key));
        match kept.iter().all(|key| agent::OWN.contains(key)) {
            true => lost,
            false => Vec::new(),
        }
    }

    /// The update that puts the properties of `before` back that are missing here.
    pub(crate) fn with_those_of<'r>(&'r self, before: &'r Self) -> wire::AssetUpdate<'r> {
        wire::AssetUpdate {
            name: self.name.as_deref(),
            properties: before.kept().chain(self.kept()).collect(),
        }
    }

    fn kept(&self) -> impl Iterator<Item = (&str, Property<'_>)> {
        let properties = self.properties.0.iter();
        properties.map(|(key, value)| (key.as_str(), Property::Kept(value)))
    }

    /// The property that `change` goes to; a new one where there is none yet.
    fn key_for<'r>(&'r self, change: &FieldChange, fields: &'r TenantFields) -> Result<&'r str> {
        let date = change.field;
        let index = index(&self.properties);
        let (key, competing) = match fields.date_target(date, &index, &self.dates, |_| true) {
            DateTarget::Field {
                name, competing, ..
            } => (name, competing),
            DateTarget::Missing => (fields.new_name(date).ok_or_else(|| nameless(date))?, None),
            DateTarget::Occupied(text) => return Err(occupied(date, &text)),
        };
        if let Some(other) = fields.shared_with(date.tenant_field(), key) {
            let what = format!("the property \"{key}\" is configured for {other}, too");
            return Err(Error::config(what)
                .with_hint("give each date a property of its own under `fields`"));
        }
        match competing {
            Some(other) if change.new.is_none() => Err(Error::config(format!(
                "{date} cannot be cleared: the property \"{other}\" is not empty either"
            ))
            .with_hint(
                "name one property alone for this date under `fields`, or clear it in Syncro",
            )),
            _ => Ok(key),
        }
    }
}

fn is_empty(value: &RawJson) -> bool {
    matches!(value.get(), "null" | "\"\"")
}

fn nameless(date: DateField) -> Error {
    Error::config(format!("no property is named for {date}"))
        .with_hint("name one under `fields`, as the asset's page in Syncro shows it")
}

fn occupied(date: DateField, text: &str) -> Error {
    Error::config(format!("{text:?} stands in the property for {date}"))
        .with_hint("clear it in Syncro, or name another property under `fields`")
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
