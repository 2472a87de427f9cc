//! The outcome of a write.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::dates::{AssetDates, DateField};

/// The outcome of a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum WriteOutcome {
    /// Written: the vendor now holds the new dates.
    Written,
    /// Not sent, since the vendor already held the new dates.
    Unchanged,
    /// Accepted by the vendor, which holds the old dates as before.
    Ignored,
    /// Accepted by the vendor, which holds other dates now, such as the day before.
    Altered,
    /// Certainly not written: the vendor refused it; or no longer to be written: it does not
    /// hold the dates that the change was planned on.
    Refused,
    /// Sent perhaps; it is not known whether the vendor took it.
    Unknown,
}

crate::words!(WriteOutcome {
    Written => "written",
    Unchanged => "unchanged",
    Ignored => "ignored_by_vendor",
    Altered => "altered_by_vendor",
    Refused => "refused",
    Unknown => "unknown",
});

impl WriteOutcome {
    /// Every outcome, each better than the next: the outcome of a write of several fields is
    /// the worst of theirs.
    const BEST_FIRST: [Self; 6] = [
        Self::Unchanged,
        Self::Written,
        Self::Refused,
        Self::Ignored,
        Self::Altered,
        Self::Unknown,
    ];

    /// The worst of `outcomes`: `unknown`, `altered_by_vendor`, `ignored_by_vendor`, `refused`,
    /// `written`, `unchanged`, in this order; `unchanged` if there is none.
    #[must_use]
    pub fn worst(outcomes: impl IntoIterator<Item = Self>) -> Self {
        let rank = |outcome: &Self| Self::BEST_FIRST.iter().position(|one| one == outcome);
        let worst = outcomes.into_iter().max_by_key(rank);
        worst.unwrap_or(Self::Unchanged)
    }

    /// Tells whether the vendor now holds what was asked for.
    #[must_use]
    pub const fn is_done(self) -> bool {
        matches!(self, Self::Written | Self::Unchanged)
    }
}

/// The outcome of a write, and the grounds for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct WriteReport {
    /// The outcome; of several fields the [worst](WriteOutcome::worst), and at least
    /// [`Altered`](WriteOutcome::Altered) if a date changed that was not sent.
    pub outcome: WriteOutcome,
    /// The outcomes of those fields that have another.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub outcomes: BTreeMap<DateField, WriteOutcome>,
    /// The dates that the vendor holds now, if they could be read.
    pub held: Option<AssetDates>,
    /// A sentence beyond the outcome, for people.
    pub detail: Option<String>,
}

impl WriteReport {
    /// Reports `outcome` of every field, and a vendor that now holds `held`.
    #[must_use]
    pub fn new(outcome: WriteOutcome, held: impl Into<Option<AssetDates>>) -> Self {
        Self {
            outcome,
            outcomes: BTreeMap::new(),
            held: held.into(),
            detail: None,
        }
    }

    /// Reports the outcome of each field, and a vendor that now holds `held`.
    #[must_use]
    pub fn of_fields(
        outcomes: BTreeMap<DateField, WriteOutcome>,
        held: impl Into<Option<AssetDates>>,
    ) -> Self {
        let worst = WriteOutcome::worst(outcomes.values().copied());
        let report = Self {
            outcomes,
            ..Self::new(worst, held)
        };
        report.with_outcome(worst)
    }

    /// Names `outcome` in place of the worst of the fields, which keep theirs.
    pub(super) fn with_outcome(mut self, outcome: WriteOutcome) -> Self {
        self.outcome = outcome;
        self.outcomes.retain(|_, own| *own != outcome);
        self
    }

    /// The outcome of one of the fields.
    #[must_use]
    pub fn outcome_of(&self, field: DateField) -> WriteOutcome {
        self.outcomes.get(&field).copied().unwrap_or(self.outcome)
    }

    /// Adds a sentence for people.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outcome_is_shown_by_the_name_that_journals_write() {
        use WriteOutcome as W;
        for (outcome, name, is_done) in [
            (W::Written, "written", true),
            (W::Unchanged, "unchanged", true),
            (W::Ignored, "ignored_by_vendor", false),
            (W::Altered, "altered_by_vendor", false),
            (W::Refused, "refused", false),
            (W::Unknown, "unknown", false),
        ] {
            assert_eq!(outcome.to_string(), name);
            assert_eq!(serde_json::to_value(outcome).unwrap(), name);
            assert_eq!(outcome.is_done(), is_done, "{name}");
        }
    }

    #[test]
    fn of_several_fields_the_worst_outcome_is_named_and_the_others_are_kept() {
        use WriteOutcome as W;
        let (bought, expiry) = (DateField::PurchaseDate, DateField::WarrantyExpiry);
        for pair in W::BEST_FIRST.windows(2) {
            for (one, other) in [(pair[0], pair[1]), (pair[1], pair[0])] {
                let outcomes = BTreeMap::from([(bought, one), (expiry, other)]);
                let report = WriteReport::of_fields(outcomes, None);
                assert_eq!(report.outcome, pair[1]);
                assert_eq!(report.outcome_of(bought), one);
                assert_eq!(report.outcome_of(expiry), other);
                assert_eq!(report.outcomes.len(), 1);
            }
        }
        let same = BTreeMap::from([(bought, W::Ignored), (expiry, W::Ignored)]);
        let report = WriteReport::of_fields(same, None);
        assert_eq!(report, WriteReport::new(W::Ignored, None));
    }
}
