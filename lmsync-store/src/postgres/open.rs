//! Opening a database: whose the tables are, of which version, and what is missing.

use std::collections::{BTreeMap, BTreeSet};

use lmsync_core::{Error, Result};
use tokio_postgres::error::SqlState;
use tokio_postgres::types::Oid;
use tokio_postgres::{Client, Transaction};

use super::error::failed;
use crate::column::{Column, Kind};
use crate::tables::{TABLES, Table, VERSION};

/// The mark of our tables, which has their version.
const MARK: &str = "lmsync_schema";
/// The passes that have not ended.
pub(super) const UNFINISHED: &str = "lmsync_unfinished";
/// The lock of whoever makes tables.
///
/// Assumed: nobody else's, since it is `lmsync` in ASCII and two bytes of nothing.
const MAKING: i64 = 0x6c6d_7379_6e63_0000;

/// The schema whose tables are meant: the first of the search path.
#[derive(Debug, Clone)]
pub(super) struct Schema {
    name: String,
    /// The server's number of it.
    pub(super) oid: Oid,
}

/// The names of tables and indexes that are there, and the columns of each.
type Found = BTreeMap<String, BTreeSet<String>>;

impl Schema {
    /// The table `name` of it, as SQL writes it.
    pub(super) fn table(&self, name: &str) -> String {
        format!("{}.{}", quoted(&self.name), quoted(name))
    }
}

/// `name` as SQL writes a name.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// The type of the values of `kind`.
pub(super) const fn type_of(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "text",
        Kind::Integer => "bigint",
        Kind::Real => "double precision",
        Kind::Boolean => "boolean",
        Kind::Date => "date",
        Kind::Instant => "timestamptz",
        Kind::Json => "jsonb",
    }
}

/// The text that stands for an id of any length in the unique index of a table, whose rows hold less than
/// 2,704 bytes; `id` is SQL.
///
/// Documented: <https://www.postgresql.org/docs/current/btree.html>.
pub(super) fn key_of(id: &str) -> String {
    format!("(CASE WHEN length({id}) <= 400 THEN {id} ELSE left({id}, 400) || md5({id}) END)")
}

/// The condition by which `rows`, SQL for a query with a column `vendor_id`, meet their rows in the table
/// `there`; its parameters `$1` and `$2` are connector and account. Gives what is to stand after FROM and after WHERE.
///
/// `OFFSET 0` keeps the two parameters out of the condition: without numbers about the table the server
/// would think that an account has a single row, and look through all of them for each id.
pub(super) fn met(rows: &str) -> (String, String) {
    let come = format!(
        "(SELECT $1::text AS connector, $2::text AS instance, rows.* FROM {rows} AS rows OFFSET 0) AS come"
    );
    let condition = format!(
        "there.connector = come.connector AND there.instance = come.instance AND {} = {}",
        key_of("there.vendor_id"),
        key_of("come.vendor_id")
    );
    (come, condition)
}

/// The columns, or what stands for them, that no two rows of a table with `key` have the same in.
pub(super) fn unique(key: &[&str]) -> String {
    let parts = key.iter().map(|name| match *name {
        "vendor_id" => key_of("vendor_id"),
        name => quoted(name),
    });
    parts.collect::<Vec<_>>().join(", ")
}

/// Makes what is missing, and leaves another program's tables as they are.
pub(super) async fn open(client: &mut Client) -> Result<Schema> {
    let schema = schema(client).await?;
    let opening = failed("opening");
    let work = client.transaction().await.map_err(&opening)?;
    work.batch_execute(&format!(
        "SET LOCAL lock_timeout = '30s'; SELECT pg_advisory_xact_lock({MAKING})"
    ))
    .await
    .map_err(&opening)?;
    let found = find(&work, &schema).await.map_err(&opening)?;
    let version = expect_ours(&work, &schema, &found).await?;
    let missing = missing(&schema, &found, version);
    if !missing.is_empty() {
        let made = work.batch_execute(&missing).await;
        made.map_err(failed("making its tables"))?;
    }
    work.commit().await.map_err(&opening)?;
    Ok(schema)
}

async fn schema(client: &Client) -> Result<Schema> {
    let query = "SELECT nspname::text, oid, current_setting('server_encoding') \
                 FROM pg_namespace WHERE nspname = current_schema()";
    let row = client.query_opt(query, &[]).await;
    let Some(row) = row.map_err(failed("opening"))? else {
        return Err(
            Error::store("PostgreSQL, opening: no schema of the search path is there")
                .with_hint("make the schema first, or name another one in the search path"),
        );
    };
    let encoding: &str = row.get(2);
    if encoding != "UTF8" {
        return Err(Error::store(format!(
            "PostgreSQL, opening: the database's encoding is {encoding}, which cannot hold every text"
        ))
        .with_hint("name a database with the encoding UTF8"));
    }
    Ok(Schema {
        name: row.get(0),
        oid: row.get(1),
    })
}

async fn find(work: &Transaction<'_>, schema: &Schema) -> Result<Found, tokio_postgres::Error> {
    let mut names: Vec<String> = TABLES
        .iter()
        .flat_map(|table| [table.name.to_owned(), index(table)])
        .collect();
    names.extend([MARK, UNFINISHED].map(ToOwned::to_owned));
    let query = "SELECT relname::text, array_remove(array_agg(attname::text), NULL) FROM pg_class \
                 LEFT JOIN pg_attribute ON attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped \
                 WHERE relnamespace = $1 AND relname = ANY($2) GROUP BY relname";
    let rows = work.query(query, &[&schema.oid, &names]).await?;
    Ok(rows
        .iter()
        .map(|row| {
            (
                row.get(0),
                row.get::<_, Vec<String>>(1).into_iter().collect(),
            )
        })
        .collect())
}

/// The version of our tables, if there are any; an error when they are somebody else's, or of a newer
/// version.
async fn expect_ours(
    work: &Transaction<'_>,
    schema: &Schema,
    found: &Found,
) -> Result<Option<i64>> {
    let foreign = || {
        Error::store(
            "PostgreSQL, opening: there are another program's tables of the names that lmsync uses",
        )
        .with_hint(
            "name another database, or another schema with ?options=-c%20search_path%3DSCHEMA",
        )
    };
    if found.is_empty() {
        return Ok(None);
    }
    if !found.contains_key(MARK) {
        return Err(foreign());
    }
    let query = format!("SELECT max(version) FROM {}", schema.table(MARK));
    let version = match work.query_one(&query, &[]).await {
        Ok(row) => row.try_get::<_, Option<i64>>(0).ok().flatten(),
        Err(error) if error.code() == Some(&SqlState::UNDEFINED_COLUMN) => None,
        Err(error) => return Err(failed("opening")(error)),
    };
    match version {
        None => Err(foreign()),
        Some(newer) if newer > VERSION => Err(Error::store(format!(
            "PostgreSQL, opening: a newer lmsync wrote it: its tables are of version {newer}, this one knows {VERSION}"
        ))
        .with_hint("update lmsync, or name another database")),
        Some(version) => Ok(Some(version)),
    }
}

/// The statements that make what is missing.
fn missing(schema: &Schema, found: &Found, version: Option<i64>) -> String {
    let mut statements = Vec::new();
    for table in &TABLES {
        let name = schema.table(table.name);
        match found.get(table.name) {
            None => {
                let columns: Vec<String> = table
                    .columns()
                    .iter()
                    .map(|it| definition(table, it))
                    .collect();
                statements.push(format!("CREATE TABLE {name} ({})", columns.join(", ")));
            }
            Some(known) => statements.extend(additions(table, &name, known)),
        }
        if !found.contains_key(&index(table)) {
            let (index, unique) = (quoted(&index(table)), unique(table.key));
            statements.push(format!("CREATE UNIQUE INDEX {index} ON {name} ({unique})"));
        }
    }
    if !found.contains_key(UNFINISHED) {
        statements.push(format!(
            "CREATE TABLE {} (connector text NOT NULL, instance text NOT NULL, stream text NOT NULL, \
             saved text NOT NULL, PRIMARY KEY (connector, instance, stream))",
            schema.table(UNFINISHED)
        ));
    }
    let mark = schema.table(MARK);
    match version {
        None => statements.push(format!(
            "CREATE TABLE {mark} (version bigint NOT NULL); INSERT INTO {mark} VALUES ({VERSION})"
        )),
        Some(older) if older < VERSION => {
            statements.push(format!("UPDATE {mark} SET version = {VERSION}"));
        }
        Some(_) => {}
    }
    statements.join("; ")
}

/// The statement that adds the columns of `table` that are not `known`. Rows of before have nothing there.
fn additions(table: &Table, name: &str, known: &BTreeSet<String>) -> Option<String> {
    let missing = table.columns().iter().filter(|it| !known.contains(it.name));
    let added: Vec<String> = missing
        .map(|column| {
            let column = Column {
                is_required: false,
                ..*column
            };
            format!("ADD COLUMN {}", definition(table, &column))
        })
        .collect();
    (!added.is_empty()).then(|| format!("ALTER TABLE {name} {}", added.join(", ")))
}

/// The name of the unique index of `table`.
fn index(table: &Table) -> String {
    format!("{}_lmsync_key", table.name)
}

fn definition(table: &Table, column: &Column) -> String {
    // Keys are compared as bytes: in the same way on every system, and after each update of it.
    let is_key = column.kind == Kind::Text && table.key.contains(&column.name);
    let collation = if is_key { " COLLATE \"C\"" } else { "" };
    let required = if column.is_required { " NOT NULL" } else { "" };
    let (name, kind) = (quoted(column.name), type_of(column.kind));
    format!("{name} {kind}{collation}{required}")
}
