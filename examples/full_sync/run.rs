//! One run, from the set-up to the exit status.

use std::process::ExitCode;

use lmsync::{ConnectorConfig, Vendors};

use crate::options::Options;
use crate::output::Output;
use crate::progress::Progress;
use crate::report::ReportFile;
use crate::support::problem::{Problem, refuse};
use crate::support::setup::Setup;
use crate::sync::{self, Interrupt, Outcome};
use crate::table;

/// Reads all accounts of `vendors` that `options` name.
pub(crate) async fn run(vendors: &Vendors, options: &Options) -> ExitCode {
    match sync_all(vendors, options).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(problems) => refuse(&problems),
    }
}

/// Tells whether everything is complete and written.
///
/// # Errors
/// The problems of the set-up.
async fn sync_all(vendors: &Vendors, options: &Options) -> Result<bool, Vec<Problem>> {
    // Whatever can be found wrong is found before the first request, and before
    // a good file of the last run is overwritten.
    let config = options.config.as_deref();
    let setup = Setup::new(vendors, config, ConnectorConfig::connect_in).await?;
    let (lines, output) =
        Output::open(options.output.as_deref()).map_err(|problem| vec![problem])?;
    let report = ReportFile::create(options.report.as_deref()).map_err(|problem| vec![problem])?;

    let progress = Progress::new(options.quiet || options.fills_the_terminal());
    let interrupt = Interrupt::new(&lines);
    let mut outcomes = sync::all(
        &setup.connectors,
        &options.query(),
        lines,
        &progress,
        interrupt,
    )
    .await;
    progress.clear();

    let written = output.finish().await;
    if written.is_err() {
        outcomes.iter_mut().for_each(Outcome::lose_output);
    }
    let reported = report.write(&outcomes);
    table::show(&outcomes, options.quiet);
    let saved = [written, reported];
    for error in saved.iter().filter_map(|result| result.as_ref().err()) {
        table::complain(error);
    }
    let complete = outcomes.iter().all(|outcome| outcome.report.complete);
    Ok(complete && saved.iter().all(Result::is_ok))
}
