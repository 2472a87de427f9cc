//! A pass: one walk over one stream of one account.

use std::fmt;

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use lmsync_core::listing::Checkpoint;
use lmsync_core::model::clean_id;
use lmsync_core::{ConnectorInfo, Error, NotDeleted, Rejection, SyncSummary, Unread};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::landed::Landed;
use crate::stream::StreamName;
use crate::value::{Value, instant_text};

/// An account, as rows name it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AccountKey {
    /// The connector's name.
    pub connector: String,
    /// The account.
    pub instance: String,
}

impl AccountKey {
    /// The account `instance` of `connector`.
    #[must_use]
    pub fn new(connector: impl Into<String>, instance: impl Into<String>) -> Self {
        // No database takes NUL, so that nobody is called so.
        let clean = |name: String| match name.contains('\0') {
            true => name.replace('\0', "\u{fffd}"),
            false => name,
        };
        Self {
            connector: clean(connector.into()),
            instance: clean(instance.into()),
        }
    }

    /// A number that stands for `stream` of this account wherever one is needed; the same in all
    /// versions.
    pub(crate) fn hash_with(&self, stream: StreamName) -> u64 {
        let mut hasher = Sha256::new();
        for part in ["lmsync", stream.as_str(), &self.connector, &self.instance] {
            hasher.update((part.len() as u64).to_be_bytes());
            hasher.update(part);
        }
        let digest = hasher.finalize();
        digest
            .iter()
            .take(8)
            .fold(0, |number, byte| number << 8 | u64::from(*byte))
    }
}

impl From<&ConnectorInfo> for AccountKey {
    fn from(info: &ConnectorInfo) -> Self {
        Self::new(info.vendor.clone(), &info.instance)
    }
}

impl fmt::Display for AccountKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.connector, self.instance)
    }
}

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

/// A pass that has not ended, in a form that can be stored: it is resumed from here.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SavedPass {
    /// Its name, which a resumed pass keeps.
    pub pass_id: PassId,
    /// Set if only a part of the stream was asked for.
    pub filtered: bool,
    /// The place of the listing up to which its records have landed.
    pub checkpoint: Checkpoint,
    /// The records that landed so far.
    pub landed: Landed,
    /// Totals of the listing so far, and of the listings that it was resumed from.
    pub totals: Totals,
}

impl SavedPass {
    /// The pass `pass_id` over all of a stream, of whose listing everything up to `checkpoint` has landed.
    #[must_use]
    pub fn new(pass_id: PassId, checkpoint: Checkpoint) -> Self {
        Self {
            pass_id,
            filtered: false,
            checkpoint,
            landed: Landed::default(),
            totals: Totals::default(),
        }
    }
}

/// Those totals of a listing that a pass reports, over all the listings that it was resumed from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Totals {
    /// Records handed out.
    pub kept: u64,
    /// Records left out by a window.
    pub left_out: u64,
    /// Records that are none of what was asked for.
    pub skipped: u64,
    /// Records that could not be read: the first [`SyncSummary::MOST_REJECTED`].
    pub rejected: Vec<Rejection>,
    /// The number of records that could not be read.
    pub rejected_total: u64,
    /// The vendor's own count.
    pub reported_total: Option<u64>,
    /// Requests that were sent.
    pub requests: u64,
}

impl Totals {
    /// The totals of `summary`, of a listing that was resumed after `earlier` ones. One that had to
    /// start over has met everything itself.
    #[must_use]
    pub fn of(summary: &SyncSummary, earlier: Option<&Self>) -> Self {
        let own = Self {
            kept: summary.kept_before + summary.kept,
            left_out: summary.filtered_out + summary.never_checked_in_excluded,
            skipped: summary.skipped,
            rejected: summary.rejected.clone(),
            rejected_total: summary.rejected_total,
            reported_total: summary.reported_total,
            requests: summary.usage.requests,
        };
        let Some(earlier) = earlier else {
            return own;
        };
        let requests = own.requests + earlier.requests;
        if summary.kept_before == 0 {
            return Self { requests, ..own };
        }
        own.and(earlier, requests)
    }

    /// Adds those of the part before. What was read ahead of a checkpoint is met twice, so that a
    /// rejection counts once where its id is known.
    fn and(mut self, earlier: &Self, requests: u64) -> Self {
        let is_new = |rejection: &&Rejection| {
            rejection.vendor_id.is_none() || !self.rejected.contains(rejection)
        };
        let mut rejected: Vec<Rejection> =
            earlier.rejected.iter().filter(is_new).cloned().collect();
        let untold = earlier.rejected_total - earlier.rejected.len() as u64;
        self.rejected_total += rejected.len() as u64 + untold;
        self.rejected.append(&mut rejected);
        self.rejected.truncate(SyncSummary::MOST_REJECTED);
        self.left_out += earlier.left_out;
        self.skipped += earlier.skipped;
        self.requests = requests;
        self
    }

    /// Different records that the vendor listed, those that could not be read among them.
    #[must_use]
    pub fn seen(&self) -> u64 {
        self.kept + self.left_out + self.rejected_total
    }
}

/// The end of a pass.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct PassReport {
    /// The account that was read.
    pub account: AccountKey,
    /// The stream that was read.
    pub stream: StreamName,
    /// Its name.
    pub pass_id: PassId,
    /// Set if only a part of the stream was asked for.
    pub filtered: bool,
    /// When it ended.
    pub finished_at: DateTime<Utc>,
    /// Totals of all its listings.
    pub totals: Totals,
    /// Set if everything that the vendor has was seen.
    pub complete: bool,
    /// Why it is not complete.
    pub incomplete_reason: Option<String>,
    /// Set if a pass that would delete most of an account's rows may do so.
    pub accept_shrink: bool,
    /// The records that landed.
    pub landed: Landed,
}

impl PassReport {
    /// The end of the pass `pass_id` over `stream` of `account`, with the `totals` of all its listings;
    /// complete, unless an `incomplete_reason` is given.
    #[must_use]
    pub fn new(
        account: AccountKey,
        stream: StreamName,
        pass_id: PassId,
        finished_at: DateTime<Utc>,
        totals: Totals,
        incomplete_reason: Option<String>,
    ) -> Self {
        Self {
            account,
            stream,
            pass_id,
            filtered: false,
            finished_at,
            totals,
            complete: incomplete_reason.is_none(),
            incomplete_reason,
            accept_shrink: false,
            landed: Landed::default(),
        }
    }

    /// The ids whose records are there and could not be read, where the pass may delete the rows that it
    /// did not meet.
    ///
    /// # Errors
    /// The reason why it may delete nothing.
    pub fn deletes(&self) -> Result<Vec<&str>, NotDeleted> {
        if !self.complete {
            return Err(NotDeleted::Incomplete);
        }
        if self.filtered {
            return Err(NotDeleted::Filtered);
        }
        let unread = Unread::of(&self.totals.rejected, self.totals.rejected_total)?;
        Ok(unread.ids().collect())
    }

    /// The ids of records that could not be read, as records have them.
    pub fn rejected_ids(&self) -> impl Iterator<Item = &str> {
        let rejected = self.totals.rejected.iter();
        rejected.filter_map(|rejection| clean_id(rejection.vendor_id.as_deref()?))
    }

    /// Its row in the table `passes`, in the order of its columns.
    #[must_use]
    pub fn values(&self) -> Vec<Value<'_>> {
        let totals = &self.totals;
        vec![
            Value::text(&self.account.connector),
            Value::text(&self.account.instance),
            Value::word(self.stream.as_str()),
            Value::instant(self.pass_id.began()),
            Value::instant(self.finished_at),
            Value::Boolean(self.complete),
            Value::Boolean(self.filtered),
            Value::count(totals.seen()),
            Value::count(totals.kept),
            Value::count(totals.skipped),
            Value::count(totals.rejected_total),
            Value::maybe(totals.reported_total, Value::count),
            Value::maybe(self.incomplete_reason.as_deref(), Value::text),
            Value::count(totals.requests),
        ]
    }

    /// The error of a pass after which a store kept rows back that were not met: most of an
    /// account's. `None` where none was kept back.
    #[must_use]
    pub fn kept_back(&self, landed: &Landed) -> Option<Error> {
        (landed.kept_back > 0).then(|| {
            Error::store(format!(
                "{} {} of {} were not listed any more, more than half of them, and were kept: \
                 --accept-shrink lets them go",
                landed.kept_back, self.stream, self.account
            ))
            .with_hint("look for the reason at the vendor; if they are really gone, run it again with --accept-shrink")
        })
    }
}

/// Tells whether a pass may delete `going` of an account's `live` rows: not more than half of them,
/// unless they are few.
///
/// Assumed: fifty machines may leave in a day, and half of an account does not.
#[must_use]
pub fn is_plausible_shrink(going: u64, live: u64) -> bool {
    const FEW: u64 = 50;
    going <= FEW || going * 2 <= live
}
