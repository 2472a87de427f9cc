//! Age, by the day of purchase.

use chrono::{Datelike, Months};

use super::scope::Scope;

/// Number of years that are shown one by one, this one included.
const YEARS: i32 = 12;
/// Age in years from which a machine counts as old.
pub(crate) const OLD: u32 = 5;

/// Purchases by year.
#[derive(Debug)]
pub(crate) struct Age {
    /// Purchases before the first of the years.
    pub(crate) earlier: usize,
    /// The last twelve years, each with its purchases.
    pub(crate) years: Vec<(i32, usize)>,
    /// Purchases in a later year than this one.
    pub(crate) later: usize,
    /// Entries without a day of purchase.
    pub(crate) unknown: usize,
    /// The entries that were bought five years ago or before, the oldest first.
    pub(crate) old: Vec<usize>,
}

impl Age {
    pub(crate) fn of(scope: &Scope<'_>) -> Self {
        let this = scope.today.year();
        let first = this - YEARS + 1;
        let mut years: Vec<(i32, usize)> = (first..=this).map(|year| (year, 0)).collect();
        let (mut earlier, mut later, mut unknown) = (0, 0, 0);
        for (_, entry) in scope.entries() {
            let bar = match entry.purchased.map(|day| day.year()) {
                None => &mut unknown,
                Some(year) if year < first => &mut earlier,
                Some(year) => match years.iter_mut().find(|(own, _)| *own == year) {
                    Some((_, count)) => count,
                    None => &mut later,
                },
            };
            *bar += 1;
        }
        let limit = scope.today.checked_sub_months(Months::new(12 * OLD));
        let mut old = scope.list(|entry| {
            entry
                .purchased
                .zip(limit)
                .is_some_and(|(day, limit)| day <= limit)
        });
        old.sort_by_key(|place| scope.entry(*place).purchased);
        Self {
            earlier,
            years,
            later,
            unknown,
            old,
        }
    }

    /// The number of entries with a day of purchase.
    pub(crate) fn dated(&self) -> usize {
        self.earlier + self.years.iter().map(|(_, count)| count).sum::<usize>() + self.later
    }
}
