//! SQLite, as the suite knows it.

use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use lmsync_store::{AccountKey, ReadStore, SqliteStore, Store, StreamName};
use lmsync_testkit::store::{ReadStoreSubject, StoreSubject, StoredPass, StoredRow};
use rusqlite::{Connection, Row};
use tempfile::TempDir;

/// An SQLite file in a folder of its own.
#[derive(Debug)]
pub(crate) struct Sqlite(TempDir);

impl Sqlite {
    /// The file.
    pub(crate) fn path(&self) -> PathBuf {
        self.0.path().join("assets.db")
    }
}

fn instant(text: Option<String>) -> Option<DateTime<Utc>> {
    text.map(|text| text.parse().expect("a moment"))
}

fn account(row: &Row<'_>) -> rusqlite::Result<AccountKey> {
    Ok(AccountKey::new(
        row.get::<_, String>("connector")?,
        row.get::<_, String>("instance")?,
    ))
}

#[async_trait]
impl StoreSubject for Sqlite {
    async fn empty() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    async fn open(&self) -> Arc<dyn Store> {
        Arc::new(SqliteStore::open(self.path()).unwrap())
    }

    async fn rows(&self, stream: StreamName) -> Vec<StoredRow> {
        let connection = Connection::open(self.path()).unwrap();
        let mut query = connection
            .prepare(&format!("SELECT * FROM {stream}"))
            .unwrap();
        let rows = query.query_map([], |row| {
            let moment = |name| row.get(name).map(instant);
            Ok(StoredRow {
                account: account(row)?,
                vendor_id: row.get("vendor_id")?,
                name: row.get("name")?,
                last_check_in: match stream {
                    StreamName::Assets => moment("last_check_in")?,
                    _ => None,
                },
                first_seen_at: moment("first_seen_at")?.unwrap(),
                last_seen_at: moment("last_seen_at")?.unwrap(),
                changed_at: moment("changed_at")?.unwrap(),
                deleted_at: moment("deleted_at")?,
            })
        });
        rows.unwrap().collect::<Result<_, _>>().unwrap()
    }

    async fn passes(&self) -> Vec<StoredPass> {
        let connection = Connection::open(self.path()).unwrap();
        let mut query = connection.prepare("SELECT * FROM passes").unwrap();
        let count = |row: &Row<'_>, name| row.get::<_, i64>(name).map(i64::unsigned_abs);
        let rows = query.query_map([], |row| {
            Ok(StoredPass {
                account: account(row)?,
                stream: row.get("stream")?,
                pass_id: instant(row.get("pass_id")?).unwrap(),
                complete: row.get("complete")?,
                filtered: row.get("filtered")?,
                seen: count(row, "seen")?,
                kept: count(row, "kept")?,
                rejected: count(row, "rejected")?,
                incomplete_reason: row.get("incomplete_reason")?,
            })
        });
        rows.unwrap().collect::<Result<_, _>>().unwrap()
    }
}

#[async_trait]
impl ReadStoreSubject for Sqlite {
    async fn open_to_read(&self) -> Arc<dyn ReadStore> {
        Arc::new(SqliteStore::open(self.path()).unwrap())
    }
}
