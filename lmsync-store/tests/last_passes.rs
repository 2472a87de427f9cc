//! The last passes of stores that need no server.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[cfg(any(feature = "parquet", feature = "sqlite"))]
mod passes_told;

#[cfg(feature = "sqlite")]
#[tokio::test]
async fn an_sqlite_file_tells_them() {
    let folder = tempfile::tempdir().unwrap();
    let store = lmsync_store::SqliteStore::open(folder.path().join("assets.db")).unwrap();
    passes_told::the_last_pass_of_each_stream_is_told(std::sync::Arc::new(store)).await;
}

#[cfg(feature = "parquet")]
#[tokio::test]
async fn a_folder_of_parquet_files_tells_them() {
    let folder = tempfile::tempdir().unwrap();
    let store = lmsync_store::ParquetStore::open(folder.path()).unwrap();
    passes_told::the_last_pass_of_each_stream_is_told(std::sync::Arc::new(store)).await;
}
