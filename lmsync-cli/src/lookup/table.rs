//! The summary for people.

use std::collections::BTreeMap;

use comfy_table::{Cell, CellAlignment};
use lmsync::warranty::{Finding, OutcomeWord};

use crate::support::screen::Screen;
use crate::support::tables::{self, laid_out};

/// Tells on standard error how many assets of each maker came to which outcome.
pub(crate) fn show(findings: &[Finding]) {
    let mut counts: BTreeMap<&str, BTreeMap<OutcomeWord, u64>> = BTreeMap::new();
    for finding in findings {
        let maker = finding
            .maker
            .as_ref()
            .map_or("none", |maker| maker.as_str());
        *counts
            .entry(maker)
            .or_default()
            .entry(finding.outcome.word())
            .or_default() += 1;
    }
    let is_met = |word: &&OutcomeWord| counts.values().any(|outcomes| outcomes.contains_key(word));
    let words: Vec<OutcomeWord> = OutcomeWord::ALL.iter().filter(is_met).copied().collect();
    let names: Vec<String> = words
        .iter()
        .map(|word| word.as_str().replace('_', " "))
        .collect();
    let header = std::iter::once("maker").chain(names.iter().map(String::as_str));
    let mut table = tables::table(header.collect());
    for (maker, outcomes) in &counts {
        let numbers = words.iter().map(|word| {
            let count = outcomes.get(word).copied().unwrap_or_default();
            Cell::new(count).set_alignment(CellAlignment::Right)
        });
        table.add_row(std::iter::once(Cell::new(maker)).chain(numbers));
    }
    let text = format!("{}\n", laid_out(table, Screen::Stderr));
    // With standard error closed, the exit status is all there is left to say.
    let _ = Screen::Stderr.show(&text);
}
