//! Records read back from Parquet files.

use std::path::Path;

use arrow_array::RecordBatch;
use async_trait::async_trait;
use futures_util::stream::BoxStream;
use lmsync_core::Result;
use tokio::sync::mpsc::Sender;

use super::account::PASSES_TABLE;
use super::cells::cell;
use super::error::damaged;
use super::folder::Folder;
use super::input::Input;
use super::work::work;
use super::{ParquetStore, same_machine};
use crate::account_key::AccountKey;
use crate::column::Column;
use crate::columns::PASS_COLUMNS;
use crate::ended_pass::EndedPass;
use crate::read::{ReadStore, StoredAsset, Wanted};
use crate::stored::{ended_pass, stored_asset};
use crate::stream::StreamName;
use crate::thread::on_a_thread;
use crate::value::Value;

#[async_trait]
impl ReadStore for ParquetStore {
    fn read_assets(
        &self,
        account: Option<&AccountKey>,
        wanted: Wanted,
    ) -> BoxStream<'static, Result<StoredAsset>> {
        let (root, account) = (self.folder.clone(), account.cloned());
        on_a_thread(move |sender| read(&root, account.as_ref(), &wanted.columns(), sender))
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

/// Sends every asset, until nobody listens.
fn read(
    root: &Path,
    account: Option<&AccountKey>,
    columns: &[Column],
    sender: &Sender<Result<StoredAsset>>,
) -> Result<()> {
    let table = StreamName::Assets.as_str();
    let folders = match account {
        Some(account) => vec![Folder::of(root, table, account)],
        None => Folder::all(root, table)?,
    };
    for folder in folders {
        let Some((_, path)) = folder.newest()? else {
            continue;
        };
        let input = Input::open(&path)?;
        input.check_owner(table, account)?;
        for batch in input.batches(columns, None)? {
            let batch = batch?;
            for row in 0..batch.num_rows() {
                let asset = asset_of(&batch, row, columns);
                let asset = asset.map_err(|error| damaged(&path, error.message()))?;
                if sender.blocking_send(Ok(asset)).is_err() {
                    return Ok(());
                }
            }
        }
    }
    Ok(())
}

/// The passes of the newest files.
fn last_passes(root: &Path) -> Result<Vec<EndedPass>> {
    let mut passes = Vec::new();
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
                    let pass = ended_pass(cells(&batch, row, PASS_COLUMNS)?.into_iter());
                    passes.push(pass.map_err(|error| damaged(&path, error.message()))?);
                }
            }
        }
    }
    Ok(passes)
}

fn asset_of(batch: &RecordBatch, row: usize, columns: &[Column]) -> Result<StoredAsset> {
    stored_asset(cells(batch, row, columns)?.into_iter())
}

/// The values of a row of `batch`, which has `columns`, as JSON texts.
fn cells<'c>(
    batch: &RecordBatch,
    row: usize,
    columns: &'c [Column],
) -> Result<Vec<(&'c Column, Option<String>)>> {
    let columns = columns.iter().zip(batch.columns());
    columns
        .map(|(column, cells)| Ok((column, cell(cells, column.kind, row)?)))
        .collect()
}
