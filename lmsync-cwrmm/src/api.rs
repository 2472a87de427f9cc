//! The endpoints: one function each, from parameters to one page of wire types.

use std::sync::atomic::{AtomicU8, Ordering};

use chrono::{DateTime, Utc};
use http::Method;
use lmsync_core::http::{Call, Endpoint, HttpClient, Meter};
use lmsync_core::json::{KeepRaw, LenientObject, Scalar, WireRow};
use lmsync_core::listing::PageKey;
use lmsync_core::tenant_fields::TenantFields;
use lmsync_core::{Account, Error, ErrorKind, Result};
use serde::de::DeserializeOwned;
use url::Url;

use crate::quirks::request::{address, call, encoded, fields_of, list};
use crate::quirks::rows::{self, DeviceRow, ListPage};
use crate::quirks::scope::{Scope, Scopes};
use crate::quirks::writer::Writer;
use crate::{answers, wire};

/// The most devices, companies and sites on a page.
pub(crate) const PAGE_SIZE: u32 = 500;
/// The most companies in one request for devices or heartbeats.
pub(crate) const COMPANIES_AT_ONCE: usize = 4;
/// The heartbeat's word for companies. The vendor has renamed it before.
const HEARTBEAT_RESOURCE_TYPE: &str = "companies";
/// The fields that a list of agents is asked for: the vendor takes fifteen fields at most.
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

/// The fields that a list of network devices is asked for.
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

/// The sort of devices to list.
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

/// The calls of one account.
#[derive(Debug)]
pub(crate) struct Api {
    pub(crate) account: Account,
    pub(crate) endpoint: Endpoint,
    pub(crate) options: Options,
    pub(crate) scopes: Scopes,
    pub(crate) writer: Writer,
    pub(crate) verb: KnownVerb,
}

/// The configuration's decisions about reading and writing.
#[derive(Debug)]
pub(crate) struct Options {
    pub(crate) network_devices: bool,
    pub(crate) fields: TenantFields,
    pub(crate) create_custom_fields: bool,
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

/// The verb that lists devices, once it is known.
#[derive(Debug, Default)]
pub(crate) struct KnownVerb(AtomicU8);

impl KnownVerb {
    fn get(&self) -> Verb {
        match self.0.load(Ordering::Relaxed) {
            verb if verb == Verb::Post as u8 => Verb::Post,
            verb if verb == Verb::Get as u8 => Verb::Get,
            _ => Verb::Unknown,
        }
    }

    fn remember(&self, verb: Verb) {
        self.0.store(verb as u8, Ordering::Relaxed);
    }
}

/// The devices that a page is asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DeviceRequest<'a> {
    pub(crate) category: Category,
    /// `company` or `endpoint`.
    pub(crate) resource_type: &'static str,
    pub(crate) resources: &'a [String],
    pub(crate) raw: KeepRaw,
}

impl Api {
    fn http(&self) -> &HttpClient {
        self.account.http()
    }

    /// The sorts of devices that are listed.
    pub(crate) fn categories(&self) -> &'static [Category] {
        if self.options.network_devices {
            &[Category::Platform, Category::Network]
        } else {
            &[Category::Platform]
        }
    }

    /// A page of companies.
    pub(crate) async fn companies(
        &self,
        at: &PageKey,
        meter: &Meter,
    ) -> Result<ListPage<WireRow<wire::Company>>> {
        let path = "/api/platform/v1/company/companies";
        self.list("companies", path, at, Scope::Companies, meter)
            .await
    }

    /// A page of the sites of every company.
    pub(crate) async fn sites(
        &self,
        at: &PageKey,
        meter: &Meter,
    ) -> Result<ListPage<WireRow<wire::Site>>> {
        let path = "/api/platform/v1/company/sites";
        self.list("sites", path, at, Scope::Sites, meter).await
    }

    pub(crate) async fn company(&self, id: &str, meter: &Meter) -> Result<wire::Company> {
        let url = address(
            &self.endpoint,
            &["api", "platform", "v1", "company", "companies", id],
        )?;
        let (company, _) = self.one("company", url, Scope::Companies, meter).await?;
        Ok(company)
    }

    pub(crate) async fn site(&self, id: &str, meter: &Meter) -> Result<wire::Site> {
        let url = address(
            &self.endpoint,
            &["api", "platform", "v1", "company", "sites", id],
        )?;
        let (site, _) = self.one("site", url, Scope::Sites, meter).await?;
        Ok(site)
    }

    /// One page of devices from `cursor`; `None` where the vendor knows none.
    pub(crate) async fn devices(
        &self,
        wanted: DeviceRequest<'_>,
        cursor: &str,
        meter: &Meter,
    ) -> Result<Option<ListPage<DeviceRow>>> {
        let first = match self.verb.get() {
            Verb::Unknown => Verb::Post,
            known => return listed(self.ask(known, wanted, cursor, meter).await?),
        };
        let refused = match self.ask(first, wanted, cursor, meter).await? {
            PageAnswer::Listed(page) => {
                self.verb.remember(first);
                return Ok(Some(page));
            }
            asked => asked,
        };
        let second = match self.ask(Verb::Get, wanted, cursor, meter).await {
            Ok(asked) => asked,
            // Something on the way takes no GET with a body: so POST was right.
            Err(error) if is_a_refusal(&error) => {
                self.verb.remember(first);
                return listed(refused);
            }
            Err(error) => return Err(error),
        };
        match (refused, second) {
            (_, PageAnswer::Listed(page)) => {
                self.verb.remember(Verb::Get);
                Ok(Some(page))
            }
            (PageAnswer::WrongVerb(_), PageAnswer::Nothing) => {
                self.verb.remember(Verb::Get);
                Ok(None)
            }
            (refused, PageAnswer::WrongVerb(_)) => {
                self.verb.remember(first);
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
        self.http()
            .send(&call, meter, |answer| match answer.status().as_u16() {
                404 if !answer.is_html() => Ok(PageAnswer::Nothing),
                405 | 501 => match answers::accept(answer, Scope::Devices) {
                    Ok(()) => Ok(PageAnswer::Nothing),
                    Err(error) => Ok(PageAnswer::WrongVerb(error)),
                },
                _ => {
                    answers::accept(answer, Scope::Devices)?;
                    rows::devices(answer, wanted.raw).map(PageAnswer::Listed)
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
        self.http()
            .send(&call, meter, |answer| {
                answers::accept(answer, Scope::Devices)?;
                let heartbeat: wire::Heartbeat = answers::object(answer)?;
                if heartbeat.status == Scalar::Absent
                    && heartbeat.successful_records.is_none()
                    && heartbeat.failed_records.is_none()
                {
                    return Err(answers::unfamiliar(answer));
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
        self.one("device", url, Scope::Devices, meter).await
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
        let (state, _) = self.one("system state", url, Scope::Devices, meter).await?;
        Ok(state)
    }

    /// The partner's own fields of a device.
    pub(crate) async fn fields_of_device(
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
        self.http()
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

    /// A page of a plain list: the first, or the one with the query that the vendor gave.
    async fn list<R: DeserializeOwned>(
        &self,
        operation: &'static str,
        path: &str,
        at: &PageKey,
        scope: Scope,
        meter: &Meter,
    ) -> Result<ListPage<WireRow<R>>> {
        let first = format!("limit={PAGE_SIZE}");
        let call = self.get(operation, path, Some(at.cursor().unwrap_or(&first)))?;
        self.http()
            .send(&call, meter, |answer| {
                answers::accept(answer, scope)?;
                rows::array(answer)
            })
            .await
    }

    async fn one<T: DeserializeOwned>(
        &self,
        operation: &'static str,
        url: Url,
        scope: Scope,
        meter: &Meter,
    ) -> Result<(T, DateTime<Utc>)> {
        let call = call::<()>(operation, Method::GET, &url, None)?;
        self.http()
            .send(&call, meter, |answer| {
                answers::accept(answer, scope)?;
                Ok((answers::object(answer)?, answer.received_at()))
            })
            .await
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

/// The custom fields of a device to tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fields {
    /// Those that the device itself has a value in.
    Own,
    /// All, the others with what their definition has as a default.
    All,
}

/// The path to one device.
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

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn the_vendor_takes_fifteen_fields_and_no_more() {
        for fields in [PLATFORM_FIELDS, NETWORK_FIELDS] {
            let different: HashSet<_> = fields.iter().collect();
            assert_eq!(different.len(), 15);
        }
    }
}
