//! Journal of a run.

use std::path::{Path, PathBuf};

use lmsync::store::{AccountKey, StoreLocation};
use lmsync::two_way::{FileJournal, History, Journal};
use lmsync::{ConnectorInfo, Error};
use lmsync_testkit::MemoryJournal;

use crate::support::problem::{Problem, tell};

/// The place of a journal.
#[derive(Debug)]
pub(crate) enum JournalPlace {
    /// A file of JSON lines.
    File(PathBuf),
    /// A store's own table.
    Store(StoreLocation),
}

/// The journal of a run, and what earlier runs left in it.
#[derive(Debug)]
pub(crate) struct Record {
    /// `None` in a run that writes nothing.
    journal: Option<Box<dyn Journal>>,
    history: History,
}

impl JournalPlace {
    /// The place that `text` names: a store where it begins as that of a database does, else a file.
    pub(crate) fn of(text: &Path) -> Result<Self, Problem> {
        let location = text.to_str();
        match location.filter(|text| StoreLocation::is_meant_by(text)) {
            None => Ok(Self::File(text.to_owned())),
            Some(location) => match location.parse() {
                // Opening one would make its folder.
                Ok(location @ StoreLocation::Parquet(_)) => Err(keeps_none(&location)),
                Ok(location) => Ok(Self::Store(location)),
                Err(error) => Err(Problem::of("--journal", &error)),
            },
        }
    }
}

impl Record {
    /// The journal of `accounts` at `place`; a run that does not `apply` only reads it.
    pub(crate) async fn open(
        place: Option<&JournalPlace>,
        accounts: &[&ConnectorInfo],
        apply: bool,
    ) -> Result<Self, Problem> {
        match place {
            Some(JournalPlace::File(path)) => Self::in_file(path, accounts, apply),
            Some(JournalPlace::Store(location)) => Self::in_store(location, accounts, apply).await,
            None if apply => {
                tell(
                    "note",
                    "without --journal, this run cannot be undone, nor gone on with once it is interrupted",
                );
                Ok(Self {
                    journal: Some(Box::new(MemoryJournal::default())),
                    history: History::default(),
                })
            }
            None => Ok(Self::reading(History::default())),
        }
    }

    fn in_file(path: &Path, accounts: &[&ConnectorInfo], apply: bool) -> Result<Self, Problem> {
        let problem = |error: Error| Problem::of("the command line", &error);
        if !apply {
            let history = FileJournal::read(path, accounts).map_err(problem)?;
            return Ok(Self::reading(history));
        }
        let opened = FileJournal::open(path, accounts).map_err(problem)?;
        if let Some(torn) = opened.torn {
            let note = format!("the journal's last line was cut off, and taken out: {torn}");
            tell("note", &note);
        }
        Ok(Self {
            journal: Some(Box::new(opened.journal)),
            history: opened.history,
        })
    }

    async fn in_store(
        location: &StoreLocation,
        accounts: &[&ConnectorInfo],
        apply: bool,
    ) -> Result<Self, Problem> {
        let problem = |error: Error| Problem::of(format_args!("--journal {location}"), &error);
        // A plan writes nothing, and opening would.
        if !apply && location.is_missing() {
            return Ok(Self::reading(History::default()));
        }
        let store = location.open().await.map_err(problem)?;
        let Some(journals) = store.journals() else {
            return Err(keeps_none(location));
        };
        let accounts: Vec<AccountKey> = accounts.iter().copied().map(AccountKey::from).collect();
        let journal = match apply {
            true => Some(journals.open_journal(&accounts).await.map_err(problem)?),
            false => None,
        };
        let history = journals.read_journal(&accounts).await.map_err(problem)?;
        Ok(Self { journal, history })
    }

    fn reading(history: History) -> Self {
        Self {
            journal: None,
            history,
        }
    }

    pub(crate) fn journal(&self) -> Option<&dyn Journal> {
        self.journal.as_deref()
    }

    pub(crate) fn history(&self) -> &History {
        &self.history
    }

    /// Both parts, for finding out what became of open attempts.
    pub(crate) fn parts(&mut self) -> (Option<&dyn Journal>, &mut History) {
        (self.journal.as_deref(), &mut self.history)
    }
}

/// The problem of a store that keeps no journals.
fn keeps_none(location: &StoreLocation) -> Problem {
    Problem::new(format_args!("--journal {location}"), "it keeps no journals")
        .hint("name a file, sqlite:FILE or postgres://USER@HOST/DATABASE")
}
