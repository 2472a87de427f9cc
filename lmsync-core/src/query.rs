//! The question that a listing answers.

use serde::{Deserialize, Serialize};

use crate::detail::Detail;
use crate::listing::Checkpoint;
use crate::window::{CheckInWindow, NeverCheckedIn, WindowFilter};

/// The assets to list, and how much of each.
///
/// The default is every asset, with what the vendor's list gives.
///
/// ```
/// use lmsync_core::{AssetQuery, CheckInWindow};
///
/// let recent = AssetQuery::new().window(CheckInWindow::DAYS_30);
/// # let _ = recent;
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AssetQuery {
    /// Only assets that checked in within this window.
    pub window: CheckInWindow,
    /// What the window does with assets that never checked in.
    pub never_checked_in: NeverCheckedIn,
    /// Whether the record's last change may stand in for a check-in.
    pub accept_record_update: bool,
    /// What to fetch beyond the list, at the cost of further calls per asset.
    pub detail: Detail,
    /// Whether to keep the vendor's record in [`Source::raw`](crate::model::Source::raw).
    pub raw: bool,
    /// Where an earlier listing stopped.
    #[serde(skip)]
    pub resume: Option<Checkpoint>,
}

impl AssetQuery {
    /// Every asset, with what the vendor's list gives.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Keeps only assets that checked in within `window`.
    #[must_use]
    pub fn window(mut self, window: CheckInWindow) -> Self {
        self.window = window;
        self
    }

    /// Sets what the window does with assets that never checked in.
    #[must_use]
    pub fn never_checked_in(mut self, policy: NeverCheckedIn) -> Self {
        self.never_checked_in = policy;
        self
    }

    /// Lets the record's last change stand in for a check-in.
    #[must_use]
    pub fn accept_record_update(mut self) -> Self {
        self.accept_record_update = true;
        self
    }

    /// Fetches more of each asset.
    #[must_use]
    pub fn detail(mut self, detail: Detail) -> Self {
        self.detail = detail;
        self
    }

    /// Keeps the vendor's records.
    #[must_use]
    pub fn raw(mut self) -> Self {
        self.raw = true;
        self
    }

    /// Goes on where an earlier listing stopped.
    #[must_use]
    pub fn resume(mut self, checkpoint: Checkpoint) -> Self {
        self.resume = Some(checkpoint);
        self
    }

    /// The window of a sync that begins at `now`.
    #[must_use]
    pub fn filter(&self, now: chrono::DateTime<chrono::Utc>) -> WindowFilter {
        WindowFilter::new(
            self.window,
            self.never_checked_in,
            self.accept_record_update,
            now,
        )
    }
}
