//! Records as JSON lines, written by a thread of their own.
//!
//! A full pipe makes a write wait. On a thread of its own, that neither stops
//! the other accounts nor the answer to Ctrl-C; the bounded channel in front of
//! it makes the listings wait instead of filling the memory.

use std::io::{self, Write};
use std::path::Path;
use std::thread;
use std::time::Duration;

use futures_util::future::{self, Either};
use lmsync::{Clock, Error, SystemClock};
use serde::Serialize;
use tokio::sync::mpsc::error::TryRecvError;
use tokio::sync::mpsc::{self, Receiver, Sender};
use tokio::sync::oneshot;

use crate::support::problem::Problem;
use crate::support::whole_file::WholeFile;

/// So many lines wait for the writer at most.
const WAITING_LINES: usize = 256;
/// Longest time that a run that was stopped waits for whoever reads the other end of a pipe.
const PATIENCE: Duration = Duration::from_secs(1);

/// Where records go. Clones write to the same place, line by line.
#[derive(Debug, Clone)]
pub(crate) struct Lines(Option<Sender<Vec<u8>>>);

impl Lines {
    /// Hands `record` to the writer. When the output is [`closed`](Self::closed),
    /// this waits for ever: whoever listens for that stops the run.
    pub(crate) async fn write(&self, record: &(impl Serialize + Sync)) -> Result<(), Error> {
        let Some(writer) = &self.0 else {
            return Ok(());
        };
        let mut line = serde_json::to_vec(record)
            .map_err(|error| Error::decode(format!("a record has no JSON form: {error}")))?;
        line.push(b'\n');
        match writer.send(line).await {
            Ok(()) => Ok(()),
            Err(_) => std::future::pending().await,
        }
    }

    /// Returns once nothing can be written any more.
    pub(crate) async fn closed(&self) {
        match &self.0 {
            Some(writer) => writer.closed().await,
            None => std::future::pending().await,
        }
    }
}

/// The output as a whole.
#[derive(Debug)]
pub(crate) struct Output(Option<Written>);

#[derive(Debug)]
struct Written {
    name: String,
    outcome: oneshot::Receiver<io::Result<WholeFile>>,
}

impl Output {
    /// Opens `path`, where `-` is standard output; nothing is written without one.
    pub(crate) fn open(path: Option<&Path>) -> Result<(Lines, Self), Problem> {
        let Some(path) = path else {
            return Ok((Lines(None), Self(None)));
        };
        let file = WholeFile::create(path)?;
        let (lines, received) = mpsc::channel(WAITING_LINES);
        let (done, outcome) = oneshot::channel();
        let written = Written {
            name: file.name().to_owned(),
            outcome,
        };
        thread::spawn(move || {
            // Nobody listens any more when the program is ending for another reason.
            let _ = done.send(write_all(received, file));
        });
        Ok((Lines(Some(lines)), Self(Some(written))))
    }

    /// Waits until every line is written, and puts the file in its place; call it when no [`Lines`] is
    /// left.
    pub(crate) async fn finish(self) -> Result<(), String> {
        let Some(Written { name, outcome }) = self.0 else {
            return Ok(());
        };
        let Ok(written) = outcome.await else {
            return Err(format!("the writer to {name} broke down"));
        };
        let saved = written.and_then(WholeFile::put_in_place);
        saved.map_err(|error| format!("cannot write to {name}: {error}"))
    }

    /// Leaves the file that is there as it is, because of `reason`.
    pub(crate) async fn leave(self, reason: &str) -> Result<(), String> {
        let Some(Written { name, outcome }) = self.0 else {
            return Ok(());
        };
        let clock = SystemClock::new();
        match future::select(outcome, clock.sleep(PATIENCE)).await {
            Either::Left((Ok(Ok(file)), _)) => file.leave(reason),
            Either::Left((Ok(Err(error)), _)) => Err(format!("cannot write to {name}: {error}")),
            _ => Err(format!("nobody reads {name} to the end: {reason}")),
        }
    }
}

fn write_all(mut lines: Receiver<Vec<u8>>, mut file: WholeFile) -> io::Result<WholeFile> {
    loop {
        let line = match lines.try_recv() {
            Ok(line) => line,
            Err(TryRecvError::Disconnected) => break,
            Err(TryRecvError::Empty) => {
                // Whoever reads along gets the records now, not when the buffer is full.
                file.flush()?;
                match lines.blocking_recv() {
                    Some(line) => line,
                    None => break,
                }
            }
        };
        file.write_all(&line)?;
    }
    file.flush()?;
    Ok(file)
}
