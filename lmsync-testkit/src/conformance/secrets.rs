//! A secret never leaves.

use std::collections::BTreeSet;

use lmsync_core::{AssetQuery, CheckScope, ConnectorExt};

use super::stage::Listing;
use super::{Stage, Subject, Vendor, WRONG_SECRET};
use crate::{Fault, Log};

/// A run of this many characters of a secret counts as a part of it.
const PART: usize = 8;

pub(super) fn expect_no_secret<S: Subject>(what: &str, text: &str) {
    let mut secrets = S::secrets();
    secrets.push(WRONG_SECRET.to_owned());
    for secret in secrets {
        assert!(secret.len() >= PART, "a secret long enough to be found");
        let parts = (0..=secret.len() - PART).filter_map(|start| secret.get(start..start + PART));
        for part in parts {
            assert!(!text.contains(part), "{what} shows {part:?}: {text}");
        }
    }
}

fn both<S: Subject>() -> [Stage<S>; 2] {
    [Stage::with(5), Stage::with_wrong_secret(5)]
}

/// The connector, its listings and what they give show no secret.
pub async fn no_debug_output_shows_a_secret<S: Subject>() {
    for stage in both::<S>() {
        let stream = stage.connector.assets(AssetQuery::new());
        expect_no_secret::<S>("the listing", &format!("{stream:?}"));
        let listing = Listing::of(stream).await;
        expect_no_secret::<S>("what it gave", &format!("{listing:?}"));
        expect_no_secret::<S>("the connector", &format!("{:?}", stage.connector));
        expect_no_secret::<S>("the connector", &format!("{:#?}", stage.connector));
        let report = stage.connector.check(CheckScope::two_way()).await;
        expect_no_secret::<S>("the report", &format!("{report:?}"));
    }
}

/// No error shows a secret, not even one that the vendor sends back.
pub async fn no_error_shows_a_secret<S: Subject>() {
    for secret in S::secrets() {
        for status in [200, 400, 401, 403, 404, 429, 500] {
            let stage = Stage::<S>::with(5);
            stage.faults.inject_always(Fault::Answer {
                status,
                headers: vec![("x-request-id", secret.clone())],
                body: format!("{{\"error\":\"bad token {secret}!\"}}").into(),
            });
            let listing = stage.list(AssetQuery::new()).await;
            let error = listing.error.expect("an error");
            let mut shown = format!("{error} {error:?} {:?}", listing.summary);
            let mut cause = std::error::Error::source(&error);
            while let Some(source) = cause {
                shown += &format!(" {source} {source:?}");
                cause = source.source();
            }
            let report = stage.connector.check(CheckScope::read()).await;
            shown += &format!(" {report:?}");
            expect_no_secret::<S>("an error", &shown);
        }
    }
}

/// Nothing logged at TRACE shows a secret.
pub async fn no_log_shows_a_secret<S: Subject>() {
    let log = Log::start();
    for stage in both::<S>() {
        stage
            .vendor
            .simulator()
            .with(|vendor| vendor.refuse_next(1));
        stage.faults.inject(2, Fault::status(500));
        let _ = stage.list(AssetQuery::new()).await;
        let _ = stage.connector.collect_customers().await;
        let _ = stage.connector.check(CheckScope::two_way()).await;
    }
    let text = log.finish();
    assert!(text.contains("lmsync"), "something is logged: {text}");
    expect_no_secret::<S>("the log", &text);
}

/// No address holds a secret: addresses are logged by everything on the way.
pub async fn no_address_holds_a_secret<S: Subject>() {
    let stage = Stage::<S>::with_pages();
    let _ = stage.list_all().await;
    let _ = stage.connector.collect_customers().await;
    for request in stage.vendor.recorded() {
        expect_no_secret::<S>("an address", &request.uri.to_string());
    }
}

/// All requests of a connector go to one host, over TLS.
pub async fn nothing_is_sent_to_another_host<S: Subject>() {
    let stage = Stage::<S>::with_pages();
    let first = stage.list_all().await.remove(0).id();
    let _ = stage.connector.asset(&first).await;
    let _ = stage.connector.collect_customers().await;
    let _ = stage.connector.check(CheckScope::read()).await;
    let hosts: BTreeSet<(Option<String>, Option<String>)> = stage
        .vendor
        .recorded()
        .iter()
        .map(|request| {
            let scheme = request.uri.scheme_str().map(ToOwned::to_owned);
            (scheme, request.uri.host().map(ToOwned::to_owned))
        })
        .collect();
    assert_eq!(hosts.len(), 1, "{hosts:?}");
    assert!(
        hosts
            .iter()
            .all(|(scheme, _)| scheme.as_deref() == Some("https"))
    );
}
