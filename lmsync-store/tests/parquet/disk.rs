//! Folders that cannot be written.

use std::fs;

use lmsync_store::{ParquetStore, StreamName};

use crate::stage::{Stage, batch, names, pass_text, told};

#[test]
fn a_file_in_the_place_of_a_folder_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "text").unwrap();
    for path in [file.clone(), file.join("below")] {
        let refused = told(ParquetStore::open(&path));
        assert!(refused.contains(&path.display().to_string()), "{refused}");
        assert!(refused.contains("name another folder"), "{refused}");
    }
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("passes"), "text").unwrap();
    let refused = told(ParquetStore::open(folder.path()));
    assert!(refused.contains("passes"), "{refused}");
}

#[tokio::test]
async fn a_folder_that_went_away_is_told() {
    let stage = Stage::new();
    fs::remove_dir_all(stage.folder.path()).unwrap();
    let refused = told(stage.begin(StreamName::Assets).await);
    assert!(refused.contains("cannot lock"), "{refused}");
    assert!(refused.contains(&stage.folder.path().display().to_string()));
}

#[tokio::test]
async fn a_pass_whose_file_cannot_be_made_fails_and_lands_nothing_more() {
    let stage = Stage::new();
    fs::create_dir(stage.folder.path().join("assets")).unwrap();
    let mut landing = stage.begin(StreamName::Assets).await.unwrap();
    fs::write(stage.folder.path().join("assets/connector=fake"), "").unwrap();
    let failed = told(landing.put(&batch(1, stage.assets(&["a"]))).await);
    assert!(failed.contains("making the folder"), "{failed}");
    fs::remove_file(stage.folder.path().join("assets/connector=fake")).unwrap();
    // What was not landed is missing: the pass must not end as if it had been.
    let failed = told(landing.put(&batch(1, stage.assets(&["b"]))).await);
    assert!(failed.contains("failed before"), "{failed}");
    let failed = landing.finish(&stage.report(1, StreamName::Assets)).await;
    assert!(told(failed).contains("failed before"));
    stage.complete(1, &["a", "b"]).await;
    assert_eq!(stage.ids(), ["a", "b"]);
}

#[tokio::test]
async fn a_pass_that_cannot_be_put_in_its_place_leaves_the_one_before() {
    let stage = Stage::new();
    stage.complete(1, &["a"]).await;
    let mut landing = stage.begin(StreamName::Assets).await.unwrap();
    landing.put(&batch(2, stage.assets(&["b"]))).await.unwrap();
    // A folder in the place of the file.
    fs::create_dir_all(stage.file(2).join("x")).unwrap();
    let failed = told(landing.finish(&stage.report(2, StreamName::Assets)).await);
    assert!(failed.contains("renaming"), "{failed}");
    fs::remove_dir_all(stage.file(2)).unwrap();
    assert_eq!(stage.ids(), ["a"]);
    assert_eq!(stage.passes("assets").len(), 1);
    // What is left of it goes with the next.
    stage.complete(2, &["c"]).await;
    let rows = names(&stage.folder("assets"));
    assert_eq!(
        rows,
        [1, 2].map(|number| format!("pass={}.parquet", pass_text(number)))
    );
    assert_eq!(names(&stage.folder("passes")).len(), 2);
}

#[tokio::test]
async fn a_pass_whose_own_row_cannot_be_written_does_not_count() {
    let stage = Stage::new();
    stage.complete(1, &["a"]).await;
    let folder = stage.folder("passes");
    let mut landing = stage.begin(StreamName::Assets).await.unwrap();
    landing.put(&batch(2, stage.assets(&["b"]))).await.unwrap();
    fs::remove_dir_all(&folder).unwrap();
    fs::write(&folder, "").unwrap();
    let failed = told(landing.finish(&stage.report(2, StreamName::Assets)).await);
    assert!(failed.contains("making the folder"), "{failed}");
    assert_eq!(stage.ids(), ["a"]);
    assert_eq!(names(&stage.folder("assets")).len(), 1);
}

#[tokio::test]
async fn a_pass_whose_rows_are_there_gets_its_own_row_with_the_next_run() {
    let stage = Stage::new();
    stage.complete(1, &["a"]).await;
    // A folder in the place of the row's file.
    let taken = format!("pass={}-assets.parquet", pass_text(2));
    let taken = stage.folder("passes").join(taken);
    let mut landing = stage.begin(StreamName::Assets).await.unwrap();
    landing.put(&batch(2, stage.assets(&["b"]))).await.unwrap();
    fs::create_dir_all(taken.join("x")).unwrap();
    let failed = told(landing.finish(&stage.report(2, StreamName::Assets)).await);
    assert!(failed.contains("renaming"), "{failed}");
    fs::remove_dir_all(&taken).unwrap();
    assert_eq!(stage.passes("assets").len(), 1);
    drop(stage.begin(StreamName::Assets).await.unwrap());
    assert_eq!(stage.passes("assets").len(), 2);
    assert_eq!(stage.ids(), ["b"]);
}
