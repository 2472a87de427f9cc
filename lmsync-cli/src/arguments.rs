//! The command line: a command, and its options.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::support::problem::MISCONFIGURED;
use crate::{airbyte, check, completions, lookup, man, report, schema, singer, sync, two_way};

/// Every asset of a managed-service provider's tools: SuperOps, Syncro, ConnectWise RMM and Halo
///
/// Without --config a command runs on embedded simulators with a demo fleet. The exit status is 0 when all
/// went well, 1 when something was not read or written, and 2 when the command line, the configuration or
/// a file is wrong.
#[derive(Debug, Parser)]
#[command(name = "lmsync", version = env!("LMSYNC_VERSION"))]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The commands; each has its options in a module of its own.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Check(check::Options),
    Sync(sync::Options),
    TwoWay(two_way::Options),
    Lookup(lookup::Options),
    Report(report::Options),
    Airbyte(airbyte::Options),
    Singer(singer::Options),
    Schema(schema::Options),
    Completions(completions::Options),
    Man(man::Options),
}

/// Reads `arguments`.
///
/// # Errors
/// The exit status where there is nothing to run: help was asked for, or something is wrong. Which, the user is
/// told.
pub(crate) fn read<O: Parser>(arguments: Vec<OsString>) -> Result<O, ExitCode> {
    O::try_parse_from(arguments).map_err(|error| {
        // With the stream closed, the exit status is all there is left to say.
        let _ = error.print();
        match error.use_stderr() {
            true => ExitCode::from(MISCONFIGURED),
            false => ExitCode::SUCCESS,
        }
    })
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_options_do_not_contradict_one_another() {
        Arguments::command().debug_assert();
    }
}
