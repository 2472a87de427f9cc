//! Few requests, never too fast, never too large.

use futures_util::future::join_all;
use lmsync_warranty::WarrantyQuery;

use super::stage::Stage;
use super::{WarrantyMaker, WarrantySubject};

/// A full batch is as many requests as the maker needs, and no more.
pub async fn a_batch_takes_the_fewest_requests<S: WarrantySubject>() {
    // Known machines, so that nothing makes the source ask again.
    let stage = Stage::<S>::with(400);
    let known = |query: &WarrantyQuery| stage.truth(query).expiry.is_some();
    let mut batch: Vec<_> = stage.change(|maker| maker.queries());
    batch.retain(known);
    batch.truncate(stage.source().batch_size());
    let answers = stage.ask(&batch).await;
    stage.require_truth(&batch, &answers);
    let lookups = stage.change(|maker| maker.lookups());
    assert!(
        (1..=S::REQUESTS_OF_A_BATCH).contains(&lookups),
        "{lookups} requests for {} machines",
        batch.len()
    );
}

/// A full batch is not more than the maker takes.
pub async fn no_batch_is_too_large<S: WarrantySubject>() {
    let stage = Stage::<S>::with(1);
    let size = stage.source().batch_size();
    let stage = Stage::<S>::with(2 * size);
    let (batch, answers) = stage.ask_all().await;
    assert_eq!(batch.len(), size);
    assert_eq!(stage.change(|maker| maker.oversized()), 0);
    stage.require_truth(&batch, &answers);
}

/// Many lookups, several at once, stay within the budget.
pub async fn the_budget_is_never_exceeded<S: WarrantySubject>() {
    let stage = Stage::<S>::with(200);
    let queries: Vec<WarrantyQuery> = stage.change(|maker| maker.queries());
    for some in queries.chunks(8) {
        let lookups = some
            .iter()
            .map(|query| stage.ask(std::slice::from_ref(query)));
        for answers in join_all(lookups).await {
            assert!(
                answers.iter().all(|(_, answer)| answer.error().is_none()),
                "{answers:?}"
            );
        }
    }
    assert_eq!(stage.change(|maker| maker.over_limit()), 0);
}

/// "Too many requests" is waited out, and costs no machine its answer.
pub async fn too_many_requests_are_waited_out<S: WarrantySubject>() {
    let stage = Stage::<S>::with(10);
    stage.change(|maker| maker.throttle_next(3));
    let (batch, answers) = stage.ask_all().await;
    stage.require_truth(&batch, &answers);
    assert!(stage.any.clock.elapsed().as_secs() >= 3, "it is waited");
}
