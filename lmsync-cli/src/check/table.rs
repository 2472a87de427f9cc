//! The checks of an account, for people.

use std::fmt::Write as _;

use comfy_table::Cell;
use lmsync::{AccountCheck, Check};

use crate::support::screen::Screen;
use crate::support::tables::{laid_out, table, verdict};
use crate::support::text::plain;

/// One account as a table, and below it what to do next.
pub(super) fn shown(account: &AccountCheck) -> String {
    let mut table = table(vec!["check", "", "detail"]);
    table.add_rows(account.report.checks.iter().map(|check| {
        [
            Cell::new(&check.name),
            verdict(if check.ok { "ok" } else { "failed" }, check.ok),
            Cell::new(plain(&check.detail)),
        ]
    }));
    let mut text = format!(
        "{} {}\n{}",
        account.vendor,
        plain(&account.instance),
        laid_out(table, Screen::Stdout)
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
