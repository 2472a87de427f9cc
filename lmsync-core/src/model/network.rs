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
    /// The part that the machine has in its domain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub domain_role: Option<DomainRole>,
    /// The default gateway.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gateway: Option<String>,
}

impl Network {
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// The part that a machine has in its domain.
///
/// Documented: <https://learn.microsoft.com/windows/win32/cimwin32prov/win32-computersystem> (`DomainRole`)
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DomainRole {
    /// A workstation in no domain.
    StandaloneWorkstation,
    /// A workstation of a domain.
    MemberWorkstation,
    /// A server in no domain.
    StandaloneServer,
    /// A server of a domain.
    MemberServer,
    /// A domain controller that is not the primary one.
    BackupDomainController,
    /// The primary domain controller.
    PrimaryDomainController,
}

crate::words!(DomainRole {
    StandaloneWorkstation => "standalone_workstation",
    MemberWorkstation => "member_workstation",
    StandaloneServer => "standalone_server",
    MemberServer => "member_server",
    BackupDomainController => "backup_domain_controller",
    PrimaryDomainController => "primary_domain_controller",
});

impl DomainRole {
    /// The role that Windows has the number for; `None` for any other.
    #[must_use]
    pub fn from_number(number: u64) -> Option<Self> {
        Some(match number {
            0 => Self::StandaloneWorkstation,
            1 => Self::MemberWorkstation,
            2 => Self::StandaloneServer,
            3 => Self::MemberServer,
            4 => Self::BackupDomainController,
            5 => Self::PrimaryDomainController,
            _ => return None,
        })
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
