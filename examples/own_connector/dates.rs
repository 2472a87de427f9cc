//! Writing dates back: what to read before, and what to send. Core does the rest: it
//! looks whether the vendor still holds what was planned on, reads back, and names
//! what became of it.

use async_trait::async_trait;
use lmsync::http::{Call, Idempotency, Meter};
use lmsync::model::AssetId;
use lmsync::two_way::{
    AssetDates, DateAccess, DateChange, DateField, DateFields, HeldDate, WriteReport,
    write_verified,
};
use lmsync::{Check, Error, ErrorKind, Result, SharedClock, TwoWaySync};
use serde_json::json;

use crate::connector::{PRODUCT, Shelf};

/// Shelf knows the day of purchase and no warranty.
pub(crate) const WRITABLE: DateFields = DateFields::NONE.with(DateField::PurchaseDate);
const EDIT_HINT: &str = "in Shelf, open Settings > API and let the key change machines";

#[async_trait]
impl TwoWaySync for Shelf {
    fn writable(&self) -> DateFields {
        WRITABLE
    }

    fn clearable(&self) -> DateFields {
        // The vendor documents that null clears. Where yours does not, leave this method out.
        WRITABLE
    }

    async fn read_dates(&self, id: &AssetId) -> Result<AssetDates> {
        let (dates, ()) = self.fetch(id).await?;
        Ok(dates)
    }

    async fn write_dates(&self, change: &DateChange) -> Result<WriteReport> {
        write_verified(self, change).await
    }
}

#[async_trait]
impl DateAccess for Shelf {
    // A vendor that replaces a whole map needs it here, to send it back with the change.
    type Record = ();

    fn clock(&self) -> &SharedClock {
        self.0.account.http().clock()
    }

    async fn fetch(&self, id: &AssetId) -> Result<(AssetDates, ())> {
        let machine = self.0.machine(&id.vendor_id).await?;
        // By the same rules as a listing: what is written must be what a sync reads.
        let reader = self.0.account.origin().dates(machine.at);
        let bought = HeldDate::read(&reader, machine.value.bought.text());
        let dates = AssetDates::default().with(DateField::PurchaseDate, bought);
        Ok((dates, ()))
    }

    async fn send(&self, change: &DateChange, (): &()) -> Result<()> {
        let Some(bought) = change.get(DateField::PurchaseDate) else {
            return Ok(());
        };
        let url = self.0.machine_url(&change.asset.vendor_id)?;
        let body = json!({ "bought": bought.new });
        // Once: if the answer is lost, core looks before anything is sent again.
        let call = Call::put_json("change machine", &url, &body, Idempotency::Once)?;
        let http = self.0.account.http();
        http.send(&call, &Meter::default(), |answer| {
            answer.require_success().map_err(explain)
        })
        .await
    }
}

fn explain(error: Error) -> Error {
    match error.kind() {
        ErrorKind::Permission => error.with_hint(EDIT_HINT),
        _ => error,
    }
}

/// What can be told of writing without doing it.
pub(crate) fn check() -> Check {
    let detail =
        format!("nothing was written: {PRODUCT} tells only on writing whether the key may");
    Check {
        hint: Some(EDIT_HINT.to_owned()),
        ..Check::passed(Check::WRITE_DATES, detail)
    }
}
