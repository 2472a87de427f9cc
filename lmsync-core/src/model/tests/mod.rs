//! The rules working together, from a vendor's values to JSON.

mod correlation;
mod drafts;
mod fingerprints;
mod json;
mod machine;
mod same_machine;

use chrono::{DateTime, TimeZone, Utc};

use super::*;

pub(super) fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 3, 31, 12, 0, 0).unwrap()
}

pub(super) fn source(vendor_id: &str) -> Source {
    Source::new("example", "acme", vendor_id, now())
}

/// The asset that `fill` makes of an empty draft.
pub(super) fn built(fill: impl FnOnce(&mut AssetDraft<'_>)) -> Asset {
    let rules = Rules::default();
    let mut draft = AssetDraft::new(source("17"), &rules, now());
    fill(&mut draft);
    draft.finish()
}

/// The code and field of every issue.
pub(super) fn issues(asset: &Asset) -> Vec<(IssueCode, &str)> {
    asset
        .issues
        .iter()
        .map(|issue| (issue.code, issue.field.as_str()))
        .collect()
}
