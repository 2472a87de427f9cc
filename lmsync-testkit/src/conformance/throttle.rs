//! Never faster than the vendor allows.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future::{join, join_all};
use lmsync_core::{AssetQuery, ErrorKind};

use super::stage::LATENCY;
use super::{Stage, Subject, Vendor};
use crate::dice::Dice;
use crate::{Fault, Latency};

/// How long a refused request and all others have to wait.
const PAUSE: Duration = Duration::from_secs(60);

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
    let requests = {
        let stage = Stage::<S>::with_pages();
        stage.cost(stage.list_all()).await
    };
    let stage = Stage::<S>::with_pages();
    stage.faults.inject(requests.min(2), Fault::status(429));
    let listing = stage.list(AssetQuery::new()).await;
    assert_eq!(listing.summary.usage.rate_limited_waits, 1);
    assert_eq!(listing.complete().len(), stage.truth().len());
}

/// How much longer a listing takes that is refused at first.
async fn delay_by_retry_after<S: Subject>(text: String) -> Duration {
    let time = async |stage: Stage<S>| {
        let _ = stage.list_all().await;
        stage.clock.elapsed()
    };
    let refused = Stage::<S>::with(5);
    let fault = Fault::status_with_retry_after(429, text);
    refused.faults.inject(1, fault);
    time(refused).await - time(Stage::with(5)).await
}

fn is_just_after(time: Duration, wait: Duration) -> bool {
    time >= wait && time < wait + LATENCY * 20
}

/// `Retry-After: 90` is a wait of 90 seconds.
pub async fn retry_after_in_seconds_is_obeyed<S: Subject>() {
    let time = delay_by_retry_after::<S>("90".to_owned()).await;
    assert!(is_just_after(time, Duration::from_secs(90)), "{time:?}");
}

/// `Retry-After` as a date is a wait until then.
pub async fn retry_after_as_a_date_is_obeyed<S: Subject>() {
    let start = Stage::<S>::with(0).clock.now();
    let date = (start + chrono::TimeDelta::seconds(120)).to_rfc2822();
    let date = date.replace("+0000", "GMT");
    let time = delay_by_retry_after::<S>(date).await;
    assert!(is_just_after(time, Duration::from_secs(120)), "{time:?}");
}

/// A `Retry-After` that cannot be read leaves the connector to its own patience.
pub async fn retry_after_that_makes_no_sense_is_no_obstacle<S: Subject>() {
    let time = delay_by_retry_after::<S>("a while".to_owned()).await;
    assert!(time >= Duration::from_secs(1) && time < Duration::from_secs(120));
}

/// Lets request `number` be refused for as long as [`PAUSE`] and notes when it is.
fn refuse<S: Subject>(stage: &Stage<S>, number: usize) -> Arc<Mutex<Duration>> {
    let fault = Fault::status_with_retry_after(429, PAUSE.as_secs().to_string());
    stage.faults.inject(number, fault);
    let (clock, refused_at) = (stage.clock.clone(), Arc::new(Mutex::new(Duration::ZERO)));
    let noted = refused_at.clone();
    stage
        .faults
        .before(number, move || *noted.lock().unwrap() = clock.elapsed());
    refused_at
}

/// Asserts that nothing was sent in the pause after a refusal.
fn expect_silence<S: Subject>(stage: &Stage<S>, refused_at: &Mutex<Duration>) {
    let refused_at = *refused_at.lock().unwrap();
    let sent = stage.vendor.recorded();
    let starts = sent.iter().map(|request| request.started);
    let in_the_pause = |start: &Duration| *start > refused_at && *start < refused_at + PAUSE;
    let hasty = starts.filter(in_the_pause).count();
    assert_eq!(hasty, 0, "refused at {refused_at:?}");
}

/// While one request waits, no other of the account is sent, neither by its listing nor by another.
pub async fn a_refusal_holds_back_every_request_of_the_account<S: Subject>() {
    let stage = Stage::<S>::with_many_pages();
    let requests = {
        let undisturbed = Stage::<S>::with_pages();
        undisturbed.cost(undisturbed.list_all()).await
    };
    let refused_at = refuse(&stage, requests.min(4));
    join(stage.list_all(), stage.list_all()).await;
    expect_silence(&stage, &refused_at);
}

/// A refusal stops every caller of the account, those of another connector to it included.
pub async fn a_refusal_of_one_caller_holds_back_all_others<S: Subject>() {
    let mut second = None;
    let stage = Stage::<S>::connecting(5, |environment| {
        second = Some(S::connect(environment)?);
        S::connect(environment)
    });
    let connectors = [stage.connector.clone(), second.expect("a connector")];
    let id = stage.truth().into_iter().next().expect("an asset").into();
    let refused_at = refuse(&stage, stage.faults.sent() + 20);
    let callers = connectors.iter().cycle().take(20).map(|connector| async {
        for _ in 0..5 {
            connector.asset(&id).await.unwrap();
        }
    });
    join_all(callers).await;
    expect_silence(&stage, &refused_at);
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

/// A vendor that wants a pause longer than patience gets it: every call of the account fails at
/// once and sends nothing, until the pause is over.
pub async fn a_refusal_longer_than_patience_ends_every_call_at_once<S: Subject>() {
    const HOUR: Duration = Duration::from_secs(3600);
    let stage = Stage::<S>::with(5);
    let id = stage.any_id();
    let fault = Fault::status_with_retry_after(429, HOUR.as_secs().to_string());
    stage.faults.inject(1, fault);
    let listing = stage.list(AssetQuery::new()).await;
    let error = listing.failure(ErrorKind::RateLimited);
    assert_eq!(error.retry_after(), Some(HOUR), "{error}");
    let refused_at = stage.clock.elapsed();
    for _ in 0..5 {
        let error = stage.connector.asset(&id).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::RateLimited, "{error}");
        assert!(error.hint().is_some() && error.retry_after() > Some(HOUR - PAUSE));
    }
    assert_eq!(stage.faults.sent(), 1);
    assert_eq!(stage.clock.elapsed(), refused_at);
    stage.clock.sleep(HOUR).await;
    stage.expect_usable().await;
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

/// Nor when many callers ask at once, requests take anything from nothing to seconds, and
/// slow times turn into quick ones.
pub async fn the_budget_is_never_exceeded_whatever_the_latency<S: Subject>() {
    let stage = Stage::<S>::with(5);
    let id = stage.list_all().await.remove(0).id();
    let (most, _) = stage.vendor.simulator().with(|vendor| vendor.budget());
    stage
        .faults
        .slow_down(stage.clock.clone(), move |number| Latency {
            there: match number / most % 2 {
                0 => scattered(number as u64),
                _ => Duration::ZERO,
            },
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
    let mut dice = Dice::seeded(number);
    let longest = 4096 >> dice.below(8);
    Duration::from_millis(dice.below(longest) as u64)
}

fn expect_within_budget<S: Subject>(stage: &Stage<S>) {
    let (most, window) = stage.vendor.simulator().with(|vendor| vendor.budget());
    let (profile, mut sent) = (S::profile(), stage.vendor.recorded());
    // Where to sign in is another host, which counts for itself.
    sent.retain(|request| !profile.signs_in_elsewhere() || !profile.is_sign_in(request));
    let arrivals = sent.iter().filter_map(|request| request.ended).collect();
    assert_eq!(one_too_many(arrivals, most, window), None);
}

/// A request, and a later one that is in the same window although `most` came before it.
fn one_too_many(
    mut arrivals: Vec<Duration>,
    most: usize,
    window: Duration,
) -> Option<(Duration, Duration)> {
    arrivals.sort();
    let mut pairs = arrivals.iter().zip(arrivals.iter().skip(most));
    pairs
        .find(|(first, later)| **later < **first + window)
        .map(|(first, later)| (*first, *later))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn one_request_too_many_is_found_wherever_it_is() {
        let too_many = |seconds: &[u64]| {
            let arrivals = seconds.iter().map(|second| Duration::from_secs(*second));
            one_too_many(arrivals.collect(), 2, Duration::from_secs(60))
        };
        assert_eq!(too_many(&[0, 0, 60, 60, 120]), None);
        assert_eq!(too_many(&[0, 59]), None);
        let pair = (Duration::from_secs(10), Duration::from_secs(69));
        assert_eq!(too_many(&[0, 69, 100, 10, 60]), Some(pair));
    }

    #[test]
    fn just_after_is_neither_before_nor_long_after() {
        let second = Duration::from_secs(1);
        assert!(!is_just_after(second - Duration::from_nanos(1), second));
        assert!(is_just_after(second, second));
        assert!(is_just_after(second + LATENCY * 19, second));
        assert!(!is_just_after(second + LATENCY * 20, second));
    }

    #[test]
    fn latencies_are_scattered() {
        let times: BTreeSet<Duration> = (0..500).map(scattered).collect();
        assert!(times.len() > 200, "{}", times.len());
        let quick = times.range(..Duration::from_millis(500)).count();
        assert!(quick * 2 > times.len(), "{quick}");
        let (longest, limit) = (times.last().copied(), Duration::from_secs(4));
        assert!(longest > Some(limit / 2) && longest < Some(limit + LATENCY * 5));
    }
}
