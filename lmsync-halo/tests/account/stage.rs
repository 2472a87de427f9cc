//! An account in memory.

use lmsync_halo::{Halo, HaloConfig, HaloProduct};
use lmsync_testkit::fleet::{Fleet, FleetSpec};
use lmsync_testkit::halo::{HaloSimulator, HaloSpec};

/// An account, and the way to it.
pub(crate) type Stage = lmsync_testkit::Stage<HaloSimulator, Halo>;

pub(crate) fn config() -> HaloConfig {
    HaloConfig::new(
        HaloProduct::Psa,
        "https://acme.halopsa.com/api",
        "https://acme.halopsa.com/auth",
        "simulated-halo-client",
        "simulated-halo-secret",
    )
    .tenant("acmemsp")
}

pub(crate) fn stage_of(assets: usize) -> Stage {
    stage_with(assets, |_| {}, &config())
}

pub(crate) fn stage_with(
    assets: usize,
    adjust: impl FnOnce(&mut HaloSpec),
    config: &HaloConfig,
) -> Stage {
    let vendor = |now| {
        let mut spec = HaloSpec::new(Fleet::new(FleetSpec::new(assets, now)));
        adjust(&mut spec);
        HaloSimulator::new(spec)
    };
    Stage::new(vendor, |environment| config.connect_in(environment))
}

/// What is asked of this vendor's stage alone.
pub(crate) trait HaloStage {
    /// The scopes asked for so far, in the order of the sign-ins.
    fn scopes(&self) -> Vec<String>;
}

impl HaloStage for Stage {
    fn scopes(&self) -> Vec<String> {
        self.vendor
            .recorded()
            .into_iter()
            .filter(|request| request.uri.path().ends_with("/token"))
            .map(|request| {
                let body = String::from_utf8(request.body.to_vec()).unwrap();
                let scope = body.split("scope=").nth(1).unwrap();
                scope.split('&').next().unwrap().replace("%3A", ":")
            })
            .collect()
    }
}
