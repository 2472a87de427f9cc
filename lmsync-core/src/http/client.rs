//! The one loop that every request to a vendor goes through.

use std::fmt::Debug;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{HeaderValue, Request, Response, header};
use serde::de::DeserializeOwned;
use tracing::{Instrument, debug, info};

use super::answer::Answer;
use super::call::Call;
use super::endpoint::Endpoint;
use super::limit::{Limiter, Permit};
use super::meter::Meter;
use super::origins::Origins;
use super::redact::Redactor;
use super::retry::{Idempotency, Next, RetryPolicy, Tries};
use super::transport::Transport;
use crate::auth::{Authorizer, Credential, HeaderAuth};
use crate::clock::SharedClock;
use crate::error::{Error, ErrorKind, Result, RetryClass};
use crate::json::{Scalar, mend};
use crate::model::clean_id;
use crate::observe::{ObservedCall, Observer, Tried, WaitReason};

/// A write is not sent if the record was read longer ago: somebody may have edited it since.
const LONGEST_AGE: Duration = Duration::from_secs(5);
/// The most requests that read a record and write it.
const READ_AND_WRITE: usize = 4;

pub(crate) const USER_AGENT: &str = concat!("lmsync/", env!("CARGO_PKG_VERSION"));

/// A decoded answer, and when it was received.
///
/// Plain data: a value and its time.
#[derive(Debug, Clone)]
pub struct Received<T> {
    /// The answer.
    pub value: T,
    /// The moment when it was received.
    pub at: DateTime<Utc>,
}

impl<T> Received<T> {
    /// The answer, if it is about the record `id` that was asked for; `told` is the id in it.
    ///
    /// # Errors
    /// `vendor` when it is about another record or does not say: what is read here may be
    /// written to.
    pub fn about(self, id: &str, told: impl FnOnce(&T) -> &Scalar) -> Result<Self> {
        if told(&self.value).id() == clean_id(id) {
            return Ok(self);
        }
        let message = format!("the vendor was asked for {id} and sent another record");
        Err(Error::vendor(message).with_hint("report it to the vendor"))
    }
}

/// A function that makes something of an answer and keeps it.
type Interpret<'a> = dyn Fn(&Answer<'_>) -> Result<()> + Send + Sync + 'a;

/// Sends requests with credentials, within the budget, again where that is safe.
///
/// Per try: credential, permit of the limiter, transport, interpretation. A
/// refused credential is renewed once. A vendor that asks for a pause gets it from every
/// caller of the account; one for whom it is too long fails at once, with nothing sent.
/// Clones share everything.
#[derive(Debug, Clone)]
pub struct HttpClient {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    transport: Arc<dyn Transport>,
    limiter: Limiter,
    clock: SharedClock,
    origins: Origins,
    authorizer: Option<Arc<dyn Authorizer>>,
    hints: Vec<(ErrorKind, String)>,
    retry: RetryPolicy,
    redactor: Redactor,
    user_agent: HeaderValue,
    observer: Observer,
    jitter: Mutex<fastrand::Rng>,
}

/// The parts of an [`HttpClient`].
#[derive(Debug, Clone)]
pub struct HttpClientBuilder {
    transport: Arc<dyn Transport>,
    limiter: Limiter,
    clock: SharedClock,
    origins: Origins,
    authorizer: Option<Arc<dyn Authorizer>>,
    hints: Vec<(ErrorKind, String)>,
    retry: RetryPolicy,
    redactor: Redactor,
    user_agent: HeaderValue,
    observer: Observer,
}

impl HttpClientBuilder {
    /// Declares a further origin that requests, and with them credentials, may go to.
    #[must_use]
    pub fn origin(mut self, origin: &Endpoint) -> Self {
        self.origins.add(origin);
        self
    }

    /// Adds credentials from `authorizer` to every request.
    #[must_use]
    pub fn authorizer(mut self, authorizer: Arc<dyn Authorizer>) -> Self {
        self.authorizer = Some(authorizer);
        self
    }

    /// Sends `credential` with every request.
    #[must_use]
    pub fn credential(self, credential: Credential) -> Self {
        self.authorizer(Arc::new(HeaderAuth::new(credential)))
    }

    /// Says what the user does about errors of `kind` that come without a hint, in the vendor's
    /// own menu words; the last one said counts.
    #[must_use]
    pub fn hint(mut self, kind: ErrorKind, hint: impl Into<String>) -> Self {
        self.hints.push((kind, hint.into()));
        self
    }

    /// Replaces the default [`RetryPolicy`].
    #[must_use]
    pub fn retry(mut self, retry: RetryPolicy) -> Self {
        self.retry = retry;
        self
    }

    /// Masks further secrets in everything that the vendor sends back; clients of one
    /// account share theirs, so that each masks the credentials of the others.
    #[must_use]
    pub fn redactor(mut self, redactor: Redactor) -> Self {
        self.redactor = redactor;
        self
    }

    pub(crate) fn user_agent(mut self, user_agent: HeaderValue) -> Self {
        self.user_agent = user_agent;
        self
    }

    /// Tells `observer` of the requests.
    pub(crate) fn observer(mut self, observer: Observer) -> Self {
        self.observer = observer;
        self
    }

    /// The client.
    #[must_use]
    pub fn build(self) -> HttpClient {
        HttpClient {
            inner: Arc::new(Inner {
                transport: self.transport,
                limiter: self.limiter,
                clock: self.clock,
                origins: self.origins,
                authorizer: self.authorizer,
                hints: self.hints,
                retry: self.retry,
                redactor: self.redactor,
                user_agent: self.user_agent,
                observer: self.observer,
                jitter: Mutex::default(),
            }),
        }
    }
}

impl HttpClient {
    /// A client over `transport`, within `limiter`, on `clock`, that sends to `origin` only.
    ///
    /// [`Environment::client`](crate::Environment::client) has the first and the third.
    #[must_use]
    pub fn builder(
        transport: Arc<dyn Transport>,
        limiter: Limiter,
        clock: SharedClock,
        origin: &Endpoint,
    ) -> HttpClientBuilder {
        HttpClientBuilder {
            transport,
            limiter,
            clock,
            origins: Origins::of(origin),
            authorizer: None,
            hints: Vec::new(),
            retry: RetryPolicy::default(),
            redactor: Redactor::default(),
            user_agent: HeaderValue::from_static(USER_AGENT),
            observer: Observer::default(),
        }
    }

    /// The clock this client waits on.
    #[must_use]
    pub fn clock(&self) -> &SharedClock {
        &self.inner.clock
    }

    /// Most requests this client has in flight.
    #[must_use]
    pub fn concurrency(&self) -> usize {
        self.inner.limiter.concurrency()
    }

    /// Sends `call` and hands every answer to `interpret`, whose error decides
    /// what happens next: its kind and retry class drive waiting and repeating.
    ///
    /// # Errors
    /// `config` when the request leads to an origin that was not declared: nothing was sent.
    /// What `interpret` or the transport said last, when trying again is not
    /// safe or did not help.
    pub async fn send<T, F>(&self, call: &Call, meter: &Meter, interpret: F) -> Result<T>
    where
        T: Send,
        F: Fn(&Answer<'_>) -> Result<T> + Send + Sync,
    {
        let value = Mutex::new(None);
        let keep = |answer: &Answer<'_>| {
            let interpreted = interpret(answer)?;
            *value.lock().unwrap_or_else(PoisonError::into_inner) = Some(interpreted);
            Ok(())
        };
        self.send_and(call, meter, &keep).await?;
        let value = value.into_inner().unwrap_or_else(PoisonError::into_inner);
        value.ok_or_else(|| Error::decode("the answer was not interpreted"))
    }

    /// Sends `call` until `interpret`, which keeps what it makes of an answer, has taken one; once for all
    /// kinds of answers.
    async fn send_and(&self, call: &Call, meter: &Meter, interpret: &Interpret<'_>) -> Result<()> {
        let server = call.request.uri().host().unwrap_or_default();
        let method = call.request.method();
        let observer = &self.inner.observer;
        let mut observed = observer.call(call.operation, method, server);
        let span = observed.span();
        let sent = self.send_until_settled(call, meter, interpret, &mut observed);
        let outcome = sent.instrument(span).await;
        observed.ended(outcome.as_ref().err());
        outcome.map_err(|error| self.with_hint(error))
    }

    async fn send_until_settled(
        &self,
        call: &Call,
        meter: &Meter,
        interpret: &Interpret<'_>,
        observed: &mut ObservedCall<'_>,
    ) -> Result<()> {
        self.inner.origins.require(call)?;
        let clock = &self.inner.clock;
        let started = clock.elapsed();
        let mut tries = Tries::new(self.inner.retry, call.idempotency);
        let mut renewed = false;
        loop {
            let (credential, outcome) = self
                .try_once(call, meter, interpret, started, &tries, observed)
                .await?;
            let error = match outcome {
                Ok(()) => return Ok(()),
                Err(error) => error.with_operation(call.operation),
            };
            if error.kind() == ErrorKind::Authentication
                && !renewed
                && self.renew(credential.as_ref())
            {
                renewed = true;
                debug!("the credential was refused: another one is fetched");
            } else {
                let spent = clock.elapsed().saturating_sub(started);
                match tries.after(error, spent, self.draw()) {
                    Next::GiveUp(error) => return Err(error),
                    Next::Retry(wait) => {
                        clock.sleep(wait).await;
                        observed.waited(WaitReason::Retry, wait);
                    }
                    Next::AfterCoolDown => meter.rate_limited(),
                }
            }
            meter.retry();
            observed.again();
        }
    }

    /// The JSON that a GET of `url` is answered with.
    ///
    /// # Errors
    /// As [`send`](Self::send); what a status other than 2xx stands for, and `decode` when the
    /// answer is no such JSON.
    pub async fn get_json<T: DeserializeOwned + Send>(
        &self,
        operation: &'static str,
        url: &url::Url,
        meter: &Meter,
    ) -> Result<Received<T>> {
        let call = Call::get(operation, url)?;
        self.send(&call, meter, |answer| {
            answer.require_success()?;
            Ok(Received {
                value: answer.json()?,
                at: answer.received_at(),
            })
        })
        .await
    }

    /// The address of a link that the vendor sent in the answer to `page`, absolute or relative.
    ///
    /// # Errors
    /// `vendor` when it leads to an origin that this client was not made for, or is no address.
    pub fn next_link(&self, page: &url::Url, link: &str) -> Result<url::Url> {
        self.inner.origins.follow(page, link)
    }

    fn with_hint(&self, error: Error) -> Error {
        let mut hints = self.inner.hints.iter().rev();
        match hints.find(|(kind, _)| *kind == error.kind()) {
            Some((_, hint)) if error.hint().is_none() => error.with_hint(hint),
            _ => error,
        }
    }

    pub(crate) fn observer(&self) -> &Observer {
        &self.inner.observer
    }

    pub(crate) fn redactor(&self) -> &Redactor {
        &self.inner.redactor
    }

    /// Sends `call`, begun at `started`, once; the outer error is one that sending it again
    /// does not help.
    async fn try_once(
        &self,
        call: &Call,
        meter: &Meter,
        interpret: &Interpret<'_>,
        started: Duration,
        tries: &Tries,
        observed: &mut ObservedCall<'_>,
    ) -> Result<(Option<Credential>, Result<()>)> {
        let mut expired_once = false;
        loop {
            let credential = self.credential(meter).await?;
            let permit = self.permit(call, started, observed).await?;
            let is_expired = credential
                .as_ref()
                .is_some_and(|credential| credential.is_expired(self.inner.clock.elapsed()));
            // One that never lives long enough is sent all the same: the vendor may take it.
            if is_expired && !expired_once {
                expired_once = true;
                permit.give_back();
                continue;
            }
            meter.request();
            let request = self.prepare(call, credential.as_ref());
            let mut tried = Tried::of(&request);
            let sent_at = self.inner.clock.elapsed();
            let answer = self.inner.transport.send(request).await;
            tried.ended(&answer, self.inner.clock.elapsed().saturating_sub(sent_at));
            let outcome = match answer {
                Ok(response) => self.read(response, interpret),
                Err(error) => Err(error.into_error(observed.server)),
            };
            observed.tried(tried, outcome.as_ref().err());
            // Told before the next in the queue may start, and before anything is waited for: a
            // caller that gives up here has told it, too.
            let asked = outcome.as_ref().err();
            if let Some(wait) = asked.and_then(|error| tries.cool_down(error)) {
                info!(seconds = wait.as_secs_f64(), "the vendor wants a pause");
                self.inner.limiter.cool_down(wait);
            }
            drop(permit);
            return Ok((credential, outcome));
        }
    }

    /// Interprets `response`; where that fails and its JSON is written wrongly, mends it and
    /// interprets it once more.
    fn read(&self, mut response: Response<Bytes>, interpret: &Interpret<'_>) -> Result<()> {
        let now = self.inner.clock.now();
        let answer = |response: &Response<Bytes>| {
            let redactor = self.inner.redactor.clone();
            interpret(&Answer::new(response, redactor, now))
        };
        let outcome = answer(&response);
        let mended = match &outcome {
            Ok(_) => None,
            Err(_) => mend::answer(response.body()),
        };
        let Some(mended) = mended else {
            return outcome;
        };
        *response.body_mut() = mended.into();
        answer(&response)
    }

    /// The right to send `call`, begun at `started`.
    ///
    /// # Errors
    /// `rate_limited` when the vendor wants to be left alone for longer than patience lasts, and
    /// `timeout` when the turn of a write comes too late.
    async fn permit(
        &self,
        call: &Call,
        started: Duration,
        observed: &ObservedCall<'_>,
    ) -> Result<Permit> {
        let Inner { limiter, clock, .. } = self.inner.as_ref();
        let asked_at = clock.elapsed();
        let spent = asked_at.saturating_sub(started);
        let patience = self.inner.retry.patience.saturating_sub(spent);
        let reason = match limiter.is_cooling_down() {
            true => WaitReason::CoolDown,
            false => WaitReason::Budget,
        };
        let permit = limiter.acquire_within(patience).await;
        observed.waited(reason, clock.elapsed().saturating_sub(asked_at));
        let permit = permit.map_err(|wait| left_alone(wait).with_operation(call.operation))?;
        let read_at = call.read_at().unwrap_or(started);
        let age = clock.elapsed().saturating_sub(read_at);
        if call.idempotency == Idempotency::Once && age > LONGEST_AGE {
            permit.give_back();
            limiter.wait_for_room(READ_AND_WRITE, patience).await;
            return Err(too_late(age).with_operation(call.operation));
        }
        Ok(permit)
    }

    async fn credential(&self, meter: &Meter) -> Result<Option<Credential>> {
        let Some(authorizer) = &self.inner.authorizer else {
            return Ok(None);
        };
        let credential = authorizer.credential(meter).await?;
        for secret in credential.secrets() {
            self.inner.redactor.learn(secret);
        }
        Ok(Some(credential))
    }

    fn prepare(&self, call: &Call, credential: Option<&Credential>) -> Request<Bytes> {
        let mut request = call.request.clone();
        let headers = request.headers_mut();
        headers
            .entry(header::USER_AGENT)
            .or_insert_with(|| self.inner.user_agent.clone());
        if let Some(credential) = credential {
            credential.apply(headers);
        }
        request
    }

    fn renew(&self, refused: Option<&Credential>) -> bool {
        match (&self.inner.authorizer, refused) {
            (Some(authorizer), Some(refused)) => authorizer.renew(refused),
            _ => false,
        }
    }

    fn draw(&self) -> f64 {
        self.inner
            .jitter
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .f64()
    }
}

/// Nothing was sent: the vendor wants to be left alone for `wait`.
fn left_alone(wait: Duration) -> Error {
    let message = format!(
        "nothing was sent: the vendor wants no request of this account for another {} seconds",
        wait.as_secs_f64().ceil()
    );
    Error::new(ErrorKind::RateLimited, message)
        .with_retry(RetryClass::Exhausted)
        .with_retry_after(wait)
        .with_hint("try again after that; a lower `requests_per_minute` keeps it from happening")
}

/// Nothing was sent: the record was read `age` ago.
fn too_late(age: Duration) -> Error {
    let message = format!(
        "nothing was sent: the record was read {:.0} seconds ago and may be another by now",
        age.as_secs_f64()
    );
    Error::new(ErrorKind::Timeout, message)
        .with_retry(RetryClass::Safe)
        .with_hint("other requests of the account were before it; read again, then write")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_about_another_record_is_an_error() {
        let about = |json: &str| {
            let value: Scalar = serde_json::from_str(json).unwrap();
            let at = DateTime::UNIX_EPOCH;
            Received { value, at }.about("17", |told| told).is_ok()
        };
        assert!(about("17") && about("\" 17\""));
        for other in ["18", "\"\"", "null", "{}"] {
            assert!(!about(other), "{other}");
        }
    }
}
