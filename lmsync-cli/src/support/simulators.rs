//! Embedded simulators: every product that exists, tried without an account.

use std::fmt;
use std::io;

use lmsync::warranty::WarrantyConfig;
use lmsync::{Clock, ConnectorConfig, SystemClock, Vendors};
use lmsync_testkit::conformance::TwoWayVendor;
use lmsync_testkit::demo::{DEMO, Limits};
use lmsync_testkit::fleet::Fleet;
use lmsync_testkit::warranty::MakersSimulator;
use lmsync_testkit::{ServeOptions, SimulatorServer, serve};

/// Simulators on loopback, until this is dropped.
#[non_exhaustive]
pub struct Simulators {
    /// One account per simulator.
    pub accounts: Vec<ConnectorConfig>,
    /// Them, in the same order.
    pub servers: Vec<SimulatorServer<Box<dyn TwoWayVendor>>>,
    /// The tables of simulated hardware makers, which know the machines of the fleet.
    pub warranty: Vec<WarrantyConfig>,
    _makers: SimulatorServer<MakersSimulator>,
}

impl fmt::Debug for Simulators {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Simulators")
            .field("accounts", &self.accounts)
            .field("servers", &self.servers.len())
            .finish()
    }
}

impl Simulators {
    /// Starts one simulator per product; all of them hold the same demo fleet.
    ///
    /// # Errors
    /// The system has no port for one.
    pub async fn start() -> io::Result<Self> {
        let fleet = Fleet::demo(SystemClock::new().now());
        let vendors = Vendors::built_in();
        let (mut accounts, mut servers) = (Vec::new(), Vec::new());
        for demo in DEMO {
            let simulator = demo.simulator(fleet.clone(), Limits::Documented);
            let server = serve(simulator, ServeOptions::default()).await?;
            let mut keys = demo.keys(&server.uri());
            keys["name"] = format!("{}-demo", demo.vendor).into();
            accounts.push(vendors.read(keys).map_err(io::Error::other)?);
            servers.push(server);
        }
        let makers = MakersSimulator::of(&fleet, SystemClock::new().now());
        let makers = serve(makers, ServeOptions::default()).await?;
        let tables = MakersSimulator::tables(&makers.uri()).into_iter();
        let warranty: serde_json::Result<_> = tables.map(serde_json::from_value).collect();
        Ok(Self {
            accounts,
            servers,
            warranty: warranty?,
            _makers: makers,
        })
    }
}
