//! The connectors that flaws are put into, each with its vendor.

#[path = "../subjects/depot/mod.rs"]
mod depot;
#[path = "../subjects/shelf.rs"]
mod shelf;
#[path = "../subjects/mod.rs"]
mod vendors;

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use lmsync::model::{Asset, AssetId};
use lmsync::two_way::{AssetDates, DateChange, DateFields, WriteReport};
use lmsync::{
    Account, AssetQuery, AssetStream, CheckReport, CheckScope, Connector, ConnectorInfo,
    CustomerStream, Environment, Result, SoftwareStream, TwoWaySync,
};
use lmsync_testkit::conformance::{Profile, Subject, TwoWaySubject};

use crate::connector;
use crate::flaw::{self, Flaw};
use crate::flawed::{FlawedConnector, Sound};
use crate::pages::Shared;
use crate::vendors::SlippingVendor;

pub(crate) use self::depot::{DepotCursors, DepotExport, DepotLinks, DepotNested};
pub(crate) use self::shelf::{KEY, ShelfSubject as Shelf};
pub(crate) use self::vendors::{
    CwRmm, HaloItsm, HaloPsa, SuperOpsIt, SuperOpsMsp, Syncro, SyncroWhole,
};

/// A subject whose connector has the flaw in force.
pub(crate) struct Flawed<S>(PhantomData<S>);

/// A subject that a flaw can be put into.
pub(crate) trait Base: Subject {
    /// The connector, to be read with `secret` where that is given.
    fn sound(environment: Environment, secret: Option<&str>, flaw: &Flaw) -> Result<Sound>;
}

macro_rules! two_way {
    ($($subject:ident),+) => {
        $(impl Base for $subject {
            fn sound(environment: Environment, secret: Option<&str>, _: &Flaw) -> Result<Sound> {
                let reading = secret.map(|secret| Self::connect_with_secret(&environment, secret));
                Sound::new(environment, Self::connect_two_way, reading.transpose()?)
            }
        })+
    };
}

two_way!(
    CwRmm,
    HaloItsm,
    HaloPsa,
    SuperOpsIt,
    SuperOpsMsp,
    Syncro,
    SyncroWhole
);

macro_rules! reading_only {
    ($($subject:ident),+) => {
        $(impl Base for $subject {
            fn sound(environment: Environment, secret: Option<&str>, _: &Flaw) -> Result<Sound> {
                let reading = match secret {
                    Some(secret) => Self::connect_with_secret(&environment, secret)?,
                    None => Self::connect(&environment)?,
                };
                Ok(Sound::for_reading(environment, Self::connect, reading))
            }
        })+
    };
}

reading_only!(DepotCursors, DepotExport, DepotLinks, DepotNested);

impl Base for Shelf {
    fn sound(environment: Environment, secret: Option<&str>, flaw: &Flaw) -> Result<Sound> {
        let reading = secret
            .map(|secret| OpenShelf::connect(&environment, secret, flaw))
            .transpose()?;
        let reading = reading.map(|shelf| Arc::new(shelf) as Arc<dyn Connector>);
        let flaw = flaw.clone();
        let connect = move |environment: &Environment| -> Result<Arc<dyn TwoWaySync>> {
            Ok(Arc::new(OpenShelf::connect(environment, KEY, &flaw)?))
        };
        Sound::new(environment, connect, reading)
    }
}

/// The connector of `S` with the flaw in force.
pub(crate) fn connect<S: Base>(
    environment: &Environment,
    secret: Option<&str>,
) -> Result<FlawedConnector> {
    let flaw = flaw::in_force();
    let mut environment = environment.clone();
    if let Some(change) = &flaw.environment {
        environment = change(environment);
    }
    let sound = S::sound(environment, secret, &flaw)?;
    Ok(FlawedConnector::new(sound, flaw))
}

impl<S: Base> Subject for Flawed<S> {
    type Vendor = SlippingVendor<S::Vendor>;

    fn profile() -> Profile {
        match flaw::in_force().profile {
            Some(change) => change(S::profile()),
            None => S::profile(),
        }
    }

    fn vendor(assets: usize, now: DateTime<Utc>) -> Self::Vendor {
        SlippingVendor {
            vendor: S::vendor(assets, now),
            slip: flaw::in_force().vendor,
        }
    }

    fn connect(environment: &Environment) -> Result<Arc<dyn Connector>> {
        Ok(Arc::new(connect::<S>(environment, None)?))
    }

    fn connect_with_secret(environment: &Environment, secret: &str) -> Result<Arc<dyn Connector>> {
        Ok(Arc::new(connect::<S>(environment, Some(secret))?))
    }

    fn secrets() -> Vec<String> {
        S::secrets()
    }
}

impl<S: Base + TwoWaySubject> TwoWaySubject for Flawed<S> {
    fn connect_two_way(environment: &Environment) -> Result<Arc<dyn TwoWaySync>> {
        Ok(Arc::new(connect::<S>(environment, None)?))
    }
}

/// A Shelf whose pages a flaw can reach.
struct OpenShelf {
    shelf: connector::Shelf,
    flaw: Flaw,
}

impl fmt::Debug for OpenShelf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.shelf.fmt(f)
    }
}

impl OpenShelf {
    fn connect(environment: &Environment, secret: &str, flaw: &Flaw) -> Result<Self> {
        let address = "https://shelf.example";
        Ok(Self {
            shelf: connector::Shelf::connect_in(environment, address, secret, "acme")?,
            flaw: flaw.clone(),
        })
    }
}

#[async_trait]
impl Connector for OpenShelf {
    fn info(&self) -> &ConnectorInfo {
        self.shelf.info()
    }

    async fn check(&self, scope: CheckScope) -> CheckReport {
        self.shelf.check(scope).await
    }

    fn assets(&self, mut query: AssetQuery) -> AssetStream {
        let Some(change) = &self.flaw.asset_pages else {
            return self.shelf.assets(query);
        };
        let machines = self.shelf.machines(query.raw.into());
        let pages = change(Arc::new(machines), &mut query);
        // A flaw may let what is handed out pass through the pages once more, as detail.
        let mut info = self.shelf.info().clone();
        info.capabilities.detail = query.detail;
        let account = Account::new(info, self.shelf.account.http().clone());
        account.list(Shared(pages), query, "machines by 50")
    }

    fn software(&self, query: AssetQuery) -> SoftwareStream {
        self.shelf.software(query)
    }

    fn customers(&self) -> CustomerStream {
        let Some(change) = &self.flaw.customer_pages else {
            return self.shelf.customers();
        };
        let pages = change(Arc::new(self.shelf.companies()));
        let account = &self.shelf.account;
        account.list(Shared(pages), AssetQuery::new(), "companies by 50")
    }

    async fn asset(&self, id: &AssetId) -> Result<Asset> {
        self.shelf.asset(id).await
    }
}

#[async_trait]
impl TwoWaySync for OpenShelf {
    fn writable(&self) -> DateFields {
        self.shelf.writable()
    }

    fn clearable(&self) -> DateFields {
        self.shelf.clearable()
    }

    async fn read_dates(&self, id: &AssetId) -> Result<AssetDates> {
        self.shelf.read_dates(id).await
    }

    async fn write_dates(&self, change: &DateChange) -> Result<WriteReport> {
        self.shelf.write_dates(change).await
    }
}
