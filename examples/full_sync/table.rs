//! What a run came to, for people: on standard error, so that records can be piped.

use std::fmt::Write as _;
use std::io::Write as _;

use comfy_table::{CellAlignment, Table};
use lmsync::{SyncFailure, SyncReport};

use crate::support::tables;
use crate::support::text::plain;

/// So many rejected records of an account are listed.
const REJECTED_SHOWN: usize = 10;
/// So many customers of an account are listed.
const CUSTOMERS_SHOWN: usize = 5;

/// Shows the summary; when `quiet`, only what went wrong.
pub(crate) fn show(reports: &[SyncReport], quiet: bool) {
    let mut text = String::new();
    if !quiet && !reports.is_empty() {
        let _ = writeln!(text, "{}", table(reports).trim_fmt());
    }
    for report in reports {
        if let Some(failure) = &report.error {
            text += &failed(report, failure);
        }
        if !quiet {
            text += &rejected(report);
            text += &customers(report);
            text += &stored(report);
        }
    }
    print(&text);
}

/// The outcome of an account, in a word or two.
pub(crate) fn status(report: &SyncReport) -> String {
    match &report.error {
        None => "complete".to_owned(),
        Some(failure) if report.complete => format!("failed: {}", failure.kind),
        Some(failure) => format!("incomplete: {}", failure.kind),
    }
}

fn print(text: &str) {
    // With standard error closed, the exit status is all there is left to say.
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}

fn table(reports: &[SyncReport]) -> Table {
    let software = reports.iter().any(|report| report.offers_software);
    let mut table = tables::table(header(software));
    table.add_rows(reports.iter().map(|report| row(report, software)));
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

fn row(report: &SyncReport, software: bool) -> Vec<String> {
    let mut row = vec![
        report.vendor.clone(),
        plain(&report.instance),
        report.assets.to_string(),
        report.customers.to_string(),
    ];
    if software {
        row.push(match report.offers_software {
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

fn failed(report: &SyncReport, failure: &SyncFailure) -> String {
    let mut text = format!("{}: {}\n", account(report), plain(&failure.message));
    if let Some(hint) = &failure.hint {
        let _ = writeln!(text, "  hint: {}", plain(hint));
    }
    text
}

fn rejected(report: &SyncReport) -> String {
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
fn customers(report: &SyncReport) -> String {
    let mut customers: Vec<_> = report.assets_by_customer.iter().collect();
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
    format!("{}: assets of {}\n", account(report), names.join(", "))
}

/// The rows of the store, where it counted them.
fn stored(report: &SyncReport) -> String {
    let Some(rows) = &report.store else {
        return String::new();
    };
    format!(
        "{}: {} rows inserted, {} changed, {} unchanged, {} marked deleted\n",
        account(report),
        rows.inserted,
        rows.changed,
        rows.unchanged,
        rows.deleted
    )
}

fn account(report: &SyncReport) -> String {
    format!("{} {}", report.vendor, plain(&report.instance))
}
