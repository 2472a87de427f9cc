//! The question of a sync.

use std::fmt;
use std::sync::Arc;

use lmsync_core::{AssetQuery, ConnectorInfo};
use lmsync_store::PassOptions;

use super::events::SyncEvent;
use crate::stop::Stop;

type Listener = dyn Fn(&ConnectorInfo, SyncEvent<'_>) + Send + Sync;

/// The question of a sync, and how it goes about it.
///
/// ```
/// use lmsync::{AssetQuery, CheckInWindow, SyncEvent, SyncOptions};
///
/// let options = SyncOptions::new()
///     .query(AssetQuery::new().window(CheckInWindow::DAYS_90))
///     .accounts_at_a_time(20)
///     .on_event(|account, event| match event {
///         SyncEvent::Records { seen, .. } => eprintln!("{}: {seen}", account.instance),
///         _ => {}
///     });
/// # let _ = options;
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub struct SyncOptions {
    /// The assets to list, and how much of each; every asset at first. Its checkpoint is of no use here.
    pub query: AssetQuery,
    /// Set if a pass that was interrupted is gone on with, where the store remembers one; set at first.
    /// A copy that has to be whole, such as a file beside a database, wants every record in one run.
    pub resume: bool,
    /// Set if a pass that would mark most of an account's rows deleted may do so; not set at first.
    pub accept_shrink: bool,
    /// The most accounts that are read at a time; at least one.
    pub accounts_at_a_time: usize,
    /// The end from outside; none at first. Accounts that it meets in the middle are `cancelled`, and the
    /// next run goes on with them where the store remembers how far they were.
    pub stop: Stop,
    listener: Option<Arc<Listener>>,
}

impl SyncOptions {
    /// The most accounts that are read at a time at first.
    ///
    /// Assumed: an account in the middle of its listing holds a few pages, so that a hundred stay
    /// well below a gigabyte.
    pub const ACCOUNTS_AT_A_TIME: usize = 100;

    /// Every asset of every account.
    #[must_use]
    pub fn new() -> Self {
        Self {
            query: AssetQuery::new(),
            resume: true,
            accept_shrink: false,
            accounts_at_a_time: Self::ACCOUNTS_AT_A_TIME,
            stop: Stop::never(),
            listener: None,
        }
    }

    /// Sets the assets to list, and how much of each.
    #[must_use]
    pub fn query(self, query: AssetQuery) -> Self {
        Self { query, ..self }
    }

    /// Sets whether an interrupted pass is gone on with.
    #[must_use]
    pub fn resume(self, resume: bool) -> Self {
        Self { resume, ..self }
    }

    /// Sets whether a pass that would mark most of an account's rows deleted may do so.
    #[must_use]
    pub fn accept_shrink(self, accept_shrink: bool) -> Self {
        Self {
            accept_shrink,
            ..self
        }
    }

    /// Sets the most accounts that are read at a time; zero is one. How many requests are in flight
    /// is the environment's to say: [`requests_in_flight`](crate::Environment::requests_in_flight).
    #[must_use]
    pub fn accounts_at_a_time(self, most: usize) -> Self {
        Self {
            accounts_at_a_time: most.max(1),
            ..self
        }
    }

    /// Sets the end from outside.
    #[must_use]
    pub fn stop(self, stop: Stop) -> Self {
        Self { stop, ..self }
    }

    /// Tells `listener` what happens in which account. It is called between records, from several
    /// threads, and should not wait.
    #[must_use]
    pub fn on_event(
        self,
        listener: impl Fn(&ConnectorInfo, SyncEvent<'_>) + Send + Sync + 'static,
    ) -> Self {
        Self {
            listener: Some(Arc::new(listener)),
            ..self
        }
    }

    pub(super) fn has_listener(&self) -> bool {
        self.listener.is_some()
    }

    pub(super) fn tell(&self, account: &ConnectorInfo, event: SyncEvent<'_>) {
        if let Some(listener) = &self.listener {
            listener(account, event);
        }
    }

    pub(super) fn of_pass(&self) -> PassOptions {
        PassOptions::new(self.query.clone())
            .resume(self.resume)
            .accept_shrink(self.accept_shrink)
    }
}

impl Default for SyncOptions {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for SyncOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SyncOptions")
            .field("query", &self.query)
            .field("resume", &self.resume)
            .field("accept_shrink", &self.accept_shrink)
            .field("accounts_at_a_time", &self.accounts_at_a_time)
            .field("stop", &self.stop)
            .finish_non_exhaustive()
    }
}
