//! Listings of records that are at hand: for tests of code that reads listings, and for records
//! that come from elsewhere.

use std::sync::{Arc, Mutex};

use futures_util::StreamExt;
use futures_util::stream;

use super::checkpoint::{ListingScope, Position};
use super::listed::Listed;
use super::machine::{Progress, count_customer, lock};
use super::stream::RecordStream;
use crate::error::Error;
use crate::http::Meter;
use crate::summary::SyncSummary;

/// The end of a listing of records that are at hand.
enum Ending {
    Complete,
    Incomplete(String),
    Failed(Error),
}

impl<T: Listed> RecordStream<T> {
    /// The listing of `records`, which ends complete.
    ///
    /// The summary counts them, and those of each customer. Nothing is filtered, sent or waited
    /// for, and a checkpoint is the beginning.
    ///
    /// ```
    /// use futures_util::StreamExt;
    /// use lmsync_core::CustomerStream;
    /// use lmsync_core::model::{Customer, Source};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let source = Source::new("shelf", "acme", "7", chrono::DateTime::UNIX_EPOCH);
    /// let mut customers = CustomerStream::from_records([Customer::new(source, "Globex")]);
    /// assert_eq!(customers.next().await.unwrap().unwrap().name, "Globex");
    /// assert!(customers.next().await.is_none());
    /// let summary = customers.summary();
    /// assert_eq!((summary.kept, summary.complete), (1, true));
    /// # }
    /// ```
    #[must_use]
    pub fn from_records(records: impl IntoIterator<Item = T>) -> Self {
        Self::at_hand(records, Ending::Complete)
    }

    /// The listing of `records`, which then ends in `error`.
    #[must_use]
    pub fn from_records_then_error(records: impl IntoIterator<Item = T>, error: Error) -> Self {
        Self::at_hand(records, Ending::Failed(error))
    }

    /// The listing of `records`, which ends without an error and is not complete because of
    /// `reason`.
    #[must_use]
    pub fn from_incomplete_records(
        records: impl IntoIterator<Item = T>,
        reason: impl Into<String>,
    ) -> Self {
        Self::at_hand(records, Ending::Incomplete(reason.into()))
    }

    fn at_hand(records: impl IntoIterator<Item = T>, ending: Ending) -> Self {
        let records: Vec<T> = records.into_iter().collect();
        let progress = Arc::new(Mutex::new(Progress {
            summary: SyncSummary::default(),
            position: Position::start(),
        }));
        let shared = Arc::clone(&progress);
        let state = Some((records.into_iter(), ending));
        let records = stream::unfold(state, move |state| {
            let next = state.and_then(|(mut records, ending)| match records.next() {
                Some(record) => {
                    hand_out(&record, &mut lock(&shared).summary);
                    Some((Ok(record), Some((records, ending))))
                }
                None => end(ending, &mut lock(&shared).summary).map(|error| (Err(error), None)),
            });
            std::future::ready(next)
        });
        Self::from_parts(
            records.fuse().boxed(),
            ListingScope::nothing(),
            progress,
            Meter::default(),
        )
    }
}

fn hand_out(record: &impl Listed, summary: &mut SyncSummary) {
    summary.seen += 1;
    count_customer(record, summary);
}

/// Notes how the listing ended; gives the error that ended it.
fn end(ending: Ending, summary: &mut SyncSummary) -> Option<Error> {
    match ending {
        Ending::Complete => {
            summary.reported_total = Some(summary.seen);
            summary.complete = true;
            None
        }
        Ending::Incomplete(reason) => {
            summary.incomplete_reason = Some(reason);
            None
        }
        Ending::Failed(error) => {
            summary.incomplete_reason = Some(error.to_string());
            Some(error)
        }
    }
}
