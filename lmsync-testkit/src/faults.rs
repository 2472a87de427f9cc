//! What can go wrong between a connector and its vendor, made to happen.

mod distortion;
mod json;
mod mutation;
mod pointer;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::{Method, Request, Response, Uri, header};
use lmsync_core::SharedClock;
use lmsync_core::http::{Transport, TransportError, TransportErrorKind};
use serde_json::Value;

pub use self::distortion::Distortion;
pub use self::mutation::{Mutation, MutationKind};
pub use self::pointer::{PointerChange, PointerPlace};

/// One thing that goes wrong with one request.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// The request never arrives.
    Fail(TransportErrorKind),
    /// The vendor acts on the request, and the answer is lost.
    LoseAnswer,
    /// The vendor is asked, and this many bytes of its answer's body arrive. A refusal arrives
    /// whole: its status says all.
    Truncate(usize),
    /// The vendor is asked, and half of its answer's body arrives, unless it is a refusal.
    Halve,
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
    /// This status comes with all that the request carried, credentials included.
    Echo(u16),
    /// The vendor's answer arrives with a small change to its JSON.
    Mutate(Mutation),
    /// The vendor's answer arrives in a form that nobody documented.
    Distort(Distortion),
    /// The vendor's answer arrives with another cursor or link to the next page, in the place
    /// that was named with [`FaultyTransport::pointer_at`].
    Pointer(PointerChange),
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

/// How long a request takes beyond what the transport below it takes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Latency {
    /// On the way to the vendor.
    pub there: Duration,
    /// On the way back.
    pub back: Duration,
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
    harmed: usize,
    faults: BTreeMap<usize, Fault>,
    lasting: BTreeMap<usize, Fault>,
    spoilt: Vec<(Asked, Fault)>,
    always: Option<Fault>,
    actions: BTreeMap<usize, Vec<Action>>,
    pace: Option<Pace>,
    pointer_at: Option<PointerPlace>,
    /// The pointers that came, each with the number of its request.
    pointers: Vec<(usize, Value)>,
}

type Action = Box<dyn FnOnce() + Send>;

/// What makes two requests the same.
type Asked = (Method, Uri, Bytes);

type LatencyOf = dyn Fn(usize) -> Latency + Send + Sync;

#[derive(Clone)]
struct Pace {
    clock: SharedClock,
    latency: Arc<LatencyOf>,
}

impl Plan {
    /// What goes wrong with request `number`.
    fn fault(&mut self, number: usize, request: &Request<Bytes>) -> Option<Fault> {
        let asked = || {
            let body = request.body().clone();
            (request.method().clone(), request.uri().clone(), body)
        };
        if let Some(fault) = self.lasting.remove(&number) {
            self.spoilt.push((asked(), fault));
        }
        if let Some(fault) = self.faults.remove(&number) {
            return Some(fault);
        }
        let same = |(spoilt, _): &&(Asked, Fault)| *spoilt == asked();
        let lasting = self.spoilt.iter().find(same);
        let lasting = lasting.map(|(_, fault)| fault.clone());
        lasting.or_else(|| self.always.clone())
    }

    /// Remembers the pointer in an answer of the vendor's.
    fn note_pointer(&mut self, number: usize, answer: &Response<Bytes>) {
        let place = self.pointer_at.as_ref();
        if let Some(pointer) = place.and_then(|place| place.pointer(answer)) {
            self.pointers.push((number, pointer));
        }
    }

    /// `answer` from `home` with its pointer changed, where it holds one.
    fn change_pointer(
        &self,
        change: PointerChange,
        home: &Uri,
        answer: Response<Bytes>,
    ) -> Response<Bytes> {
        let Some(place) = &self.pointer_at else {
            return answer;
        };
        let before: Vec<Value> = self
            .pointers
            .iter()
            .map(|(_, value)| value.clone())
            .collect();
        let pointer = place.pointer(&answer);
        match pointer.and_then(|pointer| change.apply(&pointer, home, &before)) {
            Some(new) => place.replace(answer, &new),
            None => answer,
        }
    }
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

    /// Lets `fault` happen to request `number`, and to every later one that is the same.
    pub fn inject_for_good(&self, number: usize, fault: Fault) {
        self.plan().lasting.insert(number, fault);
    }

    /// Lets request `number` take `latency(number)` longer, by `clock`.
    pub fn slow_down(
        &self,
        clock: SharedClock,
        latency: impl Fn(usize) -> Latency + Send + Sync + 'static,
    ) {
        let latency = Arc::new(latency);
        self.plan().pace = Some(Pace { clock, latency });
    }

    /// Does `action` just before request `number` is sent on, such as changing the vendor's records.
    pub fn before(&self, number: usize, action: impl FnOnce() + Send + 'static) {
        let mut plan = self.plan();
        plan.actions
            .entry(number)
            .or_default()
            .push(Box::new(action));
    }

    /// Sets where answers have the cursor or link to the next page.
    pub fn pointer_at(&self, place: PointerPlace) {
        self.plan().pointer_at = Some(place);
    }

    /// The numbers of the requests whose answers had a cursor or link to a next page.
    #[must_use]
    pub fn pointers(&self) -> Vec<usize> {
        let plan = self.plan();
        plan.pointers.iter().map(|(number, _)| *number).collect()
    }

    /// Requests so far that went wrong: a fault that finds nothing to change does no harm.
    #[must_use]
    pub fn harmed(&self) -> usize {
        self.plan().harmed
    }

    /// Requests so far, those that went wrong included.
    #[must_use]
    pub fn sent(&self) -> usize {
        self.plan().sent
    }

    fn plan(&self) -> MutexGuard<'_, Plan> {
        self.plan.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a request; says which it is and what goes wrong with it.
    fn begin(&self, request: &Request<Bytes>) -> (usize, Option<Fault>) {
        let mut plan = self.plan();
        plan.sent += 1;
        let number = plan.sent;
        let actions = plan.actions.remove(&number);
        let fault = plan.fault(number, request);
        // The actions may look at this transport.
        drop(plan);
        for action in actions.into_iter().flatten() {
            action();
        }
        (number, fault)
    }

    async fn wait(&self, number: usize, way: impl Fn(Latency) -> Duration + Send) {
        let pace = self.plan().pace.clone();
        if let Some(pace) = pace {
            pace.clock.sleep(way((pace.latency)(number))).await;
        }
    }

    /// The vendor's own answer.
    async fn ask(
        &self,
        number: usize,
        request: Request<Bytes>,
    ) -> Result<Response<Bytes>, TransportError> {
        let answer = self.inner.send(request).await?;
        self.plan().note_pointer(number, &answer);
        Ok(answer)
    }

    /// The vendor's answer, changed; harm is done if that makes a difference.
    async fn ask_and_change(
        &self,
        number: usize,
        request: Request<Bytes>,
        change: impl FnOnce(Response<Bytes>) -> Response<Bytes> + Send,
    ) -> Result<Response<Bytes>, TransportError> {
        let answer = self.ask(number, request).await?;
        let before = (answer.headers().clone(), answer.body().clone());
        let changed = change(answer);
        if (changed.headers(), changed.body()) != (&before.0, &before.1) {
            self.plan().harmed += 1;
        }
        Ok(changed)
    }

    async fn meet(
        &self,
        number: usize,
        fault: Option<Fault>,
        request: Request<Bytes>,
    ) -> Result<Response<Bytes>, TransportError> {
        let cut = |answer: Response<Bytes>, bytes: usize| match answer.status().is_success() {
            true => answer.map(|body| body.slice(..bytes.min(body.len()))),
            false => answer,
        };
        let fault = match fault {
            None => return self.ask(number, request).await,
            Some(Fault::Truncate(bytes)) => {
                let change = |answer| cut(answer, bytes);
                return self.ask_and_change(number, request, change).await;
            }
            Some(Fault::Halve) => {
                let change = |answer: Response<Bytes>| {
                    let half = answer.body().len() / 2;
                    cut(answer, half)
                };
                return self.ask_and_change(number, request, change).await;
            }
            Some(Fault::Mutate(mutation)) => {
                let change = |answer| mutate(&mutation, answer);
                return self.ask_and_change(number, request, change).await;
            }
            Some(Fault::Distort(distortion)) => {
                let change = |answer: Response<Bytes>| answer.map(|body| distortion.apply(&body));
                return self.ask_and_change(number, request, change).await;
            }
            Some(Fault::Pointer(change)) => {
                let home = request.uri().clone();
                let change = |answer| self.plan().change_pointer(change, &home, answer);
                return self.ask_and_change(number, request, change).await;
            }
            Some(fault) => fault,
        };
        self.plan().harmed += 1;
        match fault {
            Fault::Fail(kind) => Err(TransportError::new(kind, "injected")),
            Fault::LoseAnswer => {
                self.inner.send(request).await?;
                Err(TransportError::new(
                    TransportErrorKind::Interrupted,
                    "injected",
                ))
            }
            Fault::Answer {
                status,
                headers,
                body,
            } => answer(status, &headers, body),
            Fault::Spoil(status) => {
                self.inner.send(request).await?;
                answer(status, &[], Bytes::new())
            }
            Fault::Echo(status) => echo(status, &request),
            _ => std::future::pending().await,
        }
    }
}

#[async_trait]
impl Transport for FaultyTransport {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let (number, fault) = self.begin(&request);
        self.wait(number, |latency| latency.there).await;
        let outcome = self.meet(number, fault, request).await;
        self.wait(number, |latency| latency.back).await;
        outcome
    }
}

fn mutate(mutation: &Mutation, mut answer: Response<Bytes>) -> Response<Bytes> {
    let body = mutation.apply(answer.body());
    if body != *answer.body() {
        answer.headers_mut().remove(header::CONTENT_LENGTH);
        *answer.body_mut() = body;
    }
    answer
}

/// `request` sent back, as an error of the vendor's with an id that tells too much.
fn echo(status: u16, request: &Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
    let values = request.headers().values();
    let mut carried: Vec<&[u8]> = values.map(http::HeaderValue::as_bytes).collect();
    let id = String::from_utf8_lossy(&carried.join(&b' ')).into_owned();
    carried.push(request.body());
    let text = String::from_utf8_lossy(&carried.join(&b' ')).into_owned();
    let error = serde_json::json!({ "error": format!("cannot take {text}") });
    let body = error.to_string().into();
    answer(status, &[("x-request-id", id)], body)
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
