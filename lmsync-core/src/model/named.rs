//! An asset by its account, its id and its name.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::asset::Asset;

/// An asset by its account, its id and its name, for reports.
///
/// The order is that of accounts, then ids.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub struct NamedAsset {
    /// The connector's name, such as `superops`.
    pub connector: String,
    /// The account's instance name.
    pub instance: String,
    /// The vendor's id; opaque.
    pub vendor_id: String,
    /// The name in the vendor's list.
    pub name: String,
}

impl From<&Asset> for NamedAsset {
    fn from(asset: &Asset) -> Self {
        Self {
            connector: asset.source.connector.clone(),
            instance: asset.source.instance.clone(),
            vendor_id: asset.source.vendor_id.clone(),
            name: asset.name.clone(),
        }
    }
}

impl fmt::Display for NamedAsset {
    /// The name, then account and id, such as `PC1 (superops/acme 17)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} ({}/{} {})",
            self.name, self.connector, self.instance, self.vendor_id
        )
    }
}
