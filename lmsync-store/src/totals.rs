//! Totals of a pass.

use lmsync_core::{Rejection, SyncSummary};
use serde::{Deserialize, Serialize};

/// Those totals of a listing that a pass reports, over all the listings that it was resumed from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Totals {
    /// Records handed out.
    pub kept: u64,
    /// Records left out by a window.
    pub left_out: u64,
    /// Records that are none of what was asked for.
    pub skipped: u64,
    /// Records that could not be read: the first [`SyncSummary::MOST_REJECTED`].
    pub rejected: Vec<Rejection>,
    /// The number of records that could not be read.
    pub rejected_total: u64,
    /// The vendor's own count.
    pub reported_total: Option<u64>,
    /// Requests that were sent.
    pub requests: u64,
}

impl Totals {
    /// The totals of `summary`, of a listing that was resumed after `earlier` ones. One that had to
    /// start over has met everything itself.
    #[must_use]
    pub fn of(summary: &SyncSummary, earlier: Option<&Self>) -> Self {
        let own = Self {
            kept: summary.kept_before + summary.kept,
            left_out: summary.filtered_out + summary.never_checked_in_excluded,
            skipped: summary.skipped,
            rejected: summary.rejected.clone(),
            rejected_total: summary.rejected_total,
            reported_total: summary.reported_total,
            requests: summary.usage.requests,
        };
        let Some(earlier) = earlier else {
            return own;
        };
        let requests = own.requests + earlier.requests;
        if summary.kept_before == 0 {
            return Self { requests, ..own };
        }
        own.and(earlier, requests)
    }

    /// Adds those of the part before. What was read ahead of a checkpoint is met twice, so that a
    /// rejection counts once where its id is known.
    fn and(mut self, earlier: &Self, requests: u64) -> Self {
        let is_new = |rejection: &&Rejection| {
            rejection.vendor_id.is_none() || !self.rejected.contains(rejection)
        };
        let mut rejected: Vec<Rejection> =
            earlier.rejected.iter().filter(is_new).cloned().collect();
        let untold = earlier
            .rejected_total
            .saturating_sub(earlier.rejected.len() as u64);
        self.rejected_total += rejected.len() as u64 + untold;
        self.rejected.append(&mut rejected);
        self.rejected.truncate(SyncSummary::MOST_REJECTED);
        self.left_out += earlier.left_out;
        self.skipped += earlier.skipped;
        self.requests = requests;
        self
    }

    /// Different records that the vendor listed, those that could not be read among them.
    #[must_use]
    pub fn seen(&self) -> u64 {
        self.kept + self.left_out + self.rejected_total
    }
}
