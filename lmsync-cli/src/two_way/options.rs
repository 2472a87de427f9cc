//! The command line.

use std::path::PathBuf;

use clap::{Parser, ValueEnum};
use lmsync::two_way::{DateField, DateFields, FileJournal, PlanRules, Policy};

use super::record::JournalPlace;
use crate::support::problem::Problem;
use crate::support::same_file::OptionFile;

/// The files of a journal in a store, by the option that names it.
const JOURNAL_FILES: [&str; 3] = [
    "--journal",
    "the `-wal` file of --journal",
    "the `-shm` file of --journal",
];

/// Plan purchase and warranty dates to write back; write them only with --apply
#[derive(Debug, Parser)]
pub(crate) struct Options {
    /// Accounts to write to, as TOML; without it, embedded simulators with a demo fleet
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,

    /// Dates as JSON lines; without it, made-up ones for the embedded simulators
    #[arg(long, value_name = "FILE", conflicts_with = "undo")]
    pub(crate) dates: Option<PathBuf>,

    /// The fields that are enabled, joined by commas; none unless named
    #[arg(long, value_name = "FIELDS", value_enum, value_delimiter = ',')]
    fields: Vec<Field>,

    /// Rule for a date where the vendor holds another one
    #[arg(long, value_name = "POLICY", value_enum, default_value = "fill-empty")]
    policy: PolicyName,

    /// Write what is planned; without it nothing is written
    #[arg(long)]
    pub(crate) apply: bool,

    /// Write the plan as JSON lines; `-` is standard output
    #[arg(long, value_name = "FILE")]
    pub(crate) plan: Option<PathBuf>,

    /// Record every attempted write, and go on where an earlier run stopped: in a file of JSON lines, or in a
    /// store, sqlite:FILE or postgres://USER@HOST/DATABASE
    #[arg(long, value_name = "FILE")]
    journal: Option<PathBuf>,

    /// Plan the way back of what the journal has, in place of dates
    #[arg(long, requires = "journal")]
    pub(crate) undo: bool,
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
    /// The place of the journal that is named.
    pub(crate) fn journal(&self) -> Result<Option<JournalPlace>, Problem> {
        self.journal.as_deref().map(JournalPlace::of).transpose()
    }

    /// The files that are named, by `journal` too.
    pub(crate) fn files<'f>(&'f self, journal: Option<&'f JournalPlace>) -> Vec<OptionFile<'f>> {
        let mut files = vec![
            OptionFile::input("--config", self.config.as_deref()),
            OptionFile::input("--dates", self.dates.as_deref()),
            OptionFile::output("--plan", self.plan.as_deref()),
        ];
        match journal {
            Some(JournalPlace::File(path)) => {
                let pending = FileJournal::pending_path(path);
                files.push(OptionFile::input("--journal", Some(path.as_path())));
                files.push(OptionFile::input(
                    "the `.pending` file of --journal",
                    Some(pending),
                ));
            }
            Some(JournalPlace::Store(location)) => {
                files.extend(OptionFile::of_store(&JOURNAL_FILES, Some(location)));
            }
            None => {}
        }
        files.into_iter().flatten().collect()
    }

    /// Tells whether no field is enabled.
    pub(crate) fn enables_nothing(&self) -> bool {
        self.fields.is_empty()
    }

    /// The rules to plan by; `None` where the way back is planned.
    pub(crate) fn rules(&self) -> Option<PlanRules> {
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
