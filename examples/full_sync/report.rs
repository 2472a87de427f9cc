//! What a run came to, as the file of `--report` says it.

use std::io::{self, Write as _};
use std::path::Path;

use lmsync::{Error, ErrorKind, Rejection};
use serde::Serialize;

use crate::support::problem::Problem;
use crate::support::whole_file::WholeFile;
use crate::sync::Outcome;

/// What one account came to.
#[derive(Debug, Default, Serialize)]
pub(crate) struct ConnectorReport {
    pub(crate) vendor: String,
    pub(crate) instance: String,
    pub(crate) complete: bool,
    pub(crate) assets: u64,
    pub(crate) software: u64,
    pub(crate) customers: u64,
    pub(crate) seen: u64,
    pub(crate) filtered_out: u64,
    pub(crate) unknown_check_in: u64,
    pub(crate) duplicates: u64,
    /// The first of those that could not be read.
    pub(crate) rejected: Vec<Rejection>,
    /// The number of others.
    #[serde(skip_serializing_if = "is_zero")]
    pub(crate) rejected_more: u64,
    pub(crate) requests: u64,
    pub(crate) retries: u64,
    pub(crate) rate_limited_waits: u64,
    pub(crate) elapsed_ms: u64,
    pub(crate) error: Option<Failure>,
}

// Serde's own shape for a predicate.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// Why an account is not complete.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Failure {
    pub(crate) kind: ErrorKind,
    pub(crate) message: String,
    pub(crate) hint: Option<String>,
}

impl ConnectorReport {
    /// Number of records that were handed to the output.
    pub(crate) fn records(&self) -> u64 {
        self.assets + self.software + self.customers
    }
}

impl Failure {
    /// A listing ended without an error, and records are missing.
    pub(crate) fn incomplete(reason: Option<String>) -> Self {
        Self {
            kind: ErrorKind::Vendor,
            message: reason.unwrap_or_else(|| "the vendor listed less than there is".to_owned()),
            hint: Some(
                "run the sync again, best when few changes are made in the vendor's product; \
                 if it stays, compare the counts there and report it to the vendor"
                    .to_owned(),
            ),
        }
    }

    /// The run was stopped because of `reason` before the account was read.
    pub(crate) fn cancelled(reason: &str) -> Self {
        Self {
            kind: ErrorKind::Cancelled,
            message: format!("stopped before the end: {reason}"),
            hint: Some("run the sync again; nothing was changed at the vendor".to_owned()),
        }
    }
}

impl From<&Error> for Failure {
    fn from(error: &Error) -> Self {
        let operation = error.operation().map(|name| format!("{name}: "));
        let status = error.status().map(|status| format!(" (HTTP {status})"));
        Self {
            kind: error.kind(),
            message: [
                operation.as_deref().unwrap_or_default(),
                error.message(),
                status.as_deref().unwrap_or_default(),
            ]
            .concat(),
            hint: error.hint().map(ToOwned::to_owned),
        }
    }
}

/// The file of `--report`, begun before the sync so that a bad path is told at once.
#[derive(Debug)]
pub(crate) struct ReportFile(Option<WholeFile>);

#[derive(Serialize)]
struct Report<'a> {
    connectors: Vec<&'a ConnectorReport>,
}

impl ReportFile {
    /// Begins the file at `path`, where there is one.
    pub(crate) fn create(path: Option<&Path>) -> Result<Self, Problem> {
        Ok(Self(path.map(WholeFile::create).transpose()?))
    }

    /// Writes the report, in the order of the configuration file.
    pub(crate) fn write(self, outcomes: &[Outcome]) -> Result<(), String> {
        let Some(file) = self.0 else {
            return Ok(());
        };
        let report = Report {
            connectors: outcomes.iter().map(|outcome| &outcome.report).collect(),
        };
        let name = file.name().to_owned();
        write_json(file, &report).map_err(|error| format!("cannot write to {name}: {error}"))
    }
}

fn write_json(mut file: WholeFile, report: &Report<'_>) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut file, report)?;
    writeln!(file)?;
    file.put_in_place()
}
