//! The account that rows are of.

use std::fmt;

use lmsync_core::ConnectorInfo;
use serde::{Deserialize, Serialize};
#[cfg(any(feature = "parquet", feature = "postgres", feature = "sqlite"))]
use sha2::{Digest, Sha256};

/// An account, as rows name it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AccountKey {
    /// The connector's name.
    pub connector: String,
    /// The account.
    pub instance: String,
}

impl AccountKey {
    /// The account `instance` of `connector`.
    #[must_use]
    pub fn new(connector: impl Into<String>, instance: impl Into<String>) -> Self {
        // No database takes NUL, so that nobody is called so.
        let clean = |name: String| match name.contains('\0') {
            true => name.replace('\0', "\u{fffd}"),
            false => name,
        };
        Self {
            connector: clean(connector.into()),
            instance: clean(instance.into()),
        }
    }

    /// A number that stands for `what` of this account, such as a stream, wherever one is needed; the same
    /// in all versions.
    #[cfg(any(feature = "parquet", feature = "postgres", feature = "sqlite"))]
    pub(crate) fn hash_with(&self, what: &str) -> u64 {
        let mut hasher = Sha256::new();
        for part in ["lmsync", what, &self.connector, &self.instance] {
            hasher.update((part.len() as u64).to_be_bytes());
            hasher.update(part);
        }
        let digest = hasher.finalize();
        digest
            .iter()
            .take(8)
            .fold(0, |number, byte| number << 8 | u64::from(*byte))
    }
}

impl From<&ConnectorInfo> for AccountKey {
    fn from(info: &ConnectorInfo) -> Self {
        Self::new(info.vendor.clone(), &info.instance)
    }
}

impl fmt::Display for AccountKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.connector, self.instance)
    }
}
