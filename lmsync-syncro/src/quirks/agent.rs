//! What the agent's block means. Pure.

use lmsync_core::json::{LenientObject, Scalar, StrictObject, read_mended};
use lmsync_core::model::{
    AdapterClass, AssetDraft, CheckInBasis, Disk, Issue, IssueCode, RawJson, Size, SizeUnit,
    VendorDay, VendorInstant, clean,
};
use lmsync_core::tenant_fields::{TenantField, form_factor, moment, size};

use crate::wire::{self, Agent, ObjectOrText, Properties};

/// The property that holds the block.
pub(crate) const BLOCK: &str = "kabuto_information";
/// The properties that the agent writes by itself.
pub(crate) const OWN: [&str; 2] = [BLOCK, "kabuto_live_uuid"];

/// The agent's block: from the properties, else from the monitoring store. A
/// manual asset has none.
pub(crate) fn block(
    draft: &mut AssetDraft<'_>,
    properties: &Properties,
    store: &LenientObject<wire::RmmStore>,
) -> Option<Agent> {
    let info = store
        .value()
        .and_then(|store| store.general.value())
        .and_then(|general| general.info.as_ref());
    [properties.0.get(BLOCK), info]
        .into_iter()
        .flatten()
        .find_map(|json| read(draft, json))
}

fn read(draft: &mut AssetDraft<'_>, json: &RawJson) -> Option<Agent> {
    let kind = match read_mended(json.get(), |json| {
        serde_json::from_str::<LenientObject<Agent>>(json)
    }) {
        Ok(LenientObject::Value(agent)) if agent == Agent::default() => return None,
        Ok(LenientObject::Value(agent)) => return Some(agent),
        Ok(LenientObject::Absent | LenientObject::Null) => return None,
        Ok(LenientObject::Unexpected(kind)) => kind.to_owned(),
        Err(error) => error.to_string(),
    };
    let note = format!("the agent's block cannot be read: {kind}");
    draft.issue(Issue::new(IssueCode::UnexpectedType, BLOCK).with_note(note));
    None
}

/// Fills in what the block says; what an earlier source said stays.
pub(crate) fn describe(draft: &mut AssetDraft<'_>, agent: &Agent) {
    note_unexpected(draft, agent);
    let general = agent.general.value();
    let machine = |part: fn(&wire::AgentGeneral) -> &Scalar| general.and_then(|of| part(of).text());
    draft
        .serial(machine(|general| &general.serial_number))
        .manufacturer(machine(|general| &general.manufacturer))
        .model(machine(|general| &general.model))
        .hardware_uuid(agent.computer_uuid.text())
        .public_ip(machine(|general| &general.ip));
    if let Some(told) = machine(|general| &general.form_factor) {
        form_factor(draft, told);
    }
    draft.asset.domain = machine(|general| &general.domain).and_then(clean);
    draft.asset.last_user = agent.last_user.text().and_then(clean);
    draft.asset.cpu.name = agent.cpu.0.iter().find_map(processor);
    system(draft, agent);
    if let Some(gigabytes) = agent.ram_gb.text() {
        match size(TenantField::Memory, "ram_gb", gigabytes) {
            Some(size) => draft.memory(size),
            None => draft.unexpected("memory_bytes", gigabytes),
        };
    }
    for drive in &agent.hdd.0 {
        disk(draft, drive);
    }
    network(draft, agent);
    let synced = agent.last_synced_at.text().map(moment);
    draft.last_check_in(
        synced.unwrap_or(VendorInstant::Absent),
        CheckInBasis::AgentCheckIn,
    );
}

fn system(draft: &mut AssetDraft<'_>, agent: &Agent) {
    if let Some(os) = agent.os.value() {
        // "64-bit" does not say of which kind; Apple makes one kind alone.
        let cpu = draft.asset.cpu.name.as_deref().unwrap_or_default();
        let is_apple = cpu.starts_with("Apple ");
        draft
            .os(os.name.text(), os.windows_release_version.text())
            .arch(is_apple.then_some("arm64").or(os.os_architecture.text()))
            .last_boot_at(os.last_boot_time.text());
        let build = os.build.text().and_then(clean);
        draft.asset.os.build = build.or(draft.asset.os.build.take());
        draft.asset.os.display_version = os.windows_release_version.text().and_then(clean);
        draft.asset.pending_reboot = os.pending_reboot;
    }
    if let Some(dates) = agent.install_dates.value() {
        draft
            .os_installed_on(day_of(&dates.os_install))
            .bios_released_on(day_of(&dates.bios_release));
    }
}

fn day_of(moment: &Scalar) -> VendorDay<'_> {
    let text = moment.text().map(VendorInstant::Text);
    text.map_or(VendorDay::Absent, VendorDay::Moment)
}

fn processor(piece: &ObjectOrText<wire::Named>) -> Option<String> {
    match piece {
        ObjectOrText::Fields(StrictObject(cpu)) => cpu.name.clean(),
        // Assumed: a processor's name holds a number, and a word for "none" does not.
        ObjectOrText::Text(name) => name
            .clean()
            .filter(|name| name.contains(|letter: char| letter.is_ascii_digit())),
    }
}

fn disk(draft: &mut AssetDraft<'_>, piece: &ObjectOrText<wire::Drive>) {
    let (name, told) = match piece {
        ObjectOrText::Fields(StrictObject(drive)) => (
            drive.model.text().or(drive.name.text()).and_then(clean),
            drive.size.text().or(drive.capacity.text()),
        ),
        ObjectOrText::Text(text) => match text.text() {
            Some(text) if is_size(text) => (None, Some(text)),
            Some(text) => (clean(text), None),
            None => return,
        },
    };
    let disk = Disk::new(name);
    let total = told.and_then(|text| size(TenantField::Storage, "", text));
    if let (Some(text), None) = (told, total) {
        draft.unexpected("disks", text);
    }
    draft.disk(disk, total, None);
}

fn is_size(text: &str) -> bool {
    text.trim().parse::<f64>().is_ok() || Size::in_text(text, SizeUnit::binary).is_some()
}

fn network(draft: &mut AssetDraft<'_>, agent: &Agent) {
    for adapter in agent
        .network_adapters
        .0
        .iter()
        .filter_map(LenientObject::value)
    {
        let name = telling_name(adapter);
        // The scope names an interface of the machine and is no part of the address.
        let ips = [&adapter.ipv4, &adapter.ipv6]
            .into_iter()
            .filter_map(|ip| Some(ip.text()?.split('%').next().unwrap_or_default()));
        draft.adapter(name, adapter.physical_address.text(), ips);
        if !is_of_software(name.unwrap_or_default()) {
            draft.gateway(adapter.gateway.text());
        }
    }
    // Without a description nobody could tell a tunnel's address from a real one.
    let is_described = !draft.asset.network.adapters.is_empty();
    if let Some(general) = agent.general.value().filter(|_| !is_described) {
        for mac in &general.mac.0 {
            draft.adapter(None::<&str>, mac.text(), []);
        }
    }
}

/// Of description and name the one that gives a tunnel or a virtual adapter away;
/// the description where neither does.
fn telling_name(adapter: &wire::NetworkAdapter) -> Option<&str> {
    let texts = [&adapter.description, &adapter.name].map(|text| text.text());
    let mut said = texts
        .into_iter()
        .flatten()
        .filter(|text| !text.trim().is_empty());
    let first = said.clone().next();
    said.find(|text| is_of_software(text)).or(first)
}

fn is_of_software(name: &str) -> bool {
    matches!(
        AdapterClass::from_description(name),
        AdapterClass::Vpn | AdapterClass::Virtual
    )
}

fn note_unexpected(draft: &mut AssetDraft<'_>, agent: &Agent) {
    let levels = [
        ("general", agent.general.unexpected()),
        ("os", agent.os.unexpected()),
        ("install_dates", agent.install_dates.unexpected()),
        ("last_synced_at", agent.last_synced_at.unexpected()),
        ("ram_gb", agent.ram_gb.unexpected()),
    ];
    for (level, kind) in levels {
        if let Some(kind) = kind {
            let issue = Issue::new(IssueCode::UnexpectedType, format!("{BLOCK}.{level}"));
            draft.issue(issue.with_note(format!("a value of type {kind} came")));
        }
    }
}
