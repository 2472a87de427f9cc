//! Writes purchase and warranty dates back: plans first, and writes only when told to.
//!
//! ```sh
//! cargo run --example two_way_sync -- --fields purchase_date,warranty_expiry
//! cargo run --example two_way_sync -- --config accounts.toml --dates dates.jsonl \
//!     --fields warranty_expiry --journal journal.jsonl --apply
//! ```
//!
//! A run that is interrupted ends the write that is under way and begins no other; a second signal ends
//! it at once. Whatever was left open, the next run with the same journal finds out.
//!
//! The exit status is 0 when every date was planned and, with `--apply`, every planned
//! one written; 1 when one could not be; 2 when the command line, the configuration or
//! a file is wrong.

mod account;
mod dates;
mod demo;
mod lines;
mod record;
mod table;
mod targets;
mod until_stopped;

#[path = "../support"]
mod support {
    pub(crate) mod config;
    pub(crate) mod problem;
    pub(crate) mod same_file;
    pub(crate) mod setup;
    pub(crate) mod simulators;
    pub(crate) mod stdout;
    pub(crate) mod stop;
    pub(crate) mod tables;
    pub(crate) mod text;
    pub(crate) mod whole_file;
}

use std::collections::HashSet;
use std::path::PathBuf;
use std::pin::pin;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Parser, ValueEnum};
use futures_util::future::{Either, select};
use lmsync::two_way::{ApplyReport, DateField, DateFields, FileJournal, PlanRules, Policy};
use lmsync::{ConnectorConfig, TwoWaySync, Vendors};

use self::account::{Changes, Work};
use self::dates::Dates;
use self::lines::{PlanFile, PlanLine};
use self::record::Record;
use self::support::problem::{Problem, refuse, tell};
use self::support::same_file::{OptionFile, refuse_same};
use self::support::setup::Setup;
use self::table::Shown;
use self::targets::Targets;
use self::until_stopped::{Stop, UntilStopped};

/// Plan purchase and warranty dates to write back; write them only with --apply
#[derive(Debug, Parser)]
struct Options {
    /// Accounts to write to, as TOML; without it, embedded simulators with a demo fleet
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// Dates as JSON lines; without it, made-up ones for the embedded simulators
    #[arg(long, value_name = "FILE", conflicts_with = "undo")]
    dates: Option<PathBuf>,

    /// The fields that are enabled, joined by commas; none unless named
    #[arg(long, value_name = "FIELDS", value_enum, value_delimiter = ',')]
    fields: Vec<Field>,

    /// What a date may do to another one that the vendor holds
    #[arg(long, value_name = "POLICY", value_enum, default_value = "fill-empty")]
    policy: PolicyName,

    /// Write what is planned; without it nothing is written
    #[arg(long)]
    apply: bool,

    /// Write the plan as JSON lines; `-` is standard output
    #[arg(long, value_name = "FILE")]
    plan: Option<PathBuf>,

    /// Record every attempted write as a JSON line, and go on where an earlier run stopped
    #[arg(long, value_name = "FILE")]
    journal: Option<PathBuf>,

    /// Plan the way back of what the journal has, in place of dates
    #[arg(long, requires = "journal")]
    undo: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
#[value(rename_all = "snake_case")]
enum Field {
    PurchaseDate,
    WarrantyExpiry,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum PolicyName {
    FillEmpty,
    NeverShorten,
    Replace,
}

impl Options {
    /// The files that are named.
    fn files(&self) -> Vec<OptionFile<'_>> {
        let pending = self.journal.as_ref().map(FileJournal::pending_path);
        let files = [
            OptionFile::input("--config", self.config.as_deref()),
            OptionFile::input("--dates", self.dates.as_deref()),
            OptionFile::output("--plan", self.plan.as_deref()),
            OptionFile::input("--journal", self.journal.as_deref()),
            OptionFile::input("the `.pending` file of --journal", pending),
        ];
        files.into_iter().flatten().collect()
    }

    /// The rules to plan by; `None` where the way back is planned.
    fn rules(&self) -> Option<PlanRules> {
        if self.undo {
            return None;
        }
        let fields = self.fields.iter().fold(DateFields::NONE, |fields, field| {
            fields.with(match field {
                Field::PurchaseDate => DateField::PurchaseDate,
                Field::WarrantyExpiry => DateField::WarrantyExpiry,
            })
        });
        let policy = match self.policy {
            PolicyName::FillEmpty => Policy::FillEmpty,
            PolicyName::NeverShorten => Policy::NeverShorten,
            PolicyName::Replace => Policy::Replace,
        };
        Some(PlanRules::new().enable(fields).policy(policy))
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let options = Options::parse();
    match run(&Vendors::built_in(), &options).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(problems) => refuse(&problems),
    }
}

/// Writes the dates of all accounts of `vendors` that `options` name, and tells whether
/// everything went well.
///
/// # Errors
/// The problems of the set-up.
async fn run(vendors: &Vendors, options: &Options) -> Result<bool, Vec<Problem>> {
    // Whatever can be found wrong is found before the first request, and before a file is
    // opened for writing.
    refuse_same(&options.files())?;
    let config = options.config.as_deref();
    let setup = Setup::new(vendors, config, ConnectorConfig::connect_two_way_in).await?;
    setup.warn();
    require_own_names(&setup.connectors)?;
    let dates = read_dates(options)?;
    let one = |problem| vec![problem];
    let plan_file = PlanFile::create(options.plan.as_deref()).map_err(one)?;
    let accounts: Vec<_> = setup.connectors.iter().map(|one| one.info()).collect();
    let journal = options.journal.as_deref();
    let mut record = Record::open(journal, &accounts, options.apply).map_err(one)?;

    let stop = Stop::listening();
    let shown = Shown::new(options.plan.as_deref());
    let work = Work::new(&setup.connectors, options.rules());
    let planned = {
        let planning = pin!(plan(&work, dates, &setup.connectors, &mut record, options));
        match select(planning, stop.waiting()).await {
            Either::Left((planned, _)) => planned,
            Either::Right((reason, _)) => {
                tell("error", &format!("{reason}: no date was written"));
                if let Err(left) = plan_file.leave(reason) {
                    tell("error", &left);
                }
                return Ok(false);
            }
        }
    };
    let lines = &planned.lines;
    let saved = plan_file.write(lines);
    shown.problems(planned.problems.iter().chain(saved.as_ref().err()));
    let mut is_told = shown.plan(lines, options);
    let mut went_well =
        planned.problems.is_empty() && saved.is_ok() && !lines.iter().any(PlanLine::has_failed);
    if let Some(journal) = record.journal() {
        let journal = UntilStopped::new(journal, stop.clone());
        let applying = pin!(work.apply(planned.changes, &journal));
        let reports = match select(applying, stop.waiting_again()).await {
            Either::Left((reports, _)) => reports,
            Either::Right((reason, _)) => {
                tell("error", &format!("{reason}: {AT_ONCE}"));
                return Ok(false);
            }
        };
        is_told = is_told && shown.outcomes(&reports);
        went_well = went_well && reports.iter().all(is_done);
    }
    Ok(went_well && is_told)
}

/// The end of a write that is under way when a second signal comes.
const AT_ONCE: &str = "a write that was under way may have been made; the next run with the same \
                       --journal finds out";

fn is_done((_, report): &(String, lmsync::Result<ApplyReport>)) -> bool {
    report.as_ref().is_ok_and(ApplyReport::is_done)
}

/// A plan for all accounts.
struct Planned {
    lines: Vec<PlanLine>,
    changes: Changes,
    problems: Vec<Problem>,
}

/// Finds out what earlier runs left open and plans what is wanted; reads, and writes to no vendor.
async fn plan(
    work: &Work<'_>,
    dates: Option<Dates>,
    connectors: &[Arc<dyn TwoWaySync>],
    record: &mut Record,
    options: &Options,
) -> Planned {
    let mut problems = work.recover(record).await;
    let mut targets = match dates {
        Some(dates) => Targets::find(dates, connectors).await,
        None if options.undo => Targets::journalled(record.history(), connectors),
        None => demo::targets(connectors).await,
    };
    problems.append(&mut targets.problems);
    let (lines, changes) = work.plan(&targets, record.history()).await;
    Planned {
        lines,
        changes,
        problems,
    }
}

/// The dates of the file; `None` where they come from elsewhere.
fn read_dates(options: &Options) -> Result<Option<Dates>, Vec<Problem>> {
    match &options.dates {
        Some(path) => Dates::read(path).map(Some).map_err(|problem| vec![problem]),
        None if options.config.is_some() && !options.undo => Err(vec![
            Problem::new("the command line", "no dates are given").hint(
                "name a file with --dates: {\"serial\":…,\"warranty_expiry\":…,\"source\":\"lookup\"} on each line",
            ),
        ]),
        None => Ok(None),
    }
}

/// A file of dates tells accounts apart by their names alone.
fn require_own_names(connectors: &[Arc<dyn TwoWaySync>]) -> Result<(), Vec<Problem>> {
    let mut names = HashSet::new();
    let problems: Vec<Problem> = connectors
        .iter()
        .map(|connector| connector.info().instance.as_str())
        .filter(|name| !names.insert(*name))
        .map(|name| {
            Problem::new(name, "two accounts have this instance name")
                .hint("give each a `name` of its own: dates and journals go by it")
        })
        .collect();
    if problems.is_empty() {
        Ok(())
    } else {
        Err(problems)
    }
}
