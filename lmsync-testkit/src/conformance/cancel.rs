//! Giving up at any point leaves everything usable.

use std::future::Future;
use std::task::Poll;

use futures_util::StreamExt;
use futures_util::future::{Either, poll_fn, select};
use lmsync_core::AssetQuery;

use super::stage::LATENCY;
use super::{Stage, Subject};
use crate::Fault;

/// Polls `work` up to `polls` times, then drops it; says whether it had ended by then.
pub(super) async fn give_up_after<T>(polls: usize, work: impl Future<Output = T> + Send) -> bool {
    let mut work = Box::pin(work);
    let mut left = polls;
    poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(false);
        }
        left -= 1;
        work.as_mut().poll(context).map(|_| true)
    })
    .await
}

/// A listing dropped at any await point harms neither the connector nor the next listing.
pub async fn a_listing_dropped_at_any_point_leaves_the_connector_usable<S: Subject>() {
    let stage = Stage::<S>::with_pages();
    for polls in 1..1000 {
        let listing = stage.list(AssetQuery::new());
        let ended = give_up_after(polls, listing).await;
        stage.expect_usable().await;
        if ended {
            return;
        }
    }
    panic!("the listing never ended");
}

/// Neither does one that asks for detail of every asset.
pub async fn a_detailed_listing_dropped_at_any_point_leaves_the_connector_usable<S: Subject>() {
    let stage = Stage::<S>::with(5);
    let detail = stage.connector.info().capabilities.detail;
    for polls in 1..1000 {
        let listing = stage.list(AssetQuery::new().detail(detail));
        let ended = give_up_after(polls, listing).await;
        stage.expect_usable().await;
        if ended {
            return;
        }
    }
    panic!("the listing never ended");
}

/// Neither does a single call.
pub async fn a_call_dropped_at_any_point_leaves_the_connector_usable<S: Subject>() {
    let stage = Stage::<S>::with(5);
    let id = stage.list_all().await.remove(0).id();
    for polls in 1..1000 {
        let ended = give_up_after(polls, stage.connector.asset(&id)).await;
        assert_eq!(
            stage.connector.asset(&id).await.unwrap().source.vendor_id,
            id.vendor_id
        );
        if ended {
            return;
        }
    }
    panic!("the call never ended");
}

/// What is dropped stops, requests that wait to be repeated included.
pub async fn a_dropped_listing_sends_nothing_more<S: Subject>() {
    let stage = Stage::<S>::with(S::PAGE_SIZE * 12);
    let mut stream = stage.connector.assets(AssetQuery::new());
    stream.next().await.unwrap().unwrap();
    stage.faults.inject_always(Fault::status(503));
    let rest = async { while stream.next().await.is_some_and(|asset| asset.is_ok()) {} };
    let patience = stage.clock.sleep(LATENCY * 2);
    let gave_up = select(Box::pin(rest), patience).await;
    assert!(matches!(gave_up, Either::Right(_)), "still trying");
    drop(gave_up);
    drop(stream);
    let sent = stage.faults.sent();
    stage.clock.sleep(LATENCY * 100_000).await;
    assert_eq!(stage.faults.sent(), sent);
}
