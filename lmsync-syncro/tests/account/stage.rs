//! An account in memory.

use chrono::{DateTime, Utc};
use lmsync_syncro::{Syncro, SyncroConfig};
use lmsync_testkit::fleet::{Fleet, FleetSpec};
use lmsync_testkit::syncro::{SyncroSimulator, SyncroSpec};

pub(crate) const KEY: &str = "Tk3y-canary-51c4be09ad";
pub(crate) const USER_TOKEN: &str = "us3r-t0ken-canary-77aa";

/// An account, and the way to it.
pub(crate) type Stage = lmsync_testkit::Stage<SyncroSimulator, Syncro>;

pub(crate) fn config() -> SyncroConfig {
    SyncroConfig::new("acmemsp", KEY)
}

pub(crate) fn spec(assets: usize, now: DateTime<Utc>) -> SyncroSpec {
    SyncroSpec {
        api_key: KEY.to_owned(),
        user_token: USER_TOKEN.to_owned(),
        ..SyncroSpec::new(Fleet::new(FleetSpec::new(assets, now)))
    }
}

pub(crate) fn stage_of(assets: usize) -> Stage {
    stage_with(assets, |_| {})
}

pub(crate) fn stage_with(assets: usize, adjust: impl FnOnce(&mut SyncroSpec)) -> Stage {
    let vendor = |now| {
        let mut spec = spec(assets, now);
        adjust(&mut spec);
        SyncroSimulator::new(spec)
    };
    Stage::new(vendor, |environment| config().connect_in(environment))
}
