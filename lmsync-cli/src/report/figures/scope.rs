//! The entries that a page is about.

use std::collections::HashSet;

use chrono::{Days, NaiveDate};

use crate::report::fleet::{Entry, Fleet};

/// Number of days ahead within which a warranty runs out soon, and back within which a machine was seen of late.
pub(crate) const DAYS: u64 = 90;

/// The entries that a page is about, and the day that counts as today.
#[derive(Debug)]
pub(crate) struct Scope<'f> {
    pub(crate) fleet: &'f Fleet,
    pub(crate) today: NaiveDate,
    /// Places of the entries, in the order of their names.
    pub(crate) chosen: Vec<usize>,
}

/// The texts that entries are sorted by: name, account, id.
fn order(fleet: &Fleet, place: usize) -> [&str; 4] {
    let entry = &fleet.entries[place];
    let account = &fleet.accounts[entry.account];
    [
        &entry.name,
        &account.connector,
        &account.instance,
        &entry.vendor_id,
    ]
}

impl<'f> Scope<'f> {
    /// All entries of `fleet`, or those of one customer.
    pub(crate) fn new(fleet: &'f Fleet, today: NaiveDate, customer: Option<usize>) -> Self {
        let is_chosen = |entry: &Entry| customer.is_none_or(|customer| entry.customer == customer);
        let places = 0..fleet.entries.len();
        let mut chosen: Vec<usize> = places
            .filter(|place| is_chosen(&fleet.entries[*place]))
            .collect();
        // The order of people, and the same in whatever order records came.
        chosen.sort_by(|one, other| order(fleet, *one).cmp(&order(fleet, *other)));
        Self {
            fleet,
            today,
            chosen,
        }
    }

    pub(crate) fn entry(&self, place: usize) -> &'f Entry {
        &self.fleet.entries[place]
    }

    /// The entries, each with its place.
    pub(crate) fn entries(&self) -> impl Iterator<Item = (usize, &'f Entry)> {
        self.chosen.iter().map(|place| (*place, self.entry(*place)))
    }

    /// The places of those entries that `is_listed` says.
    pub(crate) fn list(&self, is_listed: impl Fn(&Entry) -> bool) -> Vec<usize> {
        self.entries()
            .filter(|(_, entry)| is_listed(entry))
            .map(|(place, _)| place)
            .collect()
    }

    /// The number of machines that the entries at `places` are.
    pub(crate) fn machines(&self, places: impl Iterator<Item = usize>) -> usize {
        places
            .map(|place| self.entry(place).machine)
            .collect::<HashSet<_>>()
            .len()
    }

    /// The day that is [`DAYS`] after today.
    pub(crate) fn horizon(&self) -> NaiveDate {
        self.today
            .checked_add_days(Days::new(DAYS))
            .unwrap_or(NaiveDate::MAX)
    }

    /// The day that is [`DAYS`] before today.
    pub(crate) fn long_ago(&self) -> NaiveDate {
        self.today
            .checked_sub_days(Days::new(DAYS))
            .unwrap_or(NaiveDate::MIN)
    }
}
