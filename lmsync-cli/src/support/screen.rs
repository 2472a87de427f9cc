//! The streams that people read.

use std::env;
use std::io::{self, Write};

use console::Term;

/// The width where there is no terminal.
const WIDTH: u16 = 100;

/// A stream that people read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Screen {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
}

impl Screen {
    /// Shows `text`, in colour where there is a terminal that has it and nobody has set `NO_COLOR`.
    pub(crate) fn show(self, text: &str) -> io::Result<()> {
        match self {
            Self::Stdout => write(anstream::stdout().lock(), text),
            Self::Stderr => write(anstream::stderr().lock(), text),
        }
    }

    /// The letters of a line: as `COLUMNS` says, which is somebody's wish, or as the terminal has them.
    pub(crate) fn width(self) -> u16 {
        let wish = env::var("COLUMNS").ok();
        let wish = wish.and_then(|wish| wish.trim().parse().ok());
        let terminal = match self {
            Self::Stdout => Term::stdout(),
            Self::Stderr => Term::stderr(),
        };
        let terminal = terminal.size_checked().map(|(_, columns)| columns);
        wish.filter(|wish| *wish > 0).or(terminal).unwrap_or(WIDTH)
    }
}

fn write(mut stream: impl Write, text: &str) -> io::Result<()> {
    stream.write_all(text.as_bytes())?;
    stream.flush()
}
