//! A connector and its simulated vendor, set up for one test.

// A test may panic; that is how it fails.
#![allow(clippy::missing_panics_doc, clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use lmsync_core::model::Asset;
use lmsync_core::two_way::{AssetDates, DateChange, TwoWaySync, WriteOutcome, WriteReport};
use lmsync_core::{
    AssetQuery, Check, CheckReport, CheckScope, Connector, ConnectorExt, Environment, Error,
    Result, SharedClock, SyncSummary,
};

use crate::conformance::{TwoWayVendor, Vendor};
use crate::{FaultyTransport, InMemory, Recorded, Simulator, VirtualClock};

/// How long an answer takes, in virtual time.
pub(crate) const LATENCY: Duration = Duration::from_millis(20);

/// A connector `C` and its simulated vendor `V`, set up for one test in virtual time.
///
/// Every request passes the faults, takes 20 milliseconds and is recorded. Make it inside
/// [`conformance::run`](crate::conformance::run) or a `#[tokio::test(start_paused = true)]`.
///
/// ```
/// use lmsync_syncro::SyncroConfig;
/// use lmsync_testkit::fleet::{Fleet, FleetSpec};
/// use lmsync_testkit::syncro::SyncroSimulator;
/// use lmsync_testkit::{Fault, Stage, conformance};
///
/// const KEY: &str = "simulated-syncro-key";
///
/// conformance::run(async {
///     let stage = Stage::new(
///         |now| SyncroSimulator::new(Fleet::new(FleetSpec::new(120, now))),
///         |environment| SyncroConfig::new("acmemsp", KEY).connect_in(environment),
///     );
///     stage.faults.inject(2, Fault::status(503));
///     stage.change(|vendor| vendor.misbehaviour().endless_last_page = true);
///     assert_eq!(stage.list_all().await.len(), 120);
///     // Three pages; the one that failed never reached the vendor, and came at the second try.
///     assert_eq!(stage.sent("customer_assets").len(), 3);
/// });
/// ```
#[non_exhaustive]
pub struct Stage<V, C> {
    /// The connector under test.
    pub account: C,
    /// The simulated vendor and the way to it, recording.
    pub vendor: InMemory<V>,
    /// What goes wrong on that way.
    pub faults: FaultyTransport,
    /// What the connector was made in, for a second one beside it.
    pub environment: Environment,
    /// The time.
    pub clock: SharedClock,
}

impl<V: Simulator, C> Stage<V, C> {
    /// A vendor as of the time it is given, and a connector to it. Panics where `connect` fails.
    pub fn new(
        vendor: impl FnOnce(DateTime<Utc>) -> V,
        connect: impl FnOnce(&Environment) -> Result<C>,
    ) -> Self {
        let clock: SharedClock = Arc::new(VirtualClock::default());
        let vendor = InMemory::new(vendor(clock.now()), clock.clone())
            .with_latency(LATENCY)
            .with_recording();
        let faults = FaultyTransport::new(Arc::new(vendor.clone()));
        let environment = Environment::new(Arc::new(faults.clone()), clock.clone());
        Self {
            account: connect(&environment).expect("the connector connects"),
            vendor,
            faults,
            environment,
            clock,
        }
    }

    /// Changes the vendor, or looks at it.
    pub fn change<T>(&self, change: impl FnOnce(&mut V) -> T) -> T {
        self.vendor.simulator().with(change)
    }

    /// The requests so far whose path and query contain `part`, in the order they were sent.
    #[must_use]
    pub fn sent(&self, part: &str) -> Vec<Recorded> {
        let mut sent = self.vendor.recorded();
        sent.retain(|request| {
            let address = request.uri.path_and_query();
            address.is_some_and(|address| address.as_str().contains(part))
        });
        sent
    }
}

impl<V: Simulator, C: Connector> Stage<V, C> {
    /// What a listing that must not fail gave, complete or not.
    pub async fn list(&self, query: AssetQuery) -> (Vec<Asset>, SyncSummary) {
        self.account.collect_assets(query).await.unwrap()
    }

    /// The error of a listing that must fail.
    pub async fn failure(&self) -> Error {
        let listed = self.account.collect_assets(AssetQuery::new()).await;
        listed.unwrap_err()
    }

    /// What a check of reading reports.
    pub async fn check(&self) -> CheckReport {
        self.account.check(CheckScope::read()).await
    }

    /// What a check of reading and writing reports.
    pub async fn check_two_way(&self) -> CheckReport {
        self.account.check(CheckScope::two_way()).await
    }
}

impl<V: Vendor, C: Connector> Stage<V, C> {
    /// The ids of the assets that the vendor has.
    #[must_use]
    pub fn truth(&self) -> BTreeSet<String> {
        self.change(|vendor| vendor.asset_ids())
    }

    /// All assets: a listing that must be complete, reject nothing and give what the vendor has,
    /// each once.
    pub async fn list_all(&self) -> Vec<Asset> {
        self.list_all_with_summary().await.0
    }

    /// [`list_all`](Self::list_all), and what it came to.
    pub async fn list_all_with_summary(&self) -> (Vec<Asset>, SyncSummary) {
        let (assets, summary) = self.list(AssetQuery::new()).await;
        assert!(summary.complete, "{summary:?}");
        assert_eq!(summary.rejected, []);
        let ids = assets.iter().map(|asset| asset.source.vendor_id.clone());
        assert_eq!(ids.collect::<BTreeSet<_>>(), self.truth());
        assert_eq!(assets.len(), self.truth().len(), "an asset came twice");
        (assets, summary)
    }
}

impl<V: TwoWayVendor, C: TwoWaySync> Stage<V, C> {
    /// The dates that the vendor holds for an asset.
    #[must_use]
    pub fn held(&self, id: &str) -> AssetDates {
        self.change(|vendor| vendor.held_dates(id))
    }

    /// Lets the vendor hold `dates` for an asset, as if a person had typed them.
    pub fn hold(&self, id: &str, dates: AssetDates) {
        self.change(|vendor| vendor.hold_dates(id, dates));
    }

    /// How many requests to write dates of an asset the vendor accepted.
    #[must_use]
    pub fn date_writes(&self, id: &str) -> usize {
        self.change(|vendor| vendor.date_writes(id))
    }

    /// Requests so far that could change something at the vendor.
    #[must_use]
    pub fn writes(&self) -> usize {
        self.change(|vendor| vendor.writes())
    }

    /// Writes dates.
    ///
    /// # Errors
    /// Those of [`write_dates`](lmsync_core::TwoWaySync::write_dates).
    pub async fn write(&self, change: &DateChange) -> Result<WriteReport> {
        self.account.write_dates(change).await
    }

    /// What became of a change that must not fail.
    pub async fn outcome(&self, change: &DateChange) -> WriteOutcome {
        self.write(change).await.unwrap().outcome
    }
}

impl<V, C: fmt::Debug> fmt::Debug for Stage<V, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stage")
            .field("account", &self.account)
            .finish_non_exhaustive()
    }
}

/// The check called `name` in a report that must have it.
#[must_use]
pub fn check_named<'r>(report: &'r CheckReport, name: &str) -> &'r Check {
    let found = report.checks.iter().find(|check| check.name == name);
    found.unwrap_or_else(|| panic!("no check {name} in {report:?}"))
}
