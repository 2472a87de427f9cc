//! A machine as an asset of the vendor, and a customer.

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};
use serde_json::{Map, Value, json};

use crate::fleet::{Customer, Hypervisor, Machine, MachineKind, OsFamily, Site};

use super::{ASSETS, CUSTOMERS};

/// The properties that hold the day of purchase.
pub(super) const PURCHASE_DATE: [&str; 1] = ["Purchase Date"];
/// The properties that hold the last day of the warranty.
pub(super) const WARRANTY_EXPIRY: [&str; 2] = ["warranty_end_date", "Warranty End"];

const GIBIBYTE: f64 = (1_u64 << 30) as f64;

/// The asset that `machine` is. One whose agent never reported was entered by hand.
pub(super) fn asset(machine: &Machine, customer: &Customer, site: &Site) -> Value {
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
        "created_at": CREATED,
        "updated_at": changed.to_rfc3339_opts(chrono::SecondsFormat::Millis, true),
        "properties": properties,
        "asset_type": if is_managed { "Syncro Device" } else { type_name(machine) },
        "asset_serial": if is_managed { json!(machine.serial) } else { Value::Null },
        "external_rmm_link": external_link(machine),
        "customer": self::customer(customer),
        "rmm_links": [],
        "rmm_store": store(machine, id, info),
        "has_live_chat": false,
        "snmp_enabled": false,
        "device_info": { "snmp_config": { "port": 161, "enabled": false, "community": "sim-c0mmunity" } },
        "address": address(machine, customer, site),
    })
}

/// The account was made then, and most of its records with it.
const CREATED: &str = "2024-10-21T04:40:27.117Z";

/// The store of the vendor's own monitoring; its triggers are words.
fn store(machine: &Machine, id: u64, info: Value) -> Value {
    let word = |is_triggered: bool| is_triggered.to_string();
    json!({
        "id": id + 1,
        "asset_id": id,
        "account_id": 1,
        "triggers": {
            "bsod_triggered": word(false),
            "time_triggered": word(false),
            "no_av_triggered": word(machine.index % 12 == 5),
            "defrag_triggered": word(false),
            "firewall_triggered": word(machine.index % 15 == 7),
            "app_crash_triggered": word(false),
            "low_hd_space_triggered": word(machine.index % 10 == 3),
            "smart_failure_triggered": word(machine.index % 40 == 9),
            "device_manager_triggered": word(false),
            "agent_offline_triggered": word(!machine.online),
        },
        "windows_updates": {},
        "emsisoft": {},
        "general": { "info": info },
        "created_at": CREATED,
        "updated_at": CREATED,
        "override_alert_agent_offline_mins": null,
        "override_alert_agent_rearm_after_mins": null,
        "override_low_hd_threshold": null,
        "override_autoresolve_offline_alert": null,
    })
}

/// Some machines came from another tool.
fn external_link(machine: &Machine) -> Option<String> {
    let is_linked = machine.index % 10 == 6;
    is_linked.then(|| format!("https://rmm.example.com/devices/{}", 90_000 + machine.id))
}

/// Every fourth asset has no address.
fn address(machine: &Machine, customer: &Customer, site: &Site) -> Option<Value> {
    let has_one = machine.index % 4 != 3;
    has_one.then(|| {
        json!({
            "id": 700 + site.id,
            "name": site.name,
            "customer_id": CUSTOMERS + customer.id,
            "address_type_id": 2,
            "address1": site.street,
            "address2": "",
            "city": site.name,
            "state": site.state,
            "zip": site.postal_code,
            "latitude": null,
            "longitude": null,
            "created_at": CREATED,
            "updated_at": CREATED,
            "account_id": 1,
        })
    })
}

/// A customer in a list of customers, which says more of it.
pub(super) fn listed_customer(customer: &Customer) -> Value {
    let mut row = self::customer(customer);
    row["location_name"] = Value::Null;
    row["contacts"] = json!([]);
    row
}

/// A customer; every ninth is a person without a business.
pub(super) fn customer(customer: &Customer) -> Value {
    let is_person = customer.index % 9 == 8;
    let person = format!("Jo {}", customer.name);
    let business = (!is_person).then_some(&customer.name);
    let id = CUSTOMERS + customer.id;
    json!({
        "id": id,
        "firstname": "Jo",
        "lastname": customer.name,
        "fullname": person,
        "business_name": business,
        "email": format!("it@{}", customer.domain),
        "phone": "555-0100",
        "mobile": null,
        "created_at": CREATED,
        "updated_at": CREATED,
        "pdf_url": null,
        "address": null,
        "address_2": null,
        "city": null,
        "state": null,
        "zip": null,
        "latitude": null,
        "longitude": null,
        "notes": null,
        "get_sms": false,
        "opt_out": false,
        "disabled": customer.index % 13 == 12,
        "no_email": false,
        "location_id": null,
        "properties": {},
        "online_profile_url": format!("https://acmemsp.syncromsp.com/my_profile/v2/index?portal_key=simulated-{id}"),
        "tax_rate_id": null,
        "notification_email": null,
        "invoice_cc_emails": null,
        "invoice_term_id": null,
        "referred_by": null,
        "ref_customer_id": null,
        "business_and_full_name": business.map_or_else(|| person.clone(), |name| format!("{name} - {person}")),
        "business_then_name": business.unwrap_or(&person),
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

/// The day of the firmware, which guests do not tell.
fn bios_release(machine: &Machine) -> String {
    let day = DateTime::UNIX_EPOCH + TimeDelta::days(18_200 + (machine.id as i64 * 37) % 1_500);
    match machine.hypervisor {
        Some(_) => String::new(),
        None => day.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
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
        "install_dates": { "system_volume": "", "os_install": "2025-01-12T14:30:00Z", "bios_release": bios_release(machine) },
        "motherboard": { "manufacturer": machine.manufacturer },
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
            "subnet": if ip.is_empty() { "" } else { "255.255.255.0" },
            "gateway": gateway,
            "dns1": gateway,
            "dns2": "",
            "dhcp_server": gateway,
            "physical_address": mac.replace(':', "-").to_ascii_uppercase(),
            "lease_obtained": "",
            "lease_expires": "",
            "dhcp_enabled": true,
            "autoconfiguration_enabled": true,
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
