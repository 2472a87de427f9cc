//! The assets that dates are for.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use lmsync_core::two_way::{AssetRef, Claim, Claims, DateField};
use lmsync_core::{Error, ErrorKind};

use super::line::{DateLine, DateLineAsset};
use super::plan_line::PlanLine;
use super::serials::ListedAsset;
use crate::problem::Problem;

/// The assets that dates are for, each once.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct DateTargets {
    pub(super) assets: BTreeMap<AssetRef, Wanted>,
    /// The wishes for assets that were not found; part of the plan.
    pub lost: Vec<PlanLine>,
    /// Lines that could not be read, or whose asset was not found.
    pub problems: Vec<Problem>,
}

/// The wishes for one asset.
#[derive(Debug, Clone, Default)]
pub(super) struct Wanted {
    pub(super) claims: Claims,
    /// Fields that are named without a date.
    pub(super) blank: Vec<DateField>,
    /// The serial number that led here.
    pub(super) serial: Option<String>,
    /// Fields of the listing that led here.
    pub(super) listed: Option<ListedAsset>,
}

impl DateTargets {
    /// No asset yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds `claims` on the dates of `asset`.
    pub fn want(&mut self, asset: AssetRef, claims: impl IntoIterator<Item = Claim>) {
        self.assets.entry(asset).or_default().add(claims);
    }

    /// Adds what `line` says at `now` of `asset`, of which a listing had `listed`.
    pub(super) fn want_line(
        &mut self,
        asset: AssetRef,
        line: DateLine,
        listed: Option<ListedAsset>,
        now: DateTime<Utc>,
    ) {
        let wanted = self.assets.entry(asset).or_default();
        wanted.listed = listed;
        wanted.add(line.claims(now));
        wanted.blank.extend(line.blank());
        if let DateLineAsset::BySerial { serial, .. } = line.asset {
            wanted.serial = Some(serial);
        }
    }

    /// Adds that the asset of `line`, which stands at `place`, is not found because of `reason`.
    pub(super) fn lose(&mut self, place: &str, line: &DateLine, reason: &str, now: DateTime<Utc>) {
        let error = Error::new(ErrorKind::NotFound, reason);
        self.problems.push(Problem::new(place, error));
        let claims = line.claims(now).into_iter();
        let lost = claims.map(|claim| PlanLine::lost(&line.asset, &claim, reason));
        self.lost.extend(lost);
    }

    /// The assets, in order.
    pub fn assets(&self) -> impl Iterator<Item = &AssetRef> {
        self.assets.keys()
    }
}

impl Wanted {
    pub(super) fn add(&mut self, claims: impl IntoIterator<Item = Claim>) {
        for claim in claims {
            self.claims = std::mem::take(&mut self.claims).and(claim);
        }
    }
}
