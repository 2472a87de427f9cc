//! The phases of a sync apart, from memory: no sockets, one thread.

use std::sync::Arc;
use std::time::Duration;

use futures_util::TryStreamExt;
use lmsync::model::Asset;
use lmsync::{AssetQuery, Clock, Connector, Environment, SharedClock, SystemClock, Vendors};
use lmsync_testkit::InMemory;
use lmsync_testkit::demo::{Demo, Limits};
use lmsync_testkit::fleet::{Fleet, FleetSpec};
use serde::de::IgnoredAny;

use crate::Result;
use crate::account::VENDORS;
use crate::tape::Tape;

/// Each phase is measured so often, and the shortest time counts.
const RUNS: usize = 5;

/// Time of each phase, for one asset.
pub(crate) async fn phases(assets: usize) -> Result<()> {
    println!("\nPhases, {assets} assets from memory, ns an asset");
    println!(
        "{:>9} {:>14} {:>14} {:>14} {:>14}",
        "vendor", "pass over JSON", "read and map", "write", "bytes written"
    );
    for vendor in VENDORS {
        let clock: SharedClock = Arc::new(SystemClock::new());
        let demo = Demo::of(vendor).ok_or("there is no simulator of it")?;
        let fleet = Fleet::new(FleetSpec::new(assets, clock.now()));
        let tape = Tape::new(demo.simulator(fleet, Limits::None));
        let transport = Arc::new(InMemory::new(tape, clock.clone()));
        let environment = Environment::new(transport.clone(), clock);
        let mut keys = demo.keys("https://127.0.0.1");
        keys["requests_per_minute"] = 1_000_000.into();
        let connector = Vendors::built_in().read(keys)?.connect_in(&environment)?;
        let listed = list(&*connector).await?;
        let bodies = transport.simulator().with(|tape| tape.bodies());
        let passed = shortest(|| {
            let pass = |body| serde_json::from_slice::<IgnoredAny>(body);
            bodies.iter().try_for_each(|body| pass(body).map(drop))
        })?;
        let mut read = Duration::MAX;
        for _ in 0..RUNS {
            let clock = SystemClock::new();
            list(&*connector).await?;
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

async fn list(connector: &dyn Connector) -> Result<Vec<Asset>> {
    Ok(connector.assets(AssetQuery::new()).try_collect().await?)
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
