//! The simulated vendor does what the suite tells it to; otherwise the other promises
//! would hold of nothing.

use std::collections::BTreeSet;

use super::{Stage, Subject, Vendor};

/// An account has assets and customers where it is to have some, and none where not.
pub async fn an_account_has_what_it_is_made_with<S: Subject>() {
    assert!(Stage::<S>::with(0).truth().is_empty());
    let stage = Stage::<S>::with_pages();
    assert!(stage.truth().len() > 2 * S::PAGE_SIZE);
    assert!(stage.customers().len() > 1);
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
