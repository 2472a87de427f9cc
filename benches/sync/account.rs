//! Simulated accounts behind a socket.

use std::time::Duration;

use lmsync::{Clock, SystemClock};
use lmsync_testkit::conformance::TwoWayVendor;
use lmsync_testkit::demo::{Demo, Limits};
use lmsync_testkit::fleet::{Fleet, FleetSpec};
use lmsync_testkit::{ServeOptions, SimulatorServer, serve};
use serde_json::Value;

use crate::Result;
use crate::tape::{Recorded, Tape};

/// The vendors that are measured.
pub(crate) const VENDORS: [&str; 4] = ["superops", "syncro", "cwrmm", "halo-psa"];
/// More requests a minute than can be sent.
const ANY_BUDGET: u32 = 1_000_000;

/// An account that is served, and the configuration that opens it.
pub(crate) struct Account {
    pub(crate) vendor: &'static str,
    keys: Value,
    server: SimulatorServer<Tape<Box<dyn TwoWayVendor>>>,
}

impl Account {
    /// An account of `assets` assets whose vendor sets no limit and takes `delay` for each answer.
    pub(crate) async fn serve(vendor: &str, assets: usize, delay: Duration) -> Result<Self> {
        let demo = Demo::of(vendor).ok_or("there is no simulator of it")?;
        let mut spec = FleetSpec::new(assets, SystemClock::new().now());
        spec.customers = assets.div_ceil(20);
        let simulator = demo.simulator(Fleet::new(spec), Limits::None);
        let options = ServeOptions {
            delay,
            ..ServeOptions::default()
        };
        let server = serve(Tape::new(simulator), options).await?;
        Ok(Self {
            vendor: demo.vendor,
            keys: demo.keys(&server.uri()),
            server,
        })
    }

    pub(crate) fn origin(&self) -> String {
        self.server.uri()
    }

    /// The configuration, with a budget that allows anything.
    pub(crate) fn keys(&self, concurrency: usize) -> Value {
        let mut keys = self.keys.clone();
        keys["requests_per_minute"] = ANY_BUDGET.into();
        keys["concurrency"] = concurrency.into();
        keys
    }

    /// The number of requests until now.
    pub(crate) fn requests(&self) -> u64 {
        self.server.requests()
    }

    /// The requests that came so far, each once.
    pub(crate) fn recorded(&self) -> Vec<Recorded> {
        let simulator = self.server.simulator();
        simulator.with(|tape| tape.requests().to_vec())
    }
}
