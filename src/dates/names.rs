//! The assets of a plan, as people know them.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use futures_util::future;
use futures_util::stream::{self, StreamExt};
use lmsync_core::model::{Asset, AssetId};
use lmsync_core::{ErrorKind, Result, TwoWaySync};

use super::accounts::{TwoWayAccounts, unbroken};
use super::plan_line::{PlanLine, PlanLineAsset};

/// Most assets of an account that are read at once.
const READ_AT_ONCE: usize = 4;

/// The name of an asset, and what tells it from others; for people.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AssetName {
    /// The asset's name.
    pub name: String,
    /// Its serial number.
    pub serial: Option<String>,
    /// The customer's name, or else the customer's id.
    pub customer: Option<String>,
}

/// The names of the assets of a plan, as far as they are known.
#[derive(Debug, Clone, Default)]
pub struct AssetNames(HashMap<Key, AssetName>);

/// The account and the id; no two accounts that write dates have one name.
type Key = (String, String);

impl TwoWayAccounts {
    /// Finds the names of the assets of `lines`. What no listing [told](PlanLineAsset::name) is read, each
    /// asset with a call of its own, all accounts at once.
    ///
    /// A plan is good without them: where one cannot be read, it is not there, and after any other error than
    /// `not_found` no more is asked of that account. Nor are assets whose dates could not be planned.
    pub async fn names(&self, lines: &[&PlanLine]) -> AssetNames {
        let reading = self.connectors.iter();
        let reading = reading.map(|connector| names_of(connector, lines));
        let names = future::join_all(reading).await;
        AssetNames(names.into_iter().flatten().collect())
    }
}

impl AssetNames {
    /// The name of `asset`.
    #[must_use]
    pub fn of<'n>(&'n self, asset: &'n PlanLineAsset) -> Option<&'n AssetName> {
        if asset.name.is_some() {
            return asset.name.as_ref();
        }
        let key = (asset.instance.clone()?, asset.vendor_id.clone()?);
        self.0.get(&key)
    }
}

/// The names that one account has.
async fn names_of(connector: &Arc<dyn TwoWaySync>, lines: &[&PlanLine]) -> Vec<(Key, AssetName)> {
    let instance = &connector.info().instance;
    let reading = stream::iter(ids(lines, instance)).map(|id| async move {
        let read = unbroken(connector.asset(&id)).await;
        (id.vendor_id, read.and_then(|read| read))
    });
    let read = reading.buffered(READ_AT_ONCE);
    let read = read.take_while(|(_, read)| future::ready(is_answer(read)));
    let named = read.filter_map(|(id, read)| {
        let name = read.ok().map(AssetName::from);
        future::ready(name.map(|name| ((instance.clone(), id), name)))
    });
    named.collect().await
}

/// The ids of those assets of `lines` that are of the account `instance` and have no name yet, each once.
fn ids(lines: &[&PlanLine], instance: &str) -> Vec<AssetId> {
    let own = lines.iter();
    let own = own.filter(|line| line.asset.name.is_none() && !line.has_failed());
    let own = own.map(|line| &line.asset);
    let own = own.filter(|asset| asset.instance.as_deref() == Some(instance));
    let ids: BTreeMap<&String, &PlanLineAsset> = own
        .filter_map(|asset| Some((asset.vendor_id.as_ref()?, asset)))
        .collect();
    let ids = ids.into_iter().map(|(vendor_id, asset)| AssetId {
        vendor_id: vendor_id.clone(),
        parent_ids: asset.parent_ids.clone(),
    });
    ids.collect()
}

/// Tells whether the account answers: it may well not know an asset.
fn is_answer(read: &Result<Asset>) -> bool {
    let error = read.as_ref().err();
    error.is_none_or(|error| error.kind() == ErrorKind::NotFound)
}

impl From<Asset> for AssetName {
    fn from(asset: Asset) -> Self {
        let customer = asset.customer;
        Self {
            name: asset.name,
            serial: asset.serial.value,
            customer: customer.map(|customer| customer.name.unwrap_or(customer.id)),
        }
    }
}

#[cfg(test)]
mod tests {
    use lmsync_core::two_way::{DateField, DateFields, History, PlanRules};
    use lmsync_core::{Error, OpenedAccount};
    use lmsync_testkit::FakeConnector;

    use super::*;
    use crate::Accounts;
    use crate::dates::DateLines;

    const LINES: &str = r#"{"asset":{"instance":"acme","vendor_id":"1"},"warranty_expiry":"2027-05-31","source":"lookup"}
{"asset":{"instance":"acme","vendor_id":"1"},"purchase_date":"2024-05-31","source":"lookup"}
{"asset":{"instance":"acme","vendor_id":"404"},"warranty_expiry":"2027-05-31","source":"lookup"}
{"asset":{"instance":"acme","vendor_id":"2"},"warranty_expiry":"2027-05-31","source":"lookup"}"#;

    fn acme() -> FakeConnector {
        FakeConnector::new("acme")
            .with_asset("1", |asset| {
                asset.name = "PC1".to_owned();
                asset.serial.value = Some("5CD1234".to_owned());
            })
            .with_asset("2", |asset| asset.name = "PC2".to_owned())
    }

    fn accounts(fake: FakeConnector) -> TwoWayAccounts {
        let accounts = Accounts::from_opened([OpenedAccount::two_way(fake)]).unwrap();
        accounts.two_way().unwrap()
    }

    async fn planned(accounts: &TwoWayAccounts) -> Vec<PlanLine> {
        let rules = PlanRules::new().enable(DateFields::NONE.with(DateField::WarrantyExpiry));
        let targets = accounts.find(DateLines::parse("dates.jsonl", LINES)).await;
        let plan = accounts.plan(targets, &rules, &History::default()).await;
        plan.lines
    }

    #[tokio::test]
    async fn assets_are_named_and_one_that_is_not_there_stops_no_other() {
        let accounts = accounts(acme());
        let lines = planned(&accounts).await;
        let lines: Vec<&PlanLine> = lines.iter().collect();
        assert_eq!(ids(&lines, "acme").len(), 2, "404 could not be planned");
        let names = accounts.names(&lines).await;
        for line in lines {
            let name = names.of(&line.asset).map(|name| name.name.as_str());
            let expected = match line.asset.vendor_id.as_deref() {
                Some("1") => Some("PC1"),
                Some("2") => Some("PC2"),
                _ => None,
            };
            assert_eq!(name, expected);
        }
        let serials = names.0.values().filter_map(|name| name.serial.as_deref());
        assert_eq!(serials.collect::<Vec<_>>(), ["5CD1234"]);
    }

    #[tokio::test]
    async fn an_account_that_fails_has_no_names() {
        let fake = acme();
        let accounts = accounts(fake.clone());
        let lines = planned(&accounts).await;
        fake.fail(Error::new(ErrorKind::Network, "the line is dead"));
        let lines: Vec<&PlanLine> = lines.iter().collect();
        assert!(accounts.names(&lines).await.0.is_empty());
    }
}
