//! The file of `--plan`: the plan as JSON lines.

use std::io::{self, Write as _};
use std::path::Path;

use lmsync::dates::PlanLine;

use crate::support::problem::Problem;
use crate::support::whole_file::WholeFile;

/// The file that the plan is written to.
pub(crate) struct PlanFile(Option<WholeFile>);

impl PlanFile {
    /// Begins `path`, where `-` is standard output; without one, nothing is written.
    pub(crate) fn create(path: Option<&Path>) -> Result<Self, Problem> {
        Ok(Self(path.map(WholeFile::create).transpose()?))
    }

    /// Leaves the file that is there as it is, because of `reason`.
    pub(crate) fn leave(self, reason: &str) -> Result<(), String> {
        self.0.map_or(Ok(()), |file| file.leave(reason))
    }

    pub(crate) fn write(self, lines: &[PlanLine]) -> Result<(), Problem> {
        let Some(file) = self.0 else {
            return Ok(());
        };
        let name = file.name().to_owned();
        write_lines(file, lines).map_err(|error| Problem::new(name, error))
    }
}

fn write_lines(mut file: WholeFile, lines: &[PlanLine]) -> io::Result<()> {
    for line in lines {
        serde_json::to_writer(&mut file, line)?;
        file.write_all(b"\n")?;
    }
    file.put_in_place()
}
