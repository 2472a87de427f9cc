//! The specification of the source.

use serde_json::{Value, json};

use crate::platform::form::form;

/// The specification: the form in which people configure the source, and what it can do.
pub(super) fn spec() -> Value {
    json!({
        "documentationUrl": "https://docs.rs/lmsync-cli",
        "supportsIncremental": true,
        "supported_destination_sync_modes": ["overwrite", "append", "append_dedup"],
        "connectionSpecification": form(),
    })
}
