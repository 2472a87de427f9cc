//! Passes that did not come to their end.

use std::fs;

use futures_util::FutureExt;
use lmsync_store::{Store, StreamName};

use crate::stage::{Stage, batch, names, pass, pass_text, told};

#[tokio::test]
async fn a_pass_that_is_dropped_leaves_nothing() {
    let stage = Stage::new();
    stage.complete(1, &["a"]).await;
    let before = (
        names(&stage.folder("assets")),
        names(&stage.folder("passes")),
    );
    let mut landing = stage.begin(StreamName::Assets).await.unwrap();
    landing.put(&batch(2, stage.assets(&["b"]))).await.unwrap();
    let part = format!(".pass={}.parquet.part", pass_text(2));
    assert!(names(&stage.folder("assets")).contains(&part));
    drop(landing);
    let after = (
        names(&stage.folder("assets")),
        names(&stage.folder("passes")),
    );
    assert_eq!(after, before);
    assert_eq!(names(stage.folder.path()).len(), 3, "no lock stays");
    // It left no pass, so that another may take its place.
    stage.complete(2, &["c"]).await;
    assert_eq!(stage.ids(), ["c"]);
}

#[tokio::test]
async fn what_a_killed_run_left_is_removed_by_the_next_one() {
    let stage = Stage::new();
    stage.complete(1, &["a"]).await;
    let (rows, passes) = (stage.folder("assets"), stage.folder("passes"));
    let two = pass_text(2);
    let left = [
        rows.join(format!(".pass={two}.parquet.part")),
        rows.join(format!(".pass={two}.parquet.again.part")),
        passes.join(format!(".pass={two}-assets.parquet.part")),
    ];
    let others = [
        rows.join(".DS_Store"),
        rows.join(".pass=soon.parquet.part"),
        passes.join(format!(".pass={two}-customers.parquet.part")),
    ];
    for path in left.iter().chain(&others) {
        fs::write(path, "half a file").unwrap();
    }
    assert_eq!(stage.ids(), ["a"], "nobody reads it");
    let landing = stage.begin(StreamName::Assets).await.unwrap();
    assert!(left.iter().all(|path| !path.exists()));
    assert!(others.iter().all(|path| path.exists()));
    assert_eq!(landing.latest(), Some(pass(1)));
}

#[tokio::test]
async fn a_run_that_was_killed_between_rows_and_pass_is_brought_to_its_end() {
    let stage = Stage::new();
    stage.complete(1, &["a"]).await;
    stage.complete(2, &["b"]).await;
    let folder = stage.folder("passes");
    let whole = format!("pass={}-assets.parquet", pass_text(2));
    let part = folder.join(format!(".{whole}.part"));
    fs::rename(folder.join(&whole), &part).unwrap();
    assert_eq!(stage.passes("assets").len(), 1);
    let landing = stage.begin(StreamName::Assets).await.unwrap();
    assert_eq!(landing.latest(), Some(pass(2)));
    assert_eq!(stage.passes("assets").len(), 2);
    assert!(!part.exists());
}

#[tokio::test]
async fn the_lock_of_a_killed_run_holds_nobody_up() {
    let stage = Stage::new();
    drop(stage.begin(StreamName::Assets).await.unwrap());
    let landing = stage.begin(StreamName::Assets).await.unwrap();
    let all = names(stage.folder.path());
    let lock = all.iter().find(|name| name.ends_with(".lock")).unwrap();
    assert!(lock.starts_with(".lmsync-assets-"), "{lock}");
    let lock = stage.folder.path().join(lock);
    drop(landing);
    fs::write(lock, "").unwrap();
    stage.begin(StreamName::Assets).await.unwrap();
}

#[tokio::test]
async fn a_put_that_is_dropped_half_way_has_landed_or_not() {
    let stage = Stage::new();
    let mut landing = stage.begin(StreamName::Assets).await.unwrap();
    let first = batch(1, stage.assets(&["a", "b"]));
    // Polled once: the work has begun, elsewhere.
    let answer = landing.put(&first).now_or_never();
    drop(answer);
    landing.put(&batch(1, stage.assets(&["c"]))).await.unwrap();
    landing
        .finish(&stage.report(1, StreamName::Assets))
        .await
        .unwrap();
    assert_eq!(stage.ids(), ["a", "b", "c"]);
}

#[tokio::test]
async fn a_finish_that_is_dropped_half_way_comes_to_its_end_before_another_pass() {
    let stage = Stage::new();
    let mut landing = stage.begin(StreamName::Assets).await.unwrap();
    landing.put(&batch(1, stage.assets(&["a"]))).await.unwrap();
    let report = stage.report(1, StreamName::Assets);
    let answer = landing.finish(&report).now_or_never();
    drop(answer);
    // As long as it works, the account is in use.
    let landing = loop {
        match stage.begin(StreamName::Assets).await {
            Ok(landing) => break landing,
            Err(error) => assert!(told::<()>(Err(error)).contains("another run is landing")),
        }
        tokio::task::yield_now().await;
    };
    assert_eq!(landing.latest(), Some(pass(1)));
    assert_eq!(stage.ids(), ["a"]);
    assert_eq!(stage.passes("assets").len(), 1);
}

#[tokio::test]
async fn a_begin_that_is_dropped_half_way_gives_the_account_back() {
    let stage = Stage::new();
    let answer = stage
        .store
        .begin(&stage.account, StreamName::Assets)
        .now_or_never();
    drop(answer);
    while stage.begin(StreamName::Assets).await.is_err() {
        tokio::task::yield_now().await;
    }
}
