//! What a proof is: a promise that holds, and does not hold once a flaw is in force.

use lmsync_testkit::proof::is_broken as is_broken_within;

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

/// The promise holds without a flaw, or the test fails as the promise does.
pub(crate) fn holds(promise: fn()) {
    flaw::put_in_force(Flaw::default);
    promise();
}

/// The promise is broken by a connector with the flaw that is described by `what`, and
/// the suite itself says so.
pub(crate) fn is_broken(promise: fn(), what: &str, flaw: fn() -> Flaw) {
    flaw::put_in_force(flaw);
    is_broken_within(promise, "conformance", what);
}
