//! New dates for one asset.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use super::dates::{AssetDates, DateField, HeldDate};
use crate::model::AssetId;

/// The source of a date that is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum WriteSource {
    /// A manufacturer's warranty lookup.
    Lookup,
    /// A person's edit.
    Manual,
    /// A journal, which has the date from before an earlier write.
    Undo,
}

crate::words!(WriteSource {
    Lookup => "lookup",
    Manual => "manual",
    Undo => "undo",
});

/// A change of one field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FieldChange {
    /// The field.
    pub field: DateField,
    /// The date that the change was planned on; it is written only while the vendor holds it.
    pub old: Option<NaiveDate>,
    /// The new date; `None` clears the field.
    pub new: Option<NaiveDate>,
    /// The source of the new date.
    pub source: WriteSource,
}

/// New dates for one asset, bound to it so that they cannot reach another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DateChange {
    /// The asset.
    pub asset: AssetId,
    #[serde(deserialize_with = "each_once")]
    changes: Vec<FieldChange>,
}

/// Reads changes of different fields.
fn each_once<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<FieldChange>, D::Error> {
    let mut changes: Vec<FieldChange> = Vec::deserialize(deserializer)?;
    changes.sort_by_key(|change| change.field);
    match changes.windows(2).find(|two| two[0].field == two[1].field) {
        Some(two) => Err(D::Error::custom(format!("two changes of {}", two[0].field))),
        None => Ok(changes),
    }
}

impl DateChange {
    /// No new date yet.
    #[must_use]
    pub fn new(asset: impl Into<AssetId>) -> Self {
        Self {
            asset: asset.into(),
            changes: Vec::new(),
        }
    }

    /// Sets `field`, which holds `old`, to `new`.
    #[must_use]
    pub fn set(
        self,
        field: DateField,
        old: Option<NaiveDate>,
        new: NaiveDate,
        source: WriteSource,
    ) -> Self {
        self.with(FieldChange {
            field,
            old,
            new: Some(new),
            source,
        })
    }

    /// Clears `field`, which holds `old`.
    #[must_use]
    pub fn clear(self, field: DateField, old: NaiveDate, source: WriteSource) -> Self {
        self.with(FieldChange {
            field,
            old: Some(old),
            new: None,
            source,
        })
    }

    /// Adds `change` in place of an earlier one of the same field.
    #[must_use]
    pub fn with(mut self, change: FieldChange) -> Self {
        self.changes.retain(|earlier| earlier.field != change.field);
        self.changes.push(change);
        self.changes.sort_by_key(|change| change.field);
        self
    }

    /// The fields that change, each once.
    #[must_use]
    pub fn changes(&self) -> &[FieldChange] {
        &self.changes
    }

    /// The change of `field`; `None` when it stays as it is.
    #[must_use]
    pub fn get(&self, field: DateField) -> Option<&FieldChange> {
        self.changes.iter().find(|change| change.field == field)
    }

    /// The new dates, each under the vendor's name for its field, as JSON writes them: a day is
    /// `YYYY-MM-DD`, one that is cleared is null. A date without a name in `names` is left out.
    ///
    /// ```
    /// use lmsync_core::two_way::{DateChange, DateField, WriteSource};
    ///
    /// let day = chrono::NaiveDate::from_ymd_opt(2027, 5, 31).unwrap();
    /// let change = DateChange::new("17");
    /// let change = change.set(DateField::WarrantyExpiry, None, day, WriteSource::Manual);
    /// let names = [
    ///     (DateField::PurchaseDate, "bought"),
    ///     (DateField::WarrantyExpiry, "warranty_end"),
    /// ];
    /// let body = serde_json::to_string(&change.named(&names)).unwrap();
    /// assert_eq!(body, r#"{"warranty_end":"2027-05-31"}"#);
    /// ```
    #[must_use]
    pub fn named<'n>(
        &self,
        names: &[(DateField, &'n str)],
    ) -> BTreeMap<&'n str, Option<NaiveDate>> {
        let named = names
            .iter()
            .filter_map(|(field, name)| Some((*name, self.get(*field)?.new)));
        named.collect()
    }

    /// Tells whether nothing changes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// The part of it that `held` does not have yet.
    #[must_use]
    pub fn still_to_do(&self, held: &AssetDates) -> Self {
        let changes = self.changes.iter();
        Self {
            asset: self.asset.clone(),
            changes: changes
                .filter(|change| !change.is_done(held))
                .copied()
                .collect(),
        }
    }
}

impl FieldChange {
    /// Tells whether `held` has the new date.
    #[must_use]
    pub fn is_done(&self, held: &AssetDates) -> bool {
        *held.get(self.field) == HeldDate::from(self.new)
    }

    /// Tells whether `after` lacks the new date and has the same as `before`.
    pub(super) fn is_as_before(&self, before: &AssetDates, after: &AssetDates) -> bool {
        !self.is_done(after) && before.get(self.field) == after.get(self.field)
    }

    /// Tells whether `held` has the date that the change was planned on.
    #[must_use]
    pub fn is_current(&self, held: &AssetDates) -> bool {
        *held.get(self.field) == HeldDate::from(self.old)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_the_same_after_it_was_stored() {
        let day = NaiveDate::from_ymd_opt(2027, 5, 31).unwrap();
        let change = DateChange::new("7")
            .clear(DateField::WarrantyExpiry, day, WriteSource::Undo)
            .set(DateField::PurchaseDate, None, day, WriteSource::Manual);
        let json = serde_json::to_string(&change).unwrap();
        assert_eq!(
            json,
            r#"{"asset":{"vendor_id":"7"},"changes":[{"field":"purchase_date","old":null,"new":"2027-05-31","source":"manual"},{"field":"warranty_expiry","old":"2027-05-31","new":null,"source":"undo"}]}"#
        );
        assert_eq!(serde_json::from_str::<DateChange>(&json).unwrap(), change);
        let twice = json.replace("purchase_date", "warranty_expiry");
        let error = serde_json::from_str::<DateChange>(&twice).unwrap_err();
        let told = error.to_string();
        assert!(told.contains("two changes of warranty_expiry"), "{told}");
    }
}
