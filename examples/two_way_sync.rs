//! Writes purchase and warranty dates back: plans first, and writes only when told to.
//!
//! ```sh
//! cargo run --example two_way_sync -- --fields purchase_date,warranty_expiry
//! cargo run --example two_way_sync -- --config accounts.toml --dates dates.jsonl \
//!     --fields warranty_expiry --journal journal.jsonl --apply
//! ```
//!
//! A run that is interrupted ends the write that is under way and begins no other; a second signal ends
//! it at once. Whatever was left open, the next run with the same journal finds out.
//!
//! The exit status is 0 when every date was planned and, with `--apply`, every planned
//! one written; 1 when one could not be; 2 when the command line, the configuration or
//! a file is wrong.
//!
//! The same program, to be installed, is `lmsync two-way` of the crate `lmsync-cli`.

use std::env;
use std::process::ExitCode;

use lmsync::Vendors;

#[tokio::main]
async fn main() -> ExitCode {
    lmsync_cli::two_way_sync(&Vendors::built_in(), env::args_os().collect()).await
}
