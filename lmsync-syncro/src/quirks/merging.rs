//! The fate of properties that a change does not send.
//!
//! Syncro's reference is silent, and clients rely on their staying. So a change sends its dates alone,
//! and what the asset held before is remembered until it is read again: where the other properties
//! are gone, Syncro replaced the map, and they are put back.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::update::Record;
use crate::config::PropertiesSent;
use crate::wire::AssetUpdate;

/// The behaviour of an account, as far as it is known, and changes that have to be looked at yet.
#[derive(Debug)]
pub(crate) struct Merging {
    configured: PropertiesSent,
    /// Syncro was seen to drop what is not sent.
    replaces: AtomicBool,
    /// Assets that were changed and not read since, by their ids.
    changed: Mutex<BTreeMap<String, Before>>,
}

/// An asset before a change.
#[derive(Debug)]
pub(crate) struct Before {
    record: Record,
    /// The properties that were sent.
    dates: Vec<String>,
}

impl Before {
    /// The properties that `now` has no more, though nobody sent them.
    pub(crate) fn lost_in(&self, now: &Record) -> Vec<&str> {
        self.record.lost_in(now, &self.dates)
    }

    /// The update that puts them back, where the asset is `now`.
    pub(crate) fn put_back<'r>(&'r self, now: &'r Record) -> AssetUpdate<'r> {
        now.with_those_of(&self.record)
    }
}

impl Merging {
    pub(crate) fn new(configured: PropertiesSent) -> Self {
        Self {
            configured,
            replaces: AtomicBool::new(false),
            changed: Mutex::default(),
        }
    }

    /// The properties that the next change has to send.
    pub(crate) fn sent(&self) -> PropertiesSent {
        match self.replaces.load(Ordering::Relaxed) {
            true => PropertiesSent::All,
            false => self.configured,
        }
    }

    /// Notes that `update` is on its way to asset `id`, which was `record` before.
    pub(crate) fn begin(&self, id: &str, record: &Record, update: &AssetUpdate<'_>) {
        let dates = update.properties.keys().map(|key| (*key).to_owned());
        let before = Before {
            dates: dates.collect(),
            record: record.clone(),
        };
        self.remember(id, before);
    }

    /// Forgets a change that was not made: whatever is gone later is another's doing.
    pub(crate) fn forget(&self, id: &str) {
        self.changed().remove(id);
    }

    /// Asset `id` as it was before a change that nobody has looked at yet.
    pub(crate) fn take(&self, id: &str) -> Option<Before> {
        self.changed().remove(id)
    }

    /// Leaves `before` to the next reading of asset `id`.
    pub(crate) fn remember(&self, id: &str, before: Before) {
        self.changed().insert(id.to_owned(), before);
    }

    /// Notes that Syncro dropped what was not sent.
    pub(crate) fn note_replacing(&self) {
        self.replaces.store(true, Ordering::Relaxed);
    }

    fn changed(&self) -> MutexGuard<'_, BTreeMap<String, Before>> {
        self.changed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
