//! Pulls everything: the assets, software and customers of every account in a
//! configuration file, or of the embedded simulators when there is none.
//!
//! ```sh
//! cargo run --example full_sync
//! cargo run --example full_sync -- --config accounts.toml --window 90 --output assets.jsonl
//! ```
//!
//! Output and report take the place of those of the last run when they are whole. A run that is
//! interrupted leaves the last output as it is, and so does one in which no account gave anything;
//! the report is written in any case, and says how far each account came.
//!
//! The exit status is 0 when every account was read completely, 1 when one was
//! not, and 2 when the command line or the configuration is wrong.

mod options;
mod output;
mod progress;
mod report;
mod run;
mod sync;
mod table;

#[path = "../support"]
mod support {
    pub(crate) mod config;
    pub(crate) mod problem;
    pub(crate) mod same_file;
    pub(crate) mod setup;
    pub(crate) mod simulators;
    pub(crate) mod stdout;
    pub(crate) mod stop;
    pub(crate) mod tables;
    pub(crate) mod text;
    pub(crate) mod whole_file;
}

use std::process::ExitCode;

use clap::Parser;
use lmsync::Vendors;

use self::options::Options;

#[tokio::main]
async fn main() -> ExitCode {
    run::run(&Vendors::built_in(), &Options::parse()).await
}
