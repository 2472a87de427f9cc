//! Finds out what every account's credentials can do, and writes nothing.
//!
//! ```sh
//! cargo run --example check_connection
//! cargo run --example check_connection -- --config accounts.toml --two-way
//! ```
//!
//! The exit status is 0 when every check passed, 1 when one did not, and 2 when
//! the command line or the configuration is wrong.
//!
//! The same program, to be installed, is `lmsync check` of the crate `lmsync-cli`.

use std::env;
use std::process::ExitCode;

use lmsync::Vendors;

#[tokio::main]
async fn main() -> ExitCode {
    lmsync_cli::check_connection(&Vendors::built_in(), env::args_os().collect()).await
}
