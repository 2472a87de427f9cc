//! Groups of records that grow by links, never across a veto.

use super::record::Record;
use crate::model::correlate::{Veto, veto};

/// Groups of records that grow by links, never across a veto.
///
/// Since no two members of a group rule each other out, the known values of a kind are equal in all of
/// its members, so one member with such a value speaks for all.
pub(super) struct Joined<'a> {
    records: &'a [Record],
    /// The next record on the way to the one that stands for the group.
    parents: Vec<usize>,
    speakers: Vec<Speakers>,
}

/// The members that have a value by which they may rule out others.
#[derive(Clone, Copy)]
struct Speakers {
    serial: Option<usize>,
    product_number: Option<usize>,
}

/// Two records that rule each other out.
#[derive(Debug, Clone, Copy)]
pub(super) struct Vetoed {
    pub(super) veto: Veto,
    pub(super) left: usize,
    pub(super) right: usize,
}

impl<'a> Joined<'a> {
    /// Groups of one record each.
    pub(super) fn new(records: &'a [Record]) -> Self {
        let speakers = records.iter().enumerate().map(|(at, record)| Speakers {
            serial: record.facts.serial.map(|_| at),
            product_number: record.facts.product_number.map(|_| at),
        });
        Self {
            records,
            parents: (0..records.len()).collect(),
            speakers: speakers.collect(),
        }
    }

    /// The record that stands for the group of `at`.
    pub(super) fn group(&mut self, mut at: usize) -> usize {
        while self.parents[at] != at {
            self.parents[at] = self.parents[self.parents[at]];
            at = self.parents[at];
        }
        at
    }

    /// Makes one group of those of `left` and `right`, unless members of the two rule that out.
    ///
    /// Returns whether they were two and are one now.
    pub(super) fn join(&mut self, left: usize, right: usize) -> bool {
        let (left, right) = (self.group(left), self.group(right));
        if left == right || self.veto(left, right).is_some() {
            return false;
        }
        let (root, other) = (left.min(right), left.max(right));
        self.parents[other] = root;
        let (own, more) = (self.speakers[root], self.speakers[other]);
        self.speakers[root] = Speakers {
            serial: own.serial.or(more.serial),
            product_number: own.product_number.or(more.product_number),
        };
        true
    }

    /// What rules out that the groups of `left` and `right` are one.
    pub(super) fn veto(&mut self, left: usize, right: usize) -> Option<Vetoed> {
        let (left, right) = (self.group(left), self.group(right));
        let (left, right) = (self.speakers[left], self.speakers[right]);
        [
            left.serial.zip(right.serial),
            left.product_number.zip(right.product_number),
        ]
        .into_iter()
        .flatten()
        .find_map(|(left, right)| {
            let veto = veto(&self.records[left].facts, &self.records[right].facts)?;
            Some(Vetoed { veto, left, right })
        })
    }
}
