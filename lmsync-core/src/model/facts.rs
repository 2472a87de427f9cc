//! Facts by which assets are told to be one machine or not.

use std::borrow::Cow;

use smallvec::SmallVec;

use super::asset::Asset;
use super::identity_key::{IdentityKey, IdentityKind, Scope};

/// The facts of an asset that correlation looks at. A value is text, or a number that stands for it: all that matters is
/// which are equal.
#[derive(Debug, Clone)]
pub(super) struct Facts<V> {
    /// Connector and instance.
    pub(super) account: (V, V),
    /// The id of the customer in this account.
    pub(super) customer: Option<V>,
    pub(super) serial: Option<V>,
    /// HP's alone.
    pub(super) product_number: Option<V>,
    pub(super) manufacturer: Option<V>,
    pub(super) hardware_uuid: Option<V>,
    pub(super) keys: SmallVec<[Key<V>; 6]>,
    /// The key by which other tools refer to the record.
    pub(super) own: Key<V>,
}

/// An identity key; strength follows from its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Key<V> {
    pub(super) kind: IdentityKind,
    pub(super) scope: Scope,
    pub(super) value: V,
}

impl<'a> Facts<Cow<'a, str>> {
    pub(super) fn of(asset: &'a Asset) -> Self {
        let text = |text: &'a Option<String>| text.as_deref().map(Cow::Borrowed);
        let source = &asset.source;
        let keys = asset.identity.iter().map(|key| Key {
            kind: key.kind,
            scope: key.scope,
            value: Cow::Borrowed(&*key.value),
        });
        let own = IdentityKey::external(&source.connector, &source.vendor_id);
        Self {
            own: Key {
                kind: own.kind,
                scope: own.scope,
                value: Cow::Owned(own.value),
            },
            account: (
                Cow::Borrowed(&*source.connector),
                Cow::Borrowed(&*source.instance),
            ),
            customer: asset.customer.as_ref().map(|of| Cow::Borrowed(&*of.id)),
            serial: text(&asset.serial.key),
            product_number: hp_product_number(asset).map(Cow::Owned),
            manufacturer: asset.manufacturer.as_deref().map(upper),
            hardware_uuid: text(&asset.hardware_uuid),
            keys: keys.collect(),
        }
    }
}

impl<V> Facts<V> {
    /// The same facts with other values.
    pub(super) fn map<W>(self, mut value: impl FnMut(V) -> W) -> Facts<W> {
        let mut key = |key: Key<V>| Key {
            kind: key.kind,
            scope: key.scope,
            value: value(key.value),
        };
        let own = key(self.own);
        Facts {
            keys: self.keys.into_iter().map(key).collect(),
            own,
            account: (value(self.account.0), value(self.account.1)),
            customer: self.customer.map(&mut value),
            serial: self.serial.map(&mut value),
            product_number: self.product_number.map(&mut value),
            manufacturer: self.manufacturer.map(&mut value),
            hardware_uuid: self.hardware_uuid.map(&mut value),
        }
    }

    /// The host name for comparing.
    pub(super) fn hostname(&self) -> Option<&V> {
        let is_name = |key: &&Key<V>| key.kind == IdentityKind::Hostname;
        self.keys.iter().find(is_name).map(|key| &key.value)
    }
}

/// The part before the `#` of the country, which some tools leave out.
fn hp_product_number(asset: &Asset) -> Option<String> {
    let is_hp = matches!(asset.manufacturer.as_deref(), Some("HP" | "HPE"));
    let number = asset.product_number.as_deref().filter(|_| is_hp)?;
    let number = number.split('#').next()?.trim().to_uppercase();
    (!number.is_empty()).then_some(number)
}

fn upper(text: &str) -> Cow<'_, str> {
    match text.to_uppercase() {
        upper if upper == text => Cow::Borrowed(text),
        upper => Cow::Owned(upper),
    }
}
