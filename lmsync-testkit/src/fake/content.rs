//! The account of a fake connector.

use lmsync_core::model::{Asset, AssetId, Customer, Software};
use lmsync_core::two_way::{AssetDates, DateChange};
use lmsync_core::{Error, ErrorKind, Result};

/// The records of an account, what was written to it, and how it fails.
#[derive(Debug, Default)]
pub(super) struct Content {
    pub(super) assets: Vec<FakeAsset>,
    pub(super) software: Vec<Software>,
    pub(super) customers: Vec<Customer>,
    pub(super) written: Vec<DateChange>,
    /// The error of every call.
    pub(super) failure: Option<Error>,
    /// The error that ends listings after so many records.
    pub(super) listing_failure: Option<(usize, Error)>,
    /// The reason why listings are not complete.
    pub(super) gap: Option<String>,
    /// The error of every write.
    pub(super) write_failure: Option<Error>,
}

/// An asset and its dates, which may be text.
#[derive(Debug)]
pub(super) struct FakeAsset {
    asset: Asset,
    pub(super) dates: AssetDates,
}

impl FakeAsset {
    pub(super) fn new(asset: Asset) -> Self {
        Self {
            dates: AssetDates::new(asset.purchase_date, asset.warranty_expiry),
            asset,
        }
    }

    pub(super) fn has_id(&self, id: &str) -> bool {
        self.asset.source.vendor_id == id
    }

    /// The asset with the dates that it has now.
    pub(super) fn shown(&self) -> Asset {
        let mut asset = self.asset.clone();
        asset.purchase_date = self.dates.purchase_date.day();
        asset.warranty_expiry = self.dates.warranty_expiry.day();
        asset
    }
}

impl Content {
    pub(super) fn recover(&mut self) {
        self.failure = None;
        self.listing_failure = None;
        self.gap = None;
        self.write_failure = None;
    }

    /// The error of a call, where calls fail.
    pub(super) fn works(&self) -> Result<()> {
        self.failure.clone().map_or(Ok(()), Err)
    }

    /// The error of a write, where writes fail.
    pub(super) fn writes(&self) -> Result<()> {
        self.works()?;
        self.write_failure.clone().map_or(Ok(()), Err)
    }

    pub(super) fn asset(&self, id: &AssetId) -> Result<&FakeAsset> {
        let mut assets = self.assets.iter();
        let asset = assets.find(|asset| asset.has_id(&id.vendor_id));
        asset.ok_or_else(|| {
            let message = format!("there is no asset {}", id.vendor_id);
            Error::new(ErrorKind::NotFound, message)
        })
    }

    pub(super) fn write(&mut self, change: &DateChange) -> Result<()> {
        self.writes()?;
        self.asset(&change.asset)?;
        let mut assets = self.assets.iter_mut();
        if let Some(asset) = assets.find(|asset| asset.has_id(&change.asset.vendor_id)) {
            let dates = std::mem::take(&mut asset.dates);
            let changes = change.changes().iter();
            asset.dates = changes.fold(dates, |dates, one| dates.with(one.field, one.new));
        }
        self.written.push(change.clone());
        Ok(())
    }
}
