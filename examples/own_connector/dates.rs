//! Writing dates back: what to read before, and what to send. Core does the rest: it
//! looks whether the vendor still holds what was planned on, reads back, and names
//! what became of it.

use async_trait::async_trait;
use lmsync::http::{Call, Idempotency, Meter};
use lmsync::model::AssetId;
use lmsync::two_way::{AssetDates, DateAccess, DateChange, DateField, DateFields, HeldDate};
use lmsync::{Result, SharedClock};

use crate::connector::Shelf;

/// Shelf knows the day of purchase and no warranty.
pub(crate) const WRITABLE: DateFields = DateFields::NONE.with(DateField::PurchaseDate);

#[async_trait]
impl DateAccess for Shelf {
    // A vendor that replaces a whole map needs it here, to send it back with the change.
    type Record = ();

    fn clock(&self) -> &SharedClock {
        self.account.http().clock()
    }

    fn clearable(&self) -> DateFields {
        // The vendor documents that null clears. Where yours does not, leave this method out.
        WRITABLE
    }

    async fn fetch(&self, id: &AssetId) -> Result<(AssetDates, ())> {
        let machine = self.machine(id).await?;
        // By the same rules as a listing: what is written must be what a sync reads.
        let reader = self.account.origin().dates(machine.at);
        let bought = HeldDate::of(&reader, &machine.value.bought);
        Ok((
            AssetDates::default().with(DateField::PurchaseDate, bought),
            (),
        ))
    }

    async fn send(&self, change: &DateChange, (): &()) -> Result<()> {
        let url = self.machine_url(&change.asset)?;
        let body = change.named(&[(DateField::PurchaseDate, "bought")]);
        // Once: if the answer is lost, core looks before anything is sent again.
        let call = Call::put_json("change machine", &url, &body, Idempotency::Once)?;
        let http = self.account.http();
        http.send(&call, &Meter::default(), |answer| answer.require_success())
            .await
    }
}
