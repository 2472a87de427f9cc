//! Pulls everything: the assets, software and customers of every account in a
//! configuration file, or of the embedded simulators when there is none.
//!
//! ```sh
//! cargo run --example full_sync
//! cargo run --example full_sync -- --config accounts.toml --window 90 --output assets.jsonl
//! ```
//!
//! The exit status is 0 when every account was read completely, 1 when one was
//! not, and 2 when the command line or the configuration is wrong.

mod output;
mod progress;
mod report;
mod sync;
mod table;

#[path = "../support"]
mod support {
    pub(crate) mod config;
    pub(crate) mod problem;
    pub(crate) mod setup;
    pub(crate) mod simulators;
    pub(crate) mod text;
}

use std::io::{IsTerminal, stdout};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, ValueEnum};
use lmsync::{AssetQuery, CheckInWindow, ConnectorConfig, NeverCheckedIn, Vendors};

use self::output::{Output, is_stdout};
use self::progress::Progress;
use self::report::ReportFile;
use self::support::problem::{Problem, refuse};
use self::support::setup::Setup;
use self::sync::{Interrupt, Outcome};

/// Pull every asset, software asset and customer of every account
#[derive(Debug, Parser)]
struct Options {
    /// Accounts to read, as TOML; without it, embedded simulators with a demo fleet
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// Keep only assets that checked in within so many days
    #[arg(long, value_name = "DAYS", value_enum, default_value = "all")]
    window: Window,

    /// What a window does with assets that never reported a check-in
    #[arg(long, value_name = "POLICY", value_enum, default_value = "exclude")]
    unknown_check_in: UnknownCheckIn,

    /// Write the records as JSON lines; `-` is standard output
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// Write what each account came to, as JSON
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,

    /// Show no progress and no summary table
    #[arg(long)]
    quiet: bool,
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
    fn query(&self) -> AssetQuery {
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

    /// Whether the records scroll over the terminal: bars among them would help nobody.
    fn fills_the_terminal(&self) -> bool {
        self.output.as_deref().is_some_and(is_stdout) && stdout().is_terminal()
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let options = Options::parse();
    match run(&options).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(problems) => refuse(&problems),
    }
}

/// Whether everything is complete and written; what is wrong with the set-up otherwise.
async fn run(options: &Options) -> Result<bool, Vec<Problem>> {
    // Whatever can be found wrong is found before the first request, and before
    // a good file of the last run is overwritten.
    let vendors = Vendors::built_in();
    let setup = Setup::new(
        &vendors,
        options.config.as_deref(),
        ConnectorConfig::connect_in,
    )
    .await?;
    let (lines, output) =
        Output::open(options.output.as_deref()).map_err(|problem| vec![problem])?;
    let report = ReportFile::create(options.report.as_deref()).map_err(|problem| vec![problem])?;

    let progress = Progress::new(options.quiet || options.fills_the_terminal());
    let interrupt = Interrupt::new(&lines);
    let mut outcomes = sync::all(
        &setup.connectors,
        &options.query(),
        lines,
        &progress,
        interrupt,
    )
    .await;
    progress.clear();

    let written = output.finish().await;
    if written.is_err() {
        outcomes.iter_mut().for_each(Outcome::lose_output);
    }
    let reported = report.write(&outcomes);
    table::show(&outcomes, options.quiet);
    let saved = [written, reported];
    for error in saved.iter().filter_map(|result| result.as_ref().err()) {
        table::complain(error);
    }
    let complete = outcomes.iter().all(|outcome| outcome.report.complete);
    Ok(complete && saved.iter().all(Result::is_ok))
}
