//! The keys by which an asset can be matched with records elsewhere.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::asset::{AdapterClass, Asset, Network};
use super::mac::MacAddress;
use super::serial::SerialStatus;
use super::text::trimmed;
use super::virtualization::Virtualization;

/// One key of an asset.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct IdentityKey {
    /// What the key is made of.
    pub kind: IdentityKind,
    /// The key, in the form in which keys are compared.
    pub value: String,
    /// What an equal key proves.
    pub strength: Strength,
    /// How far the key may be compared.
    pub scope: Scope,
}

/// What a key is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum IdentityKind {
    /// The vendor's id of the record; the only key to write by.
    VendorId,
    /// Manufacturer and serial number of a real machine.
    ManufacturerSerial,
    /// The SMBIOS UUID.
    HardwareUuid,
    /// The serial number alone.
    Serial,
    /// The hardware address of an adapter.
    Mac,
    /// The host name.
    Hostname,
}

/// What an equal key proves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Strength {
    /// The same record.
    Exact,
    /// The same machine.
    Strong,
    /// The same machine, if nothing speaks against it.
    Supporting,
    /// Little on its own.
    Weak,
}

/// How far a key may be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Scope {
    /// Within one account of one vendor.
    ConnectorInstance,
    /// Everywhere.
    Global,
    /// Within one customer.
    Customer,
}

impl IdentityKey {
    fn new(kind: IdentityKind, value: String) -> Self {
        let (strength, scope) = match kind {
            IdentityKind::VendorId => (Strength::Exact, Scope::ConnectorInstance),
            IdentityKind::ManufacturerSerial => (Strength::Strong, Scope::Global),
            IdentityKind::HardwareUuid => (Strength::Strong, Scope::Customer),
            IdentityKind::Serial | IdentityKind::Mac => (Strength::Supporting, Scope::Customer),
            IdentityKind::Hostname => (Strength::Weak, Scope::Customer),
        };
        Self {
            kind,
            value,
            strength,
            scope,
        }
    }
}

/// The keys of `asset`, strongest first.
#[must_use]
pub fn identity_keys(asset: &Asset) -> Vec<IdentityKey> {
    let mut keys = vec![IdentityKey::new(
        IdentityKind::VendorId,
        asset.source.vendor_id.clone(),
    )];
    keys.extend(hardware_keys(asset));
    keys.extend(
        identity_macs(&asset.network)
            .into_iter()
            .map(|mac| IdentityKey::new(IdentityKind::Mac, mac.to_string())),
    );
    keys.extend(
        asset
            .hostname
            .as_deref()
            .and_then(short_hostname)
            .map(|name| IdentityKey::new(IdentityKind::Hostname, name)),
    );
    keys
}

/// The keys of the box itself. A container sees its host's, so it has none.
fn hardware_keys(asset: &Asset) -> Vec<IdentityKey> {
    if asset.virtualization == Virtualization::Container {
        return Vec::new();
    }
    let mut keys = Vec::new();
    keys.extend(
        manufacturer_serial(asset)
            .map(|value| IdentityKey::new(IdentityKind::ManufacturerSerial, value)),
    );
    keys.extend(
        asset
            .hardware_uuid
            .clone()
            .map(|value| IdentityKey::new(IdentityKind::HardwareUuid, value)),
    );
    keys.extend(
        asset
            .serial
            .key
            .clone()
            .map(|value| IdentityKey::new(IdentityKind::Serial, value)),
    );
    keys
}

fn manufacturer_serial(asset: &Asset) -> Option<String> {
    let is_makers_own =
        asset.serial.status == SerialStatus::Valid && asset.virtualization != Virtualization::Guest;
    let maker = asset.manufacturer.as_deref().filter(|_| is_makers_own)?;
    let serial = asset.serial.key.as_deref()?;
    Some(format!("{}|{serial}", maker.to_uppercase()))
}

/// The addresses that tell machines apart, the primary one first. Never a
/// tunnel's or a virtual adapter's: every user of one VPN client can have the same.
fn identity_macs(network: &Network) -> Vec<MacAddress> {
    let is_made_up = |mac| {
        network.adapters.iter().any(|adapter| {
            adapter.mac == Some(mac)
                && matches!(adapter.class, AdapterClass::Vpn | AdapterClass::Virtual)
        })
    };
    let mut macs: Vec<MacAddress> = Vec::new();
    let all = network.adapters.iter().filter_map(|adapter| adapter.mac);
    for mac in network.primary_mac.into_iter().chain(all) {
        if mac.is_identity() && !is_made_up(mac) && !macs.contains(&mac) {
            macs.push(mac);
        }
    }
    macs
}

/// The first label in lower case, since one tool has `PC1` and another `pc1.acme.local`.
fn short_hostname(hostname: &str) -> Option<String> {
    let hostname = trimmed(hostname)?;
    if hostname.parse::<IpAddr>().is_ok() {
        return None;
    }
    let label = hostname.split('.').next()?.trim_end().to_lowercase();
    let is_shared = matches!(label.as_str(), "" | "localhost" | "unknown" | "n/a");
    (!is_shared).then_some(label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostnames() {
        assert_eq!(short_hostname("PC1.acme.local").as_deref(), Some("pc1"));
        assert_eq!(short_hostname(" DESKTOP-1 ").as_deref(), Some("desktop-1"));
        assert_eq!(short_hostname("pc1 .acme.local").as_deref(), Some("pc1"));
        for text in [
            "",
            "10.0.0.5",
            "fe80::1",
            "localhost.localdomain",
            "null",
            "Unknown",
            ".local",
        ] {
            assert_eq!(short_hostname(text), None, "{text}");
        }
    }
}
