//! An asset of one account among several.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};

use serde::{Deserialize, Serialize};

use crate::info::ConnectorInfo;
use crate::model::{AssetId, Source, read_id};

/// An asset of one account among several.
///
/// References are equal when they name the same asset. [`parent_ids`](Self::parent_ids)
/// have no part in that: they change when the asset moves.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AssetRef {
    /// The connector's name, such as `superops`. Empty in a journal line of an earlier
    /// version that belongs to none of the accounts at hand.
    #[serde(default)]
    pub connector: String,
    /// The account's instance name; one of its own among the accounts of a connector.
    pub instance: String,
    /// The vendor's id; opaque.
    #[serde(deserialize_with = "read_id")]
    pub vendor_id: String,
    /// Further ids that some vendors need to read the asset, such as `company_id`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub parent_ids: BTreeMap<String, String>,
}

impl AssetRef {
    /// The asset `id` of the account `instance` of `connector`.
    #[must_use]
    pub fn new(
        connector: impl Into<String>,
        instance: impl Into<String>,
        id: impl Into<AssetId>,
    ) -> Self {
        let id = id.into();
        Self {
            connector: connector.into(),
            instance: instance.into(),
            vendor_id: id.vendor_id,
            parent_ids: id.parent_ids,
        }
    }

    /// The asset `id` of `account`.
    #[must_use]
    pub fn of(account: &ConnectorInfo, id: &AssetId) -> Self {
        Self::new(&*account.vendor, &account.instance, id.clone())
    }

    /// The id by which the connector reads and writes the asset.
    #[must_use]
    pub fn id(&self) -> AssetId {
        AssetId {
            vendor_id: self.vendor_id.clone(),
            parent_ids: self.parent_ids.clone(),
        }
    }

    /// Tells whether the asset is one of `account`.
    #[must_use]
    pub fn is_of(&self, account: &ConnectorInfo) -> bool {
        (self.connector.as_str(), &self.instance) == (&*account.vendor, &account.instance)
    }

    fn key(&self) -> (&str, &str, &str) {
        (&self.connector, &self.instance, &self.vendor_id)
    }
}

impl From<&Source> for AssetRef {
    fn from(source: &Source) -> Self {
        Self {
            connector: source.connector.clone(),
            instance: source.instance.clone(),
            vendor_id: source.vendor_id.clone(),
            parent_ids: source.parent_ids.clone(),
        }
    }
}

impl PartialEq for AssetRef {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for AssetRef {}

impl Hash for AssetRef {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key().hash(state);
    }
}

impl PartialOrd for AssetRef {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for AssetRef {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key().cmp(&other.key())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::super::claim::tests::account;
    use super::*;

    fn in_site(site: &str) -> AssetRef {
        let mut id = AssetId::from("7");
        id.parent_ids.insert("site_id".to_owned(), site.to_owned());
        AssetRef::of(&account("cwrmm"), &id)
    }

    #[test]
    fn an_asset_that_moves_stays_the_same_and_keeps_its_parents() {
        let (here, there) = (in_site("1"), in_site("2"));
        assert_eq!(here, there);
        assert_eq!(here.cmp(&there), Ordering::Equal);
        assert_eq!(HashSet::from([&here, &there]).len(), 1);
        assert_eq!(here.id().parent_ids["site_id"], "1");
        let json = r#"{"connector":"cwrmm","instance":"acme","vendor_id":"7","parent_ids":{"site_id":"1"}}"#;
        assert_eq!(serde_json::to_string(&here).unwrap(), json);
        let read: AssetRef = serde_json::from_str(json).unwrap();
        assert_eq!(read.id(), here.id());
    }

    #[test]
    fn the_same_id_under_two_connectors_is_two_assets() {
        let (one, other) = (account("superops"), account("syncro"));
        let id = AssetId::from("7");
        let asset = AssetRef::of(&one, &id);
        assert_ne!(asset, AssetRef::of(&other, &id));
        assert!(asset.is_of(&one) && !asset.is_of(&other));
        assert_ne!(asset, AssetRef::new("superops", "other", "7"));
    }
}
