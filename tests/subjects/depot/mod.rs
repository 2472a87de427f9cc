//! Depot, a made-up vendor that is not like most, and its connectors.
//!
//! One lists by links, with a key in a header of its own, counts nothing and tells serial numbers
//! with the detail only; one by cursors that come in a header; one customer by customer, with
//! two headers; one orders an export, and signs in at a host apart. None writes.

mod connector;
mod cursors;
mod export;
mod links;
mod nested;
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
const CLIENT_HEADER: &str = "x-depot-client";
const CURSOR_HEADER: &str = "x-depot-next";
const CLIENT_ID: &str = "depot-client-61d2";
const SECRET: &str = "d3pot-s3cret-canary-51c4";
/// The client and its secret as a Basic header has them.
const BASIC_CLIENT: &str = "Basic ZGVwb3QtY2xpZW50LTYxZDI6ZDNwb3QtczNjcmV0LWNhbmFyeS01MWM0";
/// The token that a sign-in gives, before its number.
const TOKEN: &str = "d3pot-m1nted-canary-77aa-";

/// A subject, from what differs between them.
macro_rules! subject {
    ($name:ident: $profile:expr, $connect:path, minted $minted:expr) => {
        pub(crate) struct $name;

        impl Subject for $name {
            type Vendor = DepotSimulator;

            fn profile() -> Profile {
                $profile
            }

            fn vendor(assets: usize, now: DateTime<Utc>) -> DepotSimulator {
                DepotSimulator::new(Fleet::new(FleetSpec::new(assets, now)))
            }

            fn connect(environment: &Environment) -> Result<Arc<dyn Connector>> {
                Self::connect_with_secret(environment, SECRET)
            }

            fn connect_with_secret(
                environment: &Environment,
                secret: &str,
            ) -> Result<Arc<dyn Connector>> {
                Ok(Arc::new($connect(environment, secret)?))
            }

            fn secrets() -> Vec<String> {
                let minted: &[usize] = $minted;
                let minted = minted.iter().map(|number| format!("{TOKEN}{number}"));
                minted.chain([SECRET.to_owned()]).collect()
            }
        }
    };
}

subject! {
    DepotLinks: Profile::cursors(PAGE_SIZE)
        .next_page_in_body("/links/next")
        .credential_headers([KEY_HEADER])
        .serials_with_detail_only()
        .without_counts(),
    links::connect_in,
    minted &[]
}

subject! {
    DepotCursors: Profile::cursors(PAGE_SIZE)
        .next_page_in_header(CURSOR_HEADER)
        .credential_headers([KEY_HEADER]),
    cursors::connect_in,
    minted &[]
}

subject! {
    DepotNested: Profile::numbered(PAGE_SIZE)
        .several_lists()
        .credential_headers([KEY_HEADER, CLIENT_HEADER]),
    nested::connect_in,
    minted &[]
}

subject! {
    DepotExport: Profile::export()
        // A sign-in has its client in the same header.
        .sign_in(|request| request.uri.path() == "/token")
        .sign_in_hosts([LOGIN_HOST])
        .without_counts(),
    export::connect_in,
    minted &[1, 2]
}
