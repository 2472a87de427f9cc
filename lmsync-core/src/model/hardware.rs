//! Processor, firmware and disks of a machine.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::date_json;

/// The processor.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
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
    /// The clock speed of `text`, in MHz; `None` for what is no number above zero.
    #[must_use]
    pub fn speed_in(text: Option<&str>) -> Option<f64> {
        let speed: f64 = text?.trim().parse().ok()?;
        (speed.is_finite() && speed > 0.0).then_some(speed)
    }

    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// The firmware.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Bios {
    /// Its version, in the vendor's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The day it was released by its maker.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        serialize_with = "date_json::option::serialize"
    )]
    pub released_on: Option<NaiveDate>,
}

impl Bios {
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// The chip that keeps keys (Trusted Platform Module).
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Tpm {
    /// The version of its specification, such as `2.0`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// `true` where it is switched on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
}

impl Tpm {
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// One disk or volume.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
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

impl Disk {
    /// A disk called `name`, of which nothing else is known.
    #[must_use]
    pub fn new(name: Option<String>) -> Self {
        Self {
            name,
            ..Self::default()
        }
    }
}

/// The technology of a disk.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
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

crate::words!(DiskMedia {
    Ssd => "ssd",
    Hdd => "hdd",
    Nvme => "nvme",
    Removable => "removable",
    Unknown => "unknown",
});

impl DiskMedia {
    /// What a vendor's words for a drive say, such as its media type, its interface and its model.
    /// "Fixed hard disk media", which is what Windows calls every drive that is built in, says
    /// nothing.
    #[must_use]
    pub fn from_words<'w>(words: impl IntoIterator<Item = &'w str>) -> Self {
        let words = words
            .into_iter()
            .collect::<Vec<_>>()
            .join(" ")
            .to_lowercase();
        let says = |known: &[&str]| known.iter().any(|word| words.contains(word));
        if says(&["nvme"]) {
            Self::Nvme
        } else if says(&["removable", "usb"]) {
            Self::Removable
        } else if says(&["ssd", "solid state"]) {
            Self::Ssd
        } else if says(&["hdd", "rotational"]) {
            Self::Hdd
        } else {
            Self::Unknown
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_media_of_a_disk_is_told_by_words_and_not_guessed() {
        for (words, media) in [
            (&["SSD", "NVMe", "WDC PC SN730"][..], DiskMedia::Nvme),
            (&["Removable Media", "USB"], DiskMedia::Removable),
            (&["Solid state drive"], DiskMedia::Ssd),
            (&["HDD"], DiskMedia::Hdd),
            (&["Fixed hard disk media", "IDE"], DiskMedia::Unknown),
            (&[], DiskMedia::Unknown),
        ] {
            assert_eq!(
                DiskMedia::from_words(words.iter().copied()),
                media,
                "{words:?}"
            );
        }
    }

    #[test]
    fn a_speed_is_a_number_above_zero() {
        assert_eq!(Cpu::speed_in(Some(" 2400.5 ")), Some(2400.5));
        for text in [
            None,
            Some(""),
            Some("0"),
            Some("-1"),
            Some("NaN"),
            Some("inf"),
            Some("2 GHz"),
        ] {
            assert_eq!(Cpu::speed_in(text), None, "{text:?}");
        }
    }
}
