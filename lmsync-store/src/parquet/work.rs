//! Work on files, apart from what must not wait.

use lmsync_core::{Error, Result};
use tokio::task::JoinError;

/// Works on files, on a thread where waiting disturbs nobody.
pub(super) async fn work<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(broken) => Err(broken_down(&broken)),
    }
}

/// The error of work that `broken` tells of.
pub(super) fn broken_down(broken: &JoinError) -> Error {
    let how = if broken.is_panic() {
        "broke down"
    } else {
        "was given up"
    };
    Error::store(format!("the work on the Parquet files {how}"))
}
