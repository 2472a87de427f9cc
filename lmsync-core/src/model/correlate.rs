//! The relation of two assets: one machine or not.

use super::asset::Asset;
use super::facts::{Facts, Key};
use super::identity_key::{IdentityKind, Scope};

/// What the caller knows about the customers of two assets.
///
/// Only the caller can know it across accounts, where ids differ and names are not unique.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CustomerLink {
    /// The caller knows nothing: the same customer only by equal ids in one account.
    #[default]
    ByRecord,
    /// Both belong to one customer.
    Same,
    /// They belong to two customers.
    Different,
}

crate::words!(CustomerLink {
    ByRecord => "by_record",
    Same => "same",
    Different => "different",
});

/// The relation of two assets.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Correlation {
    /// One machine.
    Same {
        /// The keys they share, strongest first.
        by: Vec<IdentityKind>,
    },
    /// Perhaps one machine; a person should look.
    Possible {
        /// The keys they share, strongest first.
        by: Vec<IdentityKind>,
        /// What speaks against it.
        conflicts: Vec<Conflict>,
    },
    /// Two machines, whatever keys they share.
    Different {
        /// What rules it out.
        veto: Veto,
    },
    /// No shared key, and nothing that rules it out.
    Unrelated,
}

/// What speaks against one machine, without ruling it out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Conflict {
    /// Two different known manufacturers.
    Manufacturer,
    /// Two different SMBIOS UUIDs.
    HardwareUuid,
    /// An adapter can be moved to another machine, and the host names differ.
    Hostname,
}

crate::words!(Conflict {
    Manufacturer => "manufacturer",
    HardwareUuid => "hardware_uuid",
    Hostname => "hostname",
});

/// What rules out that two assets are one machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Veto {
    /// Two genuine serial numbers that differ.
    Serial,
    /// HP gives one serial number to machines of different products, and the product numbers differ.
    ProductNumber,
}

crate::words!(Veto {
    Serial => "serial",
    ProductNumber => "product_number",
});

/// Whether `left` and `right` are one machine, by their [identity keys](Asset::identity).
///
/// - Equal vendor ids in one account are one record, and nothing rules that out.
/// - Otherwise a [`Veto`] decides before any key.
/// - One strong key makes them the same; so do two others, or one supporting key
///   without a [`Conflict`]. A host name alone is never more than possible.
/// - Keys with the scope of a customer count only within one customer.
///
/// The order of the two makes no difference. [`SameMachine`](super::SameMachine) does this for whole fleets.
#[must_use]
pub fn correlate(left: &Asset, right: &Asset, customers: CustomerLink) -> Correlation {
    let (left, right) = (Facts::of(left), Facts::of(right));
    let is_one_customer = match customers {
        CustomerLink::Same => true,
        CustomerLink::Different => false,
        CustomerLink::ByRecord => {
            left.account == right.account
                && left.customer.is_some()
                && left.customer == right.customer
        }
    };
    relation(&left, &right, is_one_customer)
}

/// The relation of two assets, by their facts.
pub(super) fn relation<V: PartialEq>(
    left: &Facts<V>,
    right: &Facts<V>,
    is_one_customer: bool,
) -> Correlation {
    let by = shared_keys(left, right, is_one_customer);
    if by.first() == Some(&IdentityKind::VendorId) {
        return Correlation::Same { by };
    }
    if let Some(veto) = veto(left, right) {
        return Correlation::Different { veto };
    }
    if by.is_empty() {
        return Correlation::Unrelated;
    }
    if by.len() > 1 || is_strong(by[0]) {
        return Correlation::Same { by };
    }
    let conflicts = conflicts(left, right, by[0]);
    if conflicts.is_empty() && by[0] != IdentityKind::Hostname {
        Correlation::Same { by }
    } else {
        Correlation::Possible { by, conflicts }
    }
}

fn is_strong(kind: IdentityKind) -> bool {
    matches!(
        kind,
        IdentityKind::ManufacturerSerial | IdentityKind::HardwareUuid
    )
}

/// The kinds of the equal keys, strongest first, each once.
fn shared_keys<V: PartialEq>(
    left: &Facts<V>,
    right: &Facts<V>,
    is_one_customer: bool,
) -> Vec<IdentityKind> {
    let is_one_account = left.account == right.account;
    let may_compare = |key: &Key<V>| match key.scope {
        Scope::ConnectorInstance => is_one_account,
        Scope::Global => true,
        Scope::Customer => is_one_customer,
    };
    // Two records are never the same for both having one id in their own tools.
    let links =
        |from: &Facts<V>, to: &Facts<V>| may_compare(&to.own) && from.keys.contains(&to.own);
    let is_linked = links(left, right) || links(right, left);
    let mut kinds: Vec<_> = left
        .keys
        .iter()
        .filter(|key| may_compare(key) && right.keys.contains(key))
        .map(|key| key.kind)
        .chain(is_linked.then_some(IdentityKind::ExternalId))
        .collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds
}

/// The values that rule out one machine where both are known and differ.
pub(super) fn veto_values<V>(facts: &Facts<V>) -> [(Veto, Option<&V>); 2] {
    [
        (Veto::Serial, facts.serial.as_ref()),
        (Veto::ProductNumber, facts.product_number.as_ref()),
    ]
}

pub(super) fn veto<V: PartialEq>(left: &Facts<V>, right: &Facts<V>) -> Option<Veto> {
    differing(veto_values(left), veto_values(right)).next()
}

/// The values that speak against one machine by the key `by` where both are known and differ.
pub(super) fn conflict_values<V>(
    facts: &Facts<V>,
    by: IdentityKind,
) -> [(Conflict, Option<&V>); 3] {
    let hostname = facts.hostname().filter(|_| by == IdentityKind::Mac);
    [
        (Conflict::Manufacturer, facts.manufacturer.as_ref()),
        (Conflict::HardwareUuid, facts.hardware_uuid.as_ref()),
        (Conflict::Hostname, hostname),
    ]
}

fn conflicts<V: PartialEq>(left: &Facts<V>, right: &Facts<V>, by: IdentityKind) -> Vec<Conflict> {
    differing(conflict_values(left, by), conflict_values(right, by)).collect()
}

/// The names of the values that are known on both sides and not equal.
fn differing<'a, N, V: PartialEq + 'a, const COUNT: usize>(
    left: [(N, Option<&'a V>); COUNT],
    right: [(N, Option<&'a V>); COUNT],
) -> impl Iterator<Item = N> {
    let pairs = left.into_iter().zip(right);
    pairs.filter_map(|((name, left), (_, right))| (left? != right?).then_some(name))
}
