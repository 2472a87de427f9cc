//! No further write once a run is to end.

use async_trait::async_trait;
use futures_util::future::{BoxFuture, FutureExt, Shared};
use lmsync::two_way::{Attempt, Journal, JournalEntry};
use lmsync::{Error, ErrorKind, Result};

use crate::support::stop;

/// An end of a run from outside.
#[derive(Debug, Clone)]
pub(crate) struct Stop(Shared<BoxFuture<'static, &'static str>>);

impl Stop {
    /// Listens from now on.
    pub(crate) fn listening() -> Self {
        Self(stop::listen().shared())
    }

    /// Waits for the first signal, and says which it was.
    pub(crate) fn waiting(&self) -> BoxFuture<'static, &'static str> {
        self.0.clone().boxed()
    }

    /// Waits for a signal after the first.
    pub(crate) fn waiting_again(&self) -> BoxFuture<'static, &'static str> {
        let first = self.waiting();
        async move {
            first.await;
            stop::listen().await
        }
        .boxed()
    }

    fn reason(&self) -> Option<&'static str> {
        self.waiting().now_or_never()
    }
}

/// A journal in which no attempt is begun once the run is to end: what is under way ends, and
/// its outcome is recorded.
#[derive(Debug)]
pub(crate) struct UntilStopped<'j> {
    journal: &'j dyn Journal,
    stop: Stop,
}

impl<'j> UntilStopped<'j> {
    pub(crate) fn new(journal: &'j dyn Journal, stop: Stop) -> Self {
        Self { journal, stop }
    }
}

#[async_trait]
impl Journal for UntilStopped<'_> {
    async fn begin(&self, attempt: &Attempt) -> Result<()> {
        match self.stop.reason() {
            Some(reason) => Err(Error::new(ErrorKind::Cancelled, reason)
                .with_hint("run it again with the same --journal to go on")),
            None => self.journal.begin(attempt).await,
        }
    }

    async fn finish(&self, entry: &JournalEntry) -> Result<()> {
        self.journal.finish(entry).await
    }
}
