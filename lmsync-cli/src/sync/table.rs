//! What a run came to, for people: on standard error, so that records can be piped.

use std::fmt::Write as _;

use comfy_table::{Cell, CellAlignment, Table};
use lmsync::{SyncFailure, SyncReport};

use crate::support::screen::Screen;
use crate::support::tables::{self, laid_out, verdict};
use crate::support::text::plain;

/// So many rejected records of an account are listed.
const REJECTED_SHOWN: usize = 10;
/// So many customers of an account are listed.
const CUSTOMERS_SHOWN: usize = 5;

/// A column of counts.
struct Count {
    header: &'static str,
    /// `None` where there is nothing to count.
    of: fn(&SyncReport) -> Option<u64>,
    /// Set if a column of zeroes would say nothing.
    is_rare: bool,
}

const COUNTS: [Count; 8] = [
    Count::usual("assets", |report| Some(report.assets)),
    Count::usual("customers", |report| Some(report.customers)),
    Count::usual("software", |report| {
        report.offers_software.then_some(report.software)
    }),
    Count::rare("filtered\nout", |report| Some(report.filtered_out)),
    Count::rare("never\nchecked in", |report| Some(report.unknown_check_in)),
    Count::rare("duplicates", |report| Some(report.duplicates)),
    Count::rare("rejected", |report| {
        Some(report.rejected.len() as u64 + report.rejected_more)
    }),
    Count::usual("requests", |report| Some(report.requests)),
];

impl Count {
    const fn usual(header: &'static str, of: fn(&SyncReport) -> Option<u64>) -> Self {
        Self {
            header,
            of,
            is_rare: false,
        }
    }

    const fn rare(header: &'static str, of: fn(&SyncReport) -> Option<u64>) -> Self {
        Self {
            is_rare: true,
            ..Self::usual(header, of)
        }
    }

    /// Tells whether the column has something to say.
    fn is_shown(&self, reports: &[SyncReport]) -> bool {
        let mut counts = reports.iter().filter_map(self.of);
        counts.any(|count| count > 0 || !self.is_rare)
    }
}

/// Shows the summary; when `quiet`, only what went wrong.
pub(crate) fn show(reports: &[SyncReport], quiet: bool) {
    let mut text = String::new();
    if !quiet && !reports.is_empty() {
        let _ = writeln!(text, "{}", laid_out(table(reports), Screen::Stderr));
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
    // With standard error closed, the exit status is all there is left to say.
    let _ = Screen::Stderr.show(&text);
}

/// The outcome of an account, in a word or two.
pub(crate) fn status(report: &SyncReport) -> String {
    match &report.error {
        None => "complete".to_owned(),
        Some(failure) if report.complete => format!("failed: {}", failure.kind),
        Some(failure) => format!("incomplete: {}", failure.kind),
    }
}

fn table(reports: &[SyncReport]) -> Table {
    let counts = COUNTS.iter().filter(|count| count.is_shown(reports));
    let counts: Vec<&Count> = counts.collect();
    let mut header = vec!["account"];
    header.extend(counts.iter().map(|count| count.header));
    header.extend(["time", "status"]);
    let mut table = tables::table(header);
    table.add_rows(reports.iter().map(|report| row(report, &counts)));
    // What is between the name and the status are numbers.
    for column in table.column_iter_mut().skip(1).take(counts.len() + 1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

fn row(report: &SyncReport, counts: &[&Count]) -> Vec<Cell> {
    let mut row = vec![Cell::new(account(report))];
    row.extend(counts.iter().map(|count| match (count.of)(report) {
        Some(number) => Cell::new(number),
        None => Cell::new("-"),
    }));
    row.extend([
        // A space that does not end a line.
        Cell::new(format!("{:.1}\u{a0}s", report.elapsed_ms as f64 / 1000.0)),
        verdict(status(report), report.is_ok()),
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
