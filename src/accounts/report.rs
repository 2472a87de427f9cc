//! The outcome of one account's sync.

use std::collections::BTreeMap;
use std::time::Duration;

use lmsync_core::{ConnectorInfo, CustomerCount, Error, ErrorKind, Rejection};
use lmsync_store::{Landed, PassOutcome};
use serde::Serialize;

/// The message about a connector whose task panicked; the panic has told the rest.
pub(super) const BROKEN_DOWN: &str = "the connector broke down, which is a defect";

/// The outcome of one account's sync: what was read in this run, and what became of it.
///
/// Its JSON form is stable; members may be added.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct SyncReport {
    /// The connector's name.
    pub vendor: String,
    /// The account.
    pub instance: String,
    /// Set if every record that the vendor has was read, and landed.
    pub complete: bool,
    /// Assets that landed.
    pub assets: u64,
    /// Software assets that landed.
    pub software: u64,
    /// Customers that landed.
    pub customers: u64,
    /// Different assets that the vendor listed.
    pub seen: u64,
    /// Assets left out because they checked in before the window.
    pub filtered_out: u64,
    /// Assets that never reported a check-in, kept or not.
    pub unknown_check_in: u64,
    /// Repetitions of a record that were dropped.
    pub duplicates: u64,
    /// Records that could not be read: the first of each stream.
    pub rejected: Vec<Rejection>,
    /// The number of others. Not in the JSON where there is none.
    #[serde(skip_serializing_if = "is_zero")]
    pub rejected_more: u64,
    /// Requests that were sent.
    pub requests: u64,
    /// Those of them that were sent once more after a failure.
    pub retries: u64,
    /// Waits because the vendor said that there were too many requests.
    pub rate_limited_waits: u64,
    /// Duration in milliseconds.
    pub elapsed_ms: u64,
    /// Rows of all tables, over all runs of a pass that was resumed; `None`, and not in the JSON, where
    /// the store was refused, remembers nothing, or no pass ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub store: Option<Landed>,
    /// The reason why it is not complete; or that rows were kept back, though it is.
    pub error: Option<SyncFailure>,
    /// Assets per customer id, of those that landed or that no window left out. Not in the JSON.
    #[serde(skip)]
    pub assets_by_customer: BTreeMap<String, CustomerCount>,
    /// Set if the connector lists software at all. Not in the JSON.
    #[serde(skip)]
    pub offers_software: bool,
}

// Serde's own shape for a predicate.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// The reason why an account did not go well.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct SyncFailure {
    /// The kind.
    pub kind: ErrorKind,
    /// The description of what happened, with operation and status.
    pub message: String,
    /// The user's next step.
    pub hint: Option<String>,
}

impl SyncReport {
    /// Tells whether the account is complete and nothing else went wrong.
    #[must_use]
    pub fn is_ok(&self) -> bool {
        self.complete && self.error.is_none()
    }

    /// Number of records that landed.
    #[must_use]
    pub fn records(&self) -> u64 {
        self.assets + self.software + self.customers
    }

    /// The report of `account`, of which nothing was read because of `failure`.
    pub(super) fn failed(account: &ConnectorInfo, failure: SyncFailure) -> Self {
        Self {
            vendor: account.vendor.to_string(),
            instance: account.instance.clone(),
            complete: false,
            assets: 0,
            software: 0,
            customers: 0,
            seen: 0,
            filtered_out: 0,
            unknown_check_in: 0,
            duplicates: 0,
            rejected: Vec::new(),
            rejected_more: 0,
            requests: 0,
            retries: 0,
            rate_limited_waits: 0,
            elapsed_ms: 0,
            store: None,
            error: Some(failure),
            assets_by_customer: BTreeMap::new(),
            offers_software: account.capabilities.software,
        }
    }

    /// The report of a connector whose task panicked.
    pub(super) fn broken_down(account: &ConnectorInfo) -> Self {
        Self::failed(account, SyncFailure::cancelled(BROKEN_DOWN))
    }

    pub(super) fn took(self, elapsed: Duration) -> Self {
        Self {
            elapsed_ms: u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX),
            ..self
        }
    }
}

/// The ends of an account's passes.
pub(super) struct Ends {
    pub(super) assets: PassOutcome,
    pub(super) customers: PassOutcome,
    pub(super) software: Option<PassOutcome>,
}

impl Ends {
    /// The report of them for `account`; `stopped` is why they were stopped, `counts` is set if the
    /// store counts rows.
    pub(super) fn report(
        self,
        account: &ConnectorInfo,
        stopped: Option<&str>,
        counts: bool,
    ) -> SyncReport {
        let error = self.failure(stopped);
        let landed: Vec<Landed> = self.all().filter_map(|end| end.landed).collect();
        let mut report = SyncReport {
            complete: stopped.is_none() && self.all().all(is_complete),
            assets: self.assets.handed_on,
            customers: self.customers.handed_on,
            software: self.software.as_ref().map_or(0, |end| end.handed_on),
            seen: self.assets.summary.seen,
            filtered_out: self.assets.summary.filtered_out,
            unknown_check_in: self.assets.summary.never_checked_in,
            store: (counts && !landed.is_empty()).then(|| sum(&landed)),
            ..SyncReport::failed(account, SyncFailure::cancelled(BROKEN_DOWN))
        };
        report.error = error;
        for summary in self.all().map(|end| &end.summary) {
            report.duplicates += summary.duplicates;
            report.rejected.extend(summary.rejected.iter().cloned());
            report.rejected_more += summary.rejected_total - summary.rejected.len() as u64;
            report.requests += summary.usage.requests;
            report.retries += summary.usage.retries;
            report.rate_limited_waits += summary.usage.rate_limited_waits;
        }
        report.assets_by_customer = self.assets.summary.customers;
        report
    }

    fn all(&self) -> impl Iterator<Item = &PassOutcome> {
        [&self.assets, &self.customers]
            .into_iter()
            .chain(&self.software)
    }

    /// The reason why they did not go well: the vendor's own error tells most, and rows that were kept back least.
    fn failure(&self, stopped: Option<&str>) -> Option<SyncFailure> {
        let error_of = |is_told: fn(&PassOutcome) -> bool| {
            let mut ends = self.all().filter(|end| is_told(end));
            ends.find_map(|end| end.error.as_ref().map(SyncFailure::from))
        };
        let stopped = || stopped.map(SyncFailure::cancelled);
        let incomplete = || {
            let end = self.all().find(|end| !end.summary.complete)?;
            Some(SyncFailure::incomplete(
                end.summary.incomplete_reason.clone(),
            ))
        };
        error_of(|end| !is_complete(end))
            .or_else(stopped)
            .or_else(incomplete)
            .or_else(|| error_of(is_complete))
    }
}

fn sum(landed: &[Landed]) -> Landed {
    let mut sum = Landed::default();
    landed.iter().for_each(|landed| sum += *landed);
    sum
}

/// Tells whether a pass ended, and met every record. Rows that were kept back change nothing in that.
fn is_complete(end: &PassOutcome) -> bool {
    end.summary.complete && end.landed.is_some()
}

impl SyncFailure {
    /// A listing ended without an error, and records are missing.
    fn incomplete(reason: Option<String>) -> Self {
        Self {
            kind: ErrorKind::Vendor,
            message: reason.unwrap_or_else(|| "the vendor listed less than there is".to_owned()),
            hint: Some(
                "run the sync again, best when few changes are made in the vendor's product; \
                 if it stays, compare the counts there and report it to the vendor"
                    .to_owned(),
            ),
        }
    }

    /// The failure of an account that `reason` stopped before it was read.
    #[must_use]
    pub fn cancelled(reason: &str) -> Self {
        Self {
            kind: ErrorKind::Cancelled,
            message: format!("stopped before the end: {reason}"),
            hint: Some("run the sync again; nothing was changed at the vendor".to_owned()),
        }
    }
}

impl From<&Error> for SyncFailure {
    fn from(error: &Error) -> Self {
        let operation = error.operation().map(|name| format!("{name}: "));
        let status = error.status().map(|status| format!(" (HTTP {status})"));
        Self {
            kind: error.kind(),
            message: [
                operation.as_deref().unwrap_or_default(),
                error.message(),
                status.as_deref().unwrap_or_default(),
            ]
            .concat(),
            hint: error.hint().map(ToOwned::to_owned),
        }
    }
}
