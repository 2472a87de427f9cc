//! [`Connector`] for SuperOps.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use lmsync_core::http::Meter;
use lmsync_core::json::{KeepRaw, LenientObject, WireRow};
use lmsync_core::listing::{ListSource, ListingScope, Next, Page, PageKey, RecordStream};
use lmsync_core::model::{Asset, AssetId, Customer, Rules, Software};
use lmsync_core::{
    AssetQuery, AssetStream, Capabilities, Check, CheckInSupport, CheckReport, CheckScope,
    Connector, ConnectorInfo, CustomerStream, Detail, Error, ErrorKind, Rejection, Result,
    SoftwareStream,
};

use crate::api::{Api, ListPage, ListRow, PAGE_SIZE, Product};
use crate::map::{self, Origin};
use crate::two_way;
use crate::wire;

const PRODUCT: &str = "SuperOps";
const ROLE_HINT: &str = "a technician's token sees only what its role allows, without saying so: \
     compare the count with SuperOps, or choose All Clients under Settings > Roles and Groups > \
     Technician Roles";

/// A SuperOps account.
///
/// Made by [`SuperOpsConfig::connect`](crate::SuperOpsConfig::connect). Clones
/// share the request budget.
#[derive(Debug, Clone)]
pub struct SuperOps {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    info: ConnectorInfo,
    api: Api,
    rules: Rules,
}

impl SuperOps {
    pub(crate) fn new(api: Api, instance: String, rules: Rules) -> Self {
        let capabilities = Capabilities::new()
            .check_in(CheckInSupport::Agent)
            .detail(Detail::NONE.hardware().software())
            .two_way(two_way::WRITABLE);
        Self {
            inner: Arc::new(Inner {
                info: ConnectorInfo::new(map::CONNECTOR, PRODUCT, instance, capabilities),
                api,
                rules,
            }),
        }
    }

    /// The same account with other rules of normalisation, such as further
    /// placeholder serial numbers.
    #[must_use]
    pub fn with_rules(self, rules: Rules) -> Self {
        Self::new(
            self.inner.api.clone(),
            self.inner.info.instance.clone(),
            rules,
        )
    }

    pub(crate) fn api(&self) -> &Api {
        &self.inner.api
    }

    pub(crate) fn rules(&self) -> &Rules {
        &self.inner.rules
    }

    fn scope(&self, records: &str) -> ListingScope {
        ListingScope {
            connector: self.inner.info.vendor.to_owned(),
            instance: self.inner.info.instance.clone(),
            listing: format!("{records} by {PAGE_SIZE}"),
        }
    }

    fn stream<S: ListSource>(
        &self,
        source: S,
        query: AssetQuery,
        records: &str,
    ) -> RecordStream<S::Record> {
        let http = self.inner.api.http();
        RecordStream::new(
            source,
            query,
            self.scope(records),
            http.clock().clone(),
            http.concurrency(),
        )
    }
}

impl Inner {
    fn origin(&self) -> Origin<'_> {
        Origin {
            instance: &self.info.instance,
            rules: &self.rules,
        }
    }

    /// Adds to `asset` what costs further calls.
    async fn add_detail(&self, mut asset: Asset, detail: Detail, meter: &Meter) -> Result<Asset> {
        let id = asset.source.vendor_id.clone();
        if detail.hardware {
            let summary = self.api.asset_summary(&id, meter).await?;
            asset = map::with_summary(asset, &summary, &self.rules);
        }
        if detail.software {
            let rows = self.software_rows(&id, meter).await?;
            asset = map::with_software(asset, &rows, &self.rules);
        }
        Ok(asset)
    }

    async fn software_rows(
        &self,
        asset_id: &str,
        meter: &Meter,
    ) -> Result<Vec<ListRow<wire::Software>>> {
        let mut rows = Vec::new();
        for number in 1.. {
            let page = self
                .api
                .asset_software_list(asset_id, number, meter)
                .await?;
            let is_empty = page.rows.is_empty();
            rows.extend(page.rows);
            let more = page.info.has_more.unwrap_or_else(|| {
                page.info
                    .total_count
                    .is_some_and(|total| (rows.len() as u64) < total)
            });
            if is_empty || !more {
                break;
            }
        }
        Ok(rows)
    }

    async fn visible_customers(&self, meter: &Meter) -> Result<Option<u64>> {
        let page = match self.api.product() {
            Product::Msp => self.api.client_list(1, 1, meter).await?,
            Product::It => self.api.department_list(meter).await?,
        };
        Ok(page.info.total_count)
    }

    async fn visible_assets(&self, meter: &Meter) -> Result<Option<u64>> {
        let page = self.api.asset_list(1, 1, KeepRaw::No, meter).await?;
        Ok(page.info.total_count)
    }
}

#[async_trait]
impl Connector for SuperOps {
    fn info(&self) -> &ConnectorInfo {
        &self.inner.info
    }

    async fn check(&self, scope: CheckScope) -> CheckReport {
        let meter = Meter::default();
        let customers = self.inner.visible_customers(&meter).await;
        let assets = self.inner.visible_assets(&meter).await;
        let report = CheckReport::of_reads(PRODUCT, &customers, &assets)
            .advise(Check::READ_CUSTOMERS, ROLE_HINT)
            .advise(Check::READ_ASSETS, ROLE_HINT);
        if !scope.two_way {
            return report;
        }
        report.and(two_way::check(assets.is_ok()))
    }

    fn assets(&self, query: AssetQuery) -> AssetStream {
        let pages = AssetPages {
            inner: Arc::clone(&self.inner),
            detail: query.detail,
            raw: query.raw.into(),
        };
        self.stream(pages, query, "assets")
    }

    fn software(&self, _query: AssetQuery) -> SoftwareStream {
        RecordStream::<Software>::failed(
            Error::unsupported(PRODUCT, "software assets")
                .with_hint("ask for installed software with `Detail::software`"),
            self.scope("software"),
        )
    }

    fn customers(&self) -> CustomerStream {
        let pages = CustomerPages {
            inner: Arc::clone(&self.inner),
        };
        self.stream(pages, AssetQuery::new(), "customers")
    }

    async fn asset(&self, id: &AssetId) -> Result<Asset> {
        let meter = Meter::default();
        let inner = &self.inner;
        let (wire, received_at) = inner.api.asset(&id.vendor_id, &meter).await?;
        let row = ListRow {
            row: WireRow::typed(LenientObject::Value(wire)),
            notes: Vec::new(),
        };
        let asset = map::asset(row, inner.origin(), received_at).map_err(|rejection| {
            Error::new(ErrorKind::Decode, rejection.reason)
                .with_operation("getAsset")
                .with_hint("report it to the vendor")
        })?;
        inner
            .add_detail(asset, inner.info.capabilities.detail, &meter)
            .await
    }
}

/// The account's assets, page by page.
struct AssetPages {
    inner: Arc<Inner>,
    detail: Detail,
    raw: KeepRaw,
}

#[async_trait]
impl ListSource for AssetPages {
    type Record = Asset;

    async fn page(&self, at: &PageKey, meter: &Meter) -> Result<Page<Asset>> {
        let number = at.number();
        let page = self
            .inner
            .api
            .asset_list(number, PAGE_SIZE, self.raw, meter)
            .await?;
        let origin = self.inner.origin();
        Ok(numbered(page, |row, at| map::asset(row, origin, at)))
    }

    async fn complete(&self, asset: Asset, meter: &Meter) -> Result<Asset> {
        self.inner.add_detail(asset, self.detail, meter).await
    }
}

/// The account's clients, or its departments in the IT product.
struct CustomerPages {
    inner: Arc<Inner>,
}

#[async_trait]
impl ListSource for CustomerPages {
    type Record = Customer;

    async fn page(&self, at: &PageKey, meter: &Meter) -> Result<Page<Customer>> {
        let number = at.number();
        let api = &self.inner.api;
        let page = match api.product() {
            Product::Msp => api.client_list(number, PAGE_SIZE, meter).await?,
            Product::It => api.department_list(meter).await?,
        };
        let origin = self.inner.origin();
        Ok(numbered(page, |row, at| map::customer(row, origin, at)))
    }
}

fn numbered<R, T>(
    page: ListPage<R>,
    map: impl Fn(ListRow<R>, DateTime<Utc>) -> Result<T, Rejection>,
) -> Page<T> {
    let received_at = page.received_at;
    Page {
        rows: page
            .rows
            .into_iter()
            .map(|row| map(row, received_at).into())
            .collect(),
        total: page.info.total_count,
        next: Next::Numbered {
            pages: None,
            more: page.info.has_more,
            size: page
                .info
                .page_size
                .and_then(|size| u32::try_from(size).ok())
                .filter(|size| *size > 0)
                .unwrap_or(PAGE_SIZE),
        },
    }
}
