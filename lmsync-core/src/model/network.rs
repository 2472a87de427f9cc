//! Adapters and addresses of a machine.

use serde::{Deserialize, Serialize};

use super::mac::MacAddress;

/// Adapters and addresses.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Network {
    /// The adapters.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub adapters: Vec<Adapter>,
    /// The address the vendor calls primary.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub primary_mac: Option<MacAddress>,
    /// The address the machine has on the internet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_ip: Option<String>,
    /// The default gateway.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gateway: Option<String>,
}

impl Network {
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// One network adapter.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Adapter {
    /// The adapter's name or description.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its hardware address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mac: Option<MacAddress>,
    /// Its addresses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ips: Vec<String>,
    /// What sort of adapter it is; only a physical one identifies a machine.
    #[serde(default)]
    pub class: AdapterClass,
}

/// The sort of an adapter.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AdapterClass {
    /// A piece of hardware.
    Physical,
    /// Made by software: a hypervisor's switch, Wi-Fi Direct, a network over Bluetooth.
    Virtual,
    /// A tunnel.
    Vpn,
    /// Not told.
    #[default]
    Unknown,
}

crate::words!(AdapterClass {
    Physical => "physical",
    Virtual => "virtual",
    Vpn => "vpn",
    Unknown => "unknown",
});
