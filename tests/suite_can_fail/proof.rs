//! What a proof is: a promise that holds, and does not hold once a flaw is in force.

use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;

use crate::flaw::{self, Flaw};

/// One `#[test]` per promise of a group: the subject, and each flaw that breaks the promise.
macro_rules! proofs {
    ($group:ident: $($promise:ident { $($subject:ident { $($what:literal: $flaw:expr),+ $(,)? })+ })+) => {
        /// The promises that are proven here.
        pub(crate) const PROVEN: &[&str] = &[
            $(concat!(stringify!($group), "::", stringify!($promise))),+
        ];

        $(
            #[test]
            fn $promise() {
                $(
                    let promise = || {
                        lmsync_testkit::conformance::run(
                            lmsync_testkit::conformance::$group::$promise::<
                                $crate::subjects::Flawed<$crate::subjects::$subject>,
                            >(),
                        );
                    };
                    $crate::proof::holds(promise);
                    $($crate::proof::is_broken(promise, $what, || $flaw);)+
                )+
            }
        )+
    };
}

thread_local! {
    /// Whether a panic of this thread is what is hoped for.
    static HOPED_FOR: Cell<bool> = const { Cell::new(false) };
    /// Where this thread panicked last.
    static PLACE: RefCell<String> = const { RefCell::new(String::new()) };
}

/// The promise holds without a flaw, or the test fails as the promise does.
pub(crate) fn holds(promise: fn()) {
    flaw::put_in_force(Flaw::default);
    promise();
}

/// The promise is broken by a connector with the flaw that is described by `what`, and
/// the suite itself says so.
pub(crate) fn is_broken(promise: fn(), what: &str, flaw: fn() -> Flaw) {
    flaw::put_in_force(flaw);
    assert!(panics(promise), "the promise holds although {what}");
    let place = PLACE.take();
    assert!(place.contains("conformance"), "{what}: panicked at {place}");
}

/// Whether `test` panics, which is hoped for and prints nothing.
pub(crate) fn panics(test: impl FnOnce()) -> bool {
    keep_hoped_for_panics_quiet();
    HOPED_FOR.set(true);
    let outcome = catch_unwind(AssertUnwindSafe(test));
    HOPED_FOR.set(false);
    outcome.is_err()
}

fn keep_hoped_for_panics_quiet() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let loud = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if HOPED_FOR.get() {
                let place = panic.location().map(ToString::to_string);
                PLACE.set(place.unwrap_or_default());
            } else {
                loud(panic);
            }
        }));
    });
}
