//! Records as JSON lines, written by a thread of their own.
//!
//! A full pipe makes a write wait. On a thread of its own, that neither stops
//! the other accounts nor the answer to Ctrl-C; the bounded channel in front of
//! it makes the listings wait instead of filling the memory.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::thread;

use lmsync::Error;
use serde::Serialize;
use tokio::sync::mpsc::error::TryRecvError;
use tokio::sync::mpsc::{self, Receiver, Sender};
use tokio::sync::oneshot;

use crate::support::problem::Problem;

/// So many lines wait for the writer at most.
const WAITING_LINES: usize = 256;

/// Whether `path` stands for standard output.
pub(crate) fn is_stdout(path: &Path) -> bool {
    path.as_os_str() == "-"
}

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
pub(crate) struct Output {
    name: String,
    outcome: Option<oneshot::Receiver<io::Result<()>>>,
}

impl Output {
    /// Opens `path`, where `-` is standard output; nothing is written without one.
    pub(crate) fn open(path: Option<&Path>) -> Result<(Lines, Self), Problem> {
        let Some(path) = path else {
            let nowhere = Self {
                name: String::new(),
                outcome: None,
            };
            return Ok((Lines(None), nowhere));
        };
        let (name, writer): (_, Box<dyn Write + Send>) = if is_stdout(path) {
            ("standard output".to_owned(), Box::new(io::stdout()))
        } else {
            let name = path.display().to_string();
            let file = File::create(path).map_err(|error| Problem::new(&name, error))?;
            (name, Box::new(file))
        };
        let (lines, received) = mpsc::channel(WAITING_LINES);
        let (done, outcome) = oneshot::channel();
        thread::spawn(move || {
            // Nobody listens any more when the program is ending for another reason.
            let _ = done.send(write_all(received, BufWriter::new(writer)));
        });
        let output = Self {
            name,
            outcome: Some(outcome),
        };
        Ok((Lines(Some(lines)), output))
    }

    /// Waits until every line is written; call it when no [`Lines`] is left.
    pub(crate) async fn finish(self) -> Result<(), String> {
        let Some(outcome) = self.outcome else {
            return Ok(());
        };
        match outcome.await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(format!("cannot write to {}: {error}", self.name)),
            Err(_) => Err(format!("the writer to {} broke down", self.name)),
        }
    }
}

fn write_all(mut lines: Receiver<Vec<u8>>, mut writer: impl Write) -> io::Result<()> {
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
    writer.flush()
}
