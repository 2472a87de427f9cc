//! Opening an SQLite file: whose it is, of which version, and what is missing in it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use lmsync_core::{Error, Result};
use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use super::error::failed;
use super::rows::quoted;
use crate::column::{Column, Kind};
use crate::lock::Lock;
use crate::tables::{TABLES, VERSION};

/// The mark of our files, `lmsy` in ASCII.
const APPLICATION: i64 = 0x6c6d_7379;
/// Longest wait for another program that holds the file. Assumed: a batch of another run takes
/// a tenth of a second.
const PATIENCE: Duration = Duration::from_secs(10);
/// The size of the cache, in KiB, as a negative number. With 2 MiB, the default, rows of a large
/// account are read from the file again and again.
const CACHE: i64 = -16 * 1024;
/// The size that the write-ahead log may have before it goes into the file: 32 MiB of 4 KiB each. With 4 MiB,
/// the default, a pass waits for the disk after every other batch.
const WAL_PAGES: i64 = 8 * 1024;
/// The passes that have not ended.
const UNFINISHED: &str = "CREATE TABLE IF NOT EXISTS lmsync_unfinished (connector TEXT NOT NULL, \
     instance TEXT NOT NULL, stream TEXT NOT NULL, saved TEXT NOT NULL, \
     PRIMARY KEY (connector, instance, stream)) WITHOUT ROWID";

/// Opens the file `path`, makes what is missing in it, and leaves another program's file as it is.
pub(super) fn open(path: &Path) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    // SQLite waits for nobody when it changes how a file is written, as it does once to a new one.
    let opening = Lock::of_opening(path);
    let opened = opening.and_then(|_lock| prepared(connect(path, flags)?));
    opened.map_err(|error| in_file(path, &error))
}

/// Opens the file `path` for reading alone, which somebody has opened before.
pub(super) fn open_to_read(path: &Path) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    connect(path, flags).map_err(|error| in_file(path, &error))
}

/// Opens the file `path` for writing what is on the disk when a statement returns, and not only when a
/// later one does; somebody has opened it before.
pub(super) fn open_for_journal(path: &Path) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let opened = connect(path, flags).and_then(|connection| {
        let full = connection.pragma_update(None, "synchronous", "full");
        full.map_err(failed("opening"))?;
        Ok(connection)
    });
    opened.map_err(|error| in_file(path, &error))
}

/// The one name of the file `path`, which is there: whoever names it otherwise, by a link, finds the same locks beside it.
pub(super) fn own_name(path: &Path) -> Result<PathBuf> {
    let name = std::fs::canonicalize(path);
    name.map_err(|error| Error::store(format!("{}: {error}", path.display())))
}

fn connect(path: &Path, flags: OpenFlags) -> Result<Connection> {
    // A name such as `:memory:` is that of a file here.
    let path = match path.is_relative() {
        true => Path::new(".").join(path),
        false => path.to_owned(),
    };
    let connection = Connection::open_with_flags(path, flags).map_err(failed("opening"))?;
    connection
        .busy_timeout(PATIENCE)
        .map_err(failed("opening"))?;
    Ok(connection)
}

fn prepared(mut connection: Connection) -> Result<Connection> {
    let is_new = {
        // One look, between others' changes: in the middle of them our own file would be nobody's.
        let look = connection
            .unchecked_transaction()
            .map_err(failed("opening"))?;
        expect_ours(&look)?
    };
    // So that others read meanwhile; a file keeps it.
    connection
        .pragma_update(None, "journal_mode", "wal")
        .and_then(|()| connection.pragma_update(None, "synchronous", "normal"))
        .and_then(|()| connection.pragma_update(None, "cache_size", CACHE))
        .and_then(|()| connection.pragma_update(None, "wal_autocheckpoint", WAL_PAGES))
        .map_err(failed("opening"))?;
    complete(&mut connection, is_new).map_err(failed("making its tables"))?;
    Ok(connection)
}

fn in_file(path: &Path, error: &Error) -> Error {
    let told = Error::store(format!("{}: {}", path.display(), error.message()));
    match error.hint() {
        Some(hint) => told.with_hint(hint),
        None => told,
    }
}

/// Tells whether the file has yet to be made ours; an error when it is somebody else's, or of a newer
/// version.
fn expect_ours(connection: &Connection) -> Result<bool> {
    let number = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let application = number("application_id").map_err(failed("opening"))?;
    let version = number("user_version").map_err(failed("opening"))?;
    if application == APPLICATION {
        return match version {
            newer if newer > VERSION => Err(Error::store(format!(
                "a newer lmsync wrote it: its tables are of version {version}, this one knows {VERSION}"
            ))
            .with_hint("update lmsync, or name another file")),
            _ => Ok(false),
        };
    }
    let is_untouched = (application, version) == (0, 0) && !has_our_tables(connection)?;
    match is_untouched {
        true => Ok(true),
        false => Err(Error::store("it is another program's file").with_hint("name another file")),
    }
}

fn has_our_tables(connection: &Connection) -> Result<bool> {
    let count = |table: &str| {
        let found = "SELECT count(*) FROM sqlite_schema WHERE name = ?1 COLLATE NOCASE";
        connection.query_row(found, [table], |row| row.get::<_, i64>(0))
    };
    let counts: rusqlite::Result<Vec<i64>> = TABLES.iter().map(|table| count(table.name)).collect();
    Ok(counts
        .map_err(failed("opening"))?
        .iter()
        .any(|count| *count > 0))
}

/// Makes the tables and columns that are missing.
fn complete(connection: &mut Connection, is_new: bool) -> rusqlite::Result<()> {
    let work = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for table in TABLES {
        let columns: Vec<String> = table.columns().iter().map(definition).collect();
        let key: Vec<String> = table.key.iter().map(|name| quoted(name)).collect();
        work.execute_batch(&format!(
            "CREATE TABLE IF NOT EXISTS {} ({}, PRIMARY KEY ({}))",
            quoted(table.name),
            columns.join(", "),
            key.join(", ")
        ))?;
        let known = known_columns(&work, table.name)?;
        for column in table
            .columns()
            .iter()
            .filter(|column| !known.contains(column.name))
        {
            let added = Column {
                is_required: false,
                ..*column
            };
            let (table, column) = (quoted(table.name), definition(&added));
            work.execute_batch(&format!("ALTER TABLE {table} ADD COLUMN {column}"))?;
        }
    }
    work.execute_batch(UNFINISHED)?;
    if is_new {
        work.pragma_update(None, "application_id", APPLICATION)?;
    }
    work.pragma_update(None, "user_version", VERSION)?;
    work.commit()
}

fn known_columns(connection: &Connection, table: &str) -> rusqlite::Result<BTreeSet<String>> {
    let mut query = connection.prepare("SELECT name FROM pragma_table_info(?1)")?;
    let names = query.query_map([table], |row| row.get(0))?;
    names.collect()
}

fn definition(column: &Column) -> String {
    let kind = match column.kind {
        Kind::Integer | Kind::Boolean => "INTEGER",
        Kind::Real => "REAL",
        Kind::Text | Kind::Date | Kind::Instant | Kind::Json => "TEXT",
    };
    let required = if column.is_required { " NOT NULL" } else { "" };
    format!("{} {kind}{required}", quoted(column.name))
}
