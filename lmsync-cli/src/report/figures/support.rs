//! Operating systems, by what their makers support.

use std::collections::HashMap;

use chrono::{Days, NaiveDate};

use super::scope::Scope;
use crate::report::systems::{Release, System};

/// Number of days ahead within which support ends soon: a change of system takes longer than a warranty.
pub(crate) const SOON: u64 = 365;

/// The standing of a release.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Standing {
    /// The last day of support is before today.
    Ended,
    /// The last day is within a year from today.
    EndsSoon,
    /// The last day is later.
    Supported,
    /// The maker has named no day.
    Open,
}

/// Operating systems, by what their makers support.
#[derive(Debug)]
pub(crate) struct Support {
    /// The releases that are in use with their numbers of entries, those that ended first.
    pub(crate) releases: Vec<(&'static Release, Standing, usize)>,
    /// The entries past the end of support, those that ended first before the others.
    pub(crate) ended: Vec<usize>,
    /// The number of entries whose support ends within a year.
    pub(crate) soon: usize,
    /// Entries whose system is told, and in no table.
    pub(crate) unlisted: usize,
    /// Entries of which no system is told.
    pub(crate) untold: usize,
}

impl Standing {
    /// The standing of a release whose support ends on the day `end`.
    pub(crate) fn of(end: Option<NaiveDate>, today: NaiveDate) -> Self {
        let soon = today.checked_add_days(Days::new(SOON));
        match end {
            None => Self::Open,
            Some(end) if end < today => Self::Ended,
            Some(end) if soon.is_some_and(|soon| end <= soon) => Self::EndsSoon,
            Some(_) => Self::Supported,
        }
    }
}

impl Support {
    pub(crate) fn of(scope: &Scope<'_>) -> Self {
        let mut counts: HashMap<&'static Release, usize> = HashMap::new();
        let (mut unlisted, mut untold) = (0, 0);
        for (_, entry) in scope.entries() {
            *match entry.system {
                System::Known(release) => counts.entry(release).or_default(),
                System::Unlisted => &mut unlisted,
                System::Untold => &mut untold,
            } += 1;
        }
        let standing = |release: &Release| Standing::of(release.end, scope.today);
        let mut releases: Vec<_> = counts
            .into_iter()
            .map(|(release, count)| (release, standing(release), count))
            .collect();
        releases.sort_by_key(|(release, standing, _)| (*standing, release.end, release.name));
        let soon = releases
            .iter()
            .filter(|(_, standing, _)| *standing == Standing::EndsSoon);
        let soon = soon.map(|(_, _, count)| count).sum();
        let mut ended = scope.list(|entry| entry.system.past_support(scope.today).is_some());
        let end = |place: &usize| {
            scope
                .entry(*place)
                .system
                .past_support(scope.today)
                .map(|release| (release.end, release.name))
        };
        ended.sort_by_key(end);
        Self {
            releases,
            ended,
            soon,
            unlisted,
            untold,
        }
    }
}
