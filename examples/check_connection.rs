//! Finds out what every account's credentials can do, and writes nothing.
//!
//! ```sh
//! cargo run --example check_connection
//! cargo run --example check_connection -- --config accounts.toml --two-way
//! ```
//!
//! The exit status is 0 when every check passed, 1 when one did not, and 2 when
//! the command line or the configuration is wrong.

mod support {
    pub(crate) mod config;
    pub(crate) mod problem;
    pub(crate) mod setup;
    pub(crate) mod simulators;
    pub(crate) mod stop;
    pub(crate) mod tables;
    pub(crate) mod text;
}

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::pin::pin;
use std::process::ExitCode;

use clap::Parser;
use futures_util::future::{self, Either};
use lmsync::{AccountCheck, Check, CheckScope, Vendors};
use serde::Serialize;

use self::support::problem::{refuse, tell};
use self::support::setup::Setup;
use self::support::stop;
use self::support::tables::table;
use self::support::text::plain;

/// Verify the credentials and permissions of every account; write nothing
#[derive(Debug, Parser)]
struct Options {
    /// Accounts to check, as TOML; without it, embedded simulators
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// Print JSON instead of tables
    #[arg(long)]
    json: bool,

    /// Also check what writing dates back needs
    #[arg(long)]
    two_way: bool,
}

/// What `--json` prints.
#[derive(Serialize)]
struct Answer {
    connectors: Vec<AccountCheck>,
}

#[tokio::main]
async fn main() -> ExitCode {
    run(&Vendors::built_in(), &Options::parse()).await
}

/// Checks all accounts of `vendors` that `options` name.
async fn run(vendors: &Vendors, options: &Options) -> ExitCode {
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
            tell(
                "error",
                &format!("cannot write to standard output: {error}"),
            );
            ExitCode::FAILURE
        }
    }
}

fn print(answer: &Answer, json: bool) -> io::Result<()> {
    let mut text = if json {
        serde_json::to_string_pretty(answer)?
    } else {
        let accounts: Vec<String> = answer.connectors.iter().map(shown).collect();
        accounts.join("\n")
    };
    text.push('\n');
    let mut stdout = io::stdout().lock();
    stdout.write_all(text.as_bytes())?;
    stdout.flush()
}

/// One account as a table, and below it what to do next.
fn shown(account: &AccountCheck) -> String {
    let mut table = table(vec!["check", "", "detail"]);
    table.add_rows(account.report.checks.iter().map(|check| {
        let verdict = if check.ok { "ok" } else { "failed" };
        [
            check.name.to_string(),
            verdict.to_owned(),
            plain(&check.detail),
        ]
    }));
    let mut text = format!(
        "{} {}\n{}",
        account.vendor,
        plain(&account.instance),
        table.trim_fmt()
    );
    for (names, hint) in hints(&account.report.checks) {
        // Writing to a string cannot fail.
        let _ = write!(text, "\n  {}: {}", names.join(", "), plain(hint));
    }
    text + "\n"
}

/// Each hint once, with the checks that give it.
fn hints(checks: &[Check]) -> Vec<(Vec<&str>, &str)> {
    let mut hints: Vec<(Vec<&str>, &str)> = Vec::new();
    for check in checks {
        let Some(hint) = check.hint.as_deref() else {
            continue;
        };
        match hints.iter_mut().find(|(_, known)| *known == hint) {
            Some((names, _)) => names.push(&check.name),
            None => hints.push((vec![&*check.name], hint)),
        }
    }
    hints
}
