//! The asset that a row is, and the pass.

use lmsync_core::model::Asset;
use lmsync_core::{Error, Result};
use serde::Deserialize;

use crate::column::Column;
use crate::columns::PASS_COLUMNS;
use crate::ended_pass::EndedPass;
use crate::pass_id::PassId;
use crate::read::StoredAsset;
use crate::shape::Shape;

/// A row of the table of assets, as JSON text: one piece of memory goes from who reads it to who makes an asset
/// of it.
pub(crate) struct AssetRow(Vec<u8>);

impl AssetRow {
    /// The form of rows that have `columns`.
    pub(crate) fn shape(columns: &[Column]) -> Shape {
        let path = |column: &Column| match (column.path, column.name) {
            ("", "connector" | "instance" | "vendor_id") => {
                Some(format!("asset.source.{}", column.name))
            }
            ("", "last_seen_at") => Some("asset.source.fetched_at".to_owned()),
            ("", "first_seen_at" | "changed_at") => Some(column.name.to_owned()),
            ("", _) => None,
            (path, _) => Some(format!("asset.{path}")),
        };
        let shape = Shape::of(columns, path).with("asset.record", "\"asset\"");
        // No asset is without, though nobody may have asked for them.
        shape.with("asset.issues", "[]")
    }

    /// The row that `json` is, which has the form of [`shape`](Self::shape).
    pub(crate) fn new(json: Vec<u8>) -> Self {
        Self(json)
    }

    /// The asset that it is.
    pub(crate) fn read(&self) -> Result<StoredAsset> {
        #[derive(Deserialize)]
        struct Row {
            asset: Asset,
            first_seen_at: PassId,
            changed_at: PassId,
        }
        let row: Row = serde_json::from_slice(&self.0).map_err(|error| no("asset", &error))?;
        Ok(StoredAsset {
            asset: row.asset,
            first_seen: row.first_seen_at,
            changed: row.changed_at,
        })
    }
}

impl EndedPass {
    /// The form of rows of the table of passes.
    pub(crate) fn shape() -> Shape {
        Shape::of(PASS_COLUMNS, |column| Some(column.name.to_owned()))
    }

    /// The pass that the row `json` is, which has the form of [`shape`](Self::shape).
    pub(crate) fn read(json: &[u8]) -> Result<Self> {
        serde_json::from_slice(json).map_err(|error| no("pass", &error))
    }
}

fn no(what: &str, error: &serde_json::Error) -> Error {
    Error::store(format!("a row is no {what}: {error}"))
}
