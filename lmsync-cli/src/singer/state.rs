//! The state that an earlier reading left.

use std::collections::BTreeMap;
use std::path::Path;

use lmsync::{Error, Result};

use crate::platform::saved::SavedStream;
use crate::platform::settings::read_json;
use crate::platform::stream::PlatformStream;

/// The states of streams, as the bookmarks of one state.
pub(super) type States = BTreeMap<&'static str, SavedStream>;

/// The states in the file `path`; none where there is no file. What is of other streams or programs is left out,
/// and told.
///
/// # Errors
/// `config` when it cannot be read.
pub(super) fn read(path: Option<&Path>) -> Result<States> {
    let Some(path) = path else {
        return Ok(States::new());
    };
    let state = read_json(path)?;
    if !state.is_object() {
        return Err(Error::config(format!("{}: it is no state", path.display()))
            .with_hint("leave --state away to begin anew"));
    }
    // Some runners hand over the whole message, or its value.
    let value = state.get("value").unwrap_or(&state);
    let mut states = States::new();
    let bookmarks = value["bookmarks"].as_object();
    if bookmarks.is_none() && value.as_object().is_none_or(|it| !it.is_empty()) {
        tracing::warn!("the state has no bookmarks: new passes begin");
    }
    for (name, saved) in bookmarks.into_iter().flatten() {
        let known = PlatformStream::ALL.into_iter().find(|it| it.name() == name);
        match known {
            Some(stream) => {
                if let Some(saved) = SavedStream::read(name, saved) {
                    states.insert(stream.name(), saved);
                }
            }
            None => tracing::warn!(
                stream = name,
                "the state is of no stream of lmsync's, and left out"
            ),
        }
    }
    Ok(states)
}
