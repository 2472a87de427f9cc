//! The records of one machine, and what is to be said about them.

use serde::{Deserialize, Serialize};

use crate::model::correlate::{Conflict, Veto};
use crate::model::identity_key::IdentityKind;
use crate::model::named::NamedAsset;

/// The records of one machine, and what is to be said about them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct MachineGroup {
    /// The records, in the order of accounts, then ids; one at least.
    pub members: Vec<NamedAsset>,
    /// The keys that joined them, strongest first: one pair less than there are members, by which each is
    /// linked with every other.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<SharedKeys>,
    /// Records of other groups that are perhaps the same machine, strongest first; of each other group, one.
    /// The other group has the same link.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub possible: Vec<PossibleLink>,
    /// Records of other groups that would be the same machine, if other members of the two did not rule it out,
    /// strongest first; of each other group, one. The other group has the same contradiction.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conflicts: Vec<Contradiction>,
}

/// Two members of a group that are one machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SharedKeys {
    /// The one, by its place in [`members`](MachineGroup::members).
    pub left: usize,
    /// The other, by its place, which is after `left`.
    pub right: usize,
    /// The keys they share, strongest first.
    pub by: Vec<IdentityKind>,
}

/// A member of a group and a record of another group that are perhaps one machine; a person should look.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PossibleLink {
    /// The member, by its place in [`members`](MachineGroup::members).
    pub left: usize,
    /// The record of the other group.
    pub right: NamedAsset,
    /// The keys they share, strongest first.
    pub by: Vec<IdentityKind>,
    /// What speaks against it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conflicts: Vec<Conflict>,
    /// What rules it out for other members of the two groups, if anything does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub veto: Option<Veto>,
}

/// A member of a group and a record of another group that would be one machine, if other members of
/// the two did not rule it out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Contradiction {
    /// The member, by its place in [`members`](MachineGroup::members).
    pub left: usize,
    /// The record of the other group.
    pub right: NamedAsset,
    /// The keys they share, strongest first.
    pub by: Vec<IdentityKind>,
    /// What rules it out.
    pub veto: Veto,
    /// The member whose value rules it out, by its place in [`members`](MachineGroup::members).
    pub veto_left: usize,
    /// The record of the other group with the value that differs.
    pub veto_right: NamedAsset,
}
