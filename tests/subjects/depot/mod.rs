//! Depot, a made-up vendor that is not like most, and its two connectors.
//!
//! One lists by links, with a key in a header of its own, counts nothing and tells serial numbers
//! with the detail only; the other orders an export, and signs in at a host apart. Neither writes.

mod connector;
mod export;
mod links;
mod simulator;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use lmsync::{Connector, Environment, Result};
use lmsync_testkit::conformance::{Profile, Subject};
use lmsync_testkit::fleet::{Fleet, FleetSpec};

use self::simulator::DepotSimulator;

/// Where the API is.
const HOST: &str = "depot.example";
/// Where a client signs in for the export.
const LOGIN_HOST: &str = "login.depot.example";
/// So many records are on a page.
const PAGE_SIZE: usize = 20;
const KEY_HEADER: &str = "x-depot-key";
const CLIENT_ID: &str = "depot-client-61d2";
const SECRET: &str = "d3pot-s3cret-canary-51c4";
/// The client and its secret as a Basic header has them.
const BASIC_CLIENT: &str = "Basic ZGVwb3QtY2xpZW50LTYxZDI6ZDNwb3QtczNjcmV0LWNhbmFyeS01MWM0";
/// The token that a sign-in gives, before its number.
const TOKEN: &str = "d3pot-m1nted-canary-77aa-";

fn depot(assets: usize, now: DateTime<Utc>) -> DepotSimulator {
    DepotSimulator::new(Fleet::new(FleetSpec::new(assets, now)))
}

pub(crate) struct DepotLinks;

impl Subject for DepotLinks {
    type Vendor = DepotSimulator;

    fn profile() -> Profile {
        Profile::cursors(PAGE_SIZE)
            .next_page_in_body("/links/next")
            .credential_headers([KEY_HEADER])
            .serials_with_detail_only()
            .without_counts()
    }

    fn vendor(assets: usize, now: DateTime<Utc>) -> DepotSimulator {
        depot(assets, now)
    }

    fn connect(environment: &Environment) -> Result<Arc<dyn Connector>> {
        Self::connect_with_secret(environment, SECRET)
    }

    fn connect_with_secret(environment: &Environment, secret: &str) -> Result<Arc<dyn Connector>> {
        Ok(Arc::new(links::connect_in(environment, secret)?))
    }

    fn secrets() -> Vec<String> {
        vec![SECRET.to_owned()]
    }
}

pub(crate) struct DepotExport;

impl Subject for DepotExport {
    type Vendor = DepotSimulator;

    fn profile() -> Profile {
        Profile::export()
            // A sign-in has its client in the same header.
            .sign_in(|request| request.uri.path() == "/token")
            .sign_in_hosts([LOGIN_HOST])
            .without_counts()
    }

    fn vendor(assets: usize, now: DateTime<Utc>) -> DepotSimulator {
        depot(assets, now)
    }

    fn connect(environment: &Environment) -> Result<Arc<dyn Connector>> {
        Self::connect_with_secret(environment, SECRET)
    }

    fn connect_with_secret(environment: &Environment, secret: &str) -> Result<Arc<dyn Connector>> {
        Ok(Arc::new(export::connect_in(environment, secret)?))
    }

    fn secrets() -> Vec<String> {
        let tokens = [1, 2].map(|number| format!("{TOKEN}{number}"));
        [&[SECRET.to_owned()], &tokens[..]].concat()
    }
}
