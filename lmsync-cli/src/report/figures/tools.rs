//! Machines by the tools that know them.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::scope::Scope;

/// Machines by the accounts that know them.
#[derive(Debug)]
pub(crate) struct Tools {
    /// Numbers of machines by how many accounts know them.
    pub(crate) machines: BTreeMap<usize, usize>,
    /// Each account with entries, in the order of their names.
    pub(crate) accounts: Vec<Tool>,
    /// The entries whose machine no other account knows; none where there is one account alone.
    pub(crate) alone: Vec<usize>,
    /// Set if there are several accounts, so that they can know the same machines.
    pub(crate) are_several: bool,
}

/// An account, by what others know of its machines.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Tool {
    /// Its place.
    pub(crate) account: usize,
    /// Its entries.
    pub(crate) assets: usize,
    /// Those of them whose machine another account knows, too.
    pub(crate) shared: usize,
}

impl Tool {
    /// The number of entries whose machine no other account knows.
    pub(crate) fn alone(self) -> usize {
        self.assets - self.shared
    }
}

impl Tools {
    pub(crate) fn of(scope: &Scope<'_>) -> Self {
        // Those of the whole fleet: a tool may have the machine under another customer.
        let mut known: HashMap<usize, HashSet<usize>> = HashMap::new();
        for entry in &scope.fleet.entries {
            known
                .entry(entry.machine)
                .or_default()
                .insert(entry.account);
        }
        let by_how_many = |machine: usize| known.get(&machine).map_or(0, HashSet::len);
        let chosen: HashSet<usize> = scope.entries().map(|(_, entry)| entry.machine).collect();
        let mut machines = BTreeMap::new();
        for machine in chosen {
            *machines.entry(by_how_many(machine)).or_default() += 1;
        }
        let mut accounts: BTreeMap<usize, Tool> = BTreeMap::new();
        for (_, entry) in scope.entries() {
            let tool = accounts.entry(entry.account).or_default();
            tool.account = entry.account;
            tool.assets += 1;
            tool.shared += usize::from(by_how_many(entry.machine) > 1);
        }
        let mut accounts: Vec<Tool> = accounts.into_values().collect();
        accounts.sort_by_key(|tool| {
            let account = &scope.fleet.accounts[tool.account];
            (&account.connector, &account.instance)
        });
        let all: HashSet<usize> = scope
            .fleet
            .entries
            .iter()
            .map(|entry| entry.account)
            .collect();
        let are_several = all.len() > 1;
        Self {
            machines,
            accounts,
            alone: scope.list(|entry| are_several && by_how_many(entry.machine) == 1),
            are_several,
        }
    }
}
