//! Where a listing's pages come from.

use async_trait::async_trait;

use super::key::PageKey;
use super::listed::Listed;
use super::page::Page;
use crate::error::Result;
use crate::http::Meter;

/// Supplies the pages of one list.
#[async_trait]
pub trait ListSource: Send + Sync + 'static {
    /// What a page holds, already mapped.
    type Record: Listed;

    /// The place of the first page; page 1 unless a connector says otherwise.
    fn first(&self) -> PageKey {
        PageKey::Number(1)
    }

    /// The page at `at`: the first one, or one that an earlier page led to. Its requests go
    /// to `meter`.
    ///
    /// A row that cannot be read is a [`Row::Rejected`](super::Row::Rejected), not an error.
    ///
    /// # Errors
    /// When the page cannot be had.
    async fn page(&self, at: &PageKey, meter: &Meter) -> Result<Page<Self::Record>>;

    /// Adds to a record what costs further calls; asked for records that are
    /// kept, and only when the query wants [detail](crate::Detail).
    ///
    /// # Errors
    /// When the listing must not go on without.
    async fn complete(&self, record: Self::Record, meter: &Meter) -> Result<Self::Record> {
        let _ = meter;
        Ok(record)
    }

    /// Hears that the listing got on: a page of this list was handed out in whole. With
    /// `is_complete` the listing has ended, began at the first page, and is complete: every
    /// record of the list was on a page that this source supplied.
    fn got_on(&self, is_complete: bool) {
        let _ = is_complete;
    }
}

/// Supplies several lists that are read as one, such as the devices of each site.
#[async_trait]
pub trait ListChain: Send + Sync + 'static {
    /// One of the lists.
    type List: ListSource;

    /// The lists in the order to read them, each with a label that names it; asked for at the
    /// beginning of every walk. A checkpoint is good while the labels up to its list stay.
    ///
    /// # Errors
    /// When it cannot be told which lists there are.
    async fn lists(&self, meter: &Meter) -> Result<Vec<(String, Self::List)>>;
}
