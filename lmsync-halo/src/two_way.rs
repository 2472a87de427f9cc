//! [`TwoWaySync`](lmsync_core::TwoWaySync) for Halo.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use lmsync_core::http::Meter;
use lmsync_core::json::KeepRaw;
use lmsync_core::model::AssetId;
use lmsync_core::two_way::{AssetDates, DateAccess, DateChange, DateField, DateFields};
use lmsync_core::{Error, ErrorKind, Result, SharedClock};

use crate::api::Api;
use crate::connector::Halo;
use crate::quirks::installed::unusable;
use crate::quirks::update::Holder;
use crate::wire;

/// Setting a date is known to work; what clears one is not.
pub(crate) const WRITABLE: DateFields = DateFields::NONE
    .with(DateField::PurchaseDate)
    .with(DateField::WarrantyExpiry);

/// An asset as it was just read: what a change to it starts from.
#[derive(Debug)]
pub struct ReadAsset {
    wire: wire::Asset,
    read_at: DateTime<Utc>,
}

/// Writes a date where it is read from; where the asset holds none, to the first of its names that
/// the asset has: `supplier_purchasedate` and `warranty_end` unless
/// [`fields`](crate::HaloConfig::fields) names others.
///
/// Days are sent at noon, without a zone. A date in an asset field is sent together with
/// all other fields of the asset, as they were just read. Source: the vendor's description
/// of its API (v2), `POST /Asset`.
#[async_trait]
impl DateAccess for Halo {
    type Record = ReadAsset;

    fn clock(&self) -> &SharedClock {
        self.api.account.http().clock()
    }

    async fn fetch(&self, id: &AssetId) -> Result<(AssetDates, ReadAsset)> {
        let meter = Meter::default();
        let asset_id = &id.vendor_id;
        let (row, read_at) = self.api.asset(asset_id, KeepRaw::No, &meter).await?;
        let wire = row.record.map_err(unusable)?;
        if wire::id(&wire.id).as_deref() != Some(asset_id) {
            return Err(not_that_asset(asset_id));
        }
        let asset = ReadAsset {
            wire: *wire,
            read_at,
        };
        Ok((self.api.holding(&asset, |holder| holder.held()), asset))
    }

    async fn send(&self, change: &DateChange, asset: &ReadAsset) -> Result<()> {
        let body = self.api.holding(asset, |holder| holder.change(change))?;
        self.api.change_asset(&body, &Meter::default()).await
    }
}

impl Api {
    fn holding<T>(&self, asset: &ReadAsset, look: impl FnOnce(Holder<'_>) -> T) -> T {
        look(Holder {
            asset: &asset.wire,
            fields: &self.options.fields,
            dates: &self.account.origin().dates(asset.read_at),
        })
    }
}

/// Nothing may be written to an asset that did not come as asked for.
fn not_that_asset(asset_id: &str) -> Error {
    Error::new(
        ErrorKind::Vendor,
        format!("Halo was asked for asset {asset_id} and sent another one"),
    )
    .with_operation("GET /Asset/{id}")
    .with_hint("report it to the vendor")
}
