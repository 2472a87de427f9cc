//! A connector: requests, mapping, lists, and the trait.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use lmsync::auth::Credential;
use lmsync::http::{Budget, Endpoint, Meter, Received};
use lmsync::json::{KeepRaw, LenientObject, Rows, Scalar, WireRow, lenient_u64};
use lmsync::listing::{ListSource, Listed, Next, Page, PageKey};
use lmsync::model::{Asset, AssetId, AssetKind, CheckInBasis, Customer, Origin};
use lmsync::{
    Account, AssetQuery, AssetStream, Capabilities, CheckInSupport, CheckReport, CheckScope,
    Connector, ConnectorInfo, CustomerStream, Environment, ErrorKind, Rejection, Result, Secret,
    input,
};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use url::Url;

use crate::dates;

/// The connector's name in records and reports; it never changes.
const CONNECTOR: &str = "shelf";
/// The product's name for people.
const PRODUCT: &str = "Shelf";
const PAGE_SIZE: u32 = 50;
// The vendor's own menu words tell the user more than a status does.
const KEY_HINT: &str = "in Shelf, open Settings > API and copy the key again";
const RIGHTS_HINT: &str = "in Shelf, open Settings > API and give the key the right it lacks";

/// A Shelf account. Clones share the request budget.
#[derive(Debug, Clone)]
pub(crate) struct Shelf {
    pub(crate) account: Account,
    endpoint: Endpoint,
}

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
        let key = input::token("key", &Secret::from(api_key))
            .map_err(|error| error.with_hint(KEY_HINT))?;
        // Spans and metrics of the account bear these names.
        let environment = environment.for_account(CONNECTOR, name);
        // What the vendor allows: so many requests a minute, so many at once.
        let limiter = environment.limiter((CONNECTOR, key.expose()), Budget::per_minute(120, 4)?);
        // The credential goes to this host and to no other.
        let http = environment
            .client(limiter, &endpoint)
            .credential(Credential::bearer(key)?)
            .hint(ErrorKind::Authentication, KEY_HINT)
            .hint(ErrorKind::Permission, RIGHTS_HINT)
            .hint(ErrorKind::RateLimited, "run fewer tools with this key")
            .build();
        let capabilities = Capabilities::new()
            .check_in(CheckInSupport::Agent)
            .two_way(dates::WRITABLE);
        let info = ConnectorInfo::new(CONNECTOR, PRODUCT, name, capabilities);
        let account = Account::new(info, http);
        Ok(Self { account, endpoint })
    }
}

// The vendor's JSON as it is. `Scalar` takes text, numbers and null alike, and
// `LenientObject` takes anything: one odd record does not cost the whole page.

#[derive(Debug, Deserialize)]
struct Envelope {
    /// Unread: each row is read by itself. So many that no page has them are refused.
    rows: Rows<Box<RawValue>>,
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
pub(crate) struct Company {
    id: Scalar,
    name: Scalar,
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
    if let Some(company) = machine.company.value() {
        draft.customer(company.id.clean(), company.name.clean());
    }
    draft.asset.source.raw = row.raw;
    Ok(draft.finish())
}

/// What a row of a list means.
type Mapping<R, T> = fn(WireRow<R>, &Origin, DateTime<Utc>) -> Result<T, Rejection>;

/// One of Shelf's lists: where it is, which names the request in errors too, and what its rows
/// mean. A row that cannot be read is told by its id and costs no other.
///
/// It gives a page at a time; core asks for them ahead, in parallel, and knows the end.
pub(crate) struct List<R, T> {
    shelf: Shelf,
    path: &'static str,
    raw: KeepRaw,
    mapping: Mapping<R, T>,
}

#[async_trait]
impl<R: DeserializeOwned + 'static, T: Listed> ListSource for List<R, T> {
    type Record = T;

    async fn page(&self, at: &PageKey, meter: &Meter) -> Result<Page<T>> {
        let Shelf { account, endpoint } = &self.shelf;
        let path = format!("{}?page={}&per_page={PAGE_SIZE}", self.path, at.number());
        let url = endpoint.join(&path)?;
        let list: Received<Envelope> = account.http().get_json(self.path, &url, meter).await?;
        let page = Page::of(&list.value.rows, Next::numbered(PAGE_SIZE), |row| {
            let row = WireRow::read(row, &["id"], self.raw);
            (self.mapping)(row, account.origin(), list.at)
        });
        Ok(page.with_total(list.value.total))
    }
}

impl Shelf {
    fn list<R, T>(&self, path: &'static str, raw: KeepRaw, mapping: Mapping<R, T>) -> List<R, T> {
        List {
            shelf: self.clone(),
            path,
            raw,
            mapping,
        }
    }

    pub(crate) fn machines(&self, raw: KeepRaw) -> List<Machine, Asset> {
        self.list("/api/machines", raw, asset)
    }

    pub(crate) fn companies(&self) -> List<Company, Customer> {
        self.list("/api/companies", KeepRaw::No, |row, origin, at| {
            let company = row.record?;
            origin.customer(company.id.clean(), company.name.clean(), at)
        })
    }

    pub(crate) async fn machine(&self, id: &AssetId) -> Result<Received<Machine>> {
        let (http, url) = (self.account.http(), self.machine_url(id)?);
        // What is read here may be written to: it has to be the one that was asked for.
        let machine: Received<Machine> = http.get_json("machine", &url, &Meter::default()).await?;
        machine.about(&id.vendor_id, |machine| &machine.id)
    }

    pub(crate) fn machine_url(&self, id: &AssetId) -> Result<Url> {
        // An id is opaque text: as a segment of its own it cannot become a path.
        self.endpoint.path(["api", "machines", &id.vendor_id])
    }
}

#[async_trait]
impl Connector for Shelf {
    fn info(&self) -> &ConnectorInfo {
        self.account.info()
    }

    async fn check(&self, scope: CheckScope) -> CheckReport {
        let (companies, machines) = (self.companies(), self.machines(KeepRaw::No));
        let report = self.account.check(&companies, &machines).await;
        report.and_untold_writing(scope, RIGHTS_HINT)
    }

    fn assets(&self, query: AssetQuery) -> AssetStream {
        let machines = self.machines(query.raw.into());
        self.account.list(machines, query, "machines by 50")
    }

    fn customers(&self) -> CustomerStream {
        let query = AssetQuery::new();
        self.account
            .list(self.companies(), query, "companies by 50")
    }

    async fn asset(&self, id: &AssetId) -> Result<Asset> {
        let Received { value, at } = self.machine(id).await?;
        asset(WireRow::of(value), self.account.origin(), at)
            .map_err(|rejection| rejection.into_error("machine"))
    }
}
