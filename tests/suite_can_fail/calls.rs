//! Flaws in single calls: an asset, the check, dates.

use std::future::Future;
use std::sync::Arc;

use futures_util::FutureExt;
use lmsync::model::{Asset, AssetId};
use lmsync::two_way::{AssetDates, DateChange, WriteReport};
use lmsync::{AssetQuery, Check, CheckReport, CheckScope, ConnectorInfo, Result};

use crate::flaw::Flaw;
use crate::flawed::Sound;

/// Declares what is not so.
pub(crate) fn info(edit: impl Fn(&mut ConnectorInfo) + Send + Sync + 'static) -> Flaw {
    Flaw {
        info: Some(Arc::new(edit)),
        ..Flaw::default()
    }
}

/// Reads the query wrongly.
pub(crate) fn query(edit: impl Fn(&mut AssetQuery) + Send + Sync + 'static) -> Flaw {
    Flaw {
        query: Some(Arc::new(edit)),
        ..Flaw::default()
    }
}

/// Reads a single asset in a way of its own.
pub(crate) fn asset<F, W>(work: F) -> Flaw
where
    F: Fn(Sound, AssetId) -> W + Send + Sync + 'static,
    W: Future<Output = Result<Asset>> + Send + 'static,
{
    Flaw {
        asset: Some(Arc::new(move |sound, id| work(sound, id).boxed())),
        ..Flaw::default()
    }
}

/// Gets the answer to the call for a single asset wrong.
pub(crate) fn asset_result(
    edit: impl Fn(Result<Asset>) -> Result<Asset> + Clone + Send + Sync + 'static,
) -> Flaw {
    asset(move |sound, id| {
        let edit = edit.clone();
        async move { edit(sound.reading.asset(&id).await) }
    })
}

/// Maps a single asset wrongly.
pub(crate) fn asset_alone(edit: impl Fn(&mut Asset) + Clone + Send + Sync + 'static) -> Flaw {
    asset_result(move |asset| {
        asset.map(|mut asset| {
            edit(&mut asset);
            asset
        })
    })
}

/// Checks in a way of its own.
pub(crate) fn check<F, W>(work: F) -> Flaw
where
    F: Fn(Sound, CheckScope) -> W + Send + Sync + 'static,
    W: Future<Output = CheckReport> + Send + 'static,
{
    Flaw {
        check: Some(Arc::new(move |sound, scope| work(sound, scope).boxed())),
        ..Flaw::default()
    }
}

/// Reports on the check wrongly.
pub(crate) fn report(
    edit: impl Fn(CheckScope, &mut CheckReport) + Clone + Send + Sync + 'static,
) -> Flaw {
    check(move |sound, scope| {
        let edit = edit.clone();
        async move {
            let mut report = sound.reading.check(scope).await;
            edit(scope, &mut report);
            report
        }
    })
}

/// Gets one check of the report wrong.
pub(crate) fn in_report(
    name: &'static str,
    edit: impl Fn(&mut Check) + Clone + Send + Sync + 'static,
) -> Flaw {
    report(move |_, report| {
        let checks = report.checks.iter_mut();
        checks.filter(|check| check.name == name).for_each(&edit);
    })
}

/// Leaves a check out of the report.
pub(crate) fn not_reported(name: &'static str) -> Flaw {
    report(move |_, report| report.checks.retain(|check| check.name != name))
}

/// Calls a check failed.
pub(crate) fn failed_check(name: &'static str) -> Flaw {
    in_report(name, |check| check.ok = false)
}

/// Calls a check passed.
pub(crate) fn passed_check(name: &'static str) -> Flaw {
    in_report(name, |check| check.ok = true)
}

/// Gives no advice with a check.
pub(crate) fn no_hint_in(name: &'static str) -> Flaw {
    in_report(name, |check| check.hint = None)
}

/// Reads dates in a way of its own.
pub(crate) fn read_dates<F, W>(work: F) -> Flaw
where
    F: Fn(Sound, AssetId) -> W + Send + Sync + 'static,
    W: Future<Output = Result<AssetDates>> + Send + 'static,
{
    Flaw {
        read_dates: Some(Arc::new(move |sound, id| work(sound, id).boxed())),
        ..Flaw::default()
    }
}

/// Writes dates in a way of its own.
pub(crate) fn write<F, W>(work: F) -> Flaw
where
    F: Fn(Sound, DateChange) -> W + Send + Sync + 'static,
    W: Future<Output = Result<WriteReport>> + Send + 'static,
{
    Flaw {
        write_dates: Some(Arc::new(move |sound, change| work(sound, change).boxed())),
        ..Flaw::default()
    }
}

/// Reports on a write wrongly.
pub(crate) fn write_result(
    edit: impl Fn(Result<WriteReport>) -> Result<WriteReport> + Clone + Send + Sync + 'static,
) -> Flaw {
    write(move |sound, change| {
        let edit = edit.clone();
        async move { edit(sound.dates().write_dates(&change).await) }
    })
}
