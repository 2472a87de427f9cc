//! One request through the stack: repeated where that is safe, and only there.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::sync::Arc;
use std::time::Duration;

use lmsync_core::auth::Credential;
use lmsync_core::http::{
    Answer, Budget, Call, Endpoint, HttpClient, Idempotency, Limiter, Meter, RetryPolicy,
    TransportErrorKind,
};
use lmsync_core::{ErrorKind, Result, RetryClass, Secret, SharedClock};
use lmsync_testkit::{Line, Script, VirtualClock};

fn origin() -> Endpoint {
    Endpoint::parse("https://vendor.example").unwrap()
}

struct Stage {
    http: HttpClient,
    script: Script,
    clock: SharedClock,
    meter: Meter,
}

impl Stage {
    fn new(lines: impl IntoIterator<Item = Line>) -> Self {
        Self::with_retry(lines, RetryPolicy::default())
    }

    fn with_retry(lines: impl IntoIterator<Item = Line>, retry: RetryPolicy) -> Self {
        Self::set(lines, retry, 1000)
    }

    /// With a budget of so many requests in a minute.
    fn within(requests: usize, lines: impl IntoIterator<Item = Line>) -> Self {
        Self::set(lines, RetryPolicy::default(), requests)
    }

    fn set(lines: impl IntoIterator<Item = Line>, retry: RetryPolicy, requests: usize) -> Self {
        let clock: SharedClock = Arc::new(VirtualClock::default());
        let script = Script::new(clock.clone(), lines);
        let limiter = Limiter::new(Budget::per_minute(requests, 4).unwrap(), clock.clone());
        let credential = Credential::bearer(Secret::from("tok-5ecret")).unwrap();
        let http = HttpClient::builder(Arc::new(script.clone()), limiter, clock.clone(), &origin())
            .credential(credential)
            .hint(ErrorKind::Permission, "an older hint")
            .hint(ErrorKind::Permission, "give the key this right")
            .hint(ErrorKind::Decode, "never seen")
            .retry(retry)
            .build();
        Self {
            http,
            script,
            clock,
            meter: Meter::default(),
        }
    }

    fn call(&self, idempotency: Idempotency) -> Call {
        let url = "https://vendor.example/api?x=1".parse().unwrap();
        Call::post_json("listThings", &url, &["body"], idempotency).unwrap()
    }

    async fn send(&self, idempotency: Idempotency) -> Result<String> {
        let call = self.call(idempotency);
        self.http.send(&call, &self.meter, read).await
    }

    async fn read(&self) -> Result<String> {
        self.send(Idempotency::Idempotent).await
    }

    fn requests(&self) -> usize {
        self.script.heard().len()
    }
}

fn read(answer: &Answer<'_>) -> Result<String> {
    answer.require_success()?;
    answer.json()
}

fn fine() -> Line {
    Line::answer(200, "\"fine\"")
}

#[tokio::test(start_paused = true)]
async fn a_read_survives_what_passes() {
    let stage = Stage::new([
        Line::answer(503, "busy"),
        Line::failure(TransportErrorKind::Interrupted),
        Line::answer(200, "\"fi"),
        Line::failure(TransportErrorKind::Timeout),
        fine(),
    ]);
    assert_eq!(stage.read().await.unwrap(), "fine");
    let usage = stage.meter.read();
    assert_eq!((usage.requests, usage.retries), (5, 4));
}

#[tokio::test(start_paused = true)]
async fn a_write_of_unknown_outcome_is_sent_once() {
    for line in [
        Line::answer(500, ""),
        Line::answer(200, "\"cut"),
        Line::failure(TransportErrorKind::Timeout),
        Line::failure(TransportErrorKind::Interrupted),
    ] {
        let stage = Stage::new([line, fine()]);
        let error = stage.send(Idempotency::Once).await.unwrap_err();
        assert_eq!(error.retry(), RetryClass::OnlyIfIdempotent);
        assert_eq!(stage.requests(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_write_that_never_arrived_is_handed_back_and_not_sent_after_a_wait() {
    for line in [
        Line::failure(TransportErrorKind::Connect),
        Line::failure(TransportErrorKind::ConnectTimeout),
        Line::answer(429, ""),
        Line::answer(429, "").header("retry-after", "1"),
    ] {
        let stage = Stage::new([line, fine()]);
        let error = stage.send(Idempotency::Once).await.unwrap_err();
        assert_eq!(error.retry(), RetryClass::Safe);
        assert_eq!(stage.requests(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_write_whose_turn_comes_long_after_its_reading_is_not_sent() {
    let stage = Stage::within(2, [fine(), fine(), fine(), fine()]);
    stage.read().await.unwrap();
    stage.read().await.unwrap();
    let error = stage.send(Idempotency::Once).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.retry()),
        (ErrorKind::Timeout, RetryClass::Safe)
    );
    assert_eq!(stage.requests(), 2);
    // Now there is room to read and to write at once.
    let waited = stage.clock.elapsed();
    stage.read().await.unwrap();
    stage.send(Idempotency::Once).await.unwrap();
    assert_eq!(stage.clock.elapsed(), waited);
}

#[tokio::test(start_paused = true)]
async fn a_write_is_as_old_as_the_reading_it_is_dated_to() {
    for (seconds, sent) in [(5, 1), (6, 0)] {
        let stage = Stage::new([fine()]);
        let read_at = stage.clock.elapsed();
        stage.clock.sleep(Duration::from_secs(seconds)).await;
        let call = stage.call(Idempotency::Once).made_from_reading_at(read_at);
        let outcome = stage.http.send(&call, &stage.meter, read).await;
        assert_eq!(outcome.is_ok(), sent == 1);
        assert_eq!(stage.requests(), sent);
    }
}

#[tokio::test(start_paused = true)]
async fn a_pause_longer_than_patience_holds_back_every_caller_and_costs_them_no_time() {
    let hour = Duration::from_secs(3600);
    for idempotency in [Idempotency::Idempotent, Idempotency::Once] {
        for status in [429, 503] {
            let refused = Line::answer(status, "").header("retry-after", "3600");
            let stage = Stage::new([refused, fine()]);
            let error = stage.send(idempotency).await.unwrap_err();
            assert_eq!(error.retry_after(), Some(hour));
            for _ in 0..30 {
                let error = stage.send(Idempotency::Once).await.unwrap_err();
                assert_eq!(error.kind(), ErrorKind::RateLimited);
                assert_eq!(error.retry(), RetryClass::Exhausted);
                assert_eq!(error.retry_after(), Some(hour));
                assert!(error.hint().is_some() && error.to_string().contains("3600 seconds"));
            }
            assert_eq!(
                (stage.requests(), stage.clock.elapsed()),
                (1, Duration::ZERO)
            );
            // What is left of it when patience is enough is waited for.
            stage
                .clock
                .sleep(hour - RetryPolicy::default().patience)
                .await;
            stage.read().await.unwrap();
            assert_eq!(stage.clock.elapsed(), hour);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn callers_in_the_queue_hear_of_a_pause_longer_than_patience_at_once() {
    let slow = Duration::from_secs(2);
    let refused = Line::answer(429, "")
        .header("retry-after", "3600")
        .after(slow);
    // The budget has one request: the others wait for their turn.
    let stage = Stage::within(1, [refused, fine()]);
    let callers = (0..5).map(|_| stage.read());
    for outcome in futures_util::future::join_all(callers).await {
        assert_eq!(outcome.unwrap_err().kind(), ErrorKind::RateLimited);
    }
    assert_eq!((stage.requests(), stage.clock.elapsed()), (1, slow));
}

#[tokio::test(start_paused = true)]
async fn a_caller_that_is_dropped_with_the_refusal_has_told_the_others() {
    let slow = Duration::from_secs(2);
    let refused = Line::answer(429, "")
        .header("retry-after", "30")
        .after(slow);
    let stage = Stage::new([refused, fine()]);
    // Dropped once the answer is there, while it waits for the pause to end.
    let gone = stage.clock.sleep(slow + Duration::from_millis(1));
    futures_util::future::select(Box::pin(stage.read()), gone).await;
    stage.read().await.unwrap();
    assert_eq!(stage.clock.elapsed(), slow + Duration::from_secs(30));
}

#[tokio::test(start_paused = true)]
async fn a_pause_for_ever_ends_after_a_day() {
    let refused = Line::answer(429, "").header("retry-after", "99999999999");
    let stage = Stage::new([refused, fine()]);
    stage.read().await.unwrap_err();
    stage.clock.sleep(Duration::from_secs(24 * 3600)).await;
    stage.read().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn what_cannot_get_better_is_not_repeated() {
    use ErrorKind as K;
    for (line, kind) in [
        (Line::answer(400, "no"), K::Vendor),
        (Line::answer(401, ""), K::Authentication),
        (Line::answer(403, ""), K::Permission),
        (Line::answer(404, ""), K::NotFound),
        (
            Line::answer(302, "").header("location", "https://evil.example/"),
            K::Vendor,
        ),
        (Line::failure(TransportErrorKind::Tls), K::Tls),
        (Line::failure(TransportErrorKind::TooLarge), K::Vendor),
    ] {
        let stage = Stage::new([line, fine()]);
        let error = stage.read().await.unwrap_err();
        assert_eq!(error.kind(), kind);
        assert_eq!(error.operation(), Some("listThings"));
        assert_eq!(stage.requests(), 1, "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_error_without_a_hint_gets_that_of_its_kind() {
    for (line, hint) in [
        (Line::answer(403, "no"), Some("give the key this right")),
        (Line::answer(404, ""), None),
    ] {
        let error = Stage::new([line]).read().await.unwrap_err();
        assert_eq!(error.hint(), hint, "{error}");
    }
    // One that has a hint of its own keeps it.
    let pages = std::iter::repeat_with(|| Line::answer(200, "<html>")).take(20);
    let error = Stage::new(pages).read().await.unwrap_err();
    assert!(error.hint().unwrap().starts_with("check the address"));
}

#[tokio::test(start_paused = true)]
async fn tries_end() {
    let stage = Stage::new(vec![Line::answer(500, "broken"); 20]);
    let error = stage.read().await.unwrap_err();
    assert_eq!(error.retry(), RetryClass::Exhausted);
    assert_eq!(error.status(), Some(500));
    assert_eq!(stage.requests(), 5);
}

#[tokio::test(start_paused = true)]
async fn waits_between_tries_are_drawn_at_random_below_a_ceiling_that_doubles() {
    let stage = Stage::new(vec![Line::answer(500, "broken"); 5]);
    stage.read().await.unwrap_err();
    let at: Vec<Duration> = stage.script.heard().iter().map(|heard| heard.at).collect();
    let mut ceiling = RetryPolicy::default().base;
    for pair in at.windows(2) {
        // Drawn from a continuous range, neither end turns up.
        let wait = pair[1] - pair[0];
        assert!(wait > Duration::ZERO && wait < ceiling, "{at:?}");
        ceiling *= 2;
    }
    assert_eq!(stage.http.concurrency(), 4);
}

#[tokio::test(start_paused = true)]
async fn the_vendors_word_on_waiting_is_obeyed() {
    for (header, seconds) in [
        ("33", 33),
        ("Tue, 31 Mar 2026 12:00:40 GMT", 40),
        ("gibberish", 5),
    ] {
        let stage = Stage::new([Line::answer(429, "").header("retry-after", header), fine()]);
        stage.read().await.unwrap();
        assert_eq!(stage.clock.elapsed().as_secs(), seconds, "{header}");
        assert_eq!(stage.meter.read().rate_limited_waits, 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_refusal_stops_every_caller() {
    let slow = Duration::from_millis(10);
    let stage = Stage::new([
        Line::answer(429, "")
            .header("retry-after", "30")
            .after(slow),
        fine().after(slow),
        fine().after(slow),
    ]);
    let late = async {
        stage.clock.sleep(Duration::from_secs(1)).await;
        stage.read().await
    };
    let (first, second) = futures_util::join!(stage.read(), late);
    first.unwrap();
    second.unwrap();
    let later: Vec<_> = stage.script.heard()[1..]
        .iter()
        .map(|heard| heard.at)
        .collect();
    assert!(
        later.iter().all(|at| *at >= Duration::from_secs(30) + slow),
        "{later:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn patience_ends_with_the_vendors_reason() {
    let policy = RetryPolicy::default();
    let stage = Stage::new(vec![Line::answer(429, "slow down"); 200]);
    let error = stage.read().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RateLimited);
    assert_eq!(error.retry(), RetryClass::Exhausted);
    let spent = stage.clock.elapsed();
    assert!(spent <= policy.patience && spent > Duration::from_secs(5 * 60));
}

#[tokio::test(start_paused = true)]
async fn what_the_vendor_echoes_of_a_token_is_masked() {
    let stage = Stage::new([
        Line::answer(400, "token tok-5ecret is odd").header("x-request-id", "id-tok-5ecret-7")
    ]);
    let error = stage.read().await.unwrap_err();
    let shown = format!("{error} {error:?} {:?}", stage.http);
    assert!(shown.contains("[REDACTED] is odd"), "{shown}");
    assert!(!shown.contains("5ecret"), "{shown}");
}

#[tokio::test(start_paused = true)]
async fn every_request_carries_the_credential_and_names_the_client() {
    let stage = Stage::new([Line::answer(503, ""), fine()]);
    stage.read().await.unwrap();
    for heard in stage.script.heard() {
        let headers = heard.request.headers();
        assert_eq!(headers["authorization"], "Bearer tok-5ecret");
        assert!(headers["authorization"].is_sensitive());
        assert!(
            headers["user-agent"]
                .to_str()
                .unwrap()
                .starts_with("lmsync/")
        );
    }
}
