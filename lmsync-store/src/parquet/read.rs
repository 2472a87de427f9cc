//! Records read back from Parquet files.

use std::path::Path;
use std::sync::Arc;

use arrow_array::RecordBatch;
use async_trait::async_trait;
use futures_util::stream::{BoxStream, StreamExt};
use lmsync_core::Result;

use super::account::PASSES_TABLE;
use super::cells::push_cell;
use super::error::damaged;
use super::folder::Folder;
use super::input::Input;
use super::work::work;
use super::{ParquetStore, same_machine};
use crate::account_key::AccountKey;
use crate::ahead::{Rows, on_a_thread};
use crate::column::Column;
use crate::columns::PASS_COLUMNS;
use crate::ended_pass::EndedPass;
use crate::read::{ReadStore, StoredAsset, Wanted};
use crate::shape::Shape;
use crate::stored::AssetRow;
use crate::stream::StreamName;
use crate::value::Value;

#[async_trait]
impl ReadStore for ParquetStore {
    fn read_assets(
        &self,
        account: Option<&AccountKey>,
        wanted: Wanted,
    ) -> BoxStream<'static, Result<StoredAsset>> {
        let (root, account) = (self.folder.clone(), account.cloned());
        on_a_thread(move |found| read(&root, account.as_ref(), &wanted.columns(), found))
            .map(|row| {
                let InFile { path, row } = row?;
                row.read().map_err(|error| damaged(&path, error.message()))
            })
            .boxed()
    }

    async fn last_passes(&self) -> Result<Vec<EndedPass>> {
        let root = self.folder.clone();
        work(move || last_passes(&root)).await
    }

    async fn replace_same_machine(&self, rows: Vec<Vec<Value<'static>>>) -> Result<()> {
        let root = self.folder.clone();
        work(move || same_machine::replace(&root, rows)).await
    }
}

/// A row, and the file that has it.
struct InFile {
    path: Arc<Path>,
    row: AssetRow,
}

/// Hands every asset over, until nobody listens.
fn read(
    root: &Path,
    account: Option<&AccountKey>,
    columns: &[Column],
    found: &mut Rows<InFile>,
) -> Result<()> {
    let table = StreamName::Assets.as_str();
    let folders = match account {
        Some(account) => vec![Folder::of(root, table, account)],
        None => Folder::all(root, table)?,
    };
    let shape = AssetRow::shape(columns);
    for folder in folders {
        let Some((_, path)) = folder.newest()? else {
            continue;
        };
        let input = Input::open(&path)?;
        input.check_owner(table, account)?;
        let path: Arc<Path> = path.into();
        for batch in input.batches(columns, None)? {
            let batch = batch?;
            for row in 0..batch.num_rows() {
                let json = json_of(&batch, row, &shape);
                let json = json.map_err(|error| damaged(&path, error.message()))?;
                let (path, row) = (Arc::clone(&path), AssetRow::new(json));
                if !found.send(InFile { path, row }) {
                    return Ok(());
                }
            }
        }
    }
    Ok(())
}

/// The passes of the newest files.
fn last_passes(root: &Path) -> Result<Vec<EndedPass>> {
    let (shape, mut passes) = (EndedPass::shape(), Vec::new());
    for folder in Folder::all(root, PASSES_TABLE)? {
        for stream in StreamName::ALL {
            let folder = folder.clone().with_suffix(format!("-{stream}"));
            let Some((_, path)) = folder.newest()? else {
                continue;
            };
            let input = Input::open(&path)?;
            input.check_owner(PASSES_TABLE, None)?;
            for batch in input.batches(PASS_COLUMNS, None)? {
                let batch = batch?;
                for row in 0..batch.num_rows() {
                    let json = json_of(&batch, row, &shape);
                    let pass = json.and_then(|json| EndedPass::read(&json));
                    passes.push(pass.map_err(|error| damaged(&path, error.message()))?);
                }
            }
        }
    }
    Ok(passes)
}

/// The JSON of a row of `batch`, which has the columns of `shape`.
fn json_of(batch: &RecordBatch, row: usize, shape: &Shape) -> Result<Vec<u8>> {
    shape.json(|place, column, json| push_cell(json, batch.column(place), column.kind, row))
}
