//! "Only assets checked in within so many days."

use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::model::{Asset, CheckInBasis};

/// How recently an asset must have checked in to be kept.
///
/// A day is 24 hours. The edge is inside: with 30 days, an asset that checked in
/// exactly 30 × 24 hours before the sync began is kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum CheckInWindow {
    /// No limit.
    #[default]
    All,
    /// Within this many days.
    Days(NonZeroU32),
}

impl CheckInWindow {
    /// Within 30 days.
    pub const DAYS_30: Self = Self::Days(NonZeroU32::new(30).unwrap());
    /// Within 60 days.
    pub const DAYS_60: Self = Self::Days(NonZeroU32::new(60).unwrap());
    /// Within 90 days.
    pub const DAYS_90: Self = Self::Days(NonZeroU32::new(90).unwrap());

    /// The earliest check-in inside the window of a sync that begins at `now`.
    #[must_use]
    pub fn start(self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        match self {
            Self::All => None,
            Self::Days(days) => Some(
                now.checked_sub_signed(TimeDelta::days(days.get().into()))
                    .unwrap_or(DateTime::<Utc>::MIN_UTC),
            ),
        }
    }
}

impl fmt::Display for CheckInWindow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("all"),
            Self::Days(days) => write!(f, "{days}"),
        }
    }
}

impl FromStr for CheckInWindow {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        if text.eq_ignore_ascii_case("all") {
            return Ok(Self::All);
        }
        text.parse()
            .map(Self::Days)
            .map_err(|_| Error::config(format!("`{text}` is neither a number of days nor `all`")))
    }
}

/// The treatment of assets that never reported a check-in.
///
/// Complete: they are left out or kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum NeverCheckedIn {
    /// Leaves it out; the summary counts it.
    #[default]
    Exclude,
    /// Keeps it.
    Include,
}

crate::words!(NeverCheckedIn {
    Exclude => "exclude",
    Include => "include",
});

/// Decides asset by asset; made when a sync begins, so that all are measured against one "now".
#[derive(Debug, Clone, Copy)]
pub struct WindowFilter {
    start: Option<DateTime<Utc>>,
    never_checked_in: NeverCheckedIn,
    accept_record_update: bool,
}

/// What a [`WindowFilter`] says of an asset.
///
/// Complete: a check-in is inside or outside, and one that is missing is kept or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WindowVerdict {
    /// Checked in inside the window, or in the future: kept.
    Inside,
    /// Checked in before the window.
    Outside,
    /// Never checked in, and kept.
    NeverIncluded,
    /// Never checked in, and left out.
    NeverExcluded,
}

crate::words!(WindowVerdict {
    Inside => "inside",
    Outside => "outside",
    NeverIncluded => "never_included",
    NeverExcluded => "never_excluded",
});

impl WindowFilter {
    /// The filter of a sync that begins at `now`.
    #[must_use]
    pub fn new(
        window: CheckInWindow,
        never_checked_in: NeverCheckedIn,
        accept_record_update: bool,
        now: DateTime<Utc>,
    ) -> Self {
        Self {
            start: window.start(now),
            never_checked_in,
            accept_record_update,
        }
    }

    /// The verdict on `asset`.
    ///
    /// A time that is only the record's last change counts as no check-in,
    /// unless the filter was told to accept it.
    #[must_use]
    pub fn verdict(&self, asset: &Asset) -> WindowVerdict {
        let usable = match asset.check_in_basis {
            CheckInBasis::AgentCheckIn => true,
            CheckInBasis::RecordUpdate => self.accept_record_update,
            CheckInBasis::None => false,
        };
        let check_in = asset.last_check_in.filter(|_| usable);
        match (self.start, check_in, self.never_checked_in) {
            (None, Some(_), _) => WindowVerdict::Inside,
            (Some(start), Some(at), _) if at >= start => WindowVerdict::Inside,
            (Some(_), Some(_), _) => WindowVerdict::Outside,
            (None, None, _) | (Some(_), None, NeverCheckedIn::Include) => {
                WindowVerdict::NeverIncluded
            }
            (Some(_), None, NeverCheckedIn::Exclude) => WindowVerdict::NeverExcluded,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{AssetDraft, Rules, Source};

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn verdict(
        window: CheckInWindow,
        never: NeverCheckedIn,
        check_in: Option<(&str, CheckInBasis)>,
        accept_record_update: bool,
    ) -> WindowVerdict {
        let now = at("2026-03-31T12:00:00Z");
        let rules = Rules::default();
        let mut draft = AssetDraft::new(Source::new("vendor", "acme", "1", now), &rules, now);
        if let Some((moment, basis)) = check_in {
            draft.last_check_in(moment, basis);
        }
        WindowFilter::new(window, never, accept_record_update, now).verdict(&draft.finish())
    }

    fn by_agent(moment: &str, window: CheckInWindow) -> WindowVerdict {
        let check_in = Some((moment, CheckInBasis::AgentCheckIn));
        verdict(window, NeverCheckedIn::Exclude, check_in, false)
    }

    #[test]
    fn the_edge_is_inside_to_the_millisecond() {
        use WindowVerdict::{Inside, Outside};
        for (moment, days, expected) in [
            ("2026-03-01T12:00:00Z", 30, Inside),
            ("2026-03-01T11:59:59.999Z", 30, Outside),
            ("2026-03-01T13:00:00+01:00", 30, Inside),
            ("2026-03-30T12:00:00Z", 1, Inside),
            ("2026-03-30T11:59:59Z", 1, Outside),
            ("2027-01-01T00:00:00Z", 30, Inside),
            ("1995-01-01T00:00:00Z", u32::MAX, Inside),
        ] {
            let window = CheckInWindow::Days(NonZeroU32::new(days).unwrap());
            assert_eq!(by_agent(moment, window), expected, "{moment} in {days}");
        }
        assert_eq!(by_agent("1995-01-01T00:00:00Z", CheckInWindow::All), Inside);
    }

    #[test]
    fn never_is_its_own_verdict() {
        use NeverCheckedIn::{Exclude, Include};
        use WindowVerdict::{NeverExcluded, NeverIncluded};
        for (window, policy, expected) in [
            (CheckInWindow::DAYS_30, Exclude, NeverExcluded),
            (CheckInWindow::DAYS_30, Include, NeverIncluded),
            (CheckInWindow::All, Exclude, NeverIncluded),
        ] {
            assert_eq!(verdict(window, policy, None, false), expected);
        }
    }

    #[test]
    fn a_record_update_is_no_check_in_unless_accepted() {
        let update = Some(("2026-03-31T11:00:00Z", CheckInBasis::RecordUpdate));
        let judge = |accept| {
            verdict(
                CheckInWindow::DAYS_30,
                NeverCheckedIn::Exclude,
                update,
                accept,
            )
        };
        assert_eq!(judge(false), WindowVerdict::NeverExcluded);
        assert_eq!(judge(true), WindowVerdict::Inside);
    }

    #[test]
    fn windows_are_written_as_days_or_all() {
        for (text, window) in [
            ("30", CheckInWindow::DAYS_30),
            ("90", CheckInWindow::DAYS_90),
            ("all", CheckInWindow::All),
        ] {
            assert_eq!(text.parse::<CheckInWindow>().unwrap(), window);
            assert_eq!(window.to_string(), text);
        }
        assert_eq!("ALL".parse::<CheckInWindow>().unwrap(), CheckInWindow::All);
        for text in ["0", "-1", "", "a month", "1.5"] {
            assert!(text.parse::<CheckInWindow>().is_err(), "{text}");
        }
    }
}
