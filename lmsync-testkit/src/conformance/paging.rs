//! Pages are many, and the account changes while they are read.

use std::collections::BTreeSet;

use futures_util::StreamExt;
use lmsync_core::listing::Checkpoint;
use lmsync_core::{AssetQuery, CheckInWindow, ErrorKind};

use super::profile::Paging;
use super::stage::{LATENCY, LONG_AFTER, Listing, ids};
use super::{Stage, Subject, Vendor};
use crate::Recorded;

/// A listing that nobody polls sends nothing.
pub async fn nothing_is_sent_before_the_first_poll<S: Subject>() {
    let stage = Stage::<S>::with_pages();
    let listing = stage.connector.assets(AssetQuery::new());
    stage.clock.sleep(LONG_AFTER).await;
    assert_eq!(stage.vendor.requests(), 0);
    drop(listing);
}

/// No request of a listing is sent twice. Where an export is waited for, the question whether it is
/// ready may come again, after a pause.
pub async fn no_page_is_asked_for_twice<S: Subject>() {
    let stage = Stage::<S>::with_pages();
    let _ = stage.list_all().await;
    let sent = stage.vendor.recorded();
    for (place, request) in sent.iter().enumerate() {
        let before = &sent[..place];
        let is_repeated = before.iter().any(|one| is_same(one, request));
        let waits_for_it = S::profile().paging == Paging::Export
            && before.last().is_some_and(|one| is_later(one, request));
        assert!(!is_repeated || waits_for_it, "{request:?}");
    }
}

/// Whether `next` is `one` again, after a pause.
fn is_later(one: &Recorded, next: &Recorded) -> bool {
    is_same(one, next) && Some(next.started) > one.ended
}

fn is_same(one: &Recorded, other: &Recorded) -> bool {
    (&one.method, &one.uri, &one.body) == (&other.method, &other.uri, &other.body)
}

/// Pages are fetched several at a time, or one right after the other where each leads to the next.
/// An export is ordered at once and fetched as soon as it is known to be ready.
pub async fn pages_come_without_delay<S: Subject>() {
    let stage = Stage::<S>::with_many_pages();
    let _ = stage.list_all().await;
    let one_by_one = LATENCY * u32::try_from(stage.vendor.requests()).unwrap();
    match S::profile().paging {
        Paging::Numbered => assert!(stage.clock.elapsed() * 3 <= one_by_one * 2),
        Paging::Cursors => assert!(stage.clock.elapsed() <= one_by_one),
        Paging::Export => {
            let sent = stage.vendor.recorded();
            for (one, next) in sent.iter().zip(sent.iter().skip(1)) {
                assert!(
                    is_same(one, next) || one.ended == Some(next.started),
                    "{next:?}"
                );
            }
        }
    }
}

/// However pages overlap, two listings hand out the assets in the same order.
pub async fn assets_come_in_the_vendors_order_whatever_the_overlap<S: Subject>() {
    let stage = Stage::<S>::with_pages();
    let plain = ids(&stage.list_all().await);
    let requests = stage.cost(stage.list_all()).await;
    // The second page is slow this time: its answer is lost once.
    let slow = stage.faults.sent() + requests.min(2);
    stage.faults.inject(slow, crate::Fault::LoseAnswer);
    assert_eq!(ids(&stage.list_all().await), plain);
    assert_eq!(stage.faults.harmed(), 1);
}

/// An account that changes while it is read.
struct Changing<S: Subject> {
    stage: Stage<S>,
    /// The asset that comes first in the vendor's order: without it, all others move.
    first: String,
    /// The requests of a listing if nothing changes.
    requests: usize,
}

impl<S: Subject> Changing<S> {
    async fn new() -> Self {
        let still = Stage::<S>::with_pages();
        let first = ids(&still.list_all().await).swap_remove(0);
        Self {
            stage: Stage::with_pages(),
            first,
            requests: still.faults.sent(),
        }
    }

    /// Does `change` to the vendor just before request `number`, or the last there is. A listing
    /// by number has further ones once it notices.
    fn before(&self, number: usize, change: impl FnOnce(&mut S::Vendor) + Send + 'static) {
        let number = match S::profile().paging {
            Paging::Numbered => number,
            Paging::Cursors | Paging::Export => number.min(self.requests),
        };
        let vendor = self.stage.vendor.simulator().clone();
        let change = move || vendor.with(change);
        self.stage.faults.before(number, change);
    }

    fn remove_first_before(&self, number: usize) {
        let first = self.first.clone();
        self.before(number, move |vendor| vendor.remove_asset(&first));
    }

    fn insert_before(&self, number: usize) {
        self.before(number, |vendor| {
            vendor.insert_asset();
        });
    }

    /// The ids that a complete listing gives, each once.
    async fn listed_once(&self) -> BTreeSet<String> {
        let listed = ids(&self.stage.list_all().await);
        let unique: BTreeSet<String> = listed.iter().cloned().collect();
        assert_eq!(unique.len(), listed.len());
        unique
    }
}

/// How many assets may be missed when one before them is deleted: where numbered pages are not
/// counted, nobody can notice the one that slips from a page to the one before.
fn most_missed<S: Subject>() -> usize {
    let profile = S::profile();
    usize::from(profile.paging == Paging::Numbered && !profile.counts)
}

/// An asset that is deleted between two pages moves others forward; none of them is missed.
pub async fn an_asset_removed_between_pages_hides_no_other<S: Subject>() {
    for before in [2, 3] {
        let account = Changing::<S>::new().await;
        account.remove_first_before(before);
        let listed = account.listed_once().await;
        let truth = account.stage.truth();
        assert!(!truth.contains(&account.first), "nothing was removed");
        let missed: Vec<_> = truth.difference(&listed).collect();
        assert!(missed.len() <= most_missed::<S>(), "{missed:?}");
    }
}

/// An asset that is added between two pages moves others backward; none of them comes twice.
pub async fn an_asset_inserted_between_pages_repeats_no_other<S: Subject>() {
    for before in [2, 3] {
        let account = Changing::<S>::new().await;
        let there_all_the_time = account.stage.truth();
        account.insert_before(before);
        let listed = account.listed_once().await;
        assert!(account.stage.truth().len() > there_all_the_time.len());
        assert!(listed.is_superset(&there_all_the_time));
    }
}

/// Assets that are added and deleted while pages are read cost and repeat no other.
pub async fn assets_that_come_and_go_between_pages_hide_and_repeat_no_other<S: Subject>() {
    for (removal, insertion) in [(2, 3), (3, 2), (3, 4), (4, 3)] {
        let account = Changing::<S>::new().await;
        let mut there_all_the_time = account.stage.truth();
        there_all_the_time.remove(&account.first);
        account.remove_first_before(removal);
        account.insert_before(insertion);
        let listed = account.listed_once().await;
        let missed: Vec<_> = there_all_the_time.difference(&listed).collect();
        let is_fine = missed.len() <= most_missed::<S>();
        assert!(is_fine, "{removal}, {insertion}: {missed:?}");
    }
}

/// An asset that is deleted after its page came and before its detail did does not end the
/// listing.
pub async fn an_asset_deleted_before_its_detail_came_costs_no_other<S: Subject>() {
    const FEW: usize = 9;
    let detailed = |stage: &Stage<S>| {
        let detail = stage.connector.info().capabilities.detail;
        AssetQuery::new().detail(detail)
    };
    let undisturbed = Stage::<S>::with(FEW);
    let requests = undisturbed.cost(undisturbed.list(detailed(&undisturbed)));
    for number in 1..=requests.await {
        let stage = Stage::<S>::with(FEW);
        let last = stage.truth().pop_last().expect("an asset");
        let vendor = stage.vendor.simulator().clone();
        stage.faults.before(number, move || {
            vendor.with(|vendor| vendor.remove_asset(&last));
        });
        let listing = stage.list(detailed(&stage)).await;
        assert!(listing.error.is_none(), "{number}: {:?}", listing.error);
        let listed: BTreeSet<String> = ids(&listing.assets).into_iter().collect();
        assert!(listed.is_superset(&stage.truth()), "{number}: {listed:?}");
    }
}

/// The ids of the first `count` assets, and where the listing then stands.
pub(super) async fn stop_after<S: Subject>(
    stage: &Stage<S>,
    count: usize,
) -> (Vec<String>, Checkpoint) {
    let mut stream = stage.connector.assets(AssetQuery::new());
    let mut taken = Vec::new();
    for _ in 0..count {
        let asset = stream.next().await.expect("an asset").expect("an asset");
        taken.push(asset.source.vendor_id);
    }
    let stored = serde_json::to_string(&stream.checkpoint()).unwrap();
    (taken, serde_json::from_str(&stored).unwrap())
}

/// A listing that stopped after any number of assets goes on with the next one.
pub async fn a_listing_resumes_after_any_asset<S: Subject>() {
    let stage = Stage::<S>::with_pages();
    let all = ids(&stage.list_all().await);
    let step = (all.len() / 17).max(1);
    for count in (0..=all.len()).step_by(step) {
        let (mut taken, checkpoint) = stop_after(&stage, count).await;
        let query = AssetQuery::new().resume(checkpoint);
        let rest = Listing::of(stage.connector.assets(query)).await.complete();
        taken.extend(ids(&rest));
        assert_eq!(taken, all, "stopped after {count}");
    }
}

/// A listing that stops after every few assets and goes on from there gives them all, in order.
pub async fn a_listing_read_in_small_steps_skips_nothing<S: Subject>() {
    let stage = Stage::<S>::with_pages();
    let all = ids(&stage.list_all().await);
    let page_size = S::profile().page_size;
    for step in [7, page_size.div_ceil(2), page_size] {
        let mut taken: Vec<String> = Vec::new();
        let mut query = AssetQuery::new();
        loop {
            let mut stream = stage.connector.assets(query);
            let some: Vec<_> = stream.by_ref().take(step).collect().await;
            if some.is_empty() {
                assert!(stream.summary().complete);
                break;
            }
            taken.extend(
                some.into_iter()
                    .map(|asset| asset.unwrap().source.vendor_id),
            );
            assert!(taken.len() <= all.len(), "steps of {step}");
            query = AssetQuery::new().resume(stream.checkpoint());
        }
        assert_eq!(taken, all, "steps of {step}");
    }
}

/// What was there all the time is not missed when assets come and go between stopping and resuming.
pub async fn a_resumed_listing_skips_nothing_when_the_account_changed<S: Subject>() {
    let page_size = S::profile().page_size;
    for count in [1, page_size, page_size + 1] {
        let stage = Stage::<S>::with_pages();
        let (taken, checkpoint) = stop_after(&stage, count).await;
        stage.vendor.simulator().with(|vendor| {
            vendor.remove_asset(&taken[0]);
        });
        let query = AssetQuery::new().resume(checkpoint);
        let rest = Listing::of(stage.connector.assets(query)).await.complete();
        let got: BTreeSet<String> = taken.into_iter().chain(ids(&rest)).collect();
        let missed: Vec<_> = stage.truth().difference(&got).cloned().collect();
        assert!(missed.is_empty(), "stopped after {count}: {missed:?}");
    }
}

/// A checkpoint is good for the query it was taken with.
pub async fn a_checkpoint_of_another_query_is_refused<S: Subject>() {
    let stage = Stage::<S>::with_pages();
    let (_, checkpoint) = stop_after(&stage, 3).await;
    let other = AssetQuery::new()
        .window(CheckInWindow::DAYS_90)
        .resume(checkpoint);
    let error = stage.list(other).await.failure(ErrorKind::Config);
    assert!(error.hint().is_some());
}

/// A caller who asks for something else while a listing is under way gets it.
pub async fn the_caller_may_ask_for_more_in_the_middle_of_a_listing<S: Subject>() {
    let stage = Stage::<S>::with_many_pages();
    let mut stream = stage.connector.assets(AssetQuery::new());
    for _ in 0..3 {
        let asset = stream.next().await.unwrap().unwrap();
        let alone = stage.connector.asset(&asset.id()).await.unwrap();
        assert_eq!(alone.source.vendor_id, asset.source.vendor_id);
    }
}
