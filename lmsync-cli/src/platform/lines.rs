//! Messages as lines, on their way to whoever reads them.

use std::io::{self, Write};

use lmsync::{Error, Result};
use serde::Serialize;

/// Messages as lines, on their way to whoever reads them. Once something is not taken, nothing more is
/// written.
pub(crate) struct Lines {
    writer: Box<dyn Write + Send>,
    broken: Option<io::Error>,
}

impl Lines {
    pub(crate) fn to(writer: Box<dyn Write + Send>) -> Self {
        Self {
            writer,
            broken: None,
        }
    }

    /// Writes `message` as a line.
    pub(crate) fn line(&mut self, message: &impl Serialize) {
        self.write(|writer| {
            serde_json::to_writer(&mut *writer, message)?;
            writer.write_all(b"\n")
        });
    }

    /// Lets `write` write a line piece by piece.
    pub(crate) fn write(&mut self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) {
        if self.broken.is_none() {
            self.broken = write(&mut *self.writer).err();
        }
    }

    /// Hands on what is written.
    pub(crate) fn flush(&mut self) {
        self.write(|writer| writer.flush());
    }

    /// Tells whether everything was taken so far.
    ///
    /// # Errors
    /// `store` when it was not.
    pub(crate) fn taken(&self) -> Result<()> {
        match &self.broken {
            None => Ok(()),
            Some(error) => Err(Error::store(format!("standard output: {error}"))
                .with_hint("whoever reads the records has gone")),
        }
    }
}
