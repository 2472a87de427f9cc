//! States that an earlier reading left.

use std::collections::BTreeMap;
use std::path::Path;

use lmsync::{Error, Result};
use serde_json::Value;

use crate::platform::saved::SavedStream;
use crate::platform::settings::read_json;
use crate::platform::stream::PlatformStream;

/// The states in the file `path`, by stream. What is of other streams or programs is left out, and told.
///
/// # Errors
/// `config` when it is no list of states.
pub(super) fn read(path: &Path) -> Result<BTreeMap<&'static str, SavedStream>> {
    let wrong = || {
        Error::config(format!(
            "{}: it is no list of state messages",
            path.display()
        ))
        .with_hint("reset the connection's state, or leave --state away")
    };
    let mut states = BTreeMap::new();
    for message in read_json(path)?.as_array().ok_or_else(wrong)? {
        if !message.is_object() {
            return Err(wrong());
        }
        if let Some((name, saved)) = of_a_stream(message) {
            states.insert(name, saved);
        }
    }
    Ok(states)
}

/// The state of a stream that `message` is, whether or not it stands in its envelope.
fn of_a_stream(message: &Value) -> Option<(&'static str, SavedStream)> {
    let message = message.get("state").unwrap_or(message);
    let stream = &message["stream"];
    let name = stream["stream_descriptor"]["name"].as_str();
    let known = |name: &str| {
        PlatformStream::ALL
            .map(PlatformStream::name)
            .into_iter()
            .find(|it| *it == name)
    };
    let Some(name) = name.and_then(known) else {
        tracing::warn!("a state is of no stream of lmsync's, and left out");
        return None;
    };
    Some((name, SavedStream::read(name, &stream["stream_state"])?))
}
