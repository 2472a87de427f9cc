//! The records that are one machine, in fleets of any number of accounts.

mod group;
mod joined;
mod pairs;
mod record;
mod report;
mod texts;

use super::asset::Asset;
pub use group::{Contradiction, MachineGroup, PossibleLink, SharedKeys};
use record::Record;
use texts::Texts;

/// Finds the records that are one machine, in the lists of any number of accounts.
///
/// Assets are added one by one as they are listed. Only the [identity keys](Asset::identity) and what else
/// [`correlate`](super::correlate) looks at is kept, each text once; for 50,000 assets in five accounts that is some 20 MB,
/// and twice that while the groups are made.
///
/// Two records relate as [`correlate`](super::correlate) says. Their customers are the same
///
/// - when both were added [for one customer](Self::add_for),
/// - when both were added without a label and have one customer's id in one account.
///
/// A record with a label and one without are of two customers, so give labels to all accounts or to none.
///
/// # The rule for groups
///
/// Pairs that are the same join their groups, strongest keys first, then in the order of the records. A pair
/// whose groups have two members that rule each other out (two [serial numbers](super::Veto::Serial), two
/// [HP product numbers](super::Veto::ProductNumber)) joins nothing, and is told in
/// [`conflicts`](MachineGroup::conflicts) of both groups: nothing is ever merged across a veto, and nothing is left
/// apart in silence. Pairs that are only possible are told in [`possible`](MachineGroup::possible) and join nothing.
///
/// A record that was added twice counts once, as it was [read last](super::Source::fetched_at). The order in which
/// assets are added makes no difference.
///
/// # Keys that many share
///
/// Keys are compared within their [scope](super::Scope) alone, so that `pc1` at thousand customers costs nothing.
/// Of more than 32 records that share a key in one scope, not every pair is looked at: those that agree
/// in all that could rule them out are linked by way of the first of them. Without a veto the groups are
/// those that all pairs would make; otherwise links between two groups may be told less often, and which of
/// them join first may differ.
///
/// ```
/// # use chrono::DateTime;
/// use lmsync_core::model::{Asset, AssetDraft, IdentityKind, Rules, SameMachine, Source, Veto};
///
/// # let (rules, now) = (Rules::default(), DateTime::UNIX_EPOCH);
/// let asset = |tool: &str, id: &str, serial: &str, mac: &str| {
///     let mut draft = AssetDraft::new(Source::new(tool, "main", id, now), &rules, now);
///     draft.name("PC1").serial(serial).primary_mac(mac);
///     draft.finish()
/// };
/// let mac = "18:cc:18:e0:6f:92";
/// let mut fleet = SameMachine::default();
/// fleet.add_for(&asset("rmm", "1", "7XKQ2T3", mac), "Acme");
/// fleet.add_for(&asset("psa", "a-9", "7xkq2t3", ""), "Acme");
/// fleet.add_for(&asset("psa", "a-10", "", mac), "Acme");
/// // The adapter was moved to another machine.
/// fleet.add_for(&asset("rmm", "2", "8XKQ2T3", mac), "Acme");
///
/// let groups = fleet.groups();
/// assert_eq!(groups[0].members.len(), 3);
/// assert_eq!(groups[0].evidence[0].by, [IdentityKind::Serial]);
/// let told = &groups[0].conflicts[0];
/// assert_eq!(groups[0].members[told.left].vendor_id, "a-10");
/// assert_eq!((&*told.right.vendor_id, told.veto), ("2", Veto::Serial));
/// ```
#[derive(Debug, Clone, Default)]
pub struct SameMachine {
    texts: Texts,
    records: Vec<Record>,
}

impl SameMachine {
    /// Adds an asset, of the customer that its record names in its account.
    pub fn add(&mut self, asset: &Asset) {
        let record = Record::new(&mut self.texts, asset, None);
        self.records.push(record);
    }

    /// Adds an asset of `customer`, which is any name that the caller has for a customer in all accounts; it is
    /// compared as it is written.
    pub fn add_for(&mut self, asset: &Asset, customer: &str) {
        let record = Record::new(&mut self.texts, asset, Some(customer));
        self.records.push(record);
    }

    /// The groups of two records or more, and the single records of which there is something to tell; in the
    /// order of their first members.
    #[must_use]
    pub fn groups(self) -> Vec<MachineGroup> {
        self.groups_within(pairs::FEW)
    }

    /// The groups, where up to `few` records that share a key are all compared.
    pub(in crate::model) fn groups_within(self, few: usize) -> Vec<MachineGroup> {
        let Self { texts, mut records } = self;
        records.sort_unstable_by(|left, right| left.order(right, &texts));
        records.dedup_by(|later, first| later.is_same_record(first));
        report::groups(&records, &texts, few)
    }
}
