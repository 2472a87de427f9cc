//! Never faster than the vendor allows.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future::join_all;
use lmsync_core::{AssetQuery, ErrorKind};

use super::stage::LATENCY;
use super::{Stage, Subject, Vendor};
use crate::{Fault, Latency};

/// The vendor's own "too many requests" costs time and nothing else.
pub async fn the_vendors_refusal_is_waited_out<S: Subject>() {
    let stage = Stage::<S>::with_pages();
    stage
        .vendor
        .simulator()
        .with(|vendor| vendor.refuse_next(3));
    let listing = stage.list(AssetQuery::new()).await;
    assert!(listing.summary.usage.rate_limited_waits > 0);
    assert_eq!(listing.complete().len(), stage.truth().len());
}

/// So does HTTP 429.
pub async fn a_429_is_waited_out<S: Subject>() {
    let stage = Stage::<S>::with_pages();
    stage.faults.inject(2, Fault::status(429));
    let listing = stage.list(AssetQuery::new()).await;
    assert_eq!(listing.summary.usage.rate_limited_waits, 1);
    assert_eq!(listing.complete().len(), stage.truth().len());
}

async fn time_with_retry_after<S: Subject>(text: String) -> Duration {
    let stage = Stage::<S>::with(5);
    let fault = Fault::status_with_retry_after(429, text);
    stage.faults.inject(1, fault);
    let _ = stage.list_all().await;
    stage.clock.elapsed()
}

fn is_just_after(time: Duration, wait: Duration) -> bool {
    time >= wait && time < wait + LATENCY * 20
}

/// `Retry-After: 90` is a wait of 90 seconds.
pub async fn retry_after_in_seconds_is_obeyed<S: Subject>() {
    let time = time_with_retry_after::<S>("90".to_owned()).await;
    assert!(is_just_after(time, Duration::from_secs(90)), "{time:?}");
}

/// `Retry-After` as a date is a wait until then.
pub async fn retry_after_as_a_date_is_obeyed<S: Subject>() {
    let start = Stage::<S>::with(0).clock.now();
    let date = (start + chrono::TimeDelta::seconds(120)).to_rfc2822();
    let date = date.replace("+0000", "GMT");
    let time = time_with_retry_after::<S>(date).await;
    assert!(is_just_after(time, Duration::from_secs(120)), "{time:?}");
}

/// A `Retry-After` that cannot be read leaves the connector to its own patience.
pub async fn retry_after_that_makes_no_sense_is_no_obstacle<S: Subject>() {
    let time = time_with_retry_after::<S>("a while".to_owned()).await;
    assert!(time >= Duration::from_secs(1) && time < Duration::from_secs(120));
}

/// While one request waits, no other of the account is sent.
pub async fn a_refusal_holds_back_every_request_of_the_account<S: Subject>() {
    let stage = Stage::<S>::with(S::PAGE_SIZE * 12);
    let fault = Fault::status_with_retry_after(429, "60");
    stage.faults.inject(4, fault);
    let _ = stage.list_all().await;
    let starts: Vec<Duration> = stage
        .vendor
        .recorded()
        .iter()
        .map(|request| request.started)
        .collect();
    let pause = starts
        .windows(2)
        .map(|pair| pair[1].saturating_sub(pair[0]))
        .max();
    // Requests under way when the refusal came may still end.
    assert!(
        pause >= Some(Duration::from_secs(60) - LATENCY * 2),
        "{pause:?}"
    );
}

/// A refusal stops every caller of the account, those of another connector to it included.
pub async fn a_refusal_of_one_caller_holds_back_all_others<S: Subject>() {
    const PAUSE: Duration = Duration::from_secs(60);
    let mut second = None;
    let stage = Stage::<S>::connecting(5, |environment| {
        second = Some(S::connect(environment)?);
        S::connect(environment)
    });
    let connectors = [stage.connector.clone(), second.expect("a connector")];
    let id = stage.truth().into_iter().next().expect("an asset").into();
    let refused = stage.faults.sent() + 20;
    let fault = Fault::status_with_retry_after(429, PAUSE.as_secs().to_string());
    stage.faults.inject(refused, fault);
    let (clock, refused_at) = (stage.clock.clone(), Arc::new(Mutex::new(Duration::ZERO)));
    let noted = refused_at.clone();
    stage
        .faults
        .before(refused, move || *noted.lock().unwrap() = clock.elapsed());
    let callers = connectors.iter().cycle().take(20).map(|connector| async {
        for _ in 0..5 {
            connector.asset(&id).await.unwrap();
        }
    });
    join_all(callers).await;
    let refused_at = *refused_at.lock().unwrap();
    let starts: Vec<Duration> = stage
        .vendor
        .recorded()
        .iter()
        .map(|sent| sent.started)
        .collect();
    let in_the_pause = |start: &&Duration| **start > refused_at && **start < refused_at + PAUSE;
    let hasty = starts.iter().filter(in_the_pause).count();
    assert_eq!(hasty, 0, "refused at {refused_at:?}");
    assert!(starts.iter().any(|start| *start >= refused_at + PAUSE));
}

/// A vendor that refuses for ever is an error, after long patience.
pub async fn a_refusal_without_end_is_a_rate_limited_error<S: Subject>() {
    let stage = Stage::<S>::with(5);
    let refuse = |vendor: &mut S::Vendor| vendor.refuse_next(usize::MAX);
    stage.vendor.simulator().with(refuse);
    let error = stage
        .list(AssetQuery::new())
        .await
        .failure(ErrorKind::RateLimited);
    assert!(error.hint().is_some());
    assert!(stage.clock.elapsed() > Duration::from_secs(5 * 60));
}

/// In no span of the vendor's window are there more requests than it allows.
pub async fn the_budget_is_never_exceeded<S: Subject>() {
    let stage = Stage::<S>::with(5);
    let id = stage.list_all().await.remove(0).id();
    let (most, _) = stage.vendor.simulator().with(|vendor| vendor.budget());
    while stage.vendor.requests() < most as u64 * 5 / 2 {
        stage.connector.asset(&id).await.unwrap();
    }
    expect_within_budget(&stage);
}

/// Nor when many callers ask at once and requests take anything from nothing to seconds.
pub async fn the_budget_is_never_exceeded_whatever_the_latency<S: Subject>() {
    let stage = Stage::<S>::with(5);
    let id = stage.list_all().await.remove(0).id();
    let (most, _) = stage.vendor.simulator().with(|vendor| vendor.budget());
    stage
        .faults
        .slow_down(stage.clock.clone(), |number| Latency {
            there: scattered(number as u64),
            back: scattered(number as u64 + (1 << 32)),
        });
    let callers = (0..20).map(|_| async {
        while stage.vendor.requests() < most as u64 * 3 / 2 {
            stage.connector.asset(&id).await.unwrap();
        }
    });
    join_all(callers).await;
    expect_within_budget(&stage);
}

/// A time up to four seconds, mostly short, that looks random and depends on `number` only.
fn scattered(number: u64) -> Duration {
    let mixed = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    Duration::from_millis((mixed >> 52) >> (mixed >> 40 & 7))
}

fn expect_within_budget<S: Subject>(stage: &Stage<S>) {
    let (most, window) = stage.vendor.simulator().with(|vendor| vendor.budget());
    let recorded = stage.vendor.recorded();
    let mut arrivals: Vec<Duration> = recorded.iter().filter_map(|sent| sent.ended).collect();
    arrivals.sort();
    for (first, later) in arrivals.iter().zip(arrivals.iter().skip(most)) {
        assert!(*later >= *first + window, "{first:?} and {later:?}");
    }
}
