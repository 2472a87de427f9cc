//! The one table of simulators: a demo account of each product, and the configuration that opens it.
//!
//! Programs, benchmarks and tests that run against every product go through [`DEMO`]. A product
//! that is added there is in all of them.
//!
//! ```
//! use chrono::DateTime;
//! use lmsync_testkit::demo::{DEMO, Demo, Limits};
//! use lmsync_testkit::fleet::Fleet;
//!
//! let now = DateTime::from_timestamp(1_774_958_400, 0).unwrap();
//! for demo in DEMO {
//!     let simulator = demo.simulator(Fleet::demo(now), Limits::Documented);
//!     assert!(simulator.asset_ids().len() >= 200, "{}", demo.vendor);
//! }
//! // What a configuration file says to open one that is served on loopback.
//! let keys = Demo::of("syncro").unwrap().keys("http://127.0.0.1:8080");
//! assert_eq!(keys["vendor"], "syncro");
//! assert_eq!(keys["endpoint"], "http://127.0.0.1:8080");
//! ```

use serde_json::{Value, json};

use crate::conformance::TwoWayVendor;
use crate::cwrmm::{CwRmmSimulator, CwRmmSpec};
use crate::fleet::Fleet;
use crate::halo::{HaloSimulator, HaloSpec};
use crate::superops::{SuperOpsSimulator, SuperOpsSpec};
use crate::syncro::{SyncroSimulator, SyncroSpec};

/// The token, key or client secret of every demo account.
pub const SECRET: &str = "s3cret-of-a-demo-account-41c9";

/// The name by which the owner of every demo account is known to the vendors.
pub const ACCOUNT: &str = "acmemsp";

/// Every product that has a simulator.
pub const DEMO: &[Demo] = &[
    Demo {
        vendor: "superops",
        simulator: superops,
        keys: |origin| json!({ "endpoint": origin, "subdomain": ACCOUNT, "api_token": SECRET }),
    },
    Demo {
        vendor: "syncro",
        simulator: syncro,
        keys: |origin| json!({ "endpoint": origin, "hostname": ACCOUNT, "api_key": SECRET }),
    },
    Demo {
        vendor: "cwrmm",
        simulator: cwrmm,
        keys: |origin| json!({ "endpoint": origin, "client_id": CWRMM_ID, "client_secret": SECRET }),
    },
    Demo {
        vendor: "halo-psa",
        simulator: halo,
        keys: halo_keys,
    },
    Demo {
        vendor: "halo-itsm",
        simulator: halo,
        keys: halo_keys,
    },
];

/// A product with a simulator of it.
#[derive(Debug)]
#[non_exhaustive]
pub struct Demo {
    /// The vendor's name in configurations.
    pub vendor: &'static str,
    simulator: fn(Fleet, Limits) -> Box<dyn TwoWayVendor>,
    keys: fn(&str) -> Value,
}

/// How many requests the vendor of a demo account takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Limits {
    /// As many as its documentation says.
    Documented,
    /// Any number.
    None,
}

impl Demo {
    /// The demo of the vendor that configurations call `vendor`.
    #[must_use]
    pub fn of(vendor: &str) -> Option<&'static Self> {
        DEMO.iter().find(|demo| demo.vendor == vendor)
    }

    /// An account that manages `fleet`.
    #[must_use]
    pub fn simulator(&self, fleet: Fleet, limits: Limits) -> Box<dyn TwoWayVendor> {
        (self.simulator)(fleet, limits)
    }

    /// The configuration that opens the account where it is served at `origin`, such as
    /// `http://127.0.0.1:8080`: a table of keys, `vendor` among them.
    #[must_use]
    pub fn keys(&self, origin: &str) -> Value {
        let mut keys = (self.keys)(origin);
        keys["vendor"] = self.vendor.into();
        keys
    }
}

fn superops(fleet: Fleet, limits: Limits) -> Box<dyn TwoWayVendor> {
    let mut spec = SuperOpsSpec::new(fleet);
    spec.subdomain = ACCOUNT.to_owned();
    spec.token = SECRET.to_owned();
    if limits == Limits::None {
        spec.requests_per_minute = None;
    }
    Box::new(SuperOpsSimulator::new(spec))
}

fn syncro(fleet: Fleet, limits: Limits) -> Box<dyn TwoWayVendor> {
    let mut spec = SyncroSpec::new(fleet);
    spec.api_key = SECRET.to_owned();
    if limits == Limits::None {
        spec.requests_per_minute = None;
    }
    Box::new(SyncroSimulator::new(spec))
}

/// A Client ID of North America.
const CWRMM_ID: &str = "0e30a1b2-3c4d-4e5f-8a9b-simulated";

fn cwrmm(fleet: Fleet, limits: Limits) -> Box<dyn TwoWayVendor> {
    let mut spec = CwRmmSpec::new(fleet);
    spec.client_id = CWRMM_ID.to_owned();
    spec.client_secret = SECRET.to_owned();
    // Several programs at once, each with tokens of its own.
    spec.tokens_at_once = 20;
    if limits == Limits::None {
        spec.requests_in_five_minutes = None;
        spec.tokens_at_once = usize::MAX;
    }
    Box::new(CwRmmSimulator::new(spec))
}

const HALO_ID: &str = "client-id-of-a-demo-account";

fn halo(fleet: Fleet, limits: Limits) -> Box<dyn TwoWayVendor> {
    let mut spec = HaloSpec::new(fleet);
    spec.tenant = ACCOUNT.to_owned();
    spec.client_id = HALO_ID.to_owned();
    spec.client_secret = SECRET.to_owned();
    if limits == Limits::None {
        spec.requests_per_five_minutes = None;
    }
    Box::new(HaloSimulator::new(spec))
}

fn halo_keys(origin: &str) -> Value {
    json!({
        "resource_server_url": format!("{origin}/api"),
        "authorisation_server_url": format!("{origin}/auth"),
        "tenant": ACCOUNT,
        "client_id": HALO_ID,
        "client_secret": SECRET,
        // Halo has no check-in of its own; in these accounts a field holds it.
        "fields": { "last_check_in": "Last Seen" },
    })
}
