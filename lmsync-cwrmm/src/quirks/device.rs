//! One device alone: all that the vendor tells of it.

use chrono::{DateTime, Utc};
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
const HARDWARE_FIELDS: &str = "processors,physicalMemory,drives,networks,antiViruses,users";
const SOFTWARE_FIELDS: &str = "installedSoftwares";

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
        let fields = fields(self.account.info().capabilities.detail, true);
        let (device, names, check_ins) = join3(
            self.device_alone(place, &fields, meter),
            self.names(&company, &site, meter),
            self.heartbeat(companies, meter),
        )
        .await;
        let (detail, received_at) = device?;
        let check_ins = CheckIns::of_answer(check_ins)?;
        let mut endpoint = endpoint(&detail)?.clone();
        endpoint.endpoint_id = Scalar::Text(id.vendor_id.as_str().into());
        let row = DeviceRow {
            company: Some(company.clone()),
            site: Some(site.clone()),
            row: WireRow::of(Box::new(endpoint.clone())),
        };
        let check_in = check_ins.of(Some(&company), &id.vendor_id);
        let asset = map::asset(row, check_in, &names?, self.account.origin(), received_at)
            .map_err(|rejection| rejection.into_error("device"))?;
        let asset = map::with_software(
            asset,
            &endpoint.installed_softwares.0,
            self.account.origin(),
        );
        let asset = map::with_detail(asset, &endpoint, self.account.origin());
        self.add_state(asset, meter).await
    }

    /// One device, with `fields` or, where it refuses some of them, those that a network device has.
    async fn device_alone(
        &self,
        place: DevicePath<'_>,
        fields: &str,
        meter: &Meter,
    ) -> Result<(wire::DeviceDetail, DateTime<Utc>)> {
        match self.device(place, fields, meter).await {
            Err(error) if error.status() == Some(400) && self.options.network_devices => {
                self.device(place, NETWORK_FIELDS, meter).await
            }
            told => told,
        }
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
            names.add_site(site);
        }
        Ok(names)
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
            return Ok(self.account.origin().with_gap(asset, "detail", why));
        };
        let place = DevicePath {
            company,
            site,
            device: &id.vendor_id,
        };
        let fields = fields(detail, false);
        let found = self.device_alone(place, &fields, meter).await;
        let origin = self.account.origin();
        let asset = self.with(asset, "detail", found.map(Some), |mut asset, (found, _)| {
            let endpoint = endpoint(&found)?;
            if detail.hardware {
                asset = map::with_detail(asset, endpoint, origin);
            }
            if detail.software {
                asset = map::with_software(asset, &endpoint.installed_softwares.0, origin);
            }
            Ok(asset)
        })?;
        match detail.hardware {
            true => self.add_state(asset, meter).await,
            false => Ok(asset),
        }
    }

    /// Adds who was last logged in, and what the partner keeps in custom fields.
    async fn add_state(&self, asset: Asset, meter: &Meter) -> Result<Asset> {
        let id = asset.source.vendor_id.clone();
        let state = self.system_state(&id, meter);
        let (state, fields) = join(state, self.custom_fields(&id, Fields::Own, meter)).await;
        let (origin, names) = (self.account.origin(), &self.options.fields);
        let asset = self.with(asset, "last_user", unless_unknown(state), |asset, state| {
            Ok(map::with_state(asset, &state, origin))
        })?;
        self.with(
            asset,
            "custom_fields",
            unless_unknown(fields),
            |asset, fields| Ok(map::with_custom_fields(asset, &fields, names, origin)),
        )
    }

    /// `asset` with what `add` makes of `found`; with a note on `field` where that is out of reach.
    fn with<T>(
        &self,
        asset: Asset,
        field: &str,
        found: Result<Option<T>>,
        add: impl FnOnce(Asset, T) -> Result<Asset>,
    ) -> Result<Asset> {
        match found {
            Ok(Some(found)) => add(asset, found),
            Ok(None) => Ok(asset),
            Err(error) if is_hidden(&error) => {
                let why = error.to_string();
                Ok(self.account.origin().with_gap(asset, field, why))
            }
            Err(error) => Err(error),
        }
    }
}

/// The fields of a device to ask for; `with_list` those of its list, too.
fn fields(detail: Detail, with_list: bool) -> String {
    let parts = [
        (with_list, PLATFORM_FIELDS),
        (with_list, NETWORK_FIELDS),
        (detail.hardware, HARDWARE_FIELDS),
        (detail.software, SOFTWARE_FIELDS),
    ];
    let wanted = parts.into_iter().filter(|(is_wanted, _)| *is_wanted);
    let mut fields: Vec<&str> = Vec::new();
    for field in wanted.flat_map(|(_, fields)| fields.split(',')) {
        if !fields.contains(&field) {
            fields.push(field);
        }
    }
    fields.join(",")
}

/// Nothing where the vendor has none.
fn unless_unknown<T>(found: Result<T>) -> Result<Option<T>> {
    match found {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        found => found.map(Some),
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
