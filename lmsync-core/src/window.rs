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

/// What a window does with an asset that never reported a check-in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NeverCheckedIn {
    /// Leaves it out; the summary counts it.
    #[default]
    Exclude,
    /// Keeps it.
    Include,
}

/// Decides asset by asset; made when a sync begins, so that all are measured against one "now".
#[derive(Debug, Clone, Copy)]
pub struct WindowFilter {
    start: Option<DateTime<Utc>>,
    never_checked_in: NeverCheckedIn,
    accept_record_update: bool,
}

/// What a [`WindowFilter`] says of an asset.
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
    pub fn judge(&self, asset: &Asset) -> WindowVerdict {
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
