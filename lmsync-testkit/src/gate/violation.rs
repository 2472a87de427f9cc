//! Something that breaks a schema.

use std::fmt;

/// The sender of what breaks the schema. A call has no third.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// The connector, in a request.
    Request,
    /// The simulator, in an answer.
    Answer,
}

/// Something that breaks a schema.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Violation {
    /// The sender.
    pub side: Side,
    /// The call, such as `GET /Asset/{id}`; method and path where the schema has no such call.
    pub call: String,
    /// The place, such as `query includedetails` or `body /assets/*/id`.
    pub place: String,
    /// The fault that is there.
    pub what: String,
}

impl Violation {
    /// Something wrong at `place` of what `side` sent in `call`.
    #[must_use]
    pub fn new(
        side: Side,
        call: impl Into<String>,
        place: impl Into<String>,
        what: impl Into<String>,
    ) -> Self {
        Self {
            side,
            call: call.into(),
            place: place.into(),
            what: what.into(),
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let side = match self.side {
            Side::Request => "request",
            Side::Answer => "answer",
        };
        let Self {
            call, place, what, ..
        } = self;
        write!(f, "{side} {call}: {place}: {what}")
    }
}
