//! What the connectors share: requests, mapping, and the trait but for the list of assets.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use http::HeaderName;
use lmsync::auth::{Authorizer, Credential, HeaderAuth};
use lmsync::http::{
    Budget, Endpoint, HttpClient, HttpClientBuilder, Limiter, Meter, Received, Redactor,
};
use lmsync::json::{KeepRaw, LenientObject, Rows, Scalar, WireRow, lenient_u64};
use lmsync::listing::{ListSource, Next, Page, PageKey};
use lmsync::model::{Asset, AssetId, AssetKind, CheckInBasis, Customer, Origin, Size};
use lmsync::{
    Account, AssetQuery, AssetStream, Capabilities, CheckInSupport, CheckReport, CheckScope,
    Connector, ConnectorInfo, CustomerStream, Environment, ErrorKind, Rejection, Result, Secret,
};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use url::Url;

pub(super) const CONNECTOR: &str = "depot";
pub(super) const INSTANCE: &str = "acme";
const PRODUCT: &str = "Depot";
const KEY_HINT: &str = "in Depot, open Integrations and copy the key again";
const ROLE_HINT: &str = "in Depot, let the integration read devices";

/// One page of a list.
#[derive(Deserialize)]
pub(super) struct List {
    pub(super) rows: Rows<Box<RawValue>>,
    #[serde(default, deserialize_with = "lenient_u64")]
    pub(super) total: Option<u64>,
    #[serde(default)]
    pub(super) links: LenientObject<Links>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Links {
    pub(super) next: Scalar,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Device {
    id: Scalar,
    name: Scalar,
    kind: Scalar,
    maker: Scalar,
    model: Scalar,
    seen: Scalar,
    bought: Scalar,
    customer: LenientObject<Owner>,
    /// With the detail only, where there are links.
    serial: Scalar,
    memory: Scalar,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Owner {
    id: Scalar,
    name: Scalar,
}

/// The requests of one account.
#[derive(Debug, Clone)]
pub(super) struct Api {
    pub(super) account: Account,
    pub(super) endpoint: Endpoint,
}

/// The header with the key.
pub(super) fn key_header(key: &str) -> Result<Credential> {
    let name = HeaderName::from_static(super::KEY_HEADER);
    Credential::header(name, Secret::from(key))
}

/// A client that says what the user does about an error.
pub(super) fn advising(client: HttpClientBuilder) -> HttpClientBuilder {
    client
        .hint(ErrorKind::Authentication, KEY_HINT)
        .hint(ErrorKind::Permission, ROLE_HINT)
        .hint(ErrorKind::RateLimited, "run fewer tools with this key")
}

/// What the vendor allows an account, whose secret is `secret`.
pub(super) fn limiter(environment: &Environment, secret: &str) -> Result<Limiter> {
    Ok(environment.limiter((CONNECTOR, secret), Budget::per_minute(300, 4)?))
}

impl Api {
    pub(super) fn new(
        environment: &Environment,
        limiter: Limiter,
        redactor: Redactor,
        authorizer: Arc<dyn Authorizer>,
        offers: impl FnOnce(Capabilities) -> Capabilities,
    ) -> Result<Self> {
        let endpoint = Endpoint::parse(&format!("https://{}", super::HOST))?;
        let environment = environment.for_account(CONNECTOR, INSTANCE);
        let http = advising(environment.client(limiter, &endpoint))
            .redactor(redactor)
            .authorizer(authorizer)
            .build();
        let capabilities = offers(Capabilities::new().check_in(CheckInSupport::Agent));
        let info = ConnectorInfo::new(CONNECTOR, PRODUCT, INSTANCE, capabilities);
        let account = Account::new(info, http);
        Ok(Self { account, endpoint })
    }

    /// The requests of the account that `key` opens, sent as `credential`.
    pub(super) fn with_key(
        environment: &Environment,
        key: &str,
        credential: Credential,
        offers: impl FnOnce(Capabilities) -> Capabilities,
    ) -> Result<Self> {
        let authorizer = Arc::new(HeaderAuth::new(credential));
        let (limiter, redactor) = (limiter(environment, key)?, Redactor::default());
        Self::new(environment, limiter, redactor, authorizer, offers)
    }

    pub(super) fn http(&self) -> &HttpClient {
        self.account.http()
    }

    pub(super) async fn get<T: DeserializeOwned + Send>(
        &self,
        operation: &'static str,
        url: &Url,
        meter: &Meter,
    ) -> Result<Received<T>> {
        self.http().get_json(operation, url, meter).await
    }

    /// The page at `at` of the list at `path`: the first, or where a link led.
    pub(super) async fn page(
        &self,
        path: &str,
        at: &PageKey,
        meter: &Meter,
    ) -> Result<(Received<List>, Next)> {
        let first = self.endpoint.join(path)?;
        let url = match at.cursor() {
            Some(link) => self.http().next_link(&first, link)?,
            None => first,
        };
        let list: Received<List> = self.get("list", &url, meter).await?;
        let next = match &list.value.links {
            LenientObject::Value(links) => Next::link(&links.next, &url, self.http()),
            LenientObject::Absent | LenientObject::Null => Next::End,
            LenientObject::Unexpected(kind) => Next::Unreadable(format!("the links are {kind}")),
        };
        Ok((list, next))
    }

    pub(super) async fn device(&self, id: &str, meter: &Meter) -> Result<Asset> {
        let url = self.endpoint.path(["v1", "devices", id])?;
        let device: Received<Device> = self.get("get device", &url, meter).await?;
        asset(WireRow::of(device.value), self.account.origin(), device.at)
            .map_err(|rejection| rejection.into_error("get device"))
    }

    /// How many records the list at `path` has, where it says so; the smallest page tells.
    async fn count(&self, path: &str) -> Result<Option<u64>> {
        let url = self.endpoint.join(&format!("{path}?limit=1"))?;
        let list: Received<List> = self.get("check", &url, &Meter::default()).await?;
        Ok(list.value.total)
    }
}

pub(super) fn assets(
    list: &Received<List>,
    next: Next,
    raw: KeepRaw,
    origin: &Origin,
) -> Page<Asset> {
    Page::of(&list.value.rows, next, |row| {
        asset(WireRow::read(row, &["id"], raw), origin, list.at)
    })
}

fn asset(row: WireRow<Device>, origin: &Origin, at: DateTime<Utc>) -> Result<Asset, Rejection> {
    let device = row.record?;
    let mut draft = origin.draft(device.id.clean(), at)?;
    let kind = device.kind.text();
    draft
        .name(device.name.text())
        .kind(kind, kind.and_then(AssetKind::from_words))
        .manufacturer(device.maker.text())
        .model(device.model.text())
        .serial(device.serial.text())
        .purchase_date(device.bought.text())
        .last_check_in(device.seen.text(), CheckInBasis::AgentCheckIn);
    if let Some(bytes) = device.memory.text().and_then(|text| text.parse().ok()) {
        draft.memory(Size::Bytes(bytes));
    }
    if let Some(owner) = device.customer.value() {
        draft.customer(owner.id.clean(), owner.name.clean());
    }
    draft.asset.source.raw = row.raw;
    Ok(draft.finish())
}

pub(super) struct Customers(pub(super) Api);

#[async_trait]
impl ListSource for Customers {
    type Record = Customer;

    fn first(&self) -> PageKey {
        PageKey::start()
    }

    async fn page(&self, at: &PageKey, meter: &Meter) -> Result<Page<Customer>> {
        let (list, next) = self.0.page("/v1/customers", at, meter).await?;
        let origin = self.0.account.origin();
        Ok(Page::of(&list.value.rows, next, |row| {
            customer(row, origin, list.at)
        }))
    }
}

fn customer(row: &RawValue, origin: &Origin, at: DateTime<Utc>) -> Result<Customer, Rejection> {
    let owner = WireRow::<Owner>::read(row, &["id"], KeepRaw::No).record?;
    origin.customer(owner.id.clean(), owner.name.clean(), at)
}

/// A connector whose assets come by `Way`.
#[derive(Debug)]
pub(crate) struct Depot<W> {
    pub(super) api: Api,
    pub(super) way: W,
}

/// The way to the assets.
pub(super) trait Way: std::fmt::Debug + Send + Sync + 'static {
    /// Where it can be tried whether devices may be read.
    const DEVICES: &str = "/v1/devices";

    fn assets(&self, api: &Api, query: AssetQuery) -> AssetStream;
}

#[async_trait]
impl<W: Way> Connector for Depot<W> {
    fn info(&self) -> &ConnectorInfo {
        self.api.account.info()
    }

    async fn check(&self, _scope: CheckScope) -> CheckReport {
        let customers = self.api.count("/v1/customers").await;
        let devices = self.api.count(W::DEVICES).await;
        CheckReport::of_reads(PRODUCT, &customers, &devices)
    }

    fn assets(&self, query: AssetQuery) -> AssetStream {
        self.way.assets(&self.api, query)
    }

    fn customers(&self) -> CustomerStream {
        let customers = Customers(self.api.clone());
        let query = AssetQuery::new();
        self.api.account.list(customers, query, "customers")
    }

    async fn asset(&self, id: &AssetId) -> Result<Asset> {
        self.api.device(&id.vendor_id, &Meter::default()).await
    }
}
