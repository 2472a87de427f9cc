//! The lists: assets, customers, and the software on one asset.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use lmsync_core::http::Meter;
use lmsync_core::json::{KeepRaw, WireRow};
use lmsync_core::listing::{ListSource, Next, Page, PageKey, Program, read_all};
use lmsync_core::model::{Asset, Customer};
use lmsync_core::{AssetQuery, Detail, Error, ErrorKind, Rejection, Result};

use crate::api::{Api, ListPage};
use crate::map::{self, Basis};
use crate::quirks::owners::{CustomerCollector, Gathered};
use crate::wire;

/// A page of assets as it came.
type AssetPage = ListPage<Box<wire::Asset>>;

/// What a gateway says when the vendor took too long over a page.
const GATEWAY_TIMEOUT: u16 = 504;
/// What is asked for when the first page of all is too heavy.
const SMALL_PAGE: u32 = 16;
/// A page of fewer is not divided any further.
const SMALLEST_PART: u32 = 5;

/// The account's assets, page by page, as many on each as the vendor likes.
pub(crate) struct Assets {
    api: Arc<Api>,
    raw: KeepRaw,
    basis: Basis,
    detail: Detail,
    collector: CustomerCollector,
    /// How many rows a page holds, as far as that is known; 0 when not.
    granted: AtomicU32,
    /// How many are asked for; 0 for what the vendor likes.
    asked: AtomicU32,
}

impl Assets {
    pub(crate) fn new(api: Arc<Api>, query: &AssetQuery) -> Self {
        Self {
            collector: CustomerCollector::new(&api.owners),
            api,
            raw: query.raw.into(),
            detail: query.detail,
            basis: if query.accept_record_update {
                Basis::AlsoRecordUpdate
            } else {
                Basis::AgentOnly
            },
            granted: AtomicU32::new(0),
            asked: AtomicU32::new(0),
        }
    }

    async fn list(&self, number: u32, size: Option<u32>, meter: &Meter) -> Result<AssetPage> {
        self.api.asset_list(number, size, self.raw, meter).await
    }

    /// Page `number`, by smaller ones where it is too heavy.
    async fn fetch(&self, number: u32, meter: &Meter) -> Result<AssetPage> {
        match self.list(number, known(&self.asked), meter).await {
            Err(error) if is_too_heavy(&error) => match known(&self.granted) {
                Some(size) => self.in_parts(number, size, error, meter).await,
                // Nothing is known yet, so the whole listing may go by small pages.
                None if number == 1 => {
                    let page = self.list(1, Some(SMALL_PAGE), meter).await?;
                    self.asked.store(SMALL_PAGE, Ordering::Relaxed);
                    Ok(page)
                }
                None => Err(error),
            },
            page => page,
        }
    }

    /// Page `number` of `size` rows, put together from smaller ones, if the vendor
    /// grants exactly those; otherwise `error` stands.
    fn in_parts<'a>(
        &'a self,
        number: u32,
        size: u32,
        error: Error,
        meter: &'a Meter,
    ) -> Pin<Box<dyn Future<Output = Result<AssetPage>> + Send + 'a>> {
        Box::pin(async move {
            let Some(part) = part_of(size) else {
                return Err(error);
            };
            let parts = size / part;
            let first = (number - 1).saturating_mul(parts) + 1;
            let mut whole: Option<AssetPage> = None;
            for number in first..first.saturating_add(parts) {
                let page = match self.list(number, Some(part), meter).await {
                    Err(error) if is_too_heavy(&error) => {
                        self.in_parts(number, part, error, meter).await?
                    }
                    page => page?,
                };
                if page.meta.per_page != Some(part.into()) {
                    return Err(error);
                }
                let is_beyond_the_end = page.rows.is_empty();
                match &mut whole {
                    None => whole = Some(page),
                    Some(whole) => {
                        whole.rows.extend(page.rows);
                        whole.meta = page.meta;
                    }
                }
                if is_beyond_the_end {
                    break;
                }
            }
            let mut whole = whole.ok_or(error)?;
            let pages = whole.meta.total_pages;
            whole.meta.total_pages = pages.map(|pages| pages.div_ceil(parts.into()));
            whole.meta.per_page = Some(size.into());
            Ok(whole)
        })
    }
}

#[async_trait]
impl ListSource for Assets {
    type Record = Asset;

    async fn page(&self, at: &PageKey, meter: &Meter) -> Result<Page<Asset>> {
        let number = at.number();
        self.collector.begin(number);
        let page = match self.fetch(number, meter).await {
            Ok(page) => page,
            Err(error) => {
                // The listing ends here, even if its owner keeps hold of it.
                self.collector.give_up();
                return Err(error);
            }
        };
        let (origin, fields) = (self.api.account.origin(), &self.api.fields);
        let map = |row, at| map::asset(row, origin, fields, self.basis, at);
        let page = numbered(page, number, &self.granted, map);
        self.collector.take(&page);
        Ok(page)
    }

    async fn complete(&self, asset: Asset, meter: &Meter) -> Result<Asset> {
        match self.detail.software {
            // Few ask for it.
            true => Box::pin(add_software(&self.api, asset, meter)).await,
            false => Ok(asset),
        }
    }

    fn got_on(&self, is_complete: bool) {
        if is_complete {
            self.collector.publish();
        } else {
            self.collector.get_on();
        }
    }
}

/// The programs that are installed on one asset.
struct Programs {
    api: Arc<Api>,
    asset_id: String,
    largest: AtomicU32,
}

#[async_trait]
impl ListSource for Programs {
    type Record = Program;

    async fn page(&self, at: &PageKey, meter: &Meter) -> Result<Page<Program>> {
        let (id, number) = (&self.asset_id, at.number());
        let page = self.api.application_list(id, number, meter).await?;
        let dates = |at| self.api.account.origin().dates(at);
        let map = |row, at| map::program(row, &dates(at));
        Ok(numbered(page, number, &self.largest, map))
    }
}

/// `asset` with what is installed on it; one that is gone meanwhile stays as it is.
pub(crate) async fn add_software(api: &Arc<Api>, asset: Asset, meter: &Meter) -> Result<Asset> {
    let programs = Programs {
        api: Arc::clone(api),
        asset_id: asset.source.vendor_id.clone(),
        largest: AtomicU32::new(0),
    };
    let origin = api.account.origin();
    match read_all(programs, api.account.http(), meter).await {
        Ok(list) => Ok(list.add_to(asset, origin)),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            Ok(origin.with_gap(asset, "software", error.message()))
        }
        Err(error) => Err(error),
    }
}

/// The account's customers: from their list, or from the assets where the key may not list them.
pub(crate) struct Customers {
    api: Arc<Api>,
    largest: AtomicU32,
}

impl Customers {
    pub(crate) fn new(api: Arc<Api>) -> Self {
        Self {
            api,
            largest: AtomicU32::new(0),
        }
    }

    /// The customers that own an asset, all on one page.
    async fn of_assets(&self, meter: &Meter) -> Result<Page<Customer>> {
        let customers = match self.api.owners.customers().await {
            Some(gathered) => Arc::unwrap_or_clone(gathered),
            None => self.gather(meter).await?,
        };
        Ok(Page::only(customers.into_rows()))
    }

    /// The customers by a listing of the assets for this purpose.
    async fn gather(&self, meter: &Meter) -> Result<Gathered> {
        let assets = Assets::new(Arc::clone(&self.api), &AssetQuery::new());
        let mut list = read_all(assets, self.api.account.http(), meter).await?;
        let mut customers = Gathered::default();
        for asset in list.rejected.drain(..) {
            customers.miss(&asset);
        }
        let list = list.require_complete("assets, which tell the customers,")?;
        list.records.iter().for_each(|asset| customers.note(asset));
        Ok(customers)
    }
}

#[async_trait]
impl ListSource for Customers {
    type Record = Customer;

    async fn page(&self, at: &PageKey, meter: &Meter) -> Result<Page<Customer>> {
        let number = at.number();
        match self.api.customer_list(number, meter).await {
            Ok(page) => {
                let origin = self.api.account.origin();
                let map = |row, at| map::customer(row, origin, at);
                Ok(numbered(page, number, &self.largest, map))
            }
            Err(error) if error.kind() == ErrorKind::Permission && number == 1 => {
                tracing::info!("the key may not list customers: they are gathered from the assets");
                self.of_assets(meter).await
            }
            Err(error) => Err(error),
        }
    }
}

/// `page` as core counts it. What `meta` leaves out is not made up: without any,
/// an empty page is the end.
fn numbered<R, T>(
    page: ListPage<R>,
    number: u32,
    largest: &AtomicU32,
    map: impl Fn(WireRow<R>, DateTime<Utc>) -> Result<T, Rejection>,
) -> Page<T> {
    let rows = page.rows.len() as u64;
    let count = |number: Option<u64>| number.map(|number| to_u32(number).max(1));
    let shown = to_u32(rows);
    let size = count(page.meta.per_page)
        .unwrap_or_else(|| shown.max(largest.load(Ordering::Relaxed)).max(1));
    largest.fetch_max(size, Ordering::Relaxed);
    // Counts that the rows contradict are none.
    let total = page.meta.total_entries.filter(|total| *total >= rows);
    let pages = page
        .meta
        .total_pages
        .map(to_u32)
        .filter(|pages| rows == 0 || *pages >= number);
    let next = Next::Numbered {
        pages: pages.filter(|_| total.is_none()),
        more: match (pages, total) {
            (Some(pages), _) if number < pages => Some(true),
            // The count decides: a page may be shorter than `meta` says.
            (_, Some(_)) => None,
            (Some(_), None) => Some(false),
            (None, None) => Some(rows > 0),
        },
        size,
    };
    let received_at = page.received_at;
    Page::of(page.rows, next, |row| map(row, received_at)).with_total(total)
}

fn known(number: &AtomicU32) -> Option<u32> {
    Some(number.load(Ordering::Relaxed)).filter(|number| *number > 0)
}

fn to_u32(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn is_too_heavy(error: &Error) -> bool {
    error.status() == Some(GATEWAY_TIMEOUT)
}

/// The largest size at most half of `size` of which whole pages make up one of `size`.
fn part_of(size: u32) -> Option<u32> {
    (SMALLEST_PART..=size / 2)
        .rev()
        .find(|part| size.is_multiple_of(*part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_divided_without_a_rest() {
        assert_eq!(part_of(100), Some(50));
        assert_eq!(part_of(50), Some(25));
        assert_eq!(part_of(25), Some(5));
        assert_eq!(part_of(16), Some(8));
        for size in [0, 1, 5, 7, 8, 9, 13] {
            assert_eq!(part_of(size), None, "{size}");
        }
    }

    fn page(rows: usize, number: u32, meta: &str) -> Page<Customer> {
        let row = || WireRow::of(());
        let page = ListPage {
            rows: std::iter::repeat_with(row).take(rows).collect(),
            meta: serde_json::from_str(meta).unwrap(),
            received_at: DateTime::UNIX_EPOCH,
        };
        numbered(page, number, &AtomicU32::new(25), |_, _| {
            Err(Rejection::new(None, String::new()))
        })
    }

    #[test]
    fn what_meta_leaves_out_is_not_made_up() {
        let facts = |rows, number, meta: &str| {
            let page = page(rows, number, meta);
            let Next::Numbered { pages, more, size } = page.next else {
                panic!("pages are numbered");
            };
            (page.total, pages, more, size)
        };
        let whole = r#"{"total_entries":60,"total_pages":"3","per_page":25,"page":1}"#;
        assert_eq!(facts(25, 1, whole), (Some(60), None, Some(true), 25));
        assert_eq!(facts(10, 3, whole), (Some(60), None, None, 25));
        assert_eq!(facts(25, 1, "{}"), (None, None, Some(true), 25));
        assert_eq!(facts(0, 4, "{}"), (None, None, Some(false), 25));
        let pages = r#"{"total_pages":3}"#;
        assert_eq!(facts(10, 3, pages), (None, Some(3), Some(false), 25));
        let total = r#"{"total_entries":60}"#;
        assert_eq!(facts(10, 3, total), (Some(60), None, None, 25));
        let wrong = r#"{"total_entries":0,"total_pages":0,"per_page":0}"#;
        assert_eq!(facts(10, 1, wrong), (None, None, Some(true), 1));
    }
}
