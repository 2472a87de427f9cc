//! Requests and answers held against the vendor's schema.
//!
//! A [`Simulator`] that has a [`Gate`] is watched wherever a connector speaks to it, in
//! [`InMemory`](crate::InMemory) and behind [`serve`](crate::serve()), in builds with debug assertions. What breaks the schema is told, all of it at once, by a panic when
//! the transport or the server is dropped, so that no test passes with it.

mod exception;
mod open_api;
mod schema_rules;
mod violation;
mod watch;

use std::fmt;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{Request, Response};

use crate::Simulator;

pub use self::exception::Exception;
pub use self::open_api::OpenApi;
pub use self::violation::{Side, Violation};
pub(crate) use self::watch::Watch;

/// A vendor's schema, as far as requests and answers can be held against it.
pub trait Schema: Send + Sync {
    /// The violations in `request`.
    fn request(&self, request: &Request<Bytes>) -> Vec<Violation>;

    /// The violations in the answer to `request`.
    fn answer(&self, request: &Request<Bytes>, answer: &Response<Bytes>) -> Vec<Violation>;
}

/// A vendor's schema, with the parts that are known to be otherwise.
pub struct Gate {
    schema: Box<dyn Schema>,
    exceptions: &'static [Exception],
}

impl Gate {
    /// Holds requests and answers against `schema`, but for `exceptions`.
    #[must_use]
    pub fn new(schema: impl Schema + 'static, exceptions: &'static [Exception]) -> Self {
        Self {
            schema: Box::new(schema),
            exceptions,
        }
    }

    /// Parts known to be otherwise than the schema says.
    #[must_use]
    pub fn exceptions(&self) -> &'static [Exception] {
        self.exceptions
    }

    /// The violations in `request`, but for exceptions.
    #[must_use]
    pub fn request(&self, request: &Request<Bytes>) -> Vec<Violation> {
        self.unknown(self.schema.request(request))
    }

    /// The violations in the answer to `request`, but for exceptions.
    #[must_use]
    pub fn answer(&self, request: &Request<Bytes>, answer: &Response<Bytes>) -> Vec<Violation> {
        self.unknown(self.schema.answer(request, answer))
    }

    fn unknown(&self, mut found: Vec<Violation>) -> Vec<Violation> {
        let is_known = |violation: &Violation| {
            let mut exceptions = self.exceptions.iter();
            exceptions.any(|exception| exception.is_about(violation))
        };
        found.retain(|violation| !is_known(violation));
        found
    }
}

/// The answer of `simulator` to `request`, which may be any request, and which the schema has.
///
/// # Panics
/// When the answer breaks the schema, unless the simulator is told to.
#[track_caller]
#[must_use]
pub fn answer_by_schema(
    simulator: &mut impl Simulator,
    request: &Request<Bytes>,
    now: DateTime<Utc>,
) -> Response<Bytes> {
    let keeps_to_it = simulator.answers_by_its_schema();
    let answer = simulator.respond(request, now);
    if let Some(gate) = simulator.gate().filter(|_| keeps_to_it) {
        assert_eq!(gate.answer(request, &answer), []);
    }
    answer
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gate")
            .field("exceptions", &self.exceptions)
            .finish_non_exhaustive()
    }
}
