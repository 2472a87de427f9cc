//! The listings: devices, a batch of companies a page, and companies.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use futures_util::future::join;
use lmsync_core::http::Meter;
use lmsync_core::json::KeepRaw;
use lmsync_core::listing::{ListSource, Next, Page, PageKey, Row};
use lmsync_core::model::{Asset, Customer};
use lmsync_core::{
    AssetQuery, CheckInWindow, Detail, ErrorKind, NeverCheckedIn, Rejection, Result,
};
use tokio::sync::OnceCell;

use crate::api::{COMPANIES_AT_ONCE, DeviceRequest, PAGE_SIZE};
use crate::batch::{self, CheckIn, CheckIns};
use crate::connector::{Inner, unless_hidden};
use crate::map::{self, Names};
use crate::read::DeviceRow;
use crate::wire;

/// A listing whose heartbeats fail this often asks for no more of them.
const HEARTBEAT_FAILURES: u32 = 3;

/// What a listing has to know before it asks for devices.
#[derive(Debug, Default)]
struct Account {
    /// Sorted, so that batches stay the same from one sync to the next.
    companies: Vec<String>,
    names: Names,
    /// Why companies could not be read; their devices cannot be asked for.
    unreadable: Vec<String>,
}

impl Account {
    /// Companies, in a stable order, and the names of companies and sites.
    async fn read(inner: &Inner, meter: &Meter) -> Result<Self> {
        // Alone: what signs in for the first time should not do so three times over.
        let companies = inner.api.companies(meter).await?;
        let (sites, ()) = join(inner.api.sites(meter), inner.api.learn_limits(meter)).await;
        let mut account = Self::default();
        let mut ids = BTreeSet::new();
        for row in companies.rows {
            match row.record {
                Ok(company) => {
                    account.names.add_company(&company);
                    match company.id.text().map(str::trim) {
                        Some(id) if !id.is_empty() => {
                            ids.insert(id.to_owned());
                        }
                        _ => account.unreadable.push("a company has no id".to_owned()),
                    }
                }
                // Its id is enough to list its devices.
                Err(rejection) => match rejection.vendor_id {
                    Some(id) => {
                        ids.insert(id);
                    }
                    None => {
                        let why = format!("a company cannot be read: {}", rejection.reason);
                        account.unreadable.push(why);
                    }
                },
            }
        }
        account.companies = ids.into_iter().collect();
        let sites = unless_hidden(sites)?.map(|sites| sites.rows);
        for site in sites.into_iter().flatten().flat_map(|row| row.record) {
            account.names.add_site(&site);
        }
        Ok(account)
    }
}

/// The account's devices; a page is a batch of companies.
pub(crate) struct AssetPages {
    inner: Arc<Inner>,
    account: OnceCell<Account>,
    detail: Detail,
    raw: KeepRaw,
    /// Whether the window leaves out what has no check-in.
    excludes_unknown: bool,
    heartbeat_failures: AtomicU32,
}

impl AssetPages {
    pub(crate) fn new(inner: Arc<Inner>, query: &AssetQuery) -> Self {
        Self {
            inner,
            account: OnceCell::new(),
            detail: query.detail,
            raw: query.raw.into(),
            excludes_unknown: query.window != CheckInWindow::All
                && query.never_checked_in == NeverCheckedIn::Exclude,
            heartbeat_failures: AtomicU32::new(0),
        }
    }
}

#[async_trait]
impl ListSource for AssetPages {
    type Record = Asset;

    async fn page(&self, at: &PageKey, meter: &Meter) -> Result<Page<Asset>> {
        let number = at.number();
        let inner = &self.inner;
        let load = || Account::read(inner, meter);
        let account = self.account.get_or_try_init(load).await?;
        let mut batches = account.companies.chunks(COMPANIES_AT_ONCE);
        let pages = u32::try_from(batches.len().max(1)).unwrap_or(u32::MAX);
        let place = number.saturating_sub(1) as usize;
        let mut rows = Vec::new();
        if place == 0 {
            rows.extend(account.unreadable.iter().map(|why| gap(why)));
        }
        if let Some(batch) = batches.nth(place) {
            rows.extend(self.batch(batch, &account.names, meter).await?);
        }
        Ok(Page {
            rows,
            total: None,
            next: Next::Numbered {
                pages: Some(pages),
                more: None,
                size: PAGE_SIZE,
            },
        })
    }

    async fn complete(&self, asset: Asset, meter: &Meter) -> Result<Asset> {
        self.inner.add_detail(asset, self.detail, meter).await
    }
}

/// The devices of a batch of companies, and when they were received.
#[derive(Debug, Default)]
struct Found {
    devices: Vec<(DeviceRow, DateTime<Utc>)>,
    /// Why groups of devices could not be read.
    gaps: Vec<String>,
}

impl AssetPages {
    async fn batch(
        &self,
        companies: &[String],
        names: &Names,
        meter: &Meter,
    ) -> Result<Vec<Row<Asset>>> {
        // Side by side: neither needs the other.
        let (heartbeat, found) = join(
            self.heartbeat(companies, meter),
            self.devices(companies, meter),
        )
        .await;
        let found = found?;
        let check_ins = self.check_ins(heartbeat, &found.devices, meter).await?;
        let mut rows = Vec::new();
        for (mut device, received_at) in found.devices {
            if device.company.is_none() && companies.len() == 1 {
                device.company = companies.first().cloned();
            }
            rows.push(self.row(device, received_at, &check_ins, names));
        }
        rows.extend(found.gaps.iter().map(|why| gap(why)));
        Ok(rows)
    }

    fn row(
        &self,
        device: DeviceRow,
        received_at: DateTime<Utc>,
        check_ins: &CheckIns,
        names: &Names,
    ) -> Row<Asset> {
        let id = device.id().map(ToOwned::to_owned);
        let check_in = match &id {
            Some(id) => check_ins.of(device.company.as_deref(), id),
            None => CheckIn::Never,
        };
        if self.excludes_unknown
            && device.row.record.is_ok()
            && let CheckIn::Unknown(why) = check_in
        {
            // Neither inside the window nor outside: leaving it out must not go unsaid.
            return Row::Rejected(Rejection {
                vendor_id: id,
                reason: format!(
                    "{}; so the window cannot be applied to it",
                    map::unknown_check_in(why)
                ),
            });
        }
        map::asset(device, check_in, names, self.inner.origin(), received_at).into()
    }

    async fn devices(&self, companies: &[String], meter: &Meter) -> Result<Found> {
        let mut found = Found::default();
        for category in self.inner.categories() {
            let wanted = DeviceRequest {
                category: *category,
                resource_type: "company",
                resources: companies,
                raw: self.raw,
            };
            if let Some(page) = batch::devices(&self.inner.api, wanted, meter).await? {
                let at = page.received_at;
                let devices = page.rows.into_iter().map(|row| (row, at));
                found.devices.extend(devices);
                found.gaps.extend(page.gaps);
            }
        }
        Ok(found)
    }

    /// The heartbeat of a batch; `None` once it has failed too often.
    async fn heartbeat(
        &self,
        companies: &[String],
        meter: &Meter,
    ) -> Option<Result<wire::Heartbeat>> {
        if self.heartbeat_failures.load(Ordering::Relaxed) >= HEARTBEAT_FAILURES {
            return None;
        }
        Some(self.inner.api.heartbeat(companies, meter).await)
    }

    /// A heartbeat that fails costs check-in times, never the listing.
    async fn check_ins(
        &self,
        heartbeat: Option<Result<wire::Heartbeat>>,
        found: &[(DeviceRow, DateTime<Utc>)],
        meter: &Meter,
    ) -> Result<CheckIns> {
        match heartbeat {
            None => Ok(CheckIns::broken(
                "it failed for other companies and was not tried again",
            )),
            // Companies without devices are not known to it either.
            Some(Err(error)) if error.kind() == ErrorKind::NotFound => {
                self.one_by_one(found, meter).await
            }
            Some(answer) => {
                if answer.is_err() {
                    self.heartbeat_failures.fetch_add(1, Ordering::Relaxed);
                }
                CheckIns::of_answer(answer)
            }
        }
    }

    /// Asks for each company that has devices alone.
    async fn one_by_one(
        &self,
        found: &[(DeviceRow, DateTime<Utc>)],
        meter: &Meter,
    ) -> Result<CheckIns> {
        let companies: BTreeSet<&String> = found
            .iter()
            .filter_map(|(device, _)| device.company.as_ref())
            .collect();
        let mut all = CheckIns::default();
        let mut told = false;
        for company in &companies {
            let alone = std::slice::from_ref(*company);
            let answer = self.inner.api.heartbeat(alone, meter).await;
            told |= answer.is_ok();
            all.add(company, CheckIns::of_answer(answer)?);
        }
        if !told && !companies.is_empty() {
            self.heartbeat_failures.fetch_add(1, Ordering::Relaxed);
        }
        Ok(all)
    }
}

/// The account's companies, all on one page.
pub(crate) struct CustomerPages {
    inner: Arc<Inner>,
}

impl CustomerPages {
    pub(crate) fn new(inner: Arc<Inner>) -> Self {
        Self { inner }
    }
}

#[async_trait]
impl ListSource for CustomerPages {
    type Record = Customer;

    async fn page(&self, _at: &PageKey, meter: &Meter) -> Result<Page<Customer>> {
        let companies = self.inner.api.companies(meter).await?;
        let (origin, at) = (self.inner.origin(), companies.received_at);
        Ok(Page {
            rows: companies
                .rows
                .into_iter()
                .map(|row| map::customer(row, origin, at).into())
                .collect(),
            total: None,
            next: Next::Numbered {
                pages: Some(1),
                more: None,
                size: PAGE_SIZE,
            },
        })
    }
}

fn gap(why: &str) -> Row<Asset> {
    Row::Gap(Rejection {
        vendor_id: None,
        reason: format!("devices are not known: {why}"),
    })
}
