//! One run, from the set-up to the exit status.

use std::pin::pin;
use std::process::ExitCode;

use futures_util::future::{Either, select};
use lmsync::dates::{AppliedDates, AssetNames, DateLines, DatesPlan, PlanLine, TwoWayAccounts};
use lmsync::{Stop, Vendors};

use super::demo;
use super::options::Options;
use super::plan_table::first_shown;
use super::record::Record;
use super::shown::Shown;
use crate::support::lines_file::LinesFile;
use crate::support::problem::{Problem, all, refuse, tell};
use crate::support::same_file::refuse_same;
use crate::support::setup::Setup;
use crate::support::stop;

/// Writes the dates of all accounts of `vendors` that `options` name.
pub(crate) async fn run(vendors: &Vendors, options: &Options) -> ExitCode {
    match write_all(vendors, options).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(problems) => refuse(&problems),
    }
}

/// Tells whether everything went well.
///
/// # Errors
/// The problems of the set-up.
async fn write_all(vendors: &Vendors, options: &Options) -> Result<bool, Vec<Problem>> {
    // Whatever can be found wrong is found before the first request, and before a file is
    // opened for writing.
    let one = |problem| vec![problem];
    let journal = options.journal().map_err(one)?;
    refuse_same(&options.files(journal.as_ref()))?;
    let config = options.config.as_deref();
    let setup = Setup::new(vendors, config).await?;
    setup.warn();
    let accounts = setup.accounts.two_way().map_err(all)?;
    let dates = read_dates(options)?;
    let plan_file = LinesFile::create(options.plan.as_deref()).map_err(one)?;
    let infos = accounts.infos();
    let record = Record::open(journal.as_ref(), &infos, options.apply);
    let mut record = record.await.map_err(one)?;

    let stop = Stop::when(stop::listen());
    let shown = Shown::new(options.plan.as_deref());
    let (planned, names) = {
        let planning = pin!(plan(&accounts, dates, &mut record, options));
        match select(planning, stop.wait()).await {
            Either::Left((planned, _)) => planned,
            Either::Right((reason, _)) => {
                tell("error", &format!("{reason}: no date was written"));
                if let Err(left) = plan_file.leave(&reason) {
                    tell("error", &left);
                }
                return Ok(false);
            }
        }
    };
    let lines = &planned.lines;
    let saved = plan_file.write(lines);
    let problems: Vec<Problem> = planned.problems.iter().map(Problem::from).collect();
    shown.problems(problems.iter().chain(saved.as_ref().err()));
    let mut is_told = shown.plan(lines, &names, options);
    let mut went_well =
        problems.is_empty() && saved.is_ok() && !lines.iter().any(PlanLine::has_failed);
    if let Some(journal) = record.journal() {
        let applying = pin!(accounts.apply(planned.accounts, journal, &stop));
        let applied = match select(applying, pin!(second(&stop))).await {
            Either::Left((applied, _)) => applied,
            Either::Right((reason, _)) => {
                tell("error", &format!("{reason}: {AT_ONCE}"));
                return Ok(false);
            }
        };
        is_told = is_told && shown.outcomes(&applied);
        went_well = went_well && applied.iter().all(AppliedDates::is_done);
    }
    Ok(went_well && is_told)
}

/// The end of a write that is under way when a second signal comes.
const AT_ONCE: &str = "a write that was under way may have been made; the next run with the same \
                       --journal finds out";

/// Waits for a signal after the one that `stop` is about.
async fn second(stop: &Stop) -> &'static str {
    stop.wait().await;
    stop::listen().await
}

/// Finds out what earlier runs left open and plans what is wanted; reads, and writes to no vendor.
async fn plan(
    accounts: &TwoWayAccounts,
    dates: Option<DateLines>,
    record: &mut Record,
    options: &Options,
) -> (DatesPlan, AssetNames) {
    let mut problems = match record.parts() {
        (Some(journal), history) => accounts.recover(journal, history).await,
        (None, _) => Vec::new(),
    };
    let history = record.history();
    let mut planned = match (options.rules(), dates) {
        (None, _) => accounts.plan_undo(history).await,
        (Some(rules), Some(dates)) => {
            let targets = accounts.find(dates).await;
            accounts.plan(targets, &rules, history).await
        }
        (Some(rules), None) => {
            let targets = demo::targets(accounts).await;
            accounts.plan(targets, &rules, history).await
        }
    };
    problems.append(&mut planned.problems);
    planned.problems = problems;
    // Names cost requests: they are for a plan that somebody reads, and not for a run that writes.
    let names = match options.apply {
        true => AssetNames::default(),
        false => accounts.names(&first_shown(&planned.lines)).await,
    };
    (planned, names)
}

/// The dates of the file; `None` where they come from elsewhere.
fn read_dates(options: &Options) -> Result<Option<DateLines>, Vec<Problem>> {
    match &options.dates {
        Some(path) => DateLines::read(path)
            .map(Some)
            .map_err(|error| vec![Problem::of(path.display(), &error)]),
        None if options.config.is_some() && !options.undo => Err(vec![
            Problem::new("the command line", "no dates are given").hint(
                "name a file with --dates: {\"serial\":…,\"warranty_expiry\":…,\"source\":\"lookup\"} on each line",
            ),
        ]),
        None => Ok(None),
    }
}
