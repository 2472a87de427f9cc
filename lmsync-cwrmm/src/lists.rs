//! The lists: devices by batches of companies, companies, and sites.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use futures_util::future::join;
use lmsync_core::http::Meter;
use lmsync_core::json::KeepRaw;
use lmsync_core::listing::{ListChain, ListSource, Listed, Page, PageKey, Row, read_all};
use lmsync_core::model::{Asset, Customer};
use lmsync_core::{
    AssetQuery, CheckInWindow, Detail, Error, ErrorKind, NeverCheckedIn, Rejection, Result,
};
use tokio::sync::{Mutex, OnceCell};

use crate::answers::unless_hidden;
use crate::api::{Api, COMPANIES_AT_ONCE, Category};
use crate::map::{self, Names, Site};
use crate::quirks::check_ins::{CheckIn, CheckIns};
use crate::quirks::device_pages::{DevicePages, Place};
use crate::quirks::rows::DeviceRow;
use crate::quirks::software::BatchSoftware;

/// A listing whose heartbeats fail this often asks for no more of them.
const HEARTBEAT_FAILURES: u32 = 3;

/// The account's companies.
pub(crate) struct Companies {
    pub(crate) api: Arc<Api>,
}

#[async_trait]
impl ListSource for Companies {
    type Record = Customer;

    fn first(&self) -> PageKey {
        PageKey::start()
    }

    async fn page(&self, at: &PageKey, meter: &Meter) -> Result<Page<Customer>> {
        let page = self.api.companies(at, meter).await?;
        let (origin, at) = (self.api.account.origin(), page.received_at);
        Ok(Page::of(page.rows, page.next, |row| {
            map::customer(row, origin, at)
        }))
    }
}

/// The account's sites.
struct Sites {
    api: Arc<Api>,
}

#[async_trait]
impl ListSource for Sites {
    type Record = Site;

    fn first(&self) -> PageKey {
        PageKey::start()
    }

    async fn page(&self, at: &PageKey, meter: &Meter) -> Result<Page<Site>> {
        let page = self.api.sites(at, meter).await?;
        Ok(Page::of(page.rows, page.next, map::site))
    }
}

/// The companies to list devices of, in a stable order, and the names of companies and sites.
#[derive(Debug, Default)]
pub(crate) struct Directory {
    pub(crate) companies: Vec<String>,
    names: Names,
    /// Why companies could not be read; their devices cannot be asked for.
    unreadable: Vec<String>,
}

impl Directory {
    /// Reads companies, then sites. A key that may not read sites goes without their names.
    async fn read(api: &Arc<Api>, meter: &Meter) -> Result<Self> {
        // Alone: what signs in for the first time should not do so twice over.
        let mut directory = Self::of_companies(api, meter).await?;
        let sites = Sites {
            api: Arc::clone(api),
        };
        let sites = read_all(sites, api.account.http(), meter).await;
        let sites = unless_hidden(sites)?.map(|sites| sites.records);
        for site in sites.into_iter().flatten() {
            directory.names.add_site(site);
        }
        Ok(directory)
    }

    /// Reads the companies alone.
    pub(crate) async fn of_companies(api: &Arc<Api>, meter: &Meter) -> Result<Self> {
        let companies = Companies {
            api: Arc::clone(api),
        };
        let list = read_all(companies, api.account.http(), meter).await?;
        let mut directory = Self::default();
        let mut ids = BTreeSet::new();
        for company in list.records {
            directory.names.add_company(&company);
            ids.insert(company.source.vendor_id);
        }
        let mut nameless = Vec::new();
        for rejection in list.rejected {
            match rejection.vendor_id {
                // Its id is enough to list its devices.
                Some(id) => drop(ids.insert(id)),
                None => nameless.push(format!("a company cannot be read: {}", rejection.reason)),
            }
        }
        // Where they are too many, the list says so.
        directory.unreadable = match list.incomplete_reason {
            Some(reason) => vec![reason],
            None => nameless,
        };
        directory.companies = ids.into_iter().collect();
        Ok(directory)
    }
}

/// The account's devices: a list for each category in each batch of companies.
pub(crate) struct DeviceLists(Arc<Listing>);

/// The settings and findings of one listing of devices.
struct Listing {
    api: Arc<Api>,
    detail: Detail,
    raw: KeepRaw,
    /// The window leaves out what has no check-in.
    excludes_unknown: bool,
    heartbeat_failures: AtomicU32,
    /// Software of many devices at once is not to be had.
    software_is_refused: AtomicBool,
}

impl DeviceLists {
    pub(crate) fn new(api: Arc<Api>, query: &AssetQuery) -> Self {
        Self(Arc::new(Listing {
            api,
            detail: query.detail,
            raw: query.raw.into(),
            excludes_unknown: query.window != CheckInWindow::All
                && query.never_checked_in == NeverCheckedIn::Exclude,
            heartbeat_failures: AtomicU32::new(0),
            software_is_refused: AtomicBool::new(false),
        }))
    }
}

#[async_trait]
impl ListChain for DeviceLists {
    type List = DeviceList;

    async fn lists(&self, meter: &Meter) -> Result<Vec<(String, DeviceList)>> {
        let directory = Directory::read(&self.0.api, meter).await?;
        let names = Arc::new(directory.names);
        let mut lists = Vec::new();
        if !directory.unreadable.is_empty() {
            let gaps = DeviceList::Unreadable(directory.unreadable);
            lists.push(("companies that cannot be read".to_owned(), gaps));
        }
        for companies in directory.companies.chunks(COMPANIES_AT_ONCE) {
            let batch = Arc::new(Batch::new(companies));
            for category in self.0.api.categories() {
                let label = format!("{category:?} of {}", companies.join(", "));
                let devices = Devices {
                    listing: Arc::clone(&self.0),
                    names: Arc::clone(&names),
                    batch: Arc::clone(&batch),
                    pages: DevicePages::new(&self.0.api, *category, companies, self.0.raw),
                };
                lists.push((label, DeviceList::Of(devices)));
            }
        }
        Ok(lists)
    }
}

/// One list of the chain.
pub(crate) enum DeviceList {
    /// Companies whose devices cannot be asked for, and why.
    Unreadable(Vec<String>),
    Of(Devices),
}

#[async_trait]
impl ListSource for DeviceList {
    type Record = Asset;

    fn first(&self) -> PageKey {
        Place::first().key()
    }

    async fn page(&self, at: &PageKey, meter: &Meter) -> Result<Page<Asset>> {
        match self {
            Self::Unreadable(gaps) => Ok(Page::only(gaps.iter().map(|why| gap(why)).collect())),
            Self::Of(devices) => devices.page(&Place::of(at), meter).await,
        }
    }

    async fn complete(&self, asset: Asset, meter: &Meter) -> Result<Asset> {
        match self {
            Self::Unreadable(_) => Ok(asset),
            Self::Of(devices) => devices.complete(asset, meter).await,
        }
    }
}

/// A batch of companies, and what was told of all their devices.
struct Batch {
    companies: Vec<String>,
    /// The heartbeat of all; nothing inside where the vendor knows them only one by one.
    heartbeat: OnceCell<Option<CheckIns>>,
    one_by_one: Mutex<OneByOne>,
    software: BatchSoftware,
}

/// The heartbeats of companies that were asked for alone.
#[derive(Default)]
struct OneByOne {
    asked: BTreeSet<String>,
    told: CheckIns,
}

impl Batch {
    fn new(companies: &[String]) -> Self {
        Self {
            companies: companies.to_vec(),
            heartbeat: OnceCell::new(),
            one_by_one: Mutex::default(),
            software: BatchSoftware::default(),
        }
    }
}

/// The devices of one category in a batch of companies.
pub(crate) struct Devices {
    listing: Arc<Listing>,
    names: Arc<Names>,
    batch: Arc<Batch>,
    pages: DevicePages,
}

impl Devices {
    async fn page(&self, place: &Place, meter: &Meter) -> Result<Page<Asset>> {
        // Side by side: neither needs the other.
        let (heartbeat, found) = join(self.heartbeat(meter), self.pages.page(place, meter)).await;
        let (mut page, next) = match found {
            Err(error) if self.is_out_of_reach(&error) => {
                tracing::info!(reason = %error, "the key may not read network devices");
                return Ok(Page::only(Vec::new()));
            }
            found => found?,
        };
        if let [company] = place.companies(&self.batch.companies) {
            for device in &mut page.rows {
                device.company.get_or_insert_with(|| company.clone());
            }
        }
        let mut rows = match heartbeat? {
            Some(check_ins) => self.rows(page.rows, page.received_at, check_ins),
            None => {
                let told = self.one_by_one(&page.rows, meter).await?;
                self.rows(page.rows, page.received_at, &told.told)
            }
        };
        rows.extend(page.gaps.iter().map(|why| gap(why)));
        Ok(Page::new(rows, next))
    }

    /// Adds detail; software comes for all devices of the batch at once.
    async fn complete(&self, asset: Asset, meter: &Meter) -> Result<Asset> {
        let Listing { api, detail, .. } = &*self.listing;
        // What is asked of each device anyway brings its software along.
        if detail.software && !detail.hardware {
            let (batch, id) = (&self.batch, &asset.source.vendor_id);
            let is_refused = &self.listing.software_is_refused;
            let told = batch
                .software
                .of(id, api, &batch.companies, is_refused, meter);
            if let Some(programs) = told.await? {
                let origin = api.account.origin();
                return Ok(map::with_software(asset, &programs, origin));
            }
        }
        api.add_detail(asset, *detail, meter).await
    }

    /// Says if `error` concerns network devices alone: they are read where the key may.
    fn is_out_of_reach(&self, error: &Error) -> bool {
        self.pages.category == Category::Network && error.kind() == ErrorKind::Permission
    }

    fn rows(
        &self,
        devices: Vec<DeviceRow>,
        at: DateTime<Utc>,
        check_ins: &CheckIns,
    ) -> Vec<Row<Asset>> {
        let rows = devices.into_iter();
        rows.map(|device| self.row(device, at, check_ins)).collect()
    }

    fn row(&self, device: DeviceRow, at: DateTime<Utc>, check_ins: &CheckIns) -> Row<Asset> {
        let id = device.id().map(ToOwned::to_owned);
        let check_in = match &id {
            Some(id) => check_ins.of(device.company.as_deref(), id),
            None => CheckIn::Never,
        };
        if self.listing.excludes_unknown
            && device.row.record.is_ok()
            && let CheckIn::Unknown(why) = check_in
        {
            // Neither inside the window nor outside: leaving it out must not go unsaid.
            return Row::Rejected(Rejection::new(
                id,
                format!(
                    "{}; so the window cannot be applied to it",
                    map::unknown_check_in(why)
                ),
            ));
        }
        let origin = self.listing.api.account.origin();
        map::asset(device, check_in, &self.names, origin, at).into()
    }

    /// The heartbeat of the batch, asked for once; `None` where the vendor knows the companies
    /// only one by one. One that fails costs check-in times, never the listing.
    async fn heartbeat(&self, meter: &Meter) -> Result<Option<&CheckIns>> {
        let failures = &self.listing.heartbeat_failures;
        let ask = || async {
            if failures.load(Ordering::Relaxed) >= HEARTBEAT_FAILURES {
                return Ok(Some(CheckIns::broken(
                    "it failed for other companies and was not tried again",
                )));
            }
            let api = &self.listing.api;
            match api.heartbeat(&self.batch.companies, meter).await {
                // Companies without devices are not known to it either.
                Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
                answer => {
                    failures.fetch_add(u32::from(answer.is_err()), Ordering::Relaxed);
                    CheckIns::of_answer(answer).map(Some)
                }
            }
        };
        Ok(self.batch.heartbeat.get_or_try_init(ask).await?.as_ref())
    }

    /// Asks for each company alone that has a device in `found`, once.
    async fn one_by_one(
        &self,
        found: &[DeviceRow],
        meter: &Meter,
    ) -> Result<tokio::sync::MutexGuard<'_, OneByOne>> {
        let mut one_by_one = self.batch.one_by_one.lock().await;
        let companies: BTreeSet<&String> = found.iter().flat_map(|row| &row.company).collect();
        let (mut asked, mut told) = (false, false);
        for company in companies {
            if one_by_one.asked.insert(company.clone()) {
                let alone = std::slice::from_ref(company);
                let answer = self.listing.api.heartbeat(alone, meter).await;
                (asked, told) = (true, told || answer.is_ok());
                one_by_one.told.add(company, CheckIns::of_answer(answer)?);
            }
        }
        let failed = u32::from(asked && !told);
        let failures = &self.listing.heartbeat_failures;
        failures.fetch_add(failed, Ordering::Relaxed);
        Ok(one_by_one)
    }
}

/// The devices of one category in a batch of companies, as they came.
pub(crate) struct DeviceRows(pub(crate) DevicePages);

#[async_trait]
impl ListSource for DeviceRows {
    type Record = FoundDevice;

    fn first(&self) -> PageKey {
        Place::first().key()
    }

    async fn page(&self, at: &PageKey, meter: &Meter) -> Result<Page<FoundDevice>> {
        let place = Place::of(at);
        let (page, next) = self.0.page(&place, meter).await?;
        let found = page.rows.iter().filter_map(|row| row.id());
        let rows = found.map(|id| Row::Record(Box::new(FoundDevice(id.to_owned()))));
        Ok(Page::new(rows.collect(), next))
    }
}

/// The id of a device.
pub(crate) struct FoundDevice(pub(crate) String);

impl Listed for FoundDevice {
    fn vendor_id(&self) -> &str {
        &self.0
    }
}

fn gap(why: &str) -> Row<Asset> {
    Row::Gap(Rejection::new(
        None,
        format!("devices are not known: {why}"),
    ))
}
