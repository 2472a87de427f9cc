//! Records read back from a store.

use std::collections::BTreeMap;

use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use lmsync_core::model::Asset;
use lmsync_core::{Error, Result};
use serde::de::DeserializeOwned;

use crate::column::{Column, Kind};
use crate::pass::{AccountKey, PassId};
use crate::store::Store;

/// A store whose records can be read back.
pub trait ReadStore: Store {
    /// The assets that are not deleted, of `account` or of all accounts, as they were written, with what
    /// the store noted about them.
    fn stored_assets(
        &self,
        account: Option<&AccountKey>,
    ) -> BoxStream<'static, Result<StoredAsset>>;

    /// The same assets alone.
    fn assets(&self, account: Option<&AccountKey>) -> BoxStream<'static, Result<Asset>> {
        let stored = self.stored_assets(account);
        stored.map(|stored| Ok(stored?.asset)).boxed()
    }
}

/// An asset in a store.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct StoredAsset {
    /// The asset as it was written; [`fetched_at`](lmsync_core::model::Source::fetched_at) is the start of
    /// the pass that met it last.
    pub asset: Asset,
    /// The pass that met it first.
    pub first_seen: PassId,
    /// The pass in which it changed last, what moves by itself left aside.
    pub changed: PassId,
}

/// The asset that a row's `cells` make: each its column and its value as JSON text.
pub(crate) fn stored_asset<'c>(
    cells: impl Iterator<Item = (&'c Column, Option<String>)>,
) -> Result<StoredAsset> {
    let mut record = Object::default();
    record.put("record", "\"asset\"".to_owned());
    let (mut first_seen, mut changed) = (None, None);
    for (column, cell) in cells {
        let path = match (column.path, column.name) {
            ("", "connector") => "source.connector",
            ("", "instance") => "source.instance",
            ("", "vendor_id") => "source.vendor_id",
            ("", "last_seen_at") => "source.fetched_at",
            ("", "first_seen_at") => {
                first_seen = cell;
                continue;
            }
            ("", "changed_at") => {
                changed = cell;
                continue;
            }
            ("", _) => continue,
            (path, _) => path,
        };
        if let Some(cell) = cell {
            record.put(path, cell);
        }
    }
    let mut text = String::new();
    record.write(&mut text);
    Ok(StoredAsset {
        asset: read(&text)?,
        first_seen: read(&first_seen.unwrap_or_default())?,
        changed: read(&changed.unwrap_or_default())?,
    })
}

fn read<T: DeserializeOwned>(json: &str) -> Result<T> {
    serde_json::from_str(json).map_err(|error| Error::store(format!("a row is no asset: {error}")))
}

/// A JSON object of pieces of JSON text. They are not read, since a vendor's numbers may be beyond any
/// that is kept.
#[derive(Default)]
struct Object<'p>(BTreeMap<&'p str, Member<'p>>);

enum Member<'p> {
    Text(String),
    Object(Object<'p>),
}

impl<'p> Object<'p> {
    fn put(&mut self, path: &'p str, json: String) {
        let Some((first, rest)) = path.split_once('.') else {
            self.0.insert(path, Member::Text(json));
            return;
        };
        let member = self
            .0
            .entry(first)
            .or_insert_with(|| Member::Object(Object::default()));
        if let Member::Object(object) = member {
            object.put(rest, json);
        }
    }

    fn write(&self, text: &mut String) {
        let mut comma = '{';
        for (name, member) in &self.0 {
            text.push(comma);
            comma = ',';
            text.push('"');
            text.push_str(name);
            text.push_str("\":");
            match member {
                Member::Text(json) => text.push_str(json),
                Member::Object(object) => object.write(text),
            }
        }
        text.push('}');
    }
}

/// The JSON text of what a column of `kind` holds as `text`.
pub(crate) fn json_text(kind: Kind, text: &str) -> String {
    match kind {
        Kind::Json => text.to_owned(),
        // A text always has a JSON form.
        _ => serde_json::to_string(text).unwrap_or_default(),
    }
}
