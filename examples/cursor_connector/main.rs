//! A connector for another kind of vendor, with what `own_connector` does not need.
//!
//! The vendor is called Harbor and does not exist. It signs in by OAuth at a host of its
//! own, pages by cursor and counts nothing, tells serial numbers only when one device is
//! asked for, and takes both dates.
//!
//! ```sh
//! cargo run --example cursor_connector
//! ```
//!
//! - `connector.rs`: the sign-in, pages by cursor, and detail record by record.
//! - `dates.rs`: both dates, in the smallest body.
//! - `config.rs` and `simulator.rs` are as in `own_connector`.
//! - `tests/cursor_connector.rs` proves it with the kit's suite, which a profile in
//!   `tests/subjects/harbor.rs` tells what this vendor is like.

mod config;
mod connector;
mod dates;
mod simulator;

use std::error::Error;
use std::io::Write as _;
use std::sync::Arc;

use futures_util::StreamExt;
use lmsync::{AssetQuery, Connector, Detail, Environment, SharedClock, SystemClock, Vendors};
use lmsync_testkit::InMemory;
use lmsync_testkit::fleet::{Fleet, FleetSpec};
use serde_json::json;

use self::config::HarborConfig;
use self::simulator::HarborSimulator;

const CLIENT: &str = "demo-client";
const SECRET: &str = "a-secret-that-opens-nothing";
/// Each costs a call of its own, and Harbor allows 240 a minute.
const DEVICES: usize = 120;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let vendors = Vendors::built_in().with::<HarborConfig>("harbor")?;
    let account = vendors.read(json!({
        "vendor": "harbor",
        "name": "demo",
        "client_id": CLIENT,
        "client_secret": SECRET,
    }))?;
    let connector = account.connect_in(&simulated())?;
    stop_and_resume(connector.as_ref()).await
}

/// A network on which both hosts are the simulator.
fn simulated() -> Environment {
    let clock: SharedClock = Arc::new(SystemClock::new());
    let fleet = Fleet::new(FleetSpec::new(DEVICES, clock.now()));
    let simulator = HarborSimulator::new(fleet, CLIENT, SECRET);
    let transport = InMemory::new(simulator, Arc::clone(&clock));
    Environment::new(Arc::new(transport), clock)
}

/// Reads devices with their detail, stops in the middle, and goes on where it stopped: a
/// checkpoint can be stored and holds the cursor, so that nothing is read again but one page.
async fn stop_and_resume(connector: &dyn Connector) -> Result<(), Box<dyn Error>> {
    let query = AssetQuery::new().detail(Detail::NONE.hardware());
    let mut devices = connector.assets(query.clone());
    let mut out = std::io::stdout();
    for _ in 0..60 {
        let Some(device) = devices.next().await else {
            break;
        };
        let device = device?;
        let serial = device.serial.key.as_deref().unwrap_or("no serial number");
        writeln!(out, "{}: {serial}", device.name)?;
    }
    let stored = serde_json::to_string(&devices.checkpoint())?;
    drop(devices);

    let checkpoint = serde_json::from_str(&stored)?;
    let mut devices = connector.assets(query.resume(checkpoint));
    while let Some(device) = devices.next().await {
        device?;
    }
    let summary = devices.summary();
    writeln!(
        out,
        "{} devices, and {} more after the break; complete: {}, requests after the break: {}",
        summary.kept_before, summary.kept, summary.complete, summary.usage.requests,
    )?;
    Ok(())
}
