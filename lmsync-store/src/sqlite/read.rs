//! Records read back from an SQLite file.

use std::path::Path;

use async_trait::async_trait;
use futures_util::stream::BoxStream;
use lmsync_core::{Error, Result};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row, TransactionBehavior, params_from_iter};
use tokio::sync::mpsc::Sender;

use super::SqliteStore;
use super::error::failed;
use super::open::open_to_read;
use super::rows::{Parameter, quoted};
use crate::account_key::AccountKey;
use crate::column::{Column, Kind};
use crate::columns::{PASS_COLUMNS, SAME_MACHINE_COLUMNS};
use crate::ended_pass::EndedPass;
use crate::journal::JournalStore;
use crate::read::{ReadStore, StoredAsset, Wanted};
use crate::stored::{ended_pass, json_text, stored_asset};
use crate::tables::{PASSES_TABLE, last_passes};
use crate::thread::on_a_thread;
use crate::value::Value;

#[async_trait]
impl ReadStore for SqliteStore {
    fn read_assets(
        &self,
        account: Option<&AccountKey>,
        wanted: Wanted,
    ) -> BoxStream<'static, Result<StoredAsset>> {
        let (path, account) = (self.path.clone(), account.cloned());
        on_a_thread(move |sender| read(&path, account.as_ref(), &wanted.columns(), sender))
    }

    async fn last_passes(&self) -> Result<Vec<EndedPass>> {
        Self::work(&self.connection, |connection| passes(connection)).await
    }

    fn journals(&self) -> Option<&dyn JournalStore> {
        Some(self)
    }

    async fn replace_same_machine(&self, rows: Vec<Vec<Value<'static>>>) -> Result<()> {
        Self::work(&self.connection, move |connection| {
            replace(connection, &rows).map_err(failed("writing what is one machine"))
        })
        .await
    }
}

fn replace(connection: &mut Connection, rows: &[Vec<Value<'static>>]) -> rusqlite::Result<()> {
    let work = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let names: Vec<String> = SAME_MACHINE_COLUMNS
        .iter()
        .map(|column| quoted(column.name))
        .collect();
    let places: Vec<String> = (1..=names.len()).map(|place| format!("?{place}")).collect();
    work.execute("DELETE FROM same_machine", [])?;
    {
        let mut insert = work.prepare(&format!(
            "INSERT INTO same_machine ({}) VALUES ({})",
            names.join(", "),
            places.join(", ")
        ))?;
        for row in rows {
            insert.execute(params_from_iter(row.iter().map(Parameter)))?;
        }
    }
    work.commit()
}

/// Sends every asset, until nobody listens.
fn read(
    path: &Path,
    account: Option<&AccountKey>,
    all: &[Column],
    sender: &Sender<Result<StoredAsset>>,
) -> Result<()> {
    let connection = open_to_read(path)?;
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

fn passes(connection: &Connection) -> Result<Vec<EndedPass>> {
    let names: Vec<String> = PASS_COLUMNS.iter().map(|it| quoted(it.name)).collect();
    let mut query = connection
        .prepare(&last_passes(&names, PASSES_TABLE))
        .map_err(failed("reading"))?;
    let mut rows = query.query([]).map_err(failed("reading"))?;
    let mut passes = Vec::new();
    while let Some(row) = rows.next().map_err(failed("reading"))? {
        passes.push(ended_pass(cells(row, PASS_COLUMNS)?.into_iter())?);
    }
    Ok(passes)
}

fn asset_of(row: &Row<'_>, all: &[Column]) -> Result<StoredAsset> {
    stored_asset(cells(row, all)?.into_iter())
}

/// The values of `row`, which has `columns`, as JSON texts.
fn cells<'c>(row: &Row<'_>, columns: &'c [Column]) -> Result<Vec<(&'c Column, Option<String>)>> {
    let columns = columns.iter().enumerate();
    columns
        .map(|(place, column)| Ok((column, cell(row, place, column)?)))
        .collect()
}

/// The value at `place` of `row`, as JSON text.
pub(super) fn cell(row: &Row<'_>, place: usize, column: &Column) -> Result<Option<String>> {
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
