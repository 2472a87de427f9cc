//! Totals of a listing.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind};
use crate::http::Usage;

/// Totals of one listing.
///
/// `seen = kept + filtered_out + never_checked_in_excluded + rejected_total` once the stream
/// has ended. Before that, and after an error, records that were read ahead are seen and not kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct SyncSummary {
    /// Different records that the vendor listed.
    pub seen: u64,
    /// Records handed out.
    pub kept: u64,
    /// Records that were handed out before the checkpoint from which this listing was resumed;
    /// 0 when it had to start over.
    pub kept_before: u64,
    /// Assets left out because they checked in before the window.
    pub filtered_out: u64,
    /// Assets that never reported a check-in, kept or not.
    pub never_checked_in: u64,
    /// Those of them that the window left out.
    pub never_checked_in_excluded: u64,
    /// Records that are none of what was asked for, such as licences among assets; not in `seen`.
    pub skipped: u64,
    /// Repetitions of a record that were dropped.
    pub duplicates: u64,
    /// Records that could not be read: the first [`MOST_REJECTED`](Self::MOST_REJECTED).
    pub rejected: Vec<Rejection>,
    /// The number of records that could not be read.
    pub rejected_total: u64,
    /// Assets handed out per customer id; the key of assets without a customer is empty.
    pub customers: BTreeMap<String, CustomerCount>,
    /// The vendor's own count of its records.
    pub reported_total: Option<u64>,
    /// Every record that the vendor has was seen: the vendor's count agrees with
    /// what was listed and did not change meanwhile, and no answer had a gap.
    pub complete: bool,
    /// Why not, once the listing has ended.
    pub incomplete_reason: Option<String>,
    /// The requests that it cost.
    pub usage: Usage,
}

impl SyncSummary {
    /// The most rejections that are told one by one.
    pub const MOST_REJECTED: usize = 1_000;

    /// Counts a record that could not be read.
    pub fn reject(&mut self, rejection: Rejection) {
        self.rejected_total += 1;
        if self.rejected.len() < Self::MOST_REJECTED {
            self.rejected.push(rejection);
        }
    }
}

/// A record that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Rejection {
    /// Its id, where at least that could be read.
    pub vendor_id: Option<String>,
    /// The reason.
    pub reason: String,
}

impl Rejection {
    /// The rejection of the record `vendor_id`, or of one whose id could not be read, because of
    /// `reason`.
    #[must_use]
    pub fn new(vendor_id: Option<String>, reason: impl Into<String>) -> Self {
        Self {
            vendor_id,
            reason: reason.into(),
        }
    }

    /// The rejection of `record`, such as `the asset`, that cannot be told from others.
    #[must_use]
    pub fn without_id(record: &str) -> Self {
        Self {
            vendor_id: None,
            reason: format!("{record} has no id"),
        }
    }

    /// The error of a call that asked for this one record, named `operation`.
    #[must_use]
    pub fn into_error(self, operation: &'static str) -> Error {
        Error::new(ErrorKind::Decode, self.reason)
            .with_operation(operation)
            .with_hint("report it to the vendor")
    }
}

/// Assets of one customer that were handed out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct CustomerCount {
    /// The customer's name.
    pub name: Option<String>,
    /// Assets handed out.
    pub assets: u64,
}
