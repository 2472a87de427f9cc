//! One run, from the set-up to the exit status.

use std::io::{self, Write as _};
use std::pin::pin;
use std::process::ExitCode;

use futures_util::future::{self, Either};
use lmsync::{AccountCheck, CheckScope, Vendors};
use serde::Serialize;

use super::options::Options;
use super::table::shown;
use crate::support::problem::{refuse, tell};
use crate::support::screen::Screen;
use crate::support::setup::Setup;
use crate::support::stdout;
use crate::support::stop;

/// Content of `--json`.
#[derive(Serialize)]
struct Answer {
    connectors: Vec<AccountCheck>,
}

/// Checks all accounts of `vendors` that `options` name.
pub(crate) async fn run(vendors: &Vendors, options: &Options) -> ExitCode {
    let config = options.config.as_deref();
    let setup = match Setup::new(vendors, config).await {
        Ok(setup) => setup,
        Err(problems) => return refuse(&problems),
    };
    setup.warn();
    let stopped = stop::listen();
    let scope = if options.two_way {
        CheckScope::two_way()
    } else {
        CheckScope::read()
    };
    let checks = pin!(setup.accounts.check(scope));
    let connectors = match future::select(checks, stopped).await {
        Either::Left((connectors, _)) => connectors,
        Either::Right((reason, _)) => {
            tell("error", reason);
            return ExitCode::FAILURE;
        }
    };
    let ok = connectors.iter().all(|account| account.ok);
    match print(&Answer { connectors }, options.json) {
        Ok(()) if ok => ExitCode::SUCCESS,
        Ok(()) => ExitCode::FAILURE,
        Err(error) => {
            stdout::cannot_write(&error);
            ExitCode::FAILURE
        }
    }
}

fn print(answer: &Answer, json: bool) -> io::Result<()> {
    if !json {
        let accounts: Vec<String> = answer.connectors.iter().map(shown).collect();
        return Screen::Stdout.show(&(accounts.join("\n") + "\n"));
    }
    let mut stdout = io::stdout().lock();
    serde_json::to_writer_pretty(&mut stdout, answer)?;
    writeln!(stdout)?;
    stdout.flush()
}
