//! A journal that a test can look into.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use lmsync_core::Result;
use lmsync_core::two_way::{Attempt, History, Journal, JournalEntry};

/// A journal in memory; clones share it, so that it outlives a run that is dropped.
#[derive(Debug, Clone, Default)]
pub struct MemoryJournal(Arc<Mutex<Notes>>);

#[derive(Debug, Default)]
struct Notes {
    entries: Vec<JournalEntry>,
    open: Vec<Attempt>,
}

impl MemoryJournal {
    /// What was recorded so far, oldest first.
    #[must_use]
    pub fn entries(&self) -> Vec<JournalEntry> {
        self.notes().entries.clone()
    }

    /// What the next run finds.
    #[must_use]
    pub fn history(&self) -> History {
        let notes = self.notes();
        History::new(&notes.entries, notes.open.clone())
    }

    fn notes(&self) -> MutexGuard<'_, Notes> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Journal for MemoryJournal {
    async fn begin(&self, attempt: &Attempt) -> Result<()> {
        self.notes().open.push(attempt.clone());
        Ok(())
    }

    async fn finish(&self, entry: &JournalEntry) -> Result<()> {
        let mut notes = self.notes();
        notes.open.retain(|attempt| *attempt != entry.attempt);
        notes.entries.push(entry.clone());
        Ok(())
    }
}
