//! Writing purchase and warranty dates.

use async_trait::async_trait;
use lmsync_core::http::Meter;
use lmsync_core::model::AssetId;
use lmsync_core::two_way::{AssetDates, DateAccess, DateChange, DateFields};
use lmsync_core::{Connector, Result, SharedClock};

use crate::api::{READ_ASSET, asset_number};
use crate::connector::Syncro;
use crate::quirks::update::Record;

/// Writes both dates into the asset's properties, as `YYYY-MM-DD`, with
/// `PUT /customer_assets/{id}`.
///
/// Written is the property that a sync reads the date from; on an asset without one, the
/// first name of `fields`; a date that has no name there is not writable. Whether Syncro merges or replaces `properties` is not
/// documented, so all of them are sent as they were read: that keeps them either way.
/// The agent's block, `kabuto_information`, goes with them. If it were left out and Syncro
/// replaces, inventory, check-in and the agent's own id would be lost; if it is
/// sent and the agent reported within the moment between reading and writing, that report is
/// put back by as much until the next one.
///
/// The key needs the permission "Assets - Edit", which the prebuilt token does not have.
#[async_trait]
impl DateAccess for Syncro {
    type Record = Record;

    fn clock(&self) -> &SharedClock {
        self.api.account.http().clock()
    }

    /// The writable ones: a property is free text, and an empty one is no date. A date that
    /// stands in several properties is not cleared.
    fn clearable(&self) -> DateFields {
        self.info().capabilities.two_way
    }

    async fn fetch(&self, id: &AssetId) -> Result<(AssetDates, Record)> {
        let api = &self.api;
        let id = asset_number(id)?;
        let (asset, received_at) = api.asset(id, &Meter::default()).await?;
        let record = Record::of(asset, id, api.account.origin().dates(received_at))
            .map_err(|error| error.with_operation(READ_ASSET))?;
        Ok((record.held(&api.fields), record))
    }

    async fn send(&self, change: &DateChange, record: &Record) -> Result<()> {
        let api = &self.api;
        let id = asset_number(&change.asset)?;
        let update = record.update(change, &api.fields)?;
        api.update_asset(id, &update, &Meter::default()).await
    }
}
