//! The simulated vendor does what the suite tells it to; otherwise the other promises
//! would hold of nothing.

use std::collections::BTreeSet;

use lmsync_core::model::Asset;
use lmsync_core::{AssetQuery, CheckScope, ConnectorExt};

use super::profile::{Paging, host};
use super::{Stage, Subject, Vendor};
use crate::Recorded;

/// An account has assets and customers where it is to have some, and none where not.
pub async fn an_account_has_what_it_is_made_with<S: Subject>() {
    assert!(Stage::<S>::with(0).truth().is_empty());
    let stage = Stage::<S>::with_pages();
    assert!(stage.truth().len() > 2 * S::profile().page_size);
    assert!(stage.customers().len() > 1);
}

/// The profile says of the vendor what is so; what it said wrongly would make other promises empty.
pub async fn the_vendor_is_as_its_profile_says<S: Subject>() {
    let profile = S::profile();
    let few = Stage::<S>::with(1);
    few.list_all().await;
    let stage = Stage::<S>::with_many_pages();
    let plain = stage.list(AssetQuery::new()).await;
    let [few, many] = [&few, &stage].map(different_requests);
    match profile.paging {
        Paging::Export => assert_eq!(few, many),
        // Twelve pages in place of one.
        Paging::Numbered | Paging::Cursors => assert!(many >= few + 11, "{few}, {many}"),
    }
    let is_counted = plain.summary.reported_total.is_some();
    assert!(profile.counts || !is_counted, "the vendor counts");
    let has_serials = |assets: &[Asset]| assets.iter().any(|asset| asset.serial.key.is_some());
    let serials_come_with_the_list = !profile.has_serials_with_detail_only;
    assert_eq!(has_serials(&plain.complete()), serials_come_with_the_list);

    stage.connector.check(CheckScope::read()).await;
    let _ = stage.connector.collect_customers().await;
    let sent = stage.vendor.recorded();
    for name in &profile.credential_headers {
        let carry = |request: &Recorded| request.headers.contains_key(name);
        assert!(sent.iter().any(carry), "nothing carries {name}");
    }
    for are_sign_ins in [false, true] {
        for named in profile.hosts_for(are_sign_ins, &sent) {
            let went = |request: &Recorded| host(request) == named;
            assert!(sent.iter().any(went), "nothing goes to {named}");
        }
    }
    if profile.signs_in_elsewhere() {
        assert!(sent.iter().any(|request| profile.is_sign_in(request)));
    }
}

/// How many different requests were sent.
fn different_requests<S: Subject>(stage: &Stage<S>) -> usize {
    let sent = stage.vendor.recorded().into_iter();
    let asked = sent.map(|request| (request.uri.to_string(), request.body));
    asked.collect::<BTreeSet<_>>().len()
}

/// A deleted asset is gone from the account, and no other.
pub async fn what_is_deleted_is_gone<S: Subject>() {
    let stage = Stage::<S>::with(5);
    let before = stage.truth();
    let removed = before.first().expect("an asset").clone();
    let remove = |vendor: &mut S::Vendor| vendor.remove_asset(&removed);
    stage.vendor.simulator().with(remove);
    assert_eq!(&before - &stage.truth(), BTreeSet::from([removed]));
    assert!(stage.truth().is_subset(&before));
    stage.expect_usable().await;
}

/// An added asset is one more in the account.
pub async fn what_is_added_is_there<S: Subject>() {
    let stage = Stage::<S>::with(5);
    let before = stage.truth();
    let added = stage
        .vendor
        .simulator()
        .with(|vendor| vendor.insert_asset());
    assert_eq!(&stage.truth() - &before, BTreeSet::from([added.clone()]));
    assert!(before.is_subset(&stage.truth()));
    stage.expect_usable().await;
}

/// As many requests are refused as are to be, and then none.
pub async fn so_many_requests_are_refused_as_are_to_be<S: Subject>() {
    const REFUSALS: usize = 3;
    let stage = Stage::<S>::with(5);
    let id = stage.any_id();
    let cost = async || {
        let before = stage.faults.sent();
        stage.connector.asset(&id).await.expect("the asset");
        stage.faults.sent() - before
    };
    // The first call may have to sign in.
    cost().await;
    let plain = cost().await;
    let refuse = |vendor: &mut S::Vendor| vendor.refuse_next(REFUSALS);
    stage.vendor.simulator().with(refuse);
    assert_eq!(cost().await, plain + REFUSALS);
    assert_eq!(cost().await, plain);
}

/// A budget of nothing, or in no time, could not be exceeded.
pub async fn the_budget_allows_something<S: Subject>() {
    let stage = Stage::<S>::with(0);
    let (most, window) = stage.vendor.simulator().with(|vendor| vendor.budget());
    assert!(most > 1 && !window.is_zero(), "{most} in {window:?}");
}
