//! Machines that have not reported for long.

use super::scope::Scope;

/// Machines that have not reported for long.
#[derive(Debug)]
pub(crate) struct Unseen {
    /// The entries whose last report is more than 90 days before today, those of longest ago first.
    pub(crate) long_ago: Vec<usize>,
    /// Entries without a report that is known: the tool has none, or only says when its record was changed.
    pub(crate) never: usize,
}

impl Unseen {
    pub(crate) fn of(scope: &Scope<'_>) -> Self {
        let limit = scope.long_ago();
        let mut long_ago = scope.list(|entry| entry.last_seen.is_some_and(|day| day < limit));
        long_ago.sort_by_key(|place| scope.entry(*place).last_seen);
        Self {
            long_ago,
            never: scope.list(|entry| entry.last_seen.is_none()).len(),
        }
    }
}
