//! Writing purchase and warranty dates.

use async_trait::async_trait;
use lmsync_core::http::Meter;
use lmsync_core::model::AssetId;
use lmsync_core::two_way::{AssetDates, DateAccess, DateChange, DateFields};
use lmsync_core::{Result, SharedClock};

use crate::connector::SuperOps;
use crate::map;

/// `UpdateAssetInput` of both products takes both dates.
pub(crate) const WRITABLE: DateFields = DateFields::ALL;

/// Writes `purchasedDate` and `warrantyExpiryDate` with `updateAsset`, sending the id and
/// what changes only, each date as `YYYY-MM-DD`.
///
/// Source: the vendor's reference, `UpdateAssetInput`. Its reply has no dates, so they are
/// read back with `getAsset`.
#[async_trait]
impl DateAccess for SuperOps {
    type Record = ();

    fn clock(&self) -> &SharedClock {
        self.api.account.http().clock()
    }

    /// Both: null clears a value, as a third party quotes the vendor's Help Center; the
    /// reference does not say so. Whether it did is read back.
    fn clearable(&self) -> DateFields {
        WRITABLE
    }

    async fn fetch(&self, id: &AssetId) -> Result<(AssetDates, ())> {
        let api = &self.api;
        let (wire, received_at) = api.asset_dates(&id.vendor_id, &Meter::default()).await?;
        let dates = api.account.origin().dates(received_at);
        Ok((map::held_dates(&wire, &dates), ()))
    }

    async fn send(&self, change: &DateChange, _record: &()) -> Result<()> {
        let update = map::update(change);
        self.api.update_asset(&update, &Meter::default()).await
    }
}
