//! The custom fields that dates are written to: found, and created where that is wanted.

use std::collections::BTreeMap;

use lmsync_core::http::Meter;
use lmsync_core::model::{DateReader, TenantFieldNames};
use lmsync_core::two_way::{DateChange, DateField};
use lmsync_core::{Error, ErrorKind, Result};

use crate::api::{Api, Fields};

use crate::places;
use crate::quirks::scope::Scope;
use crate::wire::{AttributeValue, NewField};

const MISSING_HINT: &str = "in ConnectWise RMM's portal, create the custom field for endpoints, \
     of the type string; or name one that exists in `fields`; or set `create_custom_fields`";
const NOT_KNOWN_HINT: &str = "the device may have been deleted; where the account has no custom \
     field for endpoints at all, create those for the dates first";
const NOT_SHOWN_HINT: &str = "run it again in a moment; if it stays, look at the custom field in \
     ConnectWise RMM's portal: it may be one for something else than endpoints";

const OPERATION: &str = "custom fields";

/// The ids of the custom fields for dates, as far as they are known.
#[derive(Debug, Clone, Default)]
pub struct DateTarget(BTreeMap<DateField, String>);

impl DateTarget {
    /// The fields that hold a date, or text in place of one, among a device's `own`.
    pub(crate) fn of_held(
        own: &[AttributeValue],
        places: &TenantFieldNames,
        reader: &DateReader,
    ) -> Self {
        let home = |date: DateField| {
            let (held, _) = places::day(own, places, date.tenant_field(), reader)?;
            Some((date, held.attribute.id()?.to_owned()))
        };
        Self(DateField::ALL.into_iter().filter_map(home).collect())
    }

    /// Also the first place of each date that has none yet, among `all` fields.
    fn or_first_of(mut self, all: &[AttributeValue], places: &TenantFieldNames) -> Self {
        for date in DateField::ALL {
            if let Some(id) = places::home(all, places, date.tenant_field()) {
                self.0.entry(date).or_insert_with(|| id.to_owned());
            }
        }
        self
    }

    /// The id of the field for `date`.
    pub(crate) fn id(&self, date: DateField) -> Result<&str> {
        let id = self.0.get(&date).map(String::as_str);
        id.ok_or_else(|| Error::config(format!("there is no custom field for {date}")))
    }

    fn missing(&self, dates: &[DateField]) -> Vec<DateField> {
        let has = |date: &&DateField| self.0.contains_key(*date);
        dates.iter().filter(|date| !has(date)).copied().collect()
    }
}

impl Api {
    /// Custom fields of a device, for the sake of dates.
    pub(crate) async fn custom_fields(
        &self,
        device: &str,
        which: Fields,
        meter: &Meter,
    ) -> Result<Vec<AttributeValue>> {
        let fields = self.fields_of_device(device, which, meter).await;
        fields.map_err(|error| match error.kind() {
            ErrorKind::NotFound => error.with_hint(NOT_KNOWN_HINT),
            ErrorKind::Permission => error.with_hint(format!(
                "{}; it is asked for only where `fields` are set",
                Scope::CustomFields.hint()
            )),
            _ => error,
        })
    }

    /// The fields to write `change` to: those that hold its dates now, else the first that
    /// exist, else new ones where they are wanted.
    pub(crate) async fn homes(
        &self,
        change: &DateChange,
        held: &DateTarget,
        meter: &Meter,
    ) -> Result<DateTarget> {
        let device = change.asset.vendor_id.as_str();
        let dates: Vec<DateField> = change.changes().iter().map(|change| change.field).collect();
        if held.missing(&dates).is_empty() {
            return Ok(held.clone());
        }
        let homes = self.look(device, held, meter).await?;
        let missing = homes.missing(&dates);
        if missing.is_empty() {
            return Ok(homes);
        }
        if !self.options.create_custom_fields {
            return Err(self.no_field(&missing));
        }
        self.create(device, &missing, meter).await?;
        let homes = self.look(device, held, meter).await?;
        let missing = homes.missing(&dates);
        if missing.is_empty() {
            Ok(homes)
        } else {
            Err(self.not_shown(&missing))
        }
    }

    /// What `dates` lack a field for on a device.
    pub(crate) async fn missing_homes(
        &self,
        device: &str,
        dates: &[DateField],
        meter: &Meter,
    ) -> Result<Vec<DateField>> {
        let homes = self.look(device, &DateTarget::default(), meter).await?;
        Ok(homes.missing(dates))
    }

    async fn look(&self, device: &str, held: &DateTarget, meter: &Meter) -> Result<DateTarget> {
        let all = self.custom_fields(device, Fields::All, meter).await?;
        Ok(held.clone().or_first_of(&all, &self.options.places))
    }

    /// Creates fields for `dates`, unless another write did so in the meantime.
    async fn create(&self, device: &str, dates: &[DateField], meter: &Meter) -> Result<()> {
        let writer = &self.writer;
        let _turn = writer.turn_to_create().await;
        for date in self.missing_homes(device, dates, meter).await? {
            let field = self.new_field(date)?;
            writer.create_field(&field, meter).await?;
        }
        Ok(())
    }

    fn new_field(&self, date: DateField) -> Result<NewField<'_>> {
        let name = places::new_name(&self.options.places, date);
        let name = name.ok_or_else(|| self.no_field(&[date]))?;
        Ok(NewField {
            entity_type: "endpoint",
            name,
            description: "A day, written as 2027-05-31",
            attribute_type: "string",
            is_editable: true,
        })
    }

    /// Dates without a custom field: nothing can be written.
    pub(crate) fn no_field(&self, dates: &[DateField]) -> Error {
        let sought = places::sought(&self.options.places, dates);
        Error::config(format!("the device has no custom field for {sought}"))
            .with_operation(OPERATION)
            .with_hint(MISSING_HINT)
    }

    fn not_shown(&self, dates: &[DateField]) -> Error {
        let sought = places::sought(&self.options.places, dates);
        Error::vendor(format!(
            "ConnectWise RMM took the custom field for {sought}, and the device does not show it"
        ))
        .with_operation(OPERATION)
        .with_hint(NOT_SHOWN_HINT)
    }
}
