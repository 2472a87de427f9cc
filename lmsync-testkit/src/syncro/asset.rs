//! A machine as an asset of the vendor, and a customer.

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};
use serde_json::{Map, Value, json};

use crate::fleet::{Customer, Hypervisor, Machine, MachineKind, OsFamily};

use super::{ASSETS, CUSTOMERS};

/// The properties that hold the day of purchase.
pub(super) const PURCHASE_DATE: [&str; 1] = ["Purchase Date"];
/// The properties that hold the last day of the warranty.
pub(super) const WARRANTY_EXPIRY: [&str; 2] = ["warranty_end_date", "Warranty End"];

const GIBIBYTE: f64 = (1_u64 << 30) as f64;

/// The asset that `machine` is. One whose agent never reported was entered by hand.
pub(super) fn asset(machine: &Machine, customer: &Customer) -> Value {
    let mut properties = Map::new();
    dates(machine, &mut properties);
    let mut info = Value::Null;
    match machine.last_check_in {
        None => by_hand(machine, &mut properties),
        Some(seen) => {
            properties.insert("kabuto_live_uuid".to_owned(), json!(uuid(machine)));
            properties.insert("os".to_owned(), json!("Windows"));
            properties.insert("Kiosk".to_owned(), json!((machine.index % 2).to_string()));
            let block = agent(machine, seen);
            // Some agents' blocks are found in the monitoring store alone, as text.
            if machine.index % 11 == 4 {
                info = Value::String(block.to_string());
            } else {
                properties.insert("kabuto_information".to_owned(), block);
            }
        }
    }
    let id = ASSETS + machine.id;
    let is_managed = machine.last_check_in.is_some();
    let changed = machine
        .last_check_in
        .unwrap_or_else(|| DateTime::UNIX_EPOCH + TimeDelta::days(20_000));
    json!({
        "id": id,
        "name": machine.name,
        "customer_id": CUSTOMERS + customer.id,
        "contact_id": null,
        "created_at": "2024-10-21T04:40:27.117Z",
        "updated_at": changed.to_rfc3339_opts(chrono::SecondsFormat::Millis, true),
        "properties": properties,
        "asset_type": if is_managed { "Syncro Device" } else { type_name(machine) },
        "asset_serial": if is_managed { json!(machine.serial) } else { Value::Null },
        "external_rmm_link": null,
        "customer": self::customer(customer),
        "rmm_links": [],
        "rmm_store": {
            "id": id + 1,
            "asset_id": id,
            "account_id": 1,
            "triggers": { "agent_offline_triggered": (!machine.online).to_string() },
            "windows_updates": {},
            "emsisoft": {},
            "general": { "info": info },
        },
        "device_info": { "snmp_config": { "port": 161, "enabled": false, "community": "sim-c0mmunity" } },
        "address": null,
    })
}

/// A customer; every ninth is a person without a business.
pub(super) fn customer(customer: &Customer) -> Value {
    let is_person = customer.index % 9 == 8;
    json!({
        "id": CUSTOMERS + customer.id,
        "firstname": "Jo",
        "lastname": customer.name,
        "fullname": format!("Jo {}", customer.name),
        "business_name": (!is_person).then_some(&customer.name),
        "business_then_name": if is_person { format!("Jo {}", customer.name) } else { customer.name.clone() },
        "email": format!("it@{}", customer.domain),
        "disabled": customer.index % 13 == 12,
        "properties": {},
    })
}

fn dates(machine: &Machine, properties: &mut Map<String, Value>) {
    if let Some(bought) = machine.purchased {
        let text = match machine.index % 3 {
            0 => format!("{bought}T00:00:00Z"),
            _ if machine.index % 13 == 6 => us_day(bought),
            _ => bought.to_string(),
        };
        properties.insert(PURCHASE_DATE[0].to_owned(), json!(text));
    }
    if let Some(expiry) = machine.warranty_expiry {
        // A script wrote some of them with the line breaks of its shell.
        let (key, text) = match machine.index % 4 {
            1 => (WARRANTY_EXPIRY[1], format!("{expiry}\r\n\r\n")),
            _ => (WARRANTY_EXPIRY[0], expiry.to_string()),
        };
        properties.insert(key.to_owned(), json!(text));
    } else if machine.index.is_multiple_of(2) {
        let text = "Upgrade to the Team plan to see warranty dates";
        properties.insert(WARRANTY_EXPIRY[0].to_owned(), json!(text));
    }
}

fn us_day(day: NaiveDate) -> String {
    format!("{}/{}/{}", day.month(), day.day(), day.year())
}

fn by_hand(machine: &Machine, properties: &mut Map<String, Value>) {
    for (key, value) in [
        ("Make", json!(machine.manufacturer)),
        ("Model", json!(machine.model)),
        ("Service Tag", json!(machine.serial)),
        ("LAN IP(s)", json!(machine.private_ip)),
        ("mac", json!([machine.mac.replace(':', "")])),
        ("Notes", json!("typed by hand")),
        ("notes", json!("typed by another hand")),
    ] {
        properties.insert(key.to_owned(), value);
    }
}

fn type_name(machine: &Machine) -> &'static str {
    match machine.kind {
        MachineKind::Server => "Server",
        MachineKind::Desktop => "Desktop",
        MachineKind::Laptop => "Laptop",
    }
}

fn form_factor(machine: &Machine) -> String {
    let what = match machine.hypervisor {
        Some(_) => "Virtual",
        None => "Physical",
    };
    format!("{what} {}", type_name(machine))
}

fn uuid(machine: &Machine) -> String {
    format!("4c4c4544-0042-4510-8051-{:012x}", machine.id * 7919)
}

/// Half of the agents write in the zone of their account.
fn instant(at: DateTime<Utc>, index: usize) -> String {
    match index % 2 {
        0 => at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true),
        _ => {
            let local = at.naive_utc() + TimeDelta::hours(2);
            format!("{}+02:00", local.format("%Y-%m-%dT%H:%M:%S%.3f"))
        }
    }
}

fn agent(machine: &Machine, seen: DateTime<Utc>) -> Value {
    let user = machine.last_user.as_ref();
    let gigabytes = machine.memory as f64 / GIBIBYTE;
    json!({
        "last_synced_at": instant(seen, machine.index),
        "last_user": user.map_or("", |user| user.login.as_str()),
        "computer_uuid": uuid(machine),
        // Numbers come as such or as text.
        "ram_gb": if machine.index.is_multiple_of(2) { json!(gigabytes) } else { json!(gigabytes.to_string()) },
        "general": {
            "manufacturer": machine.manufacturer,
            "model": machine.model,
            "serial_number": machine.serial.as_deref().unwrap_or_default(),
            "form_factor": form_factor(machine),
            "domain": machine.domain.as_deref().unwrap_or_default(),
            "ip": machine.public_ip,
            "mac": [machine.mac.replace(':', "").to_ascii_uppercase()],
        },
        "os": {
            "name": machine.os.name,
            "build": machine.os.build,
            "windows_release_version": machine.os.release,
            "os_architecture": "64-bit",
            "last_boot_time": instant(seen - TimeDelta::hours(50), machine.index),
            "pending_reboot": machine.index.is_multiple_of(7),
        },
        "install_dates": { "system_volume": "", "os_install": "2025-01-12T14:30:00Z", "bios_release": "" },
        "cpu": [{ "name": machine.cpu.name }],
        "hdd": machine.disks.iter().map(|disk| {
            json!({ "name": disk.drive, "size": format!("{:.1}", disk.size as f64 / GIBIBYTE) })
        }).collect::<Vec<_>>(),
        "network_adapters": adapters(machine),
    })
}

fn adapters(machine: &Machine) -> Vec<Value> {
    let adapter = |name: &str, description: &str, mac: &str, ip: &str, gateway: &str| {
        json!({
            "name": name,
            "description": description,
            "type": "ethernet",
            "ipv4": ip,
            "ipv6": "",
            "gateway": gateway,
            "physical_address": mac.replace(':', "-").to_ascii_uppercase(),
            "dhcp_enabled": true,
        })
    };
    let hardware = match (machine.hypervisor, machine.os.family) {
        (Some(Hypervisor::VMware), _) => "vmxnet3 Ethernet Adapter",
        (Some(Hypervisor::HyperV), _) => "Microsoft Hyper-V Network Adapter",
        (None, OsFamily::MacOs) => "en0",
        (None, _) => "Intel(R) Ethernet Connection (7) I219-LM",
    };
    let mut all = vec![adapter(
        "Ethernet",
        hardware,
        &machine.mac,
        &machine.private_ip,
        &machine.gateway,
    )];
    if machine.kind == MachineKind::Laptop {
        // Every user of one VPN client has the same address.
        let vpn = "TAP-Windows Adapter V9";
        all.push(adapter("Ethernet 2", vpn, "00:ff:7b:3d:1a:2c", "", ""));
    }
    all
}
