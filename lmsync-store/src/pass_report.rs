//! The end of a pass.

use chrono::{DateTime, Utc};
use lmsync_core::model::clean_id;
use lmsync_core::{Error, NotDeleted, Unread};

use crate::account_key::AccountKey;
use crate::landed::Landed;
use crate::pass_id::PassId;
use crate::stream::StreamName;
use crate::totals::Totals;
use crate::value::Value;

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
    /// The moment it ended.
    pub finished_at: DateTime<Utc>,
    /// Totals of all its listings.
    pub totals: Totals,
    /// Set if everything that the vendor has was seen.
    pub complete: bool,
    /// The reason why it is not complete.
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

    /// Tells whether the pass, where it [deletes](Self::deletes), may delete `going` of an account's `live` rows.
    #[must_use]
    pub fn lets_go(&self, going: u64, live: u64) -> bool {
        self.accept_shrink || is_plausible_shrink(going, live)
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
