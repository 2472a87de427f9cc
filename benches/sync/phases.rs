//! The phases of a sync apart, and the time that a budget takes: from memory.

use std::sync::Arc;
use std::time::Duration;

use lmsync::{AssetQuery, Clock, Detail, SharedClock, SystemClock};
use lmsync_testkit::VirtualClock;
use lmsync_testkit::conformance::run;
use serde::de::IgnoredAny;

use crate::Result;
use crate::account::VENDORS;
use crate::memory::Account;

/// Each phase is measured so often, and the shortest time counts.
const RUNS: usize = 5;
/// More requests a minute than can be sent.
const ANY_BUDGET: u32 = 1_000_000;

/// Time of each phase, for one asset.
pub(crate) async fn phases(assets: usize) -> Result<()> {
    println!("\nPhases, {assets} assets from memory, ns an asset");
    println!(
        "{:>9} {:>14} {:>14} {:>14} {:>14}",
        "vendor", "pass over JSON", "read and map", "write", "bytes written"
    );
    for vendor in VENDORS {
        let clock: SharedClock = Arc::new(SystemClock::new());
        let account = Account::open(vendor, assets, clock, ANY_BUDGET)?;
        let listed = account.list(AssetQuery::new()).await?;
        let bodies = account.vendor.simulator().with(|tape| tape.bodies());
        let passed = shortest(|| {
            let pass = |body| serde_json::from_slice::<IgnoredAny>(body);
            bodies.iter().try_for_each(|body| pass(body).map(drop))
        })?;
        let mut read = Duration::MAX;
        for _ in 0..RUNS {
            let clock = SystemClock::new();
            account.list(AssetQuery::new()).await?;
            read = read.min(clock.elapsed());
        }
        let mut lines = Vec::new();
        let written = shortest(|| {
            lines.clear();
            let mut assets = listed.iter();
            assets.try_for_each(|asset| serde_json::to_writer(&mut lines, asset))
        })?;
        let each = |time: Duration| time.as_nanos() / listed.len() as u128;
        println!(
            "{vendor:>9} {:>14} {:>14} {:>14} {:>14}",
            each(passed),
            each(read),
            each(written),
            lines.len() / listed.len()
        );
    }
    Ok(())
}

fn shortest<E>(
    mut phase: impl FnMut() -> std::result::Result<(), E>,
) -> std::result::Result<Duration, E> {
    let mut shortest = Duration::MAX;
    for _ in 0..RUNS {
        let clock = SystemClock::new();
        phase()?;
        shortest = shortest.min(clock.elapsed());
    }
    Ok(shortest)
}

/// Time with detail at a given budget, beside what the budget takes: in virtual time.
pub(crate) fn detail(assets: usize) -> Result<()> {
    const A_MINUTE: u32 = 300;
    println!(
        "\nWith detail, {assets} assets, {A_MINUTE} requests a minute: requests / budget, and lmsync"
    );
    println!(
        "{:>9} {:>9} {:>10} {:>10} {:>6}",
        "vendor", "requests", "budget s", "lmsync s", "ratio"
    );
    for vendor in VENDORS {
        let mut told = Ok(());
        run(async {
            told = at_budget(vendor, assets, A_MINUTE).await;
        });
        told?;
    }
    Ok(())
}

async fn at_budget(vendor: &str, assets: usize, a_minute: u32) -> Result<()> {
    let clock: SharedClock = Arc::new(VirtualClock::default());
    let account = Account::open(vendor, assets, clock.clone(), a_minute)?;
    let detail = Detail::NONE.hardware().software();
    account.list(AssetQuery::new().detail(detail)).await?;
    let requests = account.vendor.requests();
    let budget = 60.0 * requests as f64 / f64::from(a_minute);
    let took = clock.elapsed().as_secs_f64();
    println!(
        "{vendor:>9} {requests:>9} {budget:>10.1} {took:>10.1} {:>5.2}x",
        took / budget
    );
    Ok(())
}
