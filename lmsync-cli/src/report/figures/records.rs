//! Records that somebody should look at: serial numbers and dates.

use std::collections::HashMap;

use lmsync::model::SerialStatus;

use super::scope::Scope;
use crate::report::fleet::Entry;

/// Records that somebody should look at.
#[derive(Debug)]
pub(crate) struct Records {
    /// Entries without a serial number.
    pub(crate) missing: Vec<usize>,
    /// Entries with a text that many machines share in the place of a serial number.
    pub(crate) placeholder: Vec<usize>,
    /// Entries whose serial number another record of the same account has, side by side.
    pub(crate) duplicate: Vec<usize>,
    /// Entries that were bought after their warranty ended.
    pub(crate) bought_after_end: Vec<usize>,
    /// Entries that were bought after today.
    pub(crate) bought_later: Vec<usize>,
}

impl Records {
    /// The number of entries without a serial number of their own that should have one.
    pub(crate) fn without_serial(&self) -> usize {
        self.missing.len() + self.placeholder.len()
    }

    pub(crate) fn of(scope: &Scope<'_>) -> Self {
        let with = |status| scope.list(|entry| entry.serial_status == status);
        let is_reversed = |entry: &Entry| {
            entry
                .purchased
                .zip(entry.expires)
                .is_some_and(|(bought, end)| bought > end)
        };
        Self {
            missing: with(SerialStatus::Missing),
            placeholder: with(SerialStatus::Placeholder),
            duplicate: duplicates(scope),
            bought_after_end: scope.list(is_reversed),
            bought_later: scope.list(|entry| entry.purchased.is_some_and(|day| day > scope.today)),
        }
    }
}

/// The account and the serial number of an entry; `None` where it has none of its own.
fn serial(entry: &Entry) -> Option<(usize, &str)> {
    let key = entry.serial_key.as_deref()?;
    (entry.serial_status == SerialStatus::Valid).then_some((entry.account, key))
}

/// The entries that share a serial number with another one of their account, be it another customer's.
fn duplicates(scope: &Scope<'_>) -> Vec<usize> {
    let mut counts: HashMap<(usize, &str), usize> = HashMap::new();
    for key in scope.fleet.entries.iter().filter_map(serial) {
        *counts.entry(key).or_default() += 1;
    }
    let mut shared = scope.list(|entry| serial(entry).is_some_and(|key| counts[&key] > 1));
    shared.sort_by_key(|place| serial(scope.entry(*place)));
    shared
}
