//! Answers in a form that nobody documented: what is written wrongly costs nothing, and what cannot
//! be understood is never an empty account.

use lmsync_core::{AssetQuery, ConnectorExt, SyncSummary};

use super::stage::ids;
use super::{Stage, Subject};
use crate::{Distortion, Fault};

/// A number of assets that is few pages of any vendor.
const FEW: usize = 8;
/// A number of assets that is nothing else in an answer, such as the size of a page.
const COUNTED: usize = 13;
/// Empty rows of three bytes each: more than any vendor puts on a page.
const FLOOD: usize = 300_000;

fn odd<S: Subject>(distortion: Distortion) -> Stage<S> {
    let stage = Stage::<S>::with(FEW);
    stage.faults.inject_always(Fault::Distort(distortion));
    stage
}

/// A byte order mark before every answer costs nothing.
pub async fn a_byte_order_mark_costs_nothing<S: Subject>() {
    let plain = ids(&Stage::<S>::with(FEW).list_all().await);
    assert_eq!(
        ids(&odd::<S>(Distortion::ByteOrderMark).list_all().await),
        plain
    );
}

/// Mistakes of spelling in every record cost no record, and no reader of its JSON form.
pub async fn what_is_written_wrongly_costs_no_record<S: Subject>() {
    let plain = ids(&Stage::<S>::with(FEW).list_all().await);
    let stage = odd::<S>(Distortion::WrittenWrongly);
    let listing = stage.list(AssetQuery::new().raw()).await;
    assert!(listing.error.is_none(), "{:?}", listing.error);
    assert_eq!(listing.summary.rejected, []);
    let assets = listing.complete();
    assert_eq!(ids(&assets), plain);
    for asset in assets {
        let json = serde_json::to_string(&asset).expect("a JSON form");
        let strict = serde_json::from_str::<serde_json::Value>(&json);
        assert!(strict.is_ok(), "{json}");
    }
}

/// A list under another name, or null in its place, is an error or leaves the listing incomplete, be
/// it of assets or customers.
pub async fn an_answer_of_unknown_shape_is_no_empty_list<S: Subject>() {
    for distortion in [Distortion::RenamedLists, Distortion::NullLists] {
        let stage = odd::<S>(distortion.clone());
        let listing = stage.list(AssetQuery::new()).await;
        expect_not_complete(&listing.summary, listing.error.is_some(), &distortion);
        if let Ok((_, summary)) = stage.connector.collect_customers().await {
            expect_not_complete(&summary, false, &distortion);
        }
    }
}

/// A listing of records that all lack their id is not complete.
pub async fn rows_without_an_id_leave_the_listing_incomplete<S: Subject>() {
    let ids = Stage::<S>::with(FEW).truth();
    let distortion = Distortion::WithoutIds(ids);
    let listing = odd::<S>(distortion.clone()).list(AssetQuery::new()).await;
    expect_not_complete(&listing.summary, listing.error.is_some(), &distortion);
}

/// Records that are listed and counted twice in every reading are no reason to be incomplete, and
/// each is handed out once.
pub async fn records_that_are_listed_and_counted_twice_are_complete<S: Subject>() {
    let stage = Stage::<S>::with(COUNTED);
    let truth = stage.truth();
    let distortion = Distortion::ListedTwice(truth.len() as u64);
    stage.faults.inject_always(Fault::Distort(distortion));
    let listing = stage.list(AssetQuery::new()).await;
    assert!(listing.summary.duplicates > 0, "{:?}", listing.summary);
    let mut ids = ids(&listing.complete());
    ids.sort_unstable();
    assert_eq!(ids, Vec::from_iter(truth));
}

/// Hundreds of thousands of empty rows in one answer are an error, or rejections of which few are
/// kept.
pub async fn a_flood_of_empty_rows_is_no_flood_of_memory<S: Subject>() {
    let stage = odd::<S>(Distortion::Flood(FLOOD));
    let listing = stage.list(AssetQuery::new()).await;
    expect_not_complete(&listing.summary, listing.error.is_some(), "a flood");
    assert!(listing.summary.rejected.len() <= SyncSummary::MOST_REJECTED);
    assert!(listing.summary.seen < FLOOD as u64, "{:?}", listing.summary);
}

fn expect_not_complete(summary: &SyncSummary, failed: bool, what: impl std::fmt::Debug) {
    assert!(!summary.complete, "{what:?}: {summary:?}");
    let says_why = summary.incomplete_reason.as_ref();
    assert!(
        failed || says_why.is_some_and(|reason| !reason.is_empty()),
        "{what:?}: {summary:?}"
    );
}
