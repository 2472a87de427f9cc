//! Files that are not the store's, older and newer ones, and files that cannot be used.
#![cfg(feature = "sqlite")]
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use lmsync_core::{Error, ErrorKind};
use lmsync_store::{SqliteStore, Store, StreamName, columns};
use lmsync_testkit::store::{Night, account, asset, run};
use rusqlite::Connection;
use tempfile::TempDir;

struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn file(&self) -> PathBuf {
        self.0.path().join("assets.db")
    }
}

fn sql(path: &Path, statements: &str) {
    Connection::open(path)
        .unwrap()
        .execute_batch(statements)
        .unwrap();
}

fn refused(path: &Path) -> Error {
    let error = SqliteStore::open(path).expect_err("it is refused");
    assert_eq!(error.kind(), ErrorKind::Store, "{error}");
    assert!(error.hint().is_some(), "{error}");
    assert!(
        error.message().contains(&path.display().to_string()),
        "{error}"
    );
    error
}

fn one_night(path: &Path) -> Arc<dyn Store> {
    let store: Arc<dyn Store> = Arc::new(SqliteStore::open(path).unwrap());
    let acme = account("acme");
    run(async {
        let night = Night::new(&acme, 1, [asset(&acme, "1")]);
        assert_eq!(night.play(&store).await.unwrap().inserted, 1);
    });
    store
}

#[test]
fn another_programs_file_is_left_as_it_is() {
    for statements in [
        // Tables of our names that are not ours.
        "CREATE TABLE assets (id INTEGER)",
        "CREATE TABLE Passes (id INTEGER)",
        "CREATE VIEW customers AS SELECT 1",
        // Marks of another program.
        "PRAGMA application_id = 252006674",
        "PRAGMA user_version = 3",
        "CREATE TABLE other (id INTEGER); PRAGMA user_version = 1",
    ] {
        let folder = Folder::new();
        sql(&folder.file(), statements);
        let before = fs::read(folder.file()).unwrap();
        let error = refused(&folder.file());
        assert!(error.message().contains("another program"), "{error}");
        assert_eq!(fs::read(folder.file()).unwrap(), before, "{statements}");
    }
}

#[test]
fn a_file_that_is_no_database_is_left_as_it_is() {
    let folder = Folder::new();
    fs::write(folder.file(), "name,serial\npc1,ABC1234\n".repeat(100)).unwrap();
    let before = fs::read(folder.file()).unwrap();
    refused(&folder.file());
    assert_eq!(fs::read(folder.file()).unwrap(), before);
}

#[test]
fn tables_of_others_beside_ours_stay() {
    let folder = Folder::new();
    sql(
        &folder.file(),
        "CREATE TABLE tickets (id INTEGER); INSERT INTO tickets VALUES (7)",
    );
    one_night(&folder.file());
    let connection = Connection::open(folder.file()).unwrap();
    let ticket: i64 = connection
        .query_row("SELECT id FROM tickets", [], |row| row.get(0))
        .unwrap();
    assert_eq!(ticket, 7);
    // And a second opening finds ours.
    SqliteStore::open(folder.file()).unwrap();
}

#[test]
fn an_empty_file_is_taken() {
    let folder = Folder::new();
    fs::write(folder.file(), "").unwrap();
    one_night(&folder.file());
}

#[test]
fn a_newer_file_is_refused_and_says_what_to_do() {
    let folder = Folder::new();
    drop(one_night(&folder.file()));
    sql(&folder.file(), "PRAGMA user_version = 2");
    let error = refused(&folder.file());
    assert!(error.message().contains("newer"), "{error}");
    assert!(error.hint().unwrap().contains("update"), "{error}");
}

#[test]
fn an_older_file_gets_the_columns_that_are_missing() {
    let folder = Folder::new();
    drop(one_night(&folder.file()));
    // As a version would have left it that knew neither of them.
    sql(
        &folder.file(),
        "ALTER TABLE assets DROP COLUMN os_arch; ALTER TABLE assets DROP COLUMN serial_others; \
         ALTER TABLE assets DROP COLUMN fingerprint; DROP TABLE customers; \
         ALTER TABLE assets ADD COLUMN own_notes TEXT; UPDATE assets SET own_notes = 'mine'",
    );
    let acme = account("acme");
    let store: Arc<dyn Store> = Arc::new(SqliteStore::open(folder.file()).unwrap());
    run(async {
        let landed = Night::new(&acme, 2, [asset(&acme, "1")])
            .play(&store)
            .await
            .unwrap();
        // Nobody knows what it was before.
        assert_eq!((landed.changed, landed.inserted), (1, 0));
    });
    let connection = Connection::open(folder.file()).unwrap();
    let (arch, notes): (String, String) = connection
        .query_row("SELECT os_arch, own_notes FROM assets", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .unwrap();
    assert_eq!((arch.as_str(), notes.as_str()), ("unknown", "mine"));
    let known: i64 = connection
        .query_row(
            "SELECT count(*) FROM pragma_table_info('assets')",
            [],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(known as usize, columns(StreamName::Assets).len() + 1);
}

#[test]
fn a_folder_that_is_not_there_is_told() {
    let folder = Folder::new();
    refused(&folder.0.path().join("nowhere").join("assets.db"));
    refused(folder.0.path());
}

#[test]
fn a_name_that_sqlite_reads_as_something_else_is_a_file() {
    let folder = Folder::new();
    for name in [":memory:", "file:x.db?mode=memory", "a b%20c.db"] {
        let path = folder.0.path().join(name);
        one_night(&path);
        assert!(path.exists(), "{name}");
    }
}

#[test]
fn a_run_leaves_no_lock_behind() {
    let folder = Folder::new();
    drop(one_night(&folder.file()));
    let names = fs::read_dir(folder.0.path())
        .unwrap()
        .map(|file| file.unwrap().file_name());
    let names: Vec<_> = names.collect();
    assert_eq!(names, ["assets.db"]);
}

#[cfg(unix)]
#[test]
fn a_file_that_is_named_by_a_link_is_locked_as_itself() {
    let folder = Folder::new();
    drop(one_night(&folder.file()));
    let link = folder.0.path().join("link.db");
    std::os::unix::fs::symlink(folder.file(), &link).unwrap();
    run(async {
        let one: Arc<dyn Store> = Arc::new(SqliteStore::open(folder.file()).unwrap());
        let other: Arc<dyn Store> = Arc::new(SqliteStore::open(&link).unwrap());
        let acme = account("acme");
        let night = Night::new(&acme, 2, [asset(&acme, "1")]);
        let _landing = night.begin(&one).await.unwrap();
        let error = night.begin(&other).await.expect_err("it is in use");
        assert_eq!(error.kind(), ErrorKind::Store, "{error}");
    });
}

#[test]
fn a_new_file_may_be_opened_by_many_at_once() {
    let folder = Folder::new();
    let file = folder.file();
    std::thread::scope(|scope| {
        let openings: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| SqliteStore::open(&file).map(drop)))
            .collect();
        for opening in openings {
            opening.join().unwrap().unwrap();
        }
    });
    one_night(&file);
}
