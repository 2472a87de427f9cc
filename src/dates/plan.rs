//! Planning, each account within its own request budget.

use std::sync::Arc;

use futures_util::future;
use futures_util::stream::{self, StreamExt};
use lmsync_core::model::DateReader;
use lmsync_core::two_way::{
    AccountPlan, AssetDates, AssetPlan, AssetRef, Attempts, History, PlanInput, PlanRules, plan,
    plan_undo,
};
use lmsync_core::{Result, TwoWaySync, TwoWaySyncExt};

use super::accounts::{TwoWayAccounts, unbroken};
use super::plan_line::PlanLine;
use super::targets::{DateTargets, Wanted};
use crate::problem::Problem;

/// Most assets of an account that are read at once.
///
/// Assumed: with the vendors' budgets, more would only wait in the limiter's queue.
const READ_AT_ONCE: usize = 4;

/// The plan for the dates of many accounts.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct DatesPlan {
    /// The decision on each date, those that are left as they are included.
    pub lines: Vec<PlanLine>,
    /// The plan of each account that has one: to be [applied](TwoWayAccounts::apply) at once, or
    /// stored, approved and applied later.
    pub accounts: Vec<AccountPlan>,
    /// Problems of the [targets](DateTargets::problems). Assets whose dates could not be read are among the
    /// lines, as [failed](PlanLine::has_failed).
    pub problems: Vec<Problem>,
}

impl TwoWayAccounts {
    /// Plans what is wanted for `targets` by `rules`, after the attempts in `history`. Reads only, all
    /// accounts at once; one that fails stops no other.
    pub async fn plan(
        &self,
        targets: DateTargets,
        rules: &PlanRules,
        history: &History,
    ) -> DatesPlan {
        self.plan_by(targets, Some(rules), history).await
    }

    /// Plans the way back of all that `history` has.
    pub async fn plan_undo(&self, history: &History) -> DatesPlan {
        self.plan_by(self.journalled(history), None, history).await
    }

    /// Without `rules`, it is the way back.
    async fn plan_by(
        &self,
        targets: DateTargets,
        rules: Option<&PlanRules>,
        history: &History,
    ) -> DatesPlan {
        let planning = self.connectors.iter();
        let planning =
            planning.map(|connector| self.plan_account(connector, &targets, rules, history));
        let planned = future::join_all(planning).await;
        let mut all = DatesPlan::default();
        for (connector, own) in self.connectors.iter().zip(planned) {
            let mut plans = Vec::new();
            for (asset, wanted, plan) in own {
                match plan {
                    Ok(plan) => {
                        all.lines.extend(PlanLine::planned(asset, wanted, &plan));
                        plans.push(plan);
                    }
                    Err(error) => all.lines.extend(PlanLine::unread(asset, wanted, &error)),
                }
            }
            if !plans.is_empty() {
                let at = self.clock.now();
                let account = AccountPlan::new(connector.info(), at, plans);
                all.accounts.push(account);
            }
        }
        all.lines.extend(targets.lost);
        all.problems = targets.problems;
        all
    }

    /// The plans of one account, each with its asset and what is wanted for it.
    async fn plan_account<'t>(
        &self,
        connector: &Arc<dyn TwoWaySync>,
        targets: &'t DateTargets,
        rules: Option<&PlanRules>,
        history: &History,
    ) -> Vec<(&'t AssetRef, &'t Wanted, Result<AssetPlan>)> {
        let own = targets.assets.iter();
        let own = own.filter(|(asset, _)| asset.is_of(connector.info()));
        let plans = stream::iter(own).map(|(asset, wanted)| async move {
            let planning = self.plan_asset(connector, asset, wanted, rules, history);
            let plan = unbroken(planning).await.and_then(|plan| plan);
            (asset, wanted, plan)
        });
        plans.buffered(READ_AT_ONCE).collect().await
    }

    async fn plan_asset(
        &self,
        connector: &Arc<dyn TwoWaySync>,
        asset: &AssetRef,
        wanted: &Wanted,
        rules: Option<&PlanRules>,
        history: &History,
    ) -> Result<AssetPlan> {
        let attempts = &history.of(asset);
        // An asset may have moved since its parents were noted.
        let (id, held) = match left_by(attempts, wanted).or_else(|| listed_for(wanted)) {
            Some(held) => (asset.id(), held),
            None => connector.find_dates(&asset.id()).await?,
        };
        Ok(match rules {
            Some(rules) => plan(&PlanInput {
                asset: &id,
                held: &held,
                claims: &wanted.claims,
                writable: connector.writable(),
                rules,
                attempts,
                dates: &DateReader::new(self.clock.now()),
            }),
            None => plan_undo(connector.as_ref(), &id, &held, attempts),
        })
    }
}

/// The dates of the listing, where it has a day in every field that is wanted: nothing but
/// a day may be taken from it, since it does not tell an empty field from one with text.
fn listed_for(wanted: &Wanted) -> Option<AssetDates> {
    let listed = &wanted.listed.as_ref()?.dates;
    let claims = wanted.claims.all();
    let is_known = claims
        .iter()
        .all(|claim| listed.get(claim.field).day().is_some());
    is_known.then(|| listed.clone())
}

/// The dates that the vendor holds by the journal, where it has every date that is wanted: then
/// there is nothing to ask.
fn left_by(attempts: &Attempts, wanted: &Wanted) -> Option<AssetDates> {
    let claims = wanted.claims.all();
    let is_done = claims
        .iter()
        .all(|claim| attempts.outcome_of(claim.field, Some(claim.day)).is_some());
    (is_done && !claims.is_empty()).then(|| attempts.left())
}
