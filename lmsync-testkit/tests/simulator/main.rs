//! A simulator in memory and behind a socket is one and the same.
#![allow(clippy::unwrap_used)]

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{Request, StatusCode};
use lmsync_core::Clock;
use lmsync_core::http::Transport;
use lmsync_testkit::fleet::{Fleet, FleetSpec};
use lmsync_testkit::superops::SuperOpsSimulator;
use lmsync_testkit::{InMemory, ServeOptions, Shared, Simulator, serve};

/// A clock that stands still but for its sleepers.
#[derive(Debug, Default)]
struct StepClock(Mutex<Duration>);

#[async_trait]
impl Clock for StepClock {
    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp(1_767_225_600, 0).unwrap() + self.elapsed()
    }

    fn elapsed(&self) -> Duration {
        *self.0.lock().unwrap()
    }

    async fn sleep(&self, duration: Duration) {
        *self.0.lock().unwrap() += duration;
    }
}

const BODY: &str =
    r#"{"query":"{ getAssetList(input: { pageSize: 50 }) { assets { assetId name client } } }"}"#;

fn simulator() -> SuperOpsSimulator {
    let now = StepClock::default().now();
    SuperOpsSimulator::new(Fleet::new(FleetSpec::new(120, now)))
}

fn request() -> Request<Bytes> {
    Request::post("https://api.superops.ai/msp")
        .header("CustomerSubDomain", "acmemsp")
        .header("Authorization", "Bearer simulated-superops-token")
        .header("Content-Type", "application/json")
        .body(Bytes::from_static(BODY.as_bytes()))
        .unwrap()
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.unwrap().block_on(future)
}

#[test]
fn in_memory_an_answer_takes_its_latency_and_is_counted() {
    let clock = Arc::new(StepClock::default());
    let transport = InMemory::new(simulator(), clock.clone())
        .with_latency(Duration::from_millis(150))
        .with_recording();
    for _ in 0..3 {
        let response = block_on(transport.clone().send(request())).unwrap();
        assert_eq!(response.status(), 200);
    }
    assert_eq!(clock.elapsed(), Duration::from_millis(450));
    assert_eq!(transport.requests(), 3);
    let recorded = transport.recorded();
    let second = &recorded[1];
    assert_eq!(second.uri.path(), "/msp");
    assert_eq!(second.body, BODY);
    assert_eq!(second.headers["customersubdomain"], "acmemsp");
    assert_eq!(second.started, Duration::from_millis(150));
    assert_eq!(second.ended, Some(Duration::from_millis(300)));
    assert_eq!(second.status, Some(StatusCode::OK));
}

#[test]
fn nothing_is_recorded_unless_asked_for() {
    let transport = InMemory::new(simulator(), Arc::new(StepClock::default()));
    block_on(transport.send(request())).unwrap();
    assert_eq!(transport.requests(), 1);
    assert!(transport.recorded().is_empty());
}

#[test]
fn a_request_that_nobody_waits_for_stays_without_an_end() {
    #[derive(Debug)]
    struct Stopped;
    #[async_trait]
    impl Clock for Stopped {
        fn now(&self) -> DateTime<Utc> {
            DateTime::UNIX_EPOCH
        }
        fn elapsed(&self) -> Duration {
            Duration::ZERO
        }
        async fn sleep(&self, _: Duration) {
            std::future::pending().await
        }
    }
    let transport = InMemory::new(simulator(), Arc::new(Stopped))
        .with_latency(Duration::from_secs(1))
        .with_recording();
    let mut sending = transport.send(request());
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    assert!(sending.as_mut().poll(&mut context).is_pending());
    drop(sending);
    assert_eq!(transport.requests(), 1);
    assert_eq!(transport.recorded()[0].ended, None);
}

#[test]
fn a_shared_simulator_can_be_changed_under_way() {
    let shared = Shared::new(simulator());
    let transport = InMemory::new(shared.clone(), Arc::new(StepClock::default()));
    shared.with(|simulator| simulator.replace_token("another"));
    let response = block_on(transport.send(request())).unwrap();
    assert_eq!(response.status(), 401);
}

#[test]
fn what_holds_a_simulator_is_shown_without_it() {
    let shared = Shared::new(simulator());
    assert_eq!(format!("{shared:?}"), "Shared { .. }");
    let transport = InMemory::new(shared, Arc::new(StepClock::default()));
    assert_eq!(format!("{transport:?}"), "InMemory { latency: 0ns, .. }");
}

#[test]
fn a_boxed_simulator_is_one_too() {
    let boxed: Box<dyn Simulator> = Box::new(simulator());
    let transport = InMemory::new(boxed, Arc::new(StepClock::default()));
    let expected = simulator().respond(&request(), StepClock::default().now());
    let response = block_on(transport.send(request())).unwrap();
    assert_eq!(response.body(), expected.body());
    assert!(!response.body().is_empty());
}

/// Status line and headers, and the body, that answer `text` at `address`.
fn exchange(address: &str, text: &str) -> (String, Vec<u8>) {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(text.as_bytes()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let end = answer
        .windows(4)
        .position(|part| part == b"\r\n\r\n")
        .unwrap();
    let body = answer.split_off(end + 4);
    (
        String::from_utf8(answer).unwrap().to_ascii_lowercase(),
        body,
    )
}

fn as_text(path: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
         CustomerSubDomain: acmemsp\r\nAuthorization: Bearer simulated-superops-token\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{BODY}",
        BODY.len()
    )
}

#[test]
fn a_socket_gives_the_same_status_headers_and_bytes() {
    let now = StepClock::default().now();
    let expected = simulator().respond(&request(), now);
    block_on(async {
        let options = ServeOptions {
            clock: Arc::new(StepClock::default()),
            ..ServeOptions::default()
        };
        let server = serve(simulator(), options).await.unwrap();
        let address = server.uri().replace("http://", "");
        assert!(format!("{server:?}").contains(&address));
        let asking = move || {
            let good = exchange(&address, &as_text("/msp"));
            let bad = exchange(&address, &as_text("/graphql?x=1"));
            // Longer than an address may be, once it is escaped.
            let unreadable = exchange(&address, &as_text(&format!("/{}", "{".repeat(30_000))));
            (good, bad, unreadable)
        };
        let (good, bad, unreadable) = tokio::task::spawn_blocking(asking).await.unwrap();
        assert!(good.0.starts_with("http/1.1 200 ok\r\n"), "{}", good.0);
        assert!(
            good.0
                .contains("content-type: application/json;charset=utf-8")
        );
        assert!(good.0.contains("server: nginx"));
        assert_eq!(good.1, expected.body().as_ref());
        assert!(bad.0.starts_with("http/1.1 404"));
        assert!(unreadable.0.starts_with("http/1.1 400"));
        assert_eq!(server.requests(), 3);
    });
}
