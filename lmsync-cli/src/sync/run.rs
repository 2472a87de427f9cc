//! One run, from the set-up to the exit status.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use futures_util::future::{self, Either, FutureExt};
use lmsync::store::{ReadStore, Store, StoreLocation, write_same_machine};
use lmsync::{Discard, JsonLines, Stop, SyncFailure, SyncOptions, SyncReport, Tee, Vendors};

use super::options::Options;
use super::output::Output;
use super::progress::Progress;
use super::report::ReportFile;
use super::table;
use crate::support::problem::{Problem, refuse, tell};
use crate::support::same_file::refuse_same;
use crate::support::setup::Setup;
use crate::support::stop;

/// The reason to stop where it is none of the vendor's, nor a signal.
const OUTPUT_CLOSED: &str = "the output cannot be written";

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
    let one = |problem| vec![problem];
    // Whatever can be found wrong is found before the first request, and before
    // a file is opened for writing.
    let location = options.location().map_err(one)?;
    refuse_same(&options.files(location.as_ref()))?;
    let setup = Setup::new(vendors, options.config.as_deref()).await?;
    if !options.quiet {
        setup.warn();
    }
    let accounts = match options.shard {
        Some(shard) => setup.accounts.clone().of_shard(shard),
        None => setup.accounts.clone(),
    };
    if let (Some(shard), true, false) = (options.shard, accounts.is_empty(), options.quiet) {
        tell("note", &format!("no account is in the shard {shard}"));
    }
    let (lines, output) = Output::open(options.output.as_deref()).map_err(one)?;
    let report = ReportFile::create(options.report.as_deref()).map_err(one)?;
    let store = match &location {
        Some(location) => Some(open(location).await.map_err(one)?),
        None => None,
    };

    let progress = Progress::new(options.quiet || options.fills_the_terminal());
    let stop = stop_of(lines.as_ref());
    let asked = SyncOptions::new()
        .query(options.query())
        .accept_shrink(options.accept_shrink)
        .stop(stop.clone());
    let asked = progress.of(&accounts, asked);
    let mut reports = accounts.sync(&asked, place(store.clone(), lines)).await;
    progress.clear();

    let reason = reason_to_leave(&stop, &reports, options.output.as_deref());
    let written = match &reason {
        Some(reason) => output.leave(reason).await,
        None => output.finish().await,
    };
    if written.is_err() {
        let reason = reason.as_deref().unwrap_or(OUTPUT_CLOSED);
        reports
            .iter_mut()
            .for_each(|report| lose_output(report, reason));
    }
    let reported = report.write(&reports);
    table::show(&reports, options.quiet);
    let correlated = match &store {
        Some(store) if stop.reason().is_none() => correlate(&**store, &reports).await,
        _ => Ok(()),
    };
    let saved = [written, reported, correlated];
    for error in saved.iter().filter_map(|result| result.as_ref().err()) {
        tell("error", error);
    }
    Ok(reports.iter().all(SyncReport::is_ok) && saved.iter().all(Result::is_ok))
}

/// The store at `location`. One that cannot be used is refused before a vendor is asked.
async fn open(location: &StoreLocation) -> Result<Arc<dyn ReadStore>, Problem> {
    match location.open().await {
        Ok(store) => Ok(store),
        Err(error) => {
            let message = format!("{}: {}", error.kind(), error.message());
            let problem = Problem::new(format_args!("--store {location}"), message);
            Err(match error.hint() {
                Some(hint) => problem.hint(hint),
                None => problem,
            })
        }
    }
}

/// Notes in the store which records are one machine, where this run changed any.
async fn correlate(store: &dyn ReadStore, reports: &[SyncReport]) -> Result<(), String> {
    let mut landed = reports.iter().filter_map(|report| report.store);
    if !landed.any(|rows| rows.inserted + rows.changed + rows.deleted > 0) {
        return Ok(());
    }
    let written = write_same_machine(store).await;
    written
        .map(drop)
        .map_err(|error| format!("the table same_machine: {error}"))
}

/// The place of the records.
fn place(store: Option<Arc<dyn ReadStore>>, lines: Option<JsonLines>) -> Arc<dyn Store> {
    match (store, lines) {
        (Some(store), Some(lines)) => Arc::new(Tee::new(store, Arc::new(lines))),
        (Some(store), None) => store,
        (None, Some(lines)) => Arc::new(lines),
        (None, None) => Arc::new(Discard),
    }
}

/// The end of a run that comes early: Ctrl-C, another signal, or an output that takes no more.
fn stop_of(lines: Option<&JsonLines>) -> Stop {
    let closed = match lines {
        Some(lines) => lines.closed().boxed(),
        None => future::pending().boxed(),
    };
    let stopped = stop::listen();
    Stop::when(async move {
        match future::select(stopped, closed).await {
            Either::Left((reason, _)) => reason,
            Either::Right(_) => OUTPUT_CLOSED,
        }
    })
}

/// Why the output of the last run is better than that of this one, if it is.
fn reason_to_leave(stop: &Stop, reports: &[SyncReport], output: Option<&Path>) -> Option<String> {
    let signal = stop.reason().filter(|reason| &**reason != OUTPUT_CLOSED);
    let mut accounts = reports.iter();
    let is_nothing =
        !reports.is_empty() && accounts.all(|report| !report.complete && report.records() == 0);
    match signal {
        Some(signal) => Some(signal.to_string()),
        None if is_nothing && output.is_some_and(Path::is_file) => {
            Some("no account could be read".to_owned())
        }
        None => None,
    }
}

/// Takes back that an account is complete: because of `reason` not every record that was read
/// reached the output.
fn lose_output(report: &mut SyncReport, reason: &str) {
    report.complete = false;
    let error = &mut report.error;
    error.get_or_insert_with(|| SyncFailure::cancelled(reason));
}
