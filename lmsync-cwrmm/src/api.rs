//! The endpoints: one function each, from parameters to one page of wire types.

use std::sync::OnceLock;

use chrono::{DateTime, Utc};
use http::Method;
use lmsync_core::http::{Call, Endpoint, HttpClient, Idempotency, Meter};
use lmsync_core::json::{KeepRaw, LenientObject, Rows, WireRow};
use lmsync_core::listing::PageKey;
use lmsync_core::tenant_fields::TenantFields;
use lmsync_core::{Account, Error, ErrorKind, Result};
use serde::de::DeserializeOwned;
use url::Url;
use url::form_urlencoded::byte_serialize;

use crate::quirks::rows::{self, DeviceRow, ListPage};
use crate::quirks::scope::{Scope, Scopes};
use crate::quirks::writer::{Writer, fields_of};
use crate::{answers, wire};

const COMPANIES: &str = "api/platform/v1/company/companies";
const SITES: &str = "api/platform/v1/company/sites";
const DEVICES: &str = "api/platform/v2/device";

/// The most devices, companies and sites on a page.
pub(crate) const PAGE_SIZE: u32 = 500;
/// The most companies in one request for devices or heartbeats.
pub(crate) const COMPANIES_AT_ONCE: usize = 4;
/// The heartbeat's word for companies. The vendor has renamed it before.
const HEARTBEAT_RESOURCE_TYPE: &str = "companies";
/// The fields that a list of agents is asked for: the vendor takes fifteen at most.
pub(crate) const PLATFORM_FIELDS: &str = "deviceName,friendlyName,endpointType,type,\
     subResourceType,virtualType,ipAddress,macAddress,remoteAddress,os,system,bios,baseboard,\
     processors,physicalMemory";
/// The fields that a list of network devices is asked for; the schema has no `type` and no
/// `remoteAddress` for them.
pub(crate) const NETWORK_FIELDS: &str = "deviceName,friendlyName,endpointType,subResourceType,\
     virtualType,ipAddress,macAddress,createdAt,os,system,bios,baseboard,networks";

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

    const fn fields(self) -> &'static str {
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
    /// The verb that lists devices, once it is known.
    pub(crate) verb: OnceLock<Method>,
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

impl PageAnswer {
    fn page(self) -> Result<Option<ListPage<DeviceRow>>> {
        match self {
            Self::Listed(page) => Ok(Some(page)),
            Self::Nothing => Ok(None),
            Self::WrongVerb(error) => Err(error),
        }
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
        self.list("companies", COMPANIES, at, Scope::Companies, meter)
            .await
    }

    /// A page of the sites of every company.
    pub(crate) async fn sites(
        &self,
        at: &PageKey,
        meter: &Meter,
    ) -> Result<ListPage<WireRow<wire::Site>>> {
        self.list("sites", SITES, at, Scope::Sites, meter).await
    }

    pub(crate) async fn company(&self, id: &str, meter: &Meter) -> Result<wire::Company> {
        let url = self.path(COMPANIES, [id])?;
        let (company, _) = self.one("company", url, Scope::Companies, meter).await?;
        Ok(company)
    }

    pub(crate) async fn site(&self, id: &str, meter: &Meter) -> Result<wire::Site> {
        let url = self.path(SITES, [id])?;
        let (site, _) = self.one("site", url, Scope::Sites, meter).await?;
        Ok(site)
    }

    /// One page of devices from `cursor`; `None` where the vendor knows none.
    ///
    /// The specification has POST; at least one tenant insisted on GET with the same body.
    pub(crate) async fn devices(
        &self,
        wanted: DeviceRequest<'_>,
        cursor: &str,
        meter: &Meter,
    ) -> Result<Option<ListPage<DeviceRow>>> {
        use PageAnswer::{Listed, Nothing, WrongVerb};
        if let Some(known) = self.verb.get() {
            return self.ask(known, wanted, cursor, meter).await?.page();
        }
        let post = self.ask(&Method::POST, wanted, cursor, meter).await?;
        if let Listed(_) = post {
            self.verb.get_or_init(|| Method::POST);
            return post.page();
        }
        let get = match self.ask(&Method::GET, wanted, cursor, meter).await {
            // Something on the way takes no GET with a body.
            Err(error) if is_a_refusal(&error) => WrongVerb(error),
            asked => asked?,
        };
        let (verb, answer) = match (post, get) {
            (WrongVerb(_), get @ Nothing) | (_, get @ Listed(_)) => (Method::GET, get),
            (post, WrongVerb(_)) => (Method::POST, post),
            // Both verbs say the same: these companies have no devices.
            (post, Nothing) => return post.page(),
        };
        self.verb.get_or_init(|| verb);
        answer.page()
    }

    async fn ask(
        &self,
        verb: &Method,
        wanted: DeviceRequest<'_>,
        cursor: &str,
        meter: &Meter,
    ) -> Result<PageAnswer> {
        let (category, fields) = (wanted.category.name(), wanted.category.fields());
        let mut url = self.path(DEVICES, ["categories", category, "endpoints"])?;
        let cursor = encoded(cursor);
        url.set_query(Some(&format!(
            "limit={PAGE_SIZE}&cursor={cursor}&field={fields}"
        )));
        let body = wire::Resources {
            resource_type: wanted.resource_type,
            resources: wanted.resources,
        };
        let mut call = Call::post_json("devices", &url, &body, Idempotency::Idempotent)?;
        *call.request.method_mut() = verb.clone();
        self.http()
            .send(&call.with_request_id(), meter, |answer| {
                match answer.status().as_u16() {
                    404 if !answer.is_html() => Ok(PageAnswer::Nothing),
                    405 | 501 => match answers::accept(answer, Scope::Devices) {
                        Ok(()) => Ok(PageAnswer::Nothing),
                        Err(error) => Ok(PageAnswer::WrongVerb(error)),
                    },
                    _ => {
                        answers::accept(answer, Scope::Devices)?;
                        rows::devices(answer, wanted.raw).map(PageAnswer::Listed)
                    }
                }
            })
            .await
    }

    /// A page of what is installed on the devices of at most four companies: the first, or the one
    /// with the query that the vendor gave.
    ///
    /// Seen: two clients of real accounts; the vendor's specification does not have it.
    pub(crate) async fn software(
        &self,
        companies: &[String],
        at: &PageKey,
        meter: &Meter,
    ) -> Result<ListPage<WireRow<wire::Installed>>> {
        let mut url = self.path(DEVICES, ["endpoints", "applications"])?;
        let first = format!("limit={PAGE_SIZE}&cursor=0");
        url.set_query(Some(at.cursor().unwrap_or(&first)));
        let body = wire::Resources {
            resource_type: "company",
            resources: companies,
        };
        let call = Call::post_json("software", &url, &body, Idempotency::Idempotent)?;
        self.http()
            .send(&call.with_request_id(), meter, |answer| {
                answers::accept(answer, Scope::Devices)?;
                rows::array(answer)
            })
            .await
    }

    /// The heartbeats of at most four companies.
    pub(crate) async fn heartbeat(
        &self,
        companies: &[String],
        meter: &Meter,
    ) -> Result<wire::Heartbeat> {
        // Commas as such, for not every server decodes them.
        let ids: Vec<String> = companies.iter().map(|id| encoded(id)).collect();
        let ids = ids.join(",");
        let mut url = self.path(DEVICES, ["endpoints", "heartbeat"])?;
        url.set_query(Some(&format!(
            "resourceType={HEARTBEAT_RESOURCE_TYPE}&resources={ids}"
        )));
        let call = Call::get("heartbeat", &url)?.with_request_id();
        self.http()
            .send(&call, meter, |answer| {
                answers::accept(answer, Scope::Devices)?;
                let heartbeat: wire::Heartbeat = answers::object(answer)?;
                match heartbeat {
                    wire::Heartbeat {
                        successful_records: None,
                        failed_records: None,
                        ..
                    } => Err(answers::unfamiliar(answer)),
                    heartbeat => Ok(heartbeat),
                }
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
        let DevicePath {
            company,
            site,
            device,
        } = place;
        let path = ["companies", company, "sites", site, "endpoints", device];
        let mut url = self.path(DEVICES, path)?;
        url.set_query(Some(&format!("field={fields}")));
        self.one("device", url, Scope::Devices, meter).await
    }

    /// Who was last logged in on a device, and when it started.
    pub(crate) async fn system_state(&self, id: &str, meter: &Meter) -> Result<wire::SystemState> {
        let url = self.path(DEVICES, ["endpoints", id, "system-state-info"])?;
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
        let call = Call::get("custom fields", &url)?.with_request_id();
        self.http()
            .send(&call, meter, |answer| {
                answers::accept(answer, Scope::CustomFields)?;
                let fields: Rows<LenientObject<wire::AttributeValue>> = answer.json()?;
                let fields = fields.into_iter().filter_map(LenientObject::into_value);
                Ok(fields.collect())
            })
            .await
    }

    /// A page of a plain list: the first, or the one with the query that the vendor gave.
    async fn list<R: DeserializeOwned + Send>(
        &self,
        operation: &'static str,
        path: &'static str,
        at: &PageKey,
        scope: Scope,
        meter: &Meter,
    ) -> Result<ListPage<WireRow<R>>> {
        let mut url = self.path(path, [])?;
        let first = format!("limit={PAGE_SIZE}");
        url.set_query(Some(at.cursor().unwrap_or(&first)));
        let call = Call::get(operation, &url)?.with_request_id();
        self.http()
            .send(&call, meter, |answer| {
                answers::accept(answer, scope)?;
                rows::array(answer)
            })
            .await
    }

    async fn one<T: DeserializeOwned + Send>(
        &self,
        operation: &'static str,
        url: Url,
        scope: Scope,
        meter: &Meter,
    ) -> Result<(T, DateTime<Utc>)> {
        let call = Call::get(operation, &url)?.with_request_id();
        self.http()
            .send(&call, meter, |answer| {
                answers::accept(answer, scope)?;
                Ok((answers::object(answer)?, answer.received_at()))
            })
            .await
    }

    /// The address of `base` with `more` segments, of which ids may hold anything.
    fn path<const N: usize>(&self, base: &'static str, more: [&str; N]) -> Result<Url> {
        self.endpoint.path(base.split('/').chain(more))
    }
}

fn encoded(text: &str) -> String {
    byte_serialize(text.as_bytes()).collect()
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
        for (fields, number) in [(PLATFORM_FIELDS, 15), (NETWORK_FIELDS, 13)] {
            let different: HashSet<_> = fields.split(',').collect();
            assert_eq!(different.len(), number);
        }
    }
}
