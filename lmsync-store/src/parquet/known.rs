//! The rows that a pass knows: those of the newest file of before, and its own.

use std::collections::{HashMap, HashSet};

use arrow_array::cast::AsArray;
use arrow_array::types::TimestampMicrosecondType;
use arrow_array::{Array, RecordBatch};
use chrono::{DateTime, Utc};
use lmsync_core::Result;
use lmsync_core::model::Fingerprint;
use sha2::{Digest, Sha256};

use super::error::damaged;
use super::input::Input;
use crate::column::Column;
use crate::pass::PassId;
use crate::value::Value;

/// The columns of the file of before that a pass has to know.
const NEEDED: [&str; 4] = ["vendor_id", "fingerprint", "first_seen_at", "changed_at"];

/// The rows that a pass knows, by their ids. A row takes some hundred bytes, however long its id is.
#[derive(Debug, Default)]
pub(super) struct Known {
    rows: HashMap<Id, Row>,
    /// Number of rows that the pass has written.
    written: usize,
    /// The places of those among them that it has written again.
    outdated: Vec<usize>,
}

/// The first half of an id's SHA-256.
type Id = [u8; 16];

#[derive(Debug, Clone, Copy, Default)]
struct Row {
    before: Option<Before>,
    /// Its place among the rows of the pass.
    written: Option<usize>,
}

/// A row of the file of before.
#[derive(Debug, Clone, Copy)]
struct Before {
    place: usize,
    fingerprint: Option<Fingerprint>,
    first_seen: DateTime<Utc>,
    changed: DateTime<Utc>,
}

/// What the store notes of a row that is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Times {
    pub(super) first_seen: DateTime<Utc>,
    pub(super) changed: DateTime<Utc>,
    /// Set if the pass has written the row before.
    pub(super) is_again: bool,
}

/// The rows of the file of before that a pass did not meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unmet {
    /// Number of rows that would go.
    pub(super) going: u64,
    /// Number of all rows that there were.
    pub(super) live: u64,
}

impl Known {
    /// The rows of `input`, the file of the pass `before`, whose table has `columns`.
    pub(super) fn of(input: &Input, before: PassId, columns: &[Column]) -> Result<Self> {
        let columns: Vec<Column> = columns
            .iter()
            .filter(|column| NEEDED.contains(&column.name))
            .copied()
            .collect();
        let mut known = Self {
            rows: HashMap::with_capacity(input.rows()),
            ..Self::default()
        };
        let mut place = 0;
        for batch in input.batches(&columns, None)? {
            let batch = batch?;
            known.add(&batch, place, before);
            place += batch.num_rows();
        }
        match place == input.rows() {
            true => Ok(known),
            false => Err(damaged(input.path(), "it has fewer rows than it says")),
        }
    }

    fn add(&mut self, batch: &RecordBatch, first: usize, pass: PassId) {
        let text = |name| {
            batch
                .column_by_name(name)
                .map(|cells| cells.as_string::<i32>())
        };
        let times = |name| {
            let cells = batch.column_by_name(name);
            cells.map(|cells| cells.as_primitive::<TimestampMicrosecondType>())
        };
        let (ids, fingerprints) = (text("vendor_id"), text("fingerprint"));
        let (first_seen, changed) = (times("first_seen_at"), times("changed_at"));
        for row in 0..batch.num_rows() {
            let Some(id) = ids.map(|ids| ids.value(row)) else {
                continue;
            };
            // Of a row that does not tell, its pass is the latest that it can be.
            let time = |cells: Option<&arrow_array::TimestampMicrosecondArray>| {
                cells
                    .filter(|cells| cells.is_valid(row))
                    .and_then(|cells| DateTime::from_timestamp_micros(cells.value(row)))
                    .unwrap_or(pass.began())
            };
            let before = Before {
                place: first + row,
                fingerprint: fingerprints
                    .filter(|fingerprints| fingerprints.is_valid(row))
                    .and_then(|fingerprints| fingerprints.value(row).parse().ok()),
                first_seen: time(first_seen),
                changed: time(changed),
            };
            self.rows.entry(id_of(id)).or_default().before = Some(before);
        }
    }

    /// Notes that the next row that `pass` writes is that of `vendor_id`, with this `fingerprint`.
    pub(super) fn meet(
        &mut self,
        vendor_id: &Value<'_>,
        fingerprint: Fingerprint,
        pass: PassId,
    ) -> Times {
        let row = self.rows.entry(id_of_value(vendor_id)).or_default();
        let earlier = row.written.replace(self.written);
        self.written += 1;
        self.outdated.extend(earlier);
        let now = pass.began();
        let changed = match row.before {
            Some(before) if before.fingerprint == Some(fingerprint) => before.changed,
            _ => now,
        };
        Times {
            first_seen: row.before.map_or(now, |before| before.first_seen),
            changed,
            is_again: earlier.is_some(),
        }
    }

    /// The rows of before that the pass did not meet, but for those with the ids `there`.
    pub(super) fn unmet(&self, there: &[&str]) -> Unmet {
        let there: HashSet<Id> = there
            .iter()
            .map(|id| id_of_value(&Value::text(id)))
            .collect();
        let before = self.rows.iter().filter(|(_, row)| row.before.is_some());
        let going = |(id, row): &(&Id, &Row)| row.written.is_none() && !there.contains(*id);
        Unmet {
            going: before.clone().filter(going).count() as u64,
            live: before.count() as u64,
        }
    }

    /// Tells of each of the `rows` rows of the file of before whether it is written once more: if the
    /// pass did not meet it, and, where `only` is given, it has one of these ids.
    pub(super) fn carried(&self, rows: usize, only: Option<&[&str]>) -> Vec<bool> {
        let only: Option<HashSet<Id>> =
            only.map(|ids| ids.iter().map(|id| id_of_value(&Value::text(id))).collect());
        let mut keep = vec![false; rows];
        for (id, row) in &self.rows {
            let (Some(before), None) = (row.before, row.written) else {
                continue;
            };
            if let Some(place) = keep.get_mut(before.place) {
                *place = only.as_ref().is_none_or(|only| only.contains(id));
            }
        }
        keep
    }

    /// Tells of each row that the pass has written whether it is the latest of its id; `None` where
    /// all are.
    pub(super) fn latest(&self) -> Option<Vec<bool>> {
        if self.outdated.is_empty() {
            return None;
        }
        let mut keep = vec![true; self.written];
        for place in &self.outdated {
            keep[*place] = false;
        }
        Some(keep)
    }
}

fn id_of(vendor_id: &str) -> Id {
    let whole: [u8; 32] = Sha256::digest(vendor_id).into();
    std::array::from_fn(|place| whole[place])
}

fn id_of_value(vendor_id: &Value<'_>) -> Id {
    match vendor_id {
        Value::Text(id) => id_of(id),
        _ => id_of(""),
    }
}
