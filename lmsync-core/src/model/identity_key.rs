//! A key by which an asset can be matched.

use serde::{Deserialize, Serialize};

use super::uuid::clean_uuid;

/// One key of an asset.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct IdentityKey {
    /// The values that it is made of.
    pub kind: IdentityKind,
    /// The key, in the form in which keys are compared.
    pub value: String,
    /// The proof that an equal key gives.
    pub strength: Strength,
    /// The records among which it may be compared.
    pub scope: Scope,
}

/// The values that a key is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
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
    /// The id that another tool has for the machine: the tool, `|` and the id.
    ExternalId,
    /// The hardware address of an adapter.
    Mac,
    /// The host name.
    Hostname,
}

crate::words!(IdentityKind {
    VendorId => "vendor_id",
    ManufacturerSerial => "manufacturer_serial",
    HardwareUuid => "hardware_uuid",
    Serial => "serial",
    ExternalId => "external_id",
    Mac => "mac",
    Hostname => "hostname",
});

/// The proof that an equal key gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
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

crate::words!(Strength {
    Exact => "exact",
    Strong => "strong",
    Supporting => "supporting",
    Weak => "weak",
});

/// The records among which a key may be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Scope {
    /// Within one account of one vendor.
    ConnectorInstance,
    /// Everywhere.
    Global,
    /// Within one customer.
    Customer,
}

crate::words!(Scope {
    ConnectorInstance => "connector_instance",
    Global => "global",
    Customer => "customer",
});

impl IdentityKey {
    /// The key of the record that `tool` has under `id`.
    pub(super) fn external(tool: &str, id: &str) -> Self {
        let id = clean_uuid(id).unwrap_or_else(|| id.to_owned());
        Self::new(IdentityKind::ExternalId, format!("{tool}|{id}"))
    }

    pub(super) fn new(kind: IdentityKind, value: String) -> Self {
        let (strength, scope) = match kind {
            IdentityKind::VendorId => (Strength::Exact, Scope::ConnectorInstance),
            IdentityKind::ManufacturerSerial => (Strength::Strong, Scope::Global),
            IdentityKind::HardwareUuid => (Strength::Strong, Scope::Customer),
            IdentityKind::Serial | IdentityKind::Mac => (Strength::Supporting, Scope::Customer),
            IdentityKind::ExternalId => (Strength::Supporting, external_scope(&value)),
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

/// The records among which the id of a tool is compared: tools count from 1 in every account, unless their ids are UUIDs.
fn external_scope(key: &str) -> Scope {
    let id = key.split_once('|').and_then(|(_, id)| clean_uuid(id));
    match id {
        Some(_) => Scope::Global,
        None => Scope::Customer,
    }
}
