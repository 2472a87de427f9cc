//! The plan as JSON lines.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use lmsync_core::Error;
use lmsync_core::two_way::{
    Action, AssetPlan, AssetRef, Claim, DateField, FieldPlan, HeldDate, Reason, WriteSource,
};
use serde::Serialize;

use super::line::DateLineAsset;
use super::names::AssetName;
use super::targets::Wanted;

/// The plan for one date of one asset, or the reason why there is none; for people, and as a line of JSON.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct PlanLine {
    /// The asset.
    pub asset: PlanLineAsset,
    /// The field.
    pub field: DateField,
    /// The day that the vendor holds.
    pub old: Option<NaiveDate>,
    /// The day that it is to hold.
    pub new: Option<NaiveDate>,
    /// The decision.
    pub action: Action,
    /// The reason for it, for people.
    pub reason: String,
    /// The vendor's value, to the letter; `None` where it was not read. Not in the JSON.
    #[serde(skip)]
    pub held: Option<HeldDate>,
    /// The source of the new day. Not in the JSON.
    #[serde(skip)]
    pub source: Option<WriteSource>,
    #[serde(skip)]
    has_failed: bool,
}

/// The asset of a line, as far as it is known.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct PlanLineAsset {
    /// The connector.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connector: Option<String>,
    /// The account.
    pub instance: Option<String>,
    /// The vendor's id.
    pub vendor_id: Option<String>,
    /// Further ids.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub parent_ids: BTreeMap<String, String>,
    /// The serial number by which it was found, or not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub serial: Option<String>,
    /// Its name, where a listing told it. Not in the JSON.
    #[serde(skip)]
    pub name: Option<AssetName>,
}

impl PlanLine {
    /// Tells whether something went wrong, as opposed to a date that rightly stays.
    #[must_use]
    pub fn has_failed(&self) -> bool {
        self.has_failed
    }

    /// Tells whether the date is to be written.
    #[must_use]
    pub fn is_write(&self) -> bool {
        self.action == Action::Write
    }

    /// The lines of `plan`, and of fields that were named without a date.
    pub(super) fn planned(asset: &AssetRef, wanted: &Wanted, plan: &AssetPlan) -> Vec<Self> {
        let is_planned = |field: &DateField| plan.fields.iter().any(|plan| plan.field == *field);
        let mut blank: Vec<DateField> = wanted.blank.clone();
        blank.retain(|field| !is_planned(field));
        blank.dedup();
        let fields = plan.fields.iter().map(|field| Self {
            old: field.old.day(),
            new: field.new,
            action: field.action,
            reason: reason(field),
            held: Some(field.old.clone()),
            source: field.source,
            ..Self::skipped(PlanLineAsset::of(asset, wanted), field.field)
        });
        let blank = blank.into_iter().map(|field| Self {
            reason: Reason::NoOwnClaim.to_string(),
            ..Self::skipped(PlanLineAsset::of(asset, wanted), field)
        });
        fields.chain(blank).collect()
    }

    /// The lines of an asset whose dates could not be read.
    pub(super) fn unread(asset: &AssetRef, wanted: &Wanted, error: &Error) -> Vec<Self> {
        let reason = format!("not planned: {error}");
        let asset = PlanLineAsset::of(asset, wanted);
        let mut lines: Vec<Self> = wanted
            .claims
            .all()
            .iter()
            .map(|claim| Self::failed(asset.clone(), claim, &reason))
            .collect();
        lines.dedup_by_key(|line| line.field);
        lines
    }

    /// The line of a claim whose asset was not found.
    pub(super) fn lost(asset: &DateLineAsset, claim: &Claim, reason: &str) -> Self {
        let asset = match asset {
            DateLineAsset::ById {
                connector,
                instance,
                id,
                ..
            } => PlanLineAsset {
                connector: connector.clone(),
                instance: Some(instance.clone()),
                vendor_id: Some(id.vendor_id.clone()),
                parent_ids: id.parent_ids.clone(),
                serial: None,
                name: None,
            },
            DateLineAsset::BySerial { serial, instance } => PlanLineAsset {
                connector: None,
                instance: instance.clone(),
                vendor_id: None,
                parent_ids: BTreeMap::new(),
                serial: Some(serial.clone()),
                name: None,
            },
        };
        Self::failed(asset, claim, reason)
    }

    fn failed(asset: PlanLineAsset, claim: &Claim, reason: &str) -> Self {
        Self {
            new: Some(claim.day),
            reason: reason.to_owned(),
            has_failed: true,
            ..Self::skipped(asset, claim.field)
        }
    }

    fn skipped(asset: PlanLineAsset, field: DateField) -> Self {
        Self {
            asset,
            field,
            old: None,
            new: None,
            action: Action::Skip,
            reason: String::new(),
            held: None,
            source: None,
            has_failed: false,
        }
    }
}

impl PlanLineAsset {
    fn of(asset: &AssetRef, wanted: &Wanted) -> Self {
        Self {
            connector: Some(asset.connector.clone()),
            instance: Some(asset.instance.clone()),
            vendor_id: Some(asset.vendor_id.clone()),
            parent_ids: asset.parent_ids.clone(),
            serial: wanted.serial.clone(),
            name: wanted.listed.as_ref().map(|listed| listed.name.clone()),
        }
    }
}

fn reason(plan: &FieldPlan) -> String {
    let chosen = match plan.field {
        _ if plan.competing_days < 2 => return plan.reason.to_string(),
        DateField::PurchaseDate => "the earliest",
        _ => "the latest",
    };
    format!(
        "{}; {chosen} of {} dates that disagree",
        plan.reason, plan.competing_days
    )
}
