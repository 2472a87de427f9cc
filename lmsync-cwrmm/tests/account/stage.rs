//! An account in memory, and what tests look at.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use lmsync_core::model::Asset;
use lmsync_core::{
    AssetQuery, CheckReport, CheckScope, Connector, ConnectorExt, Environment, Error, SharedClock,
    SyncSummary,
};
use lmsync_cwrmm::{CwRmm, CwRmmConfig};
use lmsync_testkit::cwrmm::{CwRmmSimulator, CwRmmSpec, Misbehaviour};
use lmsync_testkit::fleet::{Fleet, FleetSpec};
use lmsync_testkit::{FaultyTransport, InMemory, Recorded, VirtualClock};

const LATENCY: Duration = Duration::from_millis(50);

/// An account, and the way to it.
pub(crate) struct Stage {
    pub(crate) vendor: InMemory<CwRmmSimulator>,
    pub(crate) faults: FaultyTransport,
    pub(crate) clock: SharedClock,
    pub(crate) account: CwRmm,
}

pub(crate) fn config() -> CwRmmConfig {
    let spec = CwRmmSpec::new(Fleet::demo(chrono::DateTime::UNIX_EPOCH));
    CwRmmConfig::new(spec.client_id, spec.client_secret)
}

impl Stage {
    pub(crate) fn new(devices: usize, companies: usize) -> Self {
        Self::with(devices, companies, |_| {}, config())
    }

    pub(crate) fn with(
        devices: usize,
        companies: usize,
        adjust: impl FnOnce(&mut CwRmmSpec),
        config: CwRmmConfig,
    ) -> Self {
        let clock: SharedClock = Arc::new(VirtualClock::default());
        let fleet = Fleet::new(FleetSpec {
            customers: companies,
            ..FleetSpec::new(devices, clock.now())
        });
        let mut spec = CwRmmSpec::new(fleet);
        adjust(&mut spec);
        let vendor = InMemory::new(CwRmmSimulator::new(spec), clock.clone())
            .with_latency(LATENCY)
            .with_recording();
        let faults = FaultyTransport::new(Arc::new(vendor.clone()));
        let environment = Environment::new(Arc::new(faults.clone()), clock.clone());
        let account = config.connect_in(&environment).unwrap();
        Self {
            vendor,
            faults,
            clock,
            account,
        }
    }

    pub(crate) fn change(&self, change: impl FnOnce(&mut CwRmmSimulator)) {
        self.vendor.simulator().with(change);
    }

    pub(crate) fn misbehave(&self, change: impl FnOnce(&mut Misbehaviour)) {
        self.change(|vendor| change(vendor.misbehaviour()));
    }

    pub(crate) fn truth(&self) -> BTreeSet<String> {
        let ids = self.vendor.simulator().with(|vendor| vendor.asset_ids());
        ids.into_iter().collect()
    }

    pub(crate) async fn list(&self, query: AssetQuery) -> (Vec<Asset>, SyncSummary) {
        self.account.collect_assets(query).await.unwrap()
    }

    /// A listing that must be whole.
    pub(crate) async fn list_all(&self) -> Vec<Asset> {
        let (assets, summary) = self.list(AssetQuery::new()).await;
        assert!(summary.complete, "{summary:?}");
        assert!(summary.rejected.is_empty(), "{:?}", summary.rejected);
        assert_eq!(ids(&assets), self.truth());
        assert_eq!(assets.len(), self.truth().len());
        assets
    }

    pub(crate) async fn failure(&self) -> Error {
        let outcome = self.account.collect_assets(AssetQuery::new()).await;
        outcome.unwrap_err()
    }

    pub(crate) async fn check(&self) -> CheckReport {
        self.account.check(CheckScope::read()).await
    }

    pub(crate) fn sent(&self, part: &str) -> Vec<Recorded> {
        let all = self.vendor.recorded().into_iter();
        all.filter(|request| request.uri.path().contains(part))
            .collect()
    }

    /// The number of the first request for `part`.
    pub(crate) fn number_of(&self, part: &str) -> usize {
        let sent = self.vendor.recorded();
        let first = sent
            .iter()
            .position(|request| request.uri.path().contains(part));
        1 + first.unwrap()
    }
}

pub(crate) fn ids(assets: &[Asset]) -> BTreeSet<String> {
    assets
        .iter()
        .map(|asset| asset.source.vendor_id.clone())
        .collect()
}

pub(crate) fn outcomes(report: &CheckReport) -> BTreeMap<&str, bool> {
    let checks = report.checks.iter();
    checks.map(|check| (check.name, check.ok)).collect()
}

pub(crate) fn hint<'r>(report: &'r CheckReport, name: &str) -> &'r str {
    let check = report.checks.iter().find(|check| check.name == name);
    check.unwrap().hint.as_deref().unwrap_or_default()
}

/// Whether the heartbeat failed to tell when the device checked in.
pub(crate) fn is_check_in_untold(asset: &Asset) -> bool {
    asset.issues.iter().any(|issue| {
        issue.field == "last_check_in"
            && issue
                .note
                .as_ref()
                .is_some_and(|note| note.contains("heartbeat failed"))
    })
}
