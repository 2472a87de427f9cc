//! The tables of a database.

use crate::column::Column;
use crate::columns::{JOURNAL_COLUMNS, PASS_COLUMNS, SAME_MACHINE_COLUMNS, columns};
use crate::stream::StreamName;

/// The version of the tables. It grows when an older lmsync could not write them any more; columns are
/// added without.
pub(crate) const VERSION: i64 = 1;

/// The name of the table of passes.
pub(crate) const PASSES_TABLE: &str = "passes";
/// The name of the table of machines that several accounts know.
pub(crate) const SAME_MACHINE_TABLE: &str = "same_machine";

/// The name of the table of attempted writes.
pub(crate) const JOURNAL_TABLE: &str = "lmsync_journal";

/// A table.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Table {
    pub(crate) name: &'static str,
    /// The columns that no two rows have the same in.
    pub(crate) key: &'static [&'static str],
    columns: Columns,
}

#[derive(Debug, Clone, Copy)]
enum Columns {
    Of(StreamName),
    These(&'static [Column]),
}

/// The query of the `names` of the last pass of each stream of each account, in `table`, which is the table of passes.
pub(crate) fn last_passes(names: &[String], table: &str) -> String {
    format!(
        "SELECT {} FROM {table} AS own WHERE NOT EXISTS (SELECT 1 FROM {table} AS later \
         WHERE later.connector = own.connector AND later.instance = own.instance \
         AND later.stream = own.stream AND later.pass_id > own.pass_id)",
        names.join(", ")
    )
}

/// The key of a record.
pub(crate) const KEY: &[&str] = &["connector", "instance", "vendor_id"];
/// The key of a pass.
pub(crate) const KEY_OF_PASSES: &[&str] = &["connector", "instance", "stream", "pass_id"];

/// The key of an attempt, or of what was found out about it later.
const KEY_OF_JOURNAL: &[&str] = &["connector", "instance", "vendor_id", "number"];

/// All tables.
pub(crate) const TABLES: [Table; 6] = [
    Table::of(StreamName::Assets, "assets"),
    Table::of(StreamName::Software, "software"),
    Table::of(StreamName::Customers, "customers"),
    Table {
        name: PASSES_TABLE,
        key: KEY_OF_PASSES,
        columns: Columns::These(PASS_COLUMNS),
    },
    Table {
        name: SAME_MACHINE_TABLE,
        key: KEY,
        columns: Columns::These(SAME_MACHINE_COLUMNS),
    },
    Table {
        name: JOURNAL_TABLE,
        key: KEY_OF_JOURNAL,
        columns: Columns::These(JOURNAL_COLUMNS),
    },
];

impl Table {
    const fn of(stream: StreamName, name: &'static str) -> Self {
        Self {
            name,
            key: KEY,
            columns: Columns::Of(stream),
        }
    }

    pub(crate) fn columns(&self) -> &'static [Column] {
        match self.columns {
            Columns::Of(stream) => columns(stream),
            Columns::These(columns) => columns,
        }
    }
}
