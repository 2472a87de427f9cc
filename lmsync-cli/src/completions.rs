//! The command `completions`: what a shell needs to complete options.

use std::process::ExitCode;

use clap::{CommandFactory, Parser};
use clap_complete::{Shell, generate};

use crate::arguments::Arguments;
use crate::support::stdout;

/// Print a script by which a shell completes commands and options
#[derive(Debug, Parser)]
pub(crate) struct Options {
    /// The shell that reads it
    shell: Shell,
}

/// Prints the script.
pub(crate) fn run(options: &Options) -> ExitCode {
    let mut script = Vec::new();
    generate(
        options.shell,
        &mut Arguments::command(),
        "lmsync",
        &mut script,
    );
    stdout::print(&script)
}
