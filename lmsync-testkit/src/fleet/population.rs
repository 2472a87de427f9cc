//! A fleet over time: machines leave, arrive and change.

use std::collections::{HashMap, HashSet};

use super::{Fleet, Machine};

/// The machines that a vendor lists now: a [`Fleet`], and what became of it.
///
/// Machines stand in the order of the listing, first by id. It keeps one number a machine and the
/// machines that were changed; all others are still worked out when asked for.
#[derive(Debug, Clone)]
pub struct Population {
    fleet: Fleet,
    /// The listing: indices of machines.
    order: Vec<usize>,
    removed: HashSet<usize>,
    changed: HashMap<usize, Machine>,
    /// Ids that were chosen, not counted.
    chosen_ids: HashMap<u64, usize>,
    next: usize,
}

impl Population {
    /// All machines of `fleet`.
    #[must_use]
    pub fn new(fleet: Fleet) -> Self {
        let next = fleet.len();
        Self {
            fleet,
            order: (0..next).collect(),
            removed: HashSet::new(),
            changed: HashMap::new(),
            chosen_ids: HashMap::new(),
            next,
        }
    }

    /// The fleet it began as.
    #[must_use]
    pub fn fleet(&self) -> &Fleet {
        &self.fleet
    }

    /// The indices of all listed machines, in the order of the listing.
    #[must_use]
    pub fn indices(&self) -> &[usize] {
        &self.order
    }

    /// Machine `index` as it is now; `None` when it is not listed.
    #[must_use]
    pub fn machine(&self, index: usize) -> Option<Machine> {
        self.contains(index).then(|| self.current(index))
    }

    /// The customer of machine `index`, much cheaper than the machine itself.
    #[must_use]
    pub fn customer_of(&self, index: usize) -> usize {
        self.changed
            .get(&index)
            .map_or_else(|| self.fleet.customer_of(index), |machine| machine.customer)
    }

    /// The listed machine whose [`id`](Machine::id) is `id`.
    #[must_use]
    pub fn index_of(&self, id: u64) -> Option<usize> {
        let counted = || usize::try_from(id).ok()?.checked_sub(1);
        let index = self.chosen_ids.get(&id).copied().or_else(counted)?;
        (self.contains(index) && self.id_of(index) == id).then_some(index)
    }

    /// Takes machine `index` off the listing; false when it is not on it.
    pub fn remove(&mut self, index: usize) -> bool {
        if !self.contains(index) {
            return false;
        }
        self.order.retain(|listed| *listed != index);
        self.removed.insert(index)
    }

    /// Lists a new machine at `position` (the end, where there are not so many) and returns its index.
    pub fn insert_at(&mut self, position: usize) -> usize {
        let index = self.next;
        self.next += 1;
        self.order.insert(position.min(self.order.len()), index);
        index
    }

    /// Lists a new machine whose id is `id` where that sorts, and returns its index;
    /// `None` when a listed machine has this id.
    pub fn insert_with_id(&mut self, id: u64) -> Option<usize> {
        if self.index_of(id).is_some() {
            return None;
        }
        let after = |index: &usize| self.id_of(*index) > id;
        let position = self.order.iter().position(after);
        let index = self.insert_at(position.unwrap_or(self.order.len()));
        self.chosen_ids.insert(id, index);
        self.change(index, |machine| machine.id = id);
        Some(index)
    }

    /// Changes machine `index`; false when it is not listed.
    pub fn change(&mut self, index: usize, change: impl FnOnce(&mut Machine)) -> bool {
        let Some(mut machine) = self.machine(index) else {
            return false;
        };
        change(&mut machine);
        self.changed.insert(index, machine);
        true
    }

    fn contains(&self, index: usize) -> bool {
        index < self.next && !self.removed.contains(&index)
    }

    fn current(&self, index: usize) -> Machine {
        self.changed
            .get(&index)
            .cloned()
            .unwrap_or_else(|| self.fleet.machine(index))
    }

    /// The [`id`](Machine::id) of machine `index`, much cheaper than the machine itself.
    #[must_use]
    pub fn id_of(&self, index: usize) -> u64 {
        self.changed
            .get(&index)
            .map_or(index as u64 + 1, |machine| machine.id)
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};

    use super::*;
    use crate::fleet::FleetSpec;

    fn five() -> Population {
        Population::new(Fleet::new(FleetSpec::new(5, DateTime::<Utc>::UNIX_EPOCH)))
    }

    #[test]
    fn a_removed_machine_is_gone_and_the_rest_closes_up() {
        let mut population = five();
        assert!(population.remove(1));
        assert!(!population.remove(1));
        assert_eq!(population.indices(), [0, 2, 3, 4]);
        assert_eq!(population.machine(1), None);
        assert_eq!(population.index_of(2), None);
        assert_eq!(population.index_of(3), Some(2));
    }

    #[test]
    fn a_new_machine_stands_where_it_was_put() {
        let mut population = five();
        assert_eq!(population.insert_at(2), 5);
        assert_eq!(population.insert_at(99), 6);
        assert_eq!(population.indices(), [0, 1, 5, 2, 3, 4, 6]);
        assert_eq!(population.index_of(6), Some(5));
    }

    #[test]
    fn a_chosen_id_sorts_itself_in_and_a_lost_one_may_return() {
        let mut population = five();
        assert_eq!(population.insert_with_id(3), None);
        population.remove(2);
        let index = population.insert_with_id(3).unwrap();
        assert_eq!(population.indices(), [0, 1, index, 3, 4]);
        assert_eq!(population.index_of(3), Some(index));
        assert_eq!(population.machine(index).unwrap().id, 3);
        assert_eq!(population.index_of(6), None);
    }

    #[test]
    fn a_change_stays_and_touches_nothing_else() {
        let mut population = five();
        let before = population.machine(0).unwrap();
        assert!(population.change(0, |machine| machine.warranty_expiry = None));
        assert!(!population.change(77, |_| {}));
        let after = population.machine(0).unwrap();
        assert_eq!(after.warranty_expiry, None);
        assert_eq!(after.serial, before.serial);
    }
}
