//! One account per connector, and what the suite may not find anywhere.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use lmsync::cwrmm::CwRmmConfig;
use lmsync::halo::{HaloConfig, HaloProduct};
use lmsync::superops::{Product, SuperOpsConfig};
use lmsync::syncro::{PropertiesSent, SyncroConfig};
use lmsync::tenant_fields::{TenantField, TenantFieldNames};
use lmsync::{Connector, Environment, Result, TwoWaySync};
use lmsync_testkit::conformance::{Profile, Subject, TwoWaySubject};
use lmsync_testkit::cwrmm::{CwRmmSimulator, CwRmmSpec};
use lmsync_testkit::fleet::{Fleet, FleetSpec};
use lmsync_testkit::halo::{HaloSimulator, HaloSpec};
use lmsync_testkit::superops::{self, SuperOpsSimulator, SuperOpsSpec};
use lmsync_testkit::syncro::{SyncroSimulator, SyncroSpec};

fn fleet(assets: usize, now: DateTime<Utc>) -> Fleet {
    Fleet::new(FleetSpec::new(assets, now))
}

/// A subject, from what differs between them.
macro_rules! subject {
    (
        $(#[$about:meta])*
        $name:ident: $vendor:ty,
        profile $profile:expr,
        secret $secret:expr, minted $minted:expr,
        $make:expr, $connect:expr $(,)?
    ) => {
        $(#[$about])*
        pub(crate) struct $name;

        impl Subject for $name {
            type Vendor = $vendor;

            fn profile() -> Profile {
                $profile
            }

            fn vendor(assets: usize, now: DateTime<Utc>) -> $vendor {
                $make(fleet(assets, now))
            }

            fn connect(environment: &Environment) -> Result<Arc<dyn Connector>> {
                Self::connect_with_secret(environment, $secret)
            }

            fn connect_with_secret(
                environment: &Environment,
                secret: &str,
            ) -> Result<Arc<dyn Connector>> {
                Ok(Arc::new($connect(secret).connect_in(environment)?))
            }

            fn secrets() -> Vec<String> {
                let minted: &[&str] = $minted;
                let mut secrets = vec![$secret.to_owned()];
                secrets.extend(minted.iter().map(|token| (*token).to_owned()));
                secrets
            }
        }

        impl TwoWaySubject for $name {
            fn connect_two_way(environment: &Environment) -> Result<Arc<dyn TwoWaySync>> {
                Ok(Arc::new($connect($secret).connect_in(environment)?))
            }
        }
    };
}

const SUPEROPS_TOKEN: &str = "0ps-t0ken-canary-51c4be";

fn superops(product: superops::Product) -> impl Fn(Fleet) -> SuperOpsSimulator {
    move |fleet| {
        SuperOpsSimulator::new(SuperOpsSpec {
            product,
            token: SUPEROPS_TOKEN.to_owned(),
            ..SuperOpsSpec::new(fleet)
        })
    }
}

subject! {
    SuperOpsMsp: SuperOpsSimulator,
    profile Profile::numbered(100),
    secret SUPEROPS_TOKEN, minted &[],
    superops(superops::Product::Msp),
    |token| SuperOpsConfig::new("acmemsp", token),
}

subject! {
    SuperOpsIt: SuperOpsSimulator,
    profile Profile::numbered(100),
    secret SUPEROPS_TOKEN, minted &[],
    superops(superops::Product::It),
    |token| SuperOpsConfig::new("acmemsp", token).product(Product::It),
}

const SYNCRO_KEY: &str = "Tk3y-canary-51c4be09ad";

subject! {
    Syncro: SyncroSimulator,
    profile Profile::numbered(50),
    secret SYNCRO_KEY, minted &[],
    |fleet| SyncroSimulator::new(SyncroSpec {
        api_key: SYNCRO_KEY.to_owned(),
        ..SyncroSpec::new(fleet)
    }),
    |key| SyncroConfig::new("acmemsp.syncromsp.com", key),
}

subject! {
    // Whole records are sent to a vendor that keeps what is sent alone.
    SyncroWhole: SyncroSimulator,
    profile Profile::numbered(50),
    secret SYNCRO_KEY, minted &[],
    |fleet| {
        let mut account = SyncroSimulator::new(SyncroSpec {
            api_key: SYNCRO_KEY.to_owned(),
            ..SyncroSpec::new(fleet)
        });
        account.misbehaviour().replaces_properties = true;
        account
    },
    |key| SyncroConfig::new("acmemsp.syncromsp.com", key).properties_sent(PropertiesSent::All),
}

const CWRMM_ID: &str = "0e30c0de-4a11-4b0b-8b1d-2f6a51c4be00";
const CWRMM_SECRET: &str = "cw-s3cret-canary-51c4be";

subject! {
    // A page is some companies' devices.
    CwRmm: CwRmmSimulator,
    profile Profile::numbered(100),
    secret CWRMM_SECRET, minted &["cw-t0ken-canary-77aa01-0001"],
    |fleet| CwRmmSimulator::new(CwRmmSpec {
        client_id: CWRMM_ID.to_owned(),
        client_secret: CWRMM_SECRET.to_owned(),
        token_prefix: "cw-t0ken-canary-77aa01".to_owned(),
        ..CwRmmSpec::new(fleet)
    }),
    |secret| CwRmmConfig::new(CWRMM_ID, secret),
}

const HALO_ID: &str = "4f0c-halo-client-61d2";
const HALO_SECRET: &str = "h4lo-s3cret-canary-51c4be";
const HALO_TOKENS: &[&str] = &["m1nted-canary-9d07ae-1", "m1nted-canary-9d07ae-2"];

fn halo(fleet: Fleet) -> HaloSimulator {
    HaloSimulator::new(HaloSpec {
        client_id: HALO_ID.to_owned(),
        client_secret: HALO_SECRET.to_owned(),
        token: "m1nted-canary-9d07ae-".to_owned(),
        ..HaloSpec::new(fleet)
    })
}

fn halo_config(product: HaloProduct, secret: &str) -> HaloConfig {
    HaloConfig::new(
        product,
        "https://acmemsp.halopsa.com/api",
        "https://acmemsp.halopsa.com/auth",
        HALO_ID,
        secret,
    )
    .tenant("acmemsp")
}

subject! {
    /// No field holds a check-in: a window is refused.
    HaloPsa: HaloSimulator,
    profile Profile::numbered(50),
    secret HALO_SECRET, minted HALO_TOKENS,
    halo,
    |secret| halo_config(HaloProduct::Psa, secret),
}

subject! {
    /// A field that the user names holds the check-in: windows work.
    HaloItsm: HaloSimulator,
    profile Profile::numbered(50),
    secret HALO_SECRET, minted HALO_TOKENS,
    halo,
    |secret| halo_config(HaloProduct::Itsm, secret)
        .fields(TenantFieldNames::new().with(TenantField::LastCheckIn, ["Last Seen"])),
}
