//! What somebody writes who embeds lmsync: one account's assets, JSON lines.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use futures_util::StreamExt;
use lmsync::{AssetQuery, Detail, Environment, Vendors};
use serde_json::Value;

use crate::Result;

/// Reads the account that `keys` open into `output`; an incomplete one is an error.
pub(crate) async fn sync(keys: Value, with_detail: bool, output: &Path) -> Result<u64> {
    let config = Vendors::built_in().read(keys)?;
    let connector = config.connect_in(&Environment::system()?)?;
    let mut file = BufWriter::new(File::create(output)?);
    let detail = match with_detail {
        true => Detail::NONE.hardware().software(),
        false => Detail::NONE,
    };
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
