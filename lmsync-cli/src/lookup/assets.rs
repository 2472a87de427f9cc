//! Assets to look up: of the accounts, or of a file.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

use futures_util::StreamExt;
use futures_util::future::join_all;
use lmsync::model::Asset;
use lmsync::{Accounts, AssetQuery, Connector};
use serde::Deserialize;
use serde_json::Value;

use crate::support::problem::{Problem, tell};

/// Assets, and whether they are all that there are.
#[derive(Debug, Default)]
pub(crate) struct Assets {
    pub(crate) assets: Vec<Asset>,
    pub(crate) is_complete: bool,
}

impl Assets {
    /// The assets of all accounts, which are read at once. What keeps one from being complete is told.
    pub(crate) async fn of_accounts(accounts: &Accounts) -> Self {
        let read = join_all(accounts.connectors().map(|it| read(it.as_ref()))).await;
        Self {
            is_complete: read.iter().all(|one| one.is_complete),
            assets: read.into_iter().flat_map(|one| one.assets).collect(),
        }
    }

    /// The assets of the file `path`, JSON lines as `sync` writes them, where `-` is standard input. A line that cannot
    /// be read is told, and skipped.
    ///
    /// # Errors
    /// The problem of a file that cannot be read.
    pub(crate) fn of_file(path: &Path) -> Result<Self, Problem> {
        let name = path.display();
        let problem = |error: io::Error| Problem::new(&name, error);
        let input: Box<dyn BufRead> = match path.as_os_str() == "-" {
            true => Box::new(io::stdin().lock()),
            false => Box::new(BufReader::new(File::open(path).map_err(problem)?)),
        };
        let mut all = Self {
            assets: Vec::new(),
            is_complete: true,
        };
        for (number, line) in (1..).zip(input.split(b'\n')) {
            let line = line.map_err(problem)?;
            match asset_of(line.trim_ascii()) {
                Ok(asset) => all.assets.extend(asset.map(slim)),
                Err(why) => {
                    tell(
                        "error",
                        &format!("{name}, line {number}, is skipped: {why}"),
                    );
                    all.is_complete = false;
                }
            }
        }
        Ok(all)
    }
}

async fn read(connector: &dyn Connector) -> Assets {
    let mut listing = connector.assets(AssetQuery::new());
    let mut assets = Vec::new();
    let mut error = None;
    while let Some(asset) = listing.next().await {
        match asset {
            Ok(asset) => assets.push(slim(asset)),
            Err(told) => error = Some(told.to_string()),
        }
    }
    let summary = listing.summary();
    let reason = error.or(summary.incomplete_reason);
    if let Some(reason) = &reason {
        let account = &connector.info().instance;
        tell(
            "error",
            &format!("{account}: not all assets were read: {reason}"),
        );
    }
    Assets {
        assets,
        is_complete: reason.is_none(),
    }
}

/// The asset that `line` is; `None` where it is empty, or a record of another kind.
fn asset_of(line: &[u8]) -> Result<Option<Asset>, String> {
    /// The kind of a record.
    #[derive(Deserialize)]
    struct Kind {
        record: Value,
    }
    if line.is_empty() {
        return Ok(None);
    }
    let kind: Kind = serde_json::from_slice(line).map_err(|error| error.to_string())?;
    match kind.record.as_str() {
        Some("asset") => serde_json::from_slice(line)
            .map(Some)
            .map_err(|it| it.to_string()),
        Some(_) => Ok(None),
        None => Err("`record` names no kind".to_owned()),
    }
}

/// `asset` without what no lookup needs: a large account's are all kept until makers have answered.
fn slim(mut asset: Asset) -> Asset {
    asset.source.raw = None;
    asset.disks = Vec::new();
    asset.software = None;
    asset.custom_fields.clear();
    asset.network.adapters = Vec::new();
    asset.identity = Vec::new();
    asset.issues = Vec::new();
    asset
}
