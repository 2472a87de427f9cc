//! Planning and applying, each account within its own request budget.

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::future;
use futures_util::stream::{self, StreamExt};
use lmsync::model::DateReader;
use lmsync::two_way::{
    ApplyReport, AssetDates, AssetPlan, AssetRef, Attempts, DateChange, History, Journal,
    PlanInput, PlanRules, apply, plan, plan_undo, recover_open,
};
use lmsync::{Clock, Result, SystemClock, TwoWaySync, TwoWaySyncExt};

use crate::lines::PlanLine;
use crate::record::Record;
use crate::support::problem::Problem;
use crate::targets::{Targets, Wanted};

/// So many assets of an account are read at once.
const READ_AT_ONCE: usize = 4;
/// One write at a time: a request budget, not the latency, is what bounds a long run, and
/// the journal is never more than one attempt behind.
const WRITE_AT_ONCE: usize = 1;

/// What is to be written, by account.
pub(crate) type Changes = HashMap<String, Vec<DateChange>>;

/// The work on all accounts of a run.
pub(crate) struct Work<'a> {
    connectors: &'a [Arc<dyn TwoWaySync>],
    /// `None` plans the way back.
    rules: Option<PlanRules>,
    clock: SystemClock,
}

impl<'a> Work<'a> {
    pub(crate) fn new(connectors: &'a [Arc<dyn TwoWaySync>], rules: Option<PlanRules>) -> Self {
        Self {
            connectors,
            rules,
            clock: SystemClock::new(),
        }
    }

    /// Finds out what became of writes that an interrupted run left open.
    pub(crate) async fn recover(&self, record: &mut Record) -> Vec<Problem> {
        let mut problems = Vec::new();
        let (Some(journal), history) = record.parts() else {
            return problems;
        };
        for connector in self.connectors {
            if let Err(error) = recover_open(connector.as_ref(), journal, history).await {
                let place = format!("{}: an interrupted write", connector.info().instance);
                problems.push(Problem::of(place, &error));
            }
        }
        problems
    }

    /// Plans what is wanted for `targets`, or the way back of what the journal has of them.
    pub(crate) async fn plan(
        &self,
        targets: &Targets,
        history: &History,
    ) -> (Vec<PlanLine>, Changes) {
        let accounts = self.connectors.iter().map(|connector| async move {
            let account = connector.info();
            let name = &account.instance;
            let own = targets.assets.iter();
            let own = own.filter(|(asset, _)| asset.is_of(account));
            let plans: Vec<_> = stream::iter(own)
                .map(|(asset, wanted)| async move {
                    let attempts = history.of(asset);
                    (
                        asset,
                        wanted,
                        self.plan_asset(connector, asset, wanted, &attempts).await,
                    )
                })
                .buffered(READ_AT_ONCE)
                .collect()
                .await;
            (name, plans)
        });
        let (mut lines, mut changes) = (Vec::new(), Changes::new());
        for (name, plans) in future::join_all(accounts).await {
            for (asset, wanted, plan) in plans {
                match plan {
                    Ok(plan) => {
                        lines.extend(PlanLine::planned(asset, wanted, &plan));
                        changes
                            .entry(name.clone())
                            .or_default()
                            .extend(plan.change());
                    }
                    Err(error) => lines.extend(PlanLine::unread(asset, wanted, &error)),
                }
            }
        }
        lines.extend(targets.lost.iter().cloned());
        (lines, changes)
    }

    async fn plan_asset(
        &self,
        connector: &Arc<dyn TwoWaySync>,
        asset: &AssetRef,
        wanted: &Wanted,
        attempts: &Attempts,
    ) -> Result<AssetPlan> {
        // An asset may have moved since its parents were noted.
        let (id, held) = match left_by(attempts, wanted).or_else(|| listed_for(wanted)) {
            Some(held) => (asset.id(), held),
            None => connector.find_dates(&asset.id()).await?,
        };
        Ok(match &self.rules {
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

    /// Makes `changes`, all accounts at once; one that fails does not stop the others.
    pub(crate) async fn apply(
        &self,
        mut changes: Changes,
        journal: &dyn Journal,
    ) -> Vec<(String, Result<ApplyReport>)> {
        let accounts: Vec<_> = self
            .connectors
            .iter()
            .filter_map(|connector| {
                let name = connector.info().instance.clone();
                let own = changes.remove(&name)?;
                Some((connector, name, own))
            })
            .collect();
        future::join_all(
            accounts
                .into_iter()
                .map(|(connector, name, own)| async move {
                    let connector = connector.as_ref();
                    // Targets hold each asset once, so that no two changes are of the same.
                    let report = apply(connector, own, journal, &self.clock, WRITE_AT_ONCE).await;
                    (name, report)
                }),
        )
        .await
    }
}

/// What the listing has, where it has a day in every field that is wanted: nothing but
/// a day may be taken from it, since it does not tell an empty field from one with text.
fn listed_for(wanted: &Wanted) -> Option<AssetDates> {
    let listed = wanted.listed.as_ref()?;
    let claims = wanted.claims.all();
    let is_known = claims
        .iter()
        .all(|claim| listed.get(claim.field).day().is_some());
    is_known.then(|| listed.clone())
}

/// What the journal says the vendor holds, where it has every date that is wanted: then
/// there is nothing to ask.
fn left_by(attempts: &Attempts, wanted: &Wanted) -> Option<AssetDates> {
    let claims = wanted.claims.all();
    let is_done = claims
        .iter()
        .all(|claim| attempts.outcome_of(claim.field, Some(claim.day)).is_some());
    (is_done && !claims.is_empty()).then(|| attempts.left())
}
