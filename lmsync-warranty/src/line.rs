//! One line of what a maker covers.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// One line of what a maker covers, as it told it: hardware or not, good or not.
///
/// [`rules::left_out`](crate::rules::left_out) says if it counts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct WarrantyLine {
    /// The kind.
    pub kind: LineKind,
    /// The maker's code, such as `ND` or `3EZ`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The maker's words for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The maker's word for its state, such as `CANCELLED`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// The first day; `None` when the maker gives none that can be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<NaiveDate>,
    /// The last day; `None` when the maker gives none that can be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<NaiveDate>,
}

/// The kind of a line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum LineKind {
    /// The warranty that came with the machine.
    #[default]
    Base,
    /// One that was bought for longer or for more.
    Extension,
    /// A service contract.
    Contract,
}

lmsync_core::words!(LineKind {
    Base => "base",
    Extension => "extension",
    Contract => "contract",
});

impl WarrantyLine {
    /// A line of `kind` that says nothing yet.
    #[must_use]
    pub fn new(kind: LineKind) -> Self {
        Self {
            kind,
            ..Self::default()
        }
    }

    /// Sets the maker's code.
    #[must_use]
    pub fn code(mut self, code: Option<String>) -> Self {
        self.code = code;
        self
    }

    /// Sets the maker's words for it.
    #[must_use]
    pub fn description(mut self, words: Option<String>) -> Self {
        self.description = words;
        self
    }

    /// Sets the maker's word for its state.
    #[must_use]
    pub fn status(mut self, word: Option<String>) -> Self {
        self.status = word;
        self
    }

    /// Sets the first and the last day.
    #[must_use]
    pub fn days(mut self, start: Option<NaiveDate>, end: Option<NaiveDate>) -> Self {
        (self.start, self.end) = (start, end);
        self
    }

    /// The line in one text for people: code and description, as far as they are told.
    #[must_use]
    pub fn title(&self) -> String {
        match (&self.code, &self.description) {
            (Some(code), Some(words)) if code != words => format!("{code}: {words}"),
            (Some(text), _) | (None, Some(text)) => text.clone(),
            (None, None) => self.kind.to_string(),
        }
    }
}
