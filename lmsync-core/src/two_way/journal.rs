//! What was attempted and what became of it: enough to resume and to undo.

use std::collections::BTreeMap;
use std::fmt::Debug;

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::change::{DateChange, FieldChange};
use super::dates::{AssetDates, DateField, HeldDate};
use super::write::{WriteOutcome, WriteReport};
use crate::error::{Error, Result};

/// An asset of one account among several.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct AssetRef {
    /// The account's instance name; each account needs one of its own.
    pub instance: String,
    /// The vendor's id; opaque.
    pub vendor_id: String,
}

impl AssetRef {
    /// The asset `vendor_id` of the account `instance`.
    #[must_use]
    pub fn new(instance: impl Into<String>, vendor_id: impl Into<String>) -> Self {
        Self {
            instance: instance.into(),
            vendor_id: vendor_id.into(),
        }
    }
}

/// A write that is about to be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// When it was begun.
    pub at: DateTime<Utc>,
    /// The asset.
    pub asset: AssetRef,
    /// The fields that change.
    pub changes: Vec<FieldChange>,
}

/// A write and what became of it: one line of a journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JournalEntry {
    /// The write.
    #[serde(flatten)]
    pub attempt: Attempt,
    /// What became of it.
    pub outcome: WriteOutcome,
    /// What there is to say beyond that.
    #[serde(default)]
    pub detail: Option<String>,
    /// Days that the vendor holds in place of what was written, by field.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub held: BTreeMap<DateField, Option<NaiveDate>>,
}

impl Attempt {
    /// The attempt to make `change` in the account `instance`.
    #[must_use]
    pub fn new(at: DateTime<Utc>, instance: &str, change: &DateChange) -> Self {
        Self {
            at,
            asset: AssetRef::new(instance, &change.asset.vendor_id),
            changes: change.changes().to_vec(),
        }
    }

    /// The entry of an attempt that ended in `report`.
    #[must_use]
    pub fn ended(self, report: &WriteReport) -> JournalEntry {
        let held = match (report.outcome, &report.held) {
            (WriteOutcome::Altered, Some(held)) => self.held_instead(held),
            _ => BTreeMap::new(),
        };
        JournalEntry {
            attempt: self,
            outcome: report.outcome,
            detail: report.detail.clone(),
            held,
        }
    }

    /// The entry of an attempt that `error` ended: nothing was written.
    #[must_use]
    pub fn refused(self, error: &Error) -> JournalEntry {
        let detail = match error.hint() {
            Some(hint) => format!("{error}; {hint}"),
            None => error.to_string(),
        };
        JournalEntry {
            attempt: self,
            outcome: WriteOutcome::Refused,
            detail: Some(detail),
            held: BTreeMap::new(),
        }
    }

    fn held_instead(&self, held: &AssetDates) -> BTreeMap<DateField, Option<NaiveDate>> {
        let altered = self.changes.iter().filter(|change| !change.is_done(held));
        altered
            .map(|change| (change.field, held.get(change.field).day()))
            .collect()
    }

    pub(super) fn is_of(&self, entry: &JournalEntry) -> bool {
        *self == entry.attempt
    }
}

/// Where attempts are recorded before and after they are made.
///
/// [`FileJournal`](super::FileJournal) keeps one in a file; implement this to keep it elsewhere.
#[async_trait]
pub trait Journal: Debug + Send + Sync {
    /// Records that `attempt` is about to be made. It is made only once this has returned.
    ///
    /// # Errors
    /// When it could not be recorded for good; the attempt is then not made.
    async fn begin(&self, attempt: &Attempt) -> Result<()>;

    /// Records what became of an attempt that was begun.
    ///
    /// # Errors
    /// When it could not be recorded for good; no further attempt is then made.
    async fn finish(&self, entry: &JournalEntry) -> Result<()>;
}

/// What a journal has, by asset.
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
            history.assets.entry(asset).or_default().open = Some(attempt);
        }
        history
    }

    /// Adds `entry`, the newest.
    pub fn record(&mut self, entry: &JournalEntry) {
        let asset = entry.attempt.asset.clone();
        self.assets.entry(asset).or_default().record(entry);
    }

    /// What was attempted on `asset`.
    #[must_use]
    pub fn of(&self, asset: &AssetRef) -> Attempts {
        self.assets.get(asset).cloned().unwrap_or_default()
    }

    /// Every asset that something was attempted on.
    pub fn assets(&self) -> impl Iterator<Item = &AssetRef> {
        self.assets.keys()
    }

    /// The attempts on assets of `instance` whose outcome is not recorded.
    #[must_use]
    pub fn open(&self, instance: &str) -> Vec<Attempt> {
        let attempts = self.assets.values().filter_map(|asset| asset.open.clone());
        attempts
            .filter(|attempt| attempt.asset.instance == instance)
            .collect()
    }
}

/// What was attempted on one asset.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Attempts {
    fields: BTreeMap<DateField, Trace>,
    open: Option<Attempt>,
}

/// What attempts left of one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Trace {
    /// What the vendor held before the first attempt that may have changed it.
    pub(super) original: Option<NaiveDate>,
    /// What the vendor held after the last; after one of unknown outcome, what it was to hold.
    pub(super) left: HeldDate,
    /// The last attempt of known outcome that the vendor accepted.
    accepted: Option<(Option<NaiveDate>, WriteOutcome)>,
}

impl Attempts {
    /// What became of the last write of `field`, if it was a write of `day` that the
    /// vendor accepted. Sending it again would be writing it twice.
    #[must_use]
    pub fn outcome_of(&self, field: DateField, day: Option<NaiveDate>) -> Option<WriteOutcome> {
        let (written, outcome) = self.fields.get(&field)?.accepted?;
        (written == day).then_some(outcome)
    }

    /// Whether an attempt was begun and its outcome is not recorded.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// What the vendor held after the last attempts.
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

    fn record(&mut self, entry: &JournalEntry) {
        self.open.take_if(|attempt| attempt.is_of(entry));
        if matches!(
            entry.outcome,
            WriteOutcome::Refused | WriteOutcome::Unchanged
        ) {
            return;
        }
        for change in &entry.attempt.changes {
            let trace = self.fields.entry(change.field).or_insert_with(|| Trace {
                original: change.old,
                left: HeldDate::Empty,
                accepted: None,
            });
            trace.record(change, entry);
        }
    }
}

impl Trace {
    fn record(&mut self, change: &FieldChange, entry: &JournalEntry) {
        let instead = entry.held.get(&change.field);
        self.left = match entry.outcome {
            WriteOutcome::Ignored => change.old,
            WriteOutcome::Altered => instead.map_or(change.new, |day| *day),
            _ => change.new,
        }
        .into();
        let is_known = entry.outcome != WriteOutcome::Unknown;
        self.accepted = is_known.then_some((change.new, entry.outcome));
    }
}

#[cfg(test)]
mod tests {
    use super::super::change::WriteSource;
    use super::super::claim::tests::{day, moment};
    use super::*;

    const EXPIRY: DateField = DateField::WarrantyExpiry;

    fn attempt(at: i64, old: Option<NaiveDate>, new: NaiveDate) -> Attempt {
        let change = DateChange::new("7").set(EXPIRY, old, new, WriteSource::Lookup);
        Attempt::new(moment(at), "acme", &change)
    }

    fn entry(attempt: Attempt, outcome: WriteOutcome) -> JournalEntry {
        attempt.ended(&WriteReport::new(outcome, None))
    }

    fn attempts(entries: &[JournalEntry]) -> Attempts {
        History::new(entries, Vec::new()).of(&AssetRef::new("acme", "7"))
    }

    #[test]
    fn an_entry_has_the_documented_form() {
        let attempt = attempt(0, None, day(2027, 5, 31));
        let held = AssetDates::new(None, Some(day(2027, 5, 30)));
        let report = WriteReport::new(WriteOutcome::Altered, held).with_detail("a day short");
        let entry = attempt.ended(&report);
        let json = serde_json::to_string(&entry).unwrap();
        assert_eq!(
            json,
            r#"{"at":"2023-11-14T22:13:20Z","asset":{"instance":"acme","vendor_id":"7"},"changes":[{"field":"warranty_expiry","old":null,"new":"2027-05-31","source":"lookup"}],"outcome":"altered_by_vendor","detail":"a day short","held":{"warranty_expiry":"2027-05-30"}}"#
        );
        assert_eq!(serde_json::from_str::<JournalEntry>(&json).unwrap(), entry);
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
        let asset = AssetRef::new("acme", "7");
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
        assert_eq!(history.open("acme"), std::slice::from_ref(&later));
        assert!(history.open("other").is_empty());
        history.record(&entry(later, WriteOutcome::Written));
        assert!(history.open("acme").is_empty());
    }
}
