//! The course of a sync, for whoever shows it.

use lmsync_store::StreamName;

use super::report::SyncReport;

/// An event of one account's sync.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum SyncEvent<'e> {
    /// It begins.
    Started,
    /// Records of a stream have come; told for the first and every hundredth after.
    #[non_exhaustive]
    Records {
        /// The stream.
        stream: StreamName,
        /// Different records that the vendor listed so far, those that a window leaves out included.
        seen: u64,
        /// The vendor's own count, where it has told one.
        reported_total: Option<u64>,
    },
    /// It has ended.
    #[non_exhaustive]
    Finished {
        /// The outcome.
        report: &'e SyncReport,
    },
}
