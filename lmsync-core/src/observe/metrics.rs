//! Measurements for whoever counts them.

use std::fmt::Debug;
use std::time::Duration;

use crate::error::ErrorKind;
use crate::summary::SyncSummary;

/// Hears what requests, waits and listings cost, as they happen.
///
/// Set one with [`Environment::metrics`](crate::Environment::metrics). Every method has an empty
/// default; none may block or panic, since it is called between requests. Nothing that it is told
/// holds a credential, an address with a query, or a record.
///
/// ```
/// use std::sync::atomic::{AtomicU64, Ordering};
///
/// use lmsync_core::observe::{AccountLabels, Metrics, RequestSample};
///
/// #[derive(Debug, Default)]
/// struct Requests(AtomicU64);
///
/// impl Metrics for Requests {
///     fn request(&self, _: AccountLabels<'_>, _: &RequestSample<'_>) {
///         self.0.fetch_add(1, Ordering::Relaxed);
///     }
/// }
/// ```
pub trait Metrics: Debug + Send + Sync + 'static {
    /// One request was sent and has ended; sent again, it is heard of again.
    fn request(&self, account: AccountLabels<'_>, request: &RequestSample<'_>) {
        let _ = (account, request);
    }

    /// A request waited before it was sent.
    fn wait(&self, account: AccountLabels<'_>, wait: &WaitSample<'_>) {
        let _ = (account, wait);
    }

    /// A listing has ended: complete, incomplete, failed or dropped.
    fn listing(&self, account: AccountLabels<'_>, listing: &ListingSample<'_>) {
        let _ = (account, listing);
    }
}

/// The account that is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct AccountLabels<'a> {
    /// The connector's name, such as `superops`.
    pub connector: &'a str,
    /// The account's name.
    pub instance: &'a str,
}

impl<'a> AccountLabels<'a> {
    /// The account `instance` of `connector`.
    #[must_use]
    pub fn new(connector: &'a str, instance: &'a str) -> Self {
        Self {
            connector,
            instance,
        }
    }
}

/// One request that was sent.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct RequestSample<'a> {
    /// The request's name, such as `getAssetList`; of a fixed set.
    pub operation: &'a str,
    /// The method: `http.request.method`.
    pub method: &'a str,
    /// The host: `server.address`.
    pub server: &'a str,
    /// The answer's status: `http.response.status_code`; nothing where no whole answer came.
    pub status: Option<u16>,
    /// The kind of failure: `error.type`; nothing when it succeeded. Vendors also refuse with status 200.
    pub error: Option<ErrorKind>,
    /// Number of times it had been sent before: `http.request.resend_count`.
    pub resend_count: u32,
    /// Bytes of its body.
    pub sent_bytes: u64,
    /// Bytes of the answer's body, unpacked.
    pub received_bytes: u64,
    /// The time from sending it to the last byte of its answer.
    pub duration: Duration,
}

/// A wait before a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct WaitSample<'a> {
    /// The name of the request that waited.
    pub operation: &'a str,
    /// The reason.
    pub reason: WaitReason,
    /// The time that it took.
    pub duration: Duration,
}

/// The reason of a wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum WaitReason {
    /// The account's budget, its number of requests in flight, or that of the process.
    Budget,
    /// The vendor wanted a pause.
    CoolDown,
    /// A pause before a request that failed is sent again.
    Retry,
}

crate::words!(WaitReason {
    Budget => "budget",
    CoolDown => "cool_down",
    Retry => "retry",
});

/// A listing that has ended.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct ListingSample<'a> {
    /// The records that were listed, such as `assets by 100`.
    pub listing: &'a str,
    /// Its outcome.
    pub outcome: ListingOutcome,
    /// Records by what became of them, and requests.
    pub summary: &'a SyncSummary,
    /// The time from its first poll to its end, what its reader did meanwhile included.
    pub duration: Duration,
}

/// The outcome of a listing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ListingOutcome {
    /// Every record that the vendor has was seen.
    Complete,
    /// It ended, and records are missing; the summary has the reason.
    Incomplete,
    /// It ended with an error of this kind.
    Failed(ErrorKind),
    /// It was dropped before its end.
    Dropped,
}

impl ListingOutcome {
    /// The stable name, without the kind of error.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Incomplete => "incomplete",
            Self::Failed(_) => "failed",
            Self::Dropped => "dropped",
        }
    }
}

impl std::fmt::Display for ListingOutcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
