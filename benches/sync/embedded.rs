//! The program that somebody writes who embeds lmsync: accounts' assets as JSON lines.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::sync::Arc;

use futures_util::{StreamExt, TryFutureExt, future};
use lmsync::model::Asset;
use lmsync::{AssetQuery, Connector, Detail, Environment, SystemClock, Vendors};
use lmsync_store::{Pass, PassOptions, StoreLocation};
use serde_json::Value;

use crate::Result;

/// Opens `accounts` on one environment.
pub(crate) fn open(accounts: Vec<Value>) -> Result<Vec<Arc<dyn Connector>>> {
    let (vendors, environment) = (Vendors::built_in(), Environment::system()?);
    let open =
        |keys| -> Result<Arc<dyn Connector>> { Ok(vendors.read(keys)?.connect_in(&environment)?) };
    accounts.into_iter().map(open).collect()
}

/// Reads all accounts at once, the first into `output`, each other into a file beside it; an
/// incomplete one is an error.
pub(crate) async fn sync(accounts: Vec<Value>, detail: Detail, output: &Path) -> Result<u64> {
    let connectors = open(accounts)?;
    let all = connectors.iter().enumerate().map(|(place, connector)| {
        let file = output.with_extension(place.to_string());
        async move { read(&**connector, detail, &file).await }.map_err(|error| error.to_string())
    });
    let written = future::try_join_all(all).await?;
    Ok(written.iter().sum())
}

async fn read(connector: &dyn Connector, detail: Detail, output: &Path) -> Result<u64> {
    let mut file = BufWriter::new(File::create(output)?);
    let mut assets = connector.assets(AssetQuery::new().detail(detail));
    while let Some(asset) = assets.next().await {
        serde_json::to_writer(&mut file, &asset?)?;
        file.write_all(b"\n")?;
    }
    file.flush()?;
    let summary = assets.summary();
    match summary.incomplete_reason {
        Some(reason) => Err(reason.into()),
        None => Ok(summary.kept),
    }
}

/// Reads the assets of `account` into the store at `location`; returns the number of rows that were
/// inserted or changed.
pub(crate) async fn store(account: Value, location: &str) -> Result<u64> {
    let location: StoreLocation = location.parse()?;
    let store = location.open().await?;
    let options = PassOptions::new(AssetQuery::new());
    let mut rows = 0;
    let connectors = open(vec![account])?;
    for connector in connectors {
        let clock = Arc::new(SystemClock::new());
        let mut pass = Pass::<Asset>::begin(&*store, &*connector, &options, clock).await?;
        pass.read(|_, _| ()).await;
        let outcome = pass.end().await;
        let landed = match (outcome.landed, outcome.error) {
            (Some(landed), None) if outcome.summary.complete => landed,
            (_, error) => return Err(format!("the pass is not complete: {error:?}").into()),
        };
        rows += landed.inserted + landed.changed;
    }
    Ok(rows)
}
