//! Finding an asset by its serial number.

use std::collections::HashMap;

use super::asset_ref::AssetRef;
use crate::model::{Asset, Serial, SerialPlaceholders, SerialStatus};

/// The assets of a listing by serial number.
///
/// A date reaches an asset by its serial number only if exactly one has it.
#[derive(Debug, Clone)]
pub struct SerialIndex {
    placeholders: SerialPlaceholders,
    assets: HashMap<String, Vec<AssetRef>>,
}

/// The reason that a serial number does not stand for one asset.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotOneAsset {
    /// The serial number is text that many machines share.
    Placeholder,
    /// No asset has it.
    None,
    /// Several have it.
    Several(Vec<AssetRef>),
}

impl Default for SerialIndex {
    fn default() -> Self {
        Self::new(SerialPlaceholders::shipped())
    }
}

impl SerialIndex {
    /// An empty index that knows `placeholders`.
    #[must_use]
    pub fn new(placeholders: SerialPlaceholders) -> Self {
        Self {
            placeholders,
            assets: HashMap::new(),
        }
    }

    /// Adds an asset, if it has a serial number of its own.
    pub fn add(&mut self, asset: &Asset) {
        if let Some(key) = &asset.serial.key {
            self.insert(AssetRef::from(&asset.source), key.clone());
        }
    }

    /// Adds an asset whose serial number has the comparison form `key`, that of
    /// [`Serial::key`].
    pub fn insert(&mut self, asset: AssetRef, key: String) {
        self.assets.entry(key).or_default().push(asset);
    }

    /// Finds the one asset with `serial`, compared as identity keys are: without case and
    /// outer blanks.
    ///
    /// # Errors
    /// The reason that there is not exactly one.
    pub fn find(&self, serial: &str) -> Result<&AssetRef, NotOneAsset> {
        let serial = Serial::read(Some(serial), &self.placeholders);
        let key = match (serial.status, serial.key) {
            (SerialStatus::Placeholder, _) => return Err(NotOneAsset::Placeholder),
            (_, Some(key)) => key,
            (_, None) => return Err(NotOneAsset::None),
        };
        match self.assets.get(&key).map(Vec::as_slice) {
            None | Some([]) => Err(NotOneAsset::None),
            Some([asset]) => Ok(asset),
            Some(several) => Err(NotOneAsset::Several(several.to_vec())),
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::model::{AssetDraft, Rules, Source};

    fn index(serials: &[(&str, &str)]) -> SerialIndex {
        let mut index = SerialIndex::default();
        let (rules, now) = (Rules::default(), DateTime::UNIX_EPOCH);
        for (id, serial) in serials {
            let source = Source::new("acme", "shop", *id, now);
            let mut draft = AssetDraft::new(source, &rules, now);
            draft.serial(*serial);
            index.add(&draft.finish());
        }
        index
    }

    #[test]
    fn only_a_serial_number_of_one_asset_finds_it() {
        let index = index(&[("1", "AB 12"), ("2", "xy"), ("3", "XY"), ("4", "N/A")]);
        assert_eq!(
            index.find(" ab  12 "),
            Ok(&AssetRef::new("acme", "shop", "1"))
        );
        let several = ["2", "3"]
            .map(|id| AssetRef::new("acme", "shop", id))
            .to_vec();
        assert_eq!(index.find("xy"), Err(NotOneAsset::Several(several)));
        assert_eq!(index.find("AB13"), Err(NotOneAsset::None));
        assert_eq!(index.find(" "), Err(NotOneAsset::None));
        for placeholder in ["n/a", "0000000", "To Be Filled By O.E.M."] {
            assert_eq!(index.find(placeholder), Err(NotOneAsset::Placeholder));
        }
    }

    #[test]
    fn a_placeholder_in_any_spelling_finds_nothing_even_where_one_asset_alone_has_it() {
        for placeholder in [
            "SystemSerialNumber",
            "Default_string",
            "To be filled by OEM",
            "-1",
            "Type2 - Board Serial Number",
            "00000000-0000-0000-0000-000000000000",
            "00020003-0004-0005-0006-000700080009",
            "N.A.",
            "123 456 7890",
            "\u{feff}None\u{200e}",
        ] {
            let mut index = index(&[("1", placeholder)]);
            assert_eq!(index.find(placeholder), Err(NotOneAsset::Placeholder));
            // An index that was filled by other rules is asked by its own.
            let asset = AssetRef::new("acme", "shop", "2");
            index.insert(asset, placeholder.to_uppercase());
            assert_eq!(index.find(placeholder), Err(NotOneAsset::Placeholder));
        }
        let genuine = index(&[("1", "\u{feff}7HK2MN3")]);
        assert!(genuine.find("7hk2mn3\u{200e}").is_ok());
    }
}
