//! The lists: assets, customers, and the software on one asset.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use lmsync_core::http::Meter;
use lmsync_core::json::KeepRaw;
use lmsync_core::listing::{ListSource, Next, Page, PageKey, Program, read_all};
use lmsync_core::model::{Asset, Customer};
use lmsync_core::{Detail, ErrorKind, Rejection, Result};

use crate::api::{Api, PAGE_SIZE};
use crate::map;
use crate::product::Product;
use crate::quirks::rows::{ListPage, ListRow};

/// The account's assets.
pub(crate) struct Assets {
    pub(crate) api: Arc<Api>,
    pub(crate) detail: Detail,
    pub(crate) raw: KeepRaw,
}

#[async_trait]
impl ListSource for Assets {
    type Record = Asset;

    async fn page(&self, at: &PageKey, meter: &Meter) -> Result<Page<Asset>> {
        let (number, api) = (at.number(), &self.api);
        let page = api.asset_list(number, PAGE_SIZE, self.raw, meter).await?;
        Ok(numbered(page, |row, at| {
            map::asset(row, api.account.origin(), at)
        }))
    }

    async fn complete(&self, asset: Asset, meter: &Meter) -> Result<Asset> {
        match add_detail(&self.api, asset.clone(), self.detail, meter).await {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let why = "the asset was deleted during the sync";
                Ok(self.api.account.origin().with_gap(asset, "hardware", why))
            }
            outcome => outcome,
        }
    }
}

/// The account's clients, or its departments in the IT product.
pub(crate) struct Customers {
    pub(crate) api: Arc<Api>,
}

#[async_trait]
impl ListSource for Customers {
    type Record = Customer;

    async fn page(&self, at: &PageKey, meter: &Meter) -> Result<Page<Customer>> {
        let api = &self.api;
        let page = match api.product {
            Product::Msp => api.client_list(at.number(), PAGE_SIZE, meter).await?,
            Product::It => api.department_list(meter).await?,
        };
        Ok(numbered(page, |row, at| {
            map::customer(row, api.account.origin(), at)
        }))
    }
}

/// The programs on one asset.
struct Programs {
    api: Arc<Api>,
    asset_id: String,
}

#[async_trait]
impl ListSource for Programs {
    type Record = Program;

    async fn page(&self, at: &PageKey, meter: &Meter) -> Result<Page<Program>> {
        let (id, number) = (&self.asset_id, at.number());
        let page = self.api.asset_software_list(id, number, meter).await?;
        let dates = |at| self.api.account.origin().dates(at);
        Ok(numbered(page, |row, at| map::program(&row, &dates(at))))
    }
}

/// Adds to `asset` what costs further calls.
pub(crate) async fn add_detail(
    api: &Arc<Api>,
    mut asset: Asset,
    detail: Detail,
    meter: &Meter,
) -> Result<Asset> {
    let id = asset.source.vendor_id.clone();
    if detail.hardware {
        let summary = api.asset_summary(&id, meter).await?;
        asset = map::with_summary(asset, &summary, api.account.origin());
    }
    if detail.software {
        let programs = Programs {
            api: Arc::clone(api),
            asset_id: id,
        };
        let list = read_all(programs, api.account.http(), meter).await?;
        asset = list.add_to(asset, api.account.origin());
    }
    Ok(asset)
}

fn numbered<R, T>(
    page: ListPage<R>,
    map: impl Fn(ListRow<R>, DateTime<Utc>) -> Result<T, Rejection>,
) -> Page<T> {
    let size = page.info.page_size;
    let size = size.and_then(|size| u32::try_from(size).ok());
    // Where neither is told, an empty page is the end, and a short one is not.
    let is_counted = page.info.total_count.is_some();
    let untold = (!is_counted).then_some(!page.rows.is_empty());
    let next = Next::Numbered {
        pages: None,
        more: page.info.has_more.or(untold),
        size: size.filter(|size| *size > 0).unwrap_or(PAGE_SIZE),
    };
    let received_at = page.received_at;
    Page::of(page.rows, next, |row| map(row, received_at)).with_total(page.info.total_count)
}
