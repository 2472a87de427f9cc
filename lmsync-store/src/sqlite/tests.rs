use std::path::Path;

use chrono::DateTime;
use lmsync_core::model::{Asset, Origin, Rules};
use lmsync_core::{Error, ErrorKind};
use rusqlite::TransactionBehavior;

use super::*;
use crate::pass_id::PassId;
use crate::pass_report::PassReport;
use crate::record::Records;
use crate::store::Batch;
use crate::totals::Totals;

fn acme() -> AccountKey {
    AccountKey::new("fake", "acme")
}

fn asset(id: usize, name: &str) -> Asset {
    let origin = Origin::new("fake", "acme", Rules::default());
    let draft = origin.draft(Some(id.to_string()), DateTime::UNIX_EPOCH);
    let mut asset = draft.unwrap().finish();
    asset.name = name.to_owned();
    asset
}

fn pass() -> PassId {
    PassId::at(DateTime::UNIX_EPOCH)
}

async fn put(store: &SqliteStore, name: &str) -> Result<()> {
    let assets = (0..20).map(|id| asset(id, name)).collect();
    let batch = Batch::new(pass(), Records::Assets(assets), None);
    let mut landing = store.begin(&acme(), StreamName::Assets).await?;
    landing.put(&Arc::new(batch)).await.map(drop)
}

async fn finish(store: &SqliteStore) -> Result<()> {
    let report = PassReport::new(
        acme(),
        StreamName::Assets,
        pass(),
        DateTime::UNIX_EPOCH,
        Totals::default(),
        None,
    );
    let landing = store.begin(&acme(), StreamName::Assets).await?;
    landing.finish(&report).await.map(drop)
}

fn count(path: &Path, what: &str) -> i64 {
    let connection = Connection::open(path).unwrap();
    connection
        .query_row(&format!("SELECT count(*) FROM {what}"), [], |row| {
            row.get(0)
        })
        .unwrap()
}

#[track_caller]
fn is_told(outcome: Result<()>, hint: &str) {
    let error: Error = outcome.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Store, "{error}");
    assert!(
        error.hint().is_some_and(|told| told.contains(hint)),
        "{error}"
    );
}

#[tokio::test]
async fn a_full_disk_costs_the_batch_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("assets.db");
    let store = SqliteStore::open(&path).unwrap();
    put(&store, "small").await.unwrap();
    {
        // The file may not grow.
        let connection = store.connection.lock().await;
        connection.pragma_update(None, "max_page_count", 1).unwrap();
    }
    is_told(put(&store, &"large ".repeat(5_000)).await, "disk");
    assert_eq!(count(&path, "assets WHERE name = 'small'"), 20);
    {
        let connection = store.connection.lock().await;
        connection
            .pragma_update(None, "max_page_count", 1_000_000)
            .unwrap();
    }
    put(&store, "large").await.unwrap();
    finish(&store).await.unwrap();
    assert_eq!(count(&path, "assets WHERE name = 'large'"), 20);
}

#[tokio::test]
async fn a_locked_file_is_told_and_can_be_used_later() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("assets.db");
    let store = SqliteStore::open(&path).unwrap();
    {
        let connection = store.connection.lock().await;
        connection.busy_timeout(std::time::Duration::ZERO).unwrap();
    }
    let mut other = Connection::open(&path).unwrap();
    let lock = other
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .unwrap();
    is_told(put(&store, "a").await, "another program");
    is_told(finish(&store).await, "another program");
    lock.commit().unwrap();
    put(&store, "a").await.unwrap();
    finish(&store).await.unwrap();
    assert_eq!((count(&path, "assets"), count(&path, "passes")), (20, 1));
}

#[tokio::test]
async fn a_pass_that_cannot_be_noted_deletes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("assets.db");
    let store = SqliteStore::open(&path).unwrap();
    put(&store, "a").await.unwrap();
    Connection::open(&path)
        .unwrap()
        .execute_batch("DROP TABLE passes")
        .unwrap();
    let report = PassReport::new(
        acme(),
        StreamName::Assets,
        PassId::after(Some(pass()), DateTime::UNIX_EPOCH),
        DateTime::UNIX_EPOCH,
        Totals::default(),
        None,
    );
    // Its first look at what there is fails as well, so that one is taken from before.
    let lock = Lock::of_stream(&path, &acme(), StreamName::Assets).unwrap();
    drop(lock);
    let error = store.begin(&acme(), StreamName::Assets).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Store);
    SqliteStore::open(&path).unwrap();
    let landing = store.begin(&acme(), StreamName::Assets).await.unwrap();
    Connection::open(&path)
        .unwrap()
        .execute_batch("DROP TABLE passes")
        .unwrap();
    landing.finish(&report).await.unwrap_err();
    assert_eq!(count(&path, "assets WHERE deleted_at IS NULL"), 20);
}
