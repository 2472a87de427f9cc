//! The promises of a connector, held to by this one.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::sync::Arc;

use chrono::{DateTime, Utc};
use lmsync_core::{Connector, Environment, Result};
use lmsync_cwrmm::CwRmmConfig;
use lmsync_testkit::conformance::Subject;
use lmsync_testkit::cwrmm::{CwRmmSimulator, CwRmmSpec};
use lmsync_testkit::fleet::{Fleet, FleetSpec};

const CLIENT_ID: &str = "0e30c0de-4a11-4b0b-8b1d-2f6a51c4be00";
const SECRET: &str = "cw-s3cret-canary-51c4be";
const TOKEN: &str = "cw-t0ken-canary-77aa01";

struct CwRmmSubject;

impl Subject for CwRmmSubject {
    type Vendor = CwRmmSimulator;
    // Four companies of twenty-five machines, more or less.
    const PAGE_SIZE: usize = 100;

    fn vendor(assets: usize, now: DateTime<Utc>) -> CwRmmSimulator {
        CwRmmSimulator::new(CwRmmSpec {
            client_id: CLIENT_ID.to_owned(),
            client_secret: SECRET.to_owned(),
            token_prefix: TOKEN.to_owned(),
            ..CwRmmSpec::new(Fleet::new(FleetSpec::new(assets, now)))
        })
    }

    fn connect(environment: &Environment) -> Result<Arc<dyn Connector>> {
        Self::connect_with_secret(environment, SECRET)
    }

    fn connect_with_secret(environment: &Environment, secret: &str) -> Result<Arc<dyn Connector>> {
        let config = CwRmmConfig::new(CLIENT_ID, secret);
        Ok(Arc::new(config.connect_in(environment)?))
    }

    fn secrets() -> Vec<String> {
        vec![SECRET.to_owned(), format!("{TOKEN}-0001")]
    }
}

lmsync_testkit::conformance!(CwRmmSubject);
