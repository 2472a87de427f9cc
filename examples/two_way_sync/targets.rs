//! The assets that dates are for.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use futures_util::future;
use futures_util::stream::StreamExt;
use lmsync::two_way::{AssetDates, AssetRef, Claims, DateField, History, NotOneAsset, SerialIndex};
use lmsync::{AssetQuery, TwoWaySync};

use crate::dates::{Dates, Named, Wish};
use crate::lines::PlanLine;
use crate::support::problem::Problem;

/// The assets that dates are for, each once.
#[derive(Debug, Default)]
pub(crate) struct Targets {
    pub(crate) assets: BTreeMap<AssetRef, Wanted>,
    /// What is wanted for assets that were not found.
    pub(crate) lost: Vec<PlanLine>,
    pub(crate) problems: Vec<Problem>,
}

/// What is wanted for one asset.
#[derive(Debug, Default)]
pub(crate) struct Wanted {
    pub(crate) claims: Claims,
    /// Fields that are named without a date.
    pub(crate) blank: Vec<DateField>,
    /// The serial number that led here.
    pub(crate) serial: Option<String>,
    /// The dates in the listing that led here.
    pub(crate) listed: Option<AssetDates>,
}

impl Targets {
    /// The assets that `dates` name, in the accounts of `connectors`.
    ///
    /// Accounts are listed only where a serial number asks for it.
    pub(crate) async fn find(dates: Dates, connectors: &[Arc<dyn TwoWaySync>]) -> Self {
        let serials = Serials::of(&dates, connectors).await;
        let mut targets = Self {
            problems: dates.problems,
            ..Self::default()
        };
        for wish in dates.wishes {
            match locate(&wish.asset, connectors, &serials) {
                Ok(asset) => {
                    let listed = serials.listed.get(&asset).cloned();
                    targets.want(asset, wish, listed);
                }
                Err(reason) => targets.lose(&wish, &reason),
            }
        }
        targets
    }

    /// The assets that the journal has writes of.
    pub(crate) fn journalled(history: &History, connectors: &[Arc<dyn TwoWaySync>]) -> Self {
        let mut targets = Self::default();
        for asset in history.assets() {
            if connectors.iter().any(|one| asset.is_of(one.info())) {
                targets.assets.insert(asset.clone(), Wanted::default());
            } else {
                let message = format!("no account is called {}", asset.instance);
                let place = format!("the journalled asset {}", asset.vendor_id);
                targets.problems.push(Problem::new(place, message));
            }
        }
        targets
    }

    fn want(&mut self, asset: AssetRef, wish: Wish, listed: Option<AssetDates>) {
        let wanted = self.assets.entry(asset).or_default();
        wanted.listed = listed;
        for claim in wish.claims {
            wanted.claims = std::mem::take(&mut wanted.claims).and(claim);
        }
        wanted.blank.extend(wish.blank);
        if let Named::BySerial { serial, .. } = wish.asset {
            wanted.serial = Some(serial);
        }
    }

    fn lose(&mut self, wish: &Wish, reason: &str) {
        self.problems.push(Problem::new(&wish.place, reason));
        let lost = wish.claims.iter();
        self.lost
            .extend(lost.map(|claim| PlanLine::lost(&wish.asset, claim, reason)));
    }
}

fn is_account(connectors: &[Arc<dyn TwoWaySync>], instance: &str) -> bool {
    let mut names = connectors.iter().map(|one| one.info().instance.as_str());
    names.any(|name| name == instance)
}

fn locate(
    asset: &Named,
    connectors: &[Arc<dyn TwoWaySync>],
    serials: &Serials,
) -> Result<AssetRef, String> {
    let unknown = |instance: &str| format!("no account is called \"{instance}\"");
    match asset {
        Named::ById {
            connector,
            instance,
            id,
        } => {
            let mut accounts = connectors.iter().map(|one| one.info());
            let account = accounts.find(|account| {
                let is_meant = |connector: &String| *connector == account.vendor;
                account.instance == *instance && connector.as_ref().is_none_or(is_meant)
            });
            let account = account.ok_or_else(|| unknown(instance))?;
            Ok(AssetRef::of(account, id))
        }
        Named::BySerial { serial, instance } => {
            if let Some(instance) = instance
                .as_ref()
                .filter(|name| !is_account(connectors, name))
            {
                return Err(unknown(instance));
            }
            serials.find(serial, instance.as_deref())
        }
    }
}

/// The serial numbers of all accounts together, and of each by itself.
#[derive(Default)]
struct Serials {
    all: SerialIndex,
    by_instance: HashMap<String, SerialIndex>,
    /// The dates that the listing had.
    listed: HashMap<AssetRef, AssetDates>,
    /// Why an account could not be listed in full, by its name.
    unlisted: BTreeMap<String, String>,
}

impl Serials {
    /// Of the accounts that `dates` look into.
    async fn of(dates: &Dates, connectors: &[Arc<dyn TwoWaySync>]) -> Self {
        let is_looked_into = |name: &str| {
            dates.wishes.iter().any(|wish| match &wish.asset {
                Named::ById { .. } => false,
                Named::BySerial { instance, .. } => {
                    instance.as_ref().is_none_or(|instance| instance == name)
                }
            })
        };
        let mut serials = Self::default();
        let listed = connectors
            .iter()
            .filter(|connector| is_looked_into(&connector.info().instance));
        for (connector, listed) in future::join_all(
            listed.map(|connector| async move { (connector, list(connector).await) }),
        )
        .await
        {
            let name = connector.info().instance.clone();
            match listed {
                Ok(assets) => {
                    let index = serials.by_instance.entry(name).or_default();
                    for (asset, key, dates) in assets {
                        index.insert(asset.clone(), key.clone());
                        serials.all.insert(asset.clone(), key);
                        serials.listed.insert(asset, dates);
                    }
                }
                Err(reason) => {
                    serials.unlisted.insert(name, reason);
                }
            }
        }
        serials
    }

    fn find(&self, serial: &str, instance: Option<&str>) -> Result<AssetRef, String> {
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
        index.find(serial).cloned().map_err(|error| match error {
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
        })
    }
}

/// The assets of an account that have a serial number of their own, with it and their dates.
async fn list(
    connector: &Arc<dyn TwoWaySync>,
) -> Result<Vec<(AssetRef, String, AssetDates)>, String> {
    let mut stream = connector.assets(AssetQuery::new());
    let mut assets = Vec::new();
    while let Some(asset) = stream.next().await {
        let asset = asset.map_err(|error| error.to_string())?;
        if let Some(key) = asset.serial.key {
            let found = AssetRef::from(&asset.source);
            let dates = AssetDates::new(asset.purchase_date, asset.warranty_expiry);
            assets.push((found, key, dates));
        }
    }
    let summary = stream.summary();
    if summary.complete {
        Ok(assets)
    } else {
        Err(summary.incomplete_reason.unwrap_or_default())
    }
}
