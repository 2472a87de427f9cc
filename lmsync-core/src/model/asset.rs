//! One hardware asset, the same shape whatever tool it came from.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::identity::IdentityKey;
use super::issue::Issue;
use super::kind::AssetKind;
use super::mac::MacAddress;
use super::os::OperatingSystem;
use super::places::TenantField;
use super::raw::RawJson;
use super::serial::Serial;
use super::software::InstalledSoftware;
use super::virtualization::Virtualization;

/// One hardware asset as a vendor reported it, normalised.
///
/// Sizes are bytes, instants are UTC, dates are calendar days without a zone.
/// `None` means that the vendor gave nothing usable; where it gave something
/// that could not be used, [`issues`](Self::issues) says what and why.
/// [`AssetDraft`](super::AssetDraft) builds one and applies the shared rules.
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
    /// The operating system.
    #[serde(default, skip_serializing_if = "OperatingSystem::is_empty")]
    pub os: OperatingSystem,
    /// The processor.
    #[serde(default, skip_serializing_if = "Cpu::is_empty")]
    pub cpu: Cpu,
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
    /// Whether the machine is connected at this moment.
    #[serde(default)]
    pub connectivity: Connectivity,
    /// When the machine last reported to the vendor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_check_in: Option<DateTime<Utc>>,
    /// What [`last_check_in`](Self::last_check_in) is based on.
    #[serde(default)]
    pub check_in_basis: CheckInBasis,
    /// When the vendor's record was created.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_at: Option<DateTime<Utc>>,
    /// When the machine last started.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_boot_at: Option<DateTime<Utc>>,
    /// The day of purchase.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purchase_date: Option<NaiveDate>,
    /// The first day of the warranty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warranty_start: Option<NaiveDate>,
    /// The last day of the warranty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warranty_expiry: Option<NaiveDate>,
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
    /// Which of the configured [places](super::TenantFieldNames) answered, by field;
    /// not part of the JSON form.
    #[serde(skip)]
    pub places: BTreeMap<TenantField, String>,
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

/// Where a record comes from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Source {
    /// The connector's name, such as `superops`.
    pub connector: String,
    /// The one account these credentials open.
    pub instance: String,
    /// The vendor's id; opaque, always text.
    pub vendor_id: String,
    /// What a later single read or write needs besides the id, such as `company_id`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub parent_ids: BTreeMap<String, String>,
    /// The record's page in the vendor's portal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// When the record was read.
    pub fetched_at: DateTime<Utc>,
    /// When the vendor last changed the record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vendor_updated_at: Option<DateTime<Utc>>,
    /// The vendor's record, untouched; only on request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw: Option<RawJson>,
}

impl Source {
    /// The source of the record `vendor_id` read from `instance` of `connector`.
    #[must_use]
    pub fn new(
        connector: impl Into<String>,
        instance: impl Into<String>,
        vendor_id: impl Into<String>,
        fetched_at: DateTime<Utc>,
    ) -> Self {
        Self {
            connector: connector.into(),
            instance: instance.into(),
            vendor_id: vendor_id.into(),
            parent_ids: BTreeMap::new(),
            url: None,
            fetched_at,
            vendor_updated_at: None,
            raw: None,
        }
    }
}

/// What reads or writes one asset at its vendor.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct AssetId {
    /// The vendor's id; opaque.
    pub vendor_id: String,
    /// Further ids some vendors need, such as `company_id`; from [`Source::parent_ids`].
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub parent_ids: BTreeMap<String, String>,
}

impl<T: Into<String>> From<T> for AssetId {
    fn from(vendor_id: T) -> Self {
        Self {
            vendor_id: vendor_id.into(),
            parent_ids: BTreeMap::new(),
        }
    }
}

/// A reference to another of the vendor's records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ref {
    /// The vendor's id; opaque.
    pub id: String,
    /// The name at the time of reading; not unique.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The e-mail address, of a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
}

impl Ref {
    /// A reference to `id`, called `name`.
    #[must_use]
    pub fn new(id: impl Into<String>, name: Option<String>) -> Self {
        Self {
            id: id.into(),
            name,
            email: None,
        }
    }
}

/// Adapters and addresses.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
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
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// One network adapter.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
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

/// What sort of adapter it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum AdapterClass {
    /// A piece of hardware.
    Physical,
    /// Made by software: a hypervisor switch, Wi-Fi Direct.
    Virtual,
    /// A tunnel.
    Vpn,
    /// Not told.
    #[default]
    Unknown,
}

/// The processor.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Cpu {
    /// The marketing name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Number of sockets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sockets: Option<u32>,
    /// Cores in silicon.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub physical_cores: Option<u32>,
    /// Cores the operating system sees.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logical_cores: Option<u32>,
    /// Clock speed in MHz.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speed_mhz: Option<f64>,
}

impl Cpu {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// One disk or volume.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disk {
    /// Drive letter, mount point or model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Size in bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total_bytes: Option<u64>,
    /// Free space in bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub free_bytes: Option<u64>,
    /// The drive's own serial number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub serial: Option<String>,
    /// What it is made of.
    #[serde(default)]
    pub media: DiskMedia,
}

/// What a disk is made of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum DiskMedia {
    /// Solid state, SATA or SAS.
    Ssd,
    /// Spinning.
    Hdd,
    /// Solid state, NVMe.
    Nvme,
    /// A stick or card.
    Removable,
    /// Not told.
    #[default]
    Unknown,
}

/// The state of the vendor's record, not of the machine.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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

/// Whether the machine is connected at this moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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

/// What a check-in time is based on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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

/// Protection against malware.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Security {
    /// The products found.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub antivirus: Vec<Antivirus>,
}

impl Security {
    fn is_empty(&self) -> bool {
        self.antivirus.is_empty()
    }
}

/// One product against malware.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Antivirus {
    /// The product.
    pub name: String,
    /// Whether it runs.
    #[serde(default)]
    pub status: AntivirusStatus,
    /// Whether its definitions are current.
    #[serde(default)]
    pub definitions: DefinitionStatus,
}

/// Whether a product against malware runs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum AntivirusStatus {
    /// Running.
    Running,
    /// Installed and switched off.
    Disabled,
    /// Not told.
    #[default]
    Unknown,
}

/// Whether malware definitions are current.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum DefinitionStatus {
    /// Current.
    UpToDate,
    /// Too old.
    OutOfDate,
    /// Not told.
    #[default]
    Unknown,
}
