//! The tap, told to people and to programs.

use serde_json::{Value, json};

use super::Format;
use crate::platform::form::form;
use crate::platform::stream::PlatformStream;

const DESCRIPTION: &str =
    "Assets, software and customers of SuperOps, Syncro, ConnectWise RMM and Halo.";

/// The abilities of the tap, in Singer's words.
const CAPABILITIES: [&str; 5] = ["about", "catalog", "discover", "properties", "state"];

/// Description of the tap in the form `format`.
pub(super) fn about(format: Format) -> String {
    match format {
        Format::Json => format!("{:#}\n", as_json()),
        Format::Text => as_text(),
    }
}

fn as_json() -> Value {
    json!({
        "name": "tap-lmsync",
        "description": DESCRIPTION,
        "version": env!("CARGO_PKG_VERSION"),
        "capabilities": CAPABILITIES,
        "settings": settings(),
    })
}

/// The form of a configuration, with what the tap alone has.
fn settings() -> Value {
    let mut form = form();
    form["properties"]["mirror_deletes"] = json!({
        "title": "Mirror deletions",
        "description": "Whether the target retires rows that a complete pass did not meet. A table then is one account's alone.",
        "type": "boolean",
        "default": false,
    });
    form
}

fn as_text() -> String {
    let settings = settings();
    let properties = settings["properties"].as_object();
    let properties = properties.into_iter().flatten().map(|(name, about)| {
        let about = about["description"].as_str().unwrap_or_default();
        format!("  {name}: {about}\n")
    });
    format!(
        "tap-lmsync {}\n{DESCRIPTION}\n\nCapabilities: {}\nStreams: {}\nSettings:\n{}",
        env!("CARGO_PKG_VERSION"),
        CAPABILITIES.join(", "),
        PlatformStream::ALL.map(PlatformStream::name).join(", "),
        properties.collect::<String>()
    )
}
