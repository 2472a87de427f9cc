//! The rule by which records that a listing did not hand out may be deleted.

use std::collections::HashSet;

use crate::model::clean_id;
use crate::summary::{Rejection, SyncSummary};
use crate::window::CheckInWindow;

/// A reading of one account, as the ground on which records that it did not hand out may be deleted.
///
/// A record is gone at the vendor only when all that the vendor has was listed, nothing was left out of
/// that by a window, the caller holds what was handed out, and the record is none of those that
/// could not be read. Otherwise nothing may be deleted, and [`NotDeleted`] says why.
///
/// ```
/// use lmsync_core::{CheckInWindow, DeletionGround, NotDeleted, Rejection, SyncSummary};
///
/// let mut summary = SyncSummary::default();
/// (summary.seen, summary.kept, summary.complete) = (3, 2, true);
/// summary.reject(Rejection::new(Some("17".to_owned()), "it is null"));
///
/// // Two records were handed out, and two are held.
/// let unread = DeletionGround::of(&summary).may_delete(2)?;
/// assert!(unread.contains("17") && !unread.contains("18"));
///
/// let within = DeletionGround::of(&summary).window(CheckInWindow::DAYS_30);
/// assert_eq!(within.may_delete(2).unwrap_err(), NotDeleted::Filtered);
/// assert_eq!(DeletionGround::of(&summary).may_delete(1).unwrap_err(), NotDeleted::Partial);
/// # Ok::<(), NotDeleted>(())
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct DeletionGround<'s> {
    /// The last part first.
    parts: Vec<&'s SyncSummary>,
    is_filtered: bool,
}

/// The reason why no record may be deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NotDeleted {
    /// The listing did not see every record that the vendor has.
    Incomplete,
    /// A window left out records that the vendor has.
    Filtered,
    /// The caller holds less than was handed out.
    Partial,
    /// The listing was resumed, and the summary of the part before is not at hand, which tells what
    /// could not be read there.
    Resumed,
    /// A record could not be read, nor its id.
    RejectedWithoutId,
    /// More records could not be read than are told one by one.
    TooManyRejected,
    /// The records are of several accounts, or of none that is known.
    AccountUnclear,
}

crate::words!(NotDeleted {
    Incomplete => "incomplete",
    Filtered => "filtered",
    Partial => "partial",
    Resumed => "resumed",
    RejectedWithoutId => "rejected_without_id",
    TooManyRejected => "too_many_rejected",
    AccountUnclear => "account_unclear",
});

impl std::error::Error for NotDeleted {}

/// The records of an account that could not be read: the vendor has them, though nobody was handed them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unread<'s>(HashSet<&'s str>);

impl<'s> Unread<'s> {
    /// Those of `rejected`, the rejections that are told one by one of `total`.
    ///
    /// # Errors
    /// `rejected_without_id` or `too_many_rejected` when the ids of some are not known.
    pub fn of(rejected: &'s [Rejection], total: u64) -> Result<Self, NotDeleted> {
        if total > rejected.len() as u64 {
            return Err(NotDeleted::TooManyRejected);
        }
        let ids: Option<HashSet<&str>> = rejected.iter().map(id).collect();
        ids.map(Self).ok_or(NotDeleted::RejectedWithoutId)
    }
    /// Tells whether the record with the id `vendor_id` could not be read, so that it is not to be deleted.
    #[must_use]
    pub fn contains(&self, vendor_id: &str) -> bool {
        self.0.contains(vendor_id)
    }

    /// Their ids, in no order.
    pub fn ids(&self) -> impl Iterator<Item = &'s str> {
        self.0.iter().copied()
    }
}

impl<'s> DeletionGround<'s> {
    /// The reading that ended with `summary`.
    pub fn of(summary: &'s SyncSummary) -> Self {
        Self {
            parts: vec![summary],
            is_filtered: false,
        }
    }

    /// Says that the listing was asked for what checked in within `window`.
    pub fn window(mut self, window: CheckInWindow) -> Self {
        self.is_filtered = window != CheckInWindow::All;
        self
    }

    /// Adds the summary of the part before, from whose checkpoint the listing was resumed; of several,
    /// the last one first.
    ///
    /// A listing that was resumed knows how many records were handed out before, not which could not be read.
    pub fn after(mut self, before: &'s SyncSummary) -> Self {
        self.parts.push(before);
        self
    }

    /// The records that could not be read, where all others that are not among the `held` ones are gone.
    /// `held` is the number of different records at hand of those that were handed out, in all parts.
    ///
    /// # Errors
    /// The reason why nothing may be taken for gone.
    pub fn may_delete(&self, held: u64) -> Result<Unread<'s>, NotDeleted> {
        let last = self.parts.first().ok_or(NotDeleted::Incomplete)?;
        if !last.complete {
            return Err(NotDeleted::Incomplete);
        }
        if self.is_filtered || self.parts.iter().any(|part| left_out(part)) {
            return Err(NotDeleted::Filtered);
        }
        if held < handed_out(last) {
            return Err(NotDeleted::Partial);
        }
        if !self.is_from_the_beginning() {
            return Err(NotDeleted::Resumed);
        }
        self.unread()
    }

    /// Tells whether each part reaches as far as the next one counts on, and the first begins with nothing.
    fn is_from_the_beginning(&self) -> bool {
        let mut pairs = self.parts.windows(2);
        let joins = pairs.all(|pair| handed_out(pair[1]) >= pair[0].kept_before);
        joins && self.parts.last().is_some_and(|part| part.kept_before == 0)
    }

    fn unread(&self) -> Result<Unread<'s>, NotDeleted> {
        let mut unread = HashSet::new();
        for part in &self.parts {
            unread.extend(Unread::of(&part.rejected, part.rejected_total)?.0);
        }
        Ok(Unread(unread))
    }
}

impl<'s> From<&'s SyncSummary> for DeletionGround<'s> {
    fn from(summary: &'s SyncSummary) -> Self {
        Self::of(summary)
    }
}

/// The id as records have it.
fn id(rejection: &Rejection) -> Option<&str> {
    rejection.vendor_id.as_deref().and_then(clean_id)
}

fn left_out(part: &SyncSummary) -> bool {
    (part.filtered_out, part.never_checked_in_excluded) != (0, 0)
}

fn handed_out(part: &SyncSummary) -> u64 {
    part.kept.saturating_add(part.kept_before)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn summary(kept: u64, kept_before: u64) -> SyncSummary {
        let complete = true;
        SyncSummary {
            seen: kept,
            kept,
            kept_before,
            complete,
            ..SyncSummary::default()
        }
    }

    fn rejecting(mut summary: SyncSummary, ids: &[Option<&str>]) -> SyncSummary {
        for id in ids {
            let id = id.map(str::to_owned);
            summary.reject(Rejection::new(id, "it is null"));
        }
        summary
    }

    fn ids(pass: &DeletionGround<'_>, held: u64) -> Result<Vec<String>, NotDeleted> {
        let unread = pass.may_delete(held)?;
        let mut ids: Vec<_> = unread.ids().map(str::to_owned).collect();
        ids.sort();
        Ok(ids)
    }

    #[test]
    fn each_reason_is_told() {
        let whole = summary(3, 0);
        assert_eq!(ids(&DeletionGround::of(&whole), 3), Ok(Vec::new()));
        assert_eq!(ids(&DeletionGround::of(&whole), 4), Ok(Vec::new()));
        assert_eq!(
            ids(&DeletionGround::of(&whole), 2),
            Err(NotDeleted::Partial)
        );
        let windowed = DeletionGround::of(&whole).window(CheckInWindow::DAYS_30);
        assert_eq!(ids(&windowed, 3), Err(NotDeleted::Filtered));
        let all = DeletionGround::of(&whole).window(CheckInWindow::All);
        assert_eq!(ids(&all, 3), Ok(Vec::new()));

        let mut changed = whole.clone();
        changed.filtered_out = 1;
        assert_eq!(
            ids(&DeletionGround::of(&changed), 3),
            Err(NotDeleted::Filtered)
        );
        let mut changed = whole.clone();
        changed.never_checked_in_excluded = 1;
        assert_eq!(
            ids(&DeletionGround::of(&changed), 3),
            Err(NotDeleted::Filtered)
        );
        let mut changed = whole.clone();
        changed.complete = false;
        assert_eq!(
            ids(&DeletionGround::of(&changed), 3),
            Err(NotDeleted::Incomplete)
        );

        let some = rejecting(whole.clone(), &[Some(" 8\u{feff}"), Some("9")]);
        let expected = vec!["8".to_owned(), "9".to_owned()];
        assert_eq!(ids(&DeletionGround::of(&some), 3), Ok(expected));
        for nobody in [None, Some(" "), Some("")] {
            let some = rejecting(whole.clone(), &[Some("8"), nobody]);
            let verdict = ids(&DeletionGround::of(&some), 3);
            assert_eq!(verdict, Err(NotDeleted::RejectedWithoutId));
        }
        let many = vec![Some("8"); SyncSummary::MOST_REJECTED + 1];
        let told = rejecting(whole.clone(), &many[1..]);
        assert!(ids(&DeletionGround::of(&told), 3).is_ok());
        let more = rejecting(whole, &many);
        assert_eq!(
            ids(&DeletionGround::of(&more), 3),
            Err(NotDeleted::TooManyRejected)
        );
    }

    #[test]
    fn a_resumed_listing_needs_the_parts_before() {
        let mut first = rejecting(summary(10, 0), &[Some("a")]);
        let mut second = rejecting(summary(5, 8), &[Some("b")]);
        // Only the last part can tell that all was seen.
        (first.complete, second.complete) = (false, false);
        let last = rejecting(summary(4, 13), &[Some("c")]);

        assert_eq!(
            ids(&DeletionGround::of(&last), 17),
            Err(NotDeleted::Resumed)
        );
        let gap = DeletionGround::of(&last).after(&first);
        assert_eq!(ids(&gap, 17), Err(NotDeleted::Resumed));
        let without_first = DeletionGround::of(&last).after(&second);
        assert_eq!(ids(&without_first, 17), Err(NotDeleted::Resumed));
        let all = DeletionGround::of(&last).after(&second).after(&first);
        let expected = ["a", "b", "c"].map(str::to_owned).to_vec();
        assert_eq!(ids(&all, 17), Ok(expected));
        assert_eq!(ids(&all, 16), Err(NotDeleted::Partial));

        first.filtered_out = 1;
        let all = DeletionGround::of(&last).after(&second).after(&first);
        assert_eq!(ids(&all, 17), Err(NotDeleted::Filtered));
        first = rejecting(summary(10, 0), &[None]);
        let all = DeletionGround::of(&last).after(&second).after(&first);
        assert_eq!(ids(&all, 17), Err(NotDeleted::RejectedWithoutId));
    }

    proptest! {
        #[test]
        fn nothing_is_deleted_but_after_a_whole_pass(
            kept in 0..4_u64,
            kept_before in 0..2_u64,
            left_out in proptest::array::uniform2(0..2_u64),
            rejected in proptest::collection::vec(proptest::option::of("[a-c]?"), 0..3),
            unlisted in 0..2_u64,
            complete in any::<bool>(),
            days in 0..2_u32,
            held in 0..6_u64,
        ) {
            let rejected: Vec<_> = rejected.iter().map(Option::as_deref).collect();
            let mut summary = rejecting(summary(kept, kept_before), &rejected);
            summary.rejected_total += unlisted;
            summary.complete = complete;
            [summary.filtered_out, summary.never_checked_in_excluded] = left_out;
            let window = std::num::NonZeroU32::new(days)
                .map_or(CheckInWindow::All, CheckInWindow::Days);
            let verdict = DeletionGround::of(&summary).window(window).may_delete(held);
            let is_whole = complete
                && left_out == [0, 0]
                && days == 0
                && held >= kept
                && kept_before == 0
                && unlisted == 0
                && !rejected.iter().any(|id| id.is_none_or(str::is_empty));
            prop_assert_eq!(verdict.is_ok(), is_whole, "{:?}", verdict);
            if let Ok(unread) = verdict {
                for id in rejected.into_iter().flatten() {
                    prop_assert!(unread.contains(id));
                }
            }
        }
    }
}
