//! A connector of your own, from nothing to a running sync.
//!
//! The vendor is called Shelf and does not exist. It has what most have: an API
//! key, pages with a total, machines and the companies they belong to.
//!
//! ```sh
//! cargo run --example own_connector
//! ```
//!
//! - `connector.rs` is what you would write: the client, the vendor's JSON, the mapping, the
//!   lists, and the trait.
//! - `dates.rs` is what it takes to write dates back: one read and one request.
//! - `config.rs` makes it a vendor that configurations can name.
//! - `simulator.rs` plays the vendor, so that the connector can be tried before
//!   there is an account, and tested for ever after.
//! - `tests/own_connector.rs` proves the connector with the kit's suite:
//!   `cargo test --test own_connector`.
//!
//! To write your own, in this order:
//!
//! 1. Copy this folder, `tests/own_connector.rs` and `tests/subjects/shelf.rs`. The connector
//!    needs the crates `lmsync`, `async-trait`, `chrono`, `serde`, `serde_json` (feature
//!    `raw_value`) and `url`; its tests `lmsync-testkit`, `bytes` and `http`.
//! 2. Let the simulator answer as your vendor's reference says: paging, refusals, limit.
//! 3. Tell the suite what your vendor is like: the profile in `tests/subjects/shelf.rs`.
//! 4. Change the connector until every promise holds. A promise that fails is documented in
//!    `lmsync_testkit::conformance`, and names what it did.
//! 5. Try it on a real account, `check` first.
//!
//! | where your vendor is different | look at |
//! |---|---|
//! | cursors, OAuth, a call for each asset's detail | `examples/cursor_connector` |
//! | links to the next page, lists within lists, exports; keys in headers of their own, Basic, a sign-in that is no OAuth | `lmsync-core/tests/kinds_of_vendor.rs` |
//! | errors in answers with status 200, GraphQL | `lmsync-superops/src/answers.rs` |
//! | fields that its customers define; a write that replaces a whole map | `lmsync-syncro/src` |

mod config;
mod connector;
mod dates;
mod simulator;

use std::error::Error;
use std::io::Write as _;
use std::sync::Arc;

use futures_util::StreamExt;
use lmsync::{
    AssetQuery, CheckInWindow, CheckScope, Connector, Environment, SharedClock, SystemClock,
    Vendors,
};
use lmsync_testkit::InMemory;
use lmsync_testkit::fleet::Fleet;
use serde_json::json;

use self::config::ShelfConfig;
use self::simulator::ShelfSimulator;

const API_KEY: &str = "a-key-that-opens-nothing";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    // The same as in a file: `Vendors` reads the tables of `--config`, too.
    let vendors = Vendors::built_in().with::<ShelfConfig>("shelf")?;
    let account = vendors.read(json!({
        "vendor": "shelf",
        "name": "demo",
        "endpoint": "https://shelf.example",
        "api_key": API_KEY,
    }))?;
    let connector = account.connect_in(&simulated())?;
    check(connector.as_ref()).await?;
    list(connector.as_ref()).await?;
    Ok(())
}

/// A network on which every host is the simulator: no socket, no port.
fn simulated() -> Environment {
    let clock: SharedClock = Arc::new(SystemClock::new());
    let simulator = ShelfSimulator::new(Fleet::demo(clock.now()), API_KEY);
    let transport = InMemory::new(simulator, Arc::clone(&clock));
    Environment::new(Arc::new(transport), clock)
}

/// What the key can do, before it is relied on.
async fn check(connector: &dyn Connector) -> std::io::Result<()> {
    for check in connector.check(CheckScope::read()).await.checks {
        let verdict = if check.ok { "ok" } else { "failed" };
        let (name, detail) = (check.name, check.detail);
        writeln!(std::io::stdout(), "{name:16} {verdict:7} {detail}")?;
    }
    Ok(())
}

/// The windows, the counts and the order of pages are core's work: they are
/// here without a line in `connector.rs`.
async fn list(connector: &dyn Connector) -> Result<(), Box<dyn Error>> {
    let query = AssetQuery::new().window(CheckInWindow::DAYS_30);
    let mut assets = connector.assets(query);
    let mut example = None;
    while let Some(asset) = assets.next().await {
        example = Some(asset?);
    }
    let summary = assets.summary();
    let mut out = std::io::stdout();
    writeln!(
        out,
        "{} of {} assets checked in within 30 days, {} never did; complete: {}, requests: {}",
        summary.kept,
        summary.seen,
        summary.never_checked_in,
        summary.complete,
        summary.usage.requests,
    )?;
    if let Some(asset) = example {
        writeln!(
            out,
            "the last of them: {}",
            serde_json::to_string_pretty(&asset)?
        )?;
    }
    Ok(())
}
