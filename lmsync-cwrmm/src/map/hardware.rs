//! What a device is made of, and its addresses.

use lmsync_core::json::{LenientObject, OneOrMany, Scalar};
use lmsync_core::model::{Antivirus, AssetDraft, Cpu, Disk, DiskMedia, Size, SizeUnit};

use crate::wire;

/// The addresses of the list: the vendor does not tell which belong together.
pub(super) fn addresses(draft: &mut AssetDraft<'_>, wire: &wire::Endpoint) {
    let macs: Vec<&str> = each(&wire.mac_address).collect();
    draft
        .public_ip(wire.remote_address.text())
        .primary_mac(macs.first().copied());
    if !wire.networks.0.is_empty() {
        return;
    }
    let ips = each(&wire.ip_address);
    if let [mac] = macs[..] {
        draft.adapter(None, mac, ips);
        return;
    }
    for mac in macs {
        draft.adapter(None, mac, []);
    }
    draft.adapter(None, None, ips);
}

/// Each of `texts`, several of which may stand in one.
fn each(texts: &OneOrMany<Scalar>) -> impl Iterator<Item = &str> {
    let parts = texts
        .texts()
        .flat_map(|text| text.split([',', ';', ' ', '\n']));
    parts.map(str::trim).filter(|part| !part.is_empty())
}

/// Processor, memory, security module, drives, adapters and protection, as far as they came.
pub(super) fn hardware(draft: &mut AssetDraft<'_>, wire: &wire::Endpoint) {
    if let Some(board) = wire.baseboard.value() {
        security_module(draft, board);
    }
    processors(draft, &wire.processors);
    memory(draft, &wire.physical_memory);
    for drive in wire.drives.0.iter().filter_map(LenientObject::value) {
        disk(draft, drive);
    }
    for adapter in wire.networks.0.iter().filter_map(LenientObject::value) {
        let mut ips: Vec<&str> = each(&adapter.ipv4).collect();
        let others = [&adapter.ipv4_list, &adapter.ipv6, &adapter.ipv6_list];
        for ip in others.into_iter().flat_map(each) {
            if !ips.contains(&ip) {
                ips.push(ip);
            }
        }
        let name = adapter.product.text().or(adapter.logical_name.text());
        draft
            .adapter(name, adapter.mac_address.text(), ips)
            .gateway(adapter.default_ip_gateway.text());
    }
    for product in wire.anti_viruses.0.iter().filter_map(LenientObject::value) {
        let name = product
            .name
            .clean()
            .or_else(|| product.application_name.clean());
        if let Some(name) = name {
            let product = Antivirus::new(name);
            if !draft.asset.security.antivirus.contains(&product) {
                draft.asset.security.antivirus.push(product);
            }
        }
    }
}

/// The security module: the first that is told.
fn security_module(draft: &mut AssetDraft<'_>, board: &wire::Baseboard) {
    let mut modules = board.tpm_details.0.iter();
    let Some(module) = modules.find_map(LenientObject::value) else {
        return;
    };
    // Windows has the specification's version, its level and its revision in one: `2.0, 0, 1.38`.
    let version = module.spec_version.clean();
    let version =
        version.and_then(|text| text.split(',').next().map(|part| part.trim().to_owned()));
    draft.asset.tpm.version = version;
    draft.asset.tpm.enabled = module.is_enabled;
}

fn processors(draft: &mut AssetDraft<'_>, wire: &OneOrMany<LenientObject<wire::Processor>>) {
    let all: Vec<&wire::Processor> = wire.0.iter().filter_map(LenientObject::value).collect();
    let Some(first) = all.first() else {
        return;
    };
    let count = |of: fn(&wire::Processor) -> Option<u64>| {
        all.iter()
            .map(|processor| of(processor))
            .sum::<Option<u64>>()
            .and_then(|sum| u32::try_from(sum).ok())
            .filter(|sum| *sum > 0)
    };
    let named = first.number_of_processors.unwrap_or_default();
    let cpu = &mut draft.asset.cpu;
    cpu.name = first.product.clean();
    cpu.sockets = u32::try_from(named.max(all.len() as u64)).ok();
    cpu.physical_cores = count(|processor| processor.number_of_cores);
    cpu.logical_cores = count(|processor| processor.number_of_logical_processors);
    cpu.speed_mhz = Cpu::speed_in(first.clock_speed_mhz.text());
}

/// The sum of the modules, when each of them tells its size; an empty slot tells none.
fn memory(draft: &mut AssetDraft<'_>, modules: &OneOrMany<LenientObject<wire::Memory>>) {
    let mut sum: u64 = 0;
    for module in modules.0.iter().filter_map(LenientObject::value) {
        let Some(text) = module.size_bytes.clean() else {
            continue;
        };
        match text
            .parse::<u64>()
            .ok()
            .and_then(|bytes| sum.checked_add(bytes))
        {
            Some(more) => sum = more,
            None => {
                draft.unexpected("memory_bytes", &text);
                return;
            }
        }
    }
    draft.memory(Size::Bytes(sum));
}

fn disk(draft: &mut AssetDraft<'_>, drive: &wire::Drive) {
    let words = [&drive.media_type, &drive.interface_type, &drive.product];
    let media = DiskMedia::from_words(words.into_iter().filter_map(Scalar::text));
    let partitions: Vec<&wire::Partition> = drive
        .partition_data
        .0
        .iter()
        .filter_map(LenientObject::value)
        .collect();
    let free: Option<u64> = partitions
        .iter()
        .map(|partition| partition.free_space_bytes)
        .sum();
    let mut disk = Disk::new(drive.logical_name.clean().or_else(|| drive.product.clean()));
    disk.serial = drive.serial_number.clean();
    disk.media = media;
    let total = drive.size_bytes.text().map(|number| Size::Stated {
        number,
        unit: SizeUnit::Bytes,
    });
    let free = free.filter(|_| !partitions.is_empty()).map(Size::Bytes);
    draft.disk(disk, total, free);
}
