//! What breaks on the way is repaired or told, never hidden.

use std::collections::BTreeSet;

use futures_util::StreamExt;
use futures_util::future::ready;
use lmsync_core::http::TransportErrorKind;
use lmsync_core::{AssetQuery, Check, CheckScope, Error, ErrorKind};

use super::profile::Paging;
use super::stage::{LONG_AFTER, ids};
use super::{Stage, Subject};
use crate::{Fault, Latency};

/// Lets `fault` hit each request of a listing in turn; the listing must not notice. A request
/// whose answer has nothing to cut is none of these.
async fn any_single<S: Subject>(fault: Fault) {
    let requests = {
        let stage = Stage::<S>::with_pages();
        let _ = stage.list_all().await;
        stage.faults.sent()
    };
    let mut harmed = 0;
    for number in 1..=requests {
        let stage = Stage::<S>::with_pages();
        stage.faults.inject(number, fault.clone());
        let listing = stage.list(AssetQuery::new()).await;
        let is_told = listing.summary.usage.retries > 0;
        assert_eq!(is_told, stage.faults.harmed() > 0, "request {number}");
        harmed += stage.faults.harmed();
        let listed: BTreeSet<String> = ids(&listing.complete()).into_iter().collect();
        assert_eq!(listed, stage.truth(), "request {number}");
    }
    assert!(harmed > 0, "nothing went wrong");
}

/// Lets `fault` hit every request; the listing must end with the error it is.
async fn without_end<S: Subject>(fault: Fault, kind: ErrorKind) -> (Stage<S>, Error) {
    let stage = Stage::<S>::with_pages();
    stage.faults.inject_always(fault);
    let listing = stage.list(AssetQuery::new()).await;
    assert!(listing.assets.is_empty());
    let error = listing.failure(kind);
    assert!(error.hint().is_some(), "{error}");
    (stage, error)
}

/// The vendor got the request and its answer was lost.
pub async fn any_single_lost_answer_costs_nothing<S: Subject>() {
    any_single::<S>(Fault::LoseAnswer).await;
}

/// The answer stopped in the middle.
pub async fn any_single_cut_answer_costs_nothing<S: Subject>() {
    for cut in [Fault::Truncate(0), Fault::Truncate(1), Fault::Halve] {
        any_single::<S>(cut).await;
    }
}

/// The vendor, or a proxy before it, failed.
pub async fn any_single_server_error_costs_nothing<S: Subject>() {
    for status in [500, 502, 503, 504] {
        any_single::<S>(Fault::status(status)).await;
    }
}

/// Nobody accepted the connection.
pub async fn any_single_refused_connection_costs_nothing<S: Subject>() {
    any_single::<S>(Fault::Fail(TransportErrorKind::Connect)).await;
}

/// Something in between answered with a page for people.
pub async fn any_single_web_page_costs_nothing<S: Subject>() {
    any_single::<S>(Fault::web_page()).await;
}

/// Answers that never come.
pub async fn no_answer_ever_is_a_timeout_error<S: Subject>() {
    without_end::<S>(Fault::Fail(TransportErrorKind::Timeout), ErrorKind::Timeout).await;
}

/// A vendor that is not there.
pub async fn no_connection_ever_is_a_network_error<S: Subject>() {
    without_end::<S>(Fault::Fail(TransportErrorKind::Connect), ErrorKind::Network).await;
}

/// A vendor whose certificate is not trusted is asked once.
pub async fn no_trusted_connection_is_a_tls_error<S: Subject>() {
    let fault = Fault::Fail(TransportErrorKind::Tls);
    let (stage, _) = without_end::<S>(fault, ErrorKind::Tls).await;
    assert_eq!(stage.faults.sent(), 1);
}

/// A vendor that only fails.
pub async fn server_errors_without_end_are_a_vendor_error<S: Subject>() {
    let stage = Stage::<S>::with_pages();
    stage.faults.inject_always(Fault::status(503));
    let error = stage
        .list(AssetQuery::new())
        .await
        .failure(ErrorKind::Vendor);
    assert_eq!(error.status(), Some(503));
}

/// A vendor whose answers are never whole.
pub async fn cut_answers_without_end_are_a_decode_error<S: Subject>() {
    without_end::<S>(Fault::Halve, ErrorKind::Decode).await;
}

/// A proxy that answers in the vendor's place.
pub async fn web_pages_without_end_are_a_decode_error<S: Subject>() {
    without_end::<S>(Fault::web_page(), ErrorKind::Decode).await;
}

/// An answer beyond the limit is not asked for again.
pub async fn an_answer_too_large_is_an_error<S: Subject>() {
    let fault = Fault::Fail(TransportErrorKind::TooLarge);
    let (stage, _) = without_end::<S>(fault, ErrorKind::Vendor).await;
    assert_eq!(stage.faults.sent(), 1);
}

/// Credentials go where they were meant to go, and nowhere else.
///
/// The error says where the redirect leads, but not where it answers a sign-in: there a token may
/// be in it.
pub async fn a_redirect_is_an_error_and_is_not_followed<S: Subject>() {
    let first_call = {
        let stage = Stage::<S>::with_pages();
        let _ = stage.list_all().await;
        stage.calls()[0]
    };
    for number in BTreeSet::from([1, first_call]) {
        let stage = Stage::<S>::with_pages();
        let fault = Fault::redirect("https://elsewhere.example/");
        stage.faults.inject(number, fault);
        let listing = stage.list(AssetQuery::new()).await;
        assert!(listing.assets.is_empty());
        let error = listing.failure(ErrorKind::Vendor);
        assert!(error.hint().is_some(), "{error}");
        assert_eq!(stage.faults.sent(), number);
        let says_where = error.to_string().contains("elsewhere.example");
        assert!(says_where || number < first_call, "{error}");
    }
}

/// What came before a failure was handed out, and the summary says that it is not all. Of an
/// export nothing came.
pub async fn a_failure_in_the_middle_ends_an_incomplete_listing<S: Subject>() {
    let number = last_with_records::<S>().await;
    let stage = Stage::<S>::with_many_pages();
    let fault = Fault::Fail(TransportErrorKind::Tls);
    stage.faults.inject(number, fault);
    let listing = stage.list(AssetQuery::new()).await;
    let kept = listing.summary.kept;
    let nothing_came = S::profile().paging == Paging::Export;
    assert_eq!(listing.assets.is_empty(), nothing_came);
    assert!(kept < stage.truth().len() as u64);
    let _ = listing.failure(ErrorKind::Tls);
    // The connector is none the worse for it.
    stage.expect_usable().await;
}

/// The most requests at the end of a listing that may be answered without records: of one page that is
/// past the end, or of lists that hold nothing.
const LAST: usize = 12;

/// The last request of a listing whose answer has records: on the last page of some vendors there
/// are none.
async fn last_with_records<S: Subject>() -> usize {
    let requests = {
        let stage = Stage::<S>::with_many_pages();
        stage.cost(stage.list_all()).await
    };
    for number in (1..=requests).rev().take(LAST) {
        let stage = Stage::<S>::with_many_pages();
        let clock = stage.clock.clone();
        stage.faults.slow_down(clock, move |this| match this {
            this if this == number => Latency {
                back: LONG_AFTER,
                ..Latency::default()
            },
            _ => Latency::default(),
        });
        let listing = stage.connector.assets(AssetQuery::new());
        let early = listing.take_while(|_| ready(stage.clock.elapsed() < LONG_AFTER));
        if early.count().await < stage.truth().len() {
            return number;
        }
    }
    panic!("none of the last {LAST} of {requests} requests is answered with records");
}

/// The check tells a vendor that cannot be reached from one that refuses.
pub async fn an_unreachable_vendor_fails_the_check_as_such<S: Subject>() {
    let stage = Stage::<S>::with(5);
    let fault = Fault::Fail(TransportErrorKind::Connect);
    stage.faults.inject_always(fault);
    let report = stage.connector.check(CheckScope::read()).await;
    assert!(report.checks.iter().all(|check| !check.ok), "{report:?}");
    assert_eq!(report.checks[0].name, Check::REACHABLE);
    assert!(report.checks[0].hint.is_some());
}
