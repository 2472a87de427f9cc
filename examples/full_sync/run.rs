//! One run, from the set-up to the exit status.

use std::path::Path;
use std::process::ExitCode;

use lmsync::{ConnectorConfig, Vendors};

use crate::options::Options;
use crate::output::Output;
use crate::progress::Progress;
use crate::report::ReportFile;
use crate::support::problem::{Problem, refuse, tell};
use crate::support::same_file::refuse_same;
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
    // a file is opened for writing.
    refuse_same(&options.files())?;
    let config = options.config.as_deref();
    let setup = Setup::new(vendors, config, ConnectorConfig::connect_in).await?;
    if !options.quiet {
        setup.warn();
    }
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
        interrupt.clone(),
    )
    .await;
    progress.clear();

    let reason = reason_to_leave(interrupt, &outcomes, options.output.as_deref());
    let written = match reason {
        Some(reason) => output.leave(reason).await,
        None => output.finish().await,
    };
    if written.is_err() {
        let reason = reason.unwrap_or(sync::OUTPUT_CLOSED);
        outcomes
            .iter_mut()
            .for_each(|outcome| outcome.lose_output(reason));
    }
    let reported = report.write(&outcomes);
    table::show(&outcomes, options.quiet);
    let saved = [written, reported];
    for error in saved.iter().filter_map(|result| result.as_ref().err()) {
        tell("error", error);
    }
    let complete = outcomes.iter().all(|outcome| outcome.report.complete);
    Ok(complete && saved.iter().all(Result::is_ok))
}

/// Why the output of the last run is better than that of this one, if it is.
fn reason_to_leave(
    interrupt: Interrupt,
    outcomes: &[Outcome],
    output: Option<&Path>,
) -> Option<&'static str> {
    let is_nothing = outcomes
        .iter()
        .all(|outcome| !outcome.report.complete && outcome.report.records() == 0);
    match interrupt.signal() {
        Some(signal) => Some(signal),
        None if is_nothing && output.is_some_and(|path| path.is_file()) => {
            Some("no account could be read")
        }
        None => None,
    }
}
