//! The content of a journal: enough to resume and to undo.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};

use super::asset_ref::AssetRef;
use super::change::FieldChange;
use super::dates::{AssetDates, DateField, HeldDate};
use super::journal::{Attempt, JournalEntry};
use super::outcome::WriteOutcome;
use crate::info::ConnectorInfo;

/// The content of a journal, by asset.
#[derive(Debug, Clone, Default)]
pub struct History {
    assets: BTreeMap<AssetRef, Attempts>,
}

impl History {
    /// The history of `entries`, oldest first, and of attempts that were begun and have no entry.
    #[must_use]
    pub fn new(entries: &[JournalEntry], open: Vec<Attempt>) -> Self {
        let mut history = Self::default();
        for entry in entries {
            history.record(entry);
        }
        for attempt in open {
            let asset = attempt.asset.clone();
            history.attempts(&asset).open = Some(attempt);
        }
        history
    }

    /// Adds `entry`, the newest.
    pub fn record(&mut self, entry: &JournalEntry) {
        self.attempts(&entry.attempt.asset).record(entry);
    }

    /// The attempts on `asset`.
    #[must_use]
    pub fn of(&self, asset: &AssetRef) -> Attempts {
        self.assets.get(asset).cloned().unwrap_or_default()
    }

    /// Every asset with an attempt, with the parent ids that were noted last.
    pub fn assets(&self) -> impl Iterator<Item = &AssetRef> {
        self.assets.keys()
    }

    /// The attempts on assets of `account` whose outcome is not recorded.
    #[must_use]
    pub fn open(&self, account: &ConnectorInfo) -> Vec<Attempt> {
        let attempts = self.assets.values().filter_map(|asset| asset.open.clone());
        attempts
            .filter(|attempt| attempt.asset.is_of(account))
            .collect()
    }

    /// The last attempts on assets of `account` that the vendor ignored, or whose outcome is
    /// unknown, and that were not looked at again since.
    pub(super) fn doubtful(&self, account: &ConnectorInfo) -> Vec<JournalEntry> {
        let own = self.assets.iter().filter(|(asset, _)| asset.is_of(account));
        own.flat_map(|(_, attempts)| attempts.doubtful()).collect()
    }

    /// The attempts on `asset`, under the parent ids that were noted last.
    fn attempts(&mut self, asset: &AssetRef) -> &mut Attempts {
        let earlier = self.assets.remove_entry(asset);
        let (known, attempts) = earlier.unwrap_or_else(|| (asset.clone(), Attempts::default()));
        let newest = if asset.parent_ids.is_empty() {
            known
        } else {
            asset.clone()
        };
        self.assets.entry(newest).or_insert(attempts)
    }
}

/// The attempts on one asset.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Attempts {
    fields: BTreeMap<DateField, Trace>,
    open: Option<Attempt>,
}

/// The trace that attempts left in one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Trace {
    /// The day before the first attempt that may have changed it.
    pub(super) original: Option<NaiveDate>,
    /// The content after the last; after one of unknown outcome, the one it was to have.
    left: HeldDate,
    /// The content that the last was to leave.
    sent: HeldDate,
    /// The last attempt of known outcome that the vendor accepted.
    accepted: Option<(Option<NaiveDate>, WriteOutcome)>,
    /// The beginning of the last.
    at: Option<DateTime<Utc>>,
    /// The entry of the last, if it may have landed after it was read back, and nobody looked.
    doubtful: Option<JournalEntry>,
}

impl Attempts {
    /// The outcome of the last write of `field`, if it was a write of `day` that the
    /// vendor accepted. Sending it again would be writing it twice.
    #[must_use]
    pub fn outcome_of(&self, field: DateField, day: Option<NaiveDate>) -> Option<WriteOutcome> {
        let (written, outcome) = self.fields.get(&field)?.accepted?;
        (written == day).then_some(outcome)
    }

    /// Tells whether an attempt was begun and its outcome is not recorded.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// The dates that the vendor held after the last attempts.
    #[must_use]
    pub fn left(&self) -> AssetDates {
        self.traces()
            .fold(AssetDates::default(), |dates, (field, trace)| {
                dates.with(field, trace.left.clone())
            })
    }

    /// The fields that attempts may have changed.
    pub(super) fn traces(&self) -> impl Iterator<Item = (DateField, &Trace)> {
        self.fields.iter().map(|(field, trace)| (*field, trace))
    }

    /// The entries of which a field may have landed late; none while an attempt is open, which
    /// may be what landed.
    fn doubtful(&self) -> Vec<JournalEntry> {
        let doubtful = self
            .fields
            .values()
            .filter_map(|trace| trace.doubtful.clone());
        let mut entries: Vec<_> = doubtful.filter(|_| !self.is_open()).collect();
        entries.dedup();
        entries
    }

    fn record(&mut self, entry: &JournalEntry) {
        self.open.take_if(|attempt| *attempt == entry.attempt);
        for change in &entry.attempt.changes {
            let outcome = entry.outcome_of(change.field);
            if matches!(outcome, WriteOutcome::Refused | WriteOutcome::Unchanged) {
                continue;
            }
            let trace = self.fields.entry(change.field).or_insert_with(|| Trace {
                original: change.old,
                left: HeldDate::Empty,
                sent: HeldDate::Empty,
                accepted: None,
                at: None,
                doubtful: None,
            });
            trace.record(change, outcome, entry);
        }
    }
}

impl Trace {
    /// Tells whether `held` is what attempts left, one that landed late included.
    pub(super) fn is_ours(&self, held: &HeldDate) -> bool {
        *held == self.left || *held == self.sent
    }

    fn record(&mut self, change: &FieldChange, outcome: WriteOutcome, entry: &JournalEntry) {
        let instead = entry.held.get(&change.field);
        self.sent = change.new.into();
        self.left = match outcome {
            WriteOutcome::Ignored => change.old,
            WriteOutcome::Altered => instead.map_or(change.new, |day| *day),
            _ => change.new,
        }
        .into();
        let is_known = outcome != WriteOutcome::Unknown;
        self.accepted = is_known.then_some((change.new, outcome));
        // A second entry of the same attempt is that of having looked again.
        let is_looked_at = self.at.replace(entry.attempt.at) == Some(entry.attempt.at);
        let may_land = matches!(outcome, WriteOutcome::Ignored | WriteOutcome::Unknown);
        self.doubtful = (may_land && !is_looked_at).then(|| entry.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::super::change::{DateChange, WriteSource};
    use super::super::claim::tests::{account, day, moment};
    use super::super::outcome::WriteReport;
    use super::*;

    const EXPIRY: DateField = DateField::WarrantyExpiry;

    fn attempt(at: i64, old: Option<NaiveDate>, new: NaiveDate) -> Attempt {
        let change = DateChange::new("7").set(EXPIRY, old, new, WriteSource::Lookup);
        Attempt::new(moment(at), &account("superops"), &change)
    }

    fn entry(attempt: Attempt, outcome: WriteOutcome) -> JournalEntry {
        attempt.ended(&WriteReport::new(outcome, None))
    }

    fn attempts(entries: &[JournalEntry]) -> Attempts {
        let asset = AssetRef::new("superops", "acme", "7");
        History::new(entries, Vec::new()).of(&asset)
    }

    #[test]
    fn what_the_vendor_accepted_is_not_to_be_sent_again() {
        use WriteOutcome as O;
        let new = day(2027, 5, 31);
        for (outcome, again) in [
            (O::Written, Some(O::Written)),
            (O::Ignored, Some(O::Ignored)),
            (O::Altered, Some(O::Altered)),
            (O::Refused, None),
            (O::Unchanged, None),
            (O::Unknown, None),
        ] {
            let attempts = attempts(&[entry(attempt(0, None, new), outcome)]);
            assert_eq!(attempts.outcome_of(EXPIRY, Some(new)), again, "{outcome}");
            assert_eq!(attempts.outcome_of(EXPIRY, None), None);
            assert_eq!(
                attempts.outcome_of(DateField::PurchaseDate, Some(new)),
                None
            );
        }
    }

    #[test]
    fn the_first_old_date_and_the_last_new_one_are_kept() {
        let (first, second) = (day(2027, 1, 1), day(2028, 1, 1));
        let attempts = attempts(&[
            entry(attempt(0, None, first), WriteOutcome::Written),
            entry(attempt(1, Some(first), second), WriteOutcome::Written),
            entry(attempt(2, Some(second), first), WriteOutcome::Refused),
        ]);
        let trace = attempts.fields[&EXPIRY].clone();
        assert_eq!(trace.original, None);
        assert_eq!(attempts.left(), AssetDates::new(None, Some(second)));
        assert_eq!(attempts.outcome_of(EXPIRY, Some(first)), None);
    }

    #[test]
    fn a_write_that_was_ignored_leaves_what_was_there() {
        let (first, second) = (day(2027, 1, 1), day(2028, 1, 1));
        let history = History::new(
            &[
                entry(attempt(0, None, first), WriteOutcome::Written),
                entry(attempt(1, Some(first), second), WriteOutcome::Ignored),
            ],
            Vec::new(),
        );
        let asset = AssetRef::new("superops", "acme", "7");
        let attempts = history.of(&asset);
        assert_eq!(attempts.left(), AssetDates::new(None, Some(first)));
        assert_eq!(history.assets().collect::<Vec<_>>(), [&asset]);
    }

    #[test]
    fn an_attempt_is_open_until_its_own_entry_comes() {
        let (earlier, later) = (
            attempt(0, None, day(2027, 1, 1)),
            attempt(1, None, day(2027, 1, 1)),
        );
        let mut history = History::new(&[], vec![later.clone()]);
        history.record(&entry(earlier, WriteOutcome::Written));
        assert_eq!(
            history.open(&account("superops")),
            std::slice::from_ref(&later)
        );
        assert!(history.open(&account("syncro")).is_empty());
        history.record(&entry(later, WriteOutcome::Written));
        assert!(history.open(&account("superops")).is_empty());
    }

    #[test]
    fn an_account_of_another_vendor_with_the_same_name_has_a_history_of_its_own() {
        let new = day(2027, 1, 1);
        let written = entry(attempt(0, None, new), WriteOutcome::Written);
        let history = History::new(&[written], vec![attempt(1, None, new)]);
        let other = history.of(&AssetRef::new("syncro", "acme", "7"));
        assert_eq!(other, Attempts::default());
        assert!(history.open(&account("syncro")).is_empty());
        assert_eq!(history.open(&account("superops")).len(), 1);
    }

    #[test]
    fn the_parents_that_were_noted_last_are_kept() {
        let in_site = |at: i64, site: Option<&str>| {
            let mut attempt = attempt(at, None, day(2027, 1, 1));
            let site = site.map(|site| ("site_id".to_owned(), site.to_owned()));
            attempt.asset.parent_ids.extend(site);
            entry(attempt, WriteOutcome::Written)
        };
        let entries = [
            in_site(0, Some("1")),
            in_site(1, Some("2")),
            in_site(2, None),
        ];
        let history = History::new(&entries, Vec::new());
        let assets: Vec<_> = history.assets().collect();
        assert_eq!(assets.len(), 1);
        assert_eq!(assets[0].parent_ids["site_id"], "2");
    }
}
