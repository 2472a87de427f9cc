//! A machine as an asset of the vendor.

use chrono::{DateTime, NaiveDate, TimeDelta, Timelike, Utc};
use lmsync_core::two_way::{DateField, HeldDate};
use serde_json::{Map, Value, json};

use crate::fleet::{Hypervisor, Machine, MachineKind, OsFamily};

use super::document::Selected;
use super::state::{Account, object};
use super::{ids, organisation};

/// The `selected` fields of `machine`, as a value of type `of`: `Asset` or `UpdatedAsset`.
pub(super) fn asset(
    account: &Account,
    machine: &Machine,
    of: &str,
    selected: &[Selected],
) -> Value {
    object(account, of, selected, |field| {
        value(account, machine, field)
    })
}

fn value(account: &Account, machine: &Machine, field: &Selected) -> Value {
    match field.name.as_str() {
        "assetId" => ids::text(ids::asset(machine.id)),
        "name" => json!(machine.name),
        "assetClass" => asset_class(machine),
        "client" => organisation::client_of(account, machine),
        "department" => organisation::department_of(account, machine),
        "site" => organisation::site_of(account, machine),
        "requester" => requester(account, machine, field),
        "primaryMac" => json!(machine.mac),
        "loggedInUser" => json!(logged_in_user(machine)),
        "serialNumber" => json!(machine.serial),
        "manufacturer" => json!(machine.manufacturer),
        "model" => json!(machine.model),
        "hostName" => json!(host_name(machine)),
        "publicIp" => json!(machine.public_ip),
        "gateway" => json!(machine.gateway),
        "platform" => json!(machine.os.name),
        "domain" => json!(domain(machine)),
        "status" => json!(status(machine)),
        "sysUptime" => json!(machine.online.then(|| uptime(machine.index))),
        "lastCommunicatedTime" => json!(machine.last_check_in.map(instant)),
        "lastReportedTime" => json!(machine.last_check_in.map(reported)),
        "agentVersion" => json!(agent_version(machine.index)),
        "platformFamily" => json!(platform_family(machine)),
        "platformCategory" => json!(platform_category(machine)),
        "platformVersion" => json!(platform_version(machine)),
        "patchStatus" => json!(PATCH_STATUS[machine.index % PATCH_STATUS.len()]),
        "warrantyExpiryDate" => date(account, machine, DateField::WarrantyExpiry),
        "purchasedDate" => date(account, machine, DateField::PurchaseDate),
        "customFields" => custom_fields(account, machine, field),
        "deviceCategory" => device_category(machine),
        _ => Value::Null,
    }
}

const PATCH_STATUS: [&str; 4] = [
    "Fully Patched",
    "Install Pending",
    "Reboot Required",
    "No Policy",
];

/// A time as the vendor writes it: UTC, no zone, a fraction only where there is one.
pub(super) fn instant(at: DateTime<Utc>) -> String {
    let format = match at.nanosecond() {
        0 => "%Y-%m-%dT%H:%M:%S",
        _ => "%Y-%m-%dT%H:%M:%S%.3f",
    };
    at.format(format).to_string()
}

fn date(account: &Account, machine: &Machine, field: DateField) -> Value {
    match account.held_date(machine, field) {
        HeldDate::Empty => Value::Null,
        HeldDate::Day(held) => json!(day(held)),
        HeldDate::Unreadable(text) => json!(text),
    }
}

pub(super) fn day(day: NaiveDate) -> String {
    day.format("%Y-%m-%d").to_string()
}

/// The last inventory is a little older than the last sign of life.
fn reported(check_in: DateTime<Utc>) -> String {
    instant(check_in - TimeDelta::minutes(35))
}

fn asset_class(machine: &Machine) -> Value {
    let (id, name) = match machine.os.family {
        OsFamily::Windows | OsFamily::WindowsServer => ("1", "Windows Machine"),
        OsFamily::MacOs => ("2", "Mac Machine"),
        OsFamily::Linux => ("3", "Linux Machine"),
    };
    json!({ "classId": id, "name": name })
}

fn device_category(machine: &Machine) -> Value {
    let (id, name) = match (machine.kind, machine.os.family) {
        (MachineKind::Server, OsFamily::Linux) => ("7642345678459", "Linux Server"),
        (MachineKind::Server, _) => ("7642345678458", "Windows Server"),
        (_, OsFamily::MacOs) => ("7642345678457", "Mac Workstation"),
        (MachineKind::Laptop, _) => ("7642345678460", "Windows Laptop"),
        _ => ("7642345678456", "Windows Workstation"),
    };
    json!({ "id": id, "name": name })
}

/// A machine without a user has none, or one without id and name where it may not be null.
fn requester(account: &Account, machine: &Machine, field: &Selected) -> Value {
    match &machine.last_user {
        Some(user) => json!({
            "userId": account.scalar_id(ids::user(user.id), machine.index),
            "name": user.name,
        }),
        None if field.of.is_non_null() => json!({ "userId": null, "name": null }),
        None => Value::Null,
    }
}

fn logged_in_user(machine: &Machine) -> Option<String> {
    let user = machine.last_user.as_ref()?;
    let domain = machine.domain.as_deref();
    Some(match domain.and_then(|domain| domain.split('.').nth(1)) {
        Some(short) => format!("{}\\{}", short.to_ascii_uppercase(), user.login),
        None => user.name.clone(),
    })
}

/// Some servers tell their name with the domain, some machines in other letters than its display name.
pub(super) fn host_name(machine: &Machine) -> String {
    match (&machine.domain, machine.kind) {
        (Some(domain), MachineKind::Server) if machine.index.is_multiple_of(3) => {
            format!("{}.{domain}", machine.hostname)
        }
        _ if machine.index % 11 == 5 => machine.hostname.to_ascii_lowercase(),
        _ => machine.hostname.clone(),
    }
}

pub(super) fn status(machine: &Machine) -> &'static str {
    match machine.online {
        true => "ONLINE",
        false => "OFFLINE",
    }
}

fn domain(machine: &Machine) -> Option<&str> {
    let windows = matches!(
        machine.os.family,
        OsFamily::Windows | OsFamily::WindowsServer
    );
    machine.domain.as_deref().or(windows.then_some("WORKGROUP"))
}

fn uptime(index: usize) -> String {
    let count = |number: usize, unit: &str| match number {
        1 => format!("1 {unit}"),
        _ => format!("{number} {unit}s"),
    };
    match index % 9 {
        0 => format!("{} {}", count(1, "hour"), count(index % 60, "minute")),
        days => format!("{} {}", count(days, "day"), count(index % 24, "hour")),
    }
}

fn agent_version(index: usize) -> &'static str {
    ["202511151251", "202510020830", "202508191104"][index % 3]
}

fn platform_family(machine: &Machine) -> &'static str {
    match (machine.kind, &machine.domain) {
        (MachineKind::Server, _) => "Server",
        (_, Some(_)) => "Member Workstation",
        (_, None) => "Standalone Workstation",
    }
}

fn platform_category(machine: &Machine) -> &'static str {
    match machine.kind {
        MachineKind::Server => "SERVER",
        _ => "WORKSTATION",
    }
}

fn platform_version(machine: &Machine) -> String {
    let os = machine.os;
    match os.family {
        OsFamily::Windows | OsFamily::WindowsServer => {
            format!("{} Build {} ({})", os.version, os.build, os.release)
        }
        _ => format!("{} Build {}", os.version, os.build),
    }
}

/// The custom fields that were asked for; all where none is named.
fn custom_fields(account: &Account, machine: &Machine, field: &Selected) -> Value {
    let mut fields = Map::new();
    if machine.index.is_multiple_of(4) {
        fields.insert(
            "udf1text".to_owned(),
            json!(format!("Rack {}", machine.index % 40)),
        );
        fields.insert("udf2date".to_owned(), json!("2022-05-06"));
        fields.insert("udf5mselect".to_owned(), json!(["Leased", "Insured"]));
    }
    if let Some(written) = account.custom_fields.get(&machine.index) {
        fields.extend(written.clone());
    }
    if let Some(Value::Array(names)) = field.arguments.get("fields") {
        fields.retain(|name, _| names.iter().any(|wanted| wanted == name));
    }
    Value::Object(fields)
}

/// The maker of the virtual network adapter, else of a common one.
pub(super) fn adapter(machine: &Machine) -> &'static str {
    match machine.hypervisor {
        Some(Hypervisor::VMware) => "vmxnet3 Ethernet Adapter",
        Some(Hypervisor::HyperV) => "Microsoft Hyper-V Network Adapter",
        None => "Intel(R) Ethernet Connection (7) I219-LM",
    }
}
