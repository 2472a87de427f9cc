//! A look at whether the account can be read.

use std::path::Path;
use std::sync::Arc;

use lmsync::{CheckReport, CheckScope, Vendors};

use super::message::Message;
use super::open;
use super::output::Output;
use crate::platform::settings::read_json;

/// Checks the account that the file `config` names. That it cannot be read is an answer; a file that is not
/// there is none, and `false`.
pub(super) async fn run(vendors: &Vendors, config: &Path, output: &Arc<Output>) -> bool {
    if let Err(error) = read_json(config) {
        output.error(&error, None);
        return false;
    }
    let failure = match open(vendors, config) {
        Ok((_, connector)) => failure(&connector.check(CheckScope::read()).await),
        Err(error) => Some(error.to_string()),
    };
    output.tell(&Message::connection_status(failure.as_deref()));
    true
}

/// The checks that failed, each with what to do about it.
fn failure(report: &CheckReport) -> Option<String> {
    let failed = report.checks.iter().filter(|check| !check.ok);
    let lines: Vec<String> = failed
        .map(|check| match &check.hint {
            Some(hint) => format!("{}: {}; {hint}", check.name, check.detail),
            None => format!("{}: {}", check.name, check.detail),
        })
        .collect();
    (!report.ok()).then(|| lines.join("\n"))
}
