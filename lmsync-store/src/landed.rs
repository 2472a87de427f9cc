//! Counts of what landed.

use std::ops::AddAssign;

use serde::{Deserialize, Serialize};

/// Counts of the rows of a pass.
///
/// The sum of `inserted`, `changed` and `unchanged` is the number of records that landed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Landed {
    /// Rows that were not there before.
    pub inserted: u64,
    /// Rows with something else in them than before, and deleted ones that came back.
    pub changed: u64,
    /// Rows that stayed as they were, but for what moves by itself.
    pub unchanged: u64,
    /// Rows that are marked deleted.
    pub deleted: u64,
    /// Rows that were not met and stay, since they are more than can be believed to be gone.
    pub kept_back: u64,
}

impl Landed {
    /// Number of records that landed.
    #[must_use]
    pub fn records(&self) -> u64 {
        self.inserted + self.changed + self.unchanged
    }
}

impl AddAssign for Landed {
    fn add_assign(&mut self, other: Self) {
        self.inserted += other.inserted;
        self.changed += other.changed;
        self.unchanged += other.unchanged;
        self.deleted += other.deleted;
        self.kept_back += other.kept_back;
    }
}
