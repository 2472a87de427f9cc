//! Embedded simulators: every product that exists, tried without an account.

use std::fmt;
use std::io;

use lmsync::cwrmm::CwRmmConfig;
use lmsync::halo::{HaloConfig, HaloProduct};
use lmsync::model::{TenantField, TenantFieldNames};
use lmsync::superops::SuperOpsConfig;
use lmsync::syncro::SyncroConfig;
use lmsync::{Clock, ConnectorConfig, SystemClock};
use lmsync_testkit::cwrmm::{CwRmmSimulator, CwRmmSpec};
use lmsync_testkit::fleet::Fleet;
use lmsync_testkit::halo::{HaloSimulator, HaloSpec};
use lmsync_testkit::superops::{SuperOpsSimulator, SuperOpsSpec};
use lmsync_testkit::syncro::{SyncroSimulator, SyncroSpec};
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
    let started = [
        superops(&fleet).await?,
        syncro(&fleet).await?,
        cwrmm(&fleet).await?,
        halo(&fleet, HaloProduct::Psa).await?,
        halo(&fleet, HaloProduct::Itsm).await?,
    ];
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
    Ok((ConnectorConfig::new("superops", config), Box::new(server)))
}

async fn syncro(fleet: &Fleet) -> io::Result<(ConnectorConfig, Server)> {
    let spec = SyncroSpec::new(fleet.clone());
    let config = SyncroConfig::new("acmemsp.syncromsp.com", spec.api_key.as_str());
    let server = serve(SyncroSimulator::new(spec), ServeOptions::default()).await?;
    let config = config.name("syncro-demo").endpoint(server.uri());
    Ok((ConnectorConfig::new("syncro", config), Box::new(server)))
}

async fn cwrmm(fleet: &Fleet) -> io::Result<(ConnectorConfig, Server)> {
    let spec = CwRmmSpec::new(fleet.clone());
    let config = CwRmmConfig::new(&spec.client_id, spec.client_secret.as_str());
    let server = serve(CwRmmSimulator::new(spec), ServeOptions::default()).await?;
    let config = config.name("cwrmm-demo").endpoint(server.uri());
    Ok((ConnectorConfig::new("cwrmm", config), Box::new(server)))
}

async fn halo(fleet: &Fleet, product: HaloProduct) -> io::Result<(ConnectorConfig, Server)> {
    let spec = HaloSpec::new(fleet.clone());
    let (id, secret) = (spec.client_id.clone(), spec.client_secret.clone());
    let tenant = spec.tenant.clone();
    let server = serve(HaloSimulator::new(spec), ServeOptions::default()).await?;
    let (api, auth) = (server.uri() + "/api", server.uri() + "/auth");
    // Halo has no check-in of its own; in this account a field holds it.
    let fields = TenantFieldNames::new().with(TenantField::LastCheckIn, ["Last Seen"]);
    let config = HaloConfig::new(product, api, auth, id, secret)
        .tenant(tenant)
        .fields(fields);
    let account = match product {
        HaloProduct::Itsm => ConnectorConfig::new("halo-itsm", config.name("halo-itsm-demo")),
        _ => ConnectorConfig::new("halo-psa", config.name("halo-psa-demo")),
    };
    Ok((account, Box::new(server)))
}
