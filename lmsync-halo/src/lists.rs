//! The listings, page by page.

mod assets;
mod customers;
mod software;

use chrono::{DateTime, Utc};
use lmsync_core::json::WireRow;
use lmsync_core::listing::{Next, Page, Row};

use crate::api::ListPage;

pub(crate) use self::assets::HardwareLists;
pub(crate) use self::customers::Customers;
pub(crate) use self::software::SoftwareLists;

/// `page` as core counts it, each row as `map` reads it.
fn numbered<R, T, M: Into<Row<T>>>(
    page: ListPage<R>,
    map: impl Fn(WireRow<R>, DateTime<Utc>) -> M,
) -> Page<T> {
    let received_at = page.received_at;
    Page {
        rows: page
            .rows
            .into_iter()
            .map(|row| map(row, received_at).into())
            .collect(),
        total: page.total,
        next: Next::Numbered {
            pages: None,
            more: None,
            size: page.size,
        },
    }
}
