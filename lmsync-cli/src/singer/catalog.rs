//! Streams that there are, and those that are to be read.

use std::collections::BTreeSet;
use std::path::Path;

use lmsync::{ConnectorInfo, Error, Result};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::platform::schema::schema;
use crate::platform::settings::read_json;
use crate::platform::stream::PlatformStream;

/// The catalogue of the account `info`.
pub(super) fn catalog(info: &ConnectorInfo) -> Value {
    let streams: Vec<Value> = PlatformStream::of(info).into_iter().map(stream).collect();
    json!({ "streams": streams })
}

fn stream(stream: PlatformStream) -> Value {
    let mut metadata = vec![json!({
        "breadcrumb": [],
        "metadata": {
            "inclusion": "available",
            "selected-by-default": true,
            "table-key-properties": stream.key(),
            "forced-replication-method": "FULL_TABLE",
        },
    })];
    metadata.extend(stream.columns().iter().map(|column| {
        let inclusion = match is_automatic(stream, column.name) {
            true => "automatic",
            false => "available",
        };
        json!({
            "breadcrumb": ["properties", column.name],
            "metadata": { "inclusion": inclusion, "selected-by-default": true },
        })
    }));
    json!({
        "tap_stream_id": stream.name(),
        "stream": stream.name(),
        "schema": schema(stream),
        "key_properties": stream.key(),
        "metadata": metadata,
    })
}

/// Tells whether nobody can leave the column `name` out.
fn is_automatic(stream: PlatformStream, name: &str) -> bool {
    stream.key().contains(&name) || stream.cursor() == name
}

/// A stream that is to be read, and the columns that are not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Selected {
    pub(super) stream: PlatformStream,
    pub(super) left_out: BTreeSet<String>,
}

impl Selected {
    fn whole(stream: PlatformStream) -> Self {
        Self {
            stream,
            left_out: BTreeSet::new(),
        }
    }

    /// The schema of its rows.
    pub(super) fn schema(&self) -> Value {
        let mut schema = schema(self.stream);
        if let Some(properties) = schema["properties"].as_object_mut() {
            properties.retain(|name, _| !self.left_out.contains(name));
        }
        schema
    }
}

#[derive(Debug, Deserialize)]
struct Catalog {
    streams: Vec<CatalogStream>,
}

#[derive(Debug, Deserialize)]
struct CatalogStream {
    tap_stream_id: String,
    #[serde(default)]
    metadata: Vec<Metadata>,
    /// The place of the mark before there was metadata.
    #[serde(default)]
    selected: Option<bool>,
}

#[derive(Debug, Deserialize)]
struct Metadata {
    breadcrumb: Vec<String>,
    #[serde(default)]
    metadata: Map<String, Value>,
}

/// The streams of the account `info` that the catalogue `path` selects, the passes last; all, where there is
/// no catalogue.
///
/// # Errors
/// `config` when it is broken, selects nothing, or names what the account does not have.
pub(super) fn selected(path: Option<&Path>, info: &ConnectorInfo) -> Result<Vec<Selected>> {
    let known = PlatformStream::of(info);
    let Some(path) = path else {
        return Ok(known.into_iter().map(Selected::whole).collect());
    };
    let wrong = |why: String| {
        Error::config(format!("the catalogue: {why}"))
            .with_hint("make it anew with --discover, and select its streams again")
    };
    let catalog = Catalog::deserialize(read_json(path)?).map_err(|it| wrong(it.to_string()))?;
    let mut selected: Vec<Selected> = Vec::new();
    for entry in catalog.streams {
        let name = &entry.tap_stream_id;
        let Some(stream) = known.iter().copied().find(|stream| stream.name() == name) else {
            return Err(wrong(format!(
                "there is no stream `{name}` in this account"
            )));
        };
        if selected.iter().any(|other| other.stream == stream) {
            return Err(wrong(format!("the stream `{name}` stands there twice")));
        }
        if entry.is_selected() {
            let left_out = entry.left_out(stream);
            selected.push(Selected { stream, left_out });
        }
    }
    if selected.is_empty() {
        return Err(wrong("no stream is selected".to_owned()));
    }
    selected.sort_by_key(|it| it.stream == PlatformStream::Passes);
    Ok(selected)
}

impl CatalogStream {
    fn is_selected(&self) -> bool {
        let own = self.metadata.iter().find(|it| it.breadcrumb.is_empty());
        let by_metadata = own.and_then(Metadata::is_selected);
        self.selected.or(by_metadata).unwrap_or(false)
    }

    /// The columns of `stream` that are not selected.
    fn left_out(&self, stream: PlatformStream) -> BTreeSet<String> {
        let columns = self
            .metadata
            .iter()
            .filter_map(|it| match &it.breadcrumb[..] {
                [properties, name] if properties == "properties" => Some((it, name)),
                _ => None,
            });
        columns
            .filter(|(about, name)| {
                about.is_selected() == Some(false) && !is_automatic(stream, name)
            })
            .map(|(_, name)| name.clone())
            .collect()
    }
}

impl Metadata {
    /// Tells whether it is selected, where that is said at all.
    fn is_selected(&self) -> Option<bool> {
        let said = |key: &str| self.metadata.get(key).and_then(Value::as_bool);
        said("selected").or_else(|| said("selected-by-default"))
    }
}
