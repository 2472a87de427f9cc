//! Parts known to be otherwise than a schema says.

use super::violation::{Side, Violation};

/// Something known to be otherwise than a schema says.
///
/// Plain data: simulators list theirs as constants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exception {
    /// The sender.
    pub side: Side,
    /// The call, such as `GET /Asset/{id}`; empty for every call.
    pub call: &'static str,
    /// The place, as a [`Violation::place`]; one that ends in `…` stands for all that begin so.
    pub place: &'static str,
    /// The evidence that it is so.
    pub evidence: &'static str,
}

impl Exception {
    /// Tells whether `violation` is what the exception is about.
    #[must_use]
    pub fn is_about(&self, violation: &Violation) -> bool {
        let is_call = self.call.is_empty() || self.call == violation.call;
        let is_place = match self.place.strip_suffix('…') {
            Some(begin) => violation.place.starts_with(begin),
            None => violation.place == self.place,
        };
        self.side == violation.side && is_call && is_place
    }
}
