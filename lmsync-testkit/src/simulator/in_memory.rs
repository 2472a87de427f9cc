//! A simulator in place of the network.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response, StatusCode, Uri};
use lmsync_core::SharedClock;
use lmsync_core::http::{Transport, TransportError};

use super::{Shared, Simulator};
use crate::gate::Watch;

/// A transport that asks a [`Simulator`] and never opens a socket.
///
/// Each answer takes the latency on the given clock, so with a clock that skips ahead hours pass
/// in milliseconds. Cloning shares simulator, counter and recording.
///
/// Dropping it panics where a request or an answer broke the simulator's [gate](Simulator::gate).
pub struct InMemory<S> {
    simulator: Shared<S>,
    clock: SharedClock,
    latency: Duration,
    log: Arc<Mutex<Log>>,
    watch: Watch,
}

/// A request that a transport was given.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// The method.
    pub method: Method,
    /// The whole address, host included.
    pub uri: Uri,
    /// All headers; credentials are in here.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
    /// When it was given, as elapsed time of the clock.
    pub started: Duration,
    /// When it was answered; `None` while it is under way, and for ever when the caller gave up.
    pub ended: Option<Duration>,
    /// The status of the answer.
    pub status: Option<StatusCode>,
}

#[derive(Default)]
struct Log {
    requests: u64,
    recording: bool,
    recorded: Vec<Recorded>,
}

impl<S: Simulator> InMemory<S> {
    /// Answers from `simulator`, at once.
    #[must_use]
    pub fn new(simulator: S, clock: SharedClock) -> Self {
        Self {
            simulator: Shared::new(simulator),
            clock,
            latency: Duration::ZERO,
            log: Arc::default(),
            watch: Watch::default(),
        }
    }

    /// Lets each answer take `latency`.
    #[must_use]
    pub fn with_latency(mut self, latency: Duration) -> Self {
        self.latency = latency;
        self
    }

    /// Records every request from now on. Off otherwise, so that memory stays flat.
    #[must_use]
    pub fn with_recording(self) -> Self {
        self.log(|log| log.recording = true);
        self
    }

    /// The simulator, to look at or to change.
    #[must_use]
    pub fn simulator(&self) -> &Shared<S> {
        &self.simulator
    }

    /// How many requests were sent, answered or not.
    #[must_use]
    pub fn requests(&self) -> u64 {
        self.log(|log| log.requests)
    }

    /// The requests recorded so far, in the order they were sent.
    #[must_use]
    pub fn recorded(&self) -> Vec<Recorded> {
        self.log(|log| log.recorded.clone())
    }

    fn log<R>(&self, act: impl FnOnce(&mut Log) -> R) -> R {
        act(&mut self.log.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Notes that `request` begins and returns its place in the recording.
    fn begin(&self, request: &Request<Bytes>) -> Option<usize> {
        let started = self.clock.elapsed();
        self.log(|log| {
            log.requests += 1;
            log.recording.then(|| {
                log.recorded.push(Recorded {
                    method: request.method().clone(),
                    uri: request.uri().clone(),
                    headers: request.headers().clone(),
                    body: request.body().clone(),
                    started,
                    ended: None,
                    status: None,
                });
                log.recorded.len() - 1
            })
        })
    }

    fn end(&self, place: Option<usize>, status: StatusCode) {
        let ended = self.clock.elapsed();
        self.log(|log| {
            if let Some(entry) = place.and_then(|place| log.recorded.get_mut(place)) {
                entry.ended = Some(ended);
                entry.status = Some(status);
            }
        });
    }
}

#[async_trait]
impl<S: Simulator> Transport for InMemory<S> {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let place = self.begin(&request);
        if !self.latency.is_zero() {
            self.clock.sleep(self.latency).await;
        }
        let now = self.clock.now();
        let response = self
            .simulator
            .with(|simulator| self.watch.respond(simulator, &request, now));
        self.end(place, response.status());
        Ok(response)
    }
}

impl<S> Clone for InMemory<S> {
    fn clone(&self) -> Self {
        Self {
            simulator: self.simulator.clone(),
            clock: Arc::clone(&self.clock),
            latency: self.latency,
            log: Arc::clone(&self.log),
            watch: self.watch.clone(),
        }
    }
}

impl<S> Drop for InMemory<S> {
    /// Tells what was found at the simulator's gate.
    fn drop(&mut self) {
        self.watch.require_nothing();
    }
}

impl<S> fmt::Debug for InMemory<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InMemory")
            .field("latency", &self.latency)
            .finish_non_exhaustive()
    }
}
