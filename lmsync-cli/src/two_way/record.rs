//! Where a run records what it attempts.

use std::path::Path;

use lmsync::ConnectorInfo;
use lmsync::two_way::{FileJournal, History, Journal};
use lmsync_testkit::MemoryJournal;

use crate::support::problem::{Problem, tell};

/// The journal of a run, and what earlier runs left in it.
#[derive(Debug)]
pub(crate) struct Record {
    /// `None` in a run that writes nothing.
    journal: Option<Box<dyn Journal>>,
    history: History,
}

impl Record {
    /// The journal of `accounts` in the file `path`; a run that does not `apply` only reads it.
    pub(crate) fn open(
        path: Option<&Path>,
        accounts: &[&ConnectorInfo],
        apply: bool,
    ) -> Result<Self, Problem> {
        let problem = |error| Problem::of("the command line", &error);
        match (path, apply) {
            (None, false) => Ok(Self::reading(History::default())),
            (Some(path), false) => FileJournal::read(path, accounts)
                .map(Self::reading)
                .map_err(problem),
            (None, true) => {
                tell(
                    "note",
                    "without --journal, this run cannot be undone, nor gone on with once it is interrupted",
                );
                Ok(Self {
                    journal: Some(Box::new(MemoryJournal::default())),
                    history: History::default(),
                })
            }
            (Some(path), true) => {
                let opened = FileJournal::open(path, accounts).map_err(problem)?;
                if let Some(torn) = opened.torn {
                    let note =
                        format!("the journal's last line was cut off, and taken out: {torn}");
                    tell("note", &note);
                }
                Ok(Self {
                    journal: Some(Box::new(opened.journal)),
                    history: opened.history,
                })
            }
        }
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
