//! Processor and disks of a machine.

use serde::{Deserialize, Serialize};

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
    pub(super) fn is_empty(&self) -> bool {
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

/// The technology of a disk.
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
