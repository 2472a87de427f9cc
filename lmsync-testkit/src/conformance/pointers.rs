//! A cursor or a link to the next page can be anything.
//!
//! For vendors whose profile says where it stands; a vendor whose pages are numbered has none.

use std::collections::BTreeSet;

use lmsync_core::AssetQuery;

use super::paging::stop_after;
use super::secrets::expect_at_home;
use super::stage::{Listing, ids};
use super::wire::{expect_honest, survive};
use super::{Stage, Subject};
use crate::{Fault, PointerChange};

/// An account with pages enough for a pointer to lead back.
fn account<S: Subject>() -> Stage<S> {
    Stage::with(S::profile().page_size * 9 / 2)
}

/// How many requests a listing of the account takes, and the first, the second, the third and
/// the last of them whose answer has a pointer.
async fn undisturbed<S: Subject>() -> (usize, [usize; 4]) {
    let stage = account::<S>();
    let _ = stage.list_all().await;
    match stage.faults.pointers()[..] {
        [first, second, third, .., last] => (stage.faults.sent(), [first, second, third, last]),
        ref few => panic!(
            "the profile does not say where the pointers are: they came with the requests {few:?}"
        ),
    }
}

/// A listing in which the pointer that comes with request `number` is changed, whenever that is
/// asked: it ends, sends nothing to elsewhere, and is complete only with all assets.
async fn changed<S: Subject>(number: usize, change: PointerChange) {
    let (stage, listing) = listing_of_changed::<S>(number, change).await;
    expect_honest(&listing.summary, listing.error.as_ref(), number as u64);
    if listing.summary.complete {
        let listed: BTreeSet<String> = ids(&listing.assets).into_iter().collect();
        assert_eq!(listed, stage.truth(), "{change:?} with request {number}");
    }
}

async fn listing_of_changed<S: Subject>(
    number: usize,
    change: PointerChange,
) -> (Stage<S>, Listing) {
    let (requests, _) = undisturbed::<S>().await;
    let stage = account::<S>();
    stage.faults.inject_for_good(number, Fault::Pointer(change));
    let listing = stage.list(AssetQuery::new());
    let listing = survive(&stage.clock, "the listing", number as u64, listing).await;
    let case = format!("{change:?} with request {number}");
    assert!(stage.faults.harmed() > 0, "{case}: nothing was changed");
    let sent = stage.faults.sent();
    assert!(sent <= requests * 10, "{case}: {sent} requests");
    expect_at_home(&stage);
    let unique: BTreeSet<String> = ids(&listing.assets).into_iter().collect();
    assert_eq!(unique.len(), listing.assets.len(), "{case}");
    (stage, listing)
}

/// A pointer to another host, scheme or port, or with a user name, is not followed there: no
/// request goes to a host that the profile does not name, and the listing says what is missing.
pub async fn a_pointer_to_elsewhere_is_not_followed<S: Subject>() {
    let (_, [first, .., last]) = undisturbed::<S>().await;
    for change in [
        PointerChange::AnotherHost,
        PointerChange::HostAsUser,
        PointerChange::UserInfo,
        PointerChange::AnotherScheme,
        PointerChange::AnotherPort,
    ] {
        for number in [first, last] {
            changed::<S>(number, change).await;
        }
    }
}

/// A pointer without a host leads to the vendor's own or nowhere.
pub async fn a_relative_pointer_leads_nowhere_else<S: Subject>() {
    let (_, [first, .., last]) = undisturbed::<S>().await;
    for number in [first, last] {
        changed::<S>(number, PointerChange::Relative).await;
    }
}

/// A pointer to the page that it came with, or to one from before, is no loop.
pub async fn a_pointer_that_repeats_or_leads_back_ends_the_listing<S: Subject>() {
    let (_, [_, second, third, last]) = undisturbed::<S>().await;
    for number in [second, last] {
        changed::<S>(number, PointerChange::Repeat).await;
    }
    for number in [third, last] {
        changed::<S>(number, PointerChange::Back).await;
    }
}

/// A pointer that is an object cannot be read, and that is not the end.
pub async fn a_pointer_that_is_no_text_is_not_the_end<S: Subject>() {
    let (_, [first, .., last]) = undisturbed::<S>().await;
    for number in [first, last] {
        changed::<S>(number, PointerChange::Object).await;
    }
}

/// An empty pointer is not the end where the vendor counts more records.
///
/// Where nothing is counted it may be the vendor's way to say that this was all: then what is
/// handed out is what came up to there, and nothing is asked for again.
pub async fn an_empty_pointer_hides_nothing_that_is_counted<S: Subject>() {
    let (requests, [first, .., last]) = undisturbed::<S>().await;
    for number in [first, last] {
        if S::profile().counts {
            changed::<S>(number, PointerChange::Empty).await;
            continue;
        }
        let all = ids(&account::<S>().list_all().await);
        let (stage, listing) = listing_of_changed::<S>(number, PointerChange::Empty).await;
        assert!(listing.error.is_none(), "{:?}", listing.error);
        let listed = ids(&listing.assets);
        assert!(!listed.is_empty() && all.starts_with(&listed), "{listed:?}");
        assert!(stage.faults.sent() <= requests);
    }
}

/// A listing that goes on near its end asks for the page on which it stands and what follows, and
/// for none of those behind it.
pub async fn resuming_costs_no_page_that_was_read<S: Subject>() {
    let few = {
        let stage = Stage::<S>::with(1);
        let _ = stage.list_all().await;
        stage.cost(stage.list_all()).await
    };
    let stage = Stage::<S>::with_many_pages();
    let all = ids(&stage.list_all().await);
    let (taken, checkpoint) = stop_after(&stage, all.len() - 1).await;
    let query = AssetQuery::new().resume(checkpoint);
    let before = stage.faults.sent();
    let rest = stage.list(query).await;
    let cost = stage.faults.sent() - before;
    assert!(cost <= few + 1, "{cost} requests for the last page");
    assert_eq!([taken, ids(&rest.complete())].concat(), all);
}
