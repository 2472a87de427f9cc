//! Lists the assets of one SuperOps account.
//!
//! ```sh
//! LMSYNC_SUBDOMAIN=acme LMSYNC_TOKEN=... cargo run --example list_assets
//! ```
//!
//! Without the two variables it lists those of an embedded simulator.

use std::env;
use std::error::Error;
use std::io::Write;
use std::sync::Arc;

use futures_util::StreamExt;
use lmsync::superops::SuperOpsConfig;
use lmsync::{AssetQuery, Connector};
use lmsync_cli::parts::{Simulators, plain};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let (connector, _simulators) = connector().await?;
    let mut out = std::io::stdout();

    // A listing is a stream: nothing is sent before the first `next`, and memory
    // holds a few pages, however large the account is.
    let mut assets = connector.assets(AssetQuery::new());
    while let Some(asset) = assets.next().await {
        let asset = asset?;
        let customer = asset.customer.and_then(|customer| customer.name);
        writeln!(
            out,
            "{:24} {:30} {:20} {}",
            plain(&asset.name),
            plain(customer.as_deref().unwrap_or("-")),
            plain(asset.serial.value.as_deref().unwrap_or("-")),
            plain(asset.model.as_deref().unwrap_or("-")),
        )?;
    }

    // The end of the stream is not yet the whole story: the summary tells whether
    // every asset was seen, and what was dropped on the way.
    let summary = assets.summary();
    writeln!(
        out,
        "{} assets, complete: {}",
        summary.kept, summary.complete
    )?;
    Ok(())
}

/// The account that the environment names; else one of a simulator, and what keeps that alive.
async fn connector() -> Result<(Arc<dyn Connector>, Option<Simulators>), Box<dyn Error>> {
    if let (Ok(subdomain), Ok(token)) = (env::var("LMSYNC_SUBDOMAIN"), env::var("LMSYNC_TOKEN")) {
        let connector = SuperOpsConfig::new(subdomain, token).connect()?;
        return Ok((Arc::new(connector), None));
    }
    let simulators = Simulators::start().await?;
    let account = simulators.accounts.first().ok_or("there is no simulator")?;
    Ok((account.connect()?, Some(simulators)))
}
