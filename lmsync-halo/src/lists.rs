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
    let (total, at) = (page.total, page.received_at);
    let next = Next::Numbered {
        pages: None,
        // Where nothing is counted, an empty page is the end, and a short one is not.
        more: total.is_none().then_some(!page.rows.is_empty()),
        size: page.size,
    };
    Page::of(page.rows, next, |row| map(row, at)).with_total(total)
}
