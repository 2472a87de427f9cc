//! The plan and its outcome, for people.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Write};
use std::path::Path;

use lmsync::dates::{AppliedDates, PlanLine};
use lmsync::two_way::{JournalEntry, WriteOutcome};

use crate::Options;
use crate::support::problem::{Problem, tell};
use crate::support::same_file::is_stdout;
use crate::support::tables::table;
use crate::support::text::plain;

/// So many lines of a plan are shown.
const LINES_SHOWN: usize = 60;
/// So many writes that did not go well are shown.
const OUTCOMES_SHOWN: usize = 30;

/// Where people read: standard output, or standard error where the plan takes that.
pub(crate) struct Shown {
    is_plan_on_stdout: bool,
}

impl Shown {
    pub(crate) fn new(plan: Option<&Path>) -> Self {
        Self {
            is_plan_on_stdout: plan.is_some_and(is_stdout),
        }
    }

    /// The plan as a table, writes first, and what to do next; tells whether it could be shown.
    pub(crate) fn plan(&self, lines: &[PlanLine], options: &Options) -> bool {
        let (writes, skips): (Vec<_>, Vec<_>) = lines.iter().partition(|line| line.is_write());
        let mut rows = table(vec![
            "", "account", "asset", "field", "held now", "new", "source", "why",
        ]);
        rows.add_rows(
            writes
                .iter()
                .chain(&skips)
                .take(LINES_SHOWN)
                .map(|line| row(line)),
        );
        let mut text = String::new();
        if !lines.is_empty() {
            let _ = writeln!(text, "{}", rows.trim_fmt());
        }
        let more = lines.len().saturating_sub(LINES_SHOWN);
        if more > 0 {
            let _ = writeln!(text, "and {more} more; --plan FILE has them all");
        }
        let _ = writeln!(
            text,
            "\n{} to write, {} to leave as they are.",
            dates(writes.len()),
            dates(skips.len())
        );
        if !options.apply {
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
        if self.is_plan_on_stdout {
            // With standard error closed, the plan is there all the same.
            let _ = io::stderr().lock().write_all(text.as_bytes());
            return true;
        }
        let mut stdout = io::stdout().lock();
        let printed = stdout
            .write_all(text.as_bytes())
            .and_then(|()| stdout.flush());
        if let Err(error) = &printed {
            tell(
                "error",
                &format!("cannot write to standard output: {error}"),
            );
        }
        printed.is_ok()
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

fn row(line: &PlanLine) -> Vec<String> {
    let asset = &line.asset;
    let name = match (&asset.serial, &asset.vendor_id) {
        (Some(serial), Some(id)) => format!("{serial} ({id})"),
        (Some(serial), None) => serial.clone(),
        (None, id) => id.clone().unwrap_or_default(),
    };
    vec![
        if line.is_write() { "write" } else { "skip" }.to_owned(),
        plain(asset.instance.as_deref().unwrap_or("-")),
        plain(&name),
        line.field.to_string(),
        shown(line.held.as_ref()),
        shown(line.new),
        shown(line.source),
        plain(&line.reason),
    ]
}

/// `value`, or a dash where there is none.
fn shown(value: Option<impl ToString>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| plain(&value.to_string()))
}

fn dates(count: usize) -> String {
    match count {
        1 => "1 date".to_owned(),
        count => format!("{count} dates"),
    }
}

fn next_step(writes: usize, options: &Options) -> &'static str {
    match writes {
        0 if options.fields.is_empty() && !options.undo => {
            "Nothing was written: no field is enabled. Enable them with --fields purchase_date,warranty_expiry."
        }
        0 => "Nothing was written.",
        _ => "Nothing was written. Read the plan, then add --apply --journal FILE.",
    }
}
