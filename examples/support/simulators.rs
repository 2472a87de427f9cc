//! Embedded simulators: every product that exists, tried without an account.

use std::fmt;
use std::io;

use lmsync::superops::SuperOpsConfig;
use lmsync::{Clock, ConnectorConfig, SystemClock};
use lmsync_testkit::fleet::Fleet;
use lmsync_testkit::superops::{SuperOpsSimulator, SuperOpsSpec};
use lmsync_testkit::{ServeOptions, serve};

/// Simulators on loopback, until this is dropped.
pub(crate) struct Simulators {
    /// One account per simulator.
    pub(crate) accounts: Vec<ConnectorConfig>,
    _servers: Vec<Server>,
}

/// What keeps a simulator serving, whatever its product.
type Server = Box<dyn Send + Sync>;

impl fmt::Debug for Simulators {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Simulators")
            .field("accounts", &self.accounts)
            .finish_non_exhaustive()
    }
}

/// Starts one simulator per product; all of them hold the same demo fleet.
pub(crate) async fn start() -> io::Result<Simulators> {
    let fleet = Fleet::demo(SystemClock::new().now());
    // A new product is one more line here and one more function below.
    let started = [superops(&fleet).await?];
    let (accounts, servers) = started.into_iter().unzip();
    Ok(Simulators {
        accounts,
        _servers: servers,
    })
}

async fn superops(fleet: &Fleet) -> io::Result<(ConnectorConfig, Server)> {
    let spec = SuperOpsSpec::new(fleet.clone());
    let config = SuperOpsConfig::new(&spec.subdomain, spec.token.as_str());
    let server = serve(SuperOpsSimulator::new(spec), ServeOptions::default()).await?;
    let config = config.name("superops-demo").endpoint(server.uri());
    Ok((ConnectorConfig::SuperOps(config), Box::new(server)))
}
