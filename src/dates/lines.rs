//! A file of dates: one JSON line per asset.

use std::fs;
use std::path::Path;

use lmsync_core::{Error, Result};

use super::line::DateLine;
use crate::problem::Problem;

/// The lines of a file of dates.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct DateLines {
    /// The lines that can be read.
    pub lines: Vec<PlacedLine>,
    /// Those that cannot; the others go on without them.
    pub problems: Vec<Problem>,
}

/// A line, and where it stands.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct PlacedLine {
    /// The place, such as `dates.jsonl, line 3`.
    pub place: String,
    /// The line.
    pub line: DateLine,
}

impl DateLines {
    /// Reads the file at `path`.
    ///
    /// # Errors
    /// `config` when it cannot be read at all.
    pub fn read(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let text = fs::read_to_string(path).map_err(|error| Error::config(error.to_string()))?;
        Ok(Self::parse(&path.display().to_string(), &text))
    }

    /// Reads `text`, which problems call `name`. Empty lines are left out.
    #[must_use]
    pub fn parse(name: &str, text: &str) -> Self {
        let mut read = Self::default();
        // Editors of some systems begin a file with a byte order mark.
        let text = text.trim_start_matches('\u{feff}');
        let lines = (1..).zip(text.lines());
        for (number, line) in lines.filter(|(_, line)| !line.trim().is_empty()) {
            let place = format!("{name}, line {number}");
            match line.parse() {
                Ok(line) => read.lines.push(PlacedLine { place, line }),
                Err(error) => read.problems.push(Problem::new(place, error)),
            }
        }
        read
    }
}

#[cfg(test)]
mod tests;
