//! One device alone: all that the vendor tells of it.

use futures_util::future::{join, join3};
use lmsync_core::http::Meter;
use lmsync_core::json::{KeepRaw, LenientObject, Scalar, WireRow};
use lmsync_core::model::{Asset, AssetId};
use lmsync_core::{Detail, Error, ErrorKind, Result};

use crate::answers::{is_hidden, unless_hidden};
use crate::api::{Api, DevicePath, DeviceRequest, Fields, NETWORK_FIELDS, PLATFORM_FIELDS};
use crate::map::{self, COMPANY_ID, Names, SITE_ID};
use crate::quirks::check_ins::CheckIns;
use crate::quirks::rows::DeviceRow;
use crate::quirks::scope::Scope;
use crate::wire;

/// The fields that `Detail::hardware` adds to those of the list.
const HARDWARE_FIELDS: &[&str] = &[
    "processors",
    "physicalMemory",
    "drives",
    "networks",
    "antiViruses",
    "users",
];
const SOFTWARE_FIELDS: &[&str] = &["installedSoftwares"];

impl Api {
    /// The device `id`, with all detail.
    pub(crate) async fn whole_device(&self, id: &AssetId, meter: &Meter) -> Result<Asset> {
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
        let fields = self.fields(self.account.info().capabilities.detail, true);
        let (device, names, check_ins) = join3(
            self.device(place, &fields, meter),
            self.names(&company, &site, meter),
            self.heartbeat(companies, meter),
        )
        .await;
        let (detail, received_at) = device?;
        let check_ins = CheckIns::of_answer(check_ins)?;
        let mut endpoint = endpoint(&detail)?.clone();
        endpoint.endpoint_id = Scalar::Text(id.vendor_id.clone());
        let row = DeviceRow {
            company: Some(company.clone()),
            site: Some(site.clone()),
            row: WireRow::of(endpoint.clone()),
        };
        let check_in = check_ins.of(Some(&company), &id.vendor_id);
        let asset = map::asset(row, check_in, &names?, self.account.origin(), received_at)
            .map_err(|rejection| rejection.into_error("device"))?;
        let asset = map::with_software(asset, &endpoint, self.account.origin());
        let asset = map::with_detail(asset, &endpoint, self.account.origin());
        self.add_state(asset, meter).await
    }

    /// The company and site of a device of which only the id is known.
    async fn whereabouts(&self, id: &str, meter: &Meter) -> Result<(String, String)> {
        let resources = [id.to_owned()];
        for category in self.categories() {
            let wanted = DeviceRequest {
                category: *category,
                resource_type: "endpoint",
                resources: &resources,
                raw: KeepRaw::No,
            };
            let found = self.devices(wanted, "0", meter).await?;
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
        let (company, site) = join(self.company(company, meter), self.site(site, meter)).await;
        let mut names = Names::default();
        let (origin, at) = (self.account.origin(), self.account.http().clock().now());
        if let Some(company) = unless_hidden(company)?
            && let Ok(company) = map::customer(WireRow::of(company), origin, at)
        {
            names.add_company(&company);
        }
        if let Some(site) = unless_hidden(site)?
            && let Ok(site) = map::site(WireRow::of(site))
        {
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
            return Ok(map::with_gap(asset, "detail", why, self.account.origin()));
        };
        let place = DevicePath {
            company,
            site,
            device: &id.vendor_id,
        };
        let fields = self.fields(detail, false);
        let found = self.device(place, &fields, meter).await;
        let mut asset = match found {
            Ok((found, _)) => {
                let endpoint = endpoint(&found)?;
                let mut asset = asset;
                if detail.hardware {
                    asset = map::with_detail(asset, endpoint, self.account.origin());
                }
                if detail.software {
                    asset = map::with_software(asset, endpoint, self.account.origin());
                }
                asset
            }
            Err(error) if is_hidden(&error) => {
                map::with_gap(asset, "detail", &error.to_string(), self.account.origin())
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
            self.system_state(&id, meter),
            self.custom_fields(&id, Fields::Own, meter),
        )
        .await;
        let origin = self.account.origin();
        let asset = match state {
            Ok(state) => map::with_state(asset, &state, origin),
            Err(error) if error.kind() == ErrorKind::NotFound => asset,
            Err(error) if is_hidden(&error) => {
                map::with_gap(asset, "last_user", &error.to_string(), origin)
            }
            Err(error) => return Err(error),
        };
        match fields {
            Ok(fields) => {
                let names = &self.options.fields;
                Ok(map::with_custom_fields(asset, &fields, names, origin))
            }
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(asset),
            Err(error) if is_hidden(&error) => {
                let why = error.to_string();
                Ok(map::with_gap(asset, "custom_fields", &why, origin))
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
