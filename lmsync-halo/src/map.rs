//! From wire to model: every rule about what Halo's values mean. Pure.

use chrono::{DateTime, Utc};
use lmsync_core::json::{LenientObject, Scalar, WireRow};
use lmsync_core::listing::Listed;
use lmsync_core::model::{
    Asset, AssetDraft, AssetKind, AssetState, CheckInBasis, Customer, DateReader,
    InstalledSoftware, Origin, Ref, Software, Virtualization,
};
use lmsync_core::tenant_fields::TenantFields;
use lmsync_core::{Rejection, Result};

use crate::tenant_fields::index;
use crate::wire::{self, id, id_text};

/// The parent id that leads from a software record to the asset it was kept as.
pub(crate) const ASSET_ID: &str = "asset_id";

/// The rules by which assets are read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reading<'a> {
    pub(crate) origin: &'a Origin,
    pub(crate) fields: &'a TenantFields,
    /// The record's last change may stand in for a check-in.
    pub(crate) accept_update: bool,
}

pub(crate) fn asset(
    row: WireRow<Box<wire::Asset>>,
    reading: Reading<'_>,
    received_at: DateTime<Utc>,
) -> Result<Asset, Rejection> {
    let mut wire = row.record?;
    let mut draft = reading.origin.draft(id(&wire.id), received_at)?;
    draft.asset.source.raw = row.raw;
    note_unexpected(&mut draft, &wire);
    draft.name(wire.inventory_number.text());
    reading.fields.fill(&mut draft, &index(&wire));
    if draft.asset.hostname.is_none() {
        draft.name(wire.key_field.text());
    }
    for text in [&wire.assettype_name, &wire.assetgroup_name] {
        draft.kind(text.text(), text.text().and_then(AssetKind::from_words));
    }
    describe(&mut draft.asset, &wire);
    purchase(&mut draft, &wire);
    links(&mut draft, &wire);
    last_change(&mut draft, &wire, reading.accept_update);
    custom_fields(&mut draft.asset, &mut wire);
    draft.parent(id(&wire.parent_id), None);
    let mut asset = draft.finish();
    // Halo has one kind of parent: of a real machine it is a rack, a room, or whatever the tenant likes.
    asset.parent = asset
        .parent
        .filter(|_| asset.virtualization == Virtualization::Guest);
    Ok(asset)
}

/// The price of the asset, and what was agreed on. Prices come without their currency.
fn purchase(draft: &mut AssetDraft<'_>, wire: &wire::Asset) {
    let cost = wire
        .item_cost
        .text()
        .and_then(|cost| cost.parse::<f64>().ok());
    draft
        .purchase_price(cost, None)
        .contract(id(&wire.contract_id), wire.contract_ref.clean());
    draft.asset.supplier = wire.supplier_name.clean();
    draft.asset.order = wire.supplier_reference.clean();
    draft.asset.warranty_note = wire.warranty_note.clean();
}

/// The records that other tools have of the machine. Halo has two properties for Syncro's id, of which
/// one is too small for newer ids.
fn links(draft: &mut AssetDraft<'_>, wire: &wire::Asset) {
    for (tool, link) in [
        ("cwrmm", &wire.connectwisermm_id),
        ("datto", &wire.datto_id),
        ("intune", &wire.intune_id),
        ("ninjaone", &wire.ninjarmm_id),
        ("syncro", &wire.syncro_id),
        ("syncro", &wire.syncroid),
    ] {
        draft.external_id(tool, id_text(link));
    }
}

/// Whose the asset is, and its state.
fn describe(asset: &mut Asset, wire: &wire::Asset) {
    asset.customer = reference(&wire.client_id, &wire.client_name);
    asset.site = reference(&wire.site_id, &wire.site_name);
    let users = wire.users.0.iter();
    asset.assigned_user = users.filter_map(LenientObject::value).find_map(user);
    asset.state = match wire.inactive {
        Some(true) => AssetState::Inactive,
        Some(false) => AssetState::Active,
        None => AssetState::Unknown,
    };
    asset.state_raw = wire.status_name.clean();
}

/// The tenant's fields as they came, taken out of `wire`.
fn custom_fields(asset: &mut Asset, wire: &mut wire::Asset) {
    let lists = [wire.customfields.take(), wire.fields.take()];
    for field in lists.into_iter().flatten().flat_map(|fields| fields.0) {
        if let LenientObject::Value(field) = field
            && let (Some(name), Some(value)) = (field.name.clean(), field.value)
        {
            asset.custom_fields.insert(name, value);
        }
    }
}

/// When the record was made and last changed; `accept_update` lets that stand in for a check-in.
fn last_change(draft: &mut AssetDraft<'_>, wire: &wire::Asset, accept_update: bool) {
    let dates = draft.dates();
    let updated = [
        &wire.changehistory_last_updated,
        &wire.last_modified,
        &wire.dlastupdate,
    ];
    let updated = updated.into_iter().find_map(|at| moment(at, &dates));
    draft
        .vendor_updated_at(updated)
        .created_at(moment(&wire.changehistory_created_date, &dates));
    if accept_update {
        draft.last_check_in(updated, CheckInBasis::RecordUpdate);
    }
}

/// The text of a moment. Halo's databases write 1900 for "never"; that is nothing odd here.
fn moment<'w>(scalar: &'w Scalar, dates: &DateReader) -> Option<&'w str> {
    let text = scalar.text();
    text.filter(|text| dates.instant(*text).value.is_some())
}

fn note_unexpected(draft: &mut AssetDraft<'_>, wire: &wire::Asset) {
    let scalars = [
        ("name", &wire.inventory_number),
        ("customer", &wire.client_id),
        ("site", &wire.site_id),
        ("kind", &wire.assettype_name),
        ("state", &wire.status_name),
    ];
    draft.unexpected_types(scalars.map(|(field, value)| (field, value.unexpected())));
    if let Some(warning) = wire.warning.clean() {
        draft.gap("asset", warning);
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

fn installed(wire: &wire::Program, dates: &DateReader) -> Option<InstalledSoftware> {
    let name = wire.name.clean().or_else(|| wire.licence_name.clean())?;
    let mut installed = InstalledSoftware::new(name);
    installed.version = wire.version.clean();
    installed.installed_on = dates.day(wire.install_date.text()).value;
    installed.vendor_id = id(&wire.id);
    Some(installed)
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
    software.seats = wire.count;
    software.term(&dates, wire.start_date.text(), wire.end_date.text());
    Ok(software)
}

/// An asset of a type that counts as software, as a software record.
pub(crate) fn software_of_asset(asset: Asset) -> Software {
    let mut source = asset.source;
    let asset_id = source.vendor_id;
    source.vendor_id = software_id(&asset_id);
    source.parent_ids.insert(ASSET_ID.to_owned(), asset_id);
    let mut software = Software::new(source, asset.name);
    software.publisher = asset.manufacturer.or(asset.manufacturer_raw);
    let version = asset.custom_fields.get("Version").map(Scalar::from);
    software.version = version.and_then(|version| version.clean());
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
    let mut customer = origin.customer(id(&wire.id), wire.name.clean(), received_at)?;
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

fn reference(reference_id: &Scalar, name: &Scalar) -> Option<Ref> {
    Some(Ref::new(id(reference_id)?, name.clean()))
}

fn user(wire: &wire::User) -> Option<Ref> {
    let mut user = reference(&wire.id, &wire.name)?;
    user.email = wire.emailaddress.clean();
    Some(user)
}

#[cfg(test)]
mod tests;
