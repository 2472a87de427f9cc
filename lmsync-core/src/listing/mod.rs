//! Listings that are complete or say why not.
//!
//! A connector supplies one page at a time ([`ListSource`]); this module does
//! what is the same for all: pages fetched ahead and handed out in order,
//! records dropped when they come twice and looked for when they went missing,
//! windows, counts, and checkpoints.

mod checkpoint;
mod listing;
mod seen;
mod stream;
mod walk;

use async_trait::async_trait;

pub use self::checkpoint::{Checkpoint, ListingScope};
pub use self::stream::RecordStream;

use crate::error::Result;
use crate::http::Meter;
use crate::model::{Asset, Customer, Ref, Software, Source};
use crate::summary::Rejection;
use crate::window::{WindowFilter, WindowVerdict};

/// Supplies numbered pages of one listing.
#[async_trait]
pub trait ListSource: Send + Sync + 'static {
    /// What a page holds, already mapped.
    type Record: Listed;

    /// Page `number`, counted from 1; its requests go to `meter`.
    ///
    /// A row that cannot be read is a [`Row::Rejected`], not an error.
    ///
    /// # Errors
    /// When the page cannot be had.
    async fn page(&self, number: u32, meter: &Meter) -> Result<Page<Self::Record>>;

    /// Adds to a record what costs further calls; asked for records that are
    /// kept, and only when the query wants [detail](crate::Detail).
    ///
    /// # Errors
    /// When the listing must not go on without.
    async fn complete(&self, record: Self::Record, meter: &Meter) -> Result<Self::Record> {
        let _ = meter;
        Ok(record)
    }
}

/// One page of a listing.
#[derive(Debug, Clone)]
pub struct Page<T> {
    /// The rows in the vendor's order.
    pub rows: Vec<Row<T>>,
    /// How many records there are on all pages, where the vendor says so.
    pub total: Option<u64>,
    /// How many pages there are, where that is known; they are then fetched
    /// ahead even without a `total`.
    pub pages: Option<u32>,
    /// Whether there is another page, where the vendor says so.
    pub more: Option<bool>,
    /// How many rows the vendor puts on a page: what it says, else what was asked for.
    pub size: u32,
}

/// One row of a page.
#[derive(Debug, Clone)]
// A page is rows of the large kind: boxing each would cost more than it saves.
#[allow(clippy::large_enum_variant)]
pub enum Row<T> {
    /// A record.
    Record(T),
    /// A row that could not be read.
    Rejected(Rejection),
    /// A row that could not be read and stands for records that nobody can count, such as
    /// a group of devices: the listing goes on, and is not complete.
    Gap(Rejection),
    /// A record that is none of what is listed, such as a licence among assets:
    /// counted with the vendor's total and not handed out.
    Skipped {
        /// Its id.
        vendor_id: String,
    },
}

impl<T> From<Result<T, Rejection>> for Row<T> {
    fn from(mapped: Result<T, Rejection>) -> Self {
        match mapped {
            Ok(record) => Self::Record(record),
            Err(rejection) => Self::Rejected(rejection),
        }
    }
}

impl<T: Listed> Row<T> {
    /// The id of what it is about, where that is known.
    #[must_use]
    pub fn vendor_id(&self) -> Option<&str> {
        match self {
            Self::Record(record) => Some(&record.source().vendor_id),
            Self::Rejected(rejection) | Self::Gap(rejection) => rejection.vendor_id.as_deref(),
            Self::Skipped { vendor_id } => Some(vendor_id),
        }
    }

    /// Why records are missing that this row stands for.
    fn gap(&self) -> Option<&str> {
        match self {
            Self::Gap(rejection) => Some(&rejection.reason),
            _ => None,
        }
    }
}

/// A record that a listing can hand out.
pub trait Listed: Send + Sync + 'static {
    /// Where it comes from.
    fn source(&self) -> &Source;

    /// Whether `filter` keeps it.
    fn judge(&self, filter: &WindowFilter) -> WindowVerdict {
        let _ = filter;
        WindowVerdict::Inside
    }

    /// Whose it is.
    fn customer(&self) -> Option<&Ref> {
        None
    }

    /// The serial number that no other record of the listing should have.
    fn serial_key(&self) -> Option<&str> {
        None
    }

    /// Hears that another record of the listing has the same serial number.
    fn flag_duplicate_serial(&mut self) {}
}

impl Listed for Asset {
    fn source(&self) -> &Source {
        &self.source
    }

    fn judge(&self, filter: &WindowFilter) -> WindowVerdict {
        filter.judge(self)
    }

    fn customer(&self) -> Option<&Ref> {
        self.customer.as_ref()
    }

    fn serial_key(&self) -> Option<&str> {
        self.serial.key.as_deref()
    }

    fn flag_duplicate_serial(&mut self) {
        self.issues.push(crate::model::Issue::new(
            crate::model::IssueCode::DuplicateSerial,
            "serial",
        ));
    }
}

impl Listed for Software {
    fn source(&self) -> &Source {
        &self.source
    }

    fn customer(&self) -> Option<&Ref> {
        self.customer.as_ref()
    }
}

impl Listed for Customer {
    fn source(&self) -> &Source {
        &self.source
    }
}
