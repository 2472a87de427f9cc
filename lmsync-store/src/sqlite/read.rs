//! Records read back from an SQLite file.

use std::path::Path;

use async_trait::async_trait;
use futures_util::stream::{BoxStream, StreamExt};
use lmsync_core::{Error, Result};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row, TransactionBehavior, params_from_iter};

use super::SqliteStore;
use super::error::failed;
use super::open::open_to_read;
use super::rows::{Parameter, quoted};
use crate::account_key::AccountKey;
use crate::ahead::{Rows, on_a_thread};
use crate::column::{Column, Kind};
use crate::columns::{PASS_COLUMNS, SAME_MACHINE_COLUMNS};
use crate::ended_pass::EndedPass;
use crate::journal::JournalStore;
use crate::read::{ReadStore, StoredAsset, Wanted};
use crate::shape::{Shape, push, push_text};
use crate::stored::AssetRow;
use crate::tables::{PASSES_TABLE, last_passes};
use crate::value::Value;

#[async_trait]
impl ReadStore for SqliteStore {
    fn read_assets(
        &self,
        account: Option<&AccountKey>,
        wanted: Wanted,
    ) -> BoxStream<'static, Result<StoredAsset>> {
        let (path, account) = (self.path.clone(), account.cloned());
        on_a_thread(move |found| read(&path, account.as_ref(), &wanted.columns(), found))
            .map(|row| row?.read())
            .boxed()
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

/// Hands every asset over, until nobody listens.
fn read(
    path: &Path,
    account: Option<&AccountKey>,
    all: &[Column],
    found: &mut Rows<AssetRow>,
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
    let shape = AssetRow::shape(all);
    while let Some(row) = rows.next().map_err(failed("reading"))? {
        if !found.send(AssetRow::new(json_of(row, &shape)?)) {
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
    let (shape, mut passes) = (EndedPass::shape(), Vec::new());
    while let Some(row) = rows.next().map_err(failed("reading"))? {
        passes.push(EndedPass::read(&json_of(row, &shape)?)?);
    }
    Ok(passes)
}

/// The JSON of `row`, which has the columns of `shape`.
pub(super) fn json_of(row: &Row<'_>, shape: &Shape) -> Result<Vec<u8>> {
    shape.json(|place, column, json| push_cell(json, row, place, column))
}

/// Appends the value at `place` of `row`, which is of `column`, to `json`; nothing where there is none.
fn push_cell(json: &mut Vec<u8>, row: &Row<'_>, place: usize, column: &Column) -> Result<bool> {
    let no_text = |_| Error::store(format!("the column {} is no text", column.name));
    match row.get_ref(place).map_err(failed("reading"))? {
        ValueRef::Null => return Ok(false),
        ValueRef::Integer(number) if column.kind == Kind::Boolean => {
            push(json, number != 0);
        }
        ValueRef::Integer(number) => push(json, number),
        ValueRef::Real(number) => push(json, number),
        ValueRef::Text(text) if column.kind == Kind::Json => json.extend_from_slice(text),
        ValueRef::Text(text) => push_text(json, str::from_utf8(text).map_err(no_text)?),
        ValueRef::Blob(_) => {
            let what = format!("the column {} holds bytes", column.name);
            return Err(Error::store(what));
        }
    }
    Ok(true)
}
