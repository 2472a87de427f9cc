//! The figures of each customer.

use std::collections::{BTreeMap, HashSet};

use super::scope::Scope;
use super::warranty::{Cover, Covers};

/// The figures of each customer.
#[derive(Debug)]
pub(crate) struct Customers {
    /// Those with assets: who has most of them first, then by name.
    pub(crate) all: Vec<CustomerFigures>,
    /// The number of customers without any asset.
    pub(crate) empty: usize,
}

/// The figures of a customer.
#[derive(Debug, Default)]
pub(crate) struct CustomerFigures {
    pub(crate) name: String,
    pub(crate) assets: usize,
    pub(crate) machines: usize,
    pub(crate) covers: Covers,
    /// Entries past the end of support.
    pub(crate) unsupported: usize,
    /// Entries that have not reported for long.
    pub(crate) unseen: usize,
}

impl Customers {
    pub(crate) fn of(scope: &Scope<'_>) -> Self {
        let limit = scope.long_ago();
        let mut all: BTreeMap<usize, (CustomerFigures, HashSet<usize>)> = BTreeMap::new();
        for (_, entry) in scope.entries() {
            let (figures, machines) = all.entry(entry.customer).or_default();
            figures.assets += 1;
            figures.covers.add(Cover::of(entry.expires, scope));
            figures.unsupported += usize::from(entry.system.past_support(scope.today).is_some());
            figures.unseen += usize::from(entry.last_seen.is_some_and(|day| day < limit));
            machines.insert(entry.machine);
        }
        let empty = scope.fleet.customers.len() - with_assets(scope);
        let headings = &scope.fleet.customers;
        let mut all: Vec<_> = all
            .into_iter()
            .map(|(place, (figures, machines))| CustomerFigures {
                name: headings[place].name.clone(),
                machines: machines.len(),
                ..figures
            })
            .collect();
        all.sort_by(|one, other| {
            other
                .assets
                .cmp(&one.assets)
                .then_with(|| one.name.cmp(&other.name))
        });
        Self { all, empty }
    }
}

/// The number of headings of the whole fleet that have assets.
fn with_assets(scope: &Scope<'_>) -> usize {
    let headings: HashSet<usize> = scope
        .fleet
        .entries
        .iter()
        .map(|entry| entry.customer)
        .collect();
    headings.len()
}
