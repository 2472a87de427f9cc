//! [`Connector`] for ConnectWise RMM.

use std::sync::Arc;

use async_trait::async_trait;
use futures_util::future::{join, join3};
use lmsync_core::http::Meter;
use lmsync_core::json::{KeepRaw, LenientObject, Scalar, WireRow};
use lmsync_core::listing::{ListSource, ListingScope, RecordStream};
use lmsync_core::model::{Asset, AssetId, Rules, Software, TenantFieldNames};
use lmsync_core::two_way::DateFields;
use lmsync_core::{
    AssetQuery, AssetStream, Capabilities, CheckInSupport, CheckReport, CheckScope, Connector,
    ConnectorInfo, CustomerStream, Detail, Error, ErrorKind, Result, SoftwareStream,
};

use crate::api::{
    Api, COMPANIES_AT_ONCE, Category, DevicePath, DeviceRequest, Fields, NETWORK_FIELDS,
    PLATFORM_FIELDS,
};
use crate::batch::CheckIns;
use crate::lists::{AssetPages, CustomerPages};
use crate::map::{self, COMPANY_ID, Names, Origin, SITE_ID};
use crate::read::DeviceRow;
use crate::scope::Scope;
use crate::{check, wire};

pub(crate) const PRODUCT: &str = "ConnectWise RMM";

/// What `Detail::hardware` adds to the list's fields.
const HARDWARE_FIELDS: &[&str] = &[
    "processors",
    "physicalMemory",
    "drives",
    "networks",
    "antiViruses",
    "users",
];
const SOFTWARE_FIELDS: &[&str] = &["installedSoftwares"];

/// A ConnectWise RMM account.
///
/// Made by [`CwRmmConfig::connect`](crate::CwRmmConfig::connect). Clones share the access token
/// and the request budget.
#[derive(Debug, Clone)]
pub struct CwRmm {
    pub(crate) inner: Arc<Inner>,
}

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) info: ConnectorInfo,
    pub(crate) api: Api,
    pub(crate) options: Options,
    pub(crate) rules: Rules,
}

/// What the configuration decides about reading and writing.
#[derive(Debug, Clone)]
pub(crate) struct Options {
    pub(crate) network_devices: bool,
    pub(crate) places: TenantFieldNames,
    pub(crate) create_custom_fields: bool,
}

impl CwRmm {
    pub(crate) fn new(api: Api, instance: String, options: Options, rules: Rules) -> Self {
        let capabilities = Capabilities::new()
            .check_in(CheckInSupport::Agent)
            .detail(Detail::NONE.hardware().software())
            .two_way(DateFields::named_in(&options.places));
        Self {
            inner: Arc::new(Inner {
                info: ConnectorInfo::new(map::CONNECTOR, PRODUCT, instance, capabilities),
                api,
                options,
                rules,
            }),
        }
    }

    /// The same account with other rules of normalisation, such as further
    /// placeholder serial numbers.
    #[must_use]
    pub fn with_rules(self, rules: Rules) -> Self {
        Self::new(
            self.inner.api.clone(),
            self.inner.info.instance.clone(),
            self.inner.options.clone(),
            rules,
        )
    }

    fn scope(&self, records: &str) -> ListingScope {
        ListingScope {
            connector: self.inner.info.vendor.to_owned(),
            instance: self.inner.info.instance.clone(),
            listing: format!("{records} by {COMPANIES_AT_ONCE} companies"),
        }
    }

    fn stream<S: ListSource>(
        &self,
        source: S,
        query: AssetQuery,
        records: &str,
    ) -> RecordStream<S::Record> {
        let http = self.inner.api.http();
        RecordStream::new(
            source,
            query,
            self.scope(records),
            http.clock().clone(),
            http.concurrency(),
        )
    }
}

#[async_trait]
impl Connector for CwRmm {
    fn info(&self) -> &ConnectorInfo {
        &self.inner.info
    }

    async fn check(&self, scope: CheckScope) -> CheckReport {
        check::check(&self.inner, scope).await
    }

    fn assets(&self, query: AssetQuery) -> AssetStream {
        let pages = AssetPages::new(Arc::clone(&self.inner), &query);
        let records = if self.inner.options.network_devices {
            "assets with network devices"
        } else {
            "assets"
        };
        self.stream(pages, query, records)
    }

    fn software(&self, _query: AssetQuery) -> SoftwareStream {
        RecordStream::<Software>::failed(
            Error::unsupported(PRODUCT, "software assets")
                .with_hint("ask for installed software with `Detail::software`"),
            self.scope("software"),
        )
    }

    fn customers(&self) -> CustomerStream {
        let pages = CustomerPages::new(Arc::clone(&self.inner));
        self.stream(pages, AssetQuery::new(), "customers")
    }

    async fn asset(&self, id: &AssetId) -> Result<Asset> {
        self.inner.one(id, &Meter::default()).await
    }
}

impl Inner {
    pub(crate) fn origin(&self) -> Origin<'_> {
        Origin {
            instance: &self.info.instance,
            rules: &self.rules,
        }
    }

    pub(crate) fn categories(&self) -> &'static [Category] {
        if self.options.network_devices {
            &[Category::Platform, Category::Network]
        } else {
            &[Category::Platform]
        }
    }

    async fn one(&self, id: &AssetId, meter: &Meter) -> Result<Asset> {
        let (company, site) = match (id.parent_ids.get(COMPANY_ID), id.parent_ids.get(SITE_ID)) {
            (Some(company), Some(site)) => (company.clone(), site.clone()),
            _ => self.whereabouts(&id.vendor_id, meter).await?,
        };
        let place = DevicePath {
            company: &company,
            site: &site,
            device: &id.vendor_id,
        };
        let companies = std::slice::from_ref(&company);
        let fields = self.fields(self.info.capabilities.detail, true);
        let (device, names, check_ins) = join3(
            self.api.device(place, &fields, meter),
            self.names(&company, &site, meter),
            self.api.heartbeat(companies, meter),
        )
        .await;
        let (detail, received_at) = device?;
        let check_ins = CheckIns::of_answer(check_ins)?;
        let mut endpoint = endpoint(&detail)?.clone();
        endpoint.endpoint_id = Scalar::Text(id.vendor_id.clone());
        let row = DeviceRow {
            company: Some(company.clone()),
            site: Some(site.clone()),
            row: WireRow::typed(LenientObject::Value(endpoint.clone())),
        };
        let check_in = check_ins.of(Some(&company), &id.vendor_id);
        let asset = map::asset(row, check_in, &names?, self.origin(), received_at).map_err(
            |rejection| {
                Error::new(ErrorKind::Decode, rejection.reason)
                    .with_operation("device")
                    .with_hint("report it to the vendor")
            },
        )?;
        let asset = map::with_software(asset, &endpoint, &self.rules);
        let asset = map::with_detail(asset, &endpoint, &self.rules);
        self.add_state(asset, meter).await
    }

    /// Company and site of a device of which only the id is known.
    async fn whereabouts(&self, id: &str, meter: &Meter) -> Result<(String, String)> {
        let resources = [id.to_owned()];
        for category in self.categories() {
            let wanted = DeviceRequest {
                category: *category,
                resource_type: "endpoint",
                resources: &resources,
                raw: KeepRaw::No,
            };
            let found = self.api.devices(wanted, "0", meter).await?;
            let mut rows = found.into_iter().flat_map(|page| page.rows);
            if let Some(row) = rows.find(|row| row.id() == Some(id))
                && let (Some(company), Some(site)) = (row.company, row.site)
            {
                return Ok((company, site));
            }
        }
        Err(no_such_device())
    }

    /// The names of one company and one site; who may not read them goes without.
    async fn names(&self, company: &str, site: &str, meter: &Meter) -> Result<Names> {
        let (company, site) =
            join(self.api.company(company, meter), self.api.site(site, meter)).await;
        let mut names = Names::default();
        if let Some(company) = unless_hidden(company)? {
            names.add_company(&company);
        }
        if let Some(site) = unless_hidden(site)? {
            names.add_site(&site);
        }
        Ok(names)
    }

    fn fields(&self, detail: Detail, with_list: bool) -> String {
        let mut fields: Vec<&str> = Vec::new();
        let list: &[&[&str]] = if with_list {
            &[PLATFORM_FIELDS, NETWORK_FIELDS]
        } else {
            &[]
        };
        let hardware: &[&str] = if detail.hardware {
            HARDWARE_FIELDS
        } else {
            &[]
        };
        let software: &[&str] = if detail.software {
            SOFTWARE_FIELDS
        } else {
            &[]
        };
        for field in list.iter().copied().chain([hardware, software]).flatten() {
            if !fields.contains(field) {
                fields.push(field);
            }
        }
        fields.join(",")
    }

    /// Adds to `asset` what costs further calls.
    pub(crate) async fn add_detail(
        &self,
        asset: Asset,
        detail: Detail,
        meter: &Meter,
    ) -> Result<Asset> {
        let id = asset.id();
        let place = id
            .parent_ids
            .get(COMPANY_ID)
            .zip(id.parent_ids.get(SITE_ID));
        let Some((company, site)) = place else {
            let why = "the list told no company or site, without which a device cannot be read";
            return Ok(map::with_gap(asset, "detail", why, &self.rules));
        };
        let place = DevicePath {
            company,
            site,
            device: &id.vendor_id,
        };
        let fields = self.fields(detail, false);
        let found = self.api.device(place, &fields, meter).await;
        let mut asset = match found {
            Ok((found, _)) => {
                let endpoint = endpoint(&found)?;
                let mut asset = asset;
                if detail.hardware {
                    asset = map::with_detail(asset, endpoint, &self.rules);
                }
                if detail.software {
                    asset = map::with_software(asset, endpoint, &self.rules);
                }
                asset
            }
            Err(error) if is_hidden(&error) => {
                map::with_gap(asset, "detail", &error.to_string(), &self.rules)
            }
            Err(error) => return Err(error),
        };
        if detail.hardware {
            asset = self.add_state(asset, meter).await?;
        }
        Ok(asset)
    }

    /// Adds who was last logged in, and what the partner keeps in custom fields.
    async fn add_state(&self, asset: Asset, meter: &Meter) -> Result<Asset> {
        let id = asset.source.vendor_id.clone();
        let (state, fields) = join(
            self.api.system_state(&id, meter),
            self.api.custom_fields(&id, Fields::Own, meter),
        )
        .await;
        let rules = &self.rules;
        let asset = match state {
            Ok(state) => map::with_state(asset, &state, rules),
            Err(error) if error.kind() == ErrorKind::NotFound => asset,
            Err(error) if is_hidden(&error) => {
                map::with_gap(asset, "last_user", &error.to_string(), rules)
            }
            Err(error) => return Err(error),
        };
        match fields {
            Ok(fields) => {
                let places = &self.options.places;
                Ok(map::with_custom_fields(asset, &fields, places, rules))
            }
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(asset),
            Err(error) if is_hidden(&error) => {
                let why = error.to_string();
                Ok(map::with_gap(asset, "custom_fields", &why, rules))
            }
            Err(error) => Err(error),
        }
    }
}

fn endpoint(detail: &wire::DeviceDetail) -> Result<&wire::Endpoint> {
    [&detail.platform, &detail.network, &detail.cloud]
        .into_iter()
        .find_map(LenientObject::value)
        .ok_or_else(no_such_device)
}

fn no_such_device() -> Error {
    Error::new(
        ErrorKind::NotFound,
        "ConnectWise RMM does not know the device",
    )
    .with_operation("device")
    .with_hint(format!(
        "it may have been deleted, or the key may not see it: {}",
        Scope::Devices.hint()
    ))
}

/// Whether this one thing is out of reach, and all else goes on.
fn is_hidden(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Permission | ErrorKind::NotFound)
}

pub(crate) fn unless_hidden<T>(outcome: Result<T>) -> Result<Option<T>> {
    match outcome {
        Ok(value) => Ok(Some(value)),
        Err(error) if is_hidden(&error) => Ok(None),
        Err(error) => Err(error),
    }
}
