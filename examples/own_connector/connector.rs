//! What a connector consists of: requests, mapping, and the trait.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use lmsync::auth::{Credential, HeaderAuth};
use lmsync::http::{Budget, Call, Endpoint, HttpClient, Meter, Redactor};
use lmsync::json::{LenientObject, Scalar, lenient_u64};
use lmsync::listing::{ListSource, ListingScope, Next, Page, PageKey, RecordStream, Row};
use lmsync::model::{
    Asset, AssetDraft, AssetId, AssetKind, CheckInBasis, Customer, Ref, Rules, Source, clean,
};
use lmsync::{
    AssetQuery, AssetStream, Capabilities, CheckInSupport, CheckReport, CheckScope, Connector,
    ConnectorInfo, CustomerStream, Environment, Error, ErrorKind, Rejection, Result, Secret,
    SoftwareStream,
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
pub(crate) struct Shelf(pub(crate) Arc<Inner>);

#[derive(Debug)]
pub(crate) struct Inner {
    info: ConnectorInfo,
    pub(crate) http: HttpClient,
    endpoint: Endpoint,
    pub(crate) rules: Rules,
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
        // What the vendor allows: so many requests a minute, so many at once.
        let budget = Budget::per_minute(120, 4)?;
        let key = Secret::from(api_key.trim());
        let credential =
            Credential::bearer(key.clone()).map_err(|error| error.with_hint(KEY_HINT))?;
        let http = environment
            .client(
                environment.limiter((CONNECTOR, key.expose()), budget),
                &endpoint,
            )
            .authorizer(Arc::new(HeaderAuth::new(credential)))
            .redactor(Redactor::default().and(&key))
            .build();
        let capabilities = Capabilities::new()
            .check_in(CheckInSupport::Agent)
            .two_way(dates::WRITABLE);
        Ok(Self(Arc::new(Inner {
            info: ConnectorInfo::new(CONNECTOR, PRODUCT, name, capabilities),
            http,
            endpoint,
            rules: Rules::default(),
        })))
    }

    pub(crate) fn stream<S: ListSource>(
        &self,
        pages: S,
        query: AssetQuery,
        records: &str,
    ) -> RecordStream<S::Record> {
        let http = &self.0.http;
        RecordStream::new(
            pages,
            query,
            self.scope(records),
            http.clock().clone(),
            http.concurrency(),
        )
    }

    fn scope(&self, records: &str) -> ListingScope {
        ListingScope {
            connector: CONNECTOR.to_owned(),
            instance: self.0.info.instance.clone(),
            listing: format!("{records} by {PAGE_SIZE}"),
        }
    }
}

// The vendor's JSON as it is. `Scalar` takes text, numbers and null alike, and
// `Object` takes anything: one odd record does not cost the whole page.

#[derive(Debug, Deserialize)]
struct List {
    /// Unread: each row is read by itself.
    rows: Vec<Box<RawValue>>,
    #[serde(default, deserialize_with = "lenient_u64")]
    total: Option<u64>,
}

#[derive(Debug, Clone, Default, Deserialize)]
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

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Company {
    id: Scalar,
    name: Scalar,
}

// The requests, and what their answers mean.

impl Inner {
    async fn list(
        &self,
        operation: &'static str,
        path: &str,
        number: u32,
        size: u32,
        meter: &Meter,
    ) -> Result<(List, DateTime<Utc>)> {
        let path = format!("{path}?page={number}&per_page={size}");
        self.get(operation, &self.endpoint.join(&path)?, meter)
            .await
    }

    pub(crate) async fn machine(
        &self,
        id: &str,
        meter: &Meter,
    ) -> Result<(Machine, DateTime<Utc>)> {
        self.get("get machine", &self.machine_url(id)?, meter).await
    }

    pub(crate) fn machine_url(&self, id: &str) -> Result<Url> {
        let mut url = self.endpoint.join("/api/machines")?;
        // An id is opaque text: as a segment of its own it cannot become a path.
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.push(id);
        }
        Ok(url)
    }

    async fn get<T: DeserializeOwned>(
        &self,
        operation: &'static str,
        url: &Url,
        meter: &Meter,
    ) -> Result<(T, DateTime<Utc>)> {
        let call = Call::get(operation, url)?;
        self.http
            .send(&call, meter, |answer| {
                answer.require_success().map_err(explain)?;
                Ok((answer.json()?, answer.received_at()))
            })
            .await
    }

    /// How many records there are; the smallest page tells.
    async fn count(&self, path: &str, meter: &Meter) -> Result<Option<u64>> {
        let (list, _) = self.list("count", path, 1, 1, meter).await?;
        Ok(list.total)
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

fn asset(machine: &Machine, inner: &Inner, at: DateTime<Utc>) -> Result<Asset, Rejection> {
    let id = text(&machine.id).ok_or_else(|| rejected("the machine has no id"))?;
    let source = Source::new(CONNECTOR, &inner.info.instance, id, at);
    // The draft applies the rules that hold for every vendor: placeholders,
    // manufacturers' names, dates, and the keys to recognise the machine by.
    let mut draft = AssetDraft::new(source, &inner.rules, at);
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
    draft.asset.customer = machine
        .company
        .value()
        .and_then(|company| Some(Ref::new(text(&company.id)?, text(&company.name))));
    Ok(draft.finish())
}

fn customer(company: &Company, inner: &Inner, at: DateTime<Utc>) -> Result<Customer, Rejection> {
    let id = text(&company.id).ok_or_else(|| rejected("the company has no id"))?;
    let name = text(&company.name).unwrap_or_else(|| id.clone());
    let source = Source::new(CONNECTOR, &inner.info.instance, id, at);
    Ok(Customer::new(source, name))
}

fn text(value: &Scalar) -> Option<String> {
    value.text().and_then(clean)
}

fn rejected(reason: &str) -> Rejection {
    Rejection {
        vendor_id: None,
        reason: reason.to_owned(),
    }
}

// A page at a time; core asks for them ahead, in parallel, and knows the end.

#[derive(Debug)]
pub(crate) struct Machines {
    pub(crate) inner: Arc<Inner>,
    pub(crate) keep_raw: bool,
}

#[async_trait]
impl ListSource for Machines {
    type Record = Asset;

    async fn page(&self, at: &PageKey, meter: &Meter) -> Result<Page<Asset>> {
        let number = at.number();
        let inner = &self.inner;
        let (list, at) = inner
            .list("list machines", "/api/machines", number, PAGE_SIZE, meter)
            .await?;
        Ok(page(&list, |machine, raw| {
            let mut asset = asset(machine, inner, at)?;
            if self.keep_raw {
                asset.source.raw = Some(raw.to_owned().into());
            }
            Ok(asset)
        }))
    }
}

#[derive(Debug)]
pub(crate) struct Companies(pub(crate) Arc<Inner>);

#[async_trait]
impl ListSource for Companies {
    type Record = Customer;

    async fn page(&self, at: &PageKey, meter: &Meter) -> Result<Page<Customer>> {
        let number = at.number();
        let inner = &self.0;
        let (list, at) = inner
            .list("list companies", "/api/companies", number, PAGE_SIZE, meter)
            .await?;
        Ok(page(&list, |company, _| customer(company, inner, at)))
    }
}

fn page<R, T>(list: &List, map: impl Fn(&R, &RawValue) -> Result<T, Rejection>) -> Page<T>
where
    R: DeserializeOwned,
{
    let rows = list.rows.iter().map(|raw| {
        let record = match serde_json::from_str::<LenientObject<R>>(raw.get()) {
            Ok(LenientObject::Value(record)) => map(&record, raw),
            _ => Err(rejected("the row is no record")),
        };
        Row::from(record)
    });
    Page {
        rows: rows.collect(),
        total: list.total,
        next: Next::Numbered {
            pages: None,
            more: None,
            size: PAGE_SIZE,
        },
    }
}

#[async_trait]
impl Connector for Shelf {
    fn info(&self) -> &ConnectorInfo {
        &self.0.info
    }

    async fn check(&self, scope: CheckScope) -> CheckReport {
        let meter = Meter::default();
        let companies = self.0.count("/api/companies", &meter).await;
        let machines = self.0.count("/api/machines", &meter).await;
        let report = CheckReport::of_reads(PRODUCT, &companies, &machines);
        if scope.two_way {
            report.and(dates::check())
        } else {
            report
        }
    }

    fn assets(&self, query: AssetQuery) -> AssetStream {
        let machines = Machines {
            inner: Arc::clone(&self.0),
            keep_raw: query.raw,
        };
        self.stream(machines, query, "machines")
    }

    fn software(&self, _query: AssetQuery) -> SoftwareStream {
        // `Capabilities` say so too; a caller who asks all the same gets an error, not an empty list.
        RecordStream::failed(
            Error::unsupported(PRODUCT, "software assets"),
            self.scope("software"),
        )
    }

    fn customers(&self) -> CustomerStream {
        self.stream(
            Companies(Arc::clone(&self.0)),
            AssetQuery::new(),
            "companies",
        )
    }

    async fn asset(&self, id: &AssetId) -> Result<Asset> {
        let (machine, at) = self.0.machine(&id.vendor_id, &Meter::default()).await?;
        asset(&machine, &self.0, at)
            .map_err(|rejection| Error::new(ErrorKind::Decode, rejection.reason))
    }
}
