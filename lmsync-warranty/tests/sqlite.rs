//! A cache in a file: it outlives a run, and a file that is not whole or not ours is refused.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta};
use lmsync_core::{ErrorKind, Result};
use lmsync_warranty::{
    Answer, CachedAnswer, Maker, Outcome, SavedJob, SqliteCache, WarrantyCache, WarrantyQuery,
};
use rusqlite::Connection;

fn kept(query: &WarrantyQuery, maker: Maker) -> CachedAnswer {
    let now = DateTime::UNIX_EPOCH + TimeDelta::days(20_000);
    CachedAnswer::new(
        maker,
        query,
        &Answer::NotFound,
        &Outcome::NotFound,
        None,
        now,
    )
    .unwrap()
}

fn open(path: &Path) -> Result<Arc<dyn WarrantyCache>> {
    Ok(Arc::new(SqliteCache::open(path)?))
}

#[tokio::test]
async fn what_was_kept_is_there_when_the_file_is_opened_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cache.db");
    let plain = WarrantyQuery::new("5CG0000001");
    let numbered = plain.clone().product_number("5D1B0UT");
    let keys = [plain.key(), numbered.key()];
    let job = SavedJob {
        maker: Maker::HP,
        id: "job 1".to_owned(),
        keys: keys.to_vec(),
        begun_at: DateTime::UNIX_EPOCH,
    };
    {
        let cache = open(&path).unwrap();
        assert!(cache.get(&Maker::HP, &keys).await.unwrap().is_empty());
        cache.put(&[kept(&plain, Maker::HP)]).await.unwrap();
        let mut replaced = kept(&numbered, Maker::HP);
        cache.put(&[replaced.clone()]).await.unwrap();
        replaced.misses = 7;
        cache.put(&[replaced]).await.unwrap();
        cache.keep_job(&job).await.unwrap();
        cache.keep_job(&job).await.unwrap();
    }
    let cache = open(&path).unwrap();
    let found = cache.get(&Maker::HP, &keys).await.unwrap();
    let misses: Vec<u32> = found.iter().map(|answer| answer.misses).collect();
    assert_eq!(misses, [1, 7]);
    assert_eq!(found[1].key, keys[1]);
    assert!(cache.get(&Maker::DELL, &keys).await.unwrap().is_empty());
    assert_eq!(
        cache.jobs(&Maker::HP).await.unwrap(),
        std::slice::from_ref(&job)
    );
    assert!(cache.jobs(&Maker::DELL).await.unwrap().is_empty());
    cache.forget_job(&Maker::DELL, &job.id).await.unwrap();
    assert_eq!(cache.jobs(&Maker::HP).await.unwrap().len(), 1);
    cache.forget_job(&Maker::HP, &job.id).await.unwrap();
    assert!(cache.jobs(&Maker::HP).await.unwrap().is_empty());
}

#[tokio::test]
async fn two_runs_may_have_one_file_open() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cache.db");
    let (one, other) = (open(&path).unwrap(), open(&path).unwrap());
    let query = WarrantyQuery::new("7XKQ2T3");
    one.put(&[kept(&query, Maker::DELL)]).await.unwrap();
    let found = other.get(&Maker::DELL, &[query.key()]).await.unwrap();
    assert_eq!(found.len(), 1);
}

fn require_refused(path: &Path, why: &str) {
    let before = std::fs::read(path).unwrap();
    let error = open(path).expect_err(why);
    assert_eq!(error.kind(), ErrorKind::Store, "{error}");
    assert!(error.message().contains(why), "{error}");
    assert!(
        error.message().contains("cache.db") && error.hint().is_some(),
        "{error}"
    );
    assert_eq!(
        std::fs::read(path).unwrap(),
        before,
        "the file stays as it is"
    );
}

#[test]
fn a_file_that_is_damaged_foreign_or_newer_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cache.db");
    std::fs::write(
        &path,
        "this is no database, and longer than its header would be",
    )
    .unwrap();
    require_refused(&path, "not a database");
    std::fs::remove_file(&path).unwrap();
    let sql = |statement: &str| {
        Connection::open(&path)
            .unwrap()
            .execute_batch(statement)
            .unwrap()
    };
    sql("CREATE TABLE others (id INTEGER)");
    require_refused(&path, "another program's");
    std::fs::remove_file(&path).unwrap();
    drop(open(&path).unwrap());
    sql("PRAGMA user_version = 2");
    require_refused(&path, "newer lmsync");
    std::fs::remove_file(&path).unwrap();
    drop(open(&path).unwrap());
    let mut bytes = std::fs::read(&path).unwrap();
    let second_page = 4096;
    bytes[second_page..second_page + 200].fill(0xff);
    std::fs::write(&path, bytes).unwrap();
    require_refused(&path, "");
}

#[tokio::test]
async fn a_record_that_cannot_be_read_is_an_error_and_not_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cache.db");
    let query = WarrantyQuery::new("7XKQ2T3");
    let cache = open(&path).unwrap();
    cache.put(&[kept(&query, Maker::DELL)]).await.unwrap();
    let spoil = "UPDATE answers SET answer = '{}'";
    Connection::open(&path)
        .unwrap()
        .execute_batch(spoil)
        .unwrap();
    let error = cache.get(&Maker::DELL, &[query.key()]).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Store, "{error}");
}
