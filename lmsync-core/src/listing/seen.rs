//! What a listing has met, remembered in few bytes.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};

/// The ids of a listing, and the walk in which each was last met.
///
/// Ids are kept as two independent 64-bit hashes, a third of the room of the ids
/// themselves. That two ids share both is out of reach for any account.
#[derive(Debug, Default)]
pub(super) struct SeenIds {
    hashers: (RandomState, RandomState),
    last_met: HashMap<(u64, u64), u32>,
}

/// What meeting an id means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum IdStatus {
    /// Never met before.
    New,
    /// Met in an earlier walk.
    Known,
    /// Met in this walk.
    Repeated,
}

impl SeenIds {
    pub(super) fn meet(&mut self, id: &str, walk: u32) -> IdStatus {
        let hash = (self.hashers.0.hash_one(id), self.hashers.1.hash_one(id));
        match self.last_met.insert(hash, walk) {
            None => IdStatus::New,
            Some(last) if last == walk => IdStatus::Repeated,
            Some(_) => IdStatus::Known,
        }
    }
}

/// The serial numbers of a listing.
///
/// One hash will do: a collision would flag a serial number that is fine, and lose nothing.
#[derive(Debug, Default)]
pub(super) struct SeenSerials {
    hasher: RandomState,
    met: HashSet<u64>,
}

impl SeenSerials {
    /// Whether `key` was met before.
    pub(super) fn meet(&mut self, key: &str) -> bool {
        !self.met.insert(self.hasher.hash_one(key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_new_then_repeated_then_known() {
        let mut seen = SeenIds::default();
        assert_eq!(seen.meet("1", 1), IdStatus::New);
        assert_eq!(seen.meet("2", 1), IdStatus::New);
        assert_eq!(seen.meet("1", 1), IdStatus::Repeated);
        assert_eq!(seen.meet("1", 2), IdStatus::Known);
        assert_eq!(seen.meet("1", 2), IdStatus::Repeated);
        assert_eq!(seen.meet("3", 2), IdStatus::New);
    }

    #[test]
    fn a_serial_number_is_met_once() {
        let mut seen = SeenSerials::default();
        assert!(!seen.meet("A"));
        assert!(!seen.meet("B"));
        assert!(seen.meet("A"));
    }
}
