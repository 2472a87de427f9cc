//! The loop that somebody writes who needs one list once: the same requests, fifteen fields, JSON lines.
//!
//! No windows, no retries, no limits, no normalisation, no proof that the list is complete.

use std::collections::HashMap;
use std::fmt;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use futures_util::{StreamExt, stream};
use serde::de::{Deserializer, Error, IgnoredAny, Visitor};
use serde::{Deserialize, Serialize};

use crate::Result;
use crate::tape::Recorded;

/// Sends `requests` to `origin`, so many at once, and writes what they bring to `output`.
pub(crate) async fn sync(
    vendor: &str,
    origin: &str,
    requests: Vec<Recorded>,
    in_flight: usize,
    output: &Path,
) -> Result<u64> {
    let client = reqwest::Client::new();
    let mut file = BufWriter::new(File::create(output)?);
    let mut account = Account::default();
    let mut written = 0;
    let mut answers = stream::iter(requests)
        .map(|request| async {
            let body = send(&client, origin, &request).await?;
            Ok::<_, reqwest::Error>((request.target, body))
        })
        .buffered(in_flight);
    while let Some(answer) = answers.next().await {
        let (target, body) = answer?;
        for record in account.read(vendor, &target, &body)? {
            serde_json::to_writer(&mut file, &record)?;
            file.write_all(b"\n")?;
            written += 1;
        }
    }
    file.flush()?;
    Ok(written)
}

async fn send(
    client: &reqwest::Client,
    origin: &str,
    request: &Recorded,
) -> reqwest::Result<bytes::Bytes> {
    let address = format!("{origin}{}", request.target);
    let mut sent = match request.method.as_str() {
        "POST" => client.post(address).body(request.body.clone()),
        _ => client.get(address),
    };
    for (name, value) in &request.headers {
        sent = sent.header(name, value);
    }
    sent.send().await?.bytes().await
}

/// The fifteen fields.
#[derive(Debug, Default, Serialize)]
struct Record {
    id: String,
    name: Option<String>,
    hostname: Option<String>,
    kind: Option<String>,
    customer_id: Option<String>,
    customer: Option<String>,
    site: Option<String>,
    serial: Option<String>,
    manufacturer: Option<String>,
    model: Option<String>,
    os: Option<String>,
    os_version: Option<String>,
    last_check_in: Option<String>,
    purchase_date: Option<String>,
    warranty_expiry: Option<String>,
}

/// Names and check-ins that earlier answers told.
#[derive(Debug, Default)]
struct Account {
    companies: HashMap<String, String>,
    sites: HashMap<String, String>,
    check_ins: HashMap<String, String>,
}

impl Account {
    fn read(&mut self, vendor: &str, target: &str, body: &[u8]) -> Result<Vec<Record>> {
        match vendor {
            "superops" => Ok(serde_json::from_slice::<SuperOps>(body)?.records()),
            "syncro" if target.contains("/customer_assets") => {
                Ok(serde_json::from_slice::<Syncro>(body)?.records())
            }
            "halo-psa" if target.contains("/Asset?") => {
                Ok(serde_json::from_slice::<Halo>(body)?.records())
            }
            "cwrmm" => self.read_connectwise(target, body),
            _ => {
                let IgnoredAny = serde_json::from_slice(body)?;
                Ok(Vec::new())
            }
        }
    }

    fn read_connectwise(&mut self, target: &str, body: &[u8]) -> Result<Vec<Record>> {
        if target.contains("/companies?") || target.contains("/sites?") {
            let named: Vec<Ref> = serde_json::from_slice(body)?;
            let known = match target.contains("/sites?") {
                true => &mut self.sites,
                false => &mut self.companies,
            };
            for each in named {
                known.insert(each.id.0, each.name.unwrap_or_default());
            }
        } else if target.contains("/heartbeat?") {
            let beats: Heartbeats = serde_json::from_slice(body)?;
            let beats = beats.companies.into_iter().flat_map(|each| each.endpoints);
            self.check_ins
                .extend(beats.map(|beat| (beat.endpoint, beat.at)));
        } else if target.contains("/categories/platform/") {
            let groups: Platform = serde_json::from_slice(body)?;
            let groups = groups.platform.into_iter();
            return Ok(groups.flat_map(|group| group.records(self)).collect());
        }
        Ok(Vec::new())
    }
}

/// An id that comes as text or number.
#[derive(Debug, Default)]
struct Id(String);

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        struct IdVisitor;
        impl Visitor<'_> for IdVisitor {
            type Value = Id;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an id")
            }
            fn visit_u64<E: Error>(self, id: u64) -> std::result::Result<Id, E> {
                Ok(Id(id.to_string()))
            }
            fn visit_f64<E: Error>(self, id: f64) -> std::result::Result<Id, E> {
                Ok(Id(id.to_string()))
            }
            fn visit_str<E: Error>(self, id: &str) -> std::result::Result<Id, E> {
                Ok(Id(id.to_owned()))
            }
        }
        deserializer.deserialize_any(IdVisitor)
    }
}

#[derive(Debug, Default, Deserialize)]
struct Ref {
    #[serde(alias = "accountId")]
    id: Id,
    #[serde(alias = "business_name")]
    name: Option<String>,
}

#[derive(Debug, Deserialize)]
struct SuperOps {
    data: SuperOpsData,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct SuperOpsData {
    get_asset_list: SuperOpsList,
}

#[derive(Debug, Deserialize)]
struct SuperOpsList {
    assets: Vec<SuperOpsAsset>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct SuperOpsAsset {
    asset_id: Id,
    name: Option<String>,
    host_name: Option<String>,
    platform_category: Option<String>,
    client: Option<Ref>,
    site: Option<Ref>,
    serial_number: Option<String>,
    manufacturer: Option<String>,
    model: Option<String>,
    platform: Option<String>,
    platform_version: Option<String>,
    last_communicated_time: Option<String>,
    purchased_date: Option<String>,
    warranty_expiry_date: Option<String>,
}

impl SuperOps {
    fn records(self) -> Vec<Record> {
        let assets = self.data.get_asset_list.assets.into_iter();
        assets
            .map(|asset| {
                let customer = asset.client.unwrap_or_default();
                Record {
                    id: asset.asset_id.0,
                    name: asset.name,
                    hostname: asset.host_name,
                    kind: asset.platform_category,
                    customer_id: Some(customer.id.0),
                    customer: customer.name,
                    site: asset.site.and_then(|site| site.name),
                    serial: asset.serial_number,
                    manufacturer: asset.manufacturer,
                    model: asset.model,
                    os: asset.platform,
                    os_version: asset.platform_version,
                    last_check_in: asset.last_communicated_time,
                    purchase_date: asset.purchased_date,
                    warranty_expiry: asset.warranty_expiry_date,
                }
            })
            .collect()
    }
}

#[derive(Debug, Deserialize)]
struct Syncro {
    assets: Vec<SyncroAsset>,
}

#[derive(Debug, Deserialize)]
struct SyncroAsset {
    id: Id,
    name: Option<String>,
    asset_type: Option<String>,
    customer: Option<Ref>,
    asset_serial: Option<String>,
    properties: SyncroProperties,
}

#[derive(Debug, Default, Deserialize)]
struct SyncroProperties {
    #[serde(default)]
    kabuto_information: SyncroAgent,
    #[serde(rename = "Purchase Date")]
    purchase_date: Option<String>,
    #[serde(rename = "Warranty Expiration Date")]
    warranty_expiry: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
struct SyncroAgent {
    #[serde(default)]
    general: SyncroGeneral,
    #[serde(default)]
    os: SyncroOs,
    last_synced_at: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
struct SyncroGeneral {
    domain: Option<String>,
    form_factor: Option<String>,
    manufacturer: Option<String>,
    model: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
struct SyncroOs {
    name: Option<String>,
    build: Option<String>,
}

impl Syncro {
    fn records(self) -> Vec<Record> {
        let assets = self.assets.into_iter();
        assets
            .map(|asset| {
                let customer = asset.customer.unwrap_or_default();
                let agent = asset.properties.kabuto_information;
                Record {
                    id: asset.id.0,
                    name: asset.name,
                    hostname: agent.general.domain,
                    kind: agent.general.form_factor.or(asset.asset_type),
                    customer_id: Some(customer.id.0),
                    customer: customer.name,
                    site: None,
                    serial: asset.asset_serial,
                    manufacturer: agent.general.manufacturer,
                    model: agent.general.model,
                    os: agent.os.name,
                    os_version: agent.os.build,
                    last_check_in: agent.last_synced_at,
                    purchase_date: asset.properties.purchase_date,
                    warranty_expiry: asset.properties.warranty_expiry,
                }
            })
            .collect()
    }
}

#[derive(Debug, Deserialize)]
struct Halo {
    assets: Vec<HaloAsset>,
}

#[derive(Debug, Deserialize)]
struct HaloAsset {
    id: Id,
    inventory_number: Option<String>,
    assettype_name: Option<String>,
    client_id: Option<Id>,
    client_name: Option<String>,
    site_name: Option<String>,
    warranty_end: Option<String>,
    #[serde(default)]
    fields: Vec<HaloField>,
}

#[derive(Debug, Deserialize)]
struct HaloField {
    name: String,
    display: Option<String>,
}

impl Halo {
    fn records(self) -> Vec<Record> {
        let assets = self.assets.into_iter();
        assets
            .map(|mut asset| {
                let mut field = |name: &str| {
                    let found = asset.fields.iter_mut().find(|field| field.name == name);
                    found.and_then(|field| field.display.take())
                };
                Record {
                    hostname: field("Name"),
                    serial: field("Serial Number"),
                    manufacturer: field("Manufacturer"),
                    model: field("Model"),
                    os: field("Operating System"),
                    os_version: field("OS Version"),
                    last_check_in: field("Last Seen"),
                    purchase_date: field("Purchase Date"),
                    id: asset.id.0,
                    name: asset.inventory_number,
                    kind: asset.assettype_name,
                    customer_id: asset.client_id.map(|id| id.0),
                    customer: asset.client_name,
                    site: asset.site_name,
                    warranty_expiry: asset.warranty_end,
                }
            })
            .collect()
    }
}

#[derive(Debug, Deserialize)]
struct Heartbeats {
    #[serde(rename = "successfulRecords")]
    companies: Vec<CompanyBeats>,
}

#[derive(Debug, Deserialize)]
struct CompanyBeats {
    #[serde(default)]
    endpoints: Vec<Beat>,
}

#[derive(Debug, Deserialize)]
struct Beat {
    #[serde(rename = "EndpointID")]
    endpoint: String,
    #[serde(rename = "DcDateTimeUTC", default)]
    at: String,
}

#[derive(Debug, Deserialize)]
struct Platform {
    platform: Vec<Group>,
}

#[derive(Debug, Deserialize)]
struct Group {
    #[serde(rename = "companyID")]
    company: String,
    #[serde(rename = "siteID")]
    site: Option<String>,
    #[serde(default)]
    endpoints: Vec<Endpoint>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Endpoint {
    #[serde(rename = "endpointID")]
    id: String,
    device_name: Option<String>,
    friendly_name: Option<String>,
    endpoint_type: Option<String>,
    #[serde(default)]
    system: EndpointSystem,
    #[serde(default)]
    bios: EndpointSystem,
    #[serde(default)]
    os: EndpointOs,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct EndpointSystem {
    manufacturer: Option<String>,
    model: Option<String>,
    serial_number: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
struct EndpointOs {
    product: Option<String>,
    version: Option<String>,
}

impl Group {
    fn records(self, account: &Account) -> Vec<Record> {
        let endpoints = self.endpoints.into_iter();
        endpoints
            .map(|endpoint| Record {
                last_check_in: account.check_ins.get(&endpoint.id).cloned(),
                id: endpoint.id,
                name: endpoint.friendly_name,
                hostname: endpoint.device_name,
                kind: endpoint.endpoint_type,
                customer: account.companies.get(&self.company).cloned(),
                customer_id: Some(self.company.clone()),
                site: self
                    .site
                    .as_ref()
                    .and_then(|site| account.sites.get(site).cloned()),
                serial: endpoint
                    .system
                    .serial_number
                    .or(endpoint.bios.serial_number),
                manufacturer: endpoint.system.manufacturer,
                model: endpoint.system.model,
                os: endpoint.os.product,
                os_version: endpoint.os.version,
                purchase_date: None,
                warranty_expiry: None,
            })
            .collect()
    }
}
