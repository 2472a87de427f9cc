//! The promises that the vendor's prebuilt token, which may read assets and
//! nothing else, must not break. The whole suite runs for all vendors together.

use lmsync_testkit::conformance::{self, auth, paging, read};

use crate::support::Prebuilt;

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
