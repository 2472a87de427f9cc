//! Faults, and answers by heart.

#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};
use lmsync_core::http::Transport;
use lmsync_testkit::conformance::run;
use lmsync_testkit::{
    Fault, FaultyTransport, Line, PointerChange, PointerPlace, Script, VirtualClock,
};

const FINE: &str = "\"fine\"";

/// So many answers by heart, and a way there on which things can go wrong.
fn faulty(lines: usize) -> (FaultyTransport, Script) {
    faulty_with(vec![Line::answer(200, FINE); lines])
}

fn faulty_with(lines: Vec<Line>) -> (FaultyTransport, Script) {
    let script = Script::new(Arc::new(VirtualClock::default()), lines);
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

#[test]
fn a_cut_harms_where_there_is_something_to_cut() {
    run(async {
        let (faults, _) = faulty_with(vec![
            Line::answer(200, FINE),
            Line::answer(200, ""),
            Line::answer(200, FINE),
        ]);
        faults.inject_always(Fault::Halve);
        assert_eq!(ask(&faults, "/a").await.body(), "\"fi");
        assert_eq!(faults.harmed(), 1);
        assert_eq!(ask(&faults, "/a").await.body(), "");
        assert_eq!(faults.harmed(), 1);
        faults.inject(3, Fault::status(500));
        assert_eq!(ask(&faults, "/a").await.status(), 500);
        assert_eq!(faults.harmed(), 2);
    });
}

#[test]
fn all_that_is_to_happen_before_a_request_does() {
    run(async {
        let (faults, _) = faulty(1);
        let (tell, told) = std::sync::mpsc::channel();
        for number in [1, 2] {
            let tell = tell.clone();
            faults.before(1, move || tell.send(number).unwrap());
        }
        ask(&faults, "/a").await;
        assert_eq!(told.try_iter().collect::<Vec<_>>(), [1, 2]);
    });
}

#[test]
fn a_pointer_repeats_or_leads_back_however_often_it_is_asked() {
    let page = |next: &str| Line::answer(200, format!(r#"{{"next":"{next}"}}"#));
    run(async {
        let pages = ["/b", "/c", "/d", "/d", ""];
        let (faults, _) = faulty_with(pages.map(page).to_vec());
        faults.pointer_at(PointerPlace::Body("/next".to_owned()));
        // The first has nothing to lead back to.
        faults.inject(1, Fault::Pointer(PointerChange::Back));
        faults.inject_for_good(3, Fault::Pointer(PointerChange::Repeat));
        faults.inject(5, Fault::Pointer(PointerChange::AnotherHost));
        let mut next = Vec::new();
        for path in ["/a", "/b", "/c", "/c", "/d"] {
            let answer = ask(&faults, path).await;
            next.push(String::from_utf8(answer.body().to_vec()).unwrap());
        }
        let read = ["/b", "/c", "/c", "/c", ""];
        assert_eq!(next, read.map(|next| format!(r#"{{"next":"{next}"}}"#)));
        assert_eq!(faults.pointers(), [1, 2, 3, 4]);
        assert_eq!(faults.harmed(), 2);
    });
}
