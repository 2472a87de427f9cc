//! What vendors say of waiting, and the tokens they give.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{HeaderValue, Response, StatusCode, header};
use lmsync::auth::{AccessToken, Authorizer, TokenAuth, TokenSource};
use lmsync::http::{Answer, Budget, Call, Endpoint, HttpClient, Limiter, Meter, Redactor};
use lmsync::{Error, ErrorKind, Result, RetryClass, SharedClock};
use lmsync_testkit::VirtualClock;
use lmsync_testkit::conformance::run;

use crate::wire::Replies;
use crate::{assert_error_hides, assert_hides};

/// More sign-ins than one request can need.
const SIGN_INS: usize = 5;
/// What inputs hold where a token stands.
const CANARY: &str = "t0ken-canary";

/// `Retry-After`, read alone and obeyed by a client.
///
/// # Panics
/// When a promise is broken.
pub fn retry_after(data: &[u8]) {
    let Ok(value) = HeaderValue::from_bytes(data) else {
        return;
    };
    let throttled = reply(StatusCode::TOO_MANY_REQUESTS, Some(&value), b"");
    run(async {
        let clock: SharedClock = Arc::new(VirtualClock::default());
        let wait = read_wait(&throttled, &value, clock.now());
        obey(throttled, wait, clock).await;
    });
}

fn read_wait(
    throttled: &Response<Bytes>,
    value: &HeaderValue,
    now: DateTime<Utc>,
) -> Option<Duration> {
    let answer = Answer::new(throttled, Redactor::default(), now);
    let wait = answer.retry_after();
    let text = value.to_str().unwrap_or_default().trim();
    if let Ok(seconds) = text.parse() {
        assert_eq!(wait, Some(Duration::from_secs(seconds)));
    } else if let Ok(date) = httpdate::parse_http_date(text) {
        let until: DateTime<Utc> = date.into();
        assert_eq!(wait, Some((until - now).to_std().unwrap_or_default()));
    } else {
        assert_eq!(wait, None);
    }
    assert_eq!(answer.error(ErrorKind::RateLimited, "").retry_after(), wait);
    wait
}

/// The refusal comes between a failure and a success, so that some time has passed.
async fn obey(throttled: Response<Bytes>, wait: Option<Duration>, clock: SharedClock) {
    let failed = reply(
        StatusCode::SERVICE_UNAVAILABLE,
        Some(&HeaderValue::from_static("2")),
        b"",
    );
    let replies = [failed, throttled, reply(StatusCode::OK, None, b"")];
    let sent = send(Replies::new(replies), &clock, None, |answer| {
        answer.require_success()
    })
    .await;
    let Ok(sent) = sent else {
        return;
    };
    match sent {
        Ok(()) => assert!(
            clock.elapsed() >= wait.unwrap_or_default(),
            "sent too early"
        ),
        Err(error) => {
            assert_eq!(error.retry(), RetryClass::Exhausted, "{error}");
            // A date has come nearer by what had passed when the vendor refused.
            let told = error.retry_after();
            let nearest = wait.map(|wait| wait.saturating_sub(clock.elapsed()));
            assert!((nearest..=wait).contains(&told), "{told:?} of {wait:?}");
        }
    }
}

/// A token answer, read alone and used by a client.
///
/// # Panics
/// When a promise is broken.
pub fn token(data: &[u8]) {
    let answer = reply(StatusCode::OK, None, data);
    run(async {
        let clock: SharedClock = Arc::new(VirtualClock::default());
        // Any moment but the clock's first, where sums of times cannot overflow.
        clock.sleep(Duration::from_secs(2)).await;
        let source = Arc::new(SignIn::new(answer));
        match source.read() {
            Ok(token) => assert_hides(&format!("{token:?}"), &[CANARY]),
            Err(error) => assert_error_hides(&error, &[CANARY]),
        }
        let auth = TokenAuth::new(source.clone(), clock.clone());
        let replies = Replies::new([reply(StatusCode::OK, None, b"")]);
        let authorizer = Some(Arc::new(auth.clone()) as Arc<dyn Authorizer>);
        let sent = send(replies, &clock, authorizer, |answer| {
            answer.require_success()
        })
        .await;
        if let Ok(Err(error)) = sent {
            assert_error_hides(&error, &[CANARY]);
        }
        let tried = source.tried.load(Ordering::Relaxed);
        assert!(tried <= SIGN_INS, "one request signs in without end");
        assert_hides(&format!("{auth:?}"), &[CANARY]);
    });
}

/// A sign-in that is always answered the same.
struct SignIn {
    answer: Response<Bytes>,
    tried: AtomicUsize,
}

impl SignIn {
    fn new(answer: Response<Bytes>) -> Self {
        Self {
            answer,
            tried: AtomicUsize::new(0),
        }
    }

    fn read(&self) -> Result<AccessToken> {
        let now = DateTime::UNIX_EPOCH;
        AccessToken::read(&Answer::new(&self.answer, Redactor::default(), now))
    }
}

/// Shows nothing of the answer.
impl fmt::Debug for SignIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SignIn")
    }
}

#[async_trait]
impl TokenSource for SignIn {
    async fn fetch(&self, _meter: &Meter) -> Result<AccessToken> {
        if self.tried.fetch_add(1, Ordering::Relaxed) >= SIGN_INS {
            return Err(Error::vendor("no more sign-ins"));
        }
        self.read()
    }
}

/// Sends one request; the outer error is one of setting up.
pub(crate) async fn send<T: Send>(
    replies: Replies,
    clock: &SharedClock,
    authorizer: Option<Arc<dyn Authorizer>>,
    interpret: impl Fn(&Answer<'_>) -> Result<T> + Send + Sync,
) -> Result<Result<T>> {
    let limiter = Limiter::new(Budget::per_minute(60, 4)?, clock.clone());
    let origin = Endpoint::parse("https://vendor.example")?;
    let mut client = HttpClient::builder(Arc::new(replies), limiter, clock.clone(), &origin);
    if let Some(authorizer) = authorizer {
        client = client.authorizer(authorizer);
    }
    let address = url::Url::parse("https://vendor.example/");
    let address = address.map_err(|error| Error::config(error.to_string()))?;
    let call = Call::get("read", &address)?;
    let meter = Meter::default();
    let client = client.build();
    Ok(client.send(&call, &meter, interpret).await)
}

fn reply(status: StatusCode, retry_after: Option<&HeaderValue>, body: &[u8]) -> Response<Bytes> {
    let mut response = Response::new(Bytes::copy_from_slice(body));
    *response.status_mut() = status;
    if let Some(value) = retry_after {
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, value.clone());
    }
    response
}
