//! The four vendors, each simulated, with what opens the account.

use std::sync::Arc;

use http::{HeaderValue, header};
use lmsync::cwrmm::CwRmmConfig;
use lmsync::halo::{HaloConfig, HaloProduct};
use lmsync::superops::SuperOpsConfig;
use lmsync::syncro::SyncroConfig;
use lmsync::tenant_fields::{TenantField, TenantFieldNames};
use lmsync_testkit::cwrmm::{CwRmmSimulator, CwRmmSpec};
use lmsync_testkit::fleet::Fleet;
use lmsync_testkit::halo::{HaloSimulator, HaloSpec};
use lmsync_testkit::superops::{SuperOpsSimulator, SuperOpsSpec};
use lmsync_testkit::syncro::{SyncroSimulator, SyncroSpec};

use crate::account::{Simulated, Vendor, exercise};
use crate::tamper::{ECHO, Tamper};

/// The credential of every account; inputs hold it to play a vendor that repeats it.
const SECRET: &str = "s3cret-canary-51c4be";
/// What the tokens begin with that vendors give for it; [`CWRMMS`] and [`HALOS`] are whole ones.
const MINTED: &str = ECHO;
const CWRMMS: &[&str] = &["t0ken-canary-9d07ae-0001", "t0ken-canary-9d07ae-0002"];
const HALOS: &[&str] = &["t0ken-canary-9d07ae1", "t0ken-canary-9d07ae2"];
/// The token of the key's user, which Syncro gives away.
const USERS: &str = "us3r-canary-77aa01";

const CWRMM_ID: &str = "0e30c0de-4a11-4b0b-8b1d-2f6a51c4be00";
const HALO_ID: &str = "4f0c-halo-client-61d2";

/// SuperOps, answering as the input says.
///
/// # Panics
/// When a promise is broken.
pub fn superops(data: &[u8]) {
    let vendor = Vendor {
        hosts: &["api.superops.ai"],
        secret: SECRET,
        others: &[],
        simulate: |fleet| {
            let simulator = SuperOpsSimulator::new(SuperOpsSpec {
                token: SECRET.to_owned(),
                ..SuperOpsSpec::new(fleet)
            });
            let ids = simulator.asset_ids();
            Simulated::new(simulator, ids)
        },
        connect: |environment| {
            let config = SuperOpsConfig::new("acmemsp", SECRET);
            Ok(Arc::new(config.connect_in(environment)?))
        },
    };
    exercise(&vendor, Tamper::read(data));
}

/// Syncro, answering as the input says.
///
/// # Panics
/// When a promise is broken.
pub fn syncro(data: &[u8]) {
    let vendor = Vendor {
        hosts: &["acmemsp.syncromsp.com"],
        secret: SECRET,
        others: &[USERS],
        simulate: |fleet| {
            let simulator = SyncroSimulator::new(SyncroSpec {
                api_key: SECRET.to_owned(),
                user_token: USERS.to_owned(),
                ..SyncroSpec::new(fleet)
            });
            let ids = simulator.asset_ids();
            Simulated::new(simulator, ids)
        },
        connect: |environment| {
            let config = SyncroConfig::new("acmemsp.syncromsp.com", SECRET);
            Ok(Arc::new(config.connect_in(environment)?))
        },
    };
    exercise(&vendor, Tamper::read(data));
}

/// ConnectWise RMM, answering as the input says.
///
/// # Panics
/// When a promise is broken.
pub fn cwrmm(data: &[u8]) {
    exercise(&cwrmm_vendor(), Tamper::read(data));
}

/// ConnectWise RMM, with the input as the `Link` header of every answer.
///
/// # Panics
/// When a promise is broken.
pub fn cwrmm_link(data: &[u8]) {
    if let Ok(value) = HeaderValue::from_bytes(data) {
        exercise(&cwrmm_vendor(), Tamper::header(header::LINK, value));
    }
}

fn cwrmm_vendor() -> Vendor {
    Vendor {
        hosts: &["openapi.service.itsupport247.net"],
        secret: SECRET,
        others: CWRMMS,
        simulate: |fleet| {
            let simulator = CwRmmSimulator::new(cwrmm_spec(fleet));
            let ids = simulator.asset_ids();
            Simulated::new(simulator, ids)
        },
        connect: |environment| {
            let config = CwRmmConfig::new(CWRMM_ID, SECRET).network_devices(true);
            Ok(Arc::new(config.connect_in(environment)?))
        },
    }
}

fn cwrmm_spec(fleet: Fleet) -> CwRmmSpec {
    CwRmmSpec {
        client_id: CWRMM_ID.to_owned(),
        client_secret: SECRET.to_owned(),
        token_prefix: MINTED.to_owned(),
        page_cap: 2,
        company_page_cap: 1,
        custom_fields: true,
        ..CwRmmSpec::new(fleet)
    }
}

/// Halo, answering as the input says.
///
/// # Panics
/// When a promise is broken.
pub fn halo(data: &[u8]) {
    let vendor = Vendor {
        hosts: &["acmemsp.halopsa.com"],
        secret: SECRET,
        others: HALOS,
        simulate: |fleet| {
            let simulator = HaloSimulator::new(HaloSpec {
                client_id: HALO_ID.to_owned(),
                client_secret: SECRET.to_owned(),
                token: MINTED.to_owned(),
                ..HaloSpec::new(fleet)
            });
            let ids = simulator.asset_ids();
            Simulated::new(simulator, ids)
        },
        connect: |environment| {
            let config = HaloConfig::new(
                HaloProduct::Psa,
                "https://acmemsp.halopsa.com/api",
                "https://acmemsp.halopsa.com/auth",
                HALO_ID,
                SECRET,
            )
            .tenant("acmemsp")
            .fields(TenantFieldNames::new().with(TenantField::LastCheckIn, ["Last Seen"]));
            Ok(Arc::new(config.connect_in(environment)?))
        },
    };
    exercise(&vendor, Tamper::read(data));
}
