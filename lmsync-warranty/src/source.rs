//! The trait of a maker's lookup.

use std::fmt::Debug;

use async_trait::async_trait;
use lmsync_core::http::Meter;

use crate::answer::Answers;
use crate::maker::Maker;
use crate::query::WarrantyQuery;

/// A hardware maker that can be asked for warranties by serial number.
///
/// It says what the maker said; what that means is judged by [`rules`](crate::rules), for all makers
/// alike. [`Lookup`](crate::Lookup) cuts many queries into batches.
#[async_trait]
pub trait WarrantySource: Debug + Send + Sync + 'static {
    /// The maker.
    fn maker(&self) -> Maker;

    /// The most queries of one batch, which the maker answers in as few requests as it allows.
    fn batch_size(&self) -> usize;

    /// Asks about `batch`, whose keys differ; the requests that it takes go to `meter`.
    ///
    /// There is one answer for each query, and an error is one, too: of those that got no answer, not of
    /// the batch. An answer is found by the serial number in it, never by its position; a machine that
    /// the maker leaves out of a readable answer is not found.
    async fn lookup(&self, batch: &[WarrantyQuery], meter: &Meter) -> Answers;
}
