//! The outcome of each account, as `sync --report` writes it.

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::report::fleet::{End, Reading};

/// The members of a report that the page needs; [`SyncReport`](lmsync::SyncReport) has all.
#[derive(Deserialize)]
struct Report {
    connectors: Vec<Connector>,
}

#[derive(Deserialize)]
struct Connector {
    vendor: String,
    instance: String,
    complete: bool,
    assets: u64,
    #[serde(default)]
    filtered_out: u64,
    #[serde(default)]
    rejected: Vec<IgnoredAny>,
    #[serde(default)]
    rejected_more: u64,
    error: Option<Failure>,
}

#[derive(Deserialize)]
struct Failure {
    message: String,
}

/// Reads the report `json` into `fleet`.
///
/// # Errors
/// Those of a text that is no report.
pub(super) fn read(json: &[u8], fleet: &mut Reading) -> serde_json::Result<()> {
    let report: Report = serde_json::from_slice(json)?;
    for connector in report.connectors {
        let end = End {
            is_complete: connector.complete,
            is_filtered: connector.filtered_out > 0,
            rejected: connector.rejected.len() as u64 + connector.rejected_more,
            reason: connector.error.map(|failure| failure.message),
            wrote: Some(connector.assets),
            others: None,
        };
        fleet.end(&connector.vendor, &connector.instance, end);
    }
    Ok(())
}
