//! Protection of a machine against malware.

use serde::{Deserialize, Serialize};

/// Protection against malware.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Security {
    /// The products found.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub antivirus: Vec<Antivirus>,
}

impl Security {
    pub(super) fn is_empty(&self) -> bool {
        self.antivirus.is_empty()
    }
}

/// One product against malware.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
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

impl Antivirus {
    /// The product called `name`, of whose state nothing is known.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            status: AntivirusStatus::Unknown,
            definitions: DefinitionStatus::Unknown,
        }
    }
}

/// The state of a product against malware.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
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

crate::words!(AntivirusStatus {
    Running => "running",
    Disabled => "disabled",
    Unknown => "unknown",
});

/// The age of malware definitions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
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

crate::words!(DefinitionStatus {
    UpToDate => "up_to_date",
    OutOfDate => "out_of_date",
    Unknown => "unknown",
});
