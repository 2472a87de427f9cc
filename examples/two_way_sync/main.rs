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

mod demo;
mod plan_file;
mod record;
mod table;

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

use std::path::PathBuf;
use std::pin::pin;
use std::process::ExitCode;

use clap::{Parser, ValueEnum};
use futures_util::future::{Either, select};
use lmsync::dates::{AppliedDates, DateLines, DatesPlan, PlanLine, TwoWayAccounts};
use lmsync::two_way::{DateField, DateFields, FileJournal, PlanRules, Policy};
use lmsync::{Stop, Vendors};

use self::plan_file::PlanFile;
use self::record::Record;
use self::support::problem::{Problem, all, refuse, tell};
use self::support::same_file::{OptionFile, refuse_same};
use self::support::setup::Setup;
use self::support::stop;
use self::table::Shown;

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
    let setup = Setup::new(vendors, config).await?;
    setup.warn();
    let accounts = setup.accounts.two_way().map_err(all)?;
    let dates = read_dates(options)?;
    let one = |problem| vec![problem];
    let plan_file = PlanFile::create(options.plan.as_deref()).map_err(one)?;
    let journal = options.journal.as_deref();
    let mut record = Record::open(journal, &accounts.infos(), options.apply).map_err(one)?;

    let stop = Stop::when(stop::listen());
    let shown = Shown::new(options.plan.as_deref());
    let planned = {
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
    let mut is_told = shown.plan(lines, options);
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
) -> DatesPlan {
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
    planned
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
