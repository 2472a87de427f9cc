//! The command `man`: pages of the manual.

use std::io;
use std::process::ExitCode;

use clap::{Command, CommandFactory, Parser};
use clap_mangen::Man;

use crate::arguments::Arguments;
use crate::support::problem::{Problem, refuse};
use crate::support::stdout;

/// Print a page of the manual
#[derive(Debug, Parser)]
pub(crate) struct Options {
    /// The command that the page is about; without it, the program
    command: Option<String>,
}

/// Prints the page.
pub(crate) fn run(options: &Options) -> ExitCode {
    let mut program = Arguments::command();
    // Gives each command its full name.
    program.build();
    let Some(about) = page_of(program, options.command.as_deref()) else {
        let named = options.command.as_deref().unwrap_or_default();
        let message = format!("there is no command `{named}`");
        let problem = Problem::new("the command line", message);
        return refuse(&[problem.hint("`lmsync help` names the commands")]);
    };
    match render(about) {
        Ok(page) => stdout::print(&page),
        Err(error) => refuse(&[Problem::new("the page", error)]),
    }
}

/// The program, or the command of it that is `named`.
fn page_of(program: Command, named: Option<&str>) -> Option<Command> {
    match named {
        None => Some(program),
        Some(name) => program.find_subcommand(name).cloned(),
    }
}

fn render(about: Command) -> io::Result<Vec<u8>> {
    let mut page = Vec::new();
    let version = concat!("lmsync ", env!("LMSYNC_VERSION"));
    Man::new(about).source(version).render(&mut page)?;
    Ok(page)
}
