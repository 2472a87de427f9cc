//! The command line.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::Parser;
use lmsync::store::StoreLocation;

use crate::support::problem::Problem;
use crate::support::same_file::OptionFile;

/// The files of a store, by the option that names it.
const STORE_FILES: [&str; 3] = [
    "--store",
    "the `-wal` file of --store",
    "the `-shm` file of --store",
];

/// Make a page about a fleet, for people: what runs out when, what is old, what is missing
///
/// The page is one HTML file: it asks for nothing from anywhere, has no script, and can be printed. Without --input and
/// --store it is about the demo fleet of embedded simulators. The exit status is 1 when a line could not be read.
#[derive(Debug, Parser)]
pub(crate) struct Options {
    /// Records as sync writes them, JSON lines; `-` is standard input
    #[arg(long, value_name = "FILE", conflicts_with = "store")]
    pub(crate) input: Option<PathBuf>,

    /// Read the records of a store: sqlite:FILE, postgres://USER@HOST/DATABASE or parquet:FOLDER
    // A text, since errors of the command line would quote it, password and all.
    #[arg(long, value_name = "URL")]
    store: Option<String>,

    /// The outcome of each account, as `sync --report` wrote it beside the records of --input
    ///
    /// Records alone do not say whether they are all that there are, and the page then says so.
    #[arg(long, value_name = "FILE", requires = "input")]
    pub(crate) sync_report: Option<PathBuf>,

    /// Write the page to this file; `-` is standard output
    #[arg(long, value_name = "FILE")]
    pub(crate) output: PathBuf,

    /// Only the assets of this customer, by name
    #[arg(long, value_name = "NAME")]
    pub(crate) customer: Option<String>,

    /// The day that counts as today, such as 2026-11-30; today, in UTC, where it is left away
    #[arg(long, value_name = "DATE")]
    pub(crate) as_of: Option<NaiveDate>,
}

impl Options {
    /// The store that is named.
    pub(crate) fn location(&self) -> Result<Option<StoreLocation>, Problem> {
        let location = self.store.as_deref().map(str::parse).transpose();
        location.map_err(|error| Problem::of("--store", &error))
    }

    /// The files that are named, by `store` too.
    pub(crate) fn files<'f>(&'f self, store: Option<&'f StoreLocation>) -> Vec<OptionFile<'f>> {
        let input = self.input.as_deref();
        let others = [
            OptionFile::input("--input", input.filter(|path| path.as_os_str() != "-")),
            OptionFile::input("--sync-report", self.sync_report.as_deref()),
            OptionFile::output("--output", Some(&self.output)),
        ];
        let files = OptionFile::of_store(&STORE_FILES, store);
        files.into_iter().chain(others).flatten().collect()
    }
}
