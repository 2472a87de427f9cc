//! The outcome of a write.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::dates::AssetDates;

/// The outcome of a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum WriteOutcome {
    /// Written: the vendor now holds the new dates.
    Written,
    /// Not sent, since the vendor already held the new dates.
    Unchanged,
    /// Accepted by the vendor, which holds the old dates as before.
    #[serde(rename = "ignored_by_vendor")]
    Ignored,
    /// Accepted by the vendor, which holds other dates now, such as the day before.
    #[serde(rename = "altered_by_vendor")]
    Altered,
    /// Certainly not written: the vendor refused it, or no longer holds the dates that
    /// the change was planned on.
    Refused,
    /// Sent perhaps; it is not known whether the vendor took it.
    Unknown,
}

impl WriteOutcome {
    /// The stable name, as journals write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Written => "written",
            Self::Unchanged => "unchanged",
            Self::Ignored => "ignored_by_vendor",
            Self::Altered => "altered_by_vendor",
            Self::Refused => "refused",
            Self::Unknown => "unknown",
        }
    }

    /// Tells whether the vendor now holds what was asked for.
    #[must_use]
    pub const fn is_done(self) -> bool {
        matches!(self, Self::Written | Self::Unchanged)
    }
}

impl fmt::Display for WriteOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The outcome of a write, and the grounds for it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct WriteReport {
    /// The outcome.
    pub outcome: WriteOutcome,
    /// The dates that the vendor holds now, if they could be read.
    pub held: Option<AssetDates>,
    /// A sentence beyond the outcome, for people.
    pub detail: Option<String>,
}

impl WriteReport {
    /// Reports `outcome` of a vendor that now holds `held`.
    #[must_use]
    pub fn new(outcome: WriteOutcome, held: impl Into<Option<AssetDates>>) -> Self {
        Self {
            outcome,
            held: held.into(),
            detail: None,
        }
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
}
