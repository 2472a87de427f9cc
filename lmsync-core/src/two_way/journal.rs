//! Attempted writes, and the journal that records them.

use std::collections::BTreeMap;
use std::fmt::Debug;

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::asset_ref::AssetRef;
use super::change::{DateChange, FieldChange};
use super::dates::DateField;
use super::outcome::{WriteOutcome, WriteReport};
use crate::error::{Error, Result};
use crate::info::ConnectorInfo;

/// A write that is about to be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Attempt {
    /// Time at which it was begun.
    pub at: DateTime<Utc>,
    /// The asset.
    pub asset: AssetRef,
    /// The fields that change.
    pub changes: Vec<FieldChange>,
}

/// A write and its outcome: one line of a journal.
///
/// A later line of the same attempt is what was [found out](super::recover_open) since; the last
/// one counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct JournalEntry {
    /// The write.
    #[serde(flatten)]
    pub attempt: Attempt,
    /// The outcome; of several fields the [worst](WriteOutcome::worst), and at least
    /// [`Altered`](WriteOutcome::Altered) if a date changed that was not sent.
    pub outcome: WriteOutcome,
    /// The outcomes of those fields that have another.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub outcomes: BTreeMap<DateField, WriteOutcome>,
    /// A sentence beyond the outcome, for people.
    #[serde(default)]
    pub detail: Option<String>,
    /// Days that the vendor holds in place of those that were written, by field.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub held: BTreeMap<DateField, Option<NaiveDate>>,
}

impl Attempt {
    /// The attempt, begun at `at`, to make `change` in `account`.
    #[must_use]
    pub fn new(at: DateTime<Utc>, account: &ConnectorInfo, change: &DateChange) -> Self {
        Self {
            at,
            asset: AssetRef::of(account, &change.asset),
            changes: change.changes().to_vec(),
        }
    }

    /// The change that it is to make.
    pub(super) fn change(&self) -> DateChange {
        let changes = self.changes.iter().copied();
        changes.fold(DateChange::new(self.asset.id()), DateChange::with)
    }

    /// The entry of an attempt that ended in `report`.
    #[must_use]
    pub fn ended(self, report: &WriteReport) -> JournalEntry {
        let held = self.held_instead(report);
        JournalEntry {
            attempt: self,
            outcome: report.outcome,
            outcomes: report.outcomes.clone(),
            detail: report.detail.clone(),
            held,
        }
    }

    /// The entry of an attempt that `error` ended: nothing was written.
    #[must_use]
    pub fn refused(self, error: &Error) -> JournalEntry {
        JournalEntry {
            attempt: self,
            outcome: WriteOutcome::Refused,
            outcomes: BTreeMap::new(),
            detail: Some(error.to_string()),
            held: BTreeMap::new(),
        }
    }

    /// The days that the vendor holds in place of those that were to be written, where it
    /// altered them.
    fn held_instead(&self, report: &WriteReport) -> BTreeMap<DateField, Option<NaiveDate>> {
        let is_altered =
            |change: &&FieldChange| report.outcome_of(change.field) == WriteOutcome::Altered;
        let altered = self.changes.iter().filter(is_altered);
        let instead = altered.filter_map(|change| {
            let held = report.held.as_ref()?;
            (!change.is_done(held)).then(|| (change.field, held.get(change.field).day()))
        });
        instead.collect()
    }
}

impl JournalEntry {
    /// The outcome of one of the fields.
    #[must_use]
    pub fn outcome_of(&self, field: DateField) -> WriteOutcome {
        self.outcomes.get(&field).copied().unwrap_or(self.outcome)
    }
}

/// A record of attempts, before and after they are made.
///
/// [`FileJournal`](super::FileJournal) keeps one in a file, and the databases of `lmsync-store` one in a
/// table; implement this to keep it elsewhere.
#[async_trait]
pub trait Journal: Debug + Send + Sync {
    /// Records that `attempt` is about to be made. It is made only once this has returned.
    ///
    /// # Errors
    /// When it could not be recorded for good; the attempt is then not made.
    async fn begin(&self, attempt: &Attempt) -> Result<()>;

    /// Records the outcome of an attempt that was begun.
    ///
    /// # Errors
    /// When it could not be recorded for good; no further attempt is then made.
    async fn finish(&self, entry: &JournalEntry) -> Result<()>;
}

#[cfg(test)]
mod tests {
    use super::super::change::WriteSource;
    use super::super::claim::tests::{account, day, moment};
    use super::super::dates::AssetDates;
    use super::*;
    use crate::model::AssetId;

    const EXPIRY: DateField = DateField::WarrantyExpiry;

    #[test]
    fn an_entry_has_the_documented_form() {
        let change = DateChange::new("7");
        let change = change.set(EXPIRY, None, day(2027, 5, 31), WriteSource::Lookup);
        let attempt = Attempt::new(moment(0), &account("superops"), &change);
        let held = AssetDates::new(None, Some(day(2027, 5, 30)));
        let report = WriteReport::new(WriteOutcome::Altered, held).with_detail("a day short");
        let entry = attempt.ended(&report);
        let json = serde_json::to_string(&entry).unwrap();
        assert_eq!(
            json,
            r#"{"at":"2023-11-14T22:13:20Z","asset":{"connector":"superops","instance":"acme","vendor_id":"7"},"changes":[{"field":"warranty_expiry","old":null,"new":"2027-05-31","source":"lookup"}],"outcome":"altered_by_vendor","detail":"a day short","held":{"warranty_expiry":"2027-05-30"}}"#
        );
        assert_eq!(serde_json::from_str::<JournalEntry>(&json).unwrap(), entry);
    }

    #[test]
    fn an_entry_has_the_outcome_of_each_field_where_they_differ() {
        let bought = DateField::PurchaseDate;
        let change = DateChange::new("7")
            .set(EXPIRY, None, day(2027, 5, 31), WriteSource::Lookup)
            .set(bought, None, day(2024, 5, 31), WriteSource::Lookup);
        let attempt = Attempt::new(moment(0), &account("superops"), &change);
        let outcomes = [
            (bought, WriteOutcome::Written),
            (EXPIRY, WriteOutcome::Ignored),
        ];
        let report = WriteReport::of_fields(outcomes.into(), None);
        let entry = attempt.ended(&report);
        let json = serde_json::to_string(&entry).unwrap();
        let told = r#""outcome":"ignored_by_vendor","outcomes":{"purchase_date":"written"},"detail":null}"#;
        assert!(json.ends_with(told), "{json}");
        let read: JournalEntry = serde_json::from_str(&json).unwrap();
        assert_eq!(read, entry);
        for (field, outcome) in outcomes {
            assert_eq!(read.outcome_of(field), outcome);
        }
    }

    #[test]
    fn an_attempt_keeps_its_change_and_the_parents_of_its_asset() {
        let mut id = AssetId::from("7");
        let (key, site) = ("site_id".to_owned(), "1".to_owned());
        id.parent_ids.insert(key, site);
        let change = DateChange::new(id);
        let change = change.set(EXPIRY, None, day(2027, 5, 31), WriteSource::Lookup);
        let attempt = Attempt::new(moment(0), &account("cwrmm"), &change);
        let json = serde_json::to_string(&attempt).unwrap();
        let read: Attempt = serde_json::from_str(&json).unwrap();
        assert_eq!(read.change(), change);
    }
}
