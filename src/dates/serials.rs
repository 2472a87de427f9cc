//! Serial numbers of the assets of many accounts.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use futures_util::future;
use futures_util::stream::StreamExt;
use lmsync_core::two_way::{AssetDates, AssetRef, NotOneAsset, SerialIndex};
use lmsync_core::{AssetQuery, TwoWaySync};

use super::accounts::unbroken;
use super::names::AssetName;

/// The serial numbers of all accounts together, and of each by itself.
#[derive(Default)]
pub(super) struct Serials {
    all: SerialIndex,
    by_instance: HashMap<String, SerialIndex>,
    /// Fields that the listing had.
    listed: HashMap<AssetRef, ListedAsset>,
    /// The reasons why accounts could not be listed in full, by their names.
    unlisted: BTreeMap<String, String>,
}

/// Fields of an asset that a listing had.
#[derive(Debug, Clone)]
pub(super) struct ListedAsset {
    pub(super) dates: AssetDates,
    pub(super) name: AssetName,
}

type Found = (AssetRef, String, ListedAsset);

impl Serials {
    /// Of `connectors`, which are listed at once.
    pub(super) async fn of(connectors: impl Iterator<Item = &Arc<dyn TwoWaySync>>) -> Self {
        let listings = connectors.map(|connector| async move {
            let listed = unbroken(list(connector)).await;
            let listed = listed.unwrap_or_else(|error| Err(error.to_string()));
            (connector.info().instance.clone(), listed)
        });
        let mut serials = Self::default();
        for (name, listed) in future::join_all(listings).await {
            serials.add(name, listed);
        }
        serials
    }

    fn add(&mut self, name: String, listed: Result<Vec<Found>, String>) {
        let assets = match listed {
            Ok(assets) => assets,
            Err(reason) => {
                self.unlisted.insert(name, reason);
                return;
            }
        };
        let index = self.by_instance.entry(name).or_default();
        for (asset, key, listed) in assets {
            index.insert(asset.clone(), key.clone());
            self.all.insert(asset.clone(), key);
            self.listed.insert(asset, listed);
        }
    }

    /// Fields of `asset` that the listing had.
    pub(super) fn listed(&self, asset: &AssetRef) -> Option<ListedAsset> {
        self.listed.get(asset).cloned()
    }

    /// The one asset with `serial`, of the account `instance` or of all.
    pub(super) fn find(&self, serial: &str, instance: Option<&str>) -> Result<AssetRef, String> {
        let mut unlisted = self
            .unlisted
            .iter()
            .filter(|(name, _)| instance.is_none_or(|instance| instance == name.as_str()));
        if let Some((name, reason)) = unlisted.next() {
            return Err(format!(
                "whether only one asset has the serial number is not known: {name} was not listed in full: {reason}"
            ));
        }
        let none = SerialIndex::default();
        let index = match instance {
            Some(instance) => self.by_instance.get(instance).unwrap_or(&none),
            None => &self.all,
        };
        let found = index.find(serial).cloned();
        found.map_err(|error| not_found(serial, error))
    }
}

fn not_found(serial: &str, error: NotOneAsset) -> String {
    match error {
        NotOneAsset::Placeholder => {
            format!("\"{serial}\" is a placeholder that many machines share")
        }
        NotOneAsset::Several(assets) => {
            let ids: Vec<String> = assets
                .iter()
                .map(|asset| format!("{} {}", asset.instance, asset.vendor_id))
                .collect();
            format!(
                "the serial number \"{serial}\" is that of {} assets: {}; name one by its id",
                ids.len(),
                ids.join(", ")
            )
        }
        _ => format!("no asset has the serial number \"{serial}\""),
    }
}

/// The assets of an account that have a serial number of their own, with it.
async fn list(connector: &Arc<dyn TwoWaySync>) -> Result<Vec<Found>, String> {
    let mut stream = connector.assets(AssetQuery::new());
    let mut assets = Vec::new();
    while let Some(asset) = stream.next().await {
        let asset = asset.map_err(|error| error.to_string())?;
        if let Some(key) = asset.serial.key.clone() {
            let found = AssetRef::from(&asset.source);
            let listed = ListedAsset {
                dates: AssetDates::new(asset.purchase_date, asset.warranty_expiry),
                name: AssetName::from(asset),
            };
            assets.push((found, key, listed));
        }
    }
    let summary = stream.summary();
    if summary.complete {
        Ok(assets)
    } else {
        Err(summary.incomplete_reason.unwrap_or_default())
    }
}
