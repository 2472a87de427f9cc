//! Accounts in memory: no sockets, one thread, the clock's own or virtual time.

use std::sync::Arc;

use futures_util::TryStreamExt;
use lmsync::model::Asset;
use lmsync::{AssetQuery, Connector, Environment, SharedClock, Vendors};
use lmsync_testkit::InMemory;
use lmsync_testkit::conformance::TwoWayVendor;
use lmsync_testkit::demo::{Demo, Limits};
use lmsync_testkit::fleet::{Fleet, FleetSpec};

use super::Result;
use super::tape::Tape;

/// An account in memory.
pub(crate) struct Account {
    pub(crate) connector: Arc<dyn Connector>,
    pub(crate) vendor: Arc<InMemory<Tape<Box<dyn TwoWayVendor>>>>,
}

impl Account {
    /// An account of `assets` assets, asked at most `a_minute` times a minute.
    pub(crate) fn open(
        vendor: &str,
        assets: usize,
        clock: SharedClock,
        a_minute: u32,
    ) -> Result<Self> {
        let demo = Demo::of(vendor).ok_or("there is no simulator of it")?;
        let fleet = Fleet::new(FleetSpec::new(assets, clock.now()));
        let tape = Tape::new(demo.simulator(fleet, Limits::None));
        let vendor = Arc::new(InMemory::new(tape, clock.clone()));
        let environment = Environment::new(vendor.clone(), clock);
        let mut keys = demo.keys("https://127.0.0.1");
        keys["requests_per_minute"] = a_minute.into();
        let connector = Vendors::built_in().read(keys)?.connect_in(&environment)?;
        Ok(Self { connector, vendor })
    }

    pub(crate) async fn list(&self, query: AssetQuery) -> Result<Vec<Asset>> {
        Ok(self.connector.assets(query).try_collect().await?)
    }
}
