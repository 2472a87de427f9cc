//! Attempted writes, and the journal that records them.

use std::collections::BTreeMap;
use std::fmt::Debug;

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::asset_ref::AssetRef;
use super::change::{DateChange, FieldChange};
use super::dates::{AssetDates, DateField};
use super::outcome::{WriteOutcome, WriteReport};
use crate::error::{Error, Result};
use crate::info::ConnectorInfo;

/// A write that is about to be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// Time at which it was begun.
    pub at: DateTime<Utc>,
    /// The asset.
    pub asset: AssetRef,
    /// The fields that change.
    pub changes: Vec<FieldChange>,
}

/// A write and its outcome: one line of a journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JournalEntry {
    /// The write.
    #[serde(flatten)]
    pub attempt: Attempt,
    /// The outcome.
    pub outcome: WriteOutcome,
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

    /// The days of `held` in place of those that were to be written.
    fn held_instead(&self, held: &AssetDates) -> BTreeMap<DateField, Option<NaiveDate>> {
        let altered = self.changes.iter().filter(|change| !change.is_done(held));
        altered
            .map(|change| (change.field, held.get(change.field).day()))
            .collect()
    }
}

/// A record of attempts, before and after they are made.
///
/// [`FileJournal`](super::FileJournal) keeps one in a file; implement this to keep it elsewhere.
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
