//! Transports that answer what an input says.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{Request, Response, header};
use lmsync::http::{Transport, TransportError, TransportErrorKind};
use lmsync_testkit::{InMemory, Simulator};

use crate::tamper::Tamper;

/// So many requests of one call are answered: a listing that goes on must end by the error.
pub(crate) const REQUESTS_PER_CALL: usize = 24;

/// A vendor without the gate of its schema: connectors go where its answers lead, and those are tampered with.
pub(crate) struct Tampered(pub(crate) Box<dyn Simulator>);

impl Simulator for Tampered {
    fn respond(&mut self, request: &Request<Bytes>, now: DateTime<Utc>) -> Response<Bytes> {
        self.0.respond(request, now)
    }
}

/// A vendor whose answers are tampered with.
pub(crate) struct Wire {
    vendor: InMemory<Tampered>,
    tamper: Tamper,
    seen: Mutex<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    requests: usize,
    sign_ins: usize,
    addresses: Vec<String>,
}

/// Shows nothing of the input, which may hold a credential.
impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Wire")
    }
}

impl Wire {
    pub(crate) fn new(vendor: InMemory<Tampered>, tamper: Tamper) -> Self {
        Self {
            vendor,
            tamper,
            seen: Mutex::default(),
        }
    }

    /// Whether the vendor says `text` of its own accord.
    pub(crate) fn says(&self, text: &str) -> bool {
        self.tamper.says(text)
    }

    /// Whether the vendor repeats `token` in its answers.
    pub(crate) fn repeats(&self, token: &str) -> bool {
        self.tamper.repeats(token)
    }

    /// Begins a call, and returns the addresses that the one before it sent requests to.
    pub(crate) fn next_call(&self) -> Vec<String> {
        std::mem::take(&mut *self.seen()).addresses
    }

    fn seen(&self) -> std::sync::MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the answer to `request` is tampered with; `None` when there is none.
    fn judge(&self, request: &Request<Bytes>) -> Option<bool> {
        let mut seen = self.seen();
        seen.addresses.push(request.uri().to_string());
        let (count, is_sign_in) = if request.uri().path().ends_with("/token") {
            (&mut seen.sign_ins, true)
        } else {
            (&mut seen.requests, false)
        };
        *count += 1;
        let tampered = match is_sign_in {
            true => self.tamper.of_sign_in(),
            false => self.tamper.of_request(*count),
        };
        (*count <= REQUESTS_PER_CALL).then_some(tampered)
    }
}

#[async_trait]
impl Transport for Wire {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let Some(tampered) = self.judge(&request) else {
            return Err(nobody());
        };
        let token = bearer(&request);
        let response = if tampered && self.tamper.is_in_between() {
            Response::default()
        } else {
            self.vendor.send(request).await?
        };
        Ok(if tampered {
            self.tamper.apply(response, token.as_deref())
        } else {
            response
        })
    }
}

/// Gives its answers in order, then nobody is there.
#[derive(Debug, Default)]
pub(crate) struct Replies(Mutex<VecDeque<Response<Bytes>>>, Mutex<Vec<String>>);

impl Replies {
    pub(crate) fn new(answers: impl IntoIterator<Item = Response<Bytes>>) -> Self {
        Self(Mutex::new(answers.into_iter().collect()), Mutex::default())
    }

    /// The addresses that requests were sent to.
    pub(crate) fn addresses(&self) -> Vec<String> {
        self.1
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

#[async_trait]
impl Transport for Replies {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let mut addresses = self.1.lock().unwrap_or_else(PoisonError::into_inner);
        addresses.push(request.uri().to_string());
        let mut answers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        answers.pop_front().ok_or_else(nobody)
    }
}

/// The token that lets `request` in.
fn bearer(request: &Request<Bytes>) -> Option<String> {
    let value = request.headers().get(header::AUTHORIZATION)?;
    Some(value.to_str().ok()?.strip_prefix("Bearer ")?.to_owned())
}

fn nobody() -> TransportError {
    TransportError::new(TransportErrorKind::Connect, "nobody is there")
}
