//! What a run came to, for people: on standard error, so that records can be piped.

use std::fmt::Write as _;
use std::io::Write as _;

use comfy_table::{CellAlignment, Table};

use crate::report::{ConnectorReport, Failure};
use crate::support::tables;
use crate::support::text::plain;
use crate::sync::{Outcome, status};

/// So many rejected records of an account are listed.
const REJECTED_SHOWN: usize = 10;
/// So many customers of an account are listed.
const CUSTOMERS_SHOWN: usize = 5;

/// Shows the summary; when `quiet`, only what went wrong.
pub(crate) fn show(outcomes: &[Outcome], quiet: bool) {
    let mut text = String::new();
    if !quiet {
        let _ = writeln!(text, "{}", table(outcomes).trim_fmt());
    }
    for outcome in outcomes {
        if let Some(failure) = &outcome.report.error {
            text += &failed(&outcome.report, failure);
        }
        if !quiet {
            text += &rejected(&outcome.report);
            text += &customers(outcome);
        }
    }
    print(&text);
}

fn print(text: &str) {
    // With standard error closed, the exit status is all there is left to say.
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}

fn table(outcomes: &[Outcome]) -> Table {
    let software = outcomes.iter().any(|outcome| outcome.offers_software);
    let mut table = tables::table(header(software));
    table.add_rows(outcomes.iter().map(|outcome| row(outcome, software)));
    let (names, verdicts) = (2, 1);
    let numbers = table.column_count() - names - verdicts;
    for column in table.column_iter_mut().skip(names).take(numbers) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

fn header(software: bool) -> Vec<&'static str> {
    let mut header = vec!["vendor", "instance", "assets", "customers"];
    if software {
        header.push("software");
    }
    header.extend([
        "filtered\nout",
        "never\nchecked in",
        "duplicates",
        "rejected",
        "requests",
        "time",
        "status",
    ]);
    header
}

fn row(outcome: &Outcome, software: bool) -> Vec<String> {
    let report = &outcome.report;
    let mut row = vec![
        report.vendor.clone(),
        plain(&report.instance),
        report.assets.to_string(),
        report.customers.to_string(),
    ];
    if software {
        row.push(match outcome.offers_software {
            true => report.software.to_string(),
            false => "-".to_owned(),
        });
    }
    row.extend([
        report.filtered_out.to_string(),
        report.unknown_check_in.to_string(),
        report.duplicates.to_string(),
        (report.rejected.len() as u64 + report.rejected_more).to_string(),
        report.requests.to_string(),
        format!("{:.1} s", report.elapsed_ms as f64 / 1000.0),
        status(report),
    ]);
    row
}

fn failed(report: &ConnectorReport, failure: &Failure) -> String {
    let mut text = format!("{}: {}\n", account(report), plain(&failure.message));
    if let Some(hint) = &failure.hint {
        let _ = writeln!(text, "  hint: {}", plain(hint));
    }
    text
}

fn rejected(report: &ConnectorReport) -> String {
    let mut text = String::new();
    let account = account(report);
    for rejection in report.rejected.iter().take(REJECTED_SHOWN) {
        let id = rejection.vendor_id.as_deref().unwrap_or("without an id");
        let _ = writeln!(
            text,
            "{account}: record {} rejected: {}",
            plain(id),
            plain(&rejection.reason)
        );
    }
    let untold = report.rejected.len().saturating_sub(REJECTED_SHOWN) as u64;
    let more = untold + report.rejected_more;
    if more > 0 {
        let _ = writeln!(text, "{account}: and {more} more rejected records");
    }
    text
}

/// A technician's token sees less without being told so: the counts show it.
fn customers(outcome: &Outcome) -> String {
    let mut customers: Vec<_> = outcome.customers.iter().collect();
    if customers.is_empty() {
        return String::new();
    }
    customers.sort_by_key(|(_, count)| std::cmp::Reverse(count.assets));
    let mut names: Vec<String> = customers
        .iter()
        .take(CUSTOMERS_SHOWN)
        .map(|(id, count)| {
            let name = match (count.name.as_deref(), id.as_str()) {
                (Some(name), _) => name,
                (None, "") => "no customer",
                (None, id) => id,
            };
            format!("{} {}", plain(name), count.assets)
        })
        .collect();
    let more = customers.len().saturating_sub(CUSTOMERS_SHOWN);
    if more > 0 {
        names.push(format!("and {more} more customers"));
    }
    format!(
        "{}: assets of {}\n",
        account(&outcome.report),
        names.join(", ")
    )
}

fn account(report: &ConnectorReport) -> String {
    format!("{} {}", report.vendor, plain(&report.instance))
}
