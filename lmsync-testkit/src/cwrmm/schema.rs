//! The vendor's specification: the simulator answers by it, and is held against it.

use std::sync::LazyLock;

use serde_json::Value;

use crate::gate::{Exception, Gate, OpenApi, Side};

/// The OpenAPI document of the addresses that the simulator knows, with names and types alone.
///
/// They are of the vendor's own document, 2.2.8; what is from elsewhere says so in `x-evidence`.
pub const SCHEMA: &str = include_str!("schema.json");

/// Known to be otherwise than the specification says.
const EXCEPTIONS: &[Exception] = &[
    Exception {
        side: Side::Request,
        call: "",
        place: "header Origin",
        evidence: "CORROBORATED: required for devices, and no client sends it",
    },
    Exception {
        side: Side::Request,
        call: "",
        place: "header Host",
        evidence: "RFC 9110: what sends the request adds it, from the address",
    },
];

static GATE: LazyLock<Gate> = LazyLock::new(|| Gate::new(OpenApi::new(SCHEMA), EXCEPTIONS));

static DOCUMENT: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(SCHEMA).unwrap_or_default());

pub(super) fn gate() -> &'static Gate {
    &GATE
}

/// Says if each of `fields` is a member of one of these types.
pub(super) fn knows_fields(types: &[&str], fields: &[String]) -> bool {
    let is_member = |field: &String| {
        types.iter().any(|name| {
            let members = &DOCUMENT["components"]["schemas"][name]["properties"];
            members.get(field).is_some()
        })
    };
    fields.iter().all(is_member)
}
