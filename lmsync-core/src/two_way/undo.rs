//! Planning the way back to the dates that a journal's writes replaced.

use super::asset_plan::{Action, AssetPlan, FieldPlan, Reason};
use super::change::WriteSource;
use super::dates::{AssetDates, DateField, DateFields, HeldDate};
use super::history::{Attempts, Trace};
use super::sync::TwoWaySync;
use crate::model::AssetId;

/// Plans to give one asset back the dates from before the writes in `attempts`.
///
/// Of `held`, the dates that the vendor holds now, only those that the writes left there
/// are touched, field by field: a date that somebody else wrote since stays. One that the vendor
/// seemed to ignore, and that it holds now, landed late. The plan is applied like any
/// other, and journalled like any other.
#[must_use]
pub fn plan_undo<C: TwoWaySync + ?Sized>(
    connector: &C,
    asset: &AssetId,
    held: &AssetDates,
    attempts: &Attempts,
) -> AssetPlan {
    let offered = Offered {
        writable: connector.writable(),
        clearable: connector.clearable(),
    };
    let fields = attempts
        .traces()
        .map(|(field, trace)| way_back(field, held.get(field), trace, attempts, &offered))
        .collect();
    AssetPlan {
        asset: asset.clone(),
        fields,
    }
}

/// The fields that the connector can write and clear.
struct Offered {
    writable: DateFields,
    clearable: DateFields,
}

fn way_back(
    field: DateField,
    held: &HeldDate,
    trace: &Trace,
    attempts: &Attempts,
    offered: &Offered,
) -> FieldPlan {
    let mut plan = FieldPlan {
        field,
        old: held.clone(),
        new: trace.original,
        source: Some(WriteSource::Undo),
        action: Action::Write,
        reason: Reason::Restores,
        competing_days: 1,
    };
    let clears = trace.original.is_none();
    if attempts.is_open() {
        plan.skip(Reason::Unsettled);
    } else if *held == HeldDate::from(trace.original) {
        plan.skip(Reason::Equal);
    } else if !trace.is_ours(held) {
        plan.skip(Reason::ChangedSince);
    } else if clears && !offered.clearable.contains(field) {
        plan.skip(Reason::NotClearable);
    } else if !offered.writable.contains(field) {
        plan.skip(Reason::NotWritable);
    }
    plan
}
