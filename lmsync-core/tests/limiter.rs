//! The request budget, in virtual time.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future::{join, join_all};
use lmsync_core::http::{Budget, Limiter};
use lmsync_core::{Environment, SharedClock};
use lmsync_testkit::VirtualClock;
use proptest::prelude::*;

const MINUTE: Duration = Duration::from_secs(60);

fn clock() -> SharedClock {
    Arc::new(VirtualClock::default())
}

#[test]
fn a_budget_says_what_it_allows() {
    let budget = Budget::per_minute(100, 7).unwrap();
    assert_eq!(budget.concurrency(), 7);
    assert_eq!(Limiter::new(budget, clock()).concurrency(), 7);
}

/// When each of `latencies.len()` requests started and ended.
async fn run(
    budget: Budget,
    clock: SharedClock,
    latencies: Vec<Duration>,
) -> Vec<(Duration, Duration)> {
    let limiter = Limiter::new(budget, clock.clone());
    let spans = Arc::new(Mutex::new(Vec::new()));
    join_all(latencies.into_iter().map(|latency| {
        let (limiter, clock, spans) = (limiter.clone(), clock.clone(), Arc::clone(&spans));
        async move {
            let permit = limiter.acquire().await;
            let start = clock.elapsed();
            clock.sleep(latency).await;
            spans.lock().unwrap().push((start, clock.elapsed()));
            drop(permit);
        }
    }))
    .await;
    let mut spans = std::mem::take(&mut *spans.lock().unwrap());
    spans.sort();
    spans
}

/// Whether the vendor can never count more than `most` in `window`, wherever
/// between start and end it counts each request.
fn keeps(spans: &[(Duration, Duration)], most: usize, window: Duration) -> bool {
    let mut ends: Vec<Duration> = spans.iter().map(|(_, end)| *end).collect();
    ends.sort();
    let mut starts: Vec<Duration> = spans.iter().map(|(start, _)| *start).collect();
    starts.sort();
    (most..starts.len()).all(|later| starts[later] >= ends[later - most] + window)
}

#[tokio::test(start_paused = true)]
async fn a_thousand_requests_take_the_theoretical_minimum() {
    let budget = Budget::per_minute(100, 8).unwrap();
    let spans = run(budget, clock(), vec![Duration::from_millis(50); 1000]).await;
    let last_start = spans.last().unwrap().0;
    // The 901st to 1,000th start nine windows after the first hundred.
    let least = MINUTE * 9;
    assert!(last_start >= least);
    assert!(
        last_start.as_secs_f64() <= least.as_secs_f64() * 1.02,
        "{last_start:?}"
    );
    assert!(keeps(&spans, 100, MINUTE));
}

#[tokio::test(start_paused = true)]
async fn a_small_account_is_not_slowed_down() {
    let budget = Budget::per_minute(100, 4).unwrap();
    let spans = run(budget, clock(), vec![Duration::from_millis(50); 100]).await;
    assert_eq!(spans.last().unwrap().1, Duration::from_millis(25 * 50));
}

#[tokio::test(start_paused = true)]
async fn no_more_are_in_flight_than_allowed() {
    let budget = Budget::per_minute(1000, 3).unwrap();
    let spans = run(budget, clock(), vec![Duration::from_secs(1); 50]).await;
    for (start, _) in &spans {
        let running = spans
            .iter()
            .filter(|(other, end)| other <= start && end > start)
            .count();
        assert!(running <= 3);
    }
}

#[tokio::test(start_paused = true)]
async fn connectors_counted_together_share_the_budget_and_not_the_number_in_flight() {
    let clock = clock();
    let narrow = Limiter::new(Budget::per_minute(3, 1).unwrap(), clock.clone());
    let wide = narrow.with_concurrency(5);
    assert_eq!((narrow.concurrency(), wide.concurrency()), (1, 5));
    let _first = narrow.acquire().await;
    let second = wide.acquire().await;
    let third = wide.acquire().await;
    assert_eq!(clock.elapsed(), Duration::ZERO);
    drop((second, third));
    let fourth = wide.acquire().await;
    assert_eq!(clock.elapsed(), MINUTE);
    narrow.cool_down(MINUTE);
    drop(fourth);
    let _fifth = wide.acquire().await;
    assert!(clock.elapsed() >= MINUTE * 2);
}

#[tokio::test(start_paused = true)]
async fn a_cool_down_stops_those_who_wait_and_those_who_come() {
    let clock = clock();
    let limiter = Limiter::new(Budget::per_minute(100, 1).unwrap(), clock.clone());
    let held = limiter.acquire().await;
    let waiting = {
        let (limiter, clock) = (limiter.clone(), clock.clone());
        async move {
            let _permit = limiter.acquire().await;
            clock.elapsed()
        }
    };
    let throttled = async {
        clock.sleep(Duration::from_secs(1)).await;
        limiter.cool_down(Duration::from_secs(30));
        limiter.cool_down(Duration::from_secs(5));
        drop(held);
        let _permit = limiter.acquire().await;
        clock.elapsed()
    };
    let (first, second) = futures_util::join!(waiting, throttled);
    assert_eq!(first.as_secs(), 31);
    assert_eq!(second.as_secs(), 31);
}

#[tokio::test(start_paused = true)]
async fn who_gives_up_waiting_uses_nothing_and_blocks_nobody() {
    let clock = clock();
    let limiter = Limiter::new(Budget::per_minute(1, 1).unwrap(), clock.clone());
    drop(limiter.acquire().await);
    for _ in 0..10 {
        let waiting = limiter.acquire();
        let patience = clock.sleep(Duration::from_secs(1));
        assert!(matches!(
            futures_util::future::select(Box::pin(waiting), patience).await,
            futures_util::future::Either::Right(_)
        ));
    }
    let _permit = limiter.acquire().await;
    assert_eq!(clock.elapsed(), MINUTE);
}

#[tokio::test(start_paused = true)]
async fn what_is_given_back_was_not_used() {
    let clock = clock();
    let limiter = Limiter::new(Budget::per_minute(1, 1).unwrap(), clock.clone());
    limiter.acquire().await.give_back();
    let _permit = limiter.acquire().await;
    assert_eq!(clock.elapsed(), Duration::ZERO);
}

#[test]
fn a_budget_of_nothing_is_refused() {
    assert!(Budget::per_minute(0, 1).is_err());
    assert!(Budget::per_minute(1, 0).is_err());
    assert!(Budget::new(1, Duration::ZERO, 1).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn the_budget_is_kept_whatever_the_latencies(
        most in 1_usize..8,
        concurrency in 1_usize..6,
        window in 1_u64..5_000,
        latencies in proptest::collection::vec(0_u64..4_000, 1..40),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        let window = Duration::from_millis(window);
        let count = latencies.len();
        let spans = runtime.block_on(async {
            let budget = Budget::new(most, window, concurrency).unwrap();
            let latencies = latencies.into_iter().map(Duration::from_millis).collect();
            run(budget, clock(), latencies).await
        });
        prop_assert_eq!(spans.len(), count);
        prop_assert!(keeps(&spans, most, window));
    }
}

#[test]
fn all_accounts_together_have_so_many_requests_in_flight() {
    lmsync_testkit::conformance::run(async {
        let clock = clock();
        let script = lmsync_testkit::Script::new(clock.clone(), []);
        let environment = Environment::new(Arc::new(script), clock.clone())
            .requests_in_flight(3)
            .unwrap();
        let budget = Budget::per_minute(100, 2).unwrap();
        let (under_way, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let requests = (0..40).map(|number| {
            let limiter = environment.limiter(("account", number % 4), budget);
            let (clock, under_way, most) = (&clock, &under_way, &most);
            async move {
                let _permit = limiter.acquire().await;
                most.fetch_max(
                    under_way.fetch_add(1, Ordering::Relaxed) + 1,
                    Ordering::Relaxed,
                );
                clock.sleep(Duration::from_secs(1)).await;
                under_way.fetch_sub(1, Ordering::Relaxed);
            }
        });
        join_all(requests).await;
        assert_eq!(most.into_inner(), 3);
        assert_eq!(clock.elapsed().as_secs(), 14);
    });
}

#[test]
fn an_account_that_cools_down_keeps_no_room_from_others() {
    lmsync_testkit::conformance::run(async {
        let clock = clock();
        let script = lmsync_testkit::Script::new(clock.clone(), []);
        let environment = Environment::new(Arc::new(script), clock.clone())
            .requests_in_flight(1)
            .unwrap();
        let limiter = |whom| environment.limiter(whom, Budget::per_minute(100, 2).unwrap());
        let (tired, other) = (limiter("tired"), limiter("other"));
        let first = other.acquire().await;
        // It waits for the room that `first` takes, and is told to pause meanwhile.
        let waits = async {
            let _permit = tired.acquire().await;
            clock.elapsed()
        };
        let others = async {
            clock.sleep(Duration::from_secs(1)).await;
            tired.cool_down(MINUTE);
            drop(first);
            let _permit = other.acquire().await;
            clock.elapsed()
        };
        let (waited, went_on) = join(waits, others).await;
        assert_eq!(went_on, Duration::from_secs(1));
        assert_eq!(waited, MINUTE + Duration::from_secs(1));
    });
}
