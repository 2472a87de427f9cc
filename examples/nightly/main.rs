//! The job of each night: reads all accounts into a store, and says in words what changed since the last time.
//!
//! ```sh
//! cargo run --example nightly
//! cargo run --example nightly -- --config accounts.toml --store sqlite:assets.db
//! ```
//!
//! Without `--config`, it plays two nights on the embedded simulators, between which something
//! happens. The exit status is 0 when every account was read completely, 1 when one was not, and 2
//! when the command line or the configuration is wrong.

mod changes;
mod demo;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use lmsync::store::StoreLocation;
use lmsync::{Accounts, Error, SyncOptions, SyncReport, Vendors};
use lmsync_cli::parts::{Problem, Setup, refuse};

use self::changes::{Snapshot, tell_changes};

/// Read all accounts into a store, and say what changed since the last time
#[derive(Debug, Parser)]
struct Options {
    /// Accounts to read, as TOML; without it, two nights on embedded simulators
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// Place of the records: sqlite:FILE, postgres://USER@HOST/DATABASE or parquet:FOLDER
    // Text: what clap quotes of a value that it cannot read may hold a password.
    #[arg(long, value_name = "URL", default_value = "sqlite:assets.db")]
    store: String,
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

async fn run(options: &Options) -> Result<bool, Vec<Problem>> {
    let failed = |error| vec![Problem::of("the store", &error)];
    let Some(config) = options.config.as_deref() else {
        return demo::two_nights().await.map_err(failed);
    };
    let location = options.store.parse().map_err(failed)?;
    let setup = Setup::new(&Vendors::built_in(), Some(config)).await?;
    setup.warn();
    night(&setup.accounts, &location).await.map_err(failed)
}

/// One night; tells whether every account was read completely.
async fn night(accounts: &Accounts, location: &StoreLocation) -> Result<bool, Error> {
    let store = location.open().await?;
    let before = Snapshot::of(&*store).await?;
    let reports = accounts.sync(&SyncOptions::new(), store.clone()).await;
    let after = Snapshot::of(&*store).await?;
    let mut text = String::new();
    for report in &reports {
        tell_changes(&mut text, report, &before, &after);
    }
    // With standard output closed, the exit status is all there is left to say.
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
    Ok(reports.iter().all(SyncReport::is_ok))
}
