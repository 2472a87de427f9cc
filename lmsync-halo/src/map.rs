//! From wire to model: every rule about what Halo's values mean. Pure.

pub(crate) mod dates;

use chrono::{DateTime, Utc};
use lmsync_core::json::{LenientObject, Scalar, WireRow};
use lmsync_core::listing::Listed;
use lmsync_core::model::{
    Asset, AssetDraft, AssetKind, AssetState, CheckInBasis, Customer, DateReader,
    InstalledSoftware, Issue, Origin, Ref, Size, SizeUnit, Software, TenantField, TenantFieldNames,
    clean,
};
use lmsync_core::{Rejection, Result};

use crate::places::{self, Form};
use crate::wire::{self, id};

/// The parent id that leads from a software record to the asset it was kept as.
pub(crate) const ASSET_ID: &str = "asset_id";

/// The rules by which assets are read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reading<'a> {
    pub(crate) origin: &'a Origin,
    pub(crate) places: &'a TenantFieldNames,
    /// The record's last change may stand in for a check-in.
    pub(crate) accept_update: bool,
}

pub(crate) fn asset(
    row: WireRow<wire::Asset>,
    reading: Reading<'_>,
    received_at: DateTime<Utc>,
) -> Result<Asset, Rejection> {
    let wire = row.record?;
    let mut filling = Filling {
        draft: reading.origin.draft(id(&wire.id), received_at)?,
        wire: &wire,
        places: reading.places,
    };
    filling.draft.asset.source.raw = row.raw;
    filling.note_unexpected();
    filling.identify();
    filling.describe();
    filling.measure();
    filling.date(reading.accept_update);
    Ok(filling.draft.finish())
}

/// An asset in the making, from one record.
struct Filling<'a> {
    draft: AssetDraft<'a>,
    wire: &'a wire::Asset,
    places: &'a TenantFieldNames,
}

impl<'a> Filling<'a> {
    /// Tries the places of `field` in turn, until `apply` says that it has a value.
    fn fill(
        &mut self,
        field: TenantField,
        form: Form,
        apply: impl FnMut(&mut AssetDraft<'a>, &str, &str) -> bool,
    ) {
        let places = self.places;
        self.fill_from(field, places.names(field), form, apply);
    }

    fn fill_from(
        &mut self,
        field: TenantField,
        names: &[String],
        form: Form,
        mut apply: impl FnMut(&mut AssetDraft<'a>, &str, &str) -> bool,
    ) {
        for name in names {
            if let Some(text) = places::look(self.wire, name, form)
                && apply(&mut self.draft, &text, name)
            {
                self.draft.asset.places.insert(field, name.clone());
                return;
            }
        }
    }

    /// Sets a day from the first place that holds one. Only where none does, what
    /// stands in its stead is worth an issue: an unset date is 1900 in some places.
    fn fill_day(&mut self, field: TenantField, set: impl Fn(&mut AssetDraft<'a>, &str)) {
        let dates = self.draft.dates();
        let Some(found) = places::day(self.wire, self.places, field, &dates) else {
            return;
        };
        set(&mut self.draft, &found.text);
        if found.held.day().is_some() {
            let place = found.place.to_owned();
            self.draft.asset.places.insert(field, place);
        }
    }

    fn identify(&mut self) {
        use TenantField as F;
        let wire = self.wire;
        self.draft.name(wire.inventory_number.text());
        self.fill(F::Hostname, Form::Shown, |draft, text, _| {
            draft.asset.hostname = clean(text);
            true
        });
        if self.draft.asset.hostname.is_none() {
            self.draft.name(wire.key_field.text());
        }
        self.fill(F::Serial, Form::Shown, |draft, text, _| {
            draft.serial(text);
            draft.asset.serial.usable().is_some()
        });
        self.fill(F::Manufacturer, Form::Shown, |draft, text, _| {
            draft.manufacturer(text);
            draft.asset.manufacturer.is_some()
        });
        self.fill(F::Model, Form::Shown, |draft, text, _| {
            draft.model(text);
            draft.asset.model.is_some()
        });
        self.fill(F::ProductNumber, Form::Shown, |draft, text, _| {
            draft.asset.product_number = clean(text);
            true
        });
        self.fill(F::AssetTag, Form::Shown, |draft, text, _| {
            draft.asset.asset_tag = clean(text);
            true
        });
        self.fill(F::HardwareUuid, Form::Shown, |draft, text, _| {
            draft.hardware_uuid(text);
            draft.asset.hardware_uuid.is_some()
        });
        self.fill(F::MacAddress, Form::Shown, |draft, text, _| {
            for mac in text
                .split([',', ';', '\n', ' '])
                .filter(|mac| !mac.is_empty())
            {
                draft.adapter(None, mac, []);
            }
            let adapters = &draft.asset.network.adapters;
            adapters.iter().any(|adapter| adapter.mac.is_some())
        });
        let asset = &mut self.draft.asset;
        asset.customer = reference(&wire.client_id, &wire.client_name);
        asset.site = reference(&wire.site_id, &wire.site_name);
        asset.assigned_user = wire
            .users
            .0
            .iter()
            .filter_map(LenientObject::value)
            .find_map(user);
    }

    fn describe(&mut self) {
        use TenantField as F;
        let wire = self.wire;
        self.fill(F::Kind, Form::Shown, |draft, text, _| {
            let kind = AssetKind::from_words(text);
            draft.kind(text, kind);
            kind.is_some()
        });
        let words = [&wire.assettype_name, &wire.assetgroup_name];
        for text in words.into_iter().filter_map(Scalar::text) {
            self.draft.kind(text, AssetKind::from_words(text));
        }
        self.fill(F::Domain, Form::Shown, |draft, text, _| {
            draft.asset.domain = clean(text);
            true
        });
        self.fill(F::LastUser, Form::Shown, |draft, text, _| {
            draft.asset.last_user = clean(text);
            true
        });
        self.fill(F::OsName, Form::Shown, |draft, text, _| {
            draft.os(text, None);
            draft.asset.os.name.is_some()
        });
        self.fill(F::OsVersion, Form::Shown, |draft, text, _| {
            draft.os(None, text);
            true
        });
        let asset = &mut self.draft.asset;
        asset.state = match wire.inactive {
            Some(true) => AssetState::Inactive,
            Some(false) => AssetState::Active,
            None => AssetState::Unknown,
        };
        asset.state_raw = wire.status_name.clean();
        for fields in [&wire.customfields, &wire.fields].into_iter().flatten() {
            for field in fields.0.iter().filter_map(LenientObject::value) {
                if let (Some(name), Some(value)) = (field.name.clean(), &field.value) {
                    asset.custom_fields.insert(name, value.clone());
                }
            }
        }
    }

    fn measure(&mut self) {
        use TenantField as F;
        self.fill(F::Cpu, Form::Shown, |draft, text, _| {
            draft.asset.cpu.name = clean(text);
            true
        });
        self.fill(F::Memory, Form::Shown, |draft, text, name| {
            if let Some(size) = size(text, name) {
                draft.memory(size);
            } else {
                draft.unexpected("memory_bytes", text);
            }
            draft.asset.memory_bytes.is_some()
        });
        self.fill(F::Storage, Form::Shown, |draft, text, name| {
            if let Some(size) = size(text, name) {
                draft.storage_total(size);
            } else {
                draft.unexpected("storage_total_bytes", text);
            }
            draft.asset.storage_total_bytes.is_some()
        });
    }

    fn date(&mut self, accept_update: bool) {
        use TenantField as F;
        let wire = self.wire;
        self.fill_day(F::PurchaseDate, |draft, text| {
            draft.purchase_date(text);
        });
        self.fill_day(F::WarrantyStart, |draft, text| {
            draft.warranty_start(text);
        });
        self.fill_day(F::WarrantyExpiry, |draft, text| {
            draft.warranty_expiry(text);
        });
        let (names, _) = places::check_in(self.places);
        self.fill_from(F::LastCheckIn, &names, Form::Stored, |draft, text, _| {
            draft.last_check_in(text, CheckInBasis::AgentCheckIn);
            draft.asset.last_check_in.is_some()
        });
        let dates = self.draft.dates();
        // Halo's databases write 1900 for "never"; that is nothing odd here.
        let moment = |scalar: &'a Scalar| {
            let text = scalar.text()?;
            dates.instant(text).value.map(|_| text)
        };
        let updated = [
            &wire.changehistory_last_updated,
            &wire.last_modified,
            &wire.dlastupdate,
        ]
        .into_iter()
        .find_map(moment);
        self.draft
            .vendor_updated_at(updated)
            .created_at(moment(&wire.changehistory_created_date));
        if accept_update {
            self.draft
                .last_check_in(updated, CheckInBasis::RecordUpdate);
        }
    }

    fn note_unexpected(&mut self) {
        let wire = self.wire;
        let scalars = [
            ("name", &wire.inventory_number),
            ("customer", &wire.client_id),
            ("site", &wire.site_id),
            ("kind", &wire.assettype_name),
            ("state", &wire.status_name),
            ("manufacturer", &wire.manufacturer_name),
            ("purchase_date", &wire.supplier_purchasedate),
            ("warranty_start", &wire.warranty_start),
            ("warranty_expiry", &wire.warranty_end),
            ("last_check_in", &wire.intune_lastsyncdatetime),
        ];
        let found = scalars.map(|(field, value)| (field, value.unexpected()));
        self.draft.unexpected_types(found);
        if let Some(warning) = wire.warning.clean() {
            self.draft.gap("asset", warning);
        }
    }
}

/// `asset` with the programs installed on it.
pub(crate) fn with_software(
    asset: Asset,
    programs: &[LenientObject<wire::Program>],
    origin: &Origin,
) -> Asset {
    let mut draft = origin.reopen(asset);
    let dates = draft.dates();
    draft.installed(programs.iter().map(|program| {
        let program = program.value().and_then(|wire| installed(wire, &dates));
        program.ok_or_else(|| "a program has no name".to_owned())
    }));
    draft.finish()
}

/// `asset`, whose programs cannot be read because of `reason`.
pub(crate) fn without_software(asset: Asset, reason: &str, origin: &Origin) -> Asset {
    let mut draft = origin.reopen(asset);
    draft.gap("software", reason);
    draft.finish()
}

fn installed(wire: &wire::Program, dates: &DateReader) -> Option<InstalledSoftware> {
    Some(InstalledSoftware {
        name: wire.name.clean().or_else(|| wire.licence_name.clean())?,
        version: wire.version.clean(),
        installed_on: dates.day(wire.install_date.text()).value,
        vendor_id: id(&wire.id),
        ..InstalledSoftware::default()
    })
}

pub(crate) fn licence(
    row: WireRow<wire::Licence>,
    origin: &Origin,
    received_at: DateTime<Utc>,
) -> Result<Software, Rejection> {
    let wire = row.record?;
    let source = origin.identified(id(&wire.id), "the licence", received_at)?;
    let name = wire
        .name
        .clean()
        .or_else(|| wire.product_sku.clean())
        .unwrap_or_else(|| source.vendor_id.clone());
    let dates = origin.dates(received_at);
    let mut software = Software::new(source, name);
    software.publisher = wire.manufacturer.clean().or_else(|| wire.vendor.clean());
    software.customer = reference(&wire.client_id, &wire.client_name);
    software.seats = wire.count.text().and_then(seats);
    for (field, sent, day) in [
        ("start_date", &wire.start_date, &mut software.start_date),
        ("end_date", &wire.end_date, &mut software.end_date),
    ] {
        let reading = dates.day(sent.text());
        *day = reading.value;
        for code in reading.issues {
            let issue = Issue::new(code, field);
            software.issues.push(match (reading.value, sent.text()) {
                (None, Some(raw)) => issue.with_raw(raw),
                _ => issue,
            });
        }
    }
    Ok(software)
}

fn seats(text: &str) -> Option<u64> {
    let text = text.trim();
    text.strip_suffix(".0").unwrap_or(text).parse().ok()
}

/// An asset of a type that counts as software, as a software record.
pub(crate) fn software_of_asset(asset: Asset) -> Software {
    let mut source = asset.source;
    let asset_id = source.vendor_id;
    source.vendor_id = software_id(&asset_id);
    source.parent_ids.insert(ASSET_ID.to_owned(), asset_id);
    let mut software = Software::new(source, asset.name);
    software.publisher = asset.manufacturer.or(asset.manufacturer_raw);
    software.version = asset.custom_fields.get("Version").and_then(|version| {
        let version: Scalar = serde_json::from_str(version.get()).ok()?;
        version.text().and_then(clean)
    });
    software.customer = asset.customer;
    software.start_date = asset.purchase_date.or(asset.warranty_start);
    software.end_date = asset.warranty_expiry;
    software.issues = asset
        .issues
        .into_iter()
        .filter(|issue| issue.field.ends_with("_date") || issue.field.starts_with("warranty"))
        .collect();
    software
}

/// The id of the software record that asset `asset_id` becomes.
///
/// Licences have ids of their own, so this one says that it is an asset's.
pub(crate) fn software_id(asset_id: &str) -> String {
    format!("asset-{asset_id}")
}

pub(crate) fn customer(
    row: WireRow<wire::Client>,
    origin: &Origin,
    received_at: DateTime<Utc>,
) -> Result<Customer, Rejection> {
    let wire = row.record?;
    let source = origin.identified(id(&wire.id), "the customer", received_at)?;
    let name = wire.name.clean();
    let name = name.unwrap_or_else(|| source.vendor_id.clone());
    let mut customer = Customer::new(source, name);
    customer.active = wire.inactive.map(|inactive| !inactive);
    Ok(customer)
}

/// A site, on its way to its customer.
#[derive(Debug, Clone)]
pub(crate) struct Site {
    /// The customer's id.
    pub(crate) customer: Option<String>,
    pub(crate) site: Ref,
}

impl Listed for Site {
    fn vendor_id(&self) -> &str {
        &self.site.id
    }
}

pub(crate) fn site(row: WireRow<wire::Site>) -> Result<Site, Rejection> {
    let wire = row.record?;
    let site = reference(&wire.id, &wire.name);
    Ok(Site {
        customer: id(&wire.client_id),
        site: site.ok_or_else(|| Rejection::without_id("the site"))?,
    })
}

/// `text` in the unit that it names, or else the unit in the name of its place; a
/// bare number alone says nothing.
fn size<'t>(text: &'t str, name: &str) -> Option<Size<'t>> {
    if name == "physicalMemoryInBytes" {
        return Some(Size::Stated {
            number: text,
            unit: SizeUnit::Bytes,
        });
    }
    Size::in_text(text, SizeUnit::binary).or_else(|| {
        let unit = name
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| word.len() > 1)
            .find_map(SizeUnit::binary)?;
        Some(Size::Stated { number: text, unit })
    })
}

fn reference(reference_id: &Scalar, name: &Scalar) -> Option<Ref> {
    Some(Ref::new(id(reference_id)?, name.clean()))
}

fn user(wire: &wire::User) -> Option<Ref> {
    let mut user = reference(&wire.id, &wire.name)?;
    user.email = wire.emailaddress.clean();
    Some(user)
}

#[cfg(test)]
mod any_json;
#[cfg(test)]
mod tests;
