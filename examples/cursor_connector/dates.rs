//! Writing both dates back.

use async_trait::async_trait;
use lmsync::http::{Call, Idempotency, Meter};
use lmsync::model::AssetId;
use lmsync::two_way::{AssetDates, DateAccess, DateChange, DateField, HeldDate};
use lmsync::{Result, SharedClock};

use crate::connector::Harbor;

// Harbor does not say how a date is cleared: `clearable` is left out, so that nobody tries.
#[async_trait]
impl DateAccess for Harbor {
    type Record = ();

    fn clock(&self) -> &SharedClock {
        self.account.http().clock()
    }

    async fn fetch(&self, id: &AssetId) -> Result<(AssetDates, ())> {
        let device = self.device(&id.vendor_id, &Meter::default()).await?;
        let reader = self.account.origin().dates(device.at);
        let dates = AssetDates {
            purchase_date: HeldDate::of(&reader, &device.value.purchased_on),
            warranty_expiry: HeldDate::of(&reader, &device.value.warranty_ends_on),
        };
        Ok((dates, ()))
    }

    async fn send(&self, change: &DateChange, (): &()) -> Result<()> {
        let url = self.device_url(&change.asset.vendor_id)?;
        // Only what changes: a PATCH leaves the rest as it is.
        let body = change.named(&[
            (DateField::PurchaseDate, "purchased_on"),
            (DateField::WarrantyExpiry, "warranty_ends_on"),
        ]);
        let call = Call::patch_json("change device", &url, &body, Idempotency::Once)?;
        let http = self.account.http();
        http.send(&call, &Meter::default(), |answer| answer.require_success())
            .await
    }
}
