//! [`TwoWaySync`] for Halo.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use lmsync_core::http::Meter;
use lmsync_core::json::KeepRaw;
use lmsync_core::model::AssetId;
use lmsync_core::two_way::{
    AssetDates, DateAccess, DateChange, DateField, DateFields, WriteReport, write_verified,
};
use lmsync_core::{Check, Error, ErrorKind, Result, SharedClock, TwoWaySync};

use crate::answers;
use crate::connector::{Halo, Inner, unusable};
use crate::map::dates::Holder;
use crate::wire;

/// Setting a date is known to work; what clears one is not.
pub(crate) const WRITABLE: DateFields = DateFields::NONE
    .with(DateField::PurchaseDate)
    .with(DateField::WarrantyExpiry);

/// Writes a date to the first of its places that the asset has, where reading looks first:
/// `supplier_purchasedate` and `warranty_end` unless [`fields`](crate::HaloConfig::fields)
/// names others.
///
/// Days are sent at noon, without a zone. A date in an asset field is sent together with
/// all other fields of the asset, as they were just read. Source: the vendor's description
/// of its API (v2), `POST /Asset`.
#[async_trait]
impl TwoWaySync for Halo {
    fn writable(&self) -> DateFields {
        WRITABLE
    }

    async fn read_dates(&self, id: &AssetId) -> Result<AssetDates> {
        let (dates, _) = self.fetch(id).await?;
        Ok(dates)
    }

    async fn write_dates(&self, change: &DateChange) -> Result<WriteReport> {
        write_verified(self, change).await
    }
}

/// An asset as it was just read: what a change to it starts from.
#[derive(Debug)]
pub struct ReadAsset {
    wire: wire::Asset,
    read_at: DateTime<Utc>,
}

#[async_trait]
impl DateAccess for Halo {
    type Record = ReadAsset;

    fn clock(&self) -> &SharedClock {
        self.inner.api.http().clock()
    }

    async fn fetch(&self, id: &AssetId) -> Result<(AssetDates, ReadAsset)> {
        let meter = Meter::default();
        let asset_id = &id.vendor_id;
        let (row, read_at) = self.inner.api.asset(asset_id, KeepRaw::No, &meter).await?;
        let wire = row.record.map_err(unusable)?;
        if wire::id(&wire.id).as_deref() != Some(asset_id) {
            return Err(not_that_asset(asset_id));
        }
        let asset = ReadAsset { wire, read_at };
        Ok((self.inner.holding(&asset, |holder| holder.held()), asset))
    }

    async fn send(&self, change: &DateChange, asset: &ReadAsset) -> Result<()> {
        let body = self.inner.holding(asset, |holder| holder.change(change))?;
        self.inner.api.change_asset(&body, &Meter::default()).await
    }
}

impl Inner {
    fn holding<T>(&self, asset: &ReadAsset, look: impl FnOnce(Holder<'_>) -> T) -> T {
        look(Holder {
            asset: &asset.wire,
            places: &self.options.places,
            dates: &self.options.rules.dates(asset.read_at),
        })
    }

    /// Whether dates can be written, as far as signing in tells.
    pub(crate) async fn check_writing(&self, meter: &Meter) -> Check {
        let product = self.api.product();
        match self.api.sign_in_to_write(meter).await {
            Ok(()) => Check {
                hint: Some(answers::writing_hint(product)),
                ..Check::passed(
                    Check::WRITE_DATES,
                    format!(
                        "nothing was written: {} lets the application sign in to change assets; \
                         whether the agent's role allows it shows only on writing",
                        product.label()
                    ),
                )
            },
            Err(error) => Check::failed(Check::WRITE_DATES, &error),
        }
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
