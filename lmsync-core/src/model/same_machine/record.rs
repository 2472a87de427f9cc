//! A record, as far as correlation needs it.

use std::cmp::Ordering;

use chrono::{DateTime, Utc};

use super::texts::{TextId, Texts};
use crate::model::asset::Asset;
use crate::model::facts::{Facts, Key};
use crate::model::identity_key::{IdentityKind, Scope};
use crate::model::named::NamedAsset;

/// A record, as far as correlation needs it.
#[derive(Debug, Clone)]
pub(super) struct Record {
    pub(super) facts: Facts<TextId>,
    vendor_id: TextId,
    name: TextId,
    fetched_at: DateTime<Utc>,
    customer: Option<Customer>,
}

/// Whose a record is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Customer {
    /// As the caller says.
    Label(TextId),
    /// As the account says: connector, instance and id.
    Recorded((TextId, TextId), TextId),
}

/// The records among which a key is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    Everywhere,
    Account((TextId, TextId)),
    Customer(Customer),
}

impl Record {
    pub(super) fn new(texts: &mut Texts, asset: &Asset, label: Option<&str>) -> Self {
        let mut facts = Facts::of(asset);
        // A record is here once, so its id links it to no other.
        facts.keys.retain(|key| key.kind != IdentityKind::VendorId);
        let facts = facts.map(|text| texts.id(&text));
        let recorded = facts
            .customer
            .map(|id| Customer::Recorded(facts.account, id));
        Self {
            vendor_id: texts.id(&asset.source.vendor_id),
            name: texts.id(&asset.name),
            fetched_at: asset.source.fetched_at,
            customer: label
                .map(|label| Customer::Label(texts.id(label)))
                .or(recorded),
            facts,
        }
    }

    pub(super) fn named(&self, texts: &Texts) -> NamedAsset {
        let text = |id| texts.text(id).to_owned();
        NamedAsset {
            connector: text(self.facts.account.0),
            instance: text(self.facts.account.1),
            vendor_id: text(self.vendor_id),
            name: text(self.name),
        }
    }

    pub(super) fn is_same_record(&self, other: &Self) -> bool {
        self.facts.account == other.facts.account && self.vendor_id == other.vendor_id
    }

    pub(super) fn is_of_one_customer(&self, other: &Self) -> bool {
        self.customer.is_some() && self.customer == other.customer
    }

    /// Where `key` may be compared; `None` when the customer is not known.
    pub(super) fn place(&self, key: &Key<TextId>) -> Option<Place> {
        Some(match key.scope {
            Scope::Global => Place::Everywhere,
            Scope::ConnectorInstance => Place::Account(self.facts.account),
            Scope::Customer => Place::Customer(self.customer?),
        })
    }

    /// The order by account and id; of one record, the latest reading first.
    pub(super) fn order(&self, other: &Self, texts: &Texts) -> Ordering {
        let text = |id| texts.text(id);
        let key = |one: &Self| [one.facts.account.0, one.facts.account.1, one.vendor_id].map(text);
        key(self)
            .cmp(&key(other))
            .then_with(|| other.fetched_at.cmp(&self.fetched_at))
            .then_with(|| self.written(texts).cmp(&other.written(texts)))
    }

    /// All that is compared, as text: a choice between two readings of one moment that does not depend
    /// on which was added first.
    fn written(&self, texts: &Texts) -> String {
        let text = |id| texts.text(id);
        let label = match self.customer {
            Some(Customer::Label(id)) => Some(text(id)),
            _ => None,
        };
        format!(
            "{:?}",
            (text(self.name), label, self.facts.clone().map(text))
        )
    }
}
