//! The promises of a warranty source, as tests that anyone can run.
//!
//! Implement [`WarrantySubject`] for a source and its simulated maker, and let
//! [`conformance_warranty!`](crate::conformance_warranty!) make one `#[test]` per promise:
//!
//! ```text
//! mod my_maker {
//!     lmsync_testkit::conformance_warranty!(super::MyMakerSubject);
//! }
//! ```
//!
//! Time is virtual, and each promise gets a maker of its own.

// A test may panic; that is how it fails.
#![allow(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic
)]

pub mod answers;
pub mod errors;
pub mod limits;
pub mod secrets;
mod stage;
pub mod tokens;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use lmsync_core::{Environment, Result};
use lmsync_warranty::{WarrantyQuery, WarrantySource};

use super::fleet::Truth;
use super::front::{MakerApi, MakerSimulator};
use crate::Simulator;

/// A source to be tested, with its simulated maker.
pub trait WarrantySubject: 'static {
    /// The simulator of its maker.
    type Maker: WarrantyMaker;
    /// The most requests that the maker needs for one batch, those for a token left out.
    const REQUESTS_OF_A_BATCH: usize = 1;

    /// A maker of `machines` machines, some of which it does not know, as of `now`.
    fn maker(machines: usize, now: DateTime<Utc>) -> Self::Maker;

    /// A source with the right key and the budget that the maker allows.
    ///
    /// # Errors
    /// Never, if it is to pass.
    fn connect(environment: &Environment) -> Result<Arc<dyn WarrantySource>>;

    /// The same source with `secret` in the place of the right secret.
    ///
    /// # Errors
    /// Never, if it is to pass.
    fn connect_with_secret(
        environment: &Environment,
        secret: &str,
    ) -> Result<Arc<dyn WarrantySource>>;

    /// The secrets of [`connect`](Self::connect), those that the maker hands out included, each of at
    /// least eight characters.
    fn secrets() -> Vec<String>;
}

/// A simulated maker, as far as the suite looks at it and changes it.
pub trait WarrantyMaker: Simulator {
    /// A query for each of its machines, those that it does not know included.
    fn queries(&self) -> Vec<WarrantyQuery>;

    /// The right finding of a lookup for the machine of `query`.
    fn truth(&self, query: &WarrantyQuery) -> Truth;

    /// Sends rows as `form` says from now on.
    fn send_rows(&mut self, form: RowForm);

    /// Leaves the machine with this serial number out of every answer.
    fn leave_out(&mut self, serial: &str);

    /// Refuses the next `requests` as too many.
    fn throttle_next(&mut self, requests: u32);

    /// Fails at the next `requests` that are let in.
    fn fail_next(&mut self, requests: u32);

    /// Takes the right to ask from the key.
    fn forbid(&mut self);

    /// Ends the key, and every token.
    fn end_key(&mut self);

    /// Ends every token.
    fn end_tokens(&mut self);

    /// The number of tokens given so far.
    fn tokens(&self) -> usize;

    /// Requests so far that named machines and were let in.
    fn lookups(&self) -> usize;

    /// Requests so far that were refused because of the budget.
    fn over_limit(&self) -> usize;

    /// Requests so far that were about more machines than the maker takes at once.
    fn oversized(&self) -> usize;
}

/// A form in which a maker may send the same rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RowForm {
    /// In another order.
    Turned,
    /// Each twice.
    Doubled,
    /// With rows of machines that nobody asked for.
    WithUnasked,
    /// With serial numbers in lower case.
    LowerCase,
}

impl<A: MakerApi> WarrantyMaker for MakerSimulator<A> {
    fn queries(&self) -> Vec<WarrantyQuery> {
        self.fleet().queries()
    }

    fn truth(&self, query: &WarrantyQuery) -> Truth {
        let machine = self.fleet().find(&query.serial);
        machine.expect("a machine of the maker").truth
    }

    fn send_rows(&mut self, form: RowForm) {
        let switches = self.switches();
        match form {
            RowForm::Turned => switches.turned = true,
            RowForm::Doubled => switches.doubled = true,
            RowForm::WithUnasked => switches.unasked = true,
            RowForm::LowerCase => switches.lower_case = true,
        }
    }

    fn leave_out(&mut self, serial: &str) {
        self.switches().left_out.insert(serial.to_owned());
    }

    fn throttle_next(&mut self, requests: u32) {
        self.switches().throttle_next = requests;
    }

    fn fail_next(&mut self, requests: u32) {
        self.switches().fail_next = requests;
    }

    fn forbid(&mut self) {
        self.switches().forbidden = true;
    }

    fn end_key(&mut self) {
        self.switches().key_refused = true;
        self.switches().echoes_secrets = true;
        self.revoke_tokens();
    }

    fn end_tokens(&mut self) {
        self.revoke_tokens();
    }

    fn tokens(&self) -> usize {
        self.minted()
    }

    fn lookups(&self) -> usize {
        Self::lookups(self)
    }

    fn over_limit(&self) -> usize {
        Self::over_limit(self)
    }

    fn oversized(&self) -> usize {
        Self::oversized(self)
    }
}

/// Makes one `#[test]` per promise for a
/// [`WarrantySubject`](crate::warranty::conformance::WarrantySubject).
#[macro_export]
macro_rules! conformance_warranty {
    ($subject:ty) => {
        type ConformanceWarranty = $subject;
        $crate::conformance_warranty_promises!(
            $crate::conformance_warranty_groups!(ConformanceWarranty:)
        );
    };
}

/// Makes one `#[test]` per promise about tokens, for a
/// [`WarrantySubject`](crate::warranty::conformance::WarrantySubject) whose maker gives some.
///
/// Stands beside [`conformance_warranty!`](crate::conformance_warranty!), in the same module.
#[macro_export]
macro_rules! conformance_warranty_tokens {
    ($subject:ty) => {
        type ConformanceWarrantyTokens = $subject;
        $crate::conformance_warranty_tokens_promises!(
            $crate::conformance_warranty_groups!(ConformanceWarrantyTokens:)
        );
    };
}

/// The promises about tokens, handed to a macro after what it is given.
#[macro_export]
macro_rules! conformance_warranty_tokens_promises {
    ($($name:ident)::+!($($given:tt)*)) => {
        $($name)::+! {
            $($given)*
            tokens: [
                a_token_that_ended_is_renewed,
            ]
        }
    };
}

/// The promises of warranty sources by group, handed to a macro after what it is given.
#[macro_export]
macro_rules! conformance_warranty_promises {
    ($($name:ident)::+!($($given:tt)*)) => {
        $($name)::+! {
            $($given)*
            answers: [
                every_machine_has_its_own_answer,
                every_query_has_one_answer,
                the_order_of_rows_does_not_matter,
                doubled_rows_change_nothing,
                rows_that_nobody_asked_for_change_nothing,
                letter_case_changes_nothing,
                a_machine_that_is_left_out_is_not_found,
                an_unknown_machine_is_not_found,
                nobody_is_asked_about_nothing,
                a_lookup_that_is_given_up_leaves_everything_usable,
            ]
            limits: [
                a_batch_takes_the_fewest_requests,
                no_batch_is_too_large,
                the_budget_is_never_exceeded,
                too_many_requests_are_waited_out,
            ]
            errors: [
                a_failure_is_told_and_never_not_found,
                what_cannot_be_read_is_told_and_never_not_found,
                a_lost_connection_is_told_and_never_not_found,
                a_passing_failure_is_asked_again,
                a_key_that_may_not_ask_is_denied,
                a_wrong_key_is_denied_with_advice,
            ]
            secrets: [
                no_debug_output_shows_a_secret,
                no_error_shows_a_secret,
                no_log_shows_a_secret,
            ]
        }
    };
}

/// One `#[test]` per promise.
#[doc(hidden)]
#[macro_export]
macro_rules! conformance_warranty_groups {
    ($subject:ident: $($group:ident: [$($promise:ident),+ $(,)?])+) => {$(
        mod $group {
            use super::$subject;

            $(
                #[test]
                fn $promise() {
                    $crate::conformance::run($crate::warranty::conformance::$group::$promise::<$subject>());
                }
            )+
        }
    )+};
}
