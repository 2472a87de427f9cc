//! Files of JSON lines that take the place of the last run's when they are whole.

use std::io::{self, Write};
use std::path::Path;

use serde::Serialize;

use super::problem::Problem;
use super::whole_file::WholeFile;

/// A file of JSON lines, begun before the work so that a bad path is told at once; nothing without a path.
pub(crate) struct LinesFile(Option<WholeFile>);

impl LinesFile {
    /// Begins `path`, where `-` is standard output.
    pub(crate) fn create(path: Option<&Path>) -> Result<Self, Problem> {
        Ok(Self(path.map(WholeFile::create).transpose()?))
    }

    /// Leaves the file that is there as it is, because of `reason`.
    pub(crate) fn leave(self, reason: &str) -> Result<(), String> {
        self.0.map_or(Ok(()), |file| file.leave(reason))
    }

    /// Writes a line for each of `records`, and puts the file in its place.
    pub(crate) fn write<T: Serialize>(
        self,
        records: impl IntoIterator<Item = T>,
    ) -> Result<(), Problem> {
        let Some(mut file) = self.0 else {
            return Ok(());
        };
        let name = file.name().to_owned();
        let written = write_lines(&mut file, records).and_then(|()| file.put_in_place());
        written.map_err(|error| Problem::new(name, error))
    }
}

/// Writes a line for each of `records`.
pub(crate) fn write_lines<T: Serialize>(
    file: &mut impl Write,
    records: impl IntoIterator<Item = T>,
) -> io::Result<()> {
    for record in records {
        serde_json::to_writer(&mut *file, &record)?;
        file.write_all(b"\n")?;
    }
    Ok(())
}
