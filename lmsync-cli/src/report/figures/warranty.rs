//! The end of warranties.

use std::cmp::Reverse;

use chrono::{Datelike, Months, NaiveDate};

use super::scope::Scope;

/// Number of months back at which the months begin.
const MONTHS_BACK: u32 = 12;
/// Number of months ahead at which they end.
const MONTHS_AHEAD: u32 = 36;

/// The standing of a warranty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cover {
    /// Its last day is before today.
    RanOut,
    /// Its last day is today, or one of the next 90.
    RunsOutSoon,
    /// Its last day is later.
    Later,
    /// No tool has a date.
    Unknown,
}

/// Numbers of warranties by how they stand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Covers {
    pub(crate) ran_out: usize,
    pub(crate) soon: usize,
    pub(crate) later: usize,
    pub(crate) unknown: usize,
}

/// The warranties whose last day lies in a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Month {
    /// Its first day.
    pub(crate) first: NaiveDate,
    pub(crate) covers: Covers,
}

/// The end of warranties.
#[derive(Debug)]
pub(crate) struct Warranty {
    pub(crate) covers: Covers,
    /// The entries whose warranty ran out, those of late first.
    pub(crate) ran_out: Vec<usize>,
    /// The entries whose warranty runs out soon, the next first.
    pub(crate) soon: Vec<usize>,
    /// Warranties that ended before the first of the months.
    pub(crate) earlier: Covers,
    /// Twelve months back, this month, and 36 ahead.
    pub(crate) months: Vec<Month>,
    /// Warranties that end after the last of the months.
    pub(crate) after: Covers,
}

impl Cover {
    /// The standing of a warranty with the last day `expires`.
    pub(crate) fn of(expires: Option<NaiveDate>, scope: &Scope<'_>) -> Self {
        match expires {
            None => Self::Unknown,
            Some(day) if day < scope.today => Self::RanOut,
            Some(day) if day <= scope.horizon() => Self::RunsOutSoon,
            Some(_) => Self::Later,
        }
    }
}

impl Covers {
    /// Counts one more.
    pub(crate) fn add(&mut self, cover: Cover) {
        *match cover {
            Cover::RanOut => &mut self.ran_out,
            Cover::RunsOutSoon => &mut self.soon,
            Cover::Later => &mut self.later,
            Cover::Unknown => &mut self.unknown,
        } += 1;
    }

    /// The number of those with a date.
    pub(crate) fn dated(&self) -> usize {
        self.ran_out + self.soon + self.later
    }
}

impl Warranty {
    pub(crate) fn of(scope: &Scope<'_>) -> Self {
        let mut warranty = Self {
            covers: Covers::default(),
            ran_out: Vec::new(),
            soon: Vec::new(),
            earlier: Covers::default(),
            months: months(scope.today),
            after: Covers::default(),
        };
        for (place, entry) in scope.entries() {
            let cover = Cover::of(entry.expires, scope);
            warranty.covers.add(cover);
            match cover {
                Cover::RanOut => warranty.ran_out.push(place),
                Cover::RunsOutSoon => warranty.soon.push(place),
                Cover::Later | Cover::Unknown => {}
            }
            if let Some(day) = entry.expires {
                warranty.bar(day).add(cover);
            }
        }
        warranty
            .ran_out
            .sort_by_key(|place| Reverse(scope.entry(*place).expires));
        warranty
            .soon
            .sort_by_key(|place| scope.entry(*place).expires);
        warranty
    }

    /// The bar in which `day` counts.
    fn bar(&mut self, day: NaiveDate) -> &mut Covers {
        let place = self.months.partition_point(|month| month.first <= day);
        let is_after = self
            .months
            .last()
            .is_none_or(|last| number(day) > number(last.first));
        match place.checked_sub(1) {
            None => &mut self.earlier,
            Some(_) if is_after => &mut self.after,
            Some(place) => &mut self.months[place].covers,
        }
    }
}

/// The number of the month of `day`, by which months follow one another.
fn number(day: NaiveDate) -> i64 {
    i64::from(day.year()) * 12 + i64::from(day.month0())
}

/// The months around `today`. Those outside the calendar are left out.
fn months(today: NaiveDate) -> Vec<Month> {
    let this = today.with_day(1).unwrap_or(today);
    let first = this
        .checked_sub_months(Months::new(MONTHS_BACK))
        .unwrap_or(this);
    let months = (0..=MONTHS_BACK + MONTHS_AHEAD)
        .map_while(|ahead| first.checked_add_months(Months::new(ahead)));
    months
        .map(|first| Month {
            first,
            covers: Covers::default(),
        })
        .collect()
}
