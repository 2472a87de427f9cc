//! Streams that there are, and those that are to be read.

use std::path::Path;

use lmsync::{ConnectorInfo, Error, Result};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::platform::schema::schema;
use crate::platform::settings::read_json;
use crate::platform::stream::PlatformStream;

/// The catalogue of the account `info`.
pub(super) fn catalog(info: &ConnectorInfo) -> Value {
    let streams: Vec<Value> = PlatformStream::of(info).into_iter().map(stream).collect();
    json!({ "streams": streams })
}

fn stream(stream: PlatformStream) -> Value {
    let key: Vec<[&str; 1]> = stream.key().iter().map(|name| [*name]).collect();
    json!({
        "name": stream.name(),
        "json_schema": schema(stream),
        "supported_sync_modes": ["full_refresh", "incremental"],
        "source_defined_cursor": true,
        "default_cursor_field": [stream.cursor()],
        "source_defined_primary_key": key,
        "is_resumable": stream.is_resumable(),
    })
}

/// A stream that is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Selected {
    pub(super) stream: PlatformStream,
    pub(super) mode: SyncMode,
    /// The platform's job, which all its tries have in common.
    pub(super) sync_id: Option<i64>,
}

/// The way a stream is kept at the platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum SyncMode {
    /// Replaces what is there.
    FullRefresh,
    /// Adds rows, and replaces them by their key.
    Incremental,
}

#[derive(Debug, Deserialize)]
struct Configured {
    streams: Vec<ConfiguredStream>,
}

#[derive(Debug, Deserialize)]
struct ConfiguredStream {
    stream: Named,
    sync_mode: SyncMode,
    #[serde(default)]
    sync_id: Option<i64>,
    #[serde(default)]
    cursor_field: Option<Vec<String>>,
    #[serde(default)]
    primary_key: Option<Vec<Vec<String>>>,
}

#[derive(Debug, Deserialize)]
struct Named {
    name: String,
}

/// The streams of the account `info` that the configured catalogue `path` selects, the passes last.
///
/// # Errors
/// `config` when it is broken, selects nothing, or names what the account does not have.
pub(super) fn selected(path: &Path, info: &ConnectorInfo) -> Result<Vec<Selected>> {
    let wrong = |why: String| {
        Error::config(format!("the catalogue: {why}"))
            .with_hint("refresh the source's schema, and select its streams again")
    };
    let configured =
        Configured::deserialize(read_json(path)?).map_err(|it| wrong(it.to_string()))?;
    let known = PlatformStream::of(info);
    let mut selected: Vec<Selected> = Vec::new();
    for configured in configured.streams {
        let name = &configured.stream.name;
        let Some(stream) = known.iter().copied().find(|stream| stream.name() == name) else {
            return Err(wrong(format!(
                "there is no stream `{name}` in this account"
            )));
        };
        configured.expect_columns_of(stream).map_err(wrong)?;
        if selected.iter().any(|other| other.stream == stream) {
            return Err(wrong(format!("the stream `{name}` is selected twice")));
        }
        selected.push(Selected {
            stream,
            mode: configured.sync_mode,
            sync_id: configured.sync_id,
        });
    }
    if selected.is_empty() {
        return Err(wrong("no stream is selected".to_owned()));
    }
    selected.sort_by_key(|it| it.stream == PlatformStream::Passes);
    Ok(selected)
}

impl ConfiguredStream {
    /// Refuses a key or a cursor that is no column: the platform would find nothing there.
    fn expect_columns_of(&self, stream: PlatformStream) -> std::result::Result<(), String> {
        let columns = stream.columns();
        let is_known = |path: &[String]| match path {
            [name] => columns.iter().any(|column| column.name == name),
            _ => false,
        };
        let cursor = self.cursor_field.iter().filter(|path| !path.is_empty());
        let paths = cursor.chain(self.primary_key.iter().flatten());
        match paths.into_iter().find(|path| !is_known(path)) {
            None => Ok(()),
            Some(path) => Err(format!(
                "the stream `{}` has no column `{}`",
                stream.name(),
                path.join(".")
            )),
        }
    }
}
