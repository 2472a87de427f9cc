//! An account in memory, and what tests look at.

use std::collections::{BTreeMap, BTreeSet};

use lmsync_core::CheckReport;
use lmsync_core::model::Asset;
use lmsync_cwrmm::{CwRmm, CwRmmConfig};
use lmsync_testkit::check_named;
use lmsync_testkit::cwrmm::{CwRmmSimulator, CwRmmSpec, Misbehaviour};
use lmsync_testkit::fleet::{Fleet, FleetSpec};

/// An account, and the way to it.
pub(crate) type Stage = lmsync_testkit::Stage<CwRmmSimulator, CwRmm>;

/// An account whose devices have agents: each batch of companies is one list.
pub(crate) fn config() -> CwRmmConfig {
    default_config().network_devices(false)
}

pub(crate) fn default_config() -> CwRmmConfig {
    let spec = CwRmmSpec::new(Fleet::demo(chrono::DateTime::UNIX_EPOCH));
    CwRmmConfig::new(spec.client_id, spec.client_secret)
}

pub(crate) fn stage_of(devices: usize, companies: usize) -> Stage {
    stage_with(devices, companies, |_| {}, config())
}

pub(crate) fn stage_with(
    devices: usize,
    companies: usize,
    adjust: impl FnOnce(&mut CwRmmSpec),
    config: CwRmmConfig,
) -> Stage {
    let vendor = |now| {
        let mut spec = CwRmmSpec::new(Fleet::new(FleetSpec {
            customers: companies,
            ..FleetSpec::new(devices, now)
        }));
        adjust(&mut spec);
        CwRmmSimulator::new(spec)
    };
    Stage::new(vendor, |environment| config.connect_in(environment))
}

/// What is asked of this vendor's stage alone.
pub(crate) trait CwRmmStage {
    fn misbehave(&self, change: impl FnOnce(&mut Misbehaviour));

    /// The number of the first request for `part`.
    fn number_of(&self, part: &str) -> usize;
}

impl CwRmmStage for Stage {
    fn misbehave(&self, change: impl FnOnce(&mut Misbehaviour)) {
        self.change(|vendor| change(vendor.misbehaviour()));
    }

    fn number_of(&self, part: &str) -> usize {
        let sent = self.vendor.recorded();
        let first = sent
            .iter()
            .position(|request| request.uri.path().contains(part));
        1 + first.unwrap()
    }
}

pub(crate) fn ids(assets: &[Asset]) -> BTreeSet<String> {
    assets
        .iter()
        .map(|asset| asset.source.vendor_id.clone())
        .collect()
}

pub(crate) fn outcomes(report: &CheckReport) -> BTreeMap<&str, bool> {
    let checks = report.checks.iter();
    checks.map(|check| (&*check.name, check.ok)).collect()
}

pub(crate) fn hint<'r>(report: &'r CheckReport, name: &str) -> &'r str {
    check_named(report, name)
        .hint
        .as_deref()
        .unwrap_or_default()
}

/// Whether the heartbeat failed to tell when the device checked in.
pub(crate) fn is_check_in_untold(asset: &Asset) -> bool {
    asset.issues.iter().any(|issue| {
        issue.field == "last_check_in"
            && issue
                .note
                .as_ref()
                .is_some_and(|note| note.contains("heartbeat failed"))
    })
}
