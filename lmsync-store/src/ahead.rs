//! Rows that are read ahead of who takes them, by a thread or a task of their own.

#[cfg(feature = "postgres")]
use futures_util::stream::Stream;
use futures_util::stream::{self, BoxStream, StreamExt};
use lmsync_core::{Error, Result};
#[cfg(any(feature = "parquet", feature = "sqlite"))]
use tokio::sync::mpsc::Sender;
use tokio::sync::mpsc::{self, Receiver};
use tokio::task::JoinHandle;

/// Number of rows that are handed over at a time: each handing over may wake a thread.
const AT_A_TIME: usize = 64;

/// Number of times rows are handed over before somebody takes them.
const AHEAD: usize = 4;

/// The rows that `read` hands over, until nobody listens. It may block.
#[cfg(any(feature = "parquet", feature = "sqlite"))]
pub(crate) fn on_a_thread<R: Send + 'static>(
    read: impl FnOnce(&mut Rows<R>) -> Result<()> + Send + 'static,
) -> BoxStream<'static, Result<R>> {
    let (sender, receiver) = mpsc::channel(AHEAD);
    let task = tokio::task::spawn_blocking(move || {
        let mut rows = Rows {
            sender,
            gathered: Vec::with_capacity(AT_A_TIME),
        };
        if let Err(error) = read(&mut rows) {
            rows.gathered.push(Err(error));
        }
        rows.hand_over();
    });
    Reading { receiver, task }.rows()
}

/// The rows of `rows`, which a task takes from where they come, until nobody listens.
#[cfg(feature = "postgres")]
pub(crate) fn in_a_task<R: Send + 'static>(
    rows: impl Stream<Item = Result<R>> + Send + 'static,
) -> BoxStream<'static, Result<R>> {
    let (sender, receiver) = mpsc::channel(AHEAD);
    let task = tokio::spawn(async move {
        let mut gathered = std::pin::pin!(rows.ready_chunks(AT_A_TIME));
        while let Some(rows) = gathered.next().await {
            if sender.send(rows).await.is_err() {
                break;
            }
        }
    });
    Reading { receiver, task }.rows()
}

/// Rows on their way from the thread that reads them.
#[cfg(any(feature = "parquet", feature = "sqlite"))]
pub(crate) struct Rows<R> {
    sender: Sender<Vec<Result<R>>>,
    gathered: Vec<Result<R>>,
}

#[cfg(any(feature = "parquet", feature = "sqlite"))]
impl<R> Rows<R> {
    /// Hands `row` over, soon. Returns `false` when nobody listens.
    pub(crate) fn send(&mut self, row: R) -> bool {
        self.gathered.push(Ok(row));
        self.gathered.len() < AT_A_TIME || self.hand_over()
    }

    fn hand_over(&mut self) -> bool {
        let rows = std::mem::replace(&mut self.gathered, Vec::with_capacity(AT_A_TIME));
        self.sender.blocking_send(rows).is_ok()
    }
}

/// A reading under way.
struct Reading<R> {
    receiver: Receiver<Vec<Result<R>>>,
    task: JoinHandle<()>,
}

impl<R> Drop for Reading<R> {
    /// Ends it: rows that nobody takes any more need not come.
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl<R: Send + 'static> Reading<R> {
    fn rows(self) -> BoxStream<'static, Result<R>> {
        stream::unfold(Some(self), Self::next)
            .flat_map(stream::iter)
            .boxed()
    }

    /// The next rows. A reading that broke down is told, so that what came of it is not taken for all.
    async fn next(reading: Option<Self>) -> Option<(Vec<Result<R>>, Option<Self>)> {
        let mut reading = reading?;
        if let Some(rows) = reading.receiver.recv().await {
            return Some((rows, Some(reading)));
        }
        (&mut reading.task).await.err()?;
        let broke = Error::store("reading the store broke down");
        Some((vec![Err(broke)], None))
    }
}
