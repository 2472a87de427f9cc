//! Planning the dates of one asset: a pure function.

use std::cmp::Ordering;

use super::asset_plan::{Action, AssetPlan, FieldPlan, Reason};
use super::claim::{Claim, Claims};
use super::dates::{AssetDates, DateField, DateFields, HeldDate};
use super::history::Attempts;
use super::rules::{PlanRules, Policy};
use crate::model::{AssetId, DateReader};

/// Everything that a plan for one asset depends on.
///
/// Plain data: callers make it, and a new input is to be thought about by each of them.
#[derive(Debug, Clone, Copy)]
pub struct PlanInput<'a> {
    /// The asset.
    pub asset: &'a AssetId,
    /// The dates that the vendor holds now.
    pub held: &'a AssetDates,
    /// All claims on the asset's dates.
    pub claims: &'a Claims,
    /// The fields that the connector [can write](super::TwoWaySync::writable).
    pub writable: DateFields,
    /// The rules to plan by.
    pub rules: &'a PlanRules,
    /// Earlier attempts on the asset, from a journal.
    pub attempts: &'a Attempts,
    /// The reader that tells which days are plausible: `DateReader::new(now)`. Zone and order of an account's
    /// rules make no difference here.
    pub dates: &'a DateReader,
}

/// Plans what becomes of one asset's dates.
///
/// A field that no claim is about has no part in the plan.
#[must_use]
pub fn plan(input: &PlanInput<'_>) -> AssetPlan {
    let claims = input.claims.all();
    let mut fields: Vec<FieldPlan> = DateField::ALL
        .iter()
        .copied()
        .filter(|field| claims.iter().any(|claim| claim.field == *field))
        .map(|field| input.field(field))
        .collect();
    refuse_contradictions(input.held, &mut fields);
    AssetPlan {
        asset: input.asset.clone(),
        fields,
    }
}

impl PlanInput<'_> {
    fn field(&self, field: DateField) -> FieldPlan {
        let claim = self.claims.writable(field, self.rules.resolution.as_ref());
        let (action, reason) = self.decide(field, claim);
        FieldPlan {
            field,
            old: self.held.get(field).clone(),
            new: claim.map(|claim| claim.day),
            source: claim.and_then(|claim| claim.source.writes_as()),
            action,
            reason,
            competing_days: claim.map_or(0, |claim| self.claims.competing_days(claim)),
        }
    }

    fn decide(&self, field: DateField, claim: Option<&Claim>) -> (Action, Reason) {
        if !self.rules.fields.contains(field) {
            return (Action::Skip, Reason::NotEnabled);
        }
        if !self.writable.contains(field) {
            return (Action::Skip, Reason::NotWritable);
        }
        let Some(Claim { day, .. }) = claim else {
            return (Action::Skip, Reason::NoOwnClaim);
        };
        if !self.dates.is_plausible(*day) {
            return (Action::Skip, Reason::Implausible);
        }
        if self.attempts.is_open() {
            return (Action::Skip, Reason::Unsettled);
        }
        if self.held.get(field).day() == Some(*day) {
            return (Action::Skip, Reason::Equal);
        }
        if let Some(outcome) = self.attempts.outcome_of(field, Some(*day)) {
            return (Action::Skip, Reason::Attempted(outcome));
        }
        match self.held.get(field) {
            HeldDate::Unreadable(text) => (Action::Skip, Reason::Unreadable(text.clone())),
            HeldDate::Empty => (Action::Write, Reason::FillsEmpty),
            HeldDate::Day(old) => self.overwrite(field, day.cmp(old)),
        }
    }

    /// Decides on a day that would replace the one held, to which it compares as `order`.
    fn overwrite(&self, field: DateField, order: Ordering) -> (Action, Reason) {
        let lengthens = match (field, order) {
            (DateField::PurchaseDate, order) => order == Ordering::Less,
            (DateField::WarrantyExpiry, order) => order == Ordering::Greater,
        };
        match self.rules.policy {
            Policy::FillEmpty => (Action::Skip, Reason::Filled),
            Policy::NeverShorten if lengthens => (Action::Write, Reason::Lengthens),
            Policy::NeverShorten => (Action::Skip, Reason::Shortens),
            Policy::Replace => (Action::Write, Reason::Replaces),
        }
    }
}

/// Skips changes that would leave the purchase after the expiry.
fn refuse_contradictions(held: &AssetDates, fields: &mut [FieldPlan]) {
    let after = |field| {
        fields
            .iter()
            .find(|plan| plan.field == field && plan.action == Action::Write)
            .map_or_else(|| held.get(field).day(), |plan| plan.new)
    };
    let purchase = after(DateField::PurchaseDate);
    let expiry = after(DateField::WarrantyExpiry);
    if purchase.zip(expiry).is_some_and(|(from, to)| from > to) {
        for plan in fields
            .iter_mut()
            .filter(|plan| plan.action == Action::Write)
        {
            plan.skip(Reason::Contradicts);
        }
    }
}

#[cfg(test)]
mod tests;
