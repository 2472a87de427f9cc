//! An account in memory.

use lmsync_superops::{SuperOps, SuperOpsConfig};
use lmsync_testkit::fleet::{Fleet, FleetSpec};
use lmsync_testkit::superops::{Misbehaviour, SuperOpsSimulator, SuperOpsSpec};

/// An account, and the way to it.
pub(crate) type Stage = lmsync_testkit::Stage<SuperOpsSimulator, SuperOps>;

pub(crate) fn config() -> SuperOpsConfig {
    let spec = SuperOpsSpec::new(Fleet::demo(chrono::DateTime::UNIX_EPOCH));
    SuperOpsConfig::new(spec.subdomain, spec.token.as_str())
}

pub(crate) fn stage_of(assets: usize) -> Stage {
    stage_with(assets, |_| {}, &config())
}

pub(crate) fn stage_with(
    assets: usize,
    adjust: impl FnOnce(&mut SuperOpsSpec),
    config: &SuperOpsConfig,
) -> Stage {
    let vendor = |now| {
        let mut spec = SuperOpsSpec::new(Fleet::new(FleetSpec::new(assets, now)));
        adjust(&mut spec);
        SuperOpsSimulator::new(spec)
    };
    Stage::new(vendor, |environment| config.connect_in(environment))
}

pub(crate) fn misbehaving(assets: usize, how: impl FnOnce(&mut Misbehaviour)) -> Stage {
    let stage = stage_of(assets);
    stage.change(|vendor| how(vendor.misbehaviour()));
    stage
}
