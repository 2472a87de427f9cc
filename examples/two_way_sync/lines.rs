//! The plan as JSON lines.

use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::path::Path;

use chrono::NaiveDate;
use lmsync::Error;
use lmsync::two_way::{
    Action, AssetPlan, AssetRef, Claim, DateField, FieldPlan, HeldDate, Reason, WriteSource,
};
use serde::Serialize;

use crate::dates::Named;
use crate::support::problem::Problem;
use crate::support::whole_file::WholeFile;
use crate::targets::Wanted;

/// What is planned for one date of one asset.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct PlanLine {
    pub(crate) asset: LineAsset,
    pub(crate) field: DateField,
    pub(crate) old: Option<NaiveDate>,
    pub(crate) new: Option<NaiveDate>,
    pub(crate) action: Action,
    pub(crate) reason: String,
    /// What the vendor holds, to the letter; `None` where it was not read.
    #[serde(skip)]
    pub(crate) held: Option<HeldDate>,
    #[serde(skip)]
    pub(crate) source: Option<WriteSource>,
    #[serde(skip)]
    has_failed: bool,
}

/// The asset of a line, as far as it is known.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct LineAsset {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) connector: Option<String>,
    pub(crate) instance: Option<String>,
    pub(crate) vendor_id: Option<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) parent_ids: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) serial: Option<String>,
}

impl PlanLine {
    /// Whether something went wrong, as opposed to a date that rightly stays.
    pub(crate) fn has_failed(&self) -> bool {
        self.has_failed
    }

    pub(crate) fn is_write(&self) -> bool {
        self.action == Action::Write
    }

    /// The lines of `plan`, and of fields that were named without a date.
    pub(crate) fn planned(asset: &AssetRef, wanted: &Wanted, plan: &AssetPlan) -> Vec<Self> {
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
            ..Self::skipped(LineAsset::of(asset, wanted), field.field)
        });
        let blank = blank.into_iter().map(|field| Self {
            reason: Reason::NoOwnClaim.to_string(),
            ..Self::skipped(LineAsset::of(asset, wanted), field)
        });
        fields.chain(blank).collect()
    }

    /// The lines of an asset whose dates could not be read.
    pub(crate) fn unread(asset: &AssetRef, wanted: &Wanted, error: &Error) -> Vec<Self> {
        let reason = match error.hint() {
            Some(hint) => format!("not planned: {error}; {hint}"),
            None => format!("not planned: {error}"),
        };
        let asset = LineAsset::of(asset, wanted);
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
    pub(crate) fn lost(asset: &Named, claim: &Claim, reason: &str) -> Self {
        let asset = match asset {
            Named::ById {
                connector,
                instance,
                id,
            } => LineAsset {
                connector: connector.clone(),
                instance: Some(instance.clone()),
                vendor_id: Some(id.vendor_id.clone()),
                parent_ids: id.parent_ids.clone(),
                serial: None,
            },
            Named::BySerial { serial, instance } => LineAsset {
                connector: None,
                instance: instance.clone(),
                vendor_id: None,
                parent_ids: BTreeMap::new(),
                serial: Some(serial.clone()),
            },
        };
        Self::failed(asset, claim, reason)
    }

    fn failed(asset: LineAsset, claim: &Claim, reason: &str) -> Self {
        Self {
            new: Some(claim.day),
            reason: reason.to_owned(),
            has_failed: true,
            ..Self::skipped(asset, claim.field)
        }
    }

    fn skipped(asset: LineAsset, field: DateField) -> Self {
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

impl LineAsset {
    fn of(asset: &AssetRef, wanted: &Wanted) -> Self {
        Self {
            connector: Some(asset.connector.clone()),
            instance: Some(asset.instance.clone()),
            vendor_id: Some(asset.vendor_id.clone()),
            parent_ids: asset.parent_ids.clone(),
            serial: wanted.serial.clone(),
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

/// The file that the plan is written to.
pub(crate) struct PlanFile(Option<WholeFile>);

impl PlanFile {
    /// Begins `path`, where `-` is standard output; without one, nothing is written.
    pub(crate) fn create(path: Option<&Path>) -> Result<Self, Problem> {
        Ok(Self(path.map(WholeFile::create).transpose()?))
    }

    /// Leaves the file that is there as it is, because of `reason`.
    pub(crate) fn leave(self, reason: &str) -> Result<(), String> {
        self.0.map_or(Ok(()), |file| file.leave(reason))
    }

    pub(crate) fn write(self, lines: &[PlanLine]) -> Result<(), Problem> {
        let Some(file) = self.0 else {
            return Ok(());
        };
        let name = file.name().to_owned();
        write_lines(file, lines).map_err(|error| Problem::new(name, error))
    }
}

fn write_lines(mut file: WholeFile, lines: &[PlanLine]) -> io::Result<()> {
    for line in lines {
        serde_json::to_writer(&mut file, line)?;
        file.write_all(b"\n")?;
    }
    file.put_in_place()
}
