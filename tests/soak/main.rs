//! Every account under way for long, while five requests of a hundred go wrong.
//!
//! A few minutes of virtual time by default. An hour for each account, and what it came to:
//!
//! ```sh
//! LMSYNC_SOAK_MINUTES=60 cargo test --release --test soak -- --nocapture
//! ```
//!
//! A run that fails prints the seed that repeats it with `LMSYNC_SOAK_SEED`.

#![allow(clippy::expect_used)]

mod account;
mod dice;
mod reading;
mod tally;
mod two_way;

use std::io::Write as _;
use std::sync::Arc;
use std::time::Duration;

use lmsync::cwrmm::CwRmmConfig;
use lmsync::halo::{HaloConfig, HaloProduct};
use lmsync::model::{TenantField, TenantFieldNames};
use lmsync::superops::{Product, SuperOpsConfig};
use lmsync::syncro::SyncroConfig;
use lmsync::{Environment, Result, TwoWaySync};
use lmsync_testkit::conformance::{TwoWayVendor, run};
use lmsync_testkit::cwrmm::{CwRmmSimulator, CwRmmSpec};
use lmsync_testkit::fleet::{Fleet, FleetSpec};
use lmsync_testkit::halo::{HaloSimulator, HaloSpec};
use lmsync_testkit::superops::{self, SuperOpsSimulator, SuperOpsSpec};
use lmsync_testkit::syncro::{SyncroSimulator, SyncroSpec};

use crate::account::Account;

#[test]
fn superops_msp() {
    soak(
        "superops-msp",
        |fleet| SuperOpsSimulator::new(superops(fleet, superops::Product::Msp)),
        |environment| {
            let spec = superops(no_machines(), superops::Product::Msp);
            let config = SuperOpsConfig::new(spec.subdomain, spec.token);
            Ok(Arc::new(config.connect_in(environment)?))
        },
    );
}

#[test]
fn superops_it() {
    soak(
        "superops-it",
        |fleet| SuperOpsSimulator::new(superops(fleet, superops::Product::It)),
        |environment| {
            let spec = superops(no_machines(), superops::Product::It);
            let config = SuperOpsConfig::new(spec.subdomain, spec.token).product(Product::It);
            Ok(Arc::new(config.connect_in(environment)?))
        },
    );
}

#[test]
fn syncro() {
    soak(
        "syncro",
        |fleet| SyncroSimulator::new(SyncroSpec::new(fleet)),
        |environment| {
            let spec = SyncroSpec::new(no_machines());
            let config = SyncroConfig::new("acmemsp.syncromsp.com", spec.api_key);
            Ok(Arc::new(config.connect_in(environment)?))
        },
    );
}

#[test]
fn cwrmm() {
    soak(
        "cwrmm",
        |fleet| {
            CwRmmSimulator::new(CwRmmSpec {
                // Two connectors, and tokens that are lost on their way.
                tokens_at_once: 20,
                ..CwRmmSpec::new(fleet)
            })
        },
        |environment| {
            let spec = CwRmmSpec::new(no_machines());
            let config = CwRmmConfig::new(spec.client_id, spec.client_secret);
            Ok(Arc::new(config.connect_in(environment)?))
        },
    );
}

/// No field holds a check-in: windows are refused.
#[test]
fn halo_psa() {
    soak(
        "halo-psa",
        |fleet| HaloSimulator::new(HaloSpec::new(fleet)),
        |environment| Ok(Arc::new(halo(HaloProduct::Psa).connect_in(environment)?)),
    );
}

/// A named field holds the check-in: windows work.
#[test]
fn halo_itsm() {
    soak(
        "halo-itsm",
        |fleet| HaloSimulator::new(HaloSpec::new(fleet)),
        |environment| {
            let places = TenantFieldNames::new().with(TenantField::LastCheckIn, ["Last Seen"]);
            let config = halo(HaloProduct::Itsm).fields(places);
            Ok(Arc::new(config.connect_in(environment)?))
        },
    );
}

fn no_machines() -> Fleet {
    Fleet::new(FleetSpec::new(0, chrono::DateTime::UNIX_EPOCH))
}

fn superops(fleet: Fleet, product: superops::Product) -> SuperOpsSpec {
    SuperOpsSpec {
        product,
        ..SuperOpsSpec::new(fleet)
    }
}

fn halo(product: HaloProduct) -> HaloConfig {
    let spec = HaloSpec::new(no_machines());
    HaloConfig::new(
        product,
        "https://acmemsp.halopsa.com/api",
        "https://acmemsp.halopsa.com/auth",
        spec.client_id,
        spec.client_secret,
    )
    .tenant(spec.tenant)
}

/// The number in an environment variable.
fn asked(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    Some(text.parse().expect("a number"))
}

fn tell(text: &str) {
    // A report that cannot be printed is no failure.
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// Tells the seed of a run that fails.
struct Seed(u64);

impl Drop for Seed {
    fn drop(&mut self) {
        if std::thread::panicking() {
            tell(&format!("to repeat this run: LMSYNC_SOAK_SEED={}", self.0));
        }
    }
}

fn soak<V: TwoWayVendor>(
    name: &str,
    vendor: impl Fn(Fleet) -> V,
    connect: impl Fn(&Environment) -> Result<Arc<dyn TwoWaySync>>,
) {
    let minutes = asked("LMSYNC_SOAK_MINUTES");
    let seed = Seed(asked("LMSYNC_SOAK_SEED").unwrap_or(1));
    let duration = Duration::from_secs(60 * minutes.unwrap_or(3));
    // Each account has faults of its own.
    let add = |sum: u64, byte: u8| sum.wrapping_mul(31).wrapping_add(byte.into());
    let own_seed = name.bytes().fold(seed.0, add);
    run(async {
        let mut account = Account::new(own_seed, vendor, connect);
        while account.clock.elapsed() < duration {
            account.round().await;
        }
        account.end();
        if minutes.is_some() {
            tell(&account.report(name, seed.0));
        }
    });
}
