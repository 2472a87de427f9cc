//! Records read back from a PostgreSQL database.

use std::error::Error as StdError;
use std::pin::Pin;
use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use futures_util::stream::{self, BoxStream, Stream, StreamExt, TryStreamExt};
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
use crate::ahead::in_a_task;
use crate::columns::{PASS_COLUMNS, SAME_MACHINE_COLUMNS};
use crate::ended_pass::EndedPass;
use crate::journal::JournalStore;
use crate::read::{ReadStore, StoredAsset, Wanted};
use crate::shape::{Shape, push, push_text};
use crate::stored::AssetRow;
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
            .map_ok(|reading| in_a_task(reading.rows()))
            .try_flatten()
            .map(|row| row?.read())
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
        let shape = EndedPass::shape();
        let passes = rows
            .iter()
            .map(|row| EndedPass::read(&json_of(row, &shape)?));
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
    shape: Shape,
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
            shape: AssetRow::shape(&columns),
            _client: client,
            task,
        })
    }

    fn rows(self) -> impl Stream<Item = Result<AssetRow>> + Send {
        stream::try_unfold(self, |mut reading| async move {
            let row = reading.rows.try_next().await.map_err(failed("reading"))?;
            let json = row.map(|row| json_of(&row, &reading.shape)).transpose()?;
            Ok(json.map(|json| (AssetRow::new(json), reading)))
        })
    }
}

/// The JSON of `row`, which has the columns of `shape`.
pub(super) fn json_of(row: &Row, shape: &Shape) -> Result<Vec<u8>> {
    shape.json(|place, column, json| {
        push_cell(json, row, place)
            .map_err(|_| Error::store(format!("the column {} holds something else", column.name)))
    })
}

type Failed = Box<dyn StdError + Sync + Send>;

/// Appends the value at `place` of `row` to `json`; nothing where there is none.
fn push_cell(json: &mut Vec<u8>, row: &Row, place: usize) -> std::result::Result<bool, Failed> {
    let Some(Cell { kind, raw }) = row.try_get::<_, Option<Cell<'_>>>(place)? else {
        return Ok(false);
    };
    match kind {
        Type::BOOL => push(json, bool::from_sql(&kind, raw)?),
        Type::INT8 => push(json, i64::from_sql(&kind, raw)?),
        Type::FLOAT8 => push(json, f64::from_sql(&kind, raw)?),
        Type::DATE => push_text(json, &NaiveDate::from_sql(&kind, raw)?.to_string()),
        Type::TIMESTAMPTZ => {
            push_text(json, &instant_text(DateTime::<Utc>::from_sql(&kind, raw)?));
        }
        // Its first byte is the version of its form.
        Type::JSONB => json.extend_from_slice(raw.get(1..).unwrap_or_default()),
        _ => push_text(json, <&str>::from_sql(&kind, raw)?),
    }
    Ok(true)
}

/// A value as it came.
struct Cell<'r> {
    kind: Type,
    raw: &'r [u8],
}

impl<'r> FromSql<'r> for Cell<'r> {
    fn from_sql(kind: &Type, raw: &'r [u8]) -> std::result::Result<Self, Failed> {
        let kind = kind.clone();
        Ok(Self { kind, raw })
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
