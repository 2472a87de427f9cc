//! The program `lmsync`.

use std::env;
use std::process::ExitCode;

use lmsync::Vendors;

#[tokio::main]
async fn main() -> ExitCode {
    lmsync_cli::run(&Vendors::built_in(), env::args_os().collect()).await
}
