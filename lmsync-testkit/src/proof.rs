//! Proofs that promises can fail.

// A proof that fails is a test that fails.
#![allow(clippy::missing_panics_doc)]

use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;

thread_local! {
    /// Set while a panic of this thread is what is hoped for.
    static HOPED_FOR: Cell<bool> = const { Cell::new(false) };
    /// The place where this thread panicked last.
    static PLACE: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Asserts that `promise` is broken by the flaw that is in force, which `what` describes, and that it is the
/// suite in the folder `suite` of this crate that says so, and not the flaw itself.
pub fn is_broken(promise: impl FnOnce(), suite: &str, what: &str) {
    assert!(panics(promise), "the promise holds although {what}");
    let place = PLACE.take();
    assert!(place.contains(suite), "{what}: panicked at {place}");
}

/// Tells whether `test` panics, which is hoped for and prints nothing.
pub fn panics(test: impl FnOnce()) -> bool {
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
