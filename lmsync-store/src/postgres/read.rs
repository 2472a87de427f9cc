//! Records read back from a PostgreSQL database.

use std::error::Error as StdError;
use std::pin::Pin;
use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use futures_util::stream::{self, BoxStream, StreamExt, TryStreamExt};
use lmsync_core::{Error, Result};
use tokio::task::JoinHandle;
use tokio_postgres::types::{FromSql, Type};
use tokio_postgres::{Client, Row, RowStream};

use super::PostgresStore;
use super::connect::connect_to_abort;
use super::copy::Copy;
use super::error::failed;
use super::open::quoted;
use super::session::{Session, Shared, carried_out};
use crate::account_key::AccountKey;
use crate::column::{Column, Kind};
use crate::columns::{PASS_COLUMNS, SAME_MACHINE_COLUMNS};
use crate::ended_pass::EndedPass;
use crate::journal::JournalStore;
use crate::read::{ReadStore, StoredAsset, Wanted};
use crate::stored::{ended_pass, json_text, stored_asset};
use crate::stream::StreamName;
use crate::tables::{PASSES_TABLE, SAME_MACHINE_TABLE, last_passes};
use crate::value::{Value, instant_text};

#[async_trait]
impl ReadStore for PostgresStore {
    /// The assets come by a connection of their own, as fast as they are taken.
    fn read_assets(
        &self,
        account: Option<&AccountKey>,
        wanted: Wanted,
    ) -> BoxStream<'static, Result<StoredAsset>> {
        let (shared, account) = (Arc::clone(&self.shared), account.cloned());
        stream::once(async move { Reading::begin(&shared, account.as_ref(), wanted).await })
            .map_ok(Reading::assets)
            .try_flatten()
            .boxed()
    }

    async fn last_passes(&self) -> Result<Vec<EndedPass>> {
        let shared = Arc::clone(&self.shared);
        let rows = carried_out(async move {
            let mut session = shared.session().await;
            session.renew(&shared.settings).await?;
            let names: Vec<String> = PASS_COLUMNS.iter().map(|it| quoted(it.name)).collect();
            let query = last_passes(&names, &session.schema.table(PASSES_TABLE));
            let read = session.client.query(&query, &[]).await;
            read.map_err(session.failed("reading"))
        })
        .await?;
        let passes = rows
            .iter()
            .map(|row| ended_pass(cells(row, PASS_COLUMNS)?.into_iter()));
        passes.collect()
    }

    fn journals(&self) -> Option<&dyn JournalStore> {
        Some(self)
    }

    async fn replace_same_machine(&self, rows: Vec<Vec<Value<'static>>>) -> Result<()> {
        let shared = Arc::clone(&self.shared);
        carried_out(async move {
            let mut session = shared.session().await;
            session.renew(&shared.settings).await?;
            let replaced = replace(&mut session, &rows).await;
            replaced.map_err(session.failed("writing what is one machine"))
        })
        .await
    }
}

/// Others read the rows of before until these are there.
async fn replace(
    session: &mut Session,
    rows: &[Vec<Value<'static>>],
) -> std::result::Result<(), tokio_postgres::Error> {
    let table = session.schema.table(SAME_MACHINE_TABLE);
    let names: Vec<String> = SAME_MACHINE_COLUMNS
        .iter()
        .map(|column| quoted(column.name))
        .collect();
    let work = session.client.transaction().await?;
    // One run at a time: what two wrote at once would be neither.
    work.batch_execute(&format!(
        "LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE; DELETE FROM {table}"
    ))
    .await?;
    let copy = format!(
        "COPY {table} ({}) FROM STDIN (FORMAT binary)",
        names.join(", ")
    );
    let statement = work.prepare(&copy).await?;
    let mut copy = Copy::begin(&work, &statement).await?;
    for row in rows {
        copy.row(row, &[]).await?;
    }
    copy.end().await?;
    work.commit().await
}

/// A query under way.
struct Reading {
    rows: Pin<Box<RowStream>>,
    columns: Vec<Column>,
    _client: Client,
    /// Served by this task.
    task: JoinHandle<()>,
}

impl Drop for Reading {
    /// Ends the query: rows that nobody reads any more need not come.
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Reading {
    async fn begin(shared: &Shared, account: Option<&AccountKey>, wanted: Wanted) -> Result<Self> {
        let columns = wanted.columns();
        let table = shared
            .session()
            .await
            .schema
            .table(StreamName::Assets.as_str());
        let (client, task) = connect_to_abort(&shared.settings).await?;
        let names: Vec<String> = columns.iter().map(|column| quoted(column.name)).collect();
        let only = match account {
            Some(_) => " AND connector = $1 AND instance = $2",
            None => "",
        };
        let query = format!(
            "SELECT {} FROM {table} WHERE deleted_at IS NULL{only}",
            names.join(", ")
        );
        let key: Vec<&String> = account
            .into_iter()
            .flat_map(|account| [&account.connector, &account.instance])
            .collect();
        let rows = client
            .query_raw(&query, key)
            .await
            .map_err(failed("reading"))?;
        Ok(Self {
            rows: Box::pin(rows),
            columns,
            _client: client,
            task,
        })
    }

    fn assets(self) -> impl futures_util::Stream<Item = Result<StoredAsset>> + Send {
        stream::try_unfold(self, |mut reading| async move {
            let row = reading.rows.try_next().await.map_err(failed("reading"))?;
            let asset = row
                .map(|row| asset_of(&row, &reading.columns))
                .transpose()?;
            Ok(asset.map(|asset| (asset, reading)))
        })
    }
}

fn asset_of(row: &Row, columns: &[Column]) -> Result<StoredAsset> {
    stored_asset(cells(row, columns)?.into_iter())
}

/// The values of `row`, which has `columns`, as JSON texts.
fn cells<'c>(row: &Row, columns: &'c [Column]) -> Result<Vec<(&'c Column, Option<String>)>> {
    let columns = columns.iter().enumerate();
    columns
        .map(|(place, column)| Ok((column, cell(row, place, column)?)))
        .collect()
}

/// The value at `place` of `row`, as JSON text.
pub(super) fn cell(row: &Row, place: usize, column: &Column) -> Result<Option<String>> {
    row.try_get::<_, Option<Cell>>(place)
        .map(|cell| cell.map(|cell| cell.0))
        .map_err(|_| Error::store(format!("the column {} holds something else", column.name)))
}

/// A value as JSON text.
struct Cell(String);

impl<'r> FromSql<'r> for Cell {
    fn from_sql(
        kind: &Type,
        raw: &'r [u8],
    ) -> std::result::Result<Self, Box<dyn StdError + Sync + Send>> {
        Ok(Self(match *kind {
            Type::BOOL => bool::from_sql(kind, raw)?.to_string(),
            Type::INT8 => i64::from_sql(kind, raw)?.to_string(),
            Type::FLOAT8 => f64::from_sql(kind, raw)?.to_string(),
            Type::DATE => json_text(Kind::Date, &NaiveDate::from_sql(kind, raw)?.to_string()),
            Type::TIMESTAMPTZ => {
                let at = DateTime::<Utc>::from_sql(kind, raw)?;
                json_text(Kind::Instant, &instant_text(at))
            }
            // Its first byte is the version of its form.
            Type::JSONB => std::str::from_utf8(raw.get(1..).unwrap_or_default())?.to_owned(),
            _ => json_text(Kind::Text, <&str>::from_sql(kind, raw)?),
        }))
    }

    fn accepts(kind: &Type) -> bool {
        matches!(
            *kind,
            Type::BOOL
                | Type::INT8
                | Type::FLOAT8
                | Type::DATE
                | Type::TIMESTAMPTZ
                | Type::JSONB
                | Type::TEXT
        )
    }
}
