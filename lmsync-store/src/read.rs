//! Records read back from a store.

use std::collections::BTreeMap;

use async_trait::async_trait;
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use lmsync_core::model::Asset;
use lmsync_core::{Error, Result};
use serde::de::DeserializeOwned;

use crate::column::{Column, Kind};
use crate::columns::columns;
use crate::pass::{AccountKey, PassId};
use crate::store::Store;
use crate::stream::StreamName;
use crate::value::Value;

/// A store whose records can be read back.
#[async_trait]
pub trait ReadStore: Store {
    /// The assets that are not deleted, of `account` or of all accounts, with as much of each as is
    /// `wanted`, and what the store noted about them.
    fn read_assets(
        &self,
        account: Option<&AccountKey>,
        wanted: Wanted,
    ) -> BoxStream<'static, Result<StoredAsset>>;

    /// Puts `rows` in the place of what the table `same_machine` holds, all or nothing: the values of
    /// its columns, in their order.
    ///
    /// # Errors
    /// `store` when they could not be written.
    async fn replace_same_machine(&self, rows: Vec<Vec<Value<'static>>>) -> Result<()>;

    /// The assets that are not deleted, of `account` or of all accounts, as they were written, with what
    /// the store noted about them.
    fn stored_assets(
        &self,
        account: Option<&AccountKey>,
    ) -> BoxStream<'static, Result<StoredAsset>> {
        self.read_assets(account, Wanted::All)
    }

    /// The same assets alone.
    fn assets(&self, account: Option<&AccountKey>) -> BoxStream<'static, Result<Asset>> {
        let stored = self.stored_assets(account);
        stored.map(|stored| Ok(stored?.asset)).boxed()
    }
}

/// How much of each asset is read back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Wanted {
    /// All that was written.
    All,
    /// As much as tells machines apart: names, numbers, customer and identity keys.
    Identity,
}

/// The columns of what tells machines apart, and those that no asset can be without.
const IDENTITY: [&str; 17] = [
    "connector",
    "instance",
    "vendor_id",
    "first_seen_at",
    "last_seen_at",
    "changed_at",
    "name",
    "customer_id",
    "kind",
    "virtualization",
    "manufacturer",
    "product_number",
    "serial_key",
    "serial_status",
    "hardware_uuid",
    "state",
    "identity",
];

impl Wanted {
    /// The columns to read.
    #[must_use]
    pub fn columns(self) -> Vec<Column> {
        let is_wanted = |column: &&Column| self == Self::All || IDENTITY.contains(&column.name);
        columns(StreamName::Assets)
            .iter()
            .filter(is_wanted)
            .copied()
            .collect()
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
    // No asset is without, though nobody may have asked for them.
    record.put("issues", "[]".to_owned());
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
