#![cfg_attr(docsrs, feature(doc_cfg))]
#![doc = include_str!("../README.md")]
//! # The library
//!
//! It is there for the program, and for the examples of the repository that are the same code under older
//! names. It is not meant for embedding: an application uses [`lmsync`], which has all of it but options,
//! progress, tables and exit statuses.
//!
//! A program with a vendor of one's own is one function:
//!
//! ```no_run
//! use std::process::ExitCode;
//!
//! #[tokio::main]
//! async fn main() -> ExitCode {
//!     // And here `Vendors::with`.
//!     let vendors = lmsync::Vendors::built_in();
//!     lmsync_cli::run(&vendors, std::env::args_os().collect()).await
//! }
//! ```

mod airbyte;
mod arguments;
mod check;
mod completions;
mod lookup;
mod man;
pub mod parts;
mod platform;
mod program;
mod report;
mod schema;
mod singer;
mod support;
mod sync;
mod two_way;

use std::ffi::OsString;
use std::process::ExitCode;

use lmsync::Vendors;

use self::arguments::{Arguments, Command};

/// Runs the program `lmsync` for `vendors`; the first of `arguments` is the name that it was called by.
///
/// The exit status is 0 when all went well, 1 when something was not read or written, and 2 when the command line, the
/// configuration or a file is wrong. What there is to say is on standard output and standard error.
pub async fn run(vendors: &Vendors, arguments: Vec<OsString>) -> ExitCode {
    let arguments: Arguments = match arguments::read(program::spelled_out(arguments)) {
        Ok(arguments) => arguments,
        Err(status) => return status,
    };
    match arguments.command {
        Command::Check(options) => check::run(vendors, &options).await,
        Command::Sync(options) => sync::run(vendors, &options).await,
        Command::TwoWay(options) => two_way::run(vendors, &options).await,
        Command::Lookup(options) => lookup::run(vendors, &options).await,
        Command::Report(options) => report::run(vendors, &options).await,
        Command::Airbyte(options) => airbyte::run(vendors, &options).await,
        Command::Singer(options) => singer::run(vendors, &options).await,
        Command::Schema(options) => schema::run(&options),
        Command::Completions(options) => completions::run(&options),
        Command::Man(options) => man::run(&options),
    }
}

/// Runs the example `check_connection`, which is `lmsync check`, as [`run`] does.
pub async fn check_connection(vendors: &Vendors, arguments: Vec<OsString>) -> ExitCode {
    match arguments::read(arguments) {
        Ok(options) => check::run(vendors, &options).await,
        Err(status) => status,
    }
}

/// Runs the example `full_sync`, which is `lmsync sync`, as [`run`] does.
pub async fn full_sync(vendors: &Vendors, arguments: Vec<OsString>) -> ExitCode {
    match arguments::read(arguments) {
        Ok(options) => sync::run(vendors, &options).await,
        Err(status) => status,
    }
}

/// Runs the example `two_way_sync`, which is `lmsync two-way`, as [`run`] does.
pub async fn two_way_sync(vendors: &Vendors, arguments: Vec<OsString>) -> ExitCode {
    match arguments::read(arguments) {
        Ok(options) => two_way::run(vendors, &options).await,
        Err(status) => status,
    }
}
