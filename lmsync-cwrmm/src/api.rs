//! The endpoints: one function each, from parameters to one page of wire types.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use chrono::{DateTime, Utc};
use http::Method;
use lmsync_core::http::{Call, Endpoint, HttpClient, Meter};
use lmsync_core::json::{KeepRaw, LenientObject, Scalar, WireRow};
use lmsync_core::{Error, ErrorKind, Result};
use serde::de::DeserializeOwned;
use tokio::sync::OnceCell;
use url::Url;

use crate::answers;
use crate::limits::{Allowances, Family, RateLimits};
use crate::read::{self, DeviceRow, ListPage};
use crate::request::{address, call, encoded, list, query};
use crate::scope::{Scope, Scopes};
use crate::wire;
use crate::writer::Writer;

/// The most devices, companies and sites on a page.
pub(crate) const PAGE_SIZE: u32 = 500;
/// The most companies in one request for devices or heartbeats.
pub(crate) const COMPANIES_AT_ONCE: usize = 4;
/// How the heartbeat calls companies. The vendor has renamed it before.
const HEARTBEAT_RESOURCE_TYPE: &str = "companies";
/// So many pages in a row without anything new are no listing any more.
pub(crate) const BARREN_PAGES: u32 = 5;

/// What a list of agents is asked for: the vendor takes fifteen fields at most.
pub(crate) const PLATFORM_FIELDS: &[&str] = &[
    "deviceName",
    "friendlyName",
    "endpointType",
    "type",
    "subResourceType",
    "virtualType",
    "ipAddress",
    "macAddress",
    "remoteAddress",
    "os",
    "system",
    "bios",
    "baseboard",
    "processors",
    "physicalMemory",
];

/// What a list of network devices is asked for.
pub(crate) const NETWORK_FIELDS: &[&str] = &[
    "deviceName",
    "friendlyName",
    "endpointType",
    "type",
    "subResourceType",
    "virtualType",
    "ipAddress",
    "macAddress",
    "remoteAddress",
    "createdAt",
    "os",
    "system",
    "bios",
    "baseboard",
    "networks",
];

/// Which devices to list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Category {
    /// Those with an agent.
    Platform,
    /// Those that an agent found.
    Network,
}

impl Category {
    const fn name(self) -> &'static str {
        match self {
            Self::Platform => "platform",
            Self::Network => "network",
        }
    }

    const fn fields(self) -> &'static [&'static str] {
        match self {
            Self::Platform => PLATFORM_FIELDS,
            Self::Network => NETWORK_FIELDS,
        }
    }
}

/// The calls of one account; clones share what was found out about it.
#[derive(Debug, Clone)]
pub(crate) struct Api {
    http: HttpClient,
    endpoint: Endpoint,
    scopes: Scopes,
    writer: Writer,
    verb: Arc<AtomicU8>,
    limits_asked: Arc<OnceCell<()>>,
    allowances: Arc<Allowances>,
}

/// A page of devices asked for with one verb.
enum PageAnswer {
    Listed(ListPage<DeviceRow>),
    /// 404: no such devices, or not with this verb.
    Nothing,
    /// 405: not with this verb.
    WrongVerb(Error),
}

/// The specification has POST; at least one tenant insisted on GET with the same body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Verb {
    Unknown,
    Post,
    Get,
}

/// What a page of devices is asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DeviceRequest<'a> {
    pub(crate) category: Category,
    /// `company` or `endpoint`.
    pub(crate) resource_type: &'static str,
    pub(crate) resources: &'a [String],
    pub(crate) raw: KeepRaw,
}

impl Api {
    pub(crate) fn new(
        http: HttpClient,
        endpoint: Endpoint,
        scopes: Scopes,
        writer: Writer,
    ) -> Self {
        Self {
            http,
            endpoint,
            scopes,
            writer,
            verb: Arc::new(AtomicU8::new(Verb::Unknown as u8)),
            limits_asked: Arc::default(),
            allowances: Arc::default(),
        }
    }

    pub(crate) fn http(&self) -> &HttpClient {
        &self.http
    }

    pub(crate) fn scopes(&self) -> &Scopes {
        &self.scopes
    }

    pub(crate) fn writer(&self) -> &Writer {
        &self.writer
    }

    /// Asks once per connection how many requests are left; a vendor that does not say is no obstacle.
    pub(crate) async fn learn_limits(&self, meter: &Meter) {
        self.limits_asked
            .get_or_init(|| async {
                if let Ok(limits) = self.rate_limits(meter).await {
                    self.allowances.learn(&limits);
                }
            })
            .await;
    }

    async fn rate_limits(&self, meter: &Meter) -> Result<RateLimits> {
        let call = self.get("rate limits", "/v1/rate_limits", None)?;
        self.http
            .send(&call, meter, |answer| {
                answers::accept(answer, Scope::Companies)?;
                read::object(answer)
            })
            .await
    }

    /// Every company, in the vendor's order.
    pub(crate) async fn companies(
        &self,
        meter: &Meter,
    ) -> Result<ListPage<WireRow<wire::Company>>> {
        let path = "/api/platform/v1/company/companies";
        self.every_page(
            "companies",
            path,
            Scope::Companies,
            Family::Companies,
            meter,
        )
        .await
    }

    /// Every site of every company.
    pub(crate) async fn sites(&self, meter: &Meter) -> Result<ListPage<WireRow<wire::Site>>> {
        let path = "/api/platform/v1/company/sites";
        self.every_page("sites", path, Scope::Sites, Family::Sites, meter)
            .await
    }

    pub(crate) async fn company(&self, id: &str, meter: &Meter) -> Result<wire::Company> {
        let url = address(
            &self.endpoint,
            &["api", "platform", "v1", "company", "companies", id],
        )?;
        let (company, _) = self
            .one("company", url, Scope::Companies, Family::Companies, meter)
            .await?;
        Ok(company)
    }

    pub(crate) async fn site(&self, id: &str, meter: &Meter) -> Result<wire::Site> {
        let url = address(
            &self.endpoint,
            &["api", "platform", "v1", "company", "sites", id],
        )?;
        let (site, _) = self
            .one("site", url, Scope::Sites, Family::Sites, meter)
            .await?;
        Ok(site)
    }

    /// One page of devices from `cursor`; `None` where the vendor knows none.
    pub(crate) async fn devices(
        &self,
        wanted: DeviceRequest<'_>,
        cursor: &str,
        meter: &Meter,
    ) -> Result<Option<ListPage<DeviceRow>>> {
        let first = match self.verb() {
            Verb::Unknown => Verb::Post,
            known => return listed(self.ask(known, wanted, cursor, meter).await?),
        };
        let refused = match self.ask(first, wanted, cursor, meter).await? {
            PageAnswer::Listed(page) => {
                self.settle(first);
                return Ok(Some(page));
            }
            asked => asked,
        };
        let second = match self.ask(Verb::Get, wanted, cursor, meter).await {
            Ok(asked) => asked,
            // Something on the way takes no GET with a body: so POST was right.
            Err(error) if is_a_refusal(&error) => {
                self.settle(first);
                return listed(refused);
            }
            Err(error) => return Err(error),
        };
        match (refused, second) {
            (_, PageAnswer::Listed(page)) => {
                self.settle(Verb::Get);
                Ok(Some(page))
            }
            (PageAnswer::WrongVerb(_), PageAnswer::Nothing) => {
                self.settle(Verb::Get);
                Ok(None)
            }
            (refused, PageAnswer::WrongVerb(_)) => {
                self.settle(first);
                listed(refused)
            }
            // Both verbs say the same: these companies have no devices.
            (refused, PageAnswer::Nothing) => listed(refused),
        }
    }

    async fn ask(
        &self,
        verb: Verb,
        wanted: DeviceRequest<'_>,
        cursor: &str,
        meter: &Meter,
    ) -> Result<PageAnswer> {
        let path = format!(
            "/api/platform/v2/device/categories/{}/endpoints",
            wanted.category.name()
        );
        let query = format!(
            "limit={PAGE_SIZE}&cursor={}&field={}",
            encoded(cursor),
            wanted.category.fields().join(",")
        );
        let body = wire::Resources {
            resource_type: wanted.resource_type,
            resources: wanted.resources,
        };
        let method = if verb == Verb::Get {
            Method::GET
        } else {
            Method::POST
        };
        let url = self.url(&path, Some(&query))?;
        let call = call("devices", method, &url, Some(&body))?;
        self.within(Family::Devices).await;
        self.http
            .send(&call, meter, |answer| match answer.status().as_u16() {
                404 if !answer.is_html() => Ok(PageAnswer::Nothing),
                405 | 501 => match answers::accept(answer, Scope::Devices) {
                    Ok(()) => Ok(PageAnswer::Nothing),
                    Err(error) => Ok(PageAnswer::WrongVerb(error)),
                },
                _ => {
                    answers::accept(answer, Scope::Devices)?;
                    read::devices(answer, wanted.raw).map(PageAnswer::Listed)
                }
            })
            .await
    }

    /// The heartbeats of at most four companies.
    pub(crate) async fn heartbeat(
        &self,
        companies: &[String],
        meter: &Meter,
    ) -> Result<wire::Heartbeat> {
        let query = format!(
            "resourceType={HEARTBEAT_RESOURCE_TYPE}&resources={}",
            list(companies.iter().map(String::as_str))
        );
        let path = "/api/platform/v2/device/endpoints/heartbeat";
        let call = self.get("heartbeat", path, Some(&query))?;
        self.within(Family::Devices).await;
        self.http
            .send(&call, meter, |answer| {
                answers::accept(answer, Scope::Devices)?;
                let heartbeat: wire::Heartbeat = read::object(answer)?;
                if heartbeat.status == Scalar::Absent
                    && heartbeat.successful_records.is_none()
                    && heartbeat.failed_records.is_none()
                {
                    return Err(read::unfamiliar(answer));
                }
                Ok(heartbeat)
            })
            .await
    }

    /// One device alone, with `fields`.
    pub(crate) async fn device(
        &self,
        place: DevicePath<'_>,
        fields: &str,
        meter: &Meter,
    ) -> Result<(wire::DeviceDetail, DateTime<Utc>)> {
        let mut url = address(
            &self.endpoint,
            &[
                "api",
                "platform",
                "v2",
                "device",
                "companies",
                place.company,
                "sites",
                place.site,
                "endpoints",
                place.device,
            ],
        )?;
        url.set_query(Some(&format!("field={fields}")));
        self.one("device", url, Scope::Devices, Family::Details, meter)
            .await
    }

    /// Who was last logged in on a device, and when it started.
    pub(crate) async fn system_state(&self, id: &str, meter: &Meter) -> Result<wire::SystemState> {
        let url = address(
            &self.endpoint,
            &[
                "api",
                "platform",
                "v2",
                "device",
                "endpoints",
                id,
                "system-state-info",
            ],
        )?;
        let (state, _) = self
            .one("system state", url, Scope::Devices, Family::Details, meter)
            .await?;
        Ok(state)
    }

    /// The partner's own fields of a device.
    pub(crate) async fn custom_fields(
        &self,
        id: &str,
        which: Fields,
        meter: &Meter,
    ) -> Result<Vec<wire::AttributeValue>> {
        let mut url = fields_of(&self.endpoint, id)?;
        if which == Fields::All {
            url.set_query(Some("withDefaults=true"));
        }
        let call = call::<()>("custom fields", Method::GET, &url, None)?;
        self.within(Family::Details).await;
        self.http
            .send(&call, meter, |answer| {
                answers::accept(answer, Scope::CustomFields)?;
                let fields: Vec<LenientObject<wire::AttributeValue>> = answer.json()?;
                Ok(fields
                    .into_iter()
                    .filter_map(|field| match field {
                        LenientObject::Value(field) => Some(field),
                        _ => None,
                    })
                    .collect())
            })
            .await
    }

    async fn every_page<R: DeserializeOwned>(
        &self,
        operation: &'static str,
        path: &str,
        scope: Scope,
        family: Family,
        meter: &Meter,
    ) -> Result<ListPage<WireRow<R>>> {
        let mut all = ListPage {
            rows: Vec::new(),
            next: Some(vec![("limit".to_owned(), PAGE_SIZE.to_string())]),
            received_at: self.http.clock().now(),
            gaps: Vec::new(),
        };
        let mut asked = HashSet::new();
        let mut barren = 0;
        while let Some(parameters) = all.next.take() {
            if barren >= BARREN_PAGES || !asked.insert(parameters.clone()) {
                return Err(endless(operation));
            }
            let call = self.get(operation, path, Some(&query(&parameters)))?;
            self.within(family).await;
            let mut page: ListPage<WireRow<R>> = self
                .http
                .send(&call, meter, |answer| {
                    answers::accept(answer, scope)?;
                    read::array(answer)
                })
                .await?;
            barren = if page.rows.is_empty() { barren + 1 } else { 0 };
            all.received_at = page.received_at;
            all.next = page.next.take();
            all.append(page);
        }
        Ok(all)
    }

    async fn one<T: DeserializeOwned>(
        &self,
        operation: &'static str,
        url: Url,
        scope: Scope,
        family: Family,
        meter: &Meter,
    ) -> Result<(T, DateTime<Utc>)> {
        let call = call::<()>(operation, Method::GET, &url, None)?;
        self.within(family).await;
        self.http
            .send(&call, meter, |answer| {
                answers::accept(answer, scope)?;
                Ok((read::object(answer)?, answer.received_at()))
            })
            .await
    }

    /// Waits while the vendor has said that no request of `family` is left.
    async fn within(&self, family: Family) {
        let clock = self.http.clock();
        if let Some(wait) = self.allowances.take(family, clock.now()) {
            clock.sleep(wait).await;
            self.allowances.forget(family);
        }
    }

    fn verb(&self) -> Verb {
        match self.verb.load(Ordering::Relaxed) {
            verb if verb == Verb::Post as u8 => Verb::Post,
            verb if verb == Verb::Get as u8 => Verb::Get,
            _ => Verb::Unknown,
        }
    }

    fn settle(&self, verb: Verb) {
        self.verb.store(verb as u8, Ordering::Relaxed);
    }

    fn get(&self, operation: &'static str, path: &str, query: Option<&str>) -> Result<Call> {
        call::<()>(operation, Method::GET, &self.url(path, query)?, None)
    }

    fn url(&self, path: &str, query: Option<&str>) -> Result<Url> {
        let mut url = self.endpoint.join(path)?;
        url.set_query(query);
        Ok(url)
    }
}

/// Which custom fields of a device to tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fields {
    /// Those that the device itself has a value in.
    Own,
    /// All, the others with what their definition has as a default.
    All,
}

/// Where the custom fields of device `id` are read and written.
pub(crate) fn fields_of(endpoint: &Endpoint, id: &str) -> Result<Url> {
    address(
        endpoint,
        &[
            "api",
            "platform",
            "v2",
            "device",
            "endpoints",
            id,
            "custom-fields",
        ],
    )
}

/// Where one device is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DevicePath<'a> {
    pub(crate) company: &'a str,
    pub(crate) site: &'a str,
    pub(crate) device: &'a str,
}

fn listed(asked: PageAnswer) -> Result<Option<ListPage<DeviceRow>>> {
    match asked {
        PageAnswer::Listed(page) => Ok(Some(page)),
        PageAnswer::Nothing => Ok(None),
        PageAnswer::WrongVerb(error) => Err(error),
    }
}

fn is_a_refusal(error: &Error) -> bool {
    error
        .status()
        .is_some_and(|status| (400..500).contains(&status))
        && !matches!(
            error.kind(),
            ErrorKind::Authentication | ErrorKind::RateLimited | ErrorKind::Timeout
        )
}

pub(crate) fn endless(operation: &str) -> Error {
    Error::vendor(format!(
        "the list of {operation} does not end: its next page was read before or brings nothing new"
    ))
    .with_hint("run the sync again; if it stays, report it to the vendor")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vendor_takes_fifteen_fields_and_no_more() {
        for fields in [PLATFORM_FIELDS, NETWORK_FIELDS] {
            let different: HashSet<_> = fields.iter().collect();
            assert_eq!(different.len(), 15);
        }
    }
}
