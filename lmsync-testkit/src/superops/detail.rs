//! Parts of an asset that take a request each: its summary, parts of that, and its software.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::fleet::{Disk, Installed, Machine, OsFamily};

use super::asset::{adapter, instant};
use super::document::Selected;
use super::errors::Refusal;
use super::ids;
use super::listing::{self, Page};
use super::state::{Account, object};

/// `getAssetSummary`. What an agent that never reported would know is null.
pub(super) fn summary(account: &Account, machine: &Machine, asked: &Selected) -> Value {
    object(account, "AssetSummary", &asked.fields, |part| {
        let fields = &part.fields;
        let Some(seen) = machine.last_check_in else {
            return Value::Null;
        };
        match part.name.as_str() {
            "cpu" => object(account, "AssetCPU", fields, |field| cpu(machine, field)),
            "memory" => object(account, "AssetMemory", fields, |field| {
                memory(machine, field)
            }),
            "disk" => disk(account, machine, fields),
            "assetInterface" => object(account, "AssetInterface", fields, |field| {
                interface(machine, field)
            }),
            "lastUserLog" => last_user_log(account, machine, seen, fields),
            _ => Value::Null,
        }
    })
}

/// `getAssetDiskDetails`.
pub(super) fn disks(account: &Account, machine: &Machine, asked: &Selected) -> Value {
    let disks = machine.disks.iter();
    disks
        .map(|disk| {
            object(account, "AssetDisk", &asked.fields, |field| {
                partition(disk, field)
            })
        })
        .collect()
}

/// `getAssetUserLog`: who was last logged in.
pub(super) fn user_log(account: &Account, machine: &Machine, asked: &Selected) -> Value {
    let seen = machine.last_check_in;
    let log = seen.map(|seen| last_user_log(account, machine, seen, &asked.fields));
    log.into_iter().filter(|log| !log.is_null()).collect()
}

fn cpu(machine: &Machine, field: &Selected) -> Value {
    let cpu = machine.cpu;
    match field.name.as_str() {
        "assetId" => ids::text(ids::asset(machine.id)),
        "cpuName" => json!(cpu.name),
        "currentSpeed" => gigahertz(f64::from(cpu.megahertz) * 0.98),
        "maxSpeed" => gigahertz(f64::from(cpu.megahertz)),
        "physicalCore" => json!(cpu.cores),
        "logicalCore" => json!(cpu.threads),
        "architecture" if cpu.name.starts_with("Apple") => json!("arm64"),
        "architecture" => json!("x86_64"),
        "l1Cache" => bytes(u64::from(cpu.cores) << 16),
        "l2Cache" => bytes(u64::from(cpu.cores) << 18),
        "l3Cache" => bytes(12 << 20),
        "processCount" => json!((120 + machine.index % 200).to_string()),
        "threadsCount" => json!((1_800 + machine.index % 1_500).to_string()),
        "handlesCount" => json!((60_000 + machine.index % 70_000).to_string()),
        "cpuUsage" => percent(3 + machine.index as u64 * 7 % 90),
        _ => Value::Null,
    }
}

fn memory(machine: &Machine, field: &Selected) -> Value {
    let total = machine.memory;
    let used_percent = 30 + machine.index as u64 % 60;
    let used = total / 100 * used_percent;
    match field.name.as_str() {
        "totalMemory" => bytes(total),
        "usedMemory" => bytes(used),
        "availableMemory" => bytes(total - used),
        "cachedMemory" => bytes(total / 8),
        "pagedPoolByte" => bytes(total / 64),
        "nonPagedPoolByte" => bytes(total / 128),
        "memoryUsage" => percent(used_percent),
        "swapTotalMemory" | "swapAvailableMemory" | "swapUsedMemory" => bytes(0),
        _ => Value::Null,
    }
}

fn disk(account: &Account, machine: &Machine, fields: &[Selected]) -> Value {
    let sum = |part: fn(&Disk) -> u64| bytes(machine.disks.iter().map(part).sum());
    object(account, "Disks", fields, |field| {
        match field.name.as_str() {
            "disks" => disks(account, machine, field),
            "totalFreeSpace" => sum(|disk| disk.free),
            "totalSize" => sum(|disk| disk.size),
            _ => Value::Null,
        }
    })
}

fn partition(disk: &Disk, field: &Selected) -> Value {
    match field.name.as_str() {
        "drive" => json!(disk.drive),
        "discType" => json!("Local Disk"),
        "fileSystem" => json!(disk.file_system),
        "maxFileLength" => json!(255),
        "autoMounted" => json!(true),
        "compressed" => json!(false),
        "size" => bytes(disk.size),
        "freeSize" => bytes(disk.free),
        "driveUsage" => percent((disk.size - disk.free) / (disk.size / 100).max(1)),
        _ => Value::Null,
    }
}

fn interface(machine: &Machine, field: &Selected) -> Value {
    match field.name.as_str() {
        "name" => json!("Ethernet"),
        "mac" => json!(machine.mac),
        "ipv4Address" => json!(machine.private_ip),
        "infIndex" => json!(9),
        "mtu" => json!("1500"),
        "connectType" => json!("Ethernet 802.3"),
        "lineSpeed" => json!({ "actualValue": 1_000_000_000, "value": "1", "unit": "Gbps" }),
        "dataInPerSec" => json!({ "actualValue": 29_802.5, "value": "29.803", "unit": "Kbps" }),
        "dataOutPerSec" => json!({ "actualValue": 7_459.25, "value": "7.459", "unit": "Kbps" }),
        "adapterName" => json!(adapter(machine)),
        _ => Value::Null,
    }
}

fn last_user_log(
    account: &Account,
    machine: &Machine,
    seen: DateTime<Utc>,
    fields: &[Selected],
) -> Value {
    let Some(user) = &machine.last_user else {
        return Value::Null;
    };
    object(account, "AssetUserLog", fields, |field| {
        match field.name.as_str() {
            "id" => ids::text(ids::login(machine.id)),
            "name" => json!(format!("{}\\{}", machine.hostname, user.login)),
            "lastLoginTime" => json!(instant(seen - TimeDelta::hours(3))),
            _ => Value::Null,
        }
    })
}

/// A number of bytes with what people read beside it, in powers of 1024.
fn bytes(number: u64) -> Value {
    let (divisor, unit) = match number {
        0..0x400 => (1, "bytes"),
        0x400..0x10_0000 => (1 << 10, "KB"),
        0x10_0000..0x4000_0000 => (1 << 20, "MB"),
        _ => (1_u64 << 30, "GB"),
    };
    let text = trimmed(format!("{:.2}", number as f64 / divisor as f64));
    json!({ "actualValue": number, "value": text, "unit": unit })
}

fn gigahertz(megahertz: f64) -> Value {
    let text = trimmed(format!("{:.3}", megahertz / 1_000.0));
    json!({ "actualValue": megahertz, "value": text, "unit": "GHz" })
}

/// A share, which the vendor gives as text in both places.
fn percent(number: u64) -> Value {
    let text = number.to_string();
    json!({ "actualValue": text, "value": text, "unit": "%" })
}

/// Without zeros that say nothing.
fn trimmed(decimal: String) -> String {
    decimal
        .trim_end_matches('0')
        .trim_end_matches('.')
        .to_owned()
}

/// `getAssetSoftwareList`.
pub(super) fn software(
    account: &Account,
    machine: &Machine,
    asked: &Selected,
) -> Result<Value, Refusal> {
    let installed = account.population.fleet().software(machine);
    let list_info = &listing::input(&asked.arguments)["listInfo"];
    listing::refuse_condition(list_info, &asked.key)?;
    let page = Page::asked_for(account, list_info, installed.len(), &asked.key)?;
    let row = |_: usize, program: &Installed, list: &Selected| {
        object(account, "AssetSoftware", &list.fields, |field| {
            program_value(machine, program, field)
        })
    };
    Ok(listing::page(account, asked, &page, &installed, row))
}

fn program_value(machine: &Machine, program: &Installed, field: &Selected) -> Value {
    match field.name.as_str() {
        "id" => ids::text(ids::installation(machine.id, program.id)),
        "software" => json!({
            "softwareId": ids::program(program.id).to_string(),
            "name": program.name,
            "manufacturer": program.publisher,
        }),
        "version" => json!(program.version),
        "installedDate" => json!(instant(program.at.and_utc())),
        "bitVersion" if machine.os.family == OsFamily::MacOs => json!("ARM 64-Bit"),
        "bitVersion" => json!("64-Bit"),
        "installedPath" => json!(program.path),
        _ => Value::Null,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_read_like_the_vendors() {
        assert_eq!(bytes(8_460_263_424)["value"], "7.88");
        assert_eq!(bytes(8_460_263_424)["unit"], "GB");
        assert_eq!(bytes(490_795_008)["value"], "468.06");
        assert_eq!(
            bytes(1 << 20),
            json!({ "actualValue": 1 << 20, "value": "1", "unit": "MB" })
        );
        assert_eq!(
            bytes(0),
            json!({ "actualValue": 0, "value": "0", "unit": "bytes" })
        );
        assert_eq!(gigahertz(1_800.0)["value"], "1.8");
        for (number, text) in [
            (1_023, ["1023", "bytes"]),
            (1_024, ["1", "KB"]),
            ((1 << 20) - 1, ["1024", "KB"]),
            ((1 << 30) - 1, ["1024", "MB"]),
            (1 << 30, ["1", "GB"]),
        ] {
            let of = bytes(number);
            assert_eq!([&of["value"], &of["unit"]], text, "{number}");
        }
    }
}
