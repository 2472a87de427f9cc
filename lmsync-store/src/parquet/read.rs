//! Records read back from Parquet files.

use std::path::Path;

use arrow_array::RecordBatch;
use async_trait::async_trait;
use futures_util::stream::BoxStream;
use lmsync_core::Result;
use tokio::sync::mpsc::Sender;

use super::cells::cell;
use super::error::damaged;
use super::folder::Folder;
use super::input::Input;
use super::work::work;
use super::{ParquetStore, same_machine};
use crate::account_key::AccountKey;
use crate::column::Column;
use crate::read::{ReadStore, StoredAsset, Wanted};
use crate::stored::stored_asset;
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

fn asset_of(batch: &RecordBatch, row: usize, columns: &[Column]) -> Result<StoredAsset> {
    let cells: Result<Vec<_>> = columns
        .iter()
        .zip(batch.columns())
        .map(|(column, cells)| Ok((column, cell(cells, column.kind, row)?)))
        .collect();
    stored_asset(cells?.into_iter())
}
