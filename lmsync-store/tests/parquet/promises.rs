//! The promises of stores.

use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use lmsync_store::{AccountKey, ParquetStore, ReadStore, Store, StreamName};
use lmsync_testkit::store::{ReadStoreSubject, StoreSubject, StoredPass, StoredRow};
use tempfile::TempDir;

use crate::stage::{Row, names, rows};

/// A folder of its own.
#[derive(Debug)]
struct Parquet(TempDir);

impl Parquet {
    /// The folders of all accounts in `table`.
    fn accounts(&self, table: &str) -> Vec<PathBuf> {
        let table = self.0.path().join(table);
        let connectors = names(&table).into_iter().map(|name| table.join(name));
        let accounts = connectors.flat_map(|folder| {
            names(&folder)
                .into_iter()
                .map(move |name| folder.join(name))
        });
        accounts.filter(|folder| folder.is_dir()).collect()
    }
}

fn instant(row: &Row, column: &str) -> Option<DateTime<Utc>> {
    row.get(column).map(|text| text.parse().unwrap())
}

fn account(row: &Row) -> AccountKey {
    AccountKey::new(row["connector"].clone(), row["instance"].clone())
}

#[async_trait]
impl StoreSubject for Parquet {
    const COUNTS_CHANGES: bool = false;
    const RESUMES: bool = false;

    async fn empty() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    async fn open(&self) -> Arc<dyn Store> {
        Arc::new(ParquetStore::open(self.0.path()).unwrap())
    }

    async fn rows(&self, stream: StreamName) -> Vec<StoredRow> {
        let newest = self
            .accounts(stream.as_str())
            .into_iter()
            .filter_map(|folder| {
                let mut files = names(&folder)
                    .into_iter()
                    .filter(|name| name.starts_with("pass="));
                Some(folder.join(files.next_back()?))
            });
        let rows = newest.flat_map(|file| rows(&file));
        rows.map(|row| StoredRow {
            account: account(&row),
            vendor_id: row["vendor_id"].clone(),
            name: row["name"].clone(),
            last_check_in: instant(&row, "last_check_in"),
            first_seen_at: instant(&row, "first_seen_at").unwrap(),
            last_seen_at: instant(&row, "last_seen_at").unwrap(),
            changed_at: instant(&row, "changed_at").unwrap(),
            deleted_at: instant(&row, "deleted_at"),
        })
        .collect()
    }

    async fn passes(&self) -> Vec<StoredPass> {
        let files = self.accounts("passes").into_iter();
        let files = files.flat_map(|folder| {
            names(&folder)
                .into_iter()
                .map(move |name| folder.join(name))
        });
        let rows = files.flat_map(|file| rows(&file));
        let count = |row: &Row, column: &str| row[column].parse().unwrap();
        rows.map(|row| StoredPass {
            account: account(&row),
            stream: row["stream"].clone(),
            pass_id: instant(&row, "pass_id").unwrap(),
            complete: row["complete"] == "true",
            filtered: row["filtered"] == "true",
            seen: count(&row, "seen"),
            kept: count(&row, "kept"),
            rejected: count(&row, "rejected"),
            incomplete_reason: row.get("incomplete_reason").cloned(),
        })
        .collect()
    }
}

#[async_trait]
impl ReadStoreSubject for Parquet {
    async fn open_to_read(&self) -> Arc<dyn ReadStore> {
        Arc::new(ParquetStore::open(self.0.path()).unwrap())
    }
}

lmsync_testkit::conformance_store!(Parquet);
lmsync_testkit::conformance_read_store!(Parquet);
