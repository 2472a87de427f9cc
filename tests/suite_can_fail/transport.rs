//! Flaws of an HTTP stack.

use std::fmt;
use std::future::Future;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response, StatusCode, Uri};
use lmsync::http::{RetryPolicy, Transport, TransportError, TransportErrorKind};
use lmsync::{Environment, SharedClock};
use serde_json::Value;

use crate::flaw::Flaw;

pub(crate) type Answer = Result<Response<Bytes>, TransportError>;

/// The way to the vendor below the flaw.
#[derive(Clone)]
pub(crate) struct Wire {
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) clock: SharedClock,
}

impl Wire {
    pub(crate) async fn send(&self, request: Request<Bytes>) -> Answer {
        self.transport.send(request).await
    }
}

struct FlawedTransport<F> {
    wire: Wire,
    work: F,
}

impl<F> fmt::Debug for FlawedTransport<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FlawedTransport").finish_non_exhaustive()
    }
}

#[async_trait]
impl<F, W> Transport for FlawedTransport<F>
where
    F: Fn(Wire, Request<Bytes>) -> W + Send + Sync + 'static,
    W: Future<Output = Answer> + Send + 'static,
{
    async fn send(&self, request: Request<Bytes>) -> Answer {
        (self.work)(self.wire.clone(), request).await
    }
}

/// Runs on something else.
pub(crate) fn environment(
    change: impl Fn(Environment) -> Environment + Send + Sync + 'static,
) -> Flaw {
    Flaw {
        environment: Some(Arc::new(change)),
        ..Flaw::default()
    }
}

/// Sends requests in a way of its own.
pub(crate) fn send<F, W>(work: F) -> Flaw
where
    F: Fn(Wire, Request<Bytes>) -> W + Clone + Send + Sync + 'static,
    W: Future<Output = Answer> + Send + 'static,
{
    environment(move |mut environment| {
        let wire = Wire {
            transport: environment.transport,
            clock: environment.clock.clone(),
        };
        let work = work.clone();
        environment.transport = Arc::new(FlawedTransport { wire, work });
        environment
    })
}

/// Spoils what it sends.
pub(crate) fn request(edit: impl Fn(&mut Request<Bytes>) + Clone + Send + Sync + 'static) -> Flaw {
    send(move |wire, mut request| {
        edit(&mut request);
        async move { wire.send(request).await }
    })
}

/// Spoils what comes back from an address.
pub(crate) fn answer(
    edit: impl Fn(&Uri, Answer) -> Answer + Clone + Send + Sync + 'static,
) -> Flaw {
    send(move |wire, request| {
        let (edit, uri) = (edit.clone(), request.uri().clone());
        async move { edit(&uri, wire.send(request).await) }
    })
}

/// Takes one status for another.
pub(crate) fn status(from: u16, to: u16) -> Flaw {
    answer(move |_, answer| {
        answer.map(|mut answer| {
            if answer.status() == from {
                *answer.status_mut() = StatusCode::from_u16(to).expect("a status");
            }
            answer
        })
    })
}

/// Takes every failure for which `is_swallowed` for an account without records.
pub(crate) fn swallow(is_swallowed: fn(&Answer) -> bool) -> Flaw {
    answer(move |_, answer| {
        if is_swallowed(&answer) {
            Ok(no_rows())
        } else {
            answer
        }
    })
}

/// The answer of a Shelf without records.
pub(crate) fn no_rows() -> Response<Bytes> {
    Response::new(Bytes::from_static(br#"{"rows":[],"total":0}"#))
}

/// Whether there is no answer, or none that can be read.
pub(crate) fn is_failure(answer: &Answer) -> bool {
    let is_fine = |answer: &Response<Bytes>| {
        answer.status().is_success()
            && serde_json::from_slice::<serde::de::IgnoredAny>(answer.body()).is_ok()
    };
    !answer.as_ref().is_ok_and(is_fine)
}

/// Tries again in the transport, where nobody counts.
pub(crate) fn tries_again_unseen() -> Flaw {
    send(|wire, request| async move {
        for _ in 0..3 {
            let answer = wire.send(request.clone()).await;
            if !is_failure(&answer) {
                return answer;
            }
        }
        wire.send(request).await
    })
}

/// Takes one failure for another.
pub(crate) fn failure(from: TransportErrorKind, to: TransportErrorKind) -> Flaw {
    answer(move |_, answer| {
        answer.map_err(|error| match error.kind() {
            kind if kind == from => TransportError::new(to, "taken for another"),
            _ => error,
        })
    })
}

/// Takes failures of one status for an account without records.
pub(crate) fn swallow_status<const STATUS: u16>() -> Flaw {
    swallow(|answer| {
        answer
            .as_ref()
            .is_ok_and(|answer| answer.status() == STATUS)
    })
}

/// Spoils the JSON of answers that hold `text`.
pub(crate) fn json_with(
    text: &'static str,
    edit: impl Fn(&mut Value) + Clone + Send + Sync + 'static,
) -> Flaw {
    answer(move |_, answer| {
        answer.map(|answer| {
            answer.map(|body| match serde_json::from_slice(&body) {
                Ok(mut json) if String::from_utf8_lossy(&body).contains(text) => {
                    edit(&mut json);
                    json.to_string().into()
                }
                _ => body,
            })
        })
    })
}

/// Tries as `change` says.
pub(crate) fn retry(change: impl Fn(&mut RetryPolicy) + Send + Sync + 'static) -> Flaw {
    environment(move |mut environment| {
        change(&mut environment.retry);
        environment
    })
}

/// Gives up after the first try.
pub(crate) fn never_tries_again() -> Flaw {
    retry(|policy| *policy = RetryPolicy::never())
}
