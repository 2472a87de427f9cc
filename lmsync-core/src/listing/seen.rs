//! What a listing has met, remembered in few bytes.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, BuildHasherDefault, Hasher, RandomState};

/// The ids of a listing, and the walk in which each was last met.
///
/// Of each id the 64 bits of a hash are kept, in all at most 23 bytes. That two of a million ids share
/// them happens to one account in forty million.
#[derive(Debug, Default)]
pub(super) struct SeenIds {
    hasher: RandomState,
    /// Bytes, which a table packs closer than numbers.
    last_met: HashMap<[u8; 8], u8, OfHashes>,
}

/// Hashes hashes: by themselves.
type OfHashes = BuildHasherDefault<LastBytes>;

/// A hasher of what is a hash already: the last eight bytes that it is given.
#[derive(Debug, Default)]
pub(super) struct LastBytes(u64);

impl Hasher for LastBytes {
    fn write(&mut self, bytes: &[u8]) {
        if let Ok(bytes) = bytes.try_into() {
            self.0 = u64::from_le_bytes(bytes);
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
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
    pub(super) fn meet(&mut self, id: &str, walk: u8) -> IdStatus {
        let hash = self.hasher.hash_one(id).to_le_bytes();
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
    met: HashSet<u64, OfHashes>,
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
    fn a_million_ids_are_told_apart_in_few_bytes() {
        let mut seen = SeenIds::default();
        for id in 0..1_000_000 {
            assert_eq!(seen.meet(&id.to_string(), 1), IdStatus::New);
        }
        assert_eq!(seen.meet("999999", 1), IdStatus::Repeated);
        // A table has a byte besides for each place, and eight places for seven ids.
        let places = seen.last_met.capacity() * 8 / 7;
        let bytes = places * (size_of::<([u8; 8], u8)>() + 1);
        assert!(bytes <= 24 * 1_000_000, "{bytes}");
    }

    #[test]
    fn a_serial_number_is_met_once() {
        let mut seen = SeenSerials::default();
        assert!(!seen.meet("A"));
        assert!(!seen.meet("B"));
        assert!(seen.meet("A"));
    }
}
