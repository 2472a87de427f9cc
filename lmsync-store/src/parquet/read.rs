//! Records read back from Parquet files.

use std::path::Path;

use arrow_array::RecordBatch;
use async_trait::async_trait;
use futures_util::stream::{self, BoxStream, StreamExt};
use lmsync_core::Result;
use tokio::sync::mpsc::{self, Receiver, Sender};
use tokio::task::JoinHandle;

use super::cells::cell;
use super::error::damaged;
use super::folder::Folder;
use super::input::Input;
use super::work::broken_down;
use super::work::work;
use super::{ParquetStore, same_machine};
use crate::column::Column;
use crate::pass::AccountKey;
use crate::read::{ReadStore, StoredAsset, Wanted, stored_asset};
use crate::stream::StreamName;
use crate::value::Value;

/// So many assets are read ahead.
const AHEAD: usize = 256;

#[async_trait]
impl ReadStore for ParquetStore {
    fn read_assets(
        &self,
        account: Option<&AccountKey>,
        wanted: Wanted,
    ) -> BoxStream<'static, Result<StoredAsset>> {
        let (root, account) = (self.folder.clone(), account.cloned());
        let (sender, receiver) = mpsc::channel(AHEAD);
        let reading = tokio::task::spawn_blocking(move || {
            if let Err(error) = read(&root, account.as_ref(), &wanted.columns(), &sender) {
                // Nobody listens any more.
                let _ = sender.blocking_send(Err(error));
            }
        });
        stream::unfold(Some((receiver, reading)), next).boxed()
    }

    async fn replace_same_machine(&self, rows: Vec<Vec<Value<'static>>>) -> Result<()> {
        let root = self.folder.clone();
        work(move || same_machine::replace(&root, rows)).await
    }
}

type Reading = (Receiver<Result<StoredAsset>>, JoinHandle<()>);

/// The next asset. A reading that broke down is told, so that what came of it is not taken for all.
async fn next(reading: Option<Reading>) -> Option<(Result<StoredAsset>, Option<Reading>)> {
    let (mut receiver, reading) = reading?;
    match receiver.recv().await {
        Some(asset) => Some((asset, Some((receiver, reading)))),
        None => {
            let broken = reading.await.err()?;
            Some((Err(broken_down(&broken)), None))
        }
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
