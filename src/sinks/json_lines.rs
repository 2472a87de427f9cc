//! Records as JSON lines, written by a thread of their own.
//!
//! A full pipe makes a write wait. On a thread of its own, that neither stops
//! the other accounts nor the answer to Ctrl-C; the bounded channel in front of
//! it makes the listings wait instead of filling the memory.

use std::future::Future;
use std::io::{self, Write};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::thread;

use async_trait::async_trait;
use lmsync_core::{Error, Result};
use lmsync_store::{AccountKey, Batch, Landed, Landing, PassReport, Records, Store, StreamName};
use serde::Serialize;
use tokio::sync::mpsc::error::TryRecvError;
use tokio::sync::mpsc::{self, Receiver, Sender};
use tokio::sync::{oneshot, watch};

/// Most lines that wait for the writer.
const WAITING_LINES: usize = 256;

/// A place that writes each record as one line of JSON, with its kind in the member `record`: a file,
/// a pipe, standard output. Clones write to the same place, line by line.
///
/// Whoever reads along gets the records as they come. An account's lines are mixed with those of
/// others; they say whose they are.
///
/// ```
/// use std::sync::Arc;
///
/// use lmsync::{Accounts, JsonLines, OpenedAccount, SyncOptions};
/// use lmsync_testkit::FakeConnector;
///
/// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
/// let fake = FakeConnector::new("acme").with_asset("1", |_| {});
/// let accounts = Accounts::from_opened([OpenedAccount::two_way(fake)])?;
/// let (lines, end) = JsonLines::to(Vec::new());
/// accounts.sync(&SyncOptions::new(), Arc::new(lines)).await;
/// let written = end.await.expect("memory takes everything");
/// assert!(written.starts_with(br#"{"record":"asset","#));
/// # Ok::<(), lmsync::Error>(())
/// # }).unwrap();
/// ```
#[derive(Debug, Clone)]
pub struct JsonLines {
    lines: Sender<Vec<u8>>,
    /// Its sender is dropped when nothing is written any more.
    open: watch::Receiver<()>,
}

/// The end of [`JsonLines`]: a future of the writer, once every line is written and flushed, or of what
/// kept one from being written. It comes when no clone of the [`JsonLines`] is left.
#[derive(Debug)]
pub struct JsonLinesEnd<W>(oneshot::Receiver<io::Result<W>>);

impl JsonLines {
    /// Writes to `writer`, and gives it back in the end.
    #[must_use]
    pub fn to<W: Write + Send + 'static>(writer: W) -> (Self, JsonLinesEnd<W>) {
        let (lines, received) = mpsc::channel(WAITING_LINES);
        let (end, ended) = oneshot::channel();
        let (writing, open) = watch::channel(());
        let builder = thread::Builder::new().name("lmsync-lines".to_owned());
        // Where there is no thread to be had, the end says that it broke down.
        let _ = builder.spawn(move || {
            let written = write_all(received, writer);
            drop(writing);
            // Nobody listens any more when the program is ending for another reason.
            let _ = end.send(written);
        });
        (Self { lines, open }, JsonLinesEnd(ended))
    }

    /// Waits until nothing can be written any more. It does not keep the lines open.
    pub fn closed(&self) -> impl Future<Output = ()> + Send + 'static {
        let mut open = self.open.clone();
        async move { while open.changed().await.is_ok() {} }
    }

    async fn write(&self, record: &(impl Serialize + Sync)) -> Result<()> {
        let mut line = serde_json::to_vec(record)
            .map_err(|error| Error::store(format!("a record has no JSON form: {error}")))?;
        line.push(b'\n');
        let sent = self.lines.send(line).await;
        sent.map_err(|_| Error::store("the output cannot be written"))
    }

    async fn write_each(&self, records: &[impl Serialize + Sync]) -> Result<()> {
        for record in records {
            self.write(record).await?;
        }
        Ok(())
    }
}

impl<W> Future for JsonLinesEnd<W> {
    type Output = io::Result<W>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let ended = ready!(Pin::new(&mut self.0).poll(context));
        Poll::Ready(ended.unwrap_or_else(|_| Err(io::Error::other("the writer broke down"))))
    }
}

#[async_trait]
impl Store for JsonLines {
    async fn begin(&self, _: &AccountKey, _: StreamName) -> Result<Box<dyn Landing>> {
        Ok(Box::new(self.clone()))
    }

    /// One: records are not held back.
    fn batch_size(&self) -> usize {
        1
    }

    fn remembers(&self) -> bool {
        false
    }
}

#[async_trait]
impl Landing for JsonLines {
    async fn put(&mut self, batch: &Arc<Batch>) -> Result<Landed> {
        match &batch.records {
            Records::Assets(records) => self.write_each(records).await?,
            Records::Software(records) => self.write_each(records).await?,
            Records::Customers(records) => self.write_each(records).await?,
            _ => return Err(Error::store("there is no line for records of this kind")),
        }
        Ok(Landed::default())
    }

    async fn finish(self: Box<Self>, _: &PassReport) -> Result<Landed> {
        Ok(Landed::default())
    }
}

fn write_all<W: Write>(mut lines: Receiver<Vec<u8>>, mut writer: W) -> io::Result<W> {
    loop {
        let line = match lines.try_recv() {
            Ok(line) => line,
            Err(TryRecvError::Disconnected) => break,
            Err(TryRecvError::Empty) => {
                // Whoever reads along gets the records now, not when the buffer is full.
                writer.flush()?;
                match lines.blocking_recv() {
                    Some(line) => line,
                    None => break,
                }
            }
        };
        writer.write_all(&line)?;
    }
    writer.flush()?;
    Ok(writer)
}
