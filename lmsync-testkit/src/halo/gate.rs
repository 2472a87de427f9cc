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

/// Holds requests and answers against the schema.
pub(super) static GATE: LazyLock<Gate> =
    LazyLock::new(|| Gate::new(OpenApi::new(SCHEMA), &[OLD_SIGN_IN]));
