//! The trait that every vendor's connector implements.

use std::fmt::Debug;

use async_trait::async_trait;
use futures_util::StreamExt;

use crate::check::{CheckReport, CheckScope};
use crate::error::{Error, Result};
use crate::info::ConnectorInfo;
use crate::listing::{ListingScope, RecordStream};
use crate::model::{Asset, AssetId, Customer, Software};
use crate::query::AssetQuery;
use crate::summary::SyncSummary;

/// Assets as they arrive, then a summary.
pub type AssetStream = RecordStream<Asset>;
/// Software assets as they arrive, then a summary.
pub type SoftwareStream = RecordStream<Software>;
/// Customers as they arrive, then a summary.
pub type CustomerStream = RecordStream<Customer>;

/// One account of one vendor, read as one clean model.
///
/// A connector promises: a listing is complete or says why not; an error is
/// never an empty list; nothing is sent faster than the vendor allows; nothing
/// is written; no credential ever leaves for another host or a log.
#[async_trait]
pub trait Connector: Debug + Send + Sync + 'static {
    /// Who this connector speaks to, and what it offers.
    fn info(&self) -> &ConnectorInfo;

    /// Finds out what these credentials can do; one check per capability. Never writes.
    async fn check(&self, scope: CheckScope) -> CheckReport;

    /// The account's hardware assets. Sends nothing until polled.
    fn assets(&self, query: AssetQuery) -> AssetStream;

    /// The account's software assets; of the query only `resume` matters.
    /// A connector that does not implement this answers `unsupported`.
    fn software(&self, query: AssetQuery) -> SoftwareStream {
        let _ = query;
        let info = self.info();
        let mut error = Error::unsupported(&info.product, "software assets");
        if info.capabilities.detail.software {
            error = error.with_hint("ask for installed software with `Detail::software`");
        }
        RecordStream::failed(error, ListingScope::new(info, "software"))
    }

    /// The account's customers.
    fn customers(&self) -> CustomerStream;

    /// One asset, with all the detail that the connector offers.
    ///
    /// # Errors
    /// `not_found` when the vendor does not know it.
    async fn asset(&self, id: &AssetId) -> Result<Asset>;
}

/// What follows from the methods of [`Connector`].
#[async_trait]
pub trait ConnectorExt: Connector {
    /// Every asset that `query` keeps, in memory; for accounts that fit.
    ///
    /// # Errors
    /// What ended the listing early. A listing that ended and is incomplete is no
    /// error: look at [`SyncSummary::complete`].
    async fn collect_assets(&self, query: AssetQuery) -> Result<(Vec<Asset>, SyncSummary)> {
        collect(self.assets(query)).await
    }

    /// Every customer, in memory.
    ///
    /// # Errors
    /// What ended the listing early.
    async fn collect_customers(&self) -> Result<(Vec<Customer>, SyncSummary)> {
        collect(self.customers()).await
    }

    /// Every software asset, in memory.
    ///
    /// # Errors
    /// What ended the listing early; `unsupported` where the connector has none.
    async fn collect_software(&self) -> Result<(Vec<Software>, SyncSummary)> {
        collect(self.software(AssetQuery::new())).await
    }
}

impl<T: Connector + ?Sized> ConnectorExt for T {}

async fn collect<T: Send>(mut stream: RecordStream<T>) -> Result<(Vec<T>, SyncSummary)> {
    let mut records = Vec::new();
    while let Some(record) = stream.next().await {
        records.push(record?);
    }
    Ok((records, stream.summary()))
}

macro_rules! forward {
    ($($pointer:ty),*) => {$(
        #[async_trait]
        impl<T: Connector + ?Sized> Connector for $pointer {
            fn info(&self) -> &ConnectorInfo {
                (**self).info()
            }

            async fn check(&self, scope: CheckScope) -> CheckReport {
                (**self).check(scope).await
            }

            fn assets(&self, query: AssetQuery) -> AssetStream {
                (**self).assets(query)
            }

            fn software(&self, query: AssetQuery) -> SoftwareStream {
                (**self).software(query)
            }

            fn customers(&self) -> CustomerStream {
                (**self).customers()
            }

            async fn asset(&self, id: &AssetId) -> Result<Asset> {
                (**self).asset(id).await
            }
        }
    )*};
}

forward!(std::sync::Arc<T>, Box<T>);
