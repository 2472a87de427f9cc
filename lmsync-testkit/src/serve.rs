//! A simulator behind a real socket.

use std::fmt;
use std::io;
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, StatusCode, Uri};
use lmsync_core::{SharedClock, SystemClock};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Respond, ResponseTemplate};

use crate::gate::Watch;
use crate::simulator::{Shared, Simulator};

/// How a simulator is served.
#[derive(Debug, Clone)]
pub struct ServeOptions {
    /// The clock that tells the simulator the time.
    pub clock: SharedClock,
    /// How long each answer takes, in real time.
    pub delay: Duration,
}

impl Default for ServeOptions {
    /// The machine's own clock, and no delay.
    fn default() -> Self {
        Self {
            clock: Arc::new(SystemClock::new()),
            delay: Duration::ZERO,
        }
    }
}

/// A simulator on a loopback port of its own, until it is dropped, which panics where a request or an answer broke the
/// simulator's [gate](Simulator::gate).
pub struct SimulatorServer<S> {
    /// Taken when it is dropped.
    server: Option<MockServer>,
    uri: String,
    simulator: Shared<S>,
    requests: Arc<AtomicU64>,
    watch: Watch,
}

impl<S> SimulatorServer<S> {
    /// Its origin, such as `http://127.0.0.1:49152`.
    #[must_use]
    pub fn uri(&self) -> String {
        self.uri.clone()
    }

    /// The simulator, to look at or to change.
    #[must_use]
    pub fn simulator(&self) -> &Shared<S> {
        &self.simulator
    }

    /// How many requests arrived.
    #[must_use]
    pub fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }
}

impl<S> Drop for SimulatorServer<S> {
    /// Ends the server in a thread of its own: it waits for locks, and in a task that has done much it
    /// would wait for ever.
    fn drop(&mut self) {
        let server = self.server.take();
        // A panic in there is one about a test that is over.
        let _ = std::thread::spawn(move || drop(server)).join();
        self.watch.require_nothing();
    }
}

impl<S> fmt::Debug for SimulatorServer<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SimulatorServer")
            .field("uri", &self.uri())
            .finish_non_exhaustive()
    }
}

/// Serves `simulator` over plain HTTP on a free loopback port. Needs a tokio runtime.
///
/// # Errors
/// When no loopback port can be opened.
pub async fn serve<S: Simulator>(
    simulator: S,
    options: ServeOptions,
) -> io::Result<SimulatorServer<S>> {
    let simulator = Shared::new(simulator);
    let requests = Arc::new(AtomicU64::new(0));
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let server = MockServer::builder()
        .listener(listener)
        .disable_request_recording()
        .start()
        .await;
    let answering = Answering {
        simulator: simulator.clone(),
        options,
        requests: Arc::clone(&requests),
        watch: Watch::default(),
    };
    let watch = answering.watch.clone();
    server
        .register(Mock::given(any()).respond_with(answering))
        .await;
    Ok(SimulatorServer {
        uri: server.uri(),
        server: Some(server),
        simulator,
        requests,
        watch,
    })
}

/// Turns what came over the socket into a request of the simulator, and its answer back.
struct Answering<S> {
    simulator: Shared<S>,
    options: ServeOptions,
    requests: Arc<AtomicU64>,
    watch: Watch,
}

impl<S: Simulator> Respond for Answering<S> {
    fn respond(&self, request: &wiremock::Request) -> ResponseTemplate {
        self.requests.fetch_add(1, Ordering::Relaxed);
        let now = self.options.clock.now();
        let answer = received(request).map_or_else(
            || status_only(StatusCode::BAD_REQUEST),
            |request| {
                self.simulator
                    .with(|simulator| self.watch.respond(simulator, &request, now))
            },
        );
        template(answer).set_delay(self.options.delay)
    }
}

/// The request as a server sees it: the target is path and query, the host is a header.
fn received(request: &wiremock::Request) -> Option<Request<Bytes>> {
    let target = match request.url.query() {
        Some(query) => format!("{}?{query}", request.url.path()),
        None => request.url.path().to_owned(),
    };
    let mut received = Request::new(Bytes::copy_from_slice(&request.body));
    *received.method_mut() = request.method.clone();
    *received.uri_mut() = target.parse::<Uri>().ok()?;
    *received.headers_mut() = request.headers.clone();
    Some(received)
}

fn template(answer: Response<Bytes>) -> ResponseTemplate {
    let (parts, body) = answer.into_parts();
    let headers = parts.headers.iter();
    headers
        .fold(
            ResponseTemplate::new(parts.status),
            |template, (name, value)| template.append_header(name, value),
        )
        .set_body_bytes(body)
}

fn status_only(status: StatusCode) -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = status;
    response
}
