//! A machine as ConnectWise RMM tells it.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, Value, json};

use crate::fleet::{Fleet, Hypervisor, Machine, MachineKind, OsFamily};

use super::ids;
use super::switches::Misbehaviour;

/// What comes without a projection.
const METADATA: [&str; 12] = [
    "deviceName",
    "friendlyName",
    "resourceType",
    "endpointType",
    "type",
    "subResourceType",
    "virtualType",
    "ipAddress",
    "macAddress",
    "remoteAddress",
    "createdAt",
    "modifiedAt",
];

/// What a device alone has beyond that without a projection.
const ALONE: [&str; 2] = ["os", "system"];

/// What only a device alone has.
const ONLY_ALONE: [&str; 3] = ["users", "installedSoftwares", "softwareLicenses"];

/// A time as the vendor writes it.
pub(super) fn instant(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

/// A device of the list: its id and what was asked for.
pub(super) fn of_list(
    fleet: &Fleet,
    machine: &Machine,
    fields: &[String],
    faults: &Misbehaviour,
) -> Value {
    let id = ids::device(machine.id, faults.plain_ids);
    let mut object = Map::from_iter([("endpointID".to_owned(), json!(id))]);
    let asked = fields
        .iter()
        .map(String::as_str)
        .filter(|field| !ONLY_ALONE.contains(field));
    let metadata = METADATA.iter().copied().filter(|_| fields.is_empty());
    for field in asked.chain(metadata) {
        let value = value(fleet, machine, field, faults);
        if !value.is_null() {
            object.insert(field.to_owned(), value);
        }
    }
    Value::Object(object)
}

/// What is under the key `platform` of a device alone.
pub(super) fn alone(
    fleet: &Fleet,
    machine: &Machine,
    fields: &[String],
    faults: &Misbehaviour,
) -> Value {
    let asked = fields.iter().map(String::as_str);
    let default = METADATA
        .iter()
        .chain(&ALONE)
        .copied()
        .filter(|_| fields.is_empty());
    asked
        .chain(default)
        .map(|field| (field.to_owned(), value(fleet, machine, field, faults)))
        .filter(|(_, value)| !value.is_null())
        .collect::<Map<_, _>>()
        .into()
}

/// When the device appeared.
pub(super) fn created(fleet: &Fleet, machine: &Machine) -> DateTime<Utc> {
    fleet.spec().now - TimeDelta::days(400 + (machine.index % 900) as i64)
}

/// `value` without what is null inside, unless the account tells nulls.
fn told(mut value: Value, faults: &Misbehaviour) -> Value {
    fn bare(value: &mut Value) {
        match value {
            Value::Object(members) => {
                members.retain(|_, member| !member.is_null());
                members.values_mut().for_each(bare);
            }
            Value::Array(elements) => elements.iter_mut().for_each(bare),
            _ => {}
        }
    }
    if !faults.nulls {
        bare(&mut value);
    }
    value
}

fn value(fleet: &Fleet, machine: &Machine, field: &str, faults: &Misbehaviour) -> Value {
    let created = created(fleet, machine);
    let addresses = |text: &str| {
        if faults.addresses_as_text {
            json!(text)
        } else {
            json!([text])
        }
    };
    let value = match field {
        "deviceName" => json!(machine.hostname),
        "friendlyName" => json!(machine.name),
        "resourceType" => json!(family(machine).to_ascii_lowercase()),
        "endpointType" => json!(family(machine)),
        "type" => json!(system_family(machine)),
        "subResourceType" => json!(sub_type(machine)),
        "virtualType" => json!(machine.hypervisor.map_or("Physical", |_| "Guest")),
        "ipAddress" => addresses(&machine.private_ip),
        "macAddress" => addresses(&machine.mac.to_ascii_uppercase()),
        "remoteAddress" => json!(machine.public_ip),
        "createdAt" => json!(instant(created)),
        "modifiedAt" => json!(instant(fleet.spec().now - TimeDelta::hours(20))),
        "os" => os(machine, created),
        "system" => system(machine),
        "bios" => json!({
            "product": "BIOS",
            "manufacturer": machine.manufacturer,
            "version": "1.24.0",
            "serialNumber": machine.serial,
            "smbiosVersion": "3.3",
        }),
        "baseboard" => json!({
            "product": format!("0{:05X}", machine.index % 0xf_ffff),
            "manufacturer": machine.manufacturer,
            "serialNumber": format!("/{:06X}/CNCMC00", machine.id),
            "hardwareUUID": ids::hardware(machine.id),
            "installDate": instant(created),
            "tpmDetails": tpm(machine),
        }),
        "processors" => json!([{
            "product": machine.cpu.name,
            "numberOfProcessors": 1,
            "numberOfCores": machine.cpu.cores,
            "numberOfLogicalProcessors": machine.cpu.threads,
            "clockSpeedMhz": f64::from(machine.cpu.megahertz),
        }]),
        "physicalMemory" => memory(machine),
        "drives" => drives(machine),
        "networks" => networks(machine),
        "antiViruses" => json!([{ "name": "Microsoft Defender Antivirus", "version": "4.18" }]),
        "users" => users(machine).into(),
        "installedSoftwares" => installed(fleet, machine).into(),
        _ => Value::Null,
    };
    told(value, faults)
}

pub(super) fn family(machine: &Machine) -> &'static str {
    match machine.kind {
        MachineKind::Server => "Server",
        _ => "Desktop",
    }
}

fn sub_type(machine: &Machine) -> &'static str {
    match machine.kind {
        MachineKind::Server => "server",
        _ => "workstation",
    }
}

fn system_family(machine: &Machine) -> &'static str {
    match machine.os.family {
        OsFamily::Windows | OsFamily::WindowsServer => "Windows",
        OsFamily::MacOs => "Mac",
        OsFamily::Linux => "Linux",
    }
}

fn os(machine: &Machine, installed: DateTime<Utc>) -> Value {
    let user = machine.last_user.as_ref();
    json!({
        "product": machine.os.name,
        "version": machine.os.version,
        "buildNumber": machine.os.build,
        "displayVersion": machine.os.release,
        "releaseID": machine.os.release,
        "arch": "64-bit",
        "type": system_family(machine),
        "installDate": instant(installed),
        "userName": user.map(|user| user.login.as_str()),
    })
}

fn system(machine: &Machine) -> Value {
    let (chassis, number) = match (machine.hypervisor, machine.kind) {
        (Some(_), _) => ("Other", 1),
        (None, MachineKind::Laptop) => ("Notebook", 10),
        (None, MachineKind::Desktop) => ("Desktop", 3),
        (None, MachineKind::Server) => ("Rack Mount Chassis", 23),
    };
    json!({
        "product": machine.model,
        "model": machine.model,
        "serialNumber": machine.serial,
        "systemName": machine.hostname,
        "domain": machine.domain.as_deref().unwrap_or("WORKGROUP"),
        "domainRole": domain_role(machine),
        "chassis": chassis,
        "chassisTypes": [number],
        "hypervisorName": machine.hypervisor.map(|hypervisor| match hypervisor {
            Hypervisor::VMware => "VMware",
            Hypervisor::HyperV => "Hyper-V",
        }),
    })
}

/// The roles that Windows numbers: stand-alone and joined workstations, stand-alone and joined servers.
fn domain_role(machine: &Machine) -> Option<u32> {
    let is_joined = machine.domain.is_some();
    match machine.os.family {
        OsFamily::Windows => Some(u32::from(is_joined)),
        OsFamily::WindowsServer => Some(2 + u32::from(is_joined)),
        OsFamily::MacOs | OsFamily::Linux => None,
    }
}

/// The security module, which machines of metal that run Windows tell.
fn tpm(machine: &Machine) -> Value {
    let has_one = machine.hypervisor.is_none() && machine.os.family == OsFamily::Windows;
    match has_one {
        true => json!([{
            "manufacturerId": "INTC",
            "manufacturerVersion": "303.12.0.0",
            "isEnabled": !machine.index.is_multiple_of(7),
            "specVersion": "2.0, 0, 1.38",
        }]),
        false => json!([]),
    }
}

/// Two modules of the same size, as machines are sold.
fn memory(machine: &Machine) -> Value {
    let half = machine.memory / 2;
    json!([
        { "manufacturer": "Samsung", "slot": "DIMM A", "sizeBytes": half },
        { "manufacturer": "Samsung", "slot": "DIMM B", "sizeBytes": machine.memory - half },
    ])
}

fn drives(machine: &Machine) -> Value {
    let drive = |disk: &crate::fleet::Disk| {
        json!({
            "product": "Samsung SSD 980",
            "logicalName": disk.drive,
            "mediaType": "SSD",
            "interfaceType": "SCSI",
            "sizeBytes": disk.size,
            "partitionData": [{ "name": disk.drive, "fileSystem": disk.file_system,
                "sizeBytes": disk.size, "freeSpaceBytes": disk.free }],
        })
    };
    machine.disks.iter().map(drive).collect()
}

fn networks(machine: &Machine) -> Value {
    let product = match machine.hypervisor {
        Some(Hypervisor::VMware) => "vmxnet3 Ethernet Adapter",
        Some(Hypervisor::HyperV) => "Microsoft Hyper-V Network Adapter",
        None => "Intel(R) Ethernet Connection (7) I219-LM",
    };
    json!([{
        "product": product,
        "vendor": "Intel Corporation",
        "logicalName": "Ethernet",
        "macAddress": machine.mac.to_ascii_uppercase(),
        "ipv4": machine.private_ip,
        "ipv4List": [machine.private_ip],
        "defaultIPGateway": machine.gateway,
        "dhcpEnabled": true,
    }])
}

pub(super) fn users(machine: &Machine) -> Vec<Value> {
    let user = |user: &crate::fleet::User| {
        json!({
            "userID": user.id.to_string(),
            "username": user.login,
            "lastLogonTimestamp": machine.last_check_in.map_or(0, |at| at.timestamp()),
        })
    };
    machine.last_user.iter().map(user).collect()
}

pub(super) fn installed(fleet: &Fleet, machine: &Machine) -> Vec<Value> {
    fleet
        .software(machine)
        .into_iter()
        .map(|program| {
            json!({
                "name": program.name,
                "publisher": program.publisher,
                "version": program.version,
                "installDate": instant(program.at.and_utc()),
                "location": program.path,
            })
        })
        .collect()
}

/// `system-state-info` of `machine`.
pub(super) fn state(machine: &Machine, faults: &Misbehaviour) -> Value {
    let user = machine.last_user.as_ref().map(|user| {
        let domain = machine.domain.as_deref().and_then(|name| name.split('.').next());
        json!({
            "username": format!("{}\\{}", domain.unwrap_or(&machine.hostname).to_ascii_uppercase(), user.login),
            "logonTime": machine.last_check_in.map(instant),
            "status": "Active",
            "isAdmin": false,
        })
    });
    let start = machine.last_check_in.map(|at| at - TimeDelta::days(3));
    let state = json!({
        "endpointID": ids::device(machine.id, faults.plain_ids),
        "startupStatus": { "lastBootUpTimeUTC": start.map(instant) },
        "lastLoggedOnUser": user,
        "loggedOnUsers": [],
    });
    told(state, faults)
}
