//! The accounts that the tests read.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use lmsync_core::model::Asset;
use lmsync_core::{
    AssetQuery, Connector, ConnectorExt, Environment, Result, SharedClock, SyncSummary,
};
use lmsync_syncro::{Syncro, SyncroConfig};
use lmsync_testkit::conformance::{Profile, Subject};
use lmsync_testkit::fleet::{Fleet, FleetSpec};
use lmsync_testkit::syncro::{Permissions, SyncroSimulator, SyncroSpec};
use lmsync_testkit::{FaultyTransport, InMemory, VirtualClock};

pub(crate) const KEY: &str = "Tk3y-canary-51c4be09ad";
pub(crate) const USER_TOKEN: &str = "us3r-t0ken-canary-77aa";

/// The vendor's prebuilt token.
pub(crate) struct Prebuilt;

pub(crate) fn spec(assets: usize, now: DateTime<Utc>) -> SyncroSpec {
    SyncroSpec {
        api_key: KEY.to_owned(),
        user_token: USER_TOKEN.to_owned(),
        ..SyncroSpec::new(Fleet::new(FleetSpec::new(assets, now)))
    }
}

fn connect(environment: &Environment, key: &str) -> Result<Arc<dyn Connector>> {
    let config = SyncroConfig::new("acmemsp.syncromsp.com", key);
    Ok(Arc::new(config.connect_in(environment)?))
}

impl Subject for Prebuilt {
    type Vendor = SyncroSimulator;

    fn profile() -> Profile {
        Profile::numbered(50)
    }

    fn vendor(assets: usize, now: DateTime<Utc>) -> SyncroSimulator {
        let mut account = SyncroSimulator::new(spec(assets, now));
        *account.permissions() = Permissions::prebuilt_token();
        account
    }

    fn connect(environment: &Environment) -> Result<Arc<dyn Connector>> {
        connect(environment, KEY)
    }

    fn connect_with_secret(environment: &Environment, secret: &str) -> Result<Arc<dyn Connector>> {
        connect(environment, secret)
    }

    fn secrets() -> Vec<String> {
        vec![KEY.to_owned()]
    }
}

/// An account and a connector to it, in virtual time.
pub(crate) struct Stage {
    pub(crate) account: InMemory<SyncroSimulator>,
    pub(crate) faults: FaultyTransport,
    pub(crate) environment: Environment,
    pub(crate) clock: SharedClock,
    pub(crate) syncro: Syncro,
}

impl Stage {
    /// An account with `assets` assets, changed by `change`.
    pub(crate) fn new(assets: usize, change: impl FnOnce(&mut SyncroSpec)) -> Self {
        let clock: SharedClock = Arc::new(VirtualClock::default());
        let mut spec = spec(assets, clock.now());
        change(&mut spec);
        let account = InMemory::new(SyncroSimulator::new(spec), clock.clone())
            .with_latency(Duration::from_millis(20))
            .with_recording();
        let faults = FaultyTransport::new(Arc::new(account.clone()));
        let environment = Environment::new(Arc::new(faults.clone()), clock.clone());
        let syncro = SyncroConfig::new("acmemsp", KEY)
            .connect_in(&environment)
            .unwrap();
        Self {
            account,
            faults,
            environment,
            clock,
            syncro,
        }
    }

    pub(crate) fn change<T>(&self, change: impl FnOnce(&mut SyncroSimulator) -> T) -> T {
        self.account.simulator().with(change)
    }

    pub(crate) fn ids(&self) -> Vec<String> {
        self.change(|account| account.asset_ids())
    }

    pub(crate) async fn list(&self, query: AssetQuery) -> (Vec<Asset>, SyncSummary) {
        self.syncro.collect_assets(query).await.unwrap()
    }

    /// The queries sent so far to the list of assets.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.account
            .recorded()
            .iter()
            .map(|request| request.uri.path_and_query().unwrap().to_string())
            .collect()
    }
}
