//! Connectors for made-up vendors of every kind, each as a stranger would write it: numbered
//! pages, cursors, links, lists within lists, and an export that has to be waited for; each with
//! another kind of credential.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures_util::StreamExt;
use http::{HeaderName, Request, Response};
use lmsync_core::auth::{
    Authorizer, ClientAuth, Credential, Grant, HeaderAuth, OAuth, OAuthConfig, SignIn, TokenAuth,
};
use lmsync_core::http::{Budget, Call, Endpoint, Idempotency, Meter, Received};
use lmsync_core::json::{KeepRaw, Rows, Scalar, WireRow, lenient_u64};
use lmsync_core::listing::{
    Checkpoint, ListChain, ListSource, Listed, Next, Page, PageKey, RecordStream, Row, read_all,
};
use lmsync_core::model::{Asset, Origin, Ref};
use lmsync_core::{
    Account, AssetQuery, Capabilities, Check, Clock, ConnectorInfo, Detail, Environment, Rejection,
    Result, Secret, SyncSummary,
};
use lmsync_testkit::{InMemory, Simulator, VirtualClock};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use url::Url;

const HOST: &str = "https://kind.example";
const KEY: &str = "k1nd-key-canary";
const TOKEN: &str = "k1nd-token-canary";
/// On every page but the last.
const ROWS: u64 = 3;
const DEVICES: u64 = 7;

// The vendors.

/// Answers a request; the number says how many came before it.
type Respond = fn(&Request<Bytes>, u32) -> (u16, Value);

struct Simulated {
    respond: Respond,
    before: u32,
}

impl Simulator for Simulated {
    fn respond(&mut self, request: &Request<Bytes>, _now: DateTime<Utc>) -> Response<Bytes> {
        let (status, body) = (self.respond)(request, self.before);
        self.before += 1;
        let answer = Response::builder()
            .status(status)
            .header("content-type", "application/json");
        answer.body(Bytes::from(body.to_string())).unwrap()
    }
}

fn is_sent(request: &Request<Bytes>, header: &str, value: &str) -> bool {
    let sent = request.headers().get(header);
    sent.is_some_and(|sent| sent.as_bytes() == value.as_bytes())
}

fn with_token(request: &Request<Bytes>) -> bool {
    is_sent(request, "authorization", &format!("Bearer {TOKEN}"))
}

/// The value of the parameter `name`.
fn parameter(request: &Request<Bytes>, name: &str) -> Option<String> {
    let url = Url::parse(&request.uri().to_string()).unwrap();
    let mut pairs = url.query_pairs();
    let found = pairs.find(|(key, _)| key == name);
    found.map(|(_, value)| value.into_owned())
}

fn refused() -> (u16, Value) {
    (401, json!({}))
}

/// The devices of page `number`, from 1.
fn rows(number: u64) -> Vec<Value> {
    let first = (number - 1) * ROWS + 1;
    let ids = first..=DEVICES.min(first + ROWS - 1);
    ids.map(|id| json!({ "id": id, "serial": format!("5CD105{id}R72") }))
        .collect()
}

/// Page `number` with the place of the next one by `next`.
fn page_before(number: u64, next: impl Fn(u64) -> Value) -> (u16, Value) {
    let is_last = number * ROWS >= DEVICES;
    let next = if is_last {
        Value::Null
    } else {
        next(number + 1)
    };
    (200, json!({ "rows": rows(number), "next": next }))
}

// What the five connectors share, as that of one vendor would be shared by its lists.

#[derive(Deserialize)]
struct List {
    rows: Rows<Box<RawValue>>,
    #[serde(default, deserialize_with = "lenient_u64")]
    total: Option<u64>,
    #[serde(default)]
    next: Scalar,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Device {
    id: Scalar,
    serial: Scalar,
}

#[derive(Clone)]
struct Api {
    account: Account,
    endpoint: Endpoint,
}

impl Api {
    async fn get<T: DeserializeOwned + Send>(
        &self,
        url: &Url,
        meter: &Meter,
    ) -> Result<Received<T>> {
        let http = self.account.http();
        http.get_json("list", url, meter).await
    }

    async fn page(&self, path: &str, meter: &Meter) -> Result<Page<Asset>> {
        let list: Received<List> = self.get(&self.endpoint.join(path)?, meter).await?;
        let total = list.value.total;
        Ok(self.read(&list, Next::numbered(3)).with_total(total))
    }

    fn read(&self, list: &Received<List>, next: Next) -> Page<Asset> {
        let origin = self.account.origin();
        Page::of(&list.value.rows, next, |row| asset(row, origin, list.at))
    }
}

fn asset(row: &RawValue, origin: &Origin, at: DateTime<Utc>) -> Result<Asset, Rejection> {
    let device = WireRow::<Device>::read(row, &["id"], KeepRaw::No).record?;
    let mut draft = origin.draft(device.id.clean(), at)?;
    draft.serial(device.serial.text());
    Ok(draft.finish())
}

/// One vendor and a connector's way to it.
struct World {
    clock: Arc<VirtualClock>,
    transport: InMemory<Simulated>,
    api: Api,
}

/// A connector to `respond`, with the credential that `authorizer` makes.
fn world(
    respond: Respond,
    authorizer: impl FnOnce(&Environment, &Endpoint) -> Arc<dyn Authorizer>,
) -> World {
    let clock = Arc::new(VirtualClock::default());
    let simulated = Simulated { respond, before: 0 };
    let transport = InMemory::new(simulated, clock.clone()).with_recording();
    let environment = Environment::new(Arc::new(transport.clone()), clock.clone());
    let endpoint = Endpoint::parse(HOST).unwrap();
    let authorizer = authorizer(&environment, &endpoint);
    let http = environment
        .client(limiter(&environment), &endpoint)
        .authorizer(authorizer)
        .build();
    let info = ConnectorInfo::new("kind", "Kind", "acme", Capabilities::new());
    let account = Account::new(info, http);
    World {
        clock,
        transport,
        api: Api { account, endpoint },
    }
}

fn limiter(environment: &Environment) -> lmsync_core::http::Limiter {
    environment.limiter("kind", Budget::per_minute(600, 4).unwrap())
}

fn header_auth(credential: Result<Credential>) -> Arc<dyn Authorizer> {
    Arc::new(HeaderAuth::new(credential.unwrap()))
}

/// Reads `listing` to its end.
async fn drain(mut listing: RecordStream<Asset>) -> (Vec<u64>, SyncSummary) {
    let mut ids = Vec::new();
    while let Some(asset) = listing.next().await {
        ids.push(asset.unwrap().source.vendor_id.parse().unwrap());
    }
    (ids, listing.summary())
}

/// Every device once, in order, and the listing says that it is complete.
async fn assert_complete(listing: RecordStream<Asset>) {
    let (ids, summary) = drain(listing).await;
    assert_eq!(ids, (1..=DEVICES).collect::<Vec<_>>());
    assert!(summary.complete, "{:?}", summary.incomplete_reason);
}

// Numbered pages; a key in a header of the vendor's own.

struct Numbered(Api);

#[async_trait]
impl ListSource for Numbered {
    type Record = Asset;

    async fn page(&self, at: &PageKey, meter: &Meter) -> Result<Page<Asset>> {
        let path = format!("/devices?page={}", at.number());
        self.0.page(&path, meter).await
    }
}

#[tokio::test(start_paused = true)]
async fn numbered_pages_with_a_key_in_a_header_of_its_own() {
    let vendor: Respond = |request, _| match parameter(request, "page") {
        Some(page) if is_sent(request, "x-api-key", KEY) => {
            let page = page.parse().unwrap();
            (200, json!({ "rows": rows(page), "total": DEVICES }))
        }
        _ => refused(),
    };
    let world = world(vendor, |_, _| {
        let name = HeaderName::from_static("x-api-key");
        header_auth(Credential::header(name, Secret::from(KEY)))
    });
    let source = Numbered(world.api.clone());
    let listing = world.api.account.list(source, AssetQuery::new(), "devices");
    assert_complete(listing).await;
    let sent = world.transport.recorded();
    assert!(
        sent.iter()
            .all(|sent| !sent.headers.contains_key("authorization"))
    );
}

struct WithoutDetail(Numbered);

#[async_trait]
impl ListSource for WithoutDetail {
    type Record = Asset;

    async fn page(&self, at: &PageKey, meter: &Meter) -> Result<Page<Asset>> {
        self.0.page(at, meter).await
    }

    async fn complete(&self, _: Asset, _: &Meter) -> Result<Asset> {
        panic!("nobody may ask for detail that is not offered")
    }
}

#[tokio::test(start_paused = true)]
async fn detail_that_is_not_offered_is_not_asked_for() {
    let vendor: Respond = |_, _| (200, json!({ "rows": rows(1), "total": ROWS }));
    let world = world(vendor, basic);
    let source = WithoutDetail(Numbered(world.api.clone()));
    let query = AssetQuery::new().detail(Detail::NONE.hardware().software());
    let listing = world.api.account.list(source, query, "devices");
    let (ids, summary) = drain(listing).await;
    assert_eq!(ids, [1, 2, 3]);
    assert!(summary.complete, "{:?}", summary.incomplete_reason);
}

// Cursors; a token by the password grant, the client in a Basic header.

struct Cursors(Api);

#[async_trait]
impl ListSource for Cursors {
    type Record = Asset;

    fn first(&self) -> PageKey {
        PageKey::start()
    }

    async fn page(&self, at: &PageKey, meter: &Meter) -> Result<Page<Asset>> {
        let mut url = self.0.endpoint.join("/devices")?;
        if let Some(cursor) = at.cursor() {
            url.query_pairs_mut().append_pair("after", cursor);
        }
        let list = self.0.get::<List>(&url, meter).await?;
        Ok(self.0.read(&list, Next::cursor(&list.value.next)))
    }
}

fn cursor_vendor(request: &Request<Bytes>, _: u32) -> (u16, Value) {
    if request.uri().path() == "/token" {
        let form = std::str::from_utf8(request.body()).unwrap();
        let is_right = form.contains("grant_type=password") && form.contains("username=ann");
        // `app:s3cret`
        let is_client = is_sent(request, "authorization", "Basic YXBwOnMzY3JldA==");
        let token = json!({ "access_token": TOKEN, "token_type": "bearer", "expires_in": "3600" });
        return if is_right && is_client {
            (200, token)
        } else {
            refused()
        };
    }
    if !with_token(request) {
        return refused();
    }
    let number = match parameter(request, "after") {
        // A cursor is opaque: it must come back to the letter.
        Some(cursor) => cursor.strip_prefix("ä+/ =&").unwrap().parse().unwrap(),
        None => 1,
    };
    page_before(number, |next| json!(format!("ä+/ =&{next}")))
}

fn cursor_world() -> World {
    world(cursor_vendor, |environment, endpoint| {
        let grant = Grant::Password {
            username: "ann".to_owned(),
            password: Secret::from("pa55"),
        };
        let config = OAuthConfig::new(endpoint.join("/token").unwrap(), grant, "app")
            .client_secret(Secret::from("s3cret"))
            .client_auth(ClientAuth::Basic);
        let http = environment.client(limiter(environment), endpoint).build();
        let oauth = OAuth::new(config, http);
        Arc::new(TokenAuth::new(Arc::new(oauth), environment.clock.clone()))
    })
}

#[tokio::test(start_paused = true)]
async fn cursors_with_a_token_by_the_password_grant() {
    let world = cursor_world();
    let source = Cursors(world.api.clone());
    let listing = world.api.account.list(source, AssetQuery::new(), "devices");
    assert_complete(listing).await;
    // One sign-in and three pages.
    assert_eq!(world.transport.requests(), 4);
}

#[tokio::test(start_paused = true)]
async fn a_stored_checkpoint_reads_on_at_its_cursor() {
    let first = cursor_world();
    let source = Cursors(first.api.clone());
    let mut listing = first.api.account.list(source, AssetQuery::new(), "devices");
    for _ in 0..DEVICES {
        listing.next().await.unwrap().unwrap();
    }
    let stored = serde_json::to_string(&listing.checkpoint()).unwrap();
    let checkpoint: Checkpoint = serde_json::from_str(&stored).unwrap();

    let second = cursor_world();
    let source = Cursors(second.api.clone());
    let query = AssetQuery::new().resume(checkpoint);
    let listing = second.api.account.list(source, query, "devices");
    let (ids, _) = drain(listing).await;
    assert!(ids.is_empty(), "{ids:?}");
    // The sign-in and the last page.
    assert_eq!(second.transport.requests(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_check_reads_the_first_page_of_each_list() {
    let world = cursor_world();
    let list = Cursors(world.api.clone());
    let report = world.api.account.check(&list, &list).await;
    assert!(report.ok(), "{report:?}");
    // This vendor tells no count.
    assert_eq!(report.checks[3].detail, "assets can be listed");
    // One sign-in and two pages.
    assert_eq!(world.transport.requests(), 3);

    let world = world_of_refusals();
    let list = Cursors(world.api.clone());
    let report = world.api.account.check(&list, &list).await;
    let failed: Vec<_> = report.checks.iter().filter(|check| !check.ok).collect();
    assert_eq!(failed[0].name, Check::AUTHENTICATED);
    assert_eq!(failed.len(), 3, "{failed:?}");
}

fn world_of_refusals() -> World {
    world(|_, _| refused(), basic)
}

// Links; a user name and a password.

struct Links(Api);

#[async_trait]
impl ListSource for Links {
    type Record = Asset;

    fn first(&self) -> PageKey {
        PageKey::start()
    }

    async fn page(&self, at: &PageKey, meter: &Meter) -> Result<Page<Asset>> {
        let http = self.0.account.http();
        let url = match at.cursor() {
            Some(link) => http.next_link(&self.0.endpoint.join("/")?, link)?,
            None => self.0.endpoint.join("/v2/devices")?,
        };
        let list = self.0.get::<List>(&url, meter).await?;
        Ok(self.0.read(&list, Next::link(&list.value.next, &url, http)))
    }
}

fn link_vendor(request: &Request<Bytes>, _: u32) -> (u16, Value) {
    // `ann:pa55`
    if !is_sent(request, "authorization", "Basic YW5uOnBhNTU=") {
        return refused();
    }
    let at = parameter(request, "at").map_or(1, |at| at.parse().unwrap());
    page_before(at, |next| match next {
        // Absolute once, relative once.
        2 => json!(format!("{HOST}/v2/devices?at=2")),
        next => json!(format!("?at={next}")),
    })
}

fn basic(_: &Environment, _: &Endpoint) -> Arc<dyn Authorizer> {
    header_auth(Credential::basic("ann", &Secret::from("pa55")))
}

#[tokio::test(start_paused = true)]
async fn links_with_a_user_name_and_a_password() {
    let world = world(link_vendor, basic);
    let source = Links(world.api.clone());
    let listing = world.api.account.list(source, AssetQuery::new(), "devices");
    assert_complete(listing).await;
}

#[tokio::test(start_paused = true)]
async fn a_link_to_elsewhere_is_not_followed_and_the_listing_says_so() {
    let vendor: Respond =
        |_, _| page_before(1, |_| json!("https://elsewhere.example/devices?at=2"));
    let world = world(vendor, basic);
    let source = Links(world.api.clone());
    let listing = world.api.account.list(source, AssetQuery::new(), "devices");
    let (ids, summary) = drain(listing).await;
    assert_eq!(ids, [1, 2, 3]);
    assert!(!summary.complete);
    let reason = summary.incomplete_reason.unwrap();
    assert!(reason.contains("elsewhere.example"), "{reason}");
    let sent = world.transport.recorded();
    let hosts: BTreeSet<_> = sent.iter().map(|sent| sent.uri.host().unwrap()).collect();
    assert_eq!(hosts, BTreeSet::from(["kind.example"]));
}

#[tokio::test(start_paused = true)]
async fn a_link_is_an_address_of_the_vendors_or_none() {
    let world = world(link_vendor, basic);
    let page = Url::parse("https://kind.example/v2/devices?at=1").unwrap();
    let next = |json: &str| {
        let value: Scalar = serde_json::from_str(json).unwrap();
        Next::link(&value, &page, world.api.account.http())
    };
    for (link, whole) in [
        (
            "\"https://kind.example/v2/devices?at=2\"",
            "https://kind.example/v2/devices?at=2",
        ),
        ("\"https://KIND.example:443/a\"", "https://kind.example/a"),
        (
            "\"/v2/devices?at=2\"",
            "https://kind.example/v2/devices?at=2",
        ),
        ("\"?at=2\"", "https://kind.example/v2/devices?at=2"),
        ("\"//kind.example/b\"", "https://kind.example/b"),
    ] {
        assert_eq!(next(link), Next::Cursor(whole.to_owned()), "{link}");
    }
    for end in ["null", "\"\"", "\" \""] {
        assert_eq!(next(end), Next::End, "{end}");
    }
    for odd in [
        "\"http://kind.example/v2/devices?at=2\"",
        "\"https://kind.example:8443/v2/devices?at=2\"",
        "\"https://kind.example@elsewhere.example/\"",
        "\"https://ann:pa55@kind.example/v2/devices\"",
        "\"https://kind.example.elsewhere.example/\"",
        "\"//elsewhere.example/v2/devices\"",
        "\"file:///etc/hosts\"",
        "\"javascript:alert(1)\"",
        "{\"href\":\"/v2/devices?at=2\"}",
        "[]",
    ] {
        let next = next(odd);
        assert!(matches!(next, Next::Unreadable(_)), "{odd}: {next:?}");
    }
}

// Lists within lists; two headers.

struct Sites(Api);

#[derive(Debug, Clone, Deserialize)]
struct Site {
    id: String,
    name: String,
}

impl Listed for Site {
    fn vendor_id(&self) -> &str {
        &self.id
    }
}

#[async_trait]
impl ListSource for Sites {
    type Record = Site;

    async fn page(&self, _at: &PageKey, meter: &Meter) -> Result<Page<Site>> {
        let url = self.0.endpoint.join("/sites")?;
        let sites = self.0.get::<Vec<Site>>(&url, meter).await?;
        Ok(Page::only(
            sites
                .value
                .into_iter()
                .map(Box::new)
                .map(Row::Record)
                .collect(),
        ))
    }
}

/// The devices of one site.
struct OfSite(Api, Site);

#[async_trait]
impl ListSource for OfSite {
    type Record = Asset;

    async fn page(&self, at: &PageKey, meter: &Meter) -> Result<Page<Asset>> {
        let path = format!("/sites/{}/devices?page={}", self.1.id, at.number());
        let mut page = self.0.page(&path, meter).await?;
        for row in &mut page.rows {
            if let Row::Record(asset) = row {
                asset.site = Some(Ref::new(self.1.id.clone(), Some(self.1.name.clone())));
            }
        }
        Ok(page)
    }
}

struct OfAllSites(Api);

#[async_trait]
impl ListChain for OfAllSites {
    type List = OfSite;

    async fn lists(&self, meter: &Meter) -> Result<Vec<(String, OfSite)>> {
        let api = &self.0;
        let sites = read_all(Sites(api.clone()), api.account.http(), meter).await?;
        let sites = sites.require_complete("sites")?.records.into_iter();
        Ok(sites
            .map(|site| (site.id.clone(), OfSite(api.clone(), site)))
            .collect())
    }
}

#[tokio::test(start_paused = true)]
async fn lists_within_lists_with_two_headers() {
    let vendor: Respond = |request, _| {
        let may = is_sent(request, "x-client", "app") && is_sent(request, "x-key", KEY);
        let (path, page) = (request.uri().path(), parameter(request, "page"));
        let list = |rows: Vec<Value>| (200, json!({ "total": rows.len(), "rows": rows }));
        match (path, page.as_deref()) {
            _ if !may => refused(),
            ("/sites", _) => {
                let site = |id: &str| json!({ "id": id, "name": id.to_uppercase() });
                (200, json!([site("north"), site("empty"), site("south")]))
            }
            ("/sites/north/devices", Some("1")) => list(rows(1)),
            // Two pages.
            ("/sites/south/devices", Some("1")) => (200, json!({ "total": 4, "rows": rows(2) })),
            ("/sites/south/devices", Some("2")) => (200, json!({ "total": 4, "rows": rows(3) })),
            _ => list(Vec::new()),
        }
    };
    let world = world(vendor, |_, _| {
        let (client, key) = ("x-client", HeaderName::from_static("x-key"));
        let credential = Credential::header(key, Secret::from(KEY));
        let client = HeaderName::from_static(client);
        header_auth(credential.and_then(|credential| credential.with_header(client, "app")))
    });
    let chain = OfAllSites(world.api.clone());
    let listing = world
        .api
        .account
        .list_all(chain, AssetQuery::new(), "devices of sites");
    assert_complete(listing).await;
}

// An export that is ordered, waited for and fetched; a sign-in that is no OAuth.

struct Export(Api);

#[derive(Deserialize)]
struct Job {
    id: String,
    #[serde(default)]
    done: bool,
}

#[async_trait]
impl ListSource for Export {
    type Record = Asset;

    async fn page(&self, _at: &PageKey, meter: &Meter) -> Result<Page<Asset>> {
        let (api, http) = (&self.0, self.0.account.http());
        let url = api.endpoint.join("/exports")?;
        // What an export that nobody fetches costs is nothing: it may be ordered again.
        let order = Call::post_json("export", &url, &json!({}), Idempotency::Idempotent)?;
        let mut job: Job = http
            .send(&order, meter, |answer| {
                answer.require_success()?;
                answer.json()
            })
            .await?;
        while !job.done {
            http.clock().sleep(Duration::from_secs(10)).await;
            let url = api.endpoint.join(&format!("/exports/{}", job.id))?;
            job = api.get::<Job>(&url, meter).await?.value;
        }
        let url = api.endpoint.join(&format!("/exports/{}/rows", job.id))?;
        let list = api.get::<List>(&url, meter).await?;
        Ok(api.read(&list, Next::End))
    }
}

#[tokio::test(start_paused = true)]
async fn an_export_with_a_sign_in_that_is_no_oauth() {
    let vendor: Respond = |request, before| match request.uri().path() {
        "/login" if request.body().as_ref() == format!("key={KEY}").as_bytes() => {
            (200, json!({ "data": { "jwt": TOKEN, "seconds": 600 } }))
        }
        _ if !with_token(request) => refused(),
        "/exports" => (200, json!({ "id": "e1" })),
        "/exports/e1" => (200, json!({ "id": "e1", "done": before >= 5 })),
        "/exports/e1/rows" => {
            let all: Vec<Value> = (1..=3).flat_map(rows).collect();
            (200, json!({ "rows": all }))
        }
        _ => (404, json!({})),
    };
    let world = world(vendor, |environment, endpoint| {
        let http = environment.client(limiter(environment), endpoint).build();
        let login = endpoint.join("/login").unwrap();
        let sign_in = SignIn::new(http, move |client| {
            let login = login.clone();
            async move {
                let answer = client.post_form(&login, &[("key", KEY)]).await?;
                answer.token_at("/data/jwt", "/data/seconds")
            }
        });
        Arc::new(TokenAuth::new(Arc::new(sign_in), environment.clock.clone()))
    });
    let source = Export(world.api.clone());
    let listing = world.api.account.list(source, AssetQuery::new(), "devices");
    assert_complete(listing).await;
    // Sign-in, order, asked four times, fetched.
    assert_eq!(world.transport.requests(), 7);
    assert_eq!(world.clock.elapsed(), Duration::from_secs(40));
}
