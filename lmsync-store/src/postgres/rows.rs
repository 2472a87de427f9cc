//! Statements for the rows of a table, and the landing of a batch by them.

use std::collections::HashSet;

use tokio_postgres::{Client, Statement, Transaction};

use super::copy::{Copy, Parameter};
use super::open::{Schema, met, quoted, type_of, unique};
use crate::account_key::AccountKey;
use crate::column::Column;
use crate::columns::{BEFORE_OWN, columns};
use crate::fate::{Fate, Known};
use crate::landed::Landed;
use crate::pass_id::PassId;
use crate::store::Batch;
use crate::stream::StreamName;
use crate::tables::KEY;
use crate::value::Value;

type Result<T> = std::result::Result<T, tokio_postgres::Error>;

/// The statements by which the records of a stream land.
///
/// Records go into temporary tables of this connection, which are empty after each transaction: new and
/// changed ones whole, of others what moves by itself. From there they are merged by their key.
pub(super) struct Rows {
    find: Statement,
    take_whole: Statement,
    merge: Statement,
    take_moving: Statement,
    touch: Statement,
}

impl Rows {
    pub(super) async fn prepare(
        client: &Client,
        schema: &Schema,
        stream: StreamName,
    ) -> Result<Self> {
        let sql = Sql::of(schema, stream);
        client.batch_execute(&sql.temporary()).await?;
        Ok(Self {
            find: client.prepare(&sql.find()).await?,
            take_whole: client.prepare(&sql.take(&sql.whole, &sql.own)).await?,
            merge: client.prepare(&sql.merge()).await?,
            take_moving: client.prepare(&sql.take(&sql.moving, &sql.moved)).await?,
            touch: client.prepare(&sql.touch()).await?,
        })
    }

    /// Lands `batch`, whose records are of `account`.
    pub(super) async fn land(
        &self,
        work: &Transaction<'_>,
        account: &AccountKey,
        batch: &Batch,
    ) -> Result<Landed> {
        let records = &batch.records;
        let ids: Vec<Value<'_>> = records.ids().into_iter().map(Value::text).collect();
        let known = self.known(work, account, &ids).await?;
        let mut landed = Landed::default();
        let (mut whole, mut moving) = (Vec::new(), Vec::new());
        let is_last = last_of_each(&ids);
        let last = records.fingerprints().into_iter().enumerate();
        for (place, fingerprint) in last.filter(|(place, _)| is_last[*place]) {
            let known = known[place].as_ref();
            let fate = Fate::of(known, fingerprint);
            fate.count(known, batch.pass_id, &mut landed);
            match fate {
                Fate::Touch => moving.push(place),
                Fate::Insert | Fate::Change | Fate::ComeBack => whole.push((place, fingerprint)),
            }
        }
        let pass = batch.pass_id.began();
        if !whole.is_empty() {
            let mut copy = Copy::begin(work, &self.take_whole).await?;
            for (place, fingerprint) in whole {
                let fingerprint = Value::Text(fingerprint.to_string().into());
                let first = [ids[place].clone(), fingerprint];
                copy.row(&first, &records.values(place, false)).await?;
            }
            copy.end().await?;
            work.execute(&self.merge, &[&account.connector, &account.instance, &pass])
                .await?;
        }
        if !moving.is_empty() {
            let mut copy = Copy::begin(work, &self.take_moving).await?;
            for place in moving {
                let first = [ids[place].clone()];
                copy.row(&first, &records.values(place, true)).await?;
            }
            copy.end().await?;
            work.execute(&self.touch, &[&account.connector, &account.instance, &pass])
                .await?;
        }
        Ok(landed)
    }

    /// The rows that are there of `ids`, in their order.
    async fn known(
        &self,
        work: &Transaction<'_>,
        account: &AccountKey,
        ids: &[Value<'_>],
    ) -> Result<Vec<Option<Known>>> {
        let mut known = vec![None; ids.len()];
        let wanted: Vec<Parameter<'_>> = ids.iter().map(Parameter).collect();
        let rows = work
            .query(
                &self.find,
                &[&account.connector, &account.instance, &wanted],
            )
            .await?;
        for row in rows {
            let (place, fingerprint): (i64, Option<&str>) = (row.try_get(0)?, row.try_get(1)?);
            let found = Known {
                fingerprint: fingerprint.and_then(|text| text.parse().ok()),
                is_deleted: row.try_get(2)?,
                last_seen: row.try_get::<_, Option<_>>(3)?.map(PassId::at),
            };
            // The server counts from one.
            let place = usize::try_from(place - 1).ok();
            if let Some(known) = place.and_then(|place| known.get_mut(place)) {
                *known = Some(found);
            }
        }
        Ok(known)
    }
}

/// The words of the statements: the tables, and the columns of the record's own.
struct Sql {
    table: String,
    whole: String,
    moving: String,
    own: Vec<&'static Column>,
    /// Those that move by themselves.
    moved: Vec<&'static Column>,
}

impl Sql {
    fn of(schema: &Schema, stream: StreamName) -> Self {
        let own = &columns(stream)[BEFORE_OWN..];
        Self {
            table: schema.table(stream.as_str()),
            whole: format!("pg_temp.lmsync_{stream}"),
            moving: format!("pg_temp.lmsync_{stream}_moving"),
            own: own.iter().collect(),
            moved: own.iter().filter(|column| column.is_moving).collect(),
        }
    }

    /// The tables that records go to first.
    fn temporary(&self) -> String {
        let own = |columns: &[&Column]| -> String {
            let own = columns.iter().map(|column| {
                let (name, kind) = (quoted(column.name), type_of(column.kind));
                format!(", {name} {kind}")
            });
            own.collect()
        };
        let first = "vendor_id text COLLATE \"C\"";
        format!(
            "CREATE TEMPORARY TABLE {} ({first}, fingerprint text{}) ON COMMIT DELETE ROWS; \
             CREATE TEMPORARY TABLE {} ({first}{}) ON COMMIT DELETE ROWS",
            self.whole,
            own(&self.own),
            self.moving,
            own(&self.moved)
        )
    }

    fn take(&self, table: &str, own: &[&Column]) -> String {
        let first = if table == self.whole {
            "vendor_id, fingerprint"
        } else {
            "vendor_id"
        };
        format!(
            "COPY {table} ({first}{}) FROM STDIN (FORMAT binary)",
            listed(own)
        )
    }

    fn find(&self) -> String {
        let wanted = "(SELECT * FROM unnest($3::text[]) WITH ORDINALITY AS ids (vendor_id, place))";
        let (come, condition) = met(wanted);
        format!(
            "SELECT come.place, there.fingerprint, there.deleted_at IS NOT NULL, there.last_seen_at \
             FROM {come} JOIN {} AS there ON {condition}",
            self.table
        )
    }

    /// Of a row that comes back as it was, nothing changed.
    fn merge(&self) -> String {
        let set = self.own.iter().map(|column| {
            let name = quoted(column.name);
            format!(", {name} = excluded.{name}")
        });
        format!(
            "INSERT INTO {table} AS there (connector, instance, vendor_id, first_seen_at, last_seen_at, \
             changed_at, deleted_at, fingerprint{names}) \
             SELECT $1::text, $2::text, vendor_id, $3::timestamptz, $3::timestamptz, $3::timestamptz, \
             NULL, fingerprint{names} FROM {whole} \
             ON CONFLICT ({unique}) DO UPDATE SET last_seen_at = excluded.last_seen_at, deleted_at = NULL, \
             changed_at = CASE WHEN there.fingerprint = excluded.fingerprint THEN there.changed_at \
             ELSE excluded.changed_at END, fingerprint = excluded.fingerprint{set}",
            table = self.table,
            names = listed(&self.own),
            whole = self.whole,
            unique = unique(KEY),
            set = set.collect::<String>(),
        )
    }

    fn touch(&self) -> String {
        let set = self.moved.iter().map(|column| {
            let name = quoted(column.name);
            format!(", {name} = come.{name}")
        });
        let (come, condition) = met(&self.moving);
        format!(
            "UPDATE {} AS there SET last_seen_at = $3::timestamptz{} FROM {come} WHERE {condition}",
            self.table,
            set.collect::<String>(),
        )
    }
}

/// Tells of each of `ids` whether it is the last of its kind: those of two records may be the same without NUL.
fn last_of_each(ids: &[Value<'_>]) -> Vec<bool> {
    let mut known = HashSet::with_capacity(ids.len());
    let mut is_last: Vec<bool> = ids
        .iter()
        .rev()
        .map(|id| match id {
            Value::Text(id) => known.insert(&**id),
            _ => true,
        })
        .collect();
    is_last.reverse();
    is_last
}

/// The names of `columns`, each after a comma.
fn listed(columns: &[&Column]) -> String {
    let names = columns
        .iter()
        .map(|column| format!(", {}", quoted(column.name)));
    names.collect()
}
