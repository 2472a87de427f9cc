//! The name of a pass.

use std::fmt;

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::value::instant_text;

/// The name of a pass: the moment it began, to the microsecond. Later passes of a stream of an
/// account have greater ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PassId(DateTime<Utc>);

impl PassId {
    /// The pass that begins at `now`, after the pass `latest`: where the clock was set back, a
    /// microsecond after that.
    #[must_use]
    pub fn after(latest: Option<Self>, now: DateTime<Utc>) -> Self {
        let now = Self::at(now);
        match latest {
            Some(latest) if latest >= now => Self(latest.0 + TimeDelta::microseconds(1)),
            _ => now,
        }
    }

    /// The pass that began at `at`.
    #[must_use]
    pub fn at(at: DateTime<Utc>) -> Self {
        Self(at.trunc_subsecs(6))
    }

    /// The moment it began.
    #[must_use]
    pub fn began(self) -> DateTime<Utc> {
        self.0
    }
}

impl fmt::Display for PassId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&instant_text(self.0))
    }
}
