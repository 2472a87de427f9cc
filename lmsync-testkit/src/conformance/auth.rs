//! Who may read what.

use std::time::Duration;

use futures_util::future::{join, join_all};
use lmsync_core::model::Asset;
use lmsync_core::{AssetQuery, Check, CheckReport, CheckScope, ConnectorExt, ErrorKind, Result};

use super::cancel::give_up_after;
use super::stage::LATENCY;
use super::wire::survive;
use super::{Stage, Subject, Vendor};
use crate::{Fault, Latency};

/// An answer that takes so long is late.
const LATE: Duration = Duration::from_secs(10);

impl<S: Subject> Stage<S> {
    /// Requests so far that sign in, where the vendor has tokens.
    fn sign_ins(&self) -> usize {
        let (profile, sent) = (S::profile(), self.vendor.recorded());
        let sign_ins = sent.iter().filter(|request| profile.is_sign_in(request));
        sign_ins.count()
    }

    /// The numbers of the requests so far that do not sign in.
    pub(super) fn calls(&self) -> Vec<usize> {
        let (profile, sent) = (S::profile(), self.vendor.recorded());
        let numbered = (1..).zip(&sent);
        let calls = numbered.filter(|(_, request)| !profile.is_sign_in(request));
        calls.map(|(number, _)| number).collect()
    }
}

/// The sign-ins of a fresh connector's first call: one where there are tokens, else none.
async fn sign_ins_of_one_caller<S: Subject>() -> usize {
    let stage = Stage::<S>::with(5);
    stage.connector.asset(&stage.any_id()).await.unwrap();
    stage.sign_ins()
}

fn check<'r>(report: &'r CheckReport, name: &str) -> &'r Check {
    report
        .checks
        .iter()
        .find(|check| check.name == name)
        .unwrap_or_else(|| panic!("no check {name} in {report:?}"))
}

/// The right secret passes every check of reading, and the number of assets is told where the
/// vendor tells it.
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
    let told = &check(&report, Check::READ_ASSETS).detail;
    let is_counted = told.contains(&stage.truth().len().to_string());
    assert_eq!(is_counted, S::profile().counts, "{told}");
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
    let (profile, stage) = (S::profile(), Stage::<S>::with_pages());
    let _ = stage.list_all().await;
    for request in stage.vendor.recorded() {
        assert!(request.headers.contains_key(http::header::USER_AGENT));
        let mut credentials = profile.credentials(&request.headers);
        assert!(credentials.all(http::HeaderValue::is_sensitive));
        assert!(profile.has_credential(&request) || profile.is_sign_in(&request));
    }
    assert!(!stage.calls().is_empty());
    // What signs in has none yet.
    assert!(stage.sign_ins() <= sign_ins_of_one_caller::<S>().await);
}

/// However many callers need a credential at once, one sign-in gets it.
pub async fn fifty_callers_at_once_sign_in_once<S: Subject>() {
    let stage = Stage::<S>::with(5);
    let id = stage.any_id();
    let callers = (0..50).map(|_| stage.connector.asset(&id));
    let assets: Result<Vec<Asset>> = join_all(callers).await.into_iter().collect();
    assert_eq!(assets.unwrap().len(), 50);
    let alone = sign_ins_of_one_caller::<S>().await;
    assert!(alone <= 1, "{alone} sign-ins for one call");
    assert_eq!(stage.sign_ins(), alone);
}

/// A token that is refused between two pages is replaced once and nothing is lost. A key
/// that cannot be replaced is an authentication error with advice, never a short list.
pub async fn a_credential_refused_in_the_middle_is_renewed_once_and_costs_nothing<S: Subject>() {
    let (calls, sign_ins) = {
        let stage = Stage::<S>::with_pages();
        let _ = stage.list_all().await;
        (stage.calls(), stage.sign_ins())
    };
    for number in calls {
        let stage = Stage::<S>::with_pages();
        stage.faults.inject(number, Fault::status(401));
        let listing = stage.list(AssetQuery::new()).await;
        if sign_ins == 0 {
            // Some vendors say with a 401 that the key may not do this.
            let refusals = [ErrorKind::Authentication, ErrorKind::Permission];
            assert!(!listing.summary.complete);
            let error = listing.error.expect("an error");
            assert!(
                refusals.contains(&error.kind()) && error.hint().is_some(),
                "{error}"
            );
            continue;
        }
        assert_eq!(
            listing.complete().len(),
            stage.truth().len(),
            "request {number}"
        );
        assert_eq!(stage.sign_ins(), sign_ins + 1, "request {number}");
    }
}

/// A caller that gives up while it signs in leaves the sign-in to the others.
pub async fn a_caller_that_gives_up_while_signing_in_blocks_no_other<S: Subject>() {
    let alone = sign_ins_of_one_caller::<S>().await;
    for polls in 1..8 {
        let stage = Stage::<S>::with(5);
        let id = stage.any_id();
        let impatient = give_up_after(polls, stage.connector.asset(&id));
        let both = join(impatient, stage.connector.asset(&id));
        let (_, patient) = survive(&stage.clock, "the other", polls as u64, both).await;
        assert_eq!(patient.unwrap().source.vendor_id, id.vendor_id);
        assert_eq!(stage.sign_ins(), alone, "given up after {polls}");
        stage.connector.asset(&id).await.unwrap();
    }
}

/// Of two requests with the old credential one is refused at once and the other when the
/// new credential is there already: that one is kept.
pub async fn a_late_refusal_of_the_old_credential_keeps_the_new_one<S: Subject>() {
    let stage = Stage::<S>::with(5);
    let id = stage.any_id();
    stage.connector.asset(&id).await.unwrap();
    let signed_in = stage.clock.elapsed();
    let cost = stage.cost(stage.connector.asset(&id)).await;
    // Much longer than a call.
    let late = LATE + (stage.clock.elapsed() - signed_in) * 10;
    let (first, before) = (stage.faults.sent() + 1, stage.sign_ins());
    let start = stage.clock.elapsed();
    for number in [first, first + 1] {
        stage.faults.inject(number, Fault::status(401));
    }
    let latency = move |number| match number {
        number if number == first + 1 => late,
        _ => LATENCY,
    };
    stage
        .faults
        .slow_down(stage.clock.clone(), move |number| Latency {
            back: latency(number),
            ..Latency::default()
        });
    let both = join(stage.connector.asset(&id), stage.connector.asset(&id));
    let (one, other) = both.await;
    // One was late, and neither the other nor a sign-in.
    let spent = stage.clock.elapsed() - start;
    assert!(spent >= late && spent < late * 2, "{spent:?}");
    if before == 0 {
        assert!(one.is_err() && other.is_err());
    } else {
        assert!(one.is_ok() && other.is_ok());
        assert_eq!(stage.sign_ins(), before + 1);
        // Both refused, one sign-in, and both calls.
        assert_eq!(stage.faults.sent() + 1 - first, 2 + 1 + 2 * cost);
    }
    stage.connector.asset(&id).await.unwrap();
    assert_eq!(stage.sign_ins(), before + before.min(1));
}
