//! The traits of a place where records land.

use std::fmt::Debug;
use std::sync::Arc;

use async_trait::async_trait;
#[cfg(any(feature = "parquet", feature = "postgres", feature = "sqlite"))]
use lmsync_core::Error;
use lmsync_core::Result;

use crate::account_key::AccountKey;
use crate::landed::Landed;
use crate::pass_id::PassId;
use crate::pass_report::PassReport;
use crate::record::Records;
use crate::saved_pass::SavedPass;
use crate::stream::StreamName;

/// The number of records that most stores take at a time.
pub(crate) const BATCH: usize = 1_000;

/// A place where records land: a database, files, a pipe.
///
/// It promises: a row is deleted by a complete pass over the whole stream of its own account alone;
/// what was put is there or not, never in part; whoever stops in the middle leaves it as it was
/// after the last batch. [`PassReport::deletes`] has the rule; the conformance suite of
/// `lmsync-testkit` holds a store to it.
#[async_trait]
pub trait Store: Debug + Send + Sync {
    /// Begins a pass over `stream` of `account`. Nobody else can, until what is returned is dropped.
    ///
    /// # Errors
    /// `store` when it cannot be used, or a pass over this stream of this account is under way.
    async fn begin(&self, account: &AccountKey, stream: StreamName) -> Result<Box<dyn Landing>>;

    /// The number of records that it likes to take at a time.
    fn batch_size(&self) -> usize {
        BATCH
    }

    /// Tells whether it knows later what landed in it before. One that does not, such as a pipe, is
    /// not told where a pass stands, and counts no rows.
    fn remembers(&self) -> bool {
        true
    }
}

/// A pass that lands in a store. Dropping it ends nothing: what was put stays, and another run may go on.
#[async_trait]
pub trait Landing: Debug + Send {
    /// The pass of before that did not end, if there is one and the store can go on with it.
    fn unfinished(&self) -> Option<&SavedPass> {
        None
    }

    /// The latest pass that the store knows of this stream of this account.
    fn latest(&self) -> Option<PassId> {
        None
    }

    /// The serial numbers that the unfinished pass has landed, as they are compared, each with the id of its
    /// record; without those of records that are flagged as having another one's. Who goes on with the pass
    /// flags records by them. A store that has none to tell costs those flags alone.
    ///
    /// # Errors
    /// `store` when they could not be read.
    async fn landed_serials(&mut self) -> Result<Vec<(String, String)>> {
        Ok(Vec::new())
    }

    /// Lands `batch`, all of it or nothing, and the place up to which everything has landed with
    /// it. Returns the counts of this batch.
    ///
    /// # Errors
    /// `store` when it could not be landed.
    async fn put(&mut self, batch: &Arc<Batch>) -> Result<Landed>;

    /// Ends the pass: marks what is gone, and notes the pass, both or nothing. Returns the counts
    /// of the whole pass.
    ///
    /// # Errors
    /// `store` when it could not be ended; then nothing is marked.
    async fn finish(self: Box<Self>, report: &PassReport) -> Result<Landed>;
}

/// Records to land, and where the pass stands after them.
#[derive(Debug)]
#[non_exhaustive]
pub struct Batch {
    /// The pass.
    pub pass_id: PassId,
    /// The records, each once.
    pub records: Records,
    /// The pass as it is once they have landed, but for [`SavedPass::landed`], to which the store
    /// adds their counts. `None` where the listing cannot be resumed.
    pub saved: Option<SavedPass>,
}

impl Batch {
    /// `records` of the pass `pass_id`, after which it stands as `saved` says.
    #[must_use]
    pub fn new(pass_id: PassId, records: Records, saved: Option<SavedPass>) -> Self {
        Self {
            pass_id,
            records,
            saved,
        }
    }
}

/// The error of a stream of an account that another run lands in the same store.
#[cfg(any(feature = "parquet", feature = "postgres", feature = "sqlite"))]
pub(crate) fn in_use(account: &AccountKey, stream: StreamName) -> Error {
    Error::store(format!(
        "another run is landing {stream} of {account} in this store"
    ))
    .with_hint("wait for its end, or give each run accounts of its own")
}
