//! The pairs of records that are worth a comparison.

use std::collections::{BTreeMap, BTreeSet};

use super::record::{Place, Record};
use super::texts::TextId;
use crate::model::correlate::{conflict_values, veto_values};
use crate::model::facts::Key;
use crate::model::identity_key::IdentityKind;

/// A pair of records, by their places; the first is the smaller.
pub(super) type Pair = (usize, usize);

/// The most records that share a key and are all compared with each other. Assumed: no machine has so many
/// records.
pub(super) const FEW: usize = 32;

/// A key with the records among which it is compared.
type PlacedKey = (IdentityKind, Place, TextId);

/// The values by which records may rule each other out; those that are not looked at are `None`.
type Values = [Option<TextId>; 5];

/// The pairs of `records` that share a key, each once, sorted.
///
/// Of more than `few` records that share a key, one pair stands for many that are linked in the same way, so
/// that the number of pairs does not grow with the square of the records.
pub(super) fn pairs(records: &[Record], few: usize) -> Vec<Pair> {
    let mut pairs = Pairs {
        records,
        few,
        found: Vec::new(),
    };
    for_each_key(records, 0..records.len(), |kind, sharers| {
        pairs.among(kind, sharers);
    });
    pairs.naming_each_other();
    pairs.found.sort_unstable();
    pairs.found.dedup();
    pairs.found
}

/// Hands each key that several of `some` share to `take`, with the places of those records in order.
fn for_each_key(
    records: &[Record],
    some: impl IntoIterator<Item = usize>,
    mut take: impl FnMut(IdentityKind, &[usize]),
) {
    let mut keys: Vec<(PlacedKey, usize)> = Vec::new();
    for at in some {
        let placed = |key: &Key<TextId>| {
            let place = records[at].place(key)?;
            Some(((key.kind, place, key.value), at))
        };
        keys.extend(records[at].facts.keys.iter().filter_map(placed));
    }
    keys.sort_unstable();
    keys.dedup();
    let mut sharers = Vec::new();
    for same in keys.chunk_by(|left, right| left.0 == right.0) {
        if same.len() > 1 {
            sharers.clear();
            sharers.extend(same.iter().map(|(_, at)| *at));
            take(same[0].0.0, &sharers);
        }
    }
}

struct Pairs<'a> {
    records: &'a [Record],
    few: usize,
    found: Vec<Pair>,
}

impl Pairs<'_> {
    fn among(&mut self, kind: IdentityKind, sharers: &[usize]) {
        if sharers.len() <= self.few {
            self.each_with_each(sharers);
            return;
        }
        // Linked by this key, whatever it proves.
        self.representatives(sharers, vetoes);
        // Linked by this key alone, without a conflict.
        self.representatives(sharers, |record| vetoes_and_conflicts(record, kind));
        // Linked by this key and another.
        let records = self.records;
        for_each_key(records, sharers.iter().copied(), |other, both| {
            if other == kind {
                return;
            }
            if both.len() <= self.few {
                self.each_with_each(both);
            } else {
                self.representatives(both, vetoes);
            }
        });
    }

    /// Links each record with those whose ids it has; few records have one id, each in an account of its own.
    fn naming_each_other(&mut self) {
        let records = self.records;
        let is_named = |key: &&Key<TextId>| key.kind == IdentityKind::ExternalId;
        let named = |record: &'_ Record| record.facts.keys.iter().any(|key| is_named(&key));
        if !records.iter().any(named) {
            return;
        }
        let mut owners: BTreeMap<(Place, TextId), Vec<usize>> = BTreeMap::new();
        for (at, record) in records.iter().enumerate() {
            let own = &record.facts.own;
            if let Some(place) = record.place(own) {
                owners.entry((place, own.value)).or_default().push(at);
            }
        }
        for (at, record) in records.iter().enumerate() {
            for key in record.facts.keys.iter().filter(is_named) {
                let place = record.place(key);
                let owners = place.and_then(|place| owners.get(&(place, key.value)));
                owners
                    .into_iter()
                    .flatten()
                    .for_each(|owner| self.link(at, *owner));
            }
        }
    }

    fn each_with_each(&mut self, sharers: &[usize]) {
        for (at, left) in sharers.iter().enumerate() {
            let rights = sharers[at + 1..].iter();
            self.found.extend(rights.map(|right| (*left, *right)));
        }
    }

    /// As many pairs as link all records of which no two values differ: those with equal values are linked with
    /// the first of them, and the firsts with the firsts whose values do not differ.
    fn representatives(&mut self, sharers: &[usize], values: impl Fn(&Record) -> Values) {
        let mut firsts: BTreeMap<Values, usize> = BTreeMap::new();
        for &at in sharers {
            let first = *firsts.entry(values(&self.records[at])).or_insert(at);
            self.link(first, at);
        }
        let shapes: BTreeSet<_> = firsts.keys().map(shape).collect();
        for left in &shapes {
            for right in shapes.iter().filter(|right| *right > left) {
                self.between(&firsts, *left, *right);
            }
        }
    }

    /// Links the records that have the values `left` with those that have the values `right`.
    fn between(&mut self, firsts: &BTreeMap<Values, usize>, left: Shape, right: Shape) {
        let mut sides: BTreeMap<Values, [Vec<usize>; 2]> = BTreeMap::new();
        for (values, at) in firsts {
            let shape = shape(values);
            if shape != left && shape != right {
                continue;
            }
            let both =
                std::array::from_fn(|place| values[place].filter(|_| left[place] && right[place]));
            let [lefts, rights] = sides.entry(both).or_default();
            let side = if shape == left { lefts } else { rights };
            side.push(*at);
        }
        for [lefts, rights] in sides.values() {
            let (Some(first_left), Some(first_right)) = (lefts.first(), rights.first()) else {
                continue;
            };
            lefts.iter().for_each(|left| self.link(*left, *first_right));
            rights
                .iter()
                .for_each(|right| self.link(*first_left, *right));
        }
    }

    fn link(&mut self, one: usize, other: usize) {
        if one != other {
            self.found.push((one.min(other), one.max(other)));
        }
    }
}

/// Which of the values are known.
type Shape = [bool; 5];

fn shape(values: &Values) -> Shape {
    values.map(|value| value.is_some())
}

fn vetoes(record: &Record) -> Values {
    let [serial, product_number] = veto_values(&record.facts).map(|(_, value)| value.copied());
    [serial, product_number, None, None, None]
}

fn vetoes_and_conflicts(record: &Record, by: IdentityKind) -> Values {
    let [serial, product_number] = veto_values(&record.facts).map(|(_, value)| value.copied());
    let [manufacturer, uuid, hostname] =
        conflict_values(&record.facts, by).map(|(_, value)| value.copied());
    [serial, product_number, manufacturer, uuid, hostname]
}
