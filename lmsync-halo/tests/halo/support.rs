//! The accounts that the tests read and write.

use std::sync::Arc;

use lmsync_core::model::Asset;
use lmsync_core::{
    AssetQuery, Check, CheckReport, CheckScope, Connector, ConnectorExt, Environment, SharedClock,
    SyncSummary,
};
use lmsync_halo::{Halo, HaloConfig, HaloProduct};
use lmsync_testkit::fleet::{Fleet, FleetSpec};
use lmsync_testkit::halo::{HaloSimulator, HaloSpec};
use lmsync_testkit::{FaultyTransport, InMemory, VirtualClock};

/// An account, and the way to it.
pub(crate) struct Account {
    pub(crate) halo: Halo,
    pub(crate) vendor: InMemory<HaloSimulator>,
    pub(crate) faults: FaultyTransport,
    pub(crate) clock: SharedClock,
}

pub(crate) fn config() -> HaloConfig {
    HaloConfig::new(
        HaloProduct::Psa,
        "https://acme.halopsa.com/api",
        "https://acme.halopsa.com/auth",
        "simulated-halo-client",
        "simulated-halo-secret",
    )
    .tenant("acmemsp")
}

pub(crate) fn account_of(
    assets: usize,
    spec: impl FnOnce(&mut HaloSpec),
    config: &HaloConfig,
) -> Account {
    let clock: SharedClock = Arc::new(VirtualClock::default());
    let mut own = HaloSpec::new(Fleet::new(FleetSpec::new(assets, clock.now())));
    spec(&mut own);
    let vendor = InMemory::new(HaloSimulator::new(own), clock.clone()).with_recording();
    let faults = FaultyTransport::new(Arc::new(vendor.clone()));
    let environment = Environment::new(Arc::new(faults.clone()), clock.clone());
    Account {
        halo: config.connect_in(&environment).unwrap(),
        vendor,
        faults,
        clock,
    }
}

pub(crate) fn account(assets: usize) -> Account {
    account_of(assets, |_| {}, &config())
}

impl Account {
    pub(crate) async fn assets(&self) -> (Vec<Asset>, SyncSummary) {
        self.halo.collect_assets(AssetQuery::new()).await.unwrap()
    }

    /// All assets, which must be those that the vendor has.
    pub(crate) async fn expect_all(&self) -> Vec<Asset> {
        let (assets, summary) = self.assets().await;
        assert!(summary.complete, "{summary:?}");
        assert_eq!(summary.rejected, []);
        let mut ids: Vec<_> = assets
            .iter()
            .map(|asset| asset.source.vendor_id.clone())
            .collect();
        let mut expected = self.with(|vendor| vendor.asset_ids());
        ids.sort();
        expected.sort();
        assert_eq!(ids, expected);
        assets
    }

    pub(crate) fn with<R>(&self, act: impl FnOnce(&mut HaloSimulator) -> R) -> R {
        self.vendor.simulator().with(act)
    }

    pub(crate) fn asked(&self, part: &str) -> usize {
        let has = |uri: &http::Uri| uri.to_string().contains(part);
        self.vendor
            .recorded()
            .iter()
            .filter(|request| has(&request.uri))
            .count()
    }

    pub(crate) async fn check(&self) -> CheckReport {
        self.halo.check(CheckScope::read()).await
    }

    /// The scopes asked for so far, in the order of the sign-ins.
    pub(crate) fn scopes(&self) -> Vec<String> {
        self.vendor
            .recorded()
            .into_iter()
            .filter(|request| request.uri.path().ends_with("/token"))
            .map(|request| {
                let body = String::from_utf8(request.body.to_vec()).unwrap();
                let scope = body.split("scope=").nth(1).unwrap();
                scope.split('&').next().unwrap().replace("%3A", ":")
            })
            .collect()
    }
}

pub(crate) fn check<'r>(report: &'r CheckReport, name: &str) -> &'r Check {
    report
        .checks
        .iter()
        .find(|check| check.name == name)
        .unwrap_or_else(|| panic!("no {name} in {report:?}"))
}
