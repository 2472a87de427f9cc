//! What every vendor's connector can do.

use std::fmt::Debug;

use async_trait::async_trait;
use futures_util::StreamExt;

use crate::check::{CheckReport, CheckScope};
use crate::error::Result;
use crate::listing::RecordStream;
use crate::model::{Asset, AssetId, Customer, Software};
use crate::query::{AssetQuery, Detail};
use crate::summary::SyncSummary;
use crate::two_way::DateFields;

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
    /// A connector without them answers `unsupported`.
    fn software(&self, query: AssetQuery) -> SoftwareStream;

    /// The account's customers.
    fn customers(&self) -> CustomerStream;

    /// One asset, with all the detail that the connector offers.
    ///
    /// # Errors
    /// `not_found` when the vendor does not know it.
    async fn asset(&self, id: &AssetId) -> Result<Asset>;
}

/// Who a connector speaks to, and what it offers.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ConnectorInfo {
    /// The connector's name, such as `superops`; stable.
    pub vendor: &'static str,
    /// The product's name for people, such as `SuperOps`.
    pub product: &'static str,
    /// The one account these credentials open.
    pub instance: String,
    /// What it offers.
    pub capabilities: Capabilities,
}

impl ConnectorInfo {
    /// A connector called `vendor` to the account `instance` of `product`.
    #[must_use]
    pub fn new(
        vendor: &'static str,
        product: &'static str,
        instance: impl Into<String>,
        capabilities: Capabilities,
    ) -> Self {
        Self {
            vendor,
            product,
            instance: instance.into(),
            capabilities,
        }
    }
}

/// What a connector offers. What is not declared answers `unsupported`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Capabilities {
    /// Whether it lists software assets.
    pub software: bool,
    /// Where check-in times come from.
    pub check_in: CheckInSupport,
    /// What [`AssetQuery::detail`] can add.
    pub detail: Detail,
    /// The dates it can write.
    pub two_way: DateFields,
}

impl Capabilities {
    /// Nothing beyond assets and customers.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets whether software assets are listed.
    #[must_use]
    pub fn software(mut self, offered: bool) -> Self {
        self.software = offered;
        self
    }

    /// Sets where check-in times come from.
    #[must_use]
    pub fn check_in(mut self, support: CheckInSupport) -> Self {
        self.check_in = support;
        self
    }

    /// Sets what detail can be added.
    #[must_use]
    pub fn detail(mut self, detail: Detail) -> Self {
        self.detail = detail;
        self
    }

    /// Sets the dates that can be written.
    #[must_use]
    pub fn two_way(mut self, fields: DateFields) -> Self {
        self.two_way = fields;
        self
    }
}

/// Where a connector's check-in times come from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CheckInSupport {
    /// The vendor has none.
    #[default]
    None,
    /// From a field that the user has to name.
    Configured,
    /// From the vendor's own agent.
    Agent,
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
