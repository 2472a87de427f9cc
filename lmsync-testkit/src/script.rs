//! A transport that answers by heart, for testing one request at a time.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use lmsync_core::SharedClock;
use lmsync_core::http::{Transport, TransportError, TransportErrorKind};

/// Answers with the lines it was given, in order; clones share them.
#[derive(Clone)]
pub struct Script {
    clock: SharedClock,
    lines: Arc<Mutex<Lines>>,
}

#[derive(Default)]
struct Lines {
    ahead: VecDeque<Line>,
    heard: Vec<Heard>,
}

/// What a script says next.
#[derive(Debug, Clone)]
pub struct Line {
    outcome: Result<Response<Bytes>, TransportError>,
    after: Duration,
}

/// A request that a script heard, and when on its clock.
#[derive(Debug, Clone)]
pub struct Heard {
    /// The request.
    pub request: Request<Bytes>,
    /// [`Clock::elapsed`](lmsync_core::Clock::elapsed) at its arrival.
    pub at: Duration,
}

impl Line {
    /// An answer of `status` with `body`.
    #[must_use]
    pub fn answer(status: u16, body: impl Into<Bytes>) -> Self {
        let mut response = Response::new(body.into());
        if let Ok(status) = http::StatusCode::from_u16(status) {
            *response.status_mut() = status;
        }
        Self {
            outcome: Ok(response),
            after: Duration::ZERO,
        }
    }

    /// No answer because of `kind`.
    #[must_use]
    pub fn failure(kind: TransportErrorKind) -> Self {
        Self {
            outcome: Err(TransportError::new(kind, "scripted")),
            after: Duration::ZERO,
        }
    }

    /// Adds a header to the answer.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: &'static str) -> Self {
        if let Ok(response) = &mut self.outcome {
            response
                .headers_mut()
                .insert(name, http::HeaderValue::from_static(value));
        }
        self
    }

    /// Lets the answer take `time`.
    #[must_use]
    pub fn after(mut self, time: Duration) -> Self {
        self.after = time;
        self
    }
}

impl Script {
    /// A script that says `lines`, then refuses connections.
    #[must_use]
    pub fn new(clock: SharedClock, lines: impl IntoIterator<Item = Line>) -> Self {
        let lines = Lines {
            ahead: lines.into_iter().collect(),
            heard: Vec::new(),
        };
        Self {
            clock,
            lines: Arc::new(Mutex::new(lines)),
        }
    }

    /// What was heard so far.
    #[must_use]
    pub fn heard(&self) -> Vec<Heard> {
        self.lines().heard.clone()
    }

    /// Lines not said yet.
    #[must_use]
    pub fn left(&self) -> usize {
        self.lines().ahead.len()
    }

    fn lines(&self) -> MutexGuard<'_, Lines> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn next(&self, request: Request<Bytes>) -> Line {
        let at = self.clock.elapsed();
        let mut lines = self.lines();
        lines.heard.push(Heard { request, at });
        lines
            .ahead
            .pop_front()
            .unwrap_or_else(|| Line::failure(TransportErrorKind::Connect))
    }
}

impl fmt::Debug for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Script")
            .field("left", &self.left())
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl Transport for Script {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let line = self.next(request);
        self.clock.sleep(line.after).await;
        line.outcome
    }
}
