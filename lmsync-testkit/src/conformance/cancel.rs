//! Giving up at any point leaves everything usable.

use std::future::Future;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::future::{Either, poll_fn, select};
use lmsync_core::{AssetQuery, SharedClock};

use super::profile::Paging;
use super::stage::LONG_AFTER;
use super::{Stage, Subject};
use crate::Fault;

/// Half of what an answer takes: the drops fall between and within requests.
const STEP: Duration = Duration::from_millis(10);
/// A listing is dropped about this often while it is under way.
const MOST_DROPS: u32 = 50;
/// Sooner than anything that failed is tried for the last time.
const SOON: Duration = Duration::from_millis(40);

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

/// Drops `work` after `time`; says whether it had ended by then.
async fn give_up_in<T>(time: Duration, clock: &SharedClock, work: impl Future<Output = T>) -> bool {
    let work = pin!(work);
    matches!(select(work, clock.sleep(time)).await, Either::Left(_))
}

/// A listing dropped at any point harms neither the connector nor the next listing.
pub async fn a_listing_dropped_at_any_point_leaves_the_connector_usable<S: Subject>() {
    let stage = Stage::<S>::with_pages();
    expect_usable_after_drops(&stage, AssetQuery::new()).await;
}

/// Neither does one that asks for detail of every asset.
pub async fn a_detailed_listing_dropped_at_any_point_leaves_the_connector_usable<S: Subject>() {
    let stage = Stage::<S>::with(5);
    let detail = stage.connector.info().capabilities.detail;
    expect_usable_after_drops(&stage, AssetQuery::new().detail(detail)).await;
}

/// Drops listings later and later, whenever they wait and while requests are under way.
async fn expect_usable_after_drops<S: Subject>(stage: &Stage<S>, query: AssetQuery) {
    let mut polls = 1;
    while !give_up_after(polls, stage.list(query.clone())).await {
        stage.expect_usable().await;
        polls += 1;
    }
    assert!(polls > 1, "it was never dropped between requests");
    let start = stage.clock.elapsed();
    stage.list(query.clone()).await;
    // An export may be waited for long.
    let step = STEP.max((stage.clock.elapsed() - start) / MOST_DROPS);
    let mut time = step;
    while !give_up_in(time, &stage.clock, stage.list(query.clone())).await {
        stage.expect_usable().await;
        time += step;
    }
    assert!(time > step, "it was never dropped during one");
}

/// Neither does a single call.
pub async fn a_call_dropped_at_any_point_leaves_the_connector_usable<S: Subject>() {
    let stage = Stage::<S>::with(5);
    let id = stage.list_all().await.remove(0).id();
    let mut polls = 1;
    while !give_up_after(polls, stage.connector.asset(&id)).await {
        let asset = stage.connector.asset(&id).await.unwrap();
        assert_eq!(asset.source.vendor_id, id.vendor_id);
        polls += 1;
    }
    assert!(polls > 1, "it was never dropped");
}

/// What is dropped stops, requests that wait to be repeated included: after the first asset or,
/// where all come at once, before.
pub async fn a_dropped_listing_sends_nothing_more<S: Subject>() {
    let stage = Stage::<S>::with_many_pages();
    let mut stream = stage.connector.assets(AssetQuery::new());
    if S::profile().paging != Paging::Export {
        stream.next().await.unwrap().unwrap();
    }
    stage.faults.inject_always(Fault::status(503));
    let rest = async { while stream.next().await.is_some_and(|asset| asset.is_ok()) {} };
    let patience = stage.clock.sleep(SOON);
    let gave_up = select(Box::pin(rest), patience).await;
    assert!(matches!(gave_up, Either::Right(_)), "still trying");
    drop(gave_up);
    drop(stream);
    let sent = stage.faults.sent();
    stage.clock.sleep(LONG_AFTER).await;
    assert_eq!(stage.faults.sent(), sent);
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::stage::LATENCY;
    use super::*;
    use crate::VirtualClock;

    #[tokio::test(start_paused = true)]
    async fn work_is_given_up_after_so_many_polls_or_so_long() {
        // Waits twice: it is polled three times.
        let work = || async {
            tokio::task::yield_now().await;
            tokio::task::yield_now().await;
        };
        let mut ended = Vec::new();
        for polls in 0..5 {
            ended.push(give_up_after(polls, work()).await);
        }
        assert_eq!(ended, [false, false, false, true, true]);

        let clock: SharedClock = Arc::new(VirtualClock::default());
        for (time, has_ended) in [(LATENCY / 2, false), (LATENCY * 2, true)] {
            let work = clock.sleep(LATENCY);
            assert_eq!(give_up_in(time, &clock, work).await, has_ended);
        }
    }
}
