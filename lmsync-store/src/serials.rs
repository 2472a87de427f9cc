//! Serial numbers that landed before a pass was interrupted.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

use lmsync_core::listing::Listed;
#[cfg(any(feature = "postgres", feature = "sqlite"))]
use lmsync_core::model::IssueCode;

/// Serial numbers that landed before a pass was interrupted, and the record of each.
///
/// Sixteen bytes each: one hash will do, since a collision would flag a serial number that is fine, and
/// lose nothing.
#[derive(Debug, Default)]
pub(crate) struct EarlierSerials {
    hasher: RandomState,
    ids: HashMap<u64, u64>,
}

impl EarlierSerials {
    /// The serial numbers of `landed`, each with the id of its record.
    pub(crate) fn new(landed: &[(String, String)]) -> Self {
        let hasher = RandomState::new();
        let hashes =
            |(serial, id): &(String, String)| (hasher.hash_one(serial), hasher.hash_one(id));
        let ids = landed.iter().map(hashes).collect();
        Self { hasher, ids }
    }

    /// Tells whether another record than `record` had its serial number. A record that is listed
    /// again is the same one.
    pub(crate) fn has_another(&self, record: &impl Listed) -> bool {
        let serial = record.serial_key().filter(|_| !self.ids.is_empty());
        let known = serial.and_then(|serial| self.ids.get(&self.hasher.hash_one(serial)));
        known.is_some_and(|id| *id != self.hasher.hash_one(record.vendor_id()))
    }
}

/// The pattern, in SQL, of the issues of a record whose serial number is another one's.
#[cfg(any(feature = "postgres", feature = "sqlite"))]
pub(crate) fn flagged() -> String {
    format!("%\"{}\"%", IssueCode::DuplicateSerial)
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use lmsync_core::model::{Asset, Origin, Rules};

    use super::*;

    fn asset(id: &str, serial: Option<&str>) -> Asset {
        let origin = Origin::new("fake", "acme", Rules::default());
        let draft = origin.draft(Some(id.to_owned()), DateTime::UNIX_EPOCH);
        let mut asset = draft.unwrap().finish();
        asset.serial.key = serial.map(str::to_owned);
        asset
    }

    #[test]
    fn a_serial_number_of_before_is_another_records_unless_it_is_the_same_record() {
        let serials = EarlierSerials::new(&[("A".to_owned(), "1".to_owned())]);
        assert!(serials.has_another(&asset("2", Some("A"))));
        for other in [
            asset("1", Some("A")),
            asset("2", Some("B")),
            asset("2", None),
        ] {
            assert!(!serials.has_another(&other));
        }
        assert!(!EarlierSerials::default().has_another(&asset("2", Some("A"))));
    }
}
