//! Records read back from a store.

use futures_util::stream::BoxStream;
use lmsync_core::model::Asset;
use lmsync_core::{Error, Result};
use serde_json::{Map, Value as Json};

use crate::column::{Column, Kind};
use crate::pass::AccountKey;
use crate::store::Store;

/// A store whose records can be read back.
pub trait ReadStore: Store {
    /// The assets that are not deleted, of `account` or of all accounts, as they were written;
    /// [`fetched_at`](lmsync_core::model::Source::fetched_at) is the start of the pass that met them last.
    fn assets(&self, account: Option<&AccountKey>) -> BoxStream<'static, Result<Asset>>;
}

/// The asset that a row's `cells` make, each with its column.
pub(crate) fn asset<'c>(cells: impl Iterator<Item = (&'c Column, Option<Json>)>) -> Result<Asset> {
    let mut record = Map::new();
    record.insert("record".to_owned(), "asset".into());
    for (column, cell) in cells {
        let Some(cell) = cell else { continue };
        let path = match (column.path, column.name) {
            ("", "connector") => "source.connector",
            ("", "instance") => "source.instance",
            ("", "vendor_id") => "source.vendor_id",
            ("", "last_seen_at") => "source.fetched_at",
            ("", _) => continue,
            (path, _) => path,
        };
        put(&mut record, path, cell);
    }
    serde_json::from_value(Json::Object(record))
        .map_err(|error| Error::store(format!("a row is no asset: {error}")))
}

fn put(object: &mut Map<String, Json>, path: &str, value: Json) {
    match path.split_once('.') {
        None => {
            object.insert(path.to_owned(), value);
        }
        Some((first, rest)) => {
            let inner = object
                .entry(first)
                .or_insert_with(|| Json::Object(Map::new()));
            if let Json::Object(inner) = inner {
                put(inner, rest, value);
            }
        }
    }
}

/// The JSON that a column of `kind` holds as `text`.
pub(crate) fn json_of(kind: Kind, text: String) -> Result<Json> {
    match kind {
        Kind::Json => serde_json::from_str(&text).map_err(|error| {
            Error::store(format!("a column of JSON holds something else: {error}"))
        }),
        _ => Ok(Json::String(text)),
    }
}
