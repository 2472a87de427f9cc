//! The software installed on an asset: a list of its own, page by page.

use lmsync_core::http::Meter;
use lmsync_core::model::Asset;
use lmsync_core::{Error, ErrorKind, Result};

use crate::api::{APPLICATIONS, Api, ListPage};
use crate::{map, wire};

/// The most pages that are read of one asset.
const MOST_PAGES: u32 = 100;

impl Api {
    /// `asset` with what is installed on it; one that is gone meanwhile stays as it is.
    pub(crate) async fn add_software(&self, asset: Asset, meter: &Meter) -> Result<Asset> {
        let origin = self.account.origin();
        match self.applications(&asset.source.vendor_id, meter).await {
            Ok(found) => Ok(map::with_software(asset, &found, origin)),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                Ok(map::without_software(asset, error.message(), origin))
            }
            Err(error) => Err(error),
        }
    }

    async fn applications(&self, id: &str, meter: &Meter) -> Result<Vec<wire::Application>> {
        let mut found = Vec::new();
        for number in 1..=MOST_PAGES {
            let page = self.application_list(id, number, meter).await?;
            let is_last = is_last(&page, number, found.len());
            for row in page.rows {
                let row = row
                    .record
                    .map_err(|bad| bad.into_error("listing installed applications"))?;
                found.push(row);
            }
            if is_last {
                return Ok(found);
            }
        }
        let what = format!(
            "Syncro lists an asset's installed applications on more than {MOST_PAGES} pages"
        );
        Err(Error::vendor(what))
    }
}

/// Tells whether nothing comes after `page`, the one of this `number`, `before` which so many came.
///
/// A page without counts that is not full is the last.
fn is_last(page: &ListPage<wire::Application>, number: u32, before: usize) -> bool {
    let here = page.rows.len();
    let came = (before + here) as u64;
    match (page.meta.total_entries, page.meta.total_pages) {
        _ if here == 0 => true,
        (Some(total), _) => came >= total,
        (None, Some(pages)) => u64::from(number) >= pages,
        (None, None) => here < APPLICATIONS as usize,
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use lmsync_core::json::WireRow;

    use super::*;

    #[test]
    fn a_page_is_the_last_by_what_is_counted_or_else_by_what_is_on_it() {
        let is_last = |rows: usize, meta: &str, number, before| {
            let row = || WireRow::of(wire::Application::default());
            let page = ListPage {
                rows: std::iter::repeat_with(row).take(rows).collect(),
                meta: serde_json::from_str(meta).unwrap(),
                received_at: DateTime::UNIX_EPOCH,
            };
            super::is_last(&page, number, before)
        };
        assert!(is_last(50, r#"{"total_entries":50}"#, 1, 0));
        assert!(!is_last(
            50,
            r#"{"total_entries":51,"total_pages":1}"#,
            1,
            0
        ));
        assert!(is_last(1, r#"{"total_entries":51}"#, 2, 50));
        assert!(is_last(0, r#"{"total_entries":51}"#, 2, 50));
        assert!(!is_last(50, r#"{"total_pages":2}"#, 1, 0));
        assert!(is_last(50, r#"{"total_pages":2}"#, 2, 50));
        assert!(!is_last(100, "{}", 1, 0));
        assert!(is_last(99, "{}", 2, 100));
    }
}
