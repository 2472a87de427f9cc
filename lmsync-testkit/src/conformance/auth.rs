//! Who may read what.

use lmsync_core::{AssetQuery, Check, CheckReport, CheckScope, ConnectorExt, ErrorKind};

use super::{Stage, Subject, Vendor};

fn check<'r>(report: &'r CheckReport, name: &str) -> &'r Check {
    report
        .checks
        .iter()
        .find(|check| check.name == name)
        .unwrap_or_else(|| panic!("no check {name} in {report:?}"))
}

/// The right secret passes every check of reading, and the counts are told.
pub async fn the_right_secret_passes_the_check<S: Subject>() {
    let stage = Stage::<S>::with(37);
    let report = stage.connector.check(CheckScope::read()).await;
    assert!(report.ok(), "{report:?}");
    for name in [
        Check::REACHABLE,
        Check::AUTHENTICATED,
        Check::READ_CUSTOMERS,
        Check::READ_ASSETS,
    ] {
        check(&report, name);
    }
    assert!(check(&report, Check::READ_ASSETS).detail.contains("37"));
}

/// A wrong secret reaches the vendor, fails there, and the check says what to do.
pub async fn a_wrong_secret_fails_the_check_with_advice<S: Subject>() {
    let stage = Stage::<S>::with_wrong_secret(5);
    let report = stage.connector.check(CheckScope::read()).await;
    assert!(!report.ok());
    assert!(check(&report, Check::REACHABLE).ok);
    let authenticated = check(&report, Check::AUTHENTICATED);
    assert!(!authenticated.ok);
    assert!(authenticated.hint.is_some());
    assert!(!check(&report, Check::READ_ASSETS).ok);
}

/// A wrong secret ends every listing and call with an error.
pub async fn a_wrong_secret_is_an_authentication_error_and_not_an_empty_account<S: Subject>() {
    let stage = Stage::<S>::with_wrong_secret(5);
    let error = stage
        .list(AssetQuery::new())
        .await
        .failure(ErrorKind::Authentication);
    assert!(error.hint().is_some());
    let customers = stage.connector.collect_customers().await.unwrap_err();
    assert_eq!(customers.kind(), ErrorKind::Authentication);
    let one = stage.connector.asset(&"1".into()).await.unwrap_err();
    assert_eq!(one.kind(), ErrorKind::Authentication);
}

/// A missing permission is told apart from a wrong secret, and the permission is named.
pub async fn a_missing_permission_is_a_permission_error_with_advice<S: Subject>() {
    let stage = Stage::<S>::with(5);
    let forbid = |vendor: &mut S::Vendor| vendor.forbid_reading_assets();
    stage.vendor.simulator().with(forbid);
    let error = stage
        .list(AssetQuery::new())
        .await
        .failure(ErrorKind::Permission);
    assert!(error.hint().is_some());
}

/// A missing permission for assets leaves the other checks as they are.
pub async fn a_missing_permission_fails_its_own_check_only<S: Subject>() {
    let stage = Stage::<S>::with(5);
    let forbid = |vendor: &mut S::Vendor| vendor.forbid_reading_assets();
    stage.vendor.simulator().with(forbid);
    let report = stage.connector.check(CheckScope::read()).await;
    for name in [
        Check::REACHABLE,
        Check::AUTHENTICATED,
        Check::READ_CUSTOMERS,
    ] {
        assert!(check(&report, name).ok, "{report:?}");
    }
    let assets = check(&report, Check::READ_ASSETS);
    assert!(!assets.ok && assets.hint.is_some());
}

/// Every request names the client, and a credential is marked so that nothing prints it.
pub async fn every_request_carries_a_credential<S: Subject>() {
    let stage = Stage::<S>::with_pages();
    let _ = stage.list_all().await;
    for request in stage.vendor.recorded() {
        assert!(request.headers.contains_key(http::header::USER_AGENT));
        let credential = &request.headers.get(http::header::AUTHORIZATION);
        assert!(credential.is_none_or(http::HeaderValue::is_sensitive));
    }
    let authorised =
        |request: &&crate::Recorded| request.headers.contains_key(http::header::AUTHORIZATION);
    assert!(stage.vendor.recorded().iter().filter(authorised).count() >= 3);
}
