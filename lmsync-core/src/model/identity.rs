//! The keys by which an asset can be matched with records elsewhere.

use std::net::IpAddr;

use smallvec::SmallVec;

use super::asset::Asset;
use super::identity_key::{IdentityKey, IdentityKind};
use super::mac::MacAddress;
use super::network::{AdapterClass, Network};
use super::serial::SerialStatus;
use super::text::{trimmed, visible};
use super::virtualization::Virtualization;

/// The keys of `asset`, strongest first.
#[must_use]
pub fn identity_keys(asset: &Asset) -> Vec<IdentityKey> {
    let mut keys = Vec::with_capacity(6);
    keys.push(IdentityKey::new(
        IdentityKind::VendorId,
        asset.source.vendor_id.clone(),
    ));
    keys.extend(hardware_keys(asset));
    let external = asset.external_ids.iter();
    keys.extend(external.map(|(tool, id)| IdentityKey::external(tool, id)));
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
fn hardware_keys(asset: &Asset) -> impl Iterator<Item = IdentityKey> {
    let is_box = asset.virtualization != Virtualization::Container;
    let key = move |kind, value: Option<String>| {
        value
            .filter(|_| is_box)
            .map(|value| IdentityKey::new(kind, value))
    };
    [
        key(IdentityKind::ManufacturerSerial, manufacturer_serial(asset)),
        key(IdentityKind::HardwareUuid, asset.hardware_uuid.clone()),
        key(IdentityKind::Serial, asset.serial.key.clone()),
    ]
    .into_iter()
    .flatten()
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
fn identity_macs(network: &Network) -> SmallVec<[MacAddress; 8]> {
    let is_made_up = |mac| {
        network.adapters.iter().any(|adapter| {
            adapter.mac == Some(mac)
                && matches!(adapter.class, AdapterClass::Vpn | AdapterClass::Virtual)
        })
    };
    let mut macs = SmallVec::new();
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
    let hostname = visible(hostname);
    let hostname = trimmed(&hostname)?;
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
        for text in ["\u{feff}PC1", "PC1\u{200e}.acme.local", "P\u{ad}C1"] {
            assert_eq!(short_hostname(text).as_deref(), Some("pc1"), "{text:?}");
        }
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
