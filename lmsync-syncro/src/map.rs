//! From wire to model: every rule about what Syncro's values mean. Pure.

use chrono::{DateTime, Utc};
use lmsync_core::Rejection;
use lmsync_core::json::{LenientObject, Scalar, WireRow};
use lmsync_core::listing::Program;
use lmsync_core::model::{
    Asset, AssetDraft, AssetKind, CheckInBasis, Customer, DateReader, InstalledSoftware, Origin,
    Ref, Source, clean,
};
use lmsync_core::tenant_fields::TenantFields;

use crate::quirks::agent;
use crate::tenant_fields::index;
use crate::wire::{self, Properties};

/// The tool that `external_rmm_link` leads to: Syncro does not say which it is.
const OTHER_RMM: &str = "external_rmm";

/// The times that may count as a check-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Basis {
    /// What the agent says.
    AgentOnly,
    /// Also, named as such, the record's last change.
    AlsoRecordUpdate,
}

pub(crate) fn asset(
    row: WireRow<Box<wire::Asset>>,
    origin: &Origin,
    fields: &TenantFields,
    basis: Basis,
    received_at: DateTime<Utc>,
) -> Result<Asset, Rejection> {
    let wire = row.record?;
    let mut draft = origin.draft(wire.id.clean(), received_at)?;
    draft.asset.source.raw = row.raw;
    note_unexpected(&mut draft, &wire);
    draft
        .name(wire.name.text())
        .serial(wire.asset_serial.text())
        .created_at(wire.created_at.text())
        .vendor_updated_at(wire.updated_at.text());
    kind(&mut draft, &wire.asset_type);
    draft.asset.customer = owner(&wire);
    draft.asset.site = wire.address.value().and_then(site);
    draft.external_id(OTHER_RMM, wire.external_rmm_link.text());
    draft.asset.assigned_user = wire.contact_id.clean().map(|id| Ref::new(id, None));

    let properties = match wire.properties {
        LenientObject::Value(properties) => properties,
        _ => Properties::default(),
    };
    if let Some(agent) = agent::block(&mut draft, &properties, &wire.rmm_store) {
        draft.asset.hostname = wire.name.text().and_then(host_name);
        agent::describe(&mut draft, &agent);
    }
    fields.fill(&mut draft, &index(&properties));
    if basis == Basis::AlsoRecordUpdate && draft.asset.last_check_in.is_none() {
        let changed = draft.asset.source.vendor_updated_at;
        draft.asset.last_check_in = changed;
        draft.asset.check_in_basis = match changed {
            Some(_) => CheckInBasis::RecordUpdate,
            None => CheckInBasis::None,
        };
    }
    draft.asset.custom_fields = properties.0;
    draft.asset.custom_fields.remove(agent::BLOCK);
    Ok(draft.finish())
}

pub(crate) fn customer(
    row: WireRow<wire::Customer>,
    origin: &Origin,
    received_at: DateTime<Utc>,
) -> Result<Customer, Rejection> {
    let wire = row.record?;
    let mut customer = origin.customer(wire.id.clean(), customer_name(&wire), received_at)?;
    customer.active = wire.disabled.map(|disabled| !disabled);
    Ok(customer)
}

/// One program of a list of those that are installed on an asset.
pub(crate) fn program(
    row: WireRow<wire::Application>,
    dates: &DateReader,
) -> Result<Program, Rejection> {
    let wire = row.record?;
    let Some(name) = wire.name.clean() else {
        return Err(Rejection::new(None, "a program has no name"));
    };
    let mut installed = InstalledSoftware::new(name);
    installed.publisher = wire.vendor.clean();
    installed.version = wire.version.clean();
    installed.installed_on = dates.day(wire.installed_at.text()).value;
    Ok(Program::new(None, installed))
}

/// The customer that owns `asset`; whether it is a current one is not known.
pub(crate) fn customer_of(asset: &Asset) -> Option<Customer> {
    let owner = asset.customer.as_ref()?;
    let source = Source::new(
        asset.source.connector.as_str(),
        asset.source.instance.as_str(),
        owner.id.as_str(),
        asset.source.fetched_at,
    );
    let name = owner.name.clone().unwrap_or_else(|| owner.id.clone());
    Some(Customer::new(source, name))
}

/// `Syncro Device` is every machine with an agent; other types are the tenant's own.
fn kind(draft: &mut AssetDraft<'_>, asset_type: &Scalar) {
    let known = asset_type.text().and_then(AssetKind::from_words);
    draft.kind(asset_type.text(), known);
}

fn owner(wire: &wire::Asset) -> Option<Ref> {
    let customer = wire.customer.value();
    let id = wire.customer_id.clean().or_else(|| customer?.id.clean())?;
    Some(Ref::new(id, customer.and_then(customer_name)))
}

/// One of the customer's addresses, which stand for sites here; its country is not told.
fn site(wire: &wire::Address) -> Option<Ref> {
    let site = Ref::new(wire.id.clean()?, wire.name.clean());
    Some(site.with_address(wire.city.text(), None))
}

/// A person without a business goes by the full name.
fn customer_name(wire: &wire::Customer) -> Option<String> {
    [
        &wire.business_name,
        &wire.business_then_name,
        &wire.fullname,
    ]
    .into_iter()
    .find_map(Scalar::clean)
}

/// An agent's machine is listed under its own name until somebody changes it to
/// one that no machine can have.
fn host_name(name: &str) -> Option<String> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
    clean(name).filter(|name| name.chars().all(is_part))
}

fn note_unexpected(draft: &mut AssetDraft<'_>, wire: &wire::Asset) {
    let found = [
        ("name", wire.name.unexpected()),
        ("serial", wire.asset_serial.unexpected()),
        ("kind", wire.asset_type.unexpected()),
        ("created_at", wire.created_at.unexpected()),
        ("source.vendor_updated_at", wire.updated_at.unexpected()),
        ("customer", wire.customer_id.unexpected()),
        ("customer", wire.customer.unexpected()),
        ("site", wire.address.unexpected()),
        ("assigned_user", wire.contact_id.unexpected()),
        ("properties", wire.properties.unexpected()),
    ];
    draft.unexpected_types(found);
}

#[cfg(test)]
mod tests;
