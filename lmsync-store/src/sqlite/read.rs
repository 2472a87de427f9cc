//! Records read back from an SQLite file.

use std::path::PathBuf;

use futures_util::stream::{self, BoxStream, StreamExt};
use lmsync_core::{Error, Result};
use rusqlite::types::ValueRef;
use rusqlite::{Row, params_from_iter};
use tokio::sync::mpsc::{self, Sender};

use super::SqliteStore;
use super::error::failed;
use super::open::open_to_read;
use super::rows::quoted;
use crate::column::{Column, Kind};
use crate::columns::columns;
use crate::pass::AccountKey;
use crate::read::{ReadStore, StoredAsset, json_text, stored_asset};
use crate::stream::StreamName;

/// So many assets are read ahead.
const AHEAD: usize = 256;

impl ReadStore for SqliteStore {
    fn stored_assets(
        &self,
        account: Option<&AccountKey>,
    ) -> BoxStream<'static, Result<StoredAsset>> {
        let (path, account) = (self.path.clone(), account.cloned());
        let (sender, receiver) = mpsc::channel(AHEAD);
        tokio::task::spawn_blocking(move || {
            if let Err(error) = read(&path, account.as_ref(), &sender) {
                // Nobody listens any more.
                let _ = sender.blocking_send(Err(error));
            }
        });
        stream::unfold(receiver, |mut receiver| async move {
            receiver.recv().await.map(|asset| (asset, receiver))
        })
        .boxed()
    }
}

/// Sends every asset, until nobody listens.
fn read(
    path: &PathBuf,
    account: Option<&AccountKey>,
    sender: &Sender<Result<StoredAsset>>,
) -> Result<()> {
    let connection = open_to_read(path)?;
    let all = columns(StreamName::Assets);
    let names: Vec<String> = all.iter().map(|column| quoted(column.name)).collect();
    let only = match account {
        Some(_) => " AND connector = ?1 AND instance = ?2",
        None => "",
    };
    let sql = format!(
        "SELECT {} FROM assets WHERE deleted_at IS NULL{only}",
        names.join(", ")
    );
    let mut query = connection.prepare(&sql).map_err(failed("reading"))?;
    let key = account
        .into_iter()
        .flat_map(|account| [&account.connector, &account.instance]);
    let mut rows = query
        .query(params_from_iter(key))
        .map_err(failed("reading"))?;
    while let Some(row) = rows.next().map_err(failed("reading"))? {
        if sender.blocking_send(Ok(asset_of(row, all)?)).is_err() {
            break;
        }
    }
    Ok(())
}

fn asset_of(row: &Row<'_>, all: &[Column]) -> Result<StoredAsset> {
    let cells: Result<Vec<_>> = all
        .iter()
        .enumerate()
        .map(|(place, column)| Ok((column, cell(row, place, column)?)))
        .collect();
    stored_asset(cells?.into_iter())
}

fn cell(row: &Row<'_>, place: usize, column: &Column) -> Result<Option<String>> {
    let value = row.get_ref(place).map_err(failed("reading"))?;
    Ok(match value {
        ValueRef::Null => None,
        ValueRef::Integer(number) if column.kind == Kind::Boolean => {
            Some((number != 0).to_string())
        }
        ValueRef::Integer(number) => Some(number.to_string()),
        ValueRef::Real(number) => Some(number.to_string()),
        ValueRef::Text(text) => {
            let text = std::str::from_utf8(text)
                .map_err(|_| Error::store(format!("the column {} is no text", column.name)))?;
            Some(json_text(column.kind, text))
        }
        ValueRef::Blob(_) => {
            return Err(Error::store(format!(
                "the column {} holds bytes",
                column.name
            )));
        }
    })
}
