//! Faults, and answers by heart.

#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};
use lmsync_core::http::Transport;
use lmsync_testkit::conformance::run;
use lmsync_testkit::{Fault, FaultyTransport, Line, Script, VirtualClock};

const FINE: &str = "\"fine\"";

/// So many answers by heart, and a way there on which things can go wrong.
fn faulty(lines: usize) -> (FaultyTransport, Script) {
    let clock = Arc::new(VirtualClock::default());
    let script = Script::new(clock, vec![Line::answer(200, FINE); lines]);
    (FaultyTransport::new(Arc::new(script.clone())), script)
}

async fn ask(faults: &FaultyTransport, path: &str) -> Response<Bytes> {
    let request = Request::post(format!("https://vendor.example{path}"))
        .header("authorization", "Bearer canary")
        .body(Bytes::from_static(b"the body"))
        .unwrap();
    faults.send(request).await.unwrap()
}

#[test]
fn a_script_knows_what_is_left_of_it() {
    run(async {
        let (faults, script) = faulty(3);
        assert_eq!(script.left(), 3);
        assert_eq!(ask(&faults, "/a").await.body(), FINE);
        assert_eq!(script.left(), 2);
        assert_eq!(format!("{script:?}"), "Script { left: 2, .. }");
    });
}

#[test]
fn an_echo_is_an_error_that_holds_what_was_sent() {
    run(async {
        let (faults, _) = faulty(1);
        faults.inject(1, Fault::Echo(422));
        let answer = ask(&faults, "/a").await;
        assert_eq!(answer.status(), 422);
        assert_eq!(answer.headers()["x-request-id"], "Bearer canary");
        let body = String::from_utf8_lossy(answer.body());
        assert!(
            body.contains("Bearer canary") && body.contains("the body"),
            "{body}"
        );
        assert_eq!(ask(&faults, "/a").await.status(), 200);
    });
}

#[test]
fn a_fault_for_good_stays_with_what_was_asked() {
    run(async {
        let (faults, script) = faulty(9);
        faults.inject_for_good(2, Fault::status(500));
        assert_eq!(ask(&faults, "/a").await.status(), 200);
        for _ in 0..3 {
            assert_eq!(ask(&faults, "/b").await.status(), 500);
            assert_eq!(ask(&faults, "/a").await.status(), 200);
        }
        assert_eq!((faults.sent(), script.heard().len()), (7, 4));
        assert!(format!("{faults:?}").contains("sent: 7"));
    });
}
