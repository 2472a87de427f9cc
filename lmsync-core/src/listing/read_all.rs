//! A list that is read inside a call: by the same guard as a listing.

use futures_util::StreamExt;

use super::chain::OnlyList;
use super::checkpoint::ListingScope;
use super::source::ListSource;
use super::stream::RecordStream;
use crate::error::{Error, Result};
use crate::http::{HttpClient, Meter};
use crate::query::AssetQuery;
use crate::summary::Rejection;

/// A list that was read to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CompleteList<T> {
    /// The records in the vendor's order, each once.
    pub records: Vec<T>,
    /// Rows that could not be read. Where they are more than a summary
    /// [keeps](crate::SyncSummary::MOST_REJECTED), the list is not complete.
    pub rejected: Vec<Rejection>,
    /// Why records are missing, where some are.
    pub incomplete_reason: Option<String>,
}

impl<T> CompleteList<T> {
    /// The list of `records`, with nothing missing.
    #[must_use]
    pub fn new(records: Vec<T>) -> Self {
        Self {
            records,
            rejected: Vec::new(),
            incomplete_reason: None,
        }
    }

    /// The list, if nothing is missing; `what` names it.
    ///
    /// # Errors
    /// `vendor` when records are missing that the vendor counts, or a row could not be read. Where
    /// that is no harm, take [`rejected`](Self::rejected) out before.
    pub fn require_complete(self, what: &str) -> Result<Self> {
        let unread = self.rejected.first().map(|row| {
            let id = row.vendor_id.as_deref().unwrap_or("without an id");
            format!("the row {id} cannot be read: {}", row.reason)
        });
        match self.incomplete_reason.clone().or(unread) {
            None => Ok(self),
            Some(reason) => Err(Error::vendor(format!(
                "the list of {what} could not be read in whole: {reason}"
            ))
            .with_hint(
                "run the sync again; if it stays, look at the record in the vendor's portal",
            )),
        }
    }
}

/// Reads the list of `source` to its end, its pages ahead as `http` may; requests go to `meter`.
///
/// For what a call needs to know first, such as the names of all sites.
///
/// # Errors
/// When a page cannot be had, or the list does not end.
pub async fn read_all<S: ListSource>(
    source: S,
    http: &HttpClient,
    meter: &Meter,
) -> Result<CompleteList<S::Record>> {
    let (list, scope) = (OnlyList::new(source), ListingScope::nothing());
    let mut stream = RecordStream::through(http, meter.clone(), list, AssetQuery::new(), scope);
    let mut records = Vec::new();
    while let Some(record) = stream.next().await {
        records.push(record?);
    }
    let summary = stream.summary();
    let too_many = || {
        let rejected = summary.rejected_total;
        (rejected > summary.rejected.len() as u64)
            .then(|| format!("{rejected} of its rows could not be read"))
    };
    Ok(CompleteList {
        records,
        incomplete_reason: summary.incomplete_reason.clone().or_else(too_many),
        rejected: summary.rejected,
    })
}
