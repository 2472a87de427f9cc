//! From pairs to groups, and what there is to tell about them.

use std::cmp::Reverse;
use std::collections::HashSet;

use super::group::{Contradiction, MachineGroup, PossibleLink, SharedKeys};
use super::joined::Joined;
use super::pairs::{Pair, pairs};
use super::record::Record;
use super::texts::Texts;
use crate::model::correlate::{Conflict, Correlation, relation};
use crate::model::identity_key::IdentityKind;

/// A pair of records and what links them.
struct Link {
    pair: Pair,
    by: Vec<IdentityKind>,
    conflicts: Vec<Conflict>,
}

/// The groups among `records`, which are sorted, each once.
pub(super) fn groups(records: &[Record], texts: &Texts, few: usize) -> Vec<MachineGroup> {
    let (same, possible) = links(records, few);
    let mut joined = Joined::new(records);
    let (evidence, apart): (Vec<_>, Vec<_>) = same
        .into_iter()
        .partition(|link| joined.join(link.pair.0, link.pair.1));
    let mut report = Report::new(records, texts, joined);
    evidence.into_iter().for_each(|link| report.same(link));
    for link in report.one_for_two_groups(apart) {
        report.contradicted(&link);
    }
    for link in report.one_for_two_groups(possible) {
        report.possible(&link);
    }
    report.told()
}

/// The pairs that are the same machine and those that are perhaps, strongest first.
fn links(records: &[Record], few: usize) -> (Vec<Link>, Vec<Link>) {
    let (mut same, mut possible) = (Vec::new(), Vec::new());
    for pair in pairs(records, few) {
        let (left, right) = (&records[pair.0], &records[pair.1]);
        match relation(&left.facts, &right.facts, left.is_of_one_customer(right)) {
            Correlation::Same { by } => same.push(Link {
                pair,
                by,
                conflicts: Vec::new(),
            }),
            Correlation::Possible { by, conflicts } => possible.push(Link {
                pair,
                by,
                conflicts,
            }),
            Correlation::Different { .. } | Correlation::Unrelated => {}
        }
    }
    for links in [&mut same, &mut possible] {
        links.sort_by_key(|link| (Reverse(weight(&link.by)), link.conflicts.len(), link.pair));
    }
    (same, possible)
}

/// A number that is the greater the stronger the keys are: the strongest that is not in both decides.
fn weight(by: &[IdentityKind]) -> u32 {
    let place = |kind: &IdentityKind| IdentityKind::ALL.iter().rev().position(|one| one == kind);
    by.iter().filter_map(place).map(|place| 1 << place).sum()
}

struct Report<'a> {
    records: &'a [Record],
    texts: &'a Texts,
    joined: Joined<'a>,
    /// The group of each record, and its place among the members.
    places: Vec<(usize, usize)>,
    groups: Vec<MachineGroup>,
}

impl<'a> Report<'a> {
    fn new(records: &'a [Record], texts: &'a Texts, joined: Joined<'a>) -> Self {
        let mut report = Self {
            records,
            texts,
            joined,
            places: Vec::with_capacity(records.len()),
            groups: Vec::new(),
        };
        // The record that stands for a group is the first of its members.
        for (at, record) in records.iter().enumerate() {
            let first = report.joined.group(at);
            let group = if first == at {
                report.groups.push(MachineGroup::default());
                report.groups.len() - 1
            } else {
                report.places[first].0
            };
            let members = &mut report.groups[group].members;
            report.places.push((group, members.len()));
            members.push(record.named(texts));
        }
        report
    }

    fn told(self) -> Vec<MachineGroup> {
        let is_told = |group: &MachineGroup| {
            group.members.len() > 1 || !group.possible.is_empty() || !group.conflicts.is_empty()
        };
        self.groups.into_iter().filter(is_told).collect()
    }

    /// The first of the links between each two groups.
    fn one_for_two_groups(&self, links: Vec<Link>) -> Vec<Link> {
        let mut seen = HashSet::new();
        let is_first = |link: &Link| {
            let (left, right) = (self.places[link.pair.0].0, self.places[link.pair.1].0);
            left != right && seen.insert((left.min(right), left.max(right)))
        };
        links.into_iter().filter(is_first).collect()
    }

    fn same(&mut self, link: Link) {
        let (left, right) = link.pair;
        let ((group, left), (_, right)) = (self.places[left], self.places[right]);
        let by = link.by;
        self.groups[group]
            .evidence
            .push(SharedKeys { left, right, by });
    }

    fn contradicted(&mut self, link: &Link) {
        let Some(vetoed) = self.joined.veto(link.pair.0, link.pair.1) else {
            return;
        };
        let (pair, (left, right)) = (link.pair, (vetoed.left, vetoed.right));
        for ((own, other), (veto_own, veto_other)) in
            [(pair, (left, right)), ((pair.1, pair.0), (right, left))]
        {
            let (group, left) = self.places[own];
            let contradiction = Contradiction {
                left,
                right: self.records[other].named(self.texts),
                by: link.by.clone(),
                veto: vetoed.veto,
                veto_left: self.places[veto_own].1,
                veto_right: self.records[veto_other].named(self.texts),
            };
            self.groups[group].conflicts.push(contradiction);
        }
    }

    fn possible(&mut self, link: &Link) {
        let vetoed = self.joined.veto(link.pair.0, link.pair.1);
        for (own, other) in [link.pair, (link.pair.1, link.pair.0)] {
            let (group, left) = self.places[own];
            let possible = PossibleLink {
                left,
                right: self.records[other].named(self.texts),
                by: link.by.clone(),
                conflicts: link.conflicts.clone(),
                veto: vetoed.map(|vetoed| vetoed.veto),
            };
            self.groups[group].possible.push(possible);
        }
    }
}
