//! Answers that are not quite what the vendor documents.
//!
//! Each promise is put to many seeds; the one that breaks it is named.

use std::any::Any;
use std::collections::BTreeMap;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::time::Duration;

use chrono::DateTime;
use futures_util::FutureExt;
use futures_util::future::{Either, select};
use lmsync_core::model::{Asset, Customer, IssueCode};
use lmsync_core::{
    AssetQuery, CheckScope, Connector, ConnectorExt, Error, SharedClock, SyncSummary,
};

use super::stage::Listing;
use super::{Stage, Subject};
use crate::{Fault, Mutation, MutationKind};

/// So many assets are few pages of any vendor, and have neighbours there.
const FEW: usize = 8;
/// So many assets belong to several customers.
const SOME: usize = 60;
/// Six hours: no connector is this patient with one call.
const PATIENCE: Duration = Duration::from_secs(21_600);
/// What makes a value another one of the same sort is told by the vendor's own count
/// alone; these make it one that cannot be right.
const NOT_TO_BE_TAKEN: [MutationKind; 5] = [
    MutationKind::Object,
    MutationKind::Array,
    MutationKind::DeepNesting,
    MutationKind::UnknownKey,
    MutationKind::DuplicateKey,
];

/// What `work` gives; a panic or a wait without end fails the test and names the `seed`.
pub(super) async fn survive<T>(
    clock: &SharedClock,
    what: &str,
    seed: u64,
    work: impl Future<Output = T> + Send,
) -> T {
    let work = pin!(AssertUnwindSafe(work).catch_unwind());
    match select(work, clock.sleep(PATIENCE)).await {
        Either::Left((Ok(value), _)) => value,
        Either::Left((Err(panic), _)) => {
            panic!("{what} panics, seed {seed}: {}", message(panic.as_ref()))
        }
        Either::Right(_) => panic!("{what} hangs, seed {seed}"),
    }
}

/// What a panic said.
pub(super) fn message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
    text.unwrap_or("no message")
}

/// The place among `many` that `seed` falls on; all are met in turn.
fn drawn(seed: u64, many: usize) -> usize {
    usize::try_from(seed).unwrap() % many
}

/// The number, from 1, of the one of `requests` that `seed` falls on.
pub(super) fn number_drawn(seed: u64, requests: usize) -> usize {
    1 + drawn(seed, requests)
}

/// An account of which every answer is changed as `seed` says.
fn mutating<S: Subject>(seed: u64) -> Stage<S> {
    let stage = Stage::<S>::with(FEW);
    let mutation = Mutation::seeded(seed);
    stage.faults.inject_always(Fault::Mutate(mutation));
    stage
}

/// No change to the answers makes a listing panic or wait for ever.
pub async fn no_mutated_answer_breaks_a_listing<S: Subject>() {
    for seed in 0..40 {
        let stage = mutating::<S>(seed);
        let detail = stage.connector.info().capabilities.detail;
        let query = AssetQuery::new().detail(detail).raw();
        let listing = stage.list(query);
        let listing = survive(&stage.clock, "the listing", seed, listing).await;
        expect_honest(&listing.summary, listing.error.as_ref(), seed);
    }
}

/// Nor a listing of customers or software.
pub async fn no_mutated_answer_breaks_another_listing<S: Subject>() {
    for seed in 0..40 {
        let stage = mutating::<S>(seed);
        let connector = &stage.connector;
        let customers = connector.collect_customers();
        let _ = survive(&stage.clock, "the customers", seed, customers).await;
        let software = connector.collect_software();
        let _ = survive(&stage.clock, "the software", seed, software).await;
    }
}

/// Nor a single asset, nor the check.
pub async fn no_mutated_answer_breaks_a_call<S: Subject>() {
    for seed in 0..40 {
        let stage = mutating::<S>(seed);
        let connector = &stage.connector;
        let id = stage.truth().into_iter().next().expect("an asset").into();
        let asset = connector.asset(&id);
        let _ = survive(&stage.clock, "the asset", seed, asset).await;
        let check = connector.check(CheckScope::two_way());
        let report = survive(&stage.clock, "the check", seed, check).await;
        assert!(report.checks.len() >= 4, "seed {seed}: {report:?}");
    }
}

/// A listing is complete or says why not.
pub(super) fn expect_honest(summary: &SyncSummary, error: Option<&Error>, seed: u64) {
    let reason = summary.incomplete_reason.as_deref();
    let has_reason = reason.is_some_and(|reason| !reason.is_empty());
    assert_eq!(summary.complete, !has_reason, "seed {seed}: {summary:?}");
    assert!(
        !summary.complete || error.is_none(),
        "seed {seed}: {error:?}"
    );
}

/// Records that were met, whatever became of them.
fn accounted(summary: &SyncSummary) -> u64 {
    summary.kept + summary.skipped + summary.rejected.len() as u64
}

/// One answer of a listing stays changed, however often it is asked for: a listing that
/// calls itself complete has met as many records as there are.
///
/// Where the vendor does not count its records, a value that is replaced by another of
/// the same sort cannot be noticed by anyone: there only what cannot be right is tried, and of
/// an array that became another the odd elements are told.
pub async fn a_listing_of_mutated_answers_is_whole_or_says_why_not<S: Subject>() {
    whole_or_says_why_not::<S>(FEW, 60).await;
    whole_or_says_why_not::<S>(S::profile().page_size + 5, 8).await;
}

async fn whole_or_says_why_not<S: Subject>(assets: usize, seeds: u64) {
    let clean = Stage::<S>::with(assets);
    let summary = clean.list(AssetQuery::new()).await.summary;
    let is_counted = summary.reported_total.is_some() && !S::profile().has_several_lists;
    let kinds: &[MutationKind] = match is_counted {
        true => &MutationKind::ALL,
        false => &NOT_TO_BE_TAKEN,
    };
    let requests = clean.faults.sent();
    for seed in 0..seeds {
        let stage = Stage::<S>::with(assets);
        let number = number_drawn(seed, requests);
        let mutation = Mutation::seeded(seed).of_kinds(kinds);
        stage
            .faults
            .inject_for_good(number, Fault::Mutate(mutation));
        let listing = stage.list(AssetQuery::new());
        let listing = survive(&stage.clock, "the listing", seed, listing).await;
        expect_honest(&listing.summary, listing.error.as_ref(), seed);
        if listing.summary.complete {
            let (met, there) = (accounted(&listing.summary), accounted(&summary));
            let tells_of_odd = !listing.summary.rejected.is_empty();
            // A null too many is one row more.
            assert!(
                (there..=there + 1).contains(&met) || (!is_counted && tells_of_odd),
                "seed {seed}: {met} of {there} records; {:?}",
                listing.summary
            );
        }
    }
}

/// A key that nobody knows changes nothing but, at most, the record it is in.
pub async fn a_key_never_heard_of_changes_no_other_record<S: Subject>() {
    let clean = Stage::<S>::with(FEW);
    let expected = comparable(clean.list_all().await);
    let requests = clean.faults.sent();
    for seed in 0..40 {
        let stage = Stage::<S>::with(FEW);
        let number = number_drawn(seed, requests);
        let mutation = Mutation::seeded(seed).of_kinds(&[MutationKind::UnknownKey]);
        stage
            .faults
            .inject_for_good(number, Fault::Mutate(mutation));
        let listing = stage.list(AssetQuery::new());
        let listing = survive(&stage.clock, "the listing", seed, listing).await;
        assert!(listing.error.is_none(), "seed {seed}: {:?}", listing.error);
        let listed = comparable(listing.complete());
        assert!(listed.keys().eq(expected.keys()), "seed {seed}");
        let changed = changed(&expected, &listed);
        assert!(changed.len() <= 1, "seed {seed}: {changed:?}");
    }
}

/// The listing of an account in which one record is changed, and which.
async fn with_one_changed<S: Subject>(
    seed: u64,
    change: impl FnOnce(String) -> Mutation,
) -> (String, Listing) {
    let stage = Stage::<S>::with(FEW);
    let customers = stage.customers();
    // A customer with the same id would be changed as well.
    let mut ids: Vec<String> = stage.truth().difference(&customers).cloned().collect();
    let id = ids.swap_remove(drawn(seed, ids.len()));
    let mutation = change(id.clone());
    stage.faults.inject_always(Fault::Mutate(mutation));
    let listing = stage.list(AssetQuery::new());
    (
        id,
        survive(&stage.clock, "the listing", seed, listing).await,
    )
}

/// A record of which anything may be wrong is handed out or rejected, and the others are
/// what they are without it.
pub async fn one_spoilt_record_never_costs_the_rest_of_its_page<S: Subject>() {
    let clean = Stage::<S>::with(FEW).list(AssetQuery::new()).await;
    let there = accounted(&clean.summary);
    let expected = comparable(clean.complete());
    for seed in 0..80 {
        let (id, listing) =
            with_one_changed::<S>(seed, |id| Mutation::seeded(seed).of_record(id)).await;
        assert!(listing.error.is_none(), "seed {seed}: {:?}", listing.error);
        assert_eq!(accounted(&listing.summary), there, "seed {seed}");
        let listed = comparable(listing.complete());
        let changed = changed(&expected, &listed);
        assert!(
            changed.keys().all(|changed| *changed == id),
            "seed {seed}: {id} was spoilt and {changed:?} differ"
        );
    }
}

/// A null in place of any field but the id costs that field only.
pub async fn a_null_costs_neither_the_record_nor_another<S: Subject>() {
    let expected = comparable(Stage::<S>::with(FEW).list_all().await);
    for seed in 0..60 {
        let null = |id| {
            let mutation = Mutation::seeded(seed).of_kinds(&[MutationKind::Null]);
            mutation.fields_of(id)
        };
        let (id, listing) = with_one_changed::<S>(seed, null).await;
        assert!(listing.error.is_none(), "seed {seed}: {:?}", listing.error);
        let rejected = &listing.summary.rejected;
        assert!(rejected.is_empty(), "seed {seed}: {rejected:?}");
        let listed = comparable(listing.complete());
        assert!(listed.keys().eq(expected.keys()), "seed {seed}: {id}");
        let changed = changed(&expected, &listed);
        assert!(
            changed.keys().all(|changed| *changed == id),
            "seed {seed}: {id} has a null and {changed:?} differ"
        );
    }
}

/// Numbers sent as text, and text of digits sent as numbers, mean the same.
pub async fn numbers_as_text_mean_the_same<S: Subject>() {
    const KINDS: [MutationKind; 2] = [MutationKind::NumberAsText, MutationKind::TextAsNumber];
    let normalised = |mut assets: Vec<Asset>| {
        for asset in &mut assets {
            // What is handed out as it came.
            asset.custom_fields.clear();
            asset.issues.iter_mut().for_each(|issue| issue.raw = None);
        }
        comparable(assets)
    };
    let expected = normalised(Stage::<S>::with(FEW).list_all().await);
    for seed in 0..40 {
        let retyped = |id| Mutation::seeded(seed).of_kinds(&KINDS).of_record(id);
        let (id, listing) = with_one_changed::<S>(seed, retyped).await;
        assert!(listing.error.is_none(), "seed {seed}: {:?}", listing.error);
        let listed = normalised(listing.complete());
        let changed = changed(&expected, &listed);
        assert!(
            changed.is_empty(),
            "seed {seed}: {id} is not the same, {changed:?}"
        );
    }
}

/// However odd a record is, its JSON form can be read again.
pub async fn what_is_handed_out_has_a_json_form<S: Subject>() {
    const KINDS: [MutationKind; 4] = [
        MutationKind::OddText,
        MutationKind::LongText,
        MutationKind::HugeNumber,
        MutationKind::ImpossibleDate,
    ];
    for seed in 0..40 {
        let odd = |id| Mutation::seeded(seed).of_kinds(&KINDS).of_record(id);
        let (_, listing) = with_one_changed::<S>(seed, odd).await;
        for mut asset in listing.assets {
            asset.tenant_fields.clear();
            let json = serde_json::to_string(&asset).expect("a JSON form");
            let back: Asset = serde_json::from_str(&json)
                .unwrap_or_else(|error| panic!("seed {seed}: {error}: {json}"));
            assert_eq!(back, asset, "seed {seed}");
        }
    }
}

/// A customer of which anything may be wrong is handed out or rejected, and the others
/// are what they are without it.
pub async fn one_spoilt_customer_never_costs_the_others<S: Subject>() {
    let customers = |stage: &Stage<S>| {
        let connector = stage.connector.clone();
        async move { connector.collect_customers().await }
    };
    let clean = Stage::<S>::with(SOME);
    let (expected, _) = customers(&clean).await.expect("the customers");
    let ids = clean.customers();
    let ids: Vec<String> = ids.into_iter().collect();
    assert!(ids.len() > 1);
    for seed in 0..40 {
        let stage = Stage::<S>::with(SOME);
        let id = &ids[drawn(seed, ids.len())];
        let mutation = Mutation::seeded(seed).of_record(id);
        stage.faults.inject_always(Fault::Mutate(mutation));
        let listed = survive(&stage.clock, "the customers", seed, customers(&stage)).await;
        let (listed, summary) = listed.unwrap_or_else(|error| panic!("seed {seed}: {error}"));
        assert_eq!(
            accounted(&summary),
            expected.len() as u64,
            "seed {seed}: {summary:?}"
        );
        let others = |customers: &[Customer]| -> Vec<(String, String)> {
            let mut others: Vec<_> = customers
                .iter()
                .map(|customer| (customer.source.vendor_id.clone(), customer.name.clone()))
                .collect();
            others.sort();
            others
        };
        let (listed, expected) = (others(&listed), others(&expected));
        let mut lost = expected.iter().filter(|other| !listed.contains(other));
        assert!(
            lost.clone().count() <= 1,
            "seed {seed}: {id} was spoilt and {:?} is lost",
            lost.next()
        );
    }
}

/// Assets by id, without what the time or a neighbour decides.
fn comparable(assets: Vec<Asset>) -> BTreeMap<String, Asset> {
    let plain = |mut asset: Asset| {
        asset.source.fetched_at = DateTime::UNIX_EPOCH;
        asset
            .issues
            .retain(|issue| issue.code != IssueCode::DuplicateSerial);
        (asset.source.vendor_id.clone(), asset)
    };
    assets.into_iter().map(plain).collect()
}

/// The expected assets that are missing or differ, by id, and in which fields.
fn changed<'e>(
    expected: &'e BTreeMap<String, Asset>,
    listed: &BTreeMap<String, Asset>,
) -> BTreeMap<&'e str, Vec<String>> {
    expected
        .iter()
        .map(|(id, asset)| (id.as_str(), asset, listed.get(id)))
        .filter(|(_, asset, listed)| *listed != Some(*asset))
        .map(|(id, asset, listed)| (id, fields_that_differ(asset, listed)))
        .collect()
}

fn fields_that_differ(expected: &Asset, listed: Option<&Asset>) -> Vec<String> {
    let Some(listed) = listed else {
        return vec!["all: it is missing".to_owned()];
    };
    let json = |asset: &Asset| serde_json::to_value(asset).unwrap_or_default();
    let (expected, listed) = (json(expected), json(listed));
    let fields = expected.as_object().into_iter().flatten();
    fields
        .filter(|(name, value)| listed.get(name) != Some(value))
        .map(|(name, value)| format!("{name}: {value}, not {}", listed[name]))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use lmsync_core::Rejection;
    use lmsync_core::model::{AssetDraft, Issue, Rules, Source};

    use super::*;
    use crate::VirtualClock;

    fn asset(id: &str, name: &str) -> Asset {
        let (rules, now) = (Rules::default(), DateTime::UNIX_EPOCH);
        let mut draft = AssetDraft::new(Source::new("vendor", "acme", id, now), &rules, now);
        draft.name(Some(name));
        draft.finish()
    }

    #[test]
    fn a_seed_falls_on_each_place_in_turn() {
        let drawn: Vec<usize> = (0..5).map(|seed| drawn(seed, 3)).collect();
        assert_eq!(drawn, [0, 1, 2, 0, 1]);
        assert_eq!([0, 1, 2].map(|seed| number_drawn(seed, 2)), [1, 2, 1]);
    }

    #[test]
    fn records_of_every_fate_are_accounted_for() {
        let mut summary = SyncSummary::default();
        (summary.kept, summary.skipped) = (5, 2);
        summary.rejected.push(Rejection::new(None, "odd"));
        assert_eq!(accounted(&summary), 8);
    }

    #[test]
    fn a_listing_that_contradicts_itself_is_not_honest() {
        let is_honest = |complete, reason: Option<&str>, error: Option<&Error>| {
            let mut summary = SyncSummary::default();
            summary.complete = complete;
            summary.incomplete_reason = reason.map(ToOwned::to_owned);
            std::panic::catch_unwind(AssertUnwindSafe(|| expect_honest(&summary, error, 0))).is_ok()
        };
        let error = Error::vendor("no");
        assert!(is_honest(true, None, None));
        assert!(is_honest(false, Some("no"), Some(&error)));
        assert!(is_honest(false, Some("two are missing"), None));
        assert!(!is_honest(true, None, Some(&error)));
        assert!(!is_honest(true, Some("no"), None));
        assert!(!is_honest(false, None, None));
        assert!(!is_honest(false, Some(""), None));
    }

    #[test]
    fn what_differs_is_named_and_what_time_and_neighbours_decide_does_not_count() {
        let expected = comparable(vec![
            asset("1", "one"),
            asset("2", "two"),
            asset("3", "three"),
        ]);
        let mut same = asset("1", "one");
        same.source.fetched_at += chrono::TimeDelta::seconds(1);
        same.issues
            .push(Issue::new(IssueCode::DuplicateSerial, "serial"));
        let listed = comparable(vec![same, asset("2", "another")]);
        let changed = changed(&expected, &listed);
        assert_eq!(changed.keys().copied().collect::<Vec<_>>(), ["2", "3"]);
        assert_eq!(changed["2"], [r#"name: "two", not "another""#]);
        assert_eq!(changed["3"], ["all: it is missing"]);
        let mut odd = asset("1", "one");
        odd.issues
            .push(Issue::new(IssueCode::SentinelDate, "bought"));
        assert_ne!(comparable(vec![odd])["1"], expected["1"]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_panic_and_a_wait_without_end_are_told_with_their_seed() {
        let clock: SharedClock = Arc::new(VirtualClock::default());
        assert_eq!(survive(&clock, "it", 7, async { 3 }).await, 3);
        let failures: [std::pin::Pin<Box<dyn Future<Output = ()> + Send>>; 3] = [
            Box::pin(async { panic!("no {}", 1) }),
            Box::pin(async { panic!("no") }),
            Box::pin(std::future::pending()),
        ];
        let mut told = Vec::new();
        for failure in failures {
            let survived = AssertUnwindSafe(survive(&clock, "it", 7, failure));
            let panic = survived.catch_unwind().await.unwrap_err();
            told.push(message(panic.as_ref()).to_owned());
        }
        let panics = ["it panics, seed 7: no 1", "it panics, seed 7: no"];
        assert_eq!(told, [&panics[..], &["it hangs, seed 7"]].concat());
        assert_eq!(message(&7), "no message");
    }
}
