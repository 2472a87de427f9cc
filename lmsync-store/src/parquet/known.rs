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
use crate::pass_id::PassId;
use crate::value::Value;

/// The columns of the file of before that a pass has to know.
const NEEDED: [&str; 4] = ["vendor_id", "fingerprint", "first_seen_at", "changed_at"];

/// Room is made at once for no more rows.
const MOST_AT_ONCE: usize = 1 << 20;

/// The rows that a pass knows, by their ids. A row takes some hundred bytes, however long its id is.
#[derive(Debug, Default)]
pub(super) struct Known {
    before: HashMap<Id, Before>,
    /// The places of other rows, among those that the pass has written.
    new: HashMap<Id, usize>,
    /// Number of rows that the pass has written.
    written: usize,
    /// The places of those among them that it has written again.
    outdated: Vec<usize>,
}

/// The first half of an id's SHA-256.
type Id = [u8; 16];

/// A row of the file of before.
#[derive(Debug, Clone, Copy)]
struct Before {
    place: usize,
    /// Its place among the rows that the pass has written.
    written: Option<usize>,
    fingerprint: Option<Fingerprint>,
    first_seen: DateTime<Utc>,
    changed: DateTime<Utc>,
}

/// The moments that the store notes of a row that is written.
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
            // A damaged file may say anything.
            before: HashMap::with_capacity(input.rows().min(MOST_AT_ONCE)),
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
        let ids = batch.column_by_name("vendor_id");
        for row in 0..batch.num_rows() {
            let id = ids.map(|ids| id_of(ids.as_string::<i32>().value(row)));
            // Of a row that does not tell, its pass is the latest that it can be.
            let time = |name| time(batch, name, row).unwrap_or(pass.began());
            let before = Before {
                place: first + row,
                written: None,
                fingerprint: fingerprint(batch, row),
                first_seen: time("first_seen_at"),
                changed: time("changed_at"),
            };
            self.before.extend(id.map(|id| (id, before)));
        }
    }

    /// Notes that the next row that `pass` writes is that of `vendor_id`, with this `fingerprint`.
    pub(super) fn meet(
        &mut self,
        vendor_id: &Value<'_>,
        fingerprint: Fingerprint,
        pass: PassId,
    ) -> Times {
        let (id, now) = (id_of_value(vendor_id), pass.began());
        let place = self.written;
        self.written += 1;
        let known = self.before.get_mut(&id);
        let (earlier, first_seen, changed) = match known {
            None => (self.new.insert(id, place), now, now),
            Some(before) => {
                let is_same = before.fingerprint == Some(fingerprint);
                let changed = if is_same { before.changed } else { now };
                (before.written.replace(place), before.first_seen, changed)
            }
        };
        self.outdated.extend(earlier);
        Times {
            first_seen,
            changed,
            is_again: earlier.is_some(),
        }
    }

    /// The rows of before that the pass did not meet, but for those with the ids `there`.
    pub(super) fn unmet(&self, there: &[&str]) -> Unmet {
        let there = ids_of(there);
        let going = self.before.iter();
        let going = going.filter(|(id, row)| row.written.is_none() && !there.contains(*id));
        Unmet {
            going: going.count() as u64,
            live: self.before.len() as u64,
        }
    }

    /// Tells of each of the `rows` rows of the file of before whether it is written once more: if the
    /// pass did not meet it, and, where `only` is given, it has one of these ids.
    pub(super) fn carried(&self, rows: usize, only: Option<&[&str]>) -> Vec<bool> {
        let only = only.map(ids_of);
        let mut keep = vec![false; rows];
        for (id, row) in &self.before {
            let stays = only.as_ref().is_none_or(|only| only.contains(id));
            if let Some(place) = keep.get_mut(row.place) {
                *place = row.written.is_none() && stays;
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

fn fingerprint(batch: &RecordBatch, row: usize) -> Option<Fingerprint> {
    let cells = batch.column_by_name("fingerprint")?.as_string::<i32>();
    let text = cells.is_valid(row).then(|| cells.value(row))?;
    text.parse().ok()
}

fn time(batch: &RecordBatch, name: &str, row: usize) -> Option<DateTime<Utc>> {
    let cells = batch.column_by_name(name)?;
    let cells = cells.as_primitive::<TimestampMicrosecondType>();
    let micros = cells.is_valid(row).then(|| cells.value(row))?;
    DateTime::from_timestamp_micros(micros)
}

fn id_of(vendor_id: &str) -> Id {
    let whole: [u8; 32] = Sha256::digest(vendor_id).into();
    std::array::from_fn(|place| whole[place])
}

fn ids_of(vendor_ids: &[&str]) -> HashSet<Id> {
    let ids = vendor_ids.iter();
    ids.map(|id| id_of_value(&Value::text(id))).collect()
}

fn id_of_value(vendor_id: &Value<'_>) -> Id {
    match vendor_id {
        Value::Text(id) => id_of(id),
        _ => id_of(""),
    }
}
