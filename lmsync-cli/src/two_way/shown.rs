//! The plan and its outcome, for people.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::{self, Write};
use std::path::Path;

use lmsync::dates::{AppliedDates, AssetNames, PlanLine};
use lmsync::two_way::{DateField, JournalEntry, WriteOutcome};

use super::options::Options;
use super::plan_table::{self, LINES_SHOWN};
use crate::support::problem::Problem;
use crate::support::same_file::is_stdout;
use crate::support::screen::Screen;
use crate::support::stdout;
use crate::support::text::plain;

/// So many writes that did not go well are shown.
const OUTCOMES_SHOWN: usize = 30;

/// Where people read: standard output, or standard error where the plan takes that.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shown {
    screen: Screen,
}

impl Shown {
    pub(crate) fn new(plan: Option<&Path>) -> Self {
        let screen = match plan.is_some_and(is_stdout) {
            true => Screen::Stderr,
            false => Screen::Stdout,
        };
        Self { screen }
    }

    /// The plan as a table for each account, and what to do next; tells whether it could be shown.
    pub(crate) fn plan(&self, lines: &[PlanLine], names: &AssetNames, options: &Options) -> bool {
        let (writes, skips): (Vec<_>, Vec<_>) = lines.iter().partition(|line| line.is_write());
        let mut text = plan_table::tables(lines, names, self.screen);
        let more = lines.len().saturating_sub(LINES_SHOWN);
        if more > 0 {
            let _ = writeln!(text, "and {more} more; --plan FILE has them all");
        }
        let _ = writeln!(
            text,
            "\n{} to write, {} to leave as they are.",
            counted(writes.len(), "date", "dates"),
            counted(skips.len(), "date", "dates")
        );
        if !options.apply {
            text += &what_a_run_would_send(&writes);
            let _ = writeln!(text, "{}", next_step(writes.len(), options));
        }
        self.print(&text)
    }

    pub(crate) fn problems<'p>(&self, problems: impl Iterator<Item = &'p Problem>) {
        let mut stderr = io::stderr().lock();
        for problem in problems {
            // With standard error closed, the exit status is all there is left to say.
            let _ = writeln!(stderr, "{problem}");
        }
    }

    /// Shows the outcome of every date; tells whether it could be shown.
    pub(crate) fn outcomes(&self, applied: &[AppliedDates]) -> bool {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        let mut failed = Vec::new();
        for AppliedDates {
            instance: account,
            outcome,
            ..
        } in applied
        {
            let report = match outcome {
                Ok(report) => report,
                Err(error) => {
                    failed.push(format!("{account}: nothing was sent: {error}"));
                    continue;
                }
            };
            for attempted in &report.attempted {
                let entry = &attempted.entry;
                for change in &entry.attempt.changes {
                    let outcome = entry.outcome_of(change.field).as_str();
                    *counts.entry(outcome).or_default() += 1;
                }
                if !entry.outcome.is_done() {
                    failed.push(not_done(account, &entry.attempt.asset.vendor_id, entry));
                }
            }
            for error in [&report.journal_error, &report.rate_limited]
                .into_iter()
                .flatten()
            {
                let left = report.left.len();
                failed.push(format!(
                    "{account}: {error}; {left} assets were not attempted"
                ));
            }
        }
        let mut text = String::from("\n");
        let counts: Vec<String> = counts
            .iter()
            .map(|(outcome, count)| format!("{count} {outcome}"))
            .collect();
        let outcome = match counts.as_slice() {
            [] => "nothing was attempted".to_owned(),
            counts => counts.join(", "),
        };
        let _ = writeln!(text, "Dates: {outcome}.");
        for line in failed.iter().take(OUTCOMES_SHOWN) {
            let _ = writeln!(text, "{}", plain(line));
        }
        let more = failed.len().saturating_sub(OUTCOMES_SHOWN);
        if more > 0 {
            let _ = writeln!(text, "and {more} more; --journal FILE has them all");
        }
        self.print(&text)
    }

    fn print(&self, text: &str) -> bool {
        match (self.screen.show(text), self.screen) {
            // With standard error closed, the plan is there all the same.
            (Ok(()), _) | (Err(_), Screen::Stderr) => true,
            (Err(error), Screen::Stdout) => {
                stdout::cannot_write(&error);
                false
            }
        }
    }
}

fn not_done(account: &str, asset: &str, entry: &JournalEntry) -> String {
    let what = |outcome| match outcome {
        WriteOutcome::Written | WriteOutcome::Unchanged => "the vendor holds it",
        WriteOutcome::Ignored => "the vendor accepted it and did nothing",
        WriteOutcome::Altered => "the vendor holds something else",
        WriteOutcome::Unknown => "what became of it is not known",
        _ => "refused",
    };
    let what = match entry.outcomes.is_empty() {
        true => what(entry.outcome).to_owned(),
        false => {
            let changes = entry.attempt.changes.iter().map(|change| change.field);
            let each = changes.map(|field| format!("{field}: {}", what(entry.outcome_of(field))));
            each.collect::<Vec<_>>().join(", ")
        }
    };
    let detail = entry.detail.as_deref().unwrap_or("no detail");
    format!("{account} {asset}: {what}: {detail}")
}

fn counted(count: usize, one: &str, many: &str) -> String {
    match count {
        1 => format!("1 {one}"),
        count => format!("{count} {many}"),
    }
}

/// A line about the writes; nothing where there are none. All dates of an asset are one write.
fn what_a_run_would_send(writes: &[&PlanLine]) -> String {
    if writes.is_empty() {
        return String::new();
    }
    let assets: BTreeSet<_> = writes
        .iter()
        .map(|line| (&line.asset.instance, &line.asset.vendor_id))
        .collect();
    let accounts: BTreeSet<_> = assets.iter().map(|(account, _)| account).collect();
    let of = |field| writes.iter().filter(|line| line.field == field).count();
    let purchases = of(DateField::PurchaseDate);
    let expiries = of(DateField::WarrantyExpiry);
    format!(
        "Would send {} to {} ({}, {}).\n",
        counted(assets.len(), "write", "writes"),
        counted(accounts.len(), "account", "accounts"),
        counted(purchases, "purchase date", "purchase dates"),
        counted(expiries, "warranty expiry", "warranty expiries"),
    )
}

fn next_step(writes: usize, options: &Options) -> &'static str {
    match writes {
        0 if options.enables_nothing() && !options.undo => {
            "Nothing was written: no field is enabled.\nEnable them with --fields purchase_date,warranty_expiry."
        }
        0 => "Nothing was written.",
        _ => "Nothing was written. Read the plan, then add --apply --journal FILE.",
    }
}
