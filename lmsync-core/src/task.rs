//! Work that goes on while its owner is busy, and stops when its owner is gone.

use std::future::Future;

use tokio::task::JoinHandle;
use tracing::Instrument;

use crate::error::{Error, ErrorKind, Result};

/// A task of the tokio runtime that ends with its owner.
///
/// Read-ahead runs in tasks because a future that nobody polls keeps what it
/// holds: a page fetched ahead would sit on its permit of the limiter while the
/// caller, busy with an earlier record, waits for that very permit.
#[derive(Debug)]
pub(crate) struct Task<T>(JoinHandle<Result<T>>);

impl<T: Send + 'static> Task<T> {
    /// Begins `work`, in the span that this is called in.
    pub(crate) fn spawn(work: impl Future<Output = Result<T>> + Send + 'static) -> Self {
        Self(tokio::spawn(work.in_current_span()))
    }

    pub(crate) async fn join(&mut self) -> Result<T> {
        match (&mut self.0).await {
            Ok(result) => result,
            Err(error) => match error.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                Err(_) => Err(Error::new(
                    ErrorKind::Cancelled,
                    "the runtime is shutting down",
                )),
            },
        }
    }
}

impl<T> Drop for Task<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}
