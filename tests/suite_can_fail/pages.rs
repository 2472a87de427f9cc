//! Flaws in the paging and mapping of a listing.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use lmsync::http::Meter;
use lmsync::listing::{ListSource, Listed, Page, PageKey, Row};
use lmsync::model::{Asset, Customer};
use lmsync::{AssetQuery, Detail, Error, Result};

use crate::flaw::{Flaw, Pages};

/// Pages that are shared, as a page source of their own.
pub(crate) struct Shared<T>(pub(crate) Pages<T>);

#[async_trait]
impl<T: Listed> ListSource for Shared<T> {
    type Record = T;

    async fn page(&self, at: &PageKey, meter: &Meter) -> Result<Page<T>> {
        self.0.page(at, meter).await
    }

    async fn complete(&self, record: T, meter: &Meter) -> Result<T> {
        self.0.complete(record, meter).await
    }
}

/// Pages that something is done to.
struct Edited<T, P, C> {
    pages: Pages<T>,
    edit: P,
    complete: C,
}

#[async_trait]
impl<T, P, C> ListSource for Edited<T, P, C>
where
    T: Listed,
    P: Fn(u32, Result<Page<T>>) -> Result<Page<T>> + Send + Sync + 'static,
    C: Fn(T) -> Result<T> + Send + Sync + 'static,
{
    type Record = T;

    async fn page(&self, at: &PageKey, meter: &Meter) -> Result<Page<T>> {
        let number = at.number();
        (self.edit)(number, self.pages.page(at, meter).await)
    }

    async fn complete(&self, record: T, _meter: &Meter) -> Result<T> {
        (self.complete)(record)
    }
}

/// Which page of which listing.
pub(crate) struct At<'q> {
    pub(crate) query: &'q AssetQuery,
    /// Which listing of the connector, from 1.
    pub(crate) listing: usize,
    pub(crate) number: u32,
}

/// Gets the pages of assets wrong in any way.
pub(crate) fn pages(
    change: impl Fn(Pages<Asset>, &mut AssetQuery) -> Pages<Asset> + Send + Sync + 'static,
) -> Flaw {
    Flaw {
        asset_pages: Some(Arc::new(change)),
        ..Flaw::default()
    }
}

/// Gets a page of assets wrong, or the failure to read it.
pub(crate) fn page_result(
    edit: impl Fn(&At<'_>, Result<Page<Asset>>) -> Result<Page<Asset>> + Send + Sync + 'static,
) -> Flaw {
    let (edit, listings) = (Arc::new(edit), AtomicUsize::new(0));
    pages(move |pages, query| {
        let (edit, query) = (Arc::clone(&edit), query.clone());
        let listing = listings.fetch_add(1, Ordering::Relaxed) + 1;
        Arc::new(Edited {
            pages,
            edit: move |number, page| {
                let at = At {
                    query: &query,
                    listing,
                    number,
                };
                edit(&at, page)
            },
            complete: Ok,
        })
    })
}

/// Gets a page of assets wrong.
pub(crate) fn page(edit: impl Fn(&At<'_>, &mut Page<Asset>) + Send + Sync + 'static) -> Flaw {
    page_result(move |at, page| {
        page.map(|mut page| {
            edit(at, &mut page);
            page
        })
    })
}

/// Gets the error of a page wrong.
pub(crate) fn page_error(edit: impl Fn(Error) -> Error + Send + Sync + 'static) -> Flaw {
    page_result(move |_, page| page.map_err(&edit))
}

/// Maps an asset wrongly.
pub(crate) fn asset(edit: impl Fn(&mut Asset) + Send + Sync + 'static) -> Flaw {
    page(move |_, page| assets_of(page).for_each(&edit))
}

/// Maps an asset wrongly at first, and otherwise after it was counted and filtered.
pub(crate) fn asset_then(
    at_first: impl Fn(&mut Asset) + Clone + Send + Sync + 'static,
    at_last: impl Fn(&mut Asset) + Clone + Send + Sync + 'static,
) -> Flaw {
    let on_page = move |_: &At<'_>, page: &mut Page<Asset>| assets_of(page).for_each(&at_first);
    page_then(on_page, move |mut asset| {
        at_last(&mut asset);
        Ok(asset)
    })
}

/// Maps an asset wrongly after it was counted and filtered.
pub(crate) fn handed_out(edit: impl Fn(&mut Asset) + Clone + Send + Sync + 'static) -> Flaw {
    asset_then(|_| {}, edit)
}

/// Gets a page wrong, and its assets after they were counted and filtered.
pub(crate) fn page_then(
    edit: impl Fn(&At<'_>, &mut Page<Asset>) + Clone + Send + Sync + 'static,
    complete: impl Fn(Asset) -> Result<Asset> + Clone + Send + Sync + 'static,
) -> Flaw {
    pages(move |pages, query| {
        // What is completed passes through the page source once more.
        query.detail = Detail::NONE.hardware();
        let (edit, complete, query) = (edit.clone(), complete.clone(), query.clone());
        Arc::new(Edited {
            pages,
            edit: move |number, page: Result<Page<Asset>>| {
                page.map(|mut page| {
                    let at = At {
                        query: &query,
                        listing: 1,
                        number,
                    };
                    edit(&at, &mut page);
                    page
                })
            },
            complete,
        })
    })
}

/// Gets a page of customers wrong, or the failure to read it.
pub(crate) fn customer_page_result(
    edit: impl Fn(Result<Page<Customer>>) -> Result<Page<Customer>> + Clone + Send + Sync + 'static,
) -> Flaw {
    Flaw {
        customer_pages: Some(Arc::new(move |pages| {
            let edit = edit.clone();
            Arc::new(Edited {
                pages,
                edit: move |_, page| edit(page),
                complete: Ok,
            })
        })),
        ..Flaw::default()
    }
}

/// Gets a page of customers wrong.
pub(crate) fn customer_page(
    edit: impl Fn(&mut Page<Customer>) + Clone + Send + Sync + 'static,
) -> Flaw {
    customer_page_result(move |page| {
        page.map(|mut page| {
            edit(&mut page);
            page
        })
    })
}

/// The assets on a page.
pub(crate) fn assets_of(page: &mut Page<Asset>) -> impl Iterator<Item = &mut Asset> {
    page.rows.iter_mut().filter_map(|row| match row {
        Row::Record(asset) => Some(&mut **asset),
        _ => None,
    })
}

/// Lets the vendor count so many more.
pub(crate) fn count<T>(page: &mut Page<T>, more: i64) {
    page.total = page.total.map(|total| total.saturating_add_signed(more));
}

/// Loses an asset of the first page, and its place in the count.
pub(crate) fn lose_one(at: &At<'_>, page: &mut Page<Asset>) {
    count(page, -1);
    if at.number == 1 {
        page.rows.pop();
    }
}

/// Makes an asset up on the first page, and a place in the count.
pub(crate) fn make_one_up(at: &At<'_>, page: &mut Page<Asset>) {
    count(page, 1);
    let first = assets_of(page).next().cloned();
    if let Some(mut asset) = first.filter(|_| at.number == 1) {
        asset.source.vendor_id.push_str("-2");
        page.rows.push(Row::Record(Box::new(asset)));
    }
}
