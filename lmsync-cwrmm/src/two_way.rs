//! [`TwoWaySync`] for ConnectWise RMM: dates in custom fields of the device.
//!
//! The vendor has no field for them. The partner's own are found by name, in the very places
//! that a sync reads the dates from.

use async_trait::async_trait;
use lmsync_core::http::Meter;
use lmsync_core::model::AssetId;
use lmsync_core::two_way::{
    AssetDates, DateAccess, DateChange, DateFields, FieldChange, WriteReport, write_verified,
};
use lmsync_core::{Connector, Error, Result, SharedClock, TwoWaySync};

use crate::api::Fields;
use crate::connector::CwRmm;
use crate::map;
use crate::product::PRODUCT;
use crate::quirks::date_fields::FieldIds;
use crate::tenant_fields::index;
use crate::wire::NewValue;

#[async_trait]
impl TwoWaySync for CwRmm {
    /// The dates for which [`fields`](crate::CwRmmConfig::fields) name anything; both by
    /// default. Whether such a custom field exists, only the vendor tells.
    fn writable(&self) -> DateFields {
        self.info().capabilities.two_way
    }

    /// The dates in the device's own custom fields, for one request. The default of a field's
    /// definition is not the device's: it counts as empty.
    async fn read_dates(&self, id: &AssetId) -> Result<AssetDates> {
        Ok(self.fetch(id).await?.0)
    }

    /// Three requests for a date that is replaced, four for one that was empty.
    ///
    /// # Errors
    /// Besides those of [`write_verified`], `config` when there is no custom field for a date:
    /// nothing was sent then.
    async fn write_dates(&self, change: &DateChange) -> Result<WriteReport> {
        write_verified(self, change).await
    }
}

#[async_trait]
impl DateAccess for CwRmm {
    type Record = FieldIds;

    fn clock(&self) -> &SharedClock {
        self.api.account.http().clock()
    }

    async fn fetch(&self, id: &AssetId) -> Result<(AssetDates, FieldIds)> {
        let api = &self.api;
        let meter = Meter::default();
        let own = api
            .custom_fields(&id.vendor_id, Fields::Own, &meter)
            .await?;
        let reader = api.account.origin().dates(self.clock().now());
        let (names, index) = (&api.options.fields, index(&own));
        let dates = names.held_dates(&index, &reader);
        Ok((dates, FieldIds::held(names, &index, &reader)))
    }

    async fn send(&self, change: &DateChange, held: &FieldIds) -> Result<()> {
        let api = &self.api;
        let meter = Meter::default();
        let device = change.asset.vendor_id.as_str();
        let ids = api.ids_for(change, held, &meter).await?;
        let values: Vec<NewValue<'_>> = change
            .changes()
            .iter()
            .map(|change| new_value(device, change, &ids))
            .collect::<Result<_>>()?;
        api.writer.set_values(device, &values, &meter).await
    }
}

fn new_value<'a>(device: &'a str, change: &FieldChange, ids: &'a FieldIds) -> Result<NewValue<'a>> {
    // How a value is cleared is not documented.
    let day = change.new.ok_or_else(|| {
        let what = format!("clearing {}", change.field);
        Error::unsupported(PRODUCT, &what)
    })?;
    Ok(NewValue {
        entity_id: device,
        attribute_id: ids.id(change.field)?,
        value: map::day_text(day),
    })
}
