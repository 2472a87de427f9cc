//! Files that are damaged, or none of ours.

use std::fs;
use std::io::Write as _;

use futures_util::TryStreamExt;
use lmsync_core::model::Asset;
use lmsync_store::{ParquetStore, ReadStore, StreamName};
use proptest::prelude::*;

use crate::stage::{Stage, incomplete, names, told};

async fn read(stage: &Stage) -> lmsync_core::Result<Vec<Asset>> {
    stage.store.assets(Some(&stage.account)).try_collect().await
}

#[tokio::test]
async fn a_newest_file_that_is_damaged_is_refused_by_its_name() {
    let stage = Stage::new();
    stage.complete(1, &["a"]).await;
    stage.complete(2, &["a", "b"]).await;
    let whole = fs::read(stage.file(2)).unwrap();
    let name = stage.file(2).display().to_string();
    let short = whole[..whole.len() - 9].to_vec();
    let holed = [
        &whole[..4],
        &vec![0; whole.len() / 2],
        &whole[4 + whole.len() / 2..],
    ]
    .concat();
    for damaged in [
        Vec::new(),
        b"PAR1".to_vec(),
        b"no Parquet at all".to_vec(),
        short,
        holed,
    ] {
        fs::write(stage.file(2), damaged).unwrap();
        let begun = told(stage.begin(StreamName::Assets).await);
        assert!(begun.contains(&name), "{begun}");
        assert!(begun.contains("move it away"), "{begun}");
        let read = told(read(&stage).await);
        assert!(read.contains(&name), "{read}");
    }
    assert_eq!(names(&stage.folder("assets")).len(), 2);
    // As the hint says.
    fs::remove_file(stage.file(2)).unwrap();
    assert_eq!(read(&stage).await.unwrap().len(), 1);
    stage.complete(3, &["b"]).await;
    assert_eq!(stage.ids(), ["b"]);
}

#[tokio::test]
async fn an_older_file_that_is_damaged_disturbs_nobody() {
    let stage = Stage::new();
    stage.complete(1, &["a"]).await;
    stage.complete(2, &["a", "b"]).await;
    fs::write(stage.file(1), "no Parquet").unwrap();
    stage
        .land(3, stage.assets(&["c"]), incomplete)
        .await
        .unwrap();
    assert_eq!(stage.ids(), ["a", "b", "c"]);
    assert_eq!(read(&stage).await.unwrap().len(), 3);
}

#[tokio::test]
async fn a_file_that_goes_away_during_a_pass_is_still_carried_over() {
    let stage = Stage::new();
    stage.complete(1, &["a"]).await;
    let mut landing = stage.begin(StreamName::Assets).await.unwrap();
    fs::remove_file(stage.file(1)).unwrap();
    let batch = crate::stage::batch(2, stage.assets(&["b"]));
    landing.put(&batch).await.unwrap();
    let mut report = stage.report(2, StreamName::Assets);
    incomplete(&mut report);
    landing.finish(&report).await.unwrap();
    assert_eq!(stage.ids(), ["a", "b"]);
}

#[tokio::test]
async fn another_programs_file_is_refused() {
    let stage = Stage::new();
    stage.complete(1, &["a"]).await;
    let schema = arrow_schema::Schema::empty();
    let file = fs::File::create(stage.file(2)).unwrap();
    let writer = parquet::arrow::ArrowWriter::try_new(file, schema.into(), None).unwrap();
    writer.close().unwrap();
    let refused = told(stage.begin(StreamName::Assets).await);
    assert!(
        refused.contains("it is another program's file"),
        "{refused}"
    );
    let refused = told(read(&stage).await);
    assert!(
        refused.contains("it is another program's file"),
        "{refused}"
    );
}

#[test]
fn a_folder_of_a_newer_lmsync_or_of_another_program_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    ParquetStore::open(folder.path()).unwrap();
    fs::write(folder.path().join(".lmsync-version-2"), "").unwrap();
    let refused = told(ParquetStore::open(folder.path()));
    assert!(refused.contains("a newer lmsync wrote it"), "{refused}");
    assert!(
        refused.contains(&folder.path().display().to_string()),
        "{refused}"
    );

    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("software")).unwrap();
    let refused = told(ParquetStore::open(folder.path()));
    assert!(refused.contains("is not ours"), "{refused}");
    assert_eq!(names(folder.path()), ["software"], "it is left as it is");
    // As the hint says.
    fs::write(folder.path().join(".lmsync-version-1"), "").unwrap();
    ParquetStore::open(folder.path()).unwrap();
}

#[test]
fn a_folder_with_anything_else_in_it_becomes_ours() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("invoices")).unwrap();
    ParquetStore::open(folder.path()).unwrap();
    ParquetStore::open(folder.path()).unwrap();
    assert_eq!(names(folder.path()), [".lmsync-version-1", "invoices"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// A byte that is another one is an error, or leaves as many rows; and what cannot be carried over
    /// leaves no file.
    #[test]
    fn one_wrong_byte_loses_no_row_in_silence(place in 0.0..1.0_f64, byte in any::<u8>()) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let stage = Stage::new();
            stage.complete(1, &["a", "b", "c"]).await;
            let mut bytes = fs::read(stage.file(1)).unwrap();
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
            let place = (place * bytes.len() as f64) as usize;
            bytes[place] = byte;
            fs::File::create(stage.file(1)).unwrap().write_all(&bytes).unwrap();
            if let Ok(assets) = read(&stage).await {
                assert_eq!(assets.len(), 3);
            }
            match stage.land(2, stage.assets(&["z"]), incomplete).await {
                Ok(_) => assert_eq!(crate::stage::rows(&stage.file(2)).len(), 4),
                Err(error) => {
                    let name = stage.file(1).display().to_string();
                    assert!(told::<()>(Err(error)).contains(&name));
                    assert_eq!(names(&stage.folder("assets")).len(), 1);
                }
            }
        });
    }
}
