//! The asset that a row is, and the pass.

use lmsync_core::{Error, Result};
use serde::de::DeserializeOwned;

use crate::column::{Column, Kind};
use crate::ended_pass::EndedPass;
use crate::object::Object;
use crate::read::StoredAsset;

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
    Ok(StoredAsset {
        asset: read(&record.text(), "asset")?,
        first_seen: read(&first_seen.unwrap_or_default(), "asset")?,
        changed: read(&changed.unwrap_or_default(), "asset")?,
    })
}

/// The pass that a row's `cells` make: each its column and its value as JSON text.
pub(crate) fn ended_pass<'c>(
    cells: impl Iterator<Item = (&'c Column, Option<String>)>,
) -> Result<EndedPass> {
    let mut pass = Object::default();
    for (column, cell) in cells {
        if let Some(cell) = cell {
            pass.put(column.name, cell);
        }
    }
    read(&pass.text(), "pass")
}

/// The value that `json` is, which is a part of `what` a row is.
fn read<T: DeserializeOwned>(json: &str, what: &str) -> Result<T> {
    serde_json::from_str(json).map_err(|error| Error::store(format!("a row is no {what}: {error}")))
}

/// The JSON text of what a column of `kind` holds as `text`.
pub(crate) fn json_text(kind: Kind, text: &str) -> String {
    match kind {
        Kind::Json => text.to_owned(),
        // A text always has a JSON form.
        _ => serde_json::to_string(text).unwrap_or_default(),
    }
}
