//! The effect of a record on the row that is there.

use lmsync_core::model::Fingerprint;

use crate::landed::Landed;
use crate::pass_id::PassId;

/// A row that is there.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Known {
    pub(crate) fingerprint: Option<Fingerprint>,
    pub(crate) is_deleted: bool,
    /// The pass that met it last.
    pub(crate) last_seen: Option<PassId>,
}

/// The effect of a record on the row that is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// There is none: it is a row of its own.
    Insert,
    /// Something else stands in it now.
    Change,
    /// Nothing else stands in it, and it was deleted.
    ComeBack,
    /// Nothing but what moves by itself.
    Touch,
}

impl Fate {
    /// The effect of a record with this `fingerprint` on the row `known`.
    pub(crate) fn of(known: Option<&Known>, fingerprint: Fingerprint) -> Self {
        match known {
            None => Self::Insert,
            Some(known) if known.fingerprint != Some(fingerprint) => Self::Change,
            Some(known) if known.is_deleted => Self::ComeBack,
            Some(_) => Self::Touch,
        }
    }

    /// Counts it in `landed`; a row that the same pass met before is counted already.
    pub(crate) fn count(self, known: Option<&Known>, pass: PassId, landed: &mut Landed) {
        if known.is_some_and(|known| known.last_seen == Some(pass)) {
            return;
        }
        match self {
            Self::Insert => landed.inserted += 1,
            Self::Change | Self::ComeBack => landed.changed += 1,
            Self::Touch => landed.unchanged += 1,
        }
    }
}
