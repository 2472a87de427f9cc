//! The vendor's specification, as far as the simulator answers by it.

use std::sync::LazyLock;

use serde_json::Value;

/// The OpenAPI document of the addresses that the simulator knows. It has names and types of the
/// vendor's own, 2.2.8; what is not from there says so in `x-evidence`.
pub(super) const TEXT: &str = include_str!("schema.json");

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| serde_json::from_str(TEXT).unwrap_or_default());

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
