//! Detail of an asset that costs further calls.

use serde::{Deserialize, Serialize};

/// Detail to fetch at the cost of further calls per asset, where the connector offers it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Detail {
    /// Memory, processor, disks and adapters.
    pub hardware: bool,
    /// Installed software.
    pub software: bool,
}

impl Detail {
    /// Nothing beyond the list.
    pub const NONE: Self = Self {
        hardware: false,
        software: false,
    };

    /// What both have.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self {
            hardware: self.hardware && other.hardware,
            software: self.software && other.software,
        }
    }

    /// Also memory, processor, disks and adapters.
    #[must_use]
    pub const fn hardware(mut self) -> Self {
        self.hardware = true;
        self
    }

    /// Also installed software.
    #[must_use]
    pub const fn software(mut self) -> Self {
        self.software = true;
        self
    }
}
