//! The vendor's schema as a gate, and what is known to be otherwise.

use std::sync::LazyLock;

use crate::gate::{Exception, Gate, OpenApi, Side};

/// The vendor's document, as far as the simulator goes: its calls, and all types that they refer to.
pub const SCHEMA: &str = include_str!("schema.json");

const NAMELESS: Exception = Exception {
    side: Side::Request,
    call: "PUT /customer_assets/{id}",
    place: "body",
    evidence: "CORROBORATED: the document requires `name`; a released runner and a warranty script send properties alone",
};
const PAGE_SIZE: Exception = Exception {
    side: Side::Request,
    call: "GET /customer_assets",
    place: "query per_page",
    evidence: "CLAIMED: documented for comments of tickets alone; several clients send it for assets, and one halves it after a 504",
};
const BLOCK_READ: Exception = Exception {
    side: Side::Answer,
    call: "GET /customer_assets/{id}",
    place: "200 body /asset/properties/kabuto_information…",
    evidence: "CORROBORATED: the block is a property like any other, in no document; it is what was last sent",
};
const BLOCK_SENT: Exception = Exception {
    call: "PUT /customer_assets/{id}",
    ..BLOCK_READ
};

/// Holds requests and answers against the schema.
pub(super) static GATE: LazyLock<Gate> = LazyLock::new(|| {
    const KNOWN: &[Exception] = &[NAMELESS, PAGE_SIZE, BLOCK_READ, BLOCK_SENT];
    Gate::new(OpenApi::new(SCHEMA), KNOWN)
});
