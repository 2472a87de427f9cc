//! The command line.

use std::io::{IsTerminal, stdout};
use std::path::PathBuf;

use clap::{Parser, ValueEnum};
use lmsync::{AssetQuery, CheckInWindow, NeverCheckedIn};

use crate::support::same_file::{OptionFile, is_stdout};

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

    /// The files that are named.
    pub(crate) fn files(&self) -> Vec<OptionFile<'_>> {
        let files = [
            OptionFile::input("--config", self.config.as_deref()),
            OptionFile::output("--output", self.output.as_deref()),
            OptionFile::output("--report", self.report.as_deref()),
        ];
        files.into_iter().flatten().collect()
    }

    /// Tells whether the records scroll over the terminal: bars among them would help nobody.
    pub(crate) fn fills_the_terminal(&self) -> bool {
        self.output.as_deref().is_some_and(is_stdout) && stdout().is_terminal()
    }
}
