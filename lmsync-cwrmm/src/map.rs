//! From wire to model: every rule about what ConnectWise RMM's values mean. Pure.

mod hardware;

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use lmsync_core::Rejection;
use lmsync_core::json::{LenientObject, Scalar, WireRow};
use lmsync_core::listing::Listed;
use lmsync_core::model::{
    Asset, AssetDraft, AssetKind, AssetState, CheckInBasis, Connectivity, Customer, DateReader,
    DomainRole, InstalledSoftware, Origin, OtherSerialKind, Ref, VendorDay, VendorInstant,
    Virtualization, clean, guest_hypervisor,
};
use lmsync_core::tenant_fields::TenantFields;

use self::hardware::{addresses, hardware};
use crate::quirks::check_ins::CheckIn;
use crate::quirks::rows::DeviceRow;
use crate::tenant_fields::index;
use crate::wire;

/// What a device needs to be read alone, besides its id.
pub(crate) const COMPANY_ID: &str = "company_id";
pub(crate) const SITE_ID: &str = "site_id";

/// The names of companies and sites by id.
#[derive(Debug, Default)]
pub(crate) struct Names {
    companies: HashMap<String, String>,
    sites: HashMap<String, Ref>,
}

impl Names {
    /// Adds the name of a company; a nameless one goes by its id.
    pub(crate) fn add_company(&mut self, company: &Customer) {
        let id = &company.source.vendor_id;
        if company.name != *id {
            self.companies.insert(id.clone(), company.name.clone());
        }
    }

    /// Adds the name and the address of a site.
    pub(crate) fn add_site(&mut self, site: Site) {
        self.sites.insert(site.0.id.clone(), site.0);
    }
}

/// A site: id, name and address.
#[derive(Debug)]
pub(crate) struct Site(Ref);

impl Listed for Site {
    fn vendor_id(&self) -> &str {
        &self.0.id
    }
}

pub(crate) fn site(row: WireRow<wire::Site>) -> Result<Site, Rejection> {
    let wire = row.record?;
    let id = wire.id.clean();
    let id = id.ok_or_else(|| Rejection::without_id("the site"))?;
    let name = wire.friendly_name.clean().or_else(|| wire.name.clean());
    let site = Ref::new(id, name);
    let Some(address) = wire.primary_address.value() else {
        return Ok(Site(site));
    };
    let country = address.country.clean();
    let country = country.or_else(|| address.country_code.clean());
    Ok(Site(
        site.with_address(address.locality.text(), country.as_deref()),
    ))
}

pub(crate) fn asset(
    device: DeviceRow,
    check_in: CheckIn<'_>,
    names: &Names,
    origin: &Origin,
    received_at: DateTime<Utc>,
) -> Result<Asset, Rejection> {
    let wire = device.row.record?;
    let mut draft = origin.draft(wire.endpoint_id.clean(), received_at)?;
    draft.asset.source.raw = device.row.raw;
    let company = device.company.clone();
    let site = device.site.clone();
    for (name, id) in [(COMPANY_ID, &company), (SITE_ID, &site)] {
        if let Some(id) = id {
            let parents = &mut draft.asset.source.parent_ids;
            parents.insert(name.to_owned(), id.clone());
        }
    }
    draft.asset.customer = company.map(|id| {
        let name = names.companies.get(&id).cloned();
        Ref::new(id, name)
    });
    draft.asset.site = site.map(|id| match names.sites.get(&id) {
        Some(site) => site.clone(),
        None => Ref::new(id, None),
    });
    note_unexpected(&mut draft, &wire);
    identify(&mut draft, &wire);
    describe(&mut draft, &wire);
    addresses(&mut draft, &wire);
    hardware(&mut draft, &wire);
    reported(&mut draft, check_in);
    Ok(draft.finish())
}

/// `asset` with what only a call for it alone tells.
pub(crate) fn with_detail(asset: Asset, wire: &wire::Endpoint, origin: &Origin) -> Asset {
    let mut draft = origin.reopen(asset);
    if !wire.networks.0.is_empty() {
        // They tell which address belongs to which adapter; the list does not.
        draft.asset.network.adapters.clear();
    }
    draft.asset.disks.clear();
    hardware(&mut draft, wire);
    let last = wire
        .users
        .0
        .iter()
        .filter_map(LenientObject::value)
        .filter(|user| user.last_logon_timestamp.is_some_and(|at| at > 0))
        .max_by_key(|user| user.last_logon_timestamp);
    if draft.asset.last_user.is_none() {
        draft.asset.last_user = last.and_then(|user| user.username.clean());
    }
    draft.finish()
}

/// `asset` with the software installed on it.
pub(crate) fn with_software(
    asset: Asset,
    programs: &[LenientObject<wire::Software>],
    origin: &Origin,
) -> Asset {
    let mut draft = origin.reopen(asset);
    let dates = draft.dates();
    let programs = programs.iter().map(|program| {
        let program = program.value();
        let program = program.and_then(|program| installed(program, &dates));
        program.ok_or_else(|| "a program has no name".to_owned())
    });
    draft.installed(programs);
    draft.finish()
}

/// `asset` with who was last logged in and when it started.
pub(crate) fn with_state(asset: Asset, state: &wire::SystemState, origin: &Origin) -> Asset {
    let mut draft = origin.reopen(asset);
    let user = state.last_logged_on_user.value();
    if let Some(user) = user.and_then(|user| user.username.clean()) {
        draft.asset.last_user = Some(user);
    }
    if let Some(startup) = state.startup_status.value() {
        draft.last_boot_at(startup.last_boot_up.text());
    }
    draft.finish()
}

/// `asset` with what the partner keeps in custom fields.
pub(crate) fn with_custom_fields(
    asset: Asset,
    attributes: &[wire::AttributeValue],
    fields: &TenantFields,
    origin: &Origin,
) -> Asset {
    let mut draft = origin.reopen(asset);
    for attribute in attributes {
        // A field without a name is still told apart by its id.
        let name = attribute.name.clean();
        let name = name.or_else(|| attribute.id().and_then(clean));
        if let (Some(name), Some(value)) = (name, attribute.value.clone()) {
            draft.asset.custom_fields.insert(name, value);
        }
    }
    fields.fill(&mut draft, &index(attributes));
    draft.finish()
}

/// A day as custom fields take it. Text of a field of the type `datetime` is not documented.
pub(crate) fn day_text(day: NaiveDate) -> String {
    day.format("%Y-%m-%d").to_string()
}

pub(crate) fn customer(
    row: WireRow<wire::Company>,
    origin: &Origin,
    received_at: DateTime<Utc>,
) -> Result<Customer, Rejection> {
    let wire = row.record?;
    let name = wire.friendly_name.clean().or_else(|| wire.name.clean());
    let mut customer = origin.customer(wire.id.clean(), name, received_at)?;
    let dates = origin.dates(received_at);
    let ended = |date: &Scalar| {
        dates
            .instant(VendorInstant::from(date.text()))
            .value
            .is_some_and(|at| at <= received_at)
    };
    let status = wire.activity_status.value();
    customer.state_raw = status.and_then(|status| status.name.clean());
    customer.active = if ended(&wire.inactive_date) || ended(&wire.deleted_date) {
        Some(false)
    } else {
        Some(status.and_then(|status| status.active_flag).unwrap_or(true))
    };
    Ok(customer)
}

fn identify(draft: &mut AssetDraft<'_>, wire: &wire::Endpoint) {
    let system = wire.system.value();
    let bios = wire.bios.value();
    let board = wire.baseboard.value();
    draft
        .name(wire.friendly_name.text())
        .name(wire.device_name.text())
        .manufacturer(board.and_then(|board| maker_of_the_board(board, system)))
        .manufacturer(bios.and_then(maker_of_the_machine))
        .model(system.and_then(|system| system.model.text()))
        .model(system.and_then(|system| system.product.text()))
        .serial(system.and_then(|system| system.serial_number.text()))
        .serial(bios.and_then(|bios| bios.serial_number.text()))
        .hardware_uuid(board.and_then(|board| board.hardware_uuid.text()));
    let main = draft.asset.serial.value.clone();
    let others = [
        (
            OtherSerialKind::Bios,
            bios.and_then(|bios| bios.serial_number.clean()),
        ),
        (
            OtherSerialKind::Baseboard,
            board.and_then(|board| board.serial_number.clean()),
        ),
    ];
    for (kind, serial) in others {
        let is_main = main
            .as_deref()
            .zip(serial.as_deref())
            .is_some_and(|(main, serial)| main.eq_ignore_ascii_case(serial));
        if !is_main {
            draft.other_serial(kind, serial.as_deref());
        }
    }
    let asset = &mut draft.asset;
    asset.hostname = wire
        .device_name
        .clean()
        .or_else(|| system.and_then(|system| system.system_name.clean()));
    asset.domain = system.and_then(|system| system.domain.clean());
}

/// The board's maker, unless that is only what a hypervisor pretends to.
fn maker_of_the_board<'w>(
    board: &'w wire::Baseboard,
    system: Option<&wire::System>,
) -> Option<&'w str> {
    let maker = board.manufacturer.text()?;
    let model = system.and_then(|system| system.model.text().or(system.product.text()));
    let serial = system.and_then(|system| system.serial_number.text());
    let pretends = guest_hypervisor(None, model, serial).is_some()
        && guest_hypervisor(Some(maker), None, None).is_none();
    (!pretends).then_some(maker)
}

/// The firmware's maker, where that is the machine's: many machines run somebody else's firmware.
fn maker_of_the_machine(bios: &wire::Bios) -> Option<&str> {
    const FIRMWARE_ONLY: [&str; 8] = [
        "american megatrends",
        "ami",
        "award",
        "phoenix",
        "insyde",
        "seabios",
        "edk",
        "coreboot",
    ];
    let maker = bios.manufacturer.text()?;
    let lower = maker.trim().to_lowercase();
    let is_firmware_only = FIRMWARE_ONLY
        .iter()
        .any(|name| lower == *name || lower.starts_with(&format!("{name} ")));
    (!is_firmware_only).then_some(maker)
}

fn describe(draft: &mut AssetDraft<'_>, wire: &wire::Endpoint) {
    kind(draft, wire);
    let system = wire.system.value();
    let asset = &mut draft.asset;
    asset.virtualization = wire
        .virtual_type
        .text()
        .and_then(Virtualization::from_words)
        .unwrap_or_default();
    asset.hypervisor = system.and_then(|system| system.hypervisor_name.clean());
    let role = system.and_then(|system| system.domain_role);
    asset.network.domain_role = role.and_then(DomainRole::from_number);
    let firmware = wire.bios.value();
    asset.bios.version = firmware.and_then(|bios| bios.version.clean());
    // What ConnectWise RMM lists is in use; it has no other state.
    asset.state = AssetState::Active;
    if let Some(os) = wire.os.value() {
        asset.last_user = os.user_name.clean();
        let release = os.display_version.clean();
        asset.os.display_version = release.or_else(|| os.release_id.clean());
        draft
            .os(os.product.text(), os.version.text())
            .arch(os.arch.text())
            .os_installed_on(moment(&os.install_date));
        if draft.asset.os.build.is_none() {
            draft.asset.os.build = os.build_number.clean();
        }
    }
    draft
        .created_at(wire.created_at.text())
        .vendor_updated_at(wire.modified_at.text());
}

/// The kind, from the most dependable place that tells. The family "Desktop" is every
/// workstation, so the chassis may say that it is a laptop.
fn kind(draft: &mut AssetDraft<'_>, wire: &wire::Endpoint) {
    let words: Vec<String> = [
        &wire.endpoint_type,
        &wire.sub_resource_type,
        &wire.kind,
        &wire.resource_type,
    ]
    .into_iter()
    .filter_map(Scalar::clean)
    .collect();
    let told = words
        .iter()
        .find_map(|word| Some((word, AssetKind::from_words(word)?)));
    let chassis = wire.system.value().and_then(chassis);
    match (told, chassis) {
        (Some((word, AssetKind::Desktop | AssetKind::Workstation)), Some(finer)) => {
            draft.kind(word.as_str(), Some(finer))
        }
        (Some((word, kind)), _) => draft.kind(word.as_str(), Some(kind)),
        (None, Some(kind)) => draft.kind(words.first().map(String::as_str), Some(kind)),
        (None, None) => draft.kind(words.first().map(String::as_str), None),
    };
}

/// Whether a machine is portable, from its chassis: in words, or as SMBIOS numbers it.
fn chassis(system: &wire::System) -> Option<AssetKind> {
    let fits = |kind: &AssetKind| {
        matches!(
            kind,
            AssetKind::Desktop | AssetKind::Laptop | AssetKind::Tablet
        )
    };
    let named = system
        .chassis
        .clean()
        .and_then(|words| AssetKind::from_words(&words))
        .filter(fits);
    named.or_else(|| {
        system
            .chassis_types
            .texts()
            .find_map(|number| match number.trim() {
                "3" | "4" | "5" | "6" | "7" | "13" | "15" | "16" | "24" | "35" | "36" => {
                    Some(AssetKind::Desktop)
                }
                "8" | "9" | "10" | "14" | "31" | "32" => Some(AssetKind::Laptop),
                "30" => Some(AssetKind::Tablet),
                _ => None,
            })
    })
}

fn reported(draft: &mut AssetDraft<'_>, check_in: CheckIn<'_>) {
    match check_in {
        CheckIn::At(at, availability) => {
            draft.last_check_in(at, CheckInBasis::AgentCheckIn);
            draft.asset.connectivity = match availability {
                Some(true) => Connectivity::Online,
                Some(false) => Connectivity::Offline,
                None => Connectivity::Unknown,
            };
        }
        CheckIn::Never => {}
        CheckIn::Unknown(why) => {
            draft.gap("last_check_in", unknown_check_in(why));
        }
    }
}

/// What is said of a check-in that the heartbeat should have told.
pub(crate) fn unknown_check_in(why: &str) -> String {
    format!("the last check-in is unknown: the heartbeat failed: {why}")
}

fn installed(wire: &wire::Software, dates: &DateReader) -> Option<InstalledSoftware> {
    let on = [&wire.install_date, &wire.installed_date]
        .into_iter()
        .find_map(|date| dates.day(moment(date)).value);
    let mut installed = InstalledSoftware::new(wire.name.clean()?);
    installed.publisher = wire.publisher.clean();
    installed.version = wire.version.clean();
    installed.installed_on = on;
    installed.path = wire.location.clean();
    Some(installed)
}

/// The vendor declares these as moments.
fn moment(scalar: &Scalar) -> VendorDay<'_> {
    match scalar.text() {
        Some(text) => VendorDay::Moment(VendorInstant::Text(text)),
        None => VendorDay::Absent,
    }
}

fn note_unexpected(draft: &mut AssetDraft<'_>, wire: &wire::Endpoint) {
    let scalars = [
        ("name", &wire.friendly_name),
        ("hostname", &wire.device_name),
        ("kind", &wire.endpoint_type),
        ("kind", &wire.kind),
        ("kind", &wire.sub_resource_type),
        ("virtualization", &wire.virtual_type),
        ("network.public_ip", &wire.remote_address),
        ("created_at", &wire.created_at),
    ];
    let found = scalars
        .into_iter()
        .map(|(field, value)| (field, value.unexpected()))
        .chain([
            ("os", wire.os.unexpected()),
            ("model", wire.system.unexpected()),
            ("serial", wire.bios.unexpected()),
            ("manufacturer", wire.baseboard.unexpected()),
            ("network.adapters", wire.ip_address.unexpected()),
            ("network.primary_mac", wire.mac_address.unexpected()),
        ])
        .chain(wire.system.value().into_iter().flat_map(|system| {
            [
                ("serial", system.serial_number.unexpected()),
                ("model", system.model.unexpected()),
                ("domain", system.domain.unexpected()),
            ]
        }));
    draft.unexpected_types(found);
}

#[cfg(test)]
mod tests;
