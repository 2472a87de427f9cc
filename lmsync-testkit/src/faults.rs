//! What can go wrong between a connector and its vendor, made to happen.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response, header};
use lmsync_core::http::{Transport, TransportError, TransportErrorKind};

/// One thing that goes wrong with one request.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// The request never arrives.
    Fail(TransportErrorKind),
    /// The vendor acts on the request, and the answer is lost.
    LoseAnswer,
    /// The vendor is asked, and this many bytes of its answer's body arrive.
    Truncate(usize),
    /// Something in between answers in the vendor's place.
    Answer {
        /// The status.
        status: u16,
        /// Headers, by name.
        headers: Vec<(&'static str, String)>,
        /// The body.
        body: Bytes,
    },
    /// The vendor acts on the request, and this status comes in place of its answer.
    Spoil(u16),
    /// Nothing ever comes back.
    Hang,
}

impl Fault {
    /// An answer of `status` with an empty body.
    #[must_use]
    pub fn status(status: u16) -> Self {
        Self::Answer {
            status,
            headers: Vec::new(),
            body: Bytes::new(),
        }
    }

    /// An answer of `status` that asks to wait for `retry_after`.
    #[must_use]
    pub fn status_with_retry_after(status: u16, retry_after: impl Into<String>) -> Self {
        Self::Answer {
            status,
            headers: vec![("retry-after", retry_after.into())],
            body: Bytes::new(),
        }
    }

    /// A page for people with status 200: a proxy's sign-in.
    #[must_use]
    pub fn web_page() -> Self {
        Self::Answer {
            status: 200,
            headers: vec![("content-type", "text/html".to_owned())],
            body: Bytes::from_static(b"<!doctype html><html><body>Please sign in</body></html>"),
        }
    }

    /// A redirect to another host.
    #[must_use]
    pub fn redirect(location: impl Into<String>) -> Self {
        Self::Answer {
            status: 302,
            headers: vec![("location", location.into())],
            body: Bytes::new(),
        }
    }
}

/// A transport whose requests go wrong as planned; clones share the plan.
#[derive(Debug, Clone)]
pub struct FaultyTransport {
    inner: Arc<dyn Transport>,
    plan: Arc<Mutex<Plan>>,
}

#[derive(Default)]
struct Plan {
    sent: usize,
    faults: BTreeMap<usize, Fault>,
    always: Option<Fault>,
    actions: BTreeMap<usize, Box<dyn FnOnce() + Send>>,
}

impl fmt::Debug for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Plan")
            .field("sent", &self.sent)
            .field("faults", &self.faults)
            .field("always", &self.always)
            .finish_non_exhaustive()
    }
}

impl FaultyTransport {
    /// A transport over `inner` that does nothing wrong yet.
    #[must_use]
    pub fn new(inner: Arc<dyn Transport>) -> Self {
        Self {
            inner,
            plan: Arc::default(),
        }
    }

    /// Lets `fault` happen to request `number`, counted from 1 over the transport's life.
    #[must_use]
    pub fn with_fault(self, number: usize, fault: Fault) -> Self {
        self.inject(number, fault);
        self
    }

    /// Lets `fault` happen to request `number`, counted from 1 over the transport's life.
    pub fn inject(&self, number: usize, fault: Fault) {
        self.plan().faults.insert(number, fault);
    }

    /// Lets `fault` happen to every request that has no fault of its own.
    pub fn inject_always(&self, fault: Fault) {
        self.plan().always = Some(fault);
    }

    /// Does `action` just before request `number` is sent on, such as changing the vendor's records.
    pub fn before(&self, number: usize, action: impl FnOnce() + Send + 'static) {
        self.plan().actions.insert(number, Box::new(action));
    }

    /// Requests so far, those that went wrong included.
    #[must_use]
    pub fn sent(&self) -> usize {
        self.plan().sent
    }

    fn plan(&self) -> MutexGuard<'_, Plan> {
        self.plan.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn next_fault(&self) -> Option<Fault> {
        let mut plan = self.plan();
        plan.sent += 1;
        let number = plan.sent;
        let action = plan.actions.remove(&number);
        let fault = plan.faults.remove(&number).or_else(|| plan.always.clone());
        // The action may look at this transport.
        drop(plan);
        if let Some(action) = action {
            action();
        }
        fault
    }
}

#[async_trait]
impl Transport for FaultyTransport {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        match self.next_fault() {
            None => self.inner.send(request).await,
            Some(Fault::Fail(kind)) => Err(TransportError::new(kind, "injected")),
            Some(Fault::LoseAnswer) => {
                self.inner.send(request).await?;
                Err(TransportError::new(
                    TransportErrorKind::Interrupted,
                    "injected",
                ))
            }
            Some(Fault::Truncate(bytes)) => {
                let response = self.inner.send(request).await?;
                Ok(response.map(|body| body.slice(..bytes.min(body.len()))))
            }
            Some(Fault::Answer {
                status,
                headers,
                body,
            }) => answer(status, &headers, body),
            Some(Fault::Spoil(status)) => {
                self.inner.send(request).await?;
                answer(status, &[], Bytes::new())
            }
            Some(Fault::Hang) => std::future::pending().await,
        }
    }
}

fn answer(
    status: u16,
    headers: &[(&'static str, String)],
    body: Bytes,
) -> Result<Response<Bytes>, TransportError> {
    let mut response = Response::builder()
        .status(status)
        .header(header::CONTENT_LENGTH, body.len());
    for (name, value) in headers {
        response = response.header(*name, value);
    }
    response
        .body(body)
        .map_err(|error| TransportError::new(TransportErrorKind::Request, error.to_string()))
}
