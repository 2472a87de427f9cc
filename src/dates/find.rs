//! Finding the assets that lines name.

use std::sync::Arc;

use lmsync_core::two_way::{AssetRef, History};
use lmsync_core::{ConnectorInfo, Error, TwoWaySync};

use super::accounts::TwoWayAccounts;
use super::line::DateLineAsset;
use super::lines::{DateLines, PlacedLine};
use super::serials::Serials;
use super::targets::{DateTargets, Wanted};
use crate::problem::Problem;

impl TwoWayAccounts {
    /// The assets that `dates` name. Accounts are listed only where a serial number asks for it, since a
    /// serial number stands for an asset only if no other has it.
    pub async fn find(&self, dates: DateLines) -> DateTargets {
        let looked_into = self.connectors.iter().filter(|connector| {
            let mut lines = dates.lines.iter();
            lines.any(|line| looks_into(&line.line.asset, &connector.info().instance))
        });
        let serials = Serials::of(looked_into).await;
        let mut targets = DateTargets {
            problems: dates.problems,
            ..DateTargets::default()
        };
        // One moment for all: what two lines say of one asset competes, and none replaces the other.
        let now = self.clock.now();
        for PlacedLine { place, line } in dates.lines {
            match self.locate(&line.asset, &serials) {
                Ok(asset) => {
                    let listed = serials.listed(&asset);
                    targets.want_line(asset, line, listed, now);
                }
                Err(reason) => targets.lose(&place, &line, &reason, now),
            }
        }
        targets
    }

    /// The assets that `history` has writes of.
    #[must_use]
    pub fn journalled(&self, history: &History) -> DateTargets {
        let mut targets = DateTargets::default();
        for asset in history.assets() {
            if self.infos().into_iter().any(|one| asset.is_of(one)) {
                targets.assets.insert(asset.clone(), Wanted::default());
            } else {
                let error = Error::config(format!("no account is called {}", asset.instance));
                let place = format!("the journalled asset {}", asset.vendor_id);
                targets.problems.push(Problem::new(place, error));
            }
        }
        targets
    }

    fn locate(&self, asset: &DateLineAsset, serials: &Serials) -> Result<AssetRef, String> {
        let unknown = |instance: &str| format!("no account is called \"{instance}\"");
        match asset {
            DateLineAsset::ById {
                connector,
                instance,
                id,
                ..
            } => {
                let is_meant = |account: &&ConnectorInfo| {
                    let is_named = |connector: &String| *connector == account.vendor;
                    account.instance == *instance && connector.as_ref().is_none_or(is_named)
                };
                let account = self.infos().into_iter().find(is_meant);
                let account = account.ok_or_else(|| unknown(instance))?;
                Ok(AssetRef::of(account, id))
            }
            DateLineAsset::BySerial { serial, instance } => {
                let is_known = |name: &str| is_account(&self.connectors, name);
                match instance.as_deref() {
                    Some(name) if !is_known(name) => Err(unknown(name)),
                    instance => serials.find(serial, instance),
                }
            }
        }
    }
}

/// Tells whether the account `instance` is to be listed for `asset`.
fn looks_into(asset: &DateLineAsset, instance: &str) -> bool {
    match asset {
        DateLineAsset::ById { .. } => false,
        DateLineAsset::BySerial { instance: only, .. } => {
            only.as_ref().is_none_or(|only| only == instance)
        }
    }
}

fn is_account(connectors: &[Arc<dyn TwoWaySync>], instance: &str) -> bool {
    let mut names = connectors.iter().map(|one| one.info().instance.as_str());
    names.any(|name| name == instance)
}
