//! The custom fields that dates are written to: found, and created where that is wanted.

use std::collections::BTreeMap;

use lmsync_core::http::Meter;
use lmsync_core::model::DateReader;
use lmsync_core::tenant_fields::{DateTarget, FieldIndex, TenantFields};
use lmsync_core::two_way::{DateChange, DateField};
use lmsync_core::{Error, ErrorKind, Result};

use crate::api::{Api, Fields};
use crate::quirks::scope::Scope;
use crate::tenant_fields::{index, sought};
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
pub struct FieldIds(BTreeMap<DateField, String>);

impl FieldIds {
    /// The ids of the fields among a device's own in `index` that dates are read from.
    pub(crate) fn held(
        names: &TenantFields,
        index: &FieldIndex<'_, &AttributeValue>,
        reader: &DateReader,
    ) -> Self {
        let id = |date| match names.date_target(date, index, reader, |field| field.id().is_some()) {
            DateTarget::Field { value, .. } => Some((date, value.id()?.to_owned())),
            DateTarget::Missing | DateTarget::Occupied(_) => None,
        };
        Self(DateField::ALL.iter().copied().filter_map(id).collect())
    }

    /// These ids, and for dates without one the first under its names among `all` fields,
    /// whatever the default of its definition is.
    fn or_first_of(mut self, all: &[AttributeValue], names: &TenantFields) -> Self {
        let index = index(all);
        for date in self.missing(DateField::ALL) {
            let mut called = names
                .names(date.tenant_field())
                .flat_map(|name| index.called(name))
                .filter_map(|(_, field)| field.id());
            if let Some(id) = called.next() {
                self.0.insert(date, id.to_owned());
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

    /// The ids of the fields to write `change` to: those that hold its dates now, else the first
    /// that exist, else new ones where they are wanted.
    pub(crate) async fn ids_for(
        &self,
        change: &DateChange,
        held: &FieldIds,
        meter: &Meter,
    ) -> Result<FieldIds> {
        let device = change.asset.vendor_id.as_str();
        let dates: Vec<DateField> = change.changes().iter().map(|change| change.field).collect();
        if held.missing(&dates).is_empty() {
            return Ok(held.clone());
        }
        let ids = self.look(device, held, meter).await?;
        let missing = ids.missing(&dates);
        if missing.is_empty() {
            return Ok(ids);
        }
        if !self.options.create_custom_fields {
            return Err(self.no_field(&missing));
        }
        self.create(device, &missing, meter).await?;
        let ids = self.look(device, held, meter).await?;
        let missing = ids.missing(&dates);
        if missing.is_empty() {
            Ok(ids)
        } else {
            Err(self.not_shown(&missing))
        }
    }

    /// What `dates` lack a field for on a device.
    pub(crate) async fn missing_ids(
        &self,
        device: &str,
        dates: &[DateField],
        meter: &Meter,
    ) -> Result<Vec<DateField>> {
        let ids = self.look(device, &FieldIds::default(), meter).await?;
        Ok(ids.missing(dates))
    }

    async fn look(&self, device: &str, held: &FieldIds, meter: &Meter) -> Result<FieldIds> {
        let all = self.custom_fields(device, Fields::All, meter).await?;
        Ok(held.clone().or_first_of(&all, &self.options.fields))
    }

    /// Creates fields for `dates`, unless another write did so in the meantime.
    async fn create(&self, device: &str, dates: &[DateField], meter: &Meter) -> Result<()> {
        let writer = &self.writer;
        let _turn = writer.turn_to_create().await;
        for date in self.missing_ids(device, dates, meter).await? {
            let field = self.new_field(date)?;
            writer.create_field(&field, meter).await?;
        }
        Ok(())
    }

    fn new_field(&self, date: DateField) -> Result<NewField<'_>> {
        let name = self.options.fields.new_name(date);
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
        let sought = sought(&self.options.fields, dates);
        Error::config(format!("the device has no custom field for {sought}"))
            .with_operation(OPERATION)
            .with_hint(MISSING_HINT)
    }

    fn not_shown(&self, dates: &[DateField]) -> Error {
        let sought = sought(&self.options.fields, dates);
        Error::vendor(format!(
            "ConnectWise RMM took the custom field for {sought}, and the device does not show it"
        ))
        .with_operation(OPERATION)
        .with_hint(NOT_SHOWN_HINT)
    }
}
