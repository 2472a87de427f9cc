//! A connector: requests, mapping, lists, and the trait.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use lmsync::auth::{Credential, HeaderAuth};
use lmsync::http::{Budget, Endpoint, Meter, Received};
use lmsync::json::{KeepRaw, LenientObject, Scalar, WireRow, lenient_u64};
use lmsync::listing::{ListSource, Next, Page, PageKey};
use lmsync::model::{Asset, AssetId, AssetKind, CheckInBasis, Customer, Origin, Ref};
use lmsync::{
    Account, AssetQuery, AssetStream, Capabilities, CheckInSupport, CheckReport, CheckScope,
    Connector, ConnectorInfo, CustomerStream, Environment, Error, ErrorKind, Rejection, Result,
    Secret,
};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use url::Url;

use crate::dates;

/// The connector's name in records and reports; it never changes.
const CONNECTOR: &str = "shelf";
/// The product's name for people.
pub(crate) const PRODUCT: &str = "Shelf";
const PAGE_SIZE: u32 = 50;
const KEY_HINT: &str = "in Shelf, open Settings > API and copy the key again";

/// A Shelf account. Clones share the request budget.
#[derive(Debug, Clone)]
pub(crate) struct Shelf(pub(crate) Arc<Api>);

impl Shelf {
    /// A connector to the account that `api_key` opens, called `name` in reports.
    ///
    /// Everything that can be found wrong without a request is found here.
    pub(crate) fn connect_in(
        environment: &Environment,
        endpoint: &str,
        api_key: &str,
        name: &str,
    ) -> Result<Self> {
        let endpoint = Endpoint::parse(endpoint)?;
        let credential = Credential::bearer(Secret::from(api_key.trim()))
            .map_err(|error| error.with_hint(KEY_HINT))?;
        // What the vendor allows: so many requests a minute, so many at once.
        let limiter = environment.limiter((CONNECTOR, api_key), Budget::per_minute(120, 4)?);
        // The credential goes to this host and to no other.
        let http = environment
            .client(limiter, &endpoint)
            .authorizer(Arc::new(HeaderAuth::new(credential)))
            .build();
        let capabilities = Capabilities::new()
            .check_in(CheckInSupport::Agent)
            .two_way(dates::WRITABLE);
        let info = ConnectorInfo::new(CONNECTOR, PRODUCT, name, capabilities);
        let account = Account::new(info, http);
        Ok(Self(Arc::new(Api { account, endpoint })))
    }
}

// The vendor's JSON as it is. `Scalar` takes text, numbers and null alike, and
// `LenientObject` takes anything: one odd record does not cost the whole page.

#[derive(Debug, Deserialize)]
struct List {
    /// Unread: each row is read by itself.
    rows: Vec<Box<RawValue>>,
    #[serde(default, deserialize_with = "lenient_u64")]
    total: Option<u64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Machine {
    id: Scalar,
    label: Scalar,
    kind: Scalar,
    serial: Scalar,
    maker: Scalar,
    model: Scalar,
    mac: Scalar,
    pub(crate) bought: Scalar,
    last_seen: Scalar,
    company: LenientObject<Company>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Company {
    id: Scalar,
    name: Scalar,
}

/// The requests of one account.
#[derive(Debug)]
pub(crate) struct Api {
    pub(crate) account: Account,
    endpoint: Endpoint,
}

impl Api {
    async fn list(
        &self,
        operation: &'static str,
        path: &str,
        (number, size): (u32, u32),
        meter: &Meter,
    ) -> Result<Received<List>> {
        let path = format!("{path}?page={number}&per_page={size}");
        let (http, url) = (self.account.http(), self.endpoint.join(&path)?);
        http.get_json(operation, &url, meter, explain).await
    }

    pub(crate) async fn machine(&self, id: &str) -> Result<Received<Machine>> {
        let (http, url) = (self.account.http(), self.machine_url(id)?);
        http.get_json("get machine", &url, &Meter::default(), explain)
            .await
    }

    pub(crate) fn machine_url(&self, id: &str) -> Result<Url> {
        let mut url = self.endpoint.join("/api/machines")?;
        // An id is opaque text: as a segment of its own it cannot become a path.
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.push(id);
        }
        Ok(url)
    }

    /// How many records there are; the smallest page tells.
    async fn count(&self, path: &str, meter: &Meter) -> Result<Option<u64>> {
        let list = self.list("count", path, (1, 1), meter).await?;
        Ok(list.value.total)
    }
}

/// The vendor's own menu words tell the user more than a status does.
fn explain(error: Error) -> Error {
    match error.kind() {
        ErrorKind::Authentication => error.with_hint(KEY_HINT),
        ErrorKind::Permission => error.with_hint("in Shelf, let the key read machines"),
        ErrorKind::RateLimited => error.with_hint("run fewer tools with this key"),
        _ => error,
    }
}

// The mapping: pure functions, and the only place that knows what a value means.

fn asset(row: WireRow<Machine>, origin: &Origin, at: DateTime<Utc>) -> Result<Asset, Rejection> {
    let machine = row.record?;
    // The draft applies the rules that hold for every vendor: placeholders,
    // manufacturers' names, dates, and the keys to recognise the machine by.
    let mut draft = origin.draft(machine.id.clean(), at)?;
    let kind = machine.kind.text();
    draft
        .name(machine.label.text())
        .kind(kind, kind.and_then(AssetKind::from_words))
        .serial(machine.serial.text())
        .manufacturer(machine.maker.text())
        .model(machine.model.text())
        .primary_mac(machine.mac.text())
        .purchase_date(machine.bought.text())
        .last_check_in(machine.last_seen.text(), CheckInBasis::AgentCheckIn);
    let company = machine.company.value();
    draft.asset.customer =
        company.and_then(|company| Some(Ref::new(company.id.clean()?, company.name.clean())));
    draft.asset.source.raw = row.raw;
    Ok(draft.finish())
}

fn customer(
    row: WireRow<Company>,
    origin: &Origin,
    at: DateTime<Utc>,
) -> Result<Customer, Rejection> {
    let company = row.record?;
    let source = origin.identified(company.id.clean(), "the company", at)?;
    let name = company.name.clean();
    let name = name.unwrap_or_else(|| source.vendor_id.clone());
    Ok(Customer::new(source, name))
}

// A page at a time; core asks for them ahead, in parallel, and knows the end.

pub(crate) struct Machines {
    pub(crate) api: Arc<Api>,
    pub(crate) raw: KeepRaw,
}

#[async_trait]
impl ListSource for Machines {
    type Record = Asset;

    async fn page(&self, at: &PageKey, meter: &Meter) -> Result<Page<Asset>> {
        let (api, place) = (&self.api, (at.number(), PAGE_SIZE));
        let list = api
            .list("list machines", "/api/machines", place, meter)
            .await?;
        let origin = api.account.origin();
        Ok(page(&list, self.raw, |row| asset(row, origin, list.at)))
    }
}

pub(crate) struct Companies(pub(crate) Arc<Api>);

#[async_trait]
impl ListSource for Companies {
    type Record = Customer;

    async fn page(&self, at: &PageKey, meter: &Meter) -> Result<Page<Customer>> {
        let (api, place) = (&self.0, (at.number(), PAGE_SIZE));
        let list = api
            .list("list companies", "/api/companies", place, meter)
            .await?;
        let origin = api.account.origin();
        Ok(page(&list, KeepRaw::No, |row| {
            customer(row, origin, list.at)
        }))
    }
}

fn page<R: DeserializeOwned, T>(
    list: &Received<List>,
    raw: KeepRaw,
    map: impl Fn(WireRow<R>) -> Result<T, Rejection>,
) -> Page<T> {
    let rows = list.value.rows.iter();
    let rows = rows.map(|row| map(WireRow::read(row, &["id"], raw)).into());
    Page::new(rows.collect(), Next::numbered(PAGE_SIZE)).with_total(list.value.total)
}

#[async_trait]
impl Connector for Shelf {
    fn info(&self) -> &ConnectorInfo {
        self.0.account.info()
    }

    async fn check(&self, scope: CheckScope) -> CheckReport {
        let meter = Meter::default();
        let companies = self.0.count("/api/companies", &meter).await;
        let machines = self.0.count("/api/machines", &meter).await;
        let report = CheckReport::of_reads(PRODUCT, &companies, &machines);
        match scope.two_way {
            true => report.and(dates::check()),
            false => report,
        }
    }

    fn assets(&self, query: AssetQuery) -> AssetStream {
        let (api, raw) = (Arc::clone(&self.0), query.raw.into());
        let machines = Machines { api, raw };
        self.0.account.list(machines, query, "machines by 50")
    }

    fn customers(&self) -> CustomerStream {
        let companies = Companies(Arc::clone(&self.0));
        let query = AssetQuery::new();
        self.0.account.list(companies, query, "companies by 50")
    }

    async fn asset(&self, id: &AssetId) -> Result<Asset> {
        let Received { value, at } = self.0.machine(&id.vendor_id).await?;
        asset(WireRow::of(value), self.0.account.origin(), at)
            .map_err(|rejection| rejection.into_error("get machine"))
    }
}
