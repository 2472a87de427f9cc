//! Proof that every promise of the conformance suite can fail.
//!
//! Each test takes a connector that keeps a promise, puts a flaw into it, and expects the
//! promise to be broken. A flaw is what a real connector may get wrong: its HTTP stack,
//! its paging, its mapping. A promise that says several things is broken in several ways.

// A test may panic; that is how it fails.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[macro_use]
mod proof;

mod calls;
mod flaw;
mod flawed;
mod pages;
mod subjects;
mod transport;
mod vendors;

mod auth;
mod cancel;
mod faults;
mod observe;
mod paging;
mod pointers;
mod read;
mod secrets;
mod shapes;
mod stage;
mod throttle;
mod two_way;
mod vendor;
mod wire;

#[path = "../../examples/own_connector/connector.rs"]
mod connector;
#[path = "../../examples/own_connector/dates.rs"]
mod dates;
#[path = "../../examples/own_connector/simulator.rs"]
mod simulator;

/// The names of the promises as `group::promise`.
macro_rules! names {
    ($($group:ident: [$($promise:ident),* $(,)?])*) => {
        [$($(concat!(stringify!($group), "::", stringify!($promise))),*),*]
    };
}

#[test]
fn every_promise_has_its_proof() {
    let promises = [
        &lmsync_testkit::conformance_promises!(names!())[..],
        &lmsync_testkit::conformance_pointers_promises!(names!()),
        &lmsync_testkit::conformance_two_way_promises!(names!()),
    ];
    let proofs = [
        read::PROVEN,
        paging::PROVEN,
        pointers::PROVEN,
        auth::PROVEN,
        throttle::PROVEN,
        faults::PROVEN,
        wire::PROVEN,
        shapes::PROVEN,
        secrets::PROVEN,
        cancel::PROVEN,
        observe::PROVEN,
        vendor::PROVEN,
        two_way::PROVEN,
    ];
    let (promises, proofs) = (promises.concat(), proofs.concat());
    let lacks = |names: &[&'static str], others: &[&'static str]| -> Vec<&'static str> {
        let mut missing = names.to_vec();
        missing.retain(|name| !others.contains(name));
        missing
    };
    assert_eq!(
        lacks(&promises, &proofs),
        [""; 0],
        "promises without a proof"
    );
    assert_eq!(
        lacks(&proofs, &promises),
        [""; 0],
        "proofs without a promise"
    );
}
