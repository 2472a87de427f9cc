//! The promises that the vendor's prebuilt token, which may read assets and
//! nothing else, must not break. The whole suite runs for all vendors together.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use lmsync_core::{Connector, Environment, Result};
use lmsync_syncro::SyncroConfig;
use lmsync_testkit::conformance::{self, Profile, Subject, auth, paging, read};
use lmsync_testkit::syncro::{Permissions, SyncroSimulator};

use crate::stage::{KEY, spec};

/// The vendor's prebuilt token.
struct Prebuilt;

fn connect(environment: &Environment, key: &str) -> Result<Arc<dyn Connector>> {
    let config = SyncroConfig::new("acmemsp.syncromsp.com", key);
    Ok(Arc::new(config.connect_in(environment)?))
}

impl Subject for Prebuilt {
    type Vendor = SyncroSimulator;

    fn profile() -> Profile {
        Profile::numbered(50)
    }

    fn vendor(assets: usize, now: DateTime<Utc>) -> SyncroSimulator {
        let mut account = SyncroSimulator::new(spec(assets, now));
        *account.permissions() = Permissions::prebuilt_token();
        account
    }

    fn connect(environment: &Environment) -> Result<Arc<dyn Connector>> {
        connect(environment, KEY)
    }

    fn connect_with_secret(environment: &Environment, secret: &str) -> Result<Arc<dyn Connector>> {
        connect(environment, secret)
    }

    fn secrets() -> Vec<String> {
        vec![KEY.to_owned()]
    }
}

macro_rules! holds {
    ($($group:ident::$promise:ident),* $(,)?) => {
        $(#[test]
        fn $promise() {
            conformance::run($group::$promise::<Prebuilt>());
        })*
    };
}

holds!(
    read::every_asset_arrives_once,
    read::every_customer_arrives_once,
    read::the_summary_counts_assets_by_customer,
    read::nothing_is_written,
    auth::the_right_secret_passes_the_check,
    auth::a_wrong_secret_fails_the_check_with_advice,
    auth::a_wrong_secret_is_an_authentication_error_and_not_an_empty_account,
    auth::a_missing_permission_is_a_permission_error_with_advice,
    paging::a_listing_resumes_after_any_asset,
);
