//! One hardware asset, the same shape whatever tool it came from.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::date_json;
use super::hardware::{Bios, Cpu, Disk, Tpm};
use super::identity_key::IdentityKey;
use super::issue::Issue;
use super::kind::AssetKind;
use super::network::Network;
use super::os::OperatingSystem;
use super::price::Price;
use super::raw::RawJson;
#[cfg(feature = "schema")]
use super::record_tag::RecordTag;
use super::security::Security;
use super::serial::Serial;
use super::software::InstalledSoftware;
use super::source::{AssetId, Ref, Source};
use super::virtualization::Virtualization;
use crate::tenant_fields::TenantField;

/// One hardware asset as a vendor reported it, normalised.
///
/// Sizes are bytes, instants are UTC, dates are calendar days without a zone.
/// `None` means that the vendor gave nothing usable; where it gave something
/// that could not be used, [`issues`](Self::issues) says what and why.
/// [`AssetDraft`](super::AssetDraft) builds one and applies the shared rules.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(
    feature = "schema",
    schemars(rename = "Asset", transform = RecordTag("asset"))
)]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "record", rename = "asset")]
#[non_exhaustive]
pub struct Asset {
    /// Where the record comes from.
    pub source: Source,
    /// The vendor's client, company, organisation or department.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<Ref>,
    /// The site or location within the customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<Ref>,
    /// The name shown in the vendor's list; the host name or the id where it has none.
    pub name: String,
    /// The name the machine has for itself; may be fully qualified.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hostname: Option<String>,
    /// The directory domain or workgroup.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub domain: Option<String>,
    /// The inventory number on the sticker.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asset_tag: Option<String>,
    /// What kind of device it is.
    pub kind: AssetKind,
    /// The vendor's word for the kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind_raw: Option<String>,
    /// Whether it is a physical machine; a separate question from its kind.
    pub virtualization: Virtualization,
    /// The hypervisor that runs it, or that it runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hypervisor: Option<String>,
    /// The manufacturer's canonical name; `None` for a placeholder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manufacturer: Option<String>,
    /// The manufacturer as the vendor wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manufacturer_raw: Option<String>,
    /// The model; `None` for a placeholder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// HP product number, Lenovo machine type, Cisco PID.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product_number: Option<String>,
    /// The serial number and what it is worth.
    pub serial: Serial,
    /// The SMBIOS UUID, where it is not a placeholder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hardware_uuid: Option<String>,
    /// Adapters and addresses.
    #[serde(default, skip_serializing_if = "Network::is_empty")]
    pub network: Network,
    /// The machine that runs this one, as the vendor has it: the host of a guest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<Ref>,
    /// Ids of the records that other tools have of the machine, by the tool: the name of its
    /// [connector](Source::connector) where there is one.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub external_ids: BTreeMap<String, String>,
    /// The operating system.
    #[serde(default, skip_serializing_if = "OperatingSystem::is_empty")]
    pub os: OperatingSystem,
    /// The processor.
    #[serde(default, skip_serializing_if = "Cpu::is_empty")]
    pub cpu: Cpu,
    /// The firmware.
    #[serde(default, skip_serializing_if = "Bios::is_empty")]
    pub bios: Bios,
    /// The chip that keeps keys.
    #[serde(default, skip_serializing_if = "Tpm::is_empty")]
    pub tpm: Tpm,
    /// Installed memory in bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory_bytes: Option<u64>,
    /// Size of all disks in bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub storage_total_bytes: Option<u64>,
    /// The disks or volumes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub disks: Vec<Disk>,
    /// Who was last logged in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_user: Option<String>,
    /// Who the asset is assigned to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assigned_user: Option<Ref>,
    /// The state of the vendor's record, not of the machine.
    pub state: AssetState,
    /// The vendor's word for the state.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state_raw: Option<String>,
    /// The machine's connection at this moment.
    #[serde(default)]
    pub connectivity: Connectivity,
    /// When the machine last reported to the vendor.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        serialize_with = "date_json::option::serialize"
    )]
    pub last_check_in: Option<DateTime<Utc>>,
    /// What [`last_check_in`](Self::last_check_in) is based on.
    #[serde(default)]
    pub check_in_basis: CheckInBasis,
    /// The version of the vendor's agent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent_version: Option<String>,
    /// The vendor's word for how well it is patched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub patch_status: Option<String>,
    /// `true` where it waits for a restart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pending_reboot: Option<bool>,
    /// When the vendor's record was created.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        serialize_with = "date_json::option::serialize"
    )]
    pub created_at: Option<DateTime<Utc>>,
    /// When the machine last started.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        serialize_with = "date_json::option::serialize"
    )]
    pub last_boot_at: Option<DateTime<Utc>>,
    /// The day of purchase.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        serialize_with = "date_json::option::serialize"
    )]
    pub purchase_date: Option<NaiveDate>,
    /// The first day of the warranty.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        serialize_with = "date_json::option::serialize"
    )]
    pub warranty_start: Option<NaiveDate>,
    /// The last day of the warranty.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        serialize_with = "date_json::option::serialize"
    )]
    pub warranty_expiry: Option<NaiveDate>,
    /// The note beside the warranty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warranty_note: Option<String>,
    /// The price that was paid for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purchase_price: Option<Price>,
    /// The supplier that sold it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supplier: Option<String>,
    /// The supplier's or the buyer's number of the order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<String>,
    /// The contract it is under.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contract: Option<Ref>,
    /// Installed software; `None` when not asked for or not offered, empty when asked for and there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub software: Option<Vec<InstalledSoftware>>,
    /// Protection against malware.
    #[serde(default, skip_serializing_if = "Security::is_empty")]
    pub security: Security,
    /// The vendor's custom fields by their own names.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub custom_fields: BTreeMap<String, RawJson>,
    /// Keys to match this asset with records elsewhere, strongest first.
    pub identity: Vec<IdentityKey>,
    /// What was odd about the vendor's record.
    pub issues: Vec<Issue>,
    /// Names of the [tenant's fields](crate::tenant_fields) that answered, each in the vendor's
    /// spelling; not part of the JSON form.
    #[serde(skip)]
    pub tenant_fields: BTreeMap<TenantField, String>,
}

impl Asset {
    /// What reads or writes this asset again at its vendor.
    #[must_use]
    pub fn id(&self) -> AssetId {
        AssetId {
            vendor_id: self.source.vendor_id.clone(),
            parent_ids: self.source.parent_ids.clone(),
        }
    }
}

/// The state of the vendor's record, not of the machine.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AssetState {
    /// In use.
    Active,
    /// Kept, but set aside by the vendor's users.
    Inactive,
    /// Deleted, and still listed.
    Deleted,
    /// Not told.
    #[default]
    Unknown,
}

crate::words!(AssetState {
    Active => "active",
    Inactive => "inactive",
    Deleted => "deleted",
    Unknown => "unknown",
});

/// The machine's connection at this moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Connectivity {
    /// Connected.
    Online,
    /// Not connected.
    Offline,
    /// Not told.
    #[default]
    Unknown,
}

crate::words!(Connectivity {
    Online => "online",
    Offline => "offline",
    Unknown => "unknown",
});

/// The basis of a check-in time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CheckInBasis {
    /// The machine's agent reported.
    AgentCheckIn,
    /// Somebody or something changed the vendor's record; not a check-in.
    RecordUpdate,
    /// There is no check-in time.
    #[default]
    None,
}

crate::words!(CheckInBasis {
    AgentCheckIn => "agent_check_in",
    RecordUpdate => "record_update",
    None => "none",
});
