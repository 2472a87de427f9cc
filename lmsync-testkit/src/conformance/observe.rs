//! Whoever runs many accounts sees whose each line and each request is.

use std::sync::{Arc, Mutex, PoisonError};

use lmsync_core::observe::{AccountLabels, ListingOutcome, ListingSample, Metrics, RequestSample};
use lmsync_core::{AssetQuery, Capabilities, CheckScope, Connector, ConnectorExt};
use tracing::{Instrument, info_span};

use super::{Stage, Subject, Vendor};
use crate::Log;

const SPAN: &str = "the-callers-own-span";

/// The account of each request and of each listing that ended.
#[derive(Debug, Default)]
struct Counted {
    requests: Mutex<Vec<(String, String)>>,
    listings: Mutex<Vec<(String, String, ListingOutcome)>>,
}

impl Metrics for Counted {
    fn request(&self, account: AccountLabels<'_>, _: &RequestSample<'_>) {
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        requests.push((account.connector.into(), account.instance.into()));
    }

    fn listing(&self, account: AccountLabels<'_>, listing: &ListingSample<'_>) {
        let (connector, instance) = (account.connector.into(), account.instance.into());
        let mut listings = self.listings.lock().unwrap_or_else(PoisonError::into_inner);
        listings.push((connector, instance, listing.outcome));
    }
}

/// Every request is counted, sign-ins included, and so is every listing, under the connector's own
/// names.
pub async fn every_request_is_counted_under_its_account<S: Subject>() {
    let counted = Arc::new(Counted::default());
    let stage = Stage::<S>::connecting(5, |environment| {
        S::connect(&environment.clone().metrics(counted.clone()))
    });
    use_everything(&stage).await;
    let info = stage.connector.info();
    let (connector, instance) = (info.vendor.to_string(), info.instance.clone());
    let requests = counted.requests.lock().unwrap();
    assert_eq!(requests.len(), stage.faults.sent());
    for account in requests.iter() {
        assert_eq!(account, &(connector.clone(), instance.clone()));
    }
    let complete = (connector, instance, ListingOutcome::Complete);
    let listings = counted.listings.lock().unwrap();
    assert!(listings.len() >= 2, "{listings:?}");
    assert!(listings.iter().all(|listing| *listing == complete));
}

/// Whatever goes on, in tasks too, every line that is logged stands in the caller's span.
pub async fn every_line_stands_in_the_callers_span<S: Subject>() {
    let stage = Stage::<S>::with_pages();
    let log = Log::start();
    let work = async {
        stage
            .vendor
            .simulator()
            .with(|vendor| vendor.refuse_next(1));
        use_everything(&stage).await;
    };
    work.instrument(info_span!("application", SPAN)).await;
    let log = log.finish();
    assert!(log.lines().count() > 5, "{log}");
    for line in log.lines() {
        assert!(line.contains(SPAN), "{line}");
    }
}

/// Lists with detail, looks one asset up and checks.
async fn use_everything<S: Subject>(stage: &Stage<S>) {
    let connector: &dyn Connector = &*stage.connector;
    let Capabilities {
        detail, software, ..
    } = connector.info().capabilities;
    let assets = stage
        .list(AssetQuery::new().detail(detail))
        .await
        .complete();
    assert!(!assets.is_empty());
    connector.collect_customers().await.unwrap();
    if software {
        connector.collect_software().await.unwrap();
    }
    connector.asset(&stage.any_id()).await.unwrap();
    assert!(connector.check(CheckScope::read()).await.ok());
}
