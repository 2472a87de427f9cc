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
//! With `--store` the records land in a database, beside or instead of the output. Each record has a row
//! there, which says when it was first seen, last seen, changed and deleted; a run that was interrupted
//! is gone on with by the next one, unless an output wants every record.
//!
//! ```sh
//! cargo run --example full_sync -- --config accounts.toml --store sqlite:assets.db
//! ```
//!
//! Several processes share one configuration with `--shard I/N`, such as the pods of an indexed job:
//! `--shard $JOB_COMPLETION_INDEX/10`. Accounts that a vendor counts together stay together.
//!
//! The exit status is 0 when every account was read completely, 1 when one was
//! not, and 2 when the command line or the configuration is wrong.
//!
//! The same program, to be installed, is `lmsync sync` of the crate `lmsync-cli`.

use std::env;
use std::process::ExitCode;

use lmsync::Vendors;

#[tokio::main]
async fn main() -> ExitCode {
    lmsync_cli::full_sync(&Vendors::built_in(), env::args_os().collect()).await
}
