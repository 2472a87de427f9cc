//! The streams of an account, as platforms know them.

use lmsync::ConnectorInfo;
use lmsync::store::{Column, PASS_COLUMNS, StreamName, columns};

/// The column of records by which a warehouse tells what the last pass met.
const LAST_SEEN: &str = "last_seen_at";
/// The columns that name a record.
const KEY: &[&str] = &["connector", "instance", "vendor_id"];

/// A stream of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PlatformStream {
    /// Records.
    Records(StreamName),
    /// The passes that ended, a row each.
    Passes,
}

impl PlatformStream {
    /// All streams that an account may have; the passes are last, since they tell of the others.
    pub(crate) const ALL: [Self; 4] = [
        Self::Records(StreamName::Assets),
        Self::Records(StreamName::Software),
        Self::Records(StreamName::Customers),
        Self::Passes,
    ];

    /// The streams of the account `info`.
    pub(crate) fn of(info: &ConnectorInfo) -> Vec<Self> {
        let software = Self::Records(StreamName::Software);
        let offered = |stream: &Self| *stream != software || info.capabilities.software;
        Self::ALL.into_iter().filter(offered).collect()
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Records(stream) => stream.as_str(),
            Self::Passes => "passes",
        }
    }

    /// The columns that no two rows have the same in.
    pub(crate) fn key(self) -> &'static [&'static str] {
        match self {
            Self::Records(_) => KEY,
            Self::Passes => &["connector", "instance", "stream", "pass_id"],
        }
    }

    /// The column that grows from pass to pass.
    pub(crate) fn cursor(self) -> &'static str {
        match self {
            Self::Records(_) => LAST_SEEN,
            Self::Passes => "finished_at",
        }
    }

    /// Tells whether a reading that was interrupted can be gone on with.
    pub(crate) fn is_resumable(self) -> bool {
        matches!(
            self,
            Self::Records(StreamName::Assets | StreamName::Software)
        )
    }

    /// Its columns. Of those that a store notes, a platform gets the last pass alone: what else there is to
    /// note it finds itself.
    pub(crate) fn columns(self) -> Vec<Column> {
        match self {
            Self::Records(stream) => columns(stream)
                .iter()
                .filter(|column| is_sent(column))
                .copied()
                .collect(),
            Self::Passes => PASS_COLUMNS.to_vec(),
        }
    }
}

/// Tells whether a platform gets `column` of records.
fn is_sent(column: &Column) -> bool {
    !column.path.is_empty() || column.name == LAST_SEEN || KEY.contains(&column.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_begin_with_their_key_and_the_pass() {
        for stream in [
            StreamName::Assets,
            StreamName::Software,
            StreamName::Customers,
        ] {
            let columns = PlatformStream::Records(stream).columns();
            let names: Vec<&str> = columns.iter().map(|column| column.name).collect();
            let first = ["connector", "instance", "vendor_id", "last_seen_at"];
            assert_eq!(names[..4], first);
            for noted in ["first_seen_at", "changed_at", "deleted_at", "fingerprint"] {
                assert!(!names.contains(&noted), "{noted}");
            }
            assert!(columns[4..].iter().all(|column| !column.path.is_empty()));
        }
    }

    #[test]
    fn keys_and_cursors_are_columns_that_always_have_a_value() {
        for stream in PlatformStream::ALL {
            let columns = stream.columns();
            for name in stream.key().iter().chain([&stream.cursor()]) {
                let column = columns.iter().find(|column| column.name == *name);
                assert!(column.is_some_and(|column| column.is_required), "{name}");
            }
        }
    }
}
