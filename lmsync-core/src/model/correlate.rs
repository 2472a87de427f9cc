//! Whether two assets are one machine.

use super::asset::Asset;
use super::identity_key::{IdentityKey, IdentityKind, Scope};

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
/// The order of the two makes no difference.
#[must_use]
pub fn correlate(left: &Asset, right: &Asset, customers: CustomerLink) -> Correlation {
    let by = shared_keys(left, right, customers);
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
fn shared_keys(left: &Asset, right: &Asset, customers: CustomerLink) -> Vec<IdentityKind> {
    let same_account = is_same_account(left, right);
    let same_customer = is_same_customer(left, right, customers);
    let may_compare = |key: &IdentityKey| match key.scope {
        Scope::ConnectorInstance => same_account,
        Scope::Global => true,
        Scope::Customer => same_customer,
    };
    let mut kinds: Vec<_> = left
        .identity
        .iter()
        .filter(|key| may_compare(key) && right.identity.contains(key))
        .map(|key| key.kind)
        .collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds
}

fn is_same_account(left: &Asset, right: &Asset) -> bool {
    left.source.connector == right.source.connector && left.source.instance == right.source.instance
}

fn is_same_customer(left: &Asset, right: &Asset, customers: CustomerLink) -> bool {
    match customers {
        CustomerLink::Same => true,
        CustomerLink::Different => false,
        CustomerLink::ByRecord => {
            let ids = left.customer.as_ref().zip(right.customer.as_ref());
            is_same_account(left, right) && ids.is_some_and(|(left, right)| left.id == right.id)
        }
    }
}

fn veto(left: &Asset, right: &Asset) -> Option<Veto> {
    if differ(left.serial.key.as_deref(), right.serial.key.as_deref()) {
        return Some(Veto::Serial);
    }
    let numbers = (hp_product_number(left), hp_product_number(right));
    differ(numbers.0.as_deref(), numbers.1.as_deref()).then_some(Veto::ProductNumber)
}

/// What stands before the `#` of the country, which some tools leave out.
fn hp_product_number(asset: &Asset) -> Option<String> {
    let is_hp = matches!(asset.manufacturer.as_deref(), Some("HP" | "HPE"));
    let number = asset.product_number.as_deref().filter(|_| is_hp)?;
    let number = number.split('#').next()?.trim().to_uppercase();
    (!number.is_empty()).then_some(number)
}

fn conflicts(left: &Asset, right: &Asset, by: IdentityKind) -> Vec<Conflict> {
    let maker = |asset: &Asset| asset.manufacturer.as_deref().map(str::to_uppercase);
    let mut conflicts = Vec::new();
    if differ(maker(left).as_deref(), maker(right).as_deref()) {
        conflicts.push(Conflict::Manufacturer);
    }
    if differ(
        left.hardware_uuid.as_deref(),
        right.hardware_uuid.as_deref(),
    ) {
        conflicts.push(Conflict::HardwareUuid);
    }
    if by == IdentityKind::Mac && differ(hostname(left), hostname(right)) {
        conflicts.push(Conflict::Hostname);
    }
    conflicts
}

fn hostname(asset: &Asset) -> Option<&str> {
    asset
        .identity
        .iter()
        .find(|key| key.kind == IdentityKind::Hostname)
        .map(|key| key.value.as_str())
}

/// Whether both are known and not equal.
fn differ(left: Option<&str>, right: Option<&str>) -> bool {
    left.zip(right).is_some_and(|(left, right)| left != right)
}
