//! A pass that has not ended.

use lmsync_core::listing::Checkpoint;
use serde::{Deserialize, Serialize};

use crate::landed::Landed;
use crate::pass_id::PassId;
use crate::totals::Totals;

/// A pass that has not ended, in a form that can be stored: it is resumed from here.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SavedPass {
    /// Its name, which a resumed pass keeps.
    pub pass_id: PassId,
    /// Set if only a part of the stream was asked for.
    pub filtered: bool,
    /// The place of the listing up to which its records have landed.
    pub checkpoint: Checkpoint,
    /// The records that landed so far.
    pub landed: Landed,
    /// Totals of the listing so far, and of the listings that it was resumed from.
    pub totals: Totals,
}

impl SavedPass {
    /// The pass `pass_id` over all of a stream, of whose listing everything up to `checkpoint` has landed.
    #[must_use]
    pub fn new(pass_id: PassId, checkpoint: Checkpoint) -> Self {
        Self {
            pass_id,
            filtered: false,
            checkpoint,
            landed: Landed::default(),
            totals: Totals::default(),
        }
    }

    /// Its JSON once a batch has landed, too, of which `landed` are the counts.
    #[cfg(any(feature = "postgres", feature = "sqlite"))]
    pub(crate) fn json_with(&self, landed: Landed) -> Option<String> {
        let mut saved = self.clone();
        saved.landed += landed;
        // A pass that could not be written down could not be gone on with, and that is all.
        serde_json::to_string(&saved).ok()
    }
}
