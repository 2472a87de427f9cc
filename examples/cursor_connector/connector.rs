//! A connector to a vendor with an OAuth sign-in, cursors, and detail that costs a call.
//!
//! Read `own_connector` first: this says more only where something is different.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use lmsync::auth::{Grant, OAuth, OAuthConfig, TokenAuth};
use lmsync::http::{Budget, Endpoint, Meter, Received, Redactor};
use lmsync::json::{KeepRaw, LenientObject, Rows, Scalar, WireRow};
use lmsync::listing::{ListSource, Next, Page, PageKey};
use lmsync::model::{
    Asset, AssetDraft, AssetId, AssetKind, CheckInBasis, Customer, Origin, Size, SizeUnit,
};
use lmsync::two_way::DateFields;
use lmsync::{
    Account, AssetQuery, AssetStream, Capabilities, CheckInSupport, CheckReport, CheckScope,
    Connector, ConnectorInfo, CustomerStream, Detail, Environment, ErrorKind, Rejection, Result,
    Secret, input,
};
use serde::Deserialize;
use serde_json::value::RawValue;
use url::Url;

const CONNECTOR: &str = "harbor";
const PRODUCT: &str = "Harbor";
const API: &str = "https://api.harbor.example";
const SIGN_IN: &str = "https://login.harbor.example";
const SECRET_HINT: &str = "in Harbor, open Admin > API clients and copy id and secret again";
const SCOPES_HINT: &str = "in Harbor, open Admin > API clients and tick the scope it lacks";

/// A Harbor account. Clones share the request budget and the token.
#[derive(Debug, Clone)]
pub(crate) struct Harbor {
    pub(crate) account: Account,
    endpoint: Endpoint,
}

impl Harbor {
    /// A connector to the account that the client `client_id` belongs to, called `name` in reports.
    pub(crate) fn connect_in(
        environment: &Environment,
        client_id: &str,
        client_secret: &Secret,
        name: &str,
    ) -> Result<Self> {
        let (endpoint, sign_in) = (Endpoint::parse(API)?, Endpoint::parse(SIGN_IN)?);
        let secret = input::token("client secret", client_secret)
            .map_err(|error| error.with_hint(SECRET_HINT))?;
        // Spans and metrics of the account bear these names.
        let environment = environment.for_account(CONNECTOR, name);
        // Harbor counts the requests of a client, sign-ins included.
        let limiter = environment.limiter((CONNECTOR, client_id), Budget::per_minute(240, 4)?);
        // Two clients, for what one sends may not go to the other's host: the secret goes to
        // where tokens are made, the tokens to the API. Each masks the secrets of both.
        let redactor = Redactor::default();
        let client = |endpoint| {
            let client = environment.client(limiter.clone(), endpoint);
            client
                .redactor(redactor.clone())
                .hint(ErrorKind::Authentication, SECRET_HINT)
                .hint(ErrorKind::Permission, SCOPES_HINT)
                .hint(ErrorKind::RateLimited, "run fewer tools with this client")
        };
        let config = OAuthConfig::new(
            sign_in.join("/oauth/token")?,
            Grant::ClientCredentials,
            client_id,
        )
        .client_secret(secret)
        .scopes(["customers", "devices"]);
        // Of a refusal the status is told and nothing quoted, for a token may stand anywhere in
        // the answer. A vendor whose refusals say more has a function for them: `OAuth::explain`.
        let oauth = OAuth::new(config, client(&sign_in).build());
        // Signs in when it must, once for all callers, and again when a token is refused.
        let tokens = TokenAuth::new(Arc::new(oauth), environment.clock.clone());
        let http = client(&endpoint).authorizer(Arc::new(tokens)).build();
        let capabilities = Capabilities::new()
            .check_in(CheckInSupport::Agent)
            .detail(Detail::NONE.hardware())
            .two_way(DateFields::ALL);
        let info = ConnectorInfo::new(CONNECTOR, PRODUCT, name, capabilities);
        let account = Account::new(info, http);
        Ok(Self { account, endpoint })
    }
}

#[derive(Debug, Deserialize)]
struct Envelope {
    data: Rows<Box<RawValue>>,
    /// Null on the last page. There is no default: a page that does not say is an error and
    /// not the end.
    next: Scalar,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Device {
    id: Scalar,
    name: Scalar,
    r#type: Scalar,
    customer_id: Scalar,
    customer_name: Scalar,
    last_seen_at: Scalar,
    pub(crate) purchased_on: Scalar,
    pub(crate) warranty_ends_on: Scalar,
    /// Comes when one device is asked for.
    hardware: LenientObject<Hardware>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Hardware {
    serial: Scalar,
    maker: Scalar,
    model: Scalar,
    mac: Scalar,
    memory_mb: Scalar,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Company {
    id: Scalar,
    name: Scalar,
}

fn asset(row: WireRow<Device>, origin: &Origin, at: DateTime<Utc>) -> Result<Asset, Rejection> {
    let device = row.record?;
    let mut draft = origin.draft(device.id.clean(), at)?;
    let kind = device.r#type.text();
    draft
        .name(device.name.text())
        .kind(kind, kind.and_then(AssetKind::from_words))
        .customer(device.customer_id.clean(), device.customer_name.clean())
        .last_check_in(device.last_seen_at.text(), CheckInBasis::AgentCheckIn)
        .purchase_date(device.purchased_on.text())
        .warranty_expiry(device.warranty_ends_on.text());
    add_hardware(&mut draft, &device);
    draft.asset.source.raw = row.raw;
    Ok(draft.finish())
}

fn add_hardware(draft: &mut AssetDraft<'_>, device: &Device) {
    let Some(hardware) = device.hardware.value() else {
        return;
    };
    draft
        .serial(hardware.serial.text())
        .manufacturer(hardware.maker.text())
        .model(hardware.model.text())
        .primary_mac(hardware.mac.text());
    if let Some(number) = hardware.memory_mb.text() {
        let unit = SizeUnit::Mebibytes;
        draft.memory(Size::Stated { number, unit });
    }
}

fn customer(
    row: WireRow<Company>,
    origin: &Origin,
    at: DateTime<Utc>,
) -> Result<Customer, Rejection> {
    let company = row.record?;
    origin.customer(company.id.clean(), company.name.clean(), at)
}

impl Harbor {
    /// A page of the list at `path`, its rows as `map` reads them, and where the next page is.
    async fn page<T>(
        &self,
        path: &'static str,
        at: &PageKey,
        meter: &Meter,
        map: impl Fn(&RawValue, DateTime<Utc>) -> Result<T, Rejection> + Send + Sync,
    ) -> Result<Page<T>> {
        let mut url = self.endpoint.join(path)?;
        // A cursor is opaque, like an id: as a parameter it comes back to the letter.
        if let Some(cursor) = at.cursor() {
            url.query_pairs_mut().append_pair("after", cursor);
        }
        let list: Received<Envelope> = self.account.http().get_json(path, &url, meter).await?;
        let next = Next::cursor(&list.value.next);
        Ok(Page::of(&list.value.data, next, |row| map(row, list.at)))
    }

    pub(crate) async fn device(&self, id: &str, meter: &Meter) -> Result<Received<Device>> {
        let (http, url) = (self.account.http(), self.device_url(id)?);
        let device: Received<Device> = http.get_json("device", &url, meter).await?;
        device.about(id, |device| &device.id)
    }

    pub(crate) fn device_url(&self, id: &str) -> Result<Url> {
        self.endpoint.path(["v1", "devices", id])
    }
}

struct Devices {
    harbor: Harbor,
    raw: KeepRaw,
}

#[async_trait]
impl ListSource for Devices {
    type Record = Asset;

    /// No cursor leads to the first page. From there core asks for one page after the other,
    /// and sees when a cursor repeats or leads back.
    fn first(&self) -> PageKey {
        PageKey::start()
    }

    async fn page(&self, at: &PageKey, meter: &Meter) -> Result<Page<Asset>> {
        let origin = self.harbor.account.origin();
        let map = |row: &RawValue, at| asset(WireRow::read(row, &["id"], self.raw), origin, at);
        self.harbor.page("/v1/devices", at, meter, map).await
    }

    /// Core calls this for records that are kept, when the query wants detail: several at a
    /// time, while the listing is read.
    async fn complete(&self, asset: Asset, meter: &Meter) -> Result<Asset> {
        let device = self.harbor.device(&asset.source.vendor_id, meter).await;
        let mut draft = self.harbor.account.origin().reopen(asset);
        match device {
            Ok(device) => add_hardware(&mut draft, &device.value),
            // It was deleted since its page came; that is no reason to end the listing.
            Err(error) if error.kind() == ErrorKind::NotFound => {
                draft.gap("hardware", "the device was deleted during the sync");
            }
            Err(error) => return Err(error),
        }
        Ok(draft.finish())
    }
}

struct Companies {
    harbor: Harbor,
}

#[async_trait]
impl ListSource for Companies {
    type Record = Customer;

    fn first(&self) -> PageKey {
        PageKey::start()
    }

    async fn page(&self, at: &PageKey, meter: &Meter) -> Result<Page<Customer>> {
        let origin = self.harbor.account.origin();
        let map =
            |row: &RawValue, at| customer(WireRow::read(row, &["id"], KeepRaw::No), origin, at);
        self.harbor.page("/v1/customers", at, meter, map).await
    }
}

impl Harbor {
    fn devices(&self, raw: KeepRaw) -> Devices {
        let harbor = self.clone();
        Devices { harbor, raw }
    }

    fn companies(&self) -> Companies {
        let harbor = self.clone();
        Companies { harbor }
    }
}

#[async_trait]
impl Connector for Harbor {
    fn info(&self) -> &ConnectorInfo {
        self.account.info()
    }

    async fn check(&self, scope: CheckScope) -> CheckReport {
        let (companies, devices) = (self.companies(), self.devices(KeepRaw::No));
        let report = self.account.check(&companies, &devices).await;
        report.and_untold_writing(scope, SCOPES_HINT)
    }

    fn assets(&self, query: AssetQuery) -> AssetStream {
        let devices = self.devices(query.raw.into());
        self.account.list(devices, query, "devices")
    }

    fn customers(&self) -> CustomerStream {
        let query = AssetQuery::new();
        self.account.list(self.companies(), query, "customers")
    }

    async fn asset(&self, id: &AssetId) -> Result<Asset> {
        let Received { value, at } = self.device(&id.vendor_id, &Meter::default()).await?;
        asset(WireRow::of(value), self.account.origin(), at)
            .map_err(|rejection| rejection.into_error("device"))
    }
}
