//! Files of JSON lines that are only ever added to.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;

use serde::de::DeserializeOwned;

/// The records of a file of JSON lines.
pub(super) struct Lines<T> {
    pub(super) records: Vec<T>,
    /// A last line that was cut off.
    pub(super) torn: Option<String>,
    /// Number of bytes that the lines before it take.
    whole: u64,
    /// Set if the last line lacks only its end.
    is_unended: bool,
}

impl<T: DeserializeOwned> Lines<T> {
    /// Reads every line of `file`.
    pub(super) fn read(file: &mut File) -> io::Result<Self> {
        let mut content = Vec::new();
        file.read_to_end(&mut content)?;
        Self::parse(&content)
    }

    /// Reads every line of the file at `path`; none if there is no such file.
    pub(super) fn read_at(path: &Path) -> io::Result<Self> {
        match fs::read(path) {
            Ok(content) => Self::parse(&content),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Self::parse(b""),
            Err(error) => Err(error),
        }
    }

    fn parse(content: &[u8]) -> io::Result<Self> {
        let end = content.iter().rposition(|byte| *byte == b'\n');
        let (whole, last) = content.split_at(end.map_or(0, |end| end + 1));
        let mut lines = Self {
            records: whole_lines(whole)?,
            torn: None,
            whole: whole.len() as u64,
            is_unended: false,
        };
        match serde_json::from_slice(last) {
            Ok(record) => {
                lines.records.push(record);
                lines.is_unended = true;
            }
            Err(_) if last.is_empty() => {}
            Err(_) => lines.torn = Some(String::from_utf8_lossy(last).into_owned()),
        }
        Ok(lines)
    }
}

impl<T> Lines<T> {
    /// Takes a last line that was cut off out of `file`, which these were read from, and
    /// leaves the file ready for the next line.
    pub(super) fn mend(&self, file: &mut File) -> io::Result<()> {
        if self.is_unended {
            append(file, b"\n")?;
        }
        if self.torn.is_some() {
            file.set_len(self.whole)?;
        }
        Ok(())
    }
}

fn whole_lines<T: DeserializeOwned>(content: &[u8]) -> io::Result<Vec<T>> {
    let lines = (1..).zip(content.split(|byte| *byte == b'\n'));
    lines
        .filter(|(_, line)| !line.trim_ascii().is_empty())
        .map(|(number, line)| {
            serde_json::from_slice(line).map_err(|error| {
                let message = format!("line {number} is damaged: {error}");
                io::Error::new(io::ErrorKind::InvalidData, message)
            })
        })
        .collect()
}

/// Opens the file at `path` for reading and adding, or begins one.
pub(super) fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .read(true)
        .append(true)
        .create(true)
        .open(path)
}

/// Adds `line` to `file`, on the disk before this returns.
pub(super) fn append(file: &mut File, line: &[u8]) -> io::Result<()> {
    file.write_all(line)?;
    file.sync_data()
}
