//! A connector without a vendor, for unit tests of applications.
//!
//! [`FakeConnector`] holds records in memory. Its listings are those of the SDK, so that windows,
//! counts, completeness and checkpoints are what a real connector gives; dates are written to it
//! as to any other. It can be told to fail.
//!
//! ```
//! use lmsync_core::{AssetQuery, Connector, ConnectorExt, Error, ErrorKind, Result};
//! use lmsync_testkit::FakeConnector;
//!
//! /// The code under test.
//! async fn without_expiry(connector: &dyn Connector) -> Result<usize> {
//!     let (assets, _) = connector.collect_assets(AssetQuery::new()).await?;
//!     Ok(assets.iter().filter(|asset| asset.warranty_expiry.is_none()).count())
//! }
//!
//! // In a test of yours: `#[tokio::test]`.
//! # let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
//! # runtime.block_on(async {
//! let connector = FakeConnector::new("acme")
//!     .with_asset("1", |_| {})
//!     .with_asset("2", |asset| asset.warranty_expiry = "2027-05-31".parse().ok());
//! assert_eq!(without_expiry(&connector).await?, 1);
//!
//! connector.fail(Error::new(ErrorKind::Network, "the line is dead"));
//! assert!(without_expiry(&connector).await.is_err());
//! # Ok::<(), Error>(())
//! # }).unwrap();
//! ```

mod content;
mod source;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use lmsync_core::listing::{ListingScope, RecordStream};
use lmsync_core::model::{Asset, AssetId, Customer, Origin, Rules, Software, identity_keys};
use lmsync_core::two_way::{AssetDates, DateAccess, DateChange, DateFields};
use lmsync_core::{
    AssetQuery, AssetStream, Capabilities, Check, CheckInSupport, CheckReport, CheckScope,
    Connector, ConnectorInfo, CustomerStream, Error, Result, SharedClock, SoftwareStream,
};

use self::content::{Content, FakeAsset};
use self::source::FakeList;
use crate::clock::VirtualClock;

/// A connector to an account in memory; clones share the account.
///
/// It offers software assets where it [has some](Self::with_software), and both dates can be
/// written and cleared. Its clock shows noon of 31 March 2026, UTC, at first.
#[derive(Debug, Clone)]
pub struct FakeConnector {
    info: ConnectorInfo,
    clock: SharedClock,
    content: Arc<Mutex<Content>>,
}

impl FakeConnector {
    /// A connector called `fake` to the account `instance`, which is empty.
    #[must_use]
    pub fn new(instance: impl Into<String>) -> Self {
        let capabilities = Capabilities::new()
            .check_in(CheckInSupport::Agent)
            .two_way(DateFields::ALL);
        Self {
            info: ConnectorInfo::new("fake", "Fake", instance, capabilities),
            clock: Arc::new(VirtualClock::default()),
            content: Arc::default(),
        }
    }

    /// Replaces what the connector declares to offer.
    #[must_use]
    pub fn with_capabilities(mut self, capabilities: Capabilities) -> Self {
        self.info.capabilities = capabilities;
        self
    }

    /// Replaces the clock, by which windows are measured.
    #[must_use]
    pub fn with_clock(mut self, clock: SharedClock) -> Self {
        self.clock = clock;
        self
    }

    /// Adds an asset with the id `id` as `edit` leaves it, and identity keys to match.
    ///
    /// # Panics
    /// When `id` is empty.
    #[must_use]
    #[allow(clippy::expect_used)]
    pub fn with_asset(self, id: impl Into<String>, edit: impl FnOnce(&mut Asset)) -> Self {
        let rules = Rules::default();
        let origin = Origin::new(self.info.vendor.clone(), &self.info.instance, rules);
        let draft = origin.draft(Some(id.into()), self.clock.now());
        let mut asset = draft.expect("an asset has an id").finish();
        edit(&mut asset);
        asset.identity = identity_keys(&asset);
        self.with_assets([asset])
    }

    /// Adds `assets` as they are.
    #[must_use]
    pub fn with_assets(self, assets: impl IntoIterator<Item = Asset>) -> Self {
        let assets = assets.into_iter().map(FakeAsset::new);
        self.content().assets.extend(assets);
        self
    }

    /// Adds a customer.
    #[must_use]
    pub fn with_customer(self, id: impl Into<String>, name: impl Into<String>) -> Self {
        let rules = Rules::default();
        let origin = Origin::new(self.info.vendor.clone(), &self.info.instance, rules);
        let customer = Customer::new(origin.source(id, self.clock.now()), name);
        self.with_customers([customer])
    }

    /// Adds `customers` as they are.
    #[must_use]
    pub fn with_customers(self, customers: impl IntoIterator<Item = Customer>) -> Self {
        self.content().customers.extend(customers);
        self
    }

    /// Adds `software`, which the connector offers from then on.
    #[must_use]
    pub fn with_software(mut self, software: impl IntoIterator<Item = Software>) -> Self {
        self.info.capabilities = self.info.capabilities.software(true);
        self.content().software.extend(software);
        self
    }

    /// The present moment by the connector's clock.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Lets every call end in `error`, until it [recovers](Self::recover).
    pub fn fail(&self, error: Error) {
        self.content().failure = Some(error);
    }

    /// Lets every listing end in `error` after so many `records`, until it
    /// [recovers](Self::recover).
    pub fn fail_listings_after(&self, records: usize, error: Error) {
        self.content().listing_failure = Some((records, error));
    }

    /// Lets every listing end without an error and incomplete, until it
    /// [recovers](Self::recover): `complete` is false, and `incomplete_reason` has `reason`.
    pub fn hide_records(&self, reason: impl Into<String>) {
        self.content().gap = Some(reason.into());
    }

    /// Lets every write end in `error`, of which nothing is written, until it
    /// [recovers](Self::recover).
    pub fn fail_writes(&self, error: Error) {
        self.content().write_failure = Some(error);
    }

    /// Ends all failures.
    pub fn recover(&self) {
        self.content().recover();
    }

    /// The changes that were made so far, oldest first.
    #[must_use]
    pub fn written(&self) -> Vec<DateChange> {
        self.content().written.clone()
    }

    /// The dates that the asset `id` has; none where there is no such asset.
    #[must_use]
    pub fn dates(&self, id: &str) -> AssetDates {
        let content = self.content();
        let asset = content.assets.iter().find(|asset| asset.has_id(id));
        asset.map(|asset| asset.dates.clone()).unwrap_or_default()
    }

    /// Gives the asset `id` other dates, as somebody else would at the vendor; text that is no
    /// date, too.
    pub fn edit_dates(&self, id: &str, dates: AssetDates) {
        let mut content = self.content();
        if let Some(asset) = content.assets.iter_mut().find(|asset| asset.has_id(id)) {
            asset.dates = dates;
        }
    }

    fn content(&self) -> MutexGuard<'_, Content> {
        self.content.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn list<T: lmsync_core::listing::Listed>(
        &self,
        records: &str,
        query: AssetQuery,
        content: impl Fn(&Content) -> Vec<T> + Send + Sync + 'static,
    ) -> RecordStream<T> {
        let source = FakeList::new(Arc::clone(&self.content), content);
        let scope = ListingScope::new(&self.info, records);
        RecordStream::new(source, query, scope, self.clock.clone(), 1)
    }
}

#[async_trait]
impl Connector for FakeConnector {
    fn info(&self) -> &ConnectorInfo {
        &self.info
    }

    async fn check(&self, scope: CheckScope) -> CheckReport {
        let content = self.content();
        let count = |records: usize| content.works().map(|()| Some(records as u64));
        let (customers, assets) = (count(content.customers.len()), count(content.assets.len()));
        let report = CheckReport::of_reads(&self.info.product, &customers, &assets);
        if !scope.two_way {
            return report;
        }
        report.and(match content.writes() {
            Ok(()) => Check::passed(Check::WRITE_DATES, "dates can be written"),
            Err(error) => Check::failed(Check::WRITE_DATES, &error),
        })
    }

    fn assets(&self, query: AssetQuery) -> AssetStream {
        self.list("assets", query, |content| {
            content.assets.iter().map(FakeAsset::shown).collect()
        })
    }

    fn software(&self, query: AssetQuery) -> SoftwareStream {
        if !self.info.capabilities.software {
            let error = Error::unsupported(&self.info.product, "software assets");
            return RecordStream::failed(error, ListingScope::new(&self.info, "software"));
        }
        self.list("software", query, |content| content.software.clone())
    }

    fn customers(&self) -> CustomerStream {
        let every = AssetQuery::new();
        self.list("customers", every, |content| content.customers.clone())
    }

    async fn asset(&self, id: &AssetId) -> Result<Asset> {
        let content = self.content();
        content.works()?;
        Ok(content.asset(id)?.shown())
    }
}

#[async_trait]
impl DateAccess for FakeConnector {
    type Record = ();

    fn clock(&self) -> &SharedClock {
        &self.clock
    }

    fn clearable(&self) -> DateFields {
        DateFields::ALL
    }

    async fn fetch(&self, id: &AssetId) -> Result<(AssetDates, ())> {
        let content = self.content();
        content.works()?;
        Ok((content.asset(id)?.dates.clone(), ()))
    }

    async fn send(&self, change: &DateChange, _record: &()) -> Result<()> {
        self.content().write(change)
    }
}
