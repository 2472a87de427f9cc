//! The file of `--report`.

use std::io::{self, Write as _};
use std::path::Path;

use lmsync::SyncReport;
use serde::Serialize;

use crate::support::problem::Problem;
use crate::support::whole_file::WholeFile;

/// The file of `--report`, begun before the sync so that a bad path is told at once.
#[derive(Debug)]
pub(crate) struct ReportFile(Option<WholeFile>);

#[derive(Serialize)]
struct Report<'a> {
    connectors: &'a [SyncReport],
}

impl ReportFile {
    /// Begins the file at `path`, where there is one.
    pub(crate) fn create(path: Option<&Path>) -> Result<Self, Problem> {
        Ok(Self(path.map(WholeFile::create).transpose()?))
    }

    /// Writes the report, in the order of the configuration file.
    pub(crate) fn write(self, connectors: &[SyncReport]) -> Result<(), String> {
        let Some(file) = self.0 else {
            return Ok(());
        };
        let name = file.name().to_owned();
        write_json(file, &Report { connectors })
            .map_err(|error| format!("cannot write to {name}: {error}"))
    }
}

fn write_json(mut file: WholeFile, report: &Report<'_>) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut file, report)?;
    writeln!(file)?;
    file.put_in_place()
}
