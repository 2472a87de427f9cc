//! The command line.

use std::io::{IsTerminal, stdout};
use std::path::PathBuf;

use clap::{Parser, ValueEnum};
use lmsync::store::StoreLocation;
use lmsync::{AssetQuery, CheckInWindow, NeverCheckedIn, Shard};

use crate::support::problem::Problem;
use crate::support::same_file::{OptionFile, is_stdout};

/// The files of a store, by the option that names it.
const STORE_FILES: [&str; 3] = [
    "--store",
    "the `-wal` file of --store",
    "the `-shm` file of --store",
];

/// Pull every asset, software asset and customer of every account
#[derive(Debug, Parser)]
pub(crate) struct Options {
    /// Accounts to read, as TOML; without it, embedded simulators with a demo fleet
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,

    /// Keep only assets that checked in within so many days
    #[arg(long, value_name = "DAYS", value_enum, default_value = "all")]
    window: Window,

    /// What a window does with assets that never reported a check-in
    #[arg(long, value_name = "POLICY", value_enum, default_value = "exclude")]
    unknown_check_in: UnknownCheckIn,

    /// Write the records as JSON lines; `-` is standard output
    #[arg(long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,

    /// Land the records in a store: sqlite:FILE, postgres://USER@HOST/DATABASE or parquet:FOLDER
    // A text, since errors of the command line would quote it, password and all.
    #[arg(long, value_name = "URL")]
    store: Option<String>,

    /// Mark rows deleted even where that is most of an account's
    #[arg(long, requires = "store")]
    pub(crate) accept_shrink: bool,

    /// Read only the I-th part of the accounts, I from 0 to N-1, for N processes on one configuration
    ///
    /// Accounts that a vendor counts against one request limit are in one part, since each process keeps to
    /// a limit by itself: a Halo account, a SuperOps subdomain, a key of ConnectWise RMM. Syncro counts by
    /// source address, so that all Syncro accounts are in one. The parts are about as large as one
    /// another where there are many limits; one without an account is a success.
    #[arg(long, value_name = "I/N")]
    pub(crate) shard: Option<Shard>,

    /// Write what each account came to, as JSON; `-` is standard output
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,

    /// Show no progress and no summary table
    #[arg(long)]
    pub(crate) quiet: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Window {
    #[value(name = "30")]
    Days30,
    #[value(name = "60")]
    Days60,
    #[value(name = "90")]
    Days90,
    All,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum UnknownCheckIn {
    Include,
    Exclude,
}

impl Options {
    /// The assets that are asked for.
    pub(crate) fn query(&self) -> AssetQuery {
        let window = match self.window {
            Window::Days30 => CheckInWindow::DAYS_30,
            Window::Days60 => CheckInWindow::DAYS_60,
            Window::Days90 => CheckInWindow::DAYS_90,
            Window::All => CheckInWindow::All,
        };
        let unknown = match self.unknown_check_in {
            UnknownCheckIn::Include => NeverCheckedIn::Include,
            UnknownCheckIn::Exclude => NeverCheckedIn::Exclude,
        };
        AssetQuery::new().window(window).never_checked_in(unknown)
    }

    /// The store that is named.
    pub(crate) fn location(&self) -> Result<Option<StoreLocation>, Problem> {
        let location = self.store.as_deref().map(str::parse).transpose();
        location.map_err(|error| Problem::of("--store", &error))
    }

    /// The files that are named, by `store` too.
    pub(crate) fn files<'f>(&'f self, store: Option<&'f StoreLocation>) -> Vec<OptionFile<'f>> {
        let others = [
            OptionFile::input("--config", self.config.as_deref()),
            OptionFile::output("--output", self.output.as_deref()),
            OptionFile::output("--report", self.report.as_deref()),
        ];
        let files = OptionFile::of_store(&STORE_FILES, store);
        files.into_iter().chain(others).flatten().collect()
    }

    /// Tells whether the records scroll over the terminal: bars among them would help nobody.
    pub(crate) fn fills_the_terminal(&self) -> bool {
        self.output.as_deref().is_some_and(is_stdout) && stdout().is_terminal()
    }
}
