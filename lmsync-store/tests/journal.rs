//! Journals in an SQLite file.
#![cfg(feature = "sqlite")]
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod journals;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use lmsync_core::ErrorKind;
use lmsync_store::{AccountKey, JournalStore, ReadStore, SqliteStore};
use rusqlite::Connection;
use tempfile::TempDir;

struct Desk {
    _folder: TempDir,
    path: PathBuf,
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("assets.db");
        Self {
            _folder: folder,
            path,
        }
    }
}

fn opened(path: &Path) -> Arc<dyn ReadStore> {
    Arc::new(SqliteStore::open(path).unwrap())
}

macro_rules! promises {
    ($($promise:ident),+ $(,)?) => {$(
        #[test]
        fn $promise() {
            let desk = Desk::new();
            lmsync_testkit::store::run(journals::$promise(async || opened(&desk.path)));
        }
    )+};
}

promises!(
    it_tells_what_was_written,
    an_attempt_is_open_until_it_has_ended,
    one_run_writes_to_an_account,
    what_it_cannot_keep_is_refused,
    odd_texts_are_texts,
);

#[tokio::test]
async fn a_row_that_is_no_attempt_is_told() {
    let desk = Desk::new();
    let store = SqliteStore::open(&desk.path).unwrap();
    Connection::open(&desk.path)
        .unwrap()
        .execute_batch(
            "INSERT INTO lmsync_journal (connector, instance, vendor_id, number, at, changes) \
             VALUES ('fake', 'acme', '1', 1, 'yesterday', '[]')",
        )
        .unwrap();
    let read = store.read_journal(&[AccountKey::new("fake", "acme")]).await;
    let error = read.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Store, "{error}");
    assert!(error.message().contains("lmsync_journal"), "{error}");
    // Another account's rows are nobody's concern.
    let other = store
        .read_journal(&[AccountKey::new("fake", "globex")])
        .await;
    assert_eq!(other.unwrap().assets().count(), 0);
}

#[tokio::test]
async fn a_file_of_before_gets_the_table() {
    let desk = Desk::new();
    drop(SqliteStore::open(&desk.path).unwrap());
    let connection = Connection::open(&desk.path).unwrap();
    connection
        .execute_batch("DROP TABLE lmsync_journal")
        .unwrap();
    let store = SqliteStore::open(&desk.path).unwrap();
    let accounts = [AccountKey::new("fake", "acme")];
    store.open_journal(&accounts).await.unwrap();
    assert_eq!(
        store
            .read_journal(&accounts)
            .await
            .unwrap()
            .assets()
            .count(),
        0
    );
}
