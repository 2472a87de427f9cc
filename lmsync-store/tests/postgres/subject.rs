//! PostgreSQL, as the suite knows it.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use lmsync_store::{AccountKey, PostgresStore, ReadStore, Store, StreamName};
use lmsync_testkit::store::{ReadStoreSubject, StoreSubject, StoredPass, StoredRow};
use serde_json::Value as Json;

use crate::server::Database;

/// A database of its own.
#[derive(Debug)]
pub(crate) struct Postgres(Database);

fn text(row: &Json, name: &str) -> String {
    row[name].as_str().expect("a text").to_owned()
}

fn moment(row: &Json, name: &str) -> Option<DateTime<Utc>> {
    row[name]
        .as_str()
        .map(|text| text.parse().expect("a moment"))
}

fn account(row: &Json) -> AccountKey {
    AccountKey::new(text(row, "connector"), text(row, "instance"))
}

#[async_trait]
impl StoreSubject for Postgres {
    async fn empty() -> Self {
        Self(Database::new())
    }

    async fn open(&self) -> Arc<dyn Store> {
        self.0.open().await
    }

    async fn rows(&self, stream: StreamName) -> Vec<StoredRow> {
        let rows = self.0.rows(&format!("TABLE {stream}"));
        let row = |row: &Json| StoredRow {
            account: account(row),
            vendor_id: text(row, "vendor_id"),
            name: text(row, "name"),
            last_check_in: moment(row, "last_check_in"),
            first_seen_at: moment(row, "first_seen_at").unwrap(),
            last_seen_at: moment(row, "last_seen_at").unwrap(),
            changed_at: moment(row, "changed_at").unwrap(),
            deleted_at: moment(row, "deleted_at"),
        };
        rows.iter().map(row).collect()
    }

    async fn passes(&self) -> Vec<StoredPass> {
        let rows = self.0.rows("TABLE passes");
        let pass = |row: &Json| StoredPass {
            account: account(row),
            stream: text(row, "stream"),
            pass_id: moment(row, "pass_id").unwrap(),
            complete: row["complete"].as_bool().unwrap(),
            filtered: row["filtered"].as_bool().unwrap(),
            seen: row["seen"].as_u64().unwrap(),
            kept: row["kept"].as_u64().unwrap(),
            rejected: row["rejected"].as_u64().unwrap(),
            incomplete_reason: row["incomplete_reason"].as_str().map(ToOwned::to_owned),
        };
        rows.iter().map(pass).collect()
    }
}

#[async_trait]
impl ReadStoreSubject for Postgres {
    async fn open_to_read(&self) -> Arc<dyn ReadStore> {
        let store = PostgresStore::connect(&self.0.url()).await;
        Arc::new(store.unwrap())
    }
}
