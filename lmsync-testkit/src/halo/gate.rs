//! The vendor's schema as a gate, and what is known to be otherwise.

use std::sync::LazyLock;

use crate::gate::{Exception, Gate, OpenApi, Side};

/// The vendor's document, as far as the simulator goes: its calls, and all types that they refer to.
pub const SCHEMA: &str = include_str!("schema.json");

const OLD_SIGN_IN: Exception = Exception {
    side: Side::Request,
    call: "POST /token",
    place: "path",
    evidence: "CORROBORATED: clients sign in at `token` below what was pasted, and at `auth/token` where that is the site itself",
};
const ANSWERS: Exception = Exception {
    side: Side::Answer,
    call: "",
    place: "…",
    evidence: "Assumed: what a test told the simulator to answer",
};

/// Holds requests and answers against the schema.
pub(super) static WHOLE: LazyLock<Gate> =
    LazyLock::new(|| Gate::new(OpenApi::new(SCHEMA), &[OLD_SIGN_IN]));

/// Holds requests alone against it, while answers are what a test likes.
pub(super) static REQUESTS: LazyLock<Gate> =
    LazyLock::new(|| Gate::new(OpenApi::new(SCHEMA), &[OLD_SIGN_IN, ANSWERS]));
