//! A write that is read back.
//!
//! The same for every vendor: read the dates, send those that differ, read again, name
//! the outcome of each. An outcome that is not known is looked up, never guessed, and the write
//! is never repeated blindly: after every wait the asset is read again, and sent is only what the
//! vendor still holds as the plan saw it.

use std::time::Duration;

use async_trait::async_trait;
use chrono::Datelike;
use tracing::{Instrument, info, info_span};

use super::change::{DateChange, FieldChange};
use super::dates::{AssetDates, DateFields};
use super::outcome::WriteReport;
use super::progress::{Failure, WriteProgress};
use super::sync::TwoWaySync;
use crate::clock::SharedClock;
use crate::connector::Connector;
use crate::error::{Error, ErrorKind, Result, RetryClass};
use crate::model::AssetId;

/// Most times that a change is sent to a vendor that fails and has not made it.
const TRIES: u32 = 3;
/// First pause for a vendor that failed, or that does not show a change yet.
const PAUSE: Duration = Duration::from_secs(2);
/// Longest pause that a vendor that fails is granted; one that wants a longer one is not asked
/// again.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// Longest time for which a vendor may refuse one write because of too many requests.
const LONGEST_REFUSAL: Duration = Duration::from_secs(15 * 60);

/// The steps of a verified write that differ by vendor: a connector that has them is a
/// [`TwoWaySync`].
///
/// The dates that it can write are those that its
/// [capabilities](crate::Capabilities::two_way) declare. Only dates that differ are sent, and
/// only while the vendor holds those that the change was planned on. After a failure the asset
/// is read again, once what has to be waited for is over; what it does not hold yet is sent again,
/// made from that reading, and only if it still holds the old dates.
#[async_trait]
pub trait DateAccess: Connector {
    /// The part of a record that sending needs: the map that the vendor replaces as a
    /// whole, the ids of its fields. `()` if it needs none.
    type Record: Send + Sync;

    /// The clock to wait on.
    fn clock(&self) -> &SharedClock;

    /// The fields that this connector can clear: those whose vendor documents how.
    fn clearable(&self) -> DateFields {
        DateFields::NONE
    }

    /// Reads the dates that the vendor holds now, and the record that sending needs.
    ///
    /// # Errors
    /// `not_found` when the vendor does not know the asset, and what any request can end in.
    async fn fetch(&self, id: &AssetId) -> Result<(AssetDates, Self::Record)>;

    /// Sends `change` in the smallest body that the vendor takes, once and at once: with
    /// [`Idempotency::Once`](crate::http::Idempotency::Once). Where further requests come before
    /// it, it is [dated to the reading](crate::http::Call::made_from_reading_at).
    ///
    /// # Errors
    /// As the vendor answers; the [retry class](Error::retry) tells whether it may have acted.
    async fn send(&self, change: &DateChange, record: &Self::Record) -> Result<()>;
}

#[async_trait]
impl<A: DateAccess> TwoWaySync for A {
    fn clearable(&self) -> DateFields {
        DateAccess::clearable(self)
    }

    async fn read_dates(&self, id: &AssetId) -> Result<AssetDates> {
        let (dates, _) = self.fetch(id).await?;
        Ok(dates)
    }

    async fn write_dates(&self, change: &DateChange) -> Result<WriteReport> {
        let info = self.info();
        let span = info_span!(
            "lmsync.write",
            connector = &*info.vendor,
            instance = &*info.instance,
            operation = "write_dates",
            asset = change.asset.vendor_id,
        );
        let write = async {
            let written = write_verified(self, change).await;
            match &written {
                Ok(report) => info!(outcome = report.outcome.as_str(), "a write has ended"),
                Err(error) => info!(error.type = error.kind().as_str(), "a write was refused"),
            }
            written
        };
        write.instrument(span).await
    }
}

async fn write_verified<A: DateAccess>(access: &A, change: &DateChange) -> Result<WriteReport> {
    require_offered(access, change)?;
    let mut patience = Patience::new(access.clock().elapsed());
    let mut progress = WriteProgress::new(change);
    let (mut held, mut record) = access.fetch(&change.asset).await?;
    loop {
        let due = change.still_to_do(&held);
        if !due.changes().iter().all(|due| due.is_current(&held)) || due.is_empty() {
            return Ok(progress.ended(held));
        }
        let Err(error) = access.send(&due, &record).await else {
            return Ok(read_back(access, &progress, &due, held).await);
        };
        let failure = Failure::of(&error);
        progress.failed(&due, failure, &error);
        let wait = patience.after(failure, &error, access.clock().elapsed());
        if let Some(wait) = wait {
            access.clock().sleep(wait).await;
        }
        // Whatever was read before the wait may be another's by now.
        let read = match (wait, failure) {
            (None, Failure::NeverActed) if !progress.is_open() => return Err(error),
            _ => access.fetch(&change.asset).await,
        };
        match read {
            Ok(read) if wait.is_some() => (held, record) = read,
            Ok((after, _)) => return progress.given_up(&held, after, error),
            Err(unread) => return progress.unread(&held, &unread),
        }
    }
}

/// The outcome of a change that the vendor accepted. A vendor that does not show it is given a
/// moment.
async fn read_back<A: DateAccess>(
    access: &A,
    progress: &WriteProgress<'_>,
    due: &DateChange,
    before: AssetDates,
) -> WriteReport {
    let mut read = access.fetch(&due.asset).await;
    if let Ok((after, _)) = &read
        && due
            .changes()
            .iter()
            .any(|due| due.is_as_before(&before, after))
    {
        access.clock().sleep(PAUSE).await;
        read = access.fetch(&due.asset).await;
    }
    match read {
        Ok((after, _)) => progress.accepted(due, &before, after),
        Err(unread) => progress.accepted_unread(&before, &unread),
    }
}

/// The waits for a vendor that fails.
struct Patience {
    started: Duration,
    tries: u32,
    pause: Duration,
}

impl Patience {
    fn new(started: Duration) -> Self {
        Self {
            started,
            tries: 0,
            pause: PAUSE,
        }
    }

    /// The time to wait before the asset is read and the change sent again; `None` if it is not.
    fn after(&mut self, failure: Failure, error: &Error, now: Duration) -> Option<Duration> {
        let wait = self.pause.max(error.retry_after().unwrap_or_default());
        let is_repeatable = matches!(
            (failure, error.retry()),
            (Failure::Open, RetryClass::OnlyIfIdempotent) | (_, RetryClass::Safe)
        );
        if !is_repeatable {
            return None;
        }
        if error.kind() == ErrorKind::RateLimited {
            let spent = now.saturating_sub(self.started).saturating_add(wait);
            return (spent <= LONGEST_REFUSAL).then_some(wait);
        }
        self.tries += 1;
        self.pause *= 2;
        (self.tries < TRIES && wait <= LONGEST_PAUSE).then_some(wait)
    }
}

fn require_offered<A: DateAccess>(access: &A, change: &DateChange) -> Result<()> {
    for FieldChange { field, new, .. } in change.changes() {
        let (offered, what) = match new {
            Some(_) => (access.writable(), "writing"),
            None => (DateAccess::clearable(access), "clearing"),
        };
        if !offered.contains(*field) {
            let what = format!("{what} {field}");
            return Err(Error::unsupported(&access.info().product, &what));
        }
        // A longer year has no place in the text form of a day, and could not be read back.
        if new.is_some_and(|day| !(1..=9999).contains(&day.year())) {
            return Err(Error::config(format!(
                "{field}: the year has not four digits"
            )));
        }
    }
    Ok(())
}
