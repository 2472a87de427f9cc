//! Records read back from a PostgreSQL database.

use std::error::Error as StdError;
use std::pin::Pin;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use futures_util::stream::{self, BoxStream, StreamExt, TryStreamExt};
use lmsync_core::{Error, Result};
use tokio::task::JoinHandle;
use tokio_postgres::types::{FromSql, Type};
use tokio_postgres::{Client, Row, RowStream};

use super::PostgresStore;
use super::connect::connect_to_abort;
use super::error::failed;
use super::open::quoted;
use super::session::Shared;
use crate::column::{Column, Kind};
use crate::columns::columns;
use crate::pass::AccountKey;
use crate::read::{ReadStore, StoredAsset, json_text, stored_asset};
use crate::stream::StreamName;
use crate::value::instant_text;

impl ReadStore for PostgresStore {
    /// The assets come by a connection of their own, as fast as they are taken.
    fn stored_assets(
        &self,
        account: Option<&AccountKey>,
    ) -> BoxStream<'static, Result<StoredAsset>> {
        let (shared, account) = (Arc::clone(&self.shared), account.cloned());
        stream::once(async move { Reading::begin(&shared, account.as_ref()).await })
            .map_ok(Reading::assets)
            .try_flatten()
            .boxed()
    }
}

/// A query under way.
struct Reading {
    rows: Pin<Box<RowStream>>,
    _client: Client,
    /// Served by this task.
    task: JoinHandle<()>,
}

impl Drop for Reading {
    /// What nobody reads any more need not come.
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Reading {
    async fn begin(shared: &Shared, account: Option<&AccountKey>) -> Result<Self> {
        let table = shared
            .session()
            .await
            .schema
            .table(StreamName::Assets.as_str());
        let (client, task) = connect_to_abort(&shared.settings).await?;
        let names: Vec<String> = columns(StreamName::Assets)
            .iter()
            .map(|column| quoted(column.name))
            .collect();
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
            _client: client,
            task,
        })
    }

    fn assets(self) -> impl futures_util::Stream<Item = Result<StoredAsset>> + Send {
        stream::try_unfold(self, |mut reading| async move {
            let row = reading.rows.try_next().await.map_err(failed("reading"))?;
            let asset = row.map(|row| asset_of(&row)).transpose()?;
            Ok(asset.map(|asset| (asset, reading)))
        })
    }
}

fn asset_of(row: &Row) -> Result<StoredAsset> {
    let all = columns(StreamName::Assets).iter().enumerate();
    let cells: Result<Vec<_>> = all
        .map(|(place, column)| Ok((column, cell(row, place, column)?)))
        .collect();
    stored_asset(cells?.into_iter())
}

fn cell(row: &Row, place: usize, column: &Column) -> Result<Option<String>> {
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
