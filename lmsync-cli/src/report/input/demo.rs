//! The demo fleet of the embedded simulators.

use std::io;
use std::sync::Arc;

use lmsync::{JsonLines, SyncOptions, Vendors};
use serde_json::json;

use super::{lines, sync_report};
use crate::report::fleet::Reading;
use crate::support::problem::Problem;
use crate::support::setup::Setup;

/// Reads the demo fleet into `fleet`.
///
/// # Errors
/// The problems of a machine on which no simulator can be started.
pub(super) async fn read(vendors: &Vendors, fleet: &mut Reading) -> Result<(), Vec<Problem>> {
    let setup = Setup::new(vendors, None).await?;
    let (written, end) = JsonLines::to(Vec::new());
    let reports = setup
        .accounts
        .sync(&SyncOptions::new(), Arc::new(written))
        .await;
    let problem = |error: io::Error| vec![Problem::new("the demo fleet", error)];
    let written = end.await.map_err(problem)?;
    lines::read(written.as_slice(), "the demo fleet", fleet).map_err(problem)?;
    let report = serde_json::to_vec(&json!({ "connectors": reports }));
    let noted = report.and_then(|report| sync_report::read(&report, fleet));
    noted.map_err(|error| problem(error.into()))
}
