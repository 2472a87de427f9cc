//! Writing purchase and warranty dates.

use async_trait::async_trait;
use lmsync_core::http::{Idempotency, Meter};
use lmsync_core::model::AssetId;
use lmsync_core::two_way::{AssetDates, DateAccess, DateChange, DateFields};
use lmsync_core::{Connector, Error, Result, RetryClass, SharedClock};

use crate::api::{READ_ASSET, asset_number};
use crate::config::PropertiesSent;
use crate::connector::Syncro;
use crate::quirks::merging::Before;
use crate::quirks::update::Record;

/// Writes both dates into the asset's properties, as `YYYY-MM-DD`, with
/// `PUT /customer_assets/{id}`.
///
/// Written is the property that a sync reads the date from; on an asset without one, the
/// first name of `fields`; a date that has no name there is not writable. Sent are these properties
/// alone, since clients rely on it that Syncro leaves the others, or all of them where
/// [`PropertiesSent`](crate::PropertiesSent) says so. Its reference does not tell, so the reading that
/// follows looks whether the others are there, and puts back what is not.
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
        let id = asset_number(id)?;
        let mut record = self.record(id).await?;
        if let Some(before) = self.api.merging.take(id)
            && !before.lost_in(&record).is_empty()
        {
            self.put_back(id, before, &record).await?;
            record = self.record(id).await?;
        }
        Ok((record.held(&self.api.fields), record))
    }

    async fn send(&self, change: &DateChange, record: &Record) -> Result<()> {
        let api = &self.api;
        let id = asset_number(&change.asset)?;
        let sent = api.merging.sent();
        let update = record.update(change, &api.fields, sent)?;
        if sent == PropertiesSent::Dates {
            api.merging.begin(id, record, &update);
        }
        let meter = Meter::default();
        let made = api
            .update_asset(id, &update, Idempotency::Once, &meter)
            .await;
        if let Err(error) = &made
            && error.retry() != RetryClass::OnlyIfIdempotent
        {
            api.merging.forget(id);
        }
        made
    }
}

impl Syncro {
    /// The parts of asset `id` that a change needs.
    async fn record(&self, id: &str) -> Result<Record> {
        let api = &self.api;
        let (asset, received_at) = api.asset(id, &Meter::default()).await?;
        Record::of(asset, id, api.account.origin().dates(received_at))
            .map_err(|error| error.with_operation(READ_ASSET))
    }

    /// Puts back what a change of asset `id` dropped, which was `before` it and is `now`.
    ///
    /// # Errors
    /// Of sending it; the next reading tries again.
    async fn put_back(&self, id: &str, before: Before, now: &Record) -> Result<()> {
        let merging = &self.api.merging;
        merging.note_replacing();
        tracing::warn!(
            asset = id,
            properties = before.lost_in(now).len(),
            "Syncro dropped the properties that a change did not send; they are put back"
        );
        let whole = before.put_back(now);
        let meter = Meter::default();
        let sent = self
            .api
            .update_asset(id, &whole, Idempotency::Idempotent, &meter);
        let Err(error) = sent.await else {
            return Ok(());
        };
        merging.remember(id, before);
        Err(not_put_back(&error))
    }
}

fn not_put_back(error: &Error) -> Error {
    let what = format!(
        "Syncro dropped the properties that a change of dates did not send, and they could not be \
         put back: {error}"
    );
    Error::new(error.kind(), what).with_hint(
        "look at the asset in Syncro and type them again; set `properties_sent = \"all\"` before \
         anything else is written",
    )
}
