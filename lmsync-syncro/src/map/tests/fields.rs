//! The table of the README: what becomes of each field of the vendor's schema.

use lmsync_testkit::FieldTable;
use lmsync_testkit::syncro::SCHEMA;

use super::*;

const CUSTOMER: &str = "about the customer, not the machine";
const PLACE: &str = "finer than a town";
const ALERT: &str = "an alert that was raised says nothing of the state now";
const SETTING: &str = "a setting of the alerts";
const NETWORK: &str = "a detail of the network that no asset has";

/// Fields that are not read, and why.
const UNREAD: &[(&str, &str)] = &[
    ("address.account_id", "about the account"),
    ("address.address1", PLACE),
    ("address.address2", PLACE),
    ("address.address_type_id", "a number that nothing explains"),
    ("address.created_at", "about the address, not the machine"),
    ("address.customer_id", "the customer's own id is read"),
    ("address.latitude", PLACE),
    ("address.longitude", PLACE),
    ("address.state", PLACE),
    ("address.updated_at", "about the address, not the machine"),
    ("address.zip", PLACE),
    ("customer.address", CUSTOMER),
    ("customer.address_2", CUSTOMER),
    ("customer.business_and_full_name", "its parts are read"),
    ("customer.city", CUSTOMER),
    ("customer.contacts", CUSTOMER),
    ("customer.created_at", CUSTOMER),
    ("customer.disabled", "read where customers are listed"),
    ("customer.email", CUSTOMER),
    ("customer.firstname", "the full name is read"),
    ("customer.get_sms", CUSTOMER),
    ("customer.invoice_cc_emails", CUSTOMER),
    ("customer.invoice_term_id", CUSTOMER),
    ("customer.lastname", "the full name is read"),
    ("customer.latitude", CUSTOMER),
    ("customer.location_id", CUSTOMER),
    ("customer.location_name", CUSTOMER),
    ("customer.longitude", CUSTOMER),
    ("customer.mobile", CUSTOMER),
    ("customer.no_email", CUSTOMER),
    ("customer.notes", CUSTOMER),
    ("customer.notification_email", CUSTOMER),
    (
        "customer.online_profile_url",
        "holds the key to the customer's portal",
    ),
    ("customer.opt_out", CUSTOMER),
    ("customer.pdf_url", CUSTOMER),
    ("customer.phone", CUSTOMER),
    ("customer.properties", CUSTOMER),
    ("customer.ref_customer_id", CUSTOMER),
    ("customer.referred_by", CUSTOMER),
    ("customer.state", CUSTOMER),
    ("customer.tax_rate_id", CUSTOMER),
    ("customer.updated_at", CUSTOMER),
    ("customer.zip", CUSTOMER),
    ("device_info", "may hold an SNMP community string"),
    ("has_live_chat", "about Syncro's chat"),
    (
        "policy_folder_id",
        "claimed by one client; a number that nothing explains",
    ),
    (
        "properties.kabuto_information.install_dates.system_volume",
        "the day of the operating system is read",
    ),
    (
        "properties.kabuto_information.motherboard",
        "the manufacturer of the machine is read",
    ),
    (
        "properties.kabuto_information.network_adapters[].autoconfiguration_enabled",
        NETWORK,
    ),
    (
        "properties.kabuto_information.network_adapters[].dhcp_enabled",
        NETWORK,
    ),
    (
        "properties.kabuto_information.network_adapters[].dhcp_server",
        NETWORK,
    ),
    (
        "properties.kabuto_information.network_adapters[].dns1",
        NETWORK,
    ),
    (
        "properties.kabuto_information.network_adapters[].dns2",
        NETWORK,
    ),
    (
        "properties.kabuto_information.network_adapters[].lease_expires",
        NETWORK,
    ),
    (
        "properties.kabuto_information.network_adapters[].lease_obtained",
        NETWORK,
    ),
    (
        "properties.kabuto_information.network_adapters[].subnet",
        NETWORK,
    ),
    (
        "properties.kabuto_information.network_adapters[].type",
        NETWORK,
    ),
    (
        "properties.kabuto_information.primary_adapter",
        "claimed by one client, without its form",
    ),
    (
        "properties.kabuto_information.system_partition",
        "claimed by one client; one volume of several",
    ),
    (
        "rmm_links",
        "lead to sessions on the machine; their form is claimed by one client",
    ),
    ("rmm_store.account_id", "about the account"),
    ("rmm_store.asset_id", "the asset's own id is read"),
    (
        "rmm_store.created_at",
        "about the monitoring, not the machine",
    ),
    ("rmm_store.emsisoft", "its members are not documented"),
    ("rmm_store.id", "about the monitoring, not the machine"),
    ("rmm_store.override_alert_agent_offline_mins", SETTING),
    ("rmm_store.override_alert_agent_rearm_after_mins", SETTING),
    ("rmm_store.override_autoresolve_offline_alert", SETTING),
    ("rmm_store.override_low_hd_threshold", SETTING),
    ("rmm_store.override_low_hd_thresholds", SETTING),
    ("rmm_store.triggers", ALERT),
    (
        "rmm_store.updated_at",
        "about the monitoring, not the machine",
    ),
    (
        "rmm_store.windows_updates",
        "its members are not documented",
    ),
    ("since_updated_at", "the same as `updated_at`"),
    ("snmp_enabled", "about the monitoring, not the machine"),
];

/// Values in a form that means something.
fn values() -> Value {
    json!({
        "asset_type": "Server",
        "created_at": "2024-11-02T09:14:07.512Z",
        "updated_at": "2026-03-30T18:00:53.119Z",
        "rmm_store": { "general": { "info": "{\"last_user\":\"jane\"}" } },
        "properties": { "kabuto_information": {
            "last_synced_at": "2026-03-31T08:31:44.250Z",
            "computer_uuid": "4c4c4544-0042-3510-8051-b4c04f4a3133",
            "ram_gb": 16,
            "general": {
                "manufacturer": "Lenovo", "serial_number": "PF3X1A2B", "form_factor": "Physical Laptop",
                "ip": "203.0.113.9", "mac": ["F875A419C622"],
            },
            "os": {
                "name": "Microsoft Windows 11 Pro", "build": "22631", "windows_release_version": "23H2",
                "os_architecture": "64-bit", "last_boot_time": "2026-03-28T07:31:31+01:00", "pending_reboot": true,
            },
            "install_dates": { "os_install": "2025-05-12T08:00:00Z", "bios_release": "2021-06-24T00:00:00Z" },
            "cpu": [{ "name": "Intel(R) Core(TM) i7-1185G7" }],
            "hdd": [{ "name": "Disk", "model": "MZVL2512HCJQ", "size": 476, "capacity": 477 }],
            "network_adapters": [{
                "name": "Wi-Fi", "description": "Intel(R) Wi-Fi 6 AX201", "ipv4": "192.168.7.20",
                "ipv6": "fe80::1c2b:3a49:5867:7685", "gateway": "192.168.7.1",
                "physical_address": "F8-75-A4-19-C6-22",
            }],
        } },
    })
}

#[test]
fn the_readme_tells_what_becomes_of_each_field() {
    let map = |record: &Value| {
        let wire = serde_json::from_value(record.clone()).unwrap();
        let made = asset(row(wire), &origin(), &by_default(), Basis::AgentOnly, now());
        Some(serde_json::to_value(made.ok()?).unwrap())
    };
    FieldTable::new(json!({ "id": 7, "customer": { "id": 12 } }), map)
        .with_type(SCHEMA, "Asset")
        .with_values(&values())
        .with_unread(UNREAD)
        .require_in(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md"));
}
