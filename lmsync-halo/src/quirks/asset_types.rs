//! Which of a tenant's asset types are hardware.

use lmsync_core::json::LenientObject;
use lmsync_core::model::AssetKind;
use lmsync_core::tenant_fields::TenantFieldNames;
use serde::{Deserialize, Deserializer, de};

use crate::wire::{self, id};

/// What an asset type counts as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AssetClass {
    /// Its assets are hardware assets.
    Hardware,
    /// Its assets are software assets, listed with the licences.
    Software,
    /// Its assets are left out.
    Neither,
}

lmsync_core::words!(AssetClass {
    Hardware => "hardware",
    Software => "software",
    Neither => "neither",
});

use AssetClass::{Hardware, Neither, Software};

/// Phrases, with bars between.
const SOFTWARE: &str = "software|licence|licences|license|licenses|licensing|subscription|\
     subscriptions|saas|application licence";
const NEITHER: &str = "service|services|business app|business apps|business application|\
     business applications|domain|domains|domain name|certificate|certificates|ssl|website|\
     websites|contract|contracts|portfolio|portfolios";

/// Which asset types count as hardware, which as software and which as neither.
///
/// Halo has no such flag: asset types are the tenant's own. By default a type is
/// software when its name, or else its group's, says so (software, licence,
/// subscription); it is neither when it is one of Halo's services or business
/// apps, or is called service, domain, certificate, website, contract or portfolio;
/// everything else is hardware. Names given here come first; they are names of
/// types or of groups, and case and blanks do not matter.
///
/// ```
/// use lmsync_halo::{AssetClass, AssetTypes};
///
/// let types = AssetTypes::new().with(AssetClass::Neither, ["Furniture", "Vehicles"]);
/// # let _ = types;
/// ```
///
/// A configuration has a list of names for each class, `hardware`, `software` and `neither`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AssetTypes(Vec<(String, AssetClass)>);

impl AssetTypes {
    /// The default.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Counts the types, and the types of the groups, called `names` as `class`.
    #[must_use]
    pub fn with<'n>(mut self, class: AssetClass, names: impl IntoIterator<Item = &'n str>) -> Self {
        let named = names.into_iter().map(|name| (name.to_owned(), class));
        self.0.extend(named);
        self
    }

    /// What `asset_type` counts as.
    pub(crate) fn class_of(&self, asset_type: &wire::AssetType) -> AssetClass {
        let name = asset_type.name.text().unwrap_or_default();
        let group = asset_type.assetgroup_name.text().unwrap_or_default();
        if let Some(class) = self.named(name).or_else(|| self.named(group)) {
            return class;
        }
        if asset_type.is_service == Some(true) || asset_type.is_businessapp == Some(true) {
            return Neither;
        }
        if says(name, SOFTWARE) {
            return Software;
        }
        // A domain controller is no domain.
        if AssetKind::from_words(name).is_some() {
            return Hardware;
        }
        if says(name, NEITHER) {
            return Neither;
        }
        if says(group, SOFTWARE) {
            return Software;
        }
        if AssetKind::from_words(group).is_none() && says(group, NEITHER) {
            return Neither;
        }
        Hardware
    }

    fn named(&self, name: &str) -> Option<AssetClass> {
        self.0
            .iter()
            .find(|(own, _)| TenantFieldNames::is_same_name(own, name))
            .map(|(_, class)| *class)
    }
}

/// The lists of a configuration.
#[cfg_attr(
    feature = "schema",
    derive(lmsync_core::schemars::JsonSchema),
    schemars(crate = "lmsync_core::schemars")
)]
#[derive(Deserialize)]
#[serde(rename = "AssetTypes", deny_unknown_fields)]
pub(crate) struct NamesByClass {
    #[serde(default)]
    hardware: Vec<String>,
    #[serde(default)]
    software: Vec<String>,
    #[serde(default)]
    neither: Vec<String>,
}

impl<'de> Deserialize<'de> for AssetTypes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let NamesByClass {
            hardware,
            software,
            neither,
        } = NamesByClass::deserialize(deserializer)?;
        let mut types = Self::default();
        for (class, names) in [
            (Hardware, hardware),
            (Software, software),
            (Neither, neither),
        ] {
            for name in names {
                let refuse = |why| Err(de::Error::custom(format!("`{name}` {why}")));
                if !name.contains(char::is_alphanumeric) {
                    return refuse("is no name of an asset type");
                }
                if types.named(&name).is_some_and(|other| other != class) {
                    return refuse("is in two lists of asset types");
                }
                types.0.push((name, class));
            }
        }
        Ok(types)
    }
}

/// Whether one of `phrases` stands in `text` as whole words.
fn says(text: &str, phrases: &str) -> bool {
    let words: Vec<String> = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    let text = format!(" {} ", words.join(" "));
    let mut phrases = phrases.split('|');
    phrases.any(|phrase| text.contains(&format!(" {phrase} ")))
}

/// A tenant's asset types, sorted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct TenantTypes {
    pub(crate) hardware: Vec<String>,
    pub(crate) software: Vec<String>,
    pub(crate) neither: Vec<String>,
    /// Whether a type of hardware has fields, as far as Halo says.
    pub(crate) hardware_has_fields: bool,
}

impl TenantTypes {
    pub(crate) fn sort(types: &[LenientObject<wire::AssetType>], rules: &AssetTypes) -> Self {
        let mut sorted = Self::default();
        for asset_type in types.iter().filter_map(LenientObject::value) {
            let Some(id) = id(&asset_type.id) else {
                continue;
            };
            match rules.class_of(asset_type) {
                Hardware => {
                    sorted.hardware.push(id);
                    sorted.hardware_has_fields |= has_fields(asset_type);
                }
                Software => sorted.software.push(id),
                Neither => sorted.neither.push(id),
            }
        }
        sorted
    }

    /// Every type that the account sees.
    pub(crate) fn all(&self) -> impl Iterator<Item = &String> {
        let Self {
            hardware,
            software,
            neither,
            ..
        } = self;
        hardware.iter().chain(software).chain(neither)
    }

    /// Whether `asset` is of a type that is known and not hardware.
    pub(crate) fn excludes(&self, asset: &wire::Asset) -> bool {
        id(&asset.assettype_id).is_some_and(|type_id| {
            self.software.contains(&type_id) || self.neither.contains(&type_id)
        })
    }

    /// The types to ask for where hardware alone is counted; `None` when every type is hardware.
    pub(crate) fn filter(&self) -> Option<&[String]> {
        let is_mixed = !self.software.is_empty() || !self.neither.is_empty();
        is_mixed.then_some(self.hardware.as_slice())
    }
}

/// Not told is taken for yes.
fn has_fields(asset_type: &wire::AssetType) -> bool {
    let lists = [&asset_type.fields, &asset_type.field_list];
    let mut told = lists.into_iter().flatten().peekable();
    told.peek().is_none() || told.any(|fields| !fields.0.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn class(rules: &AssetTypes, name: &str, group: &str) -> AssetClass {
        let json = format!(r#"{{"id":1,"name":"{name}","assetgroup_name":"{group}"}}"#);
        rules.class_of(&serde_json::from_str(&json).unwrap())
    }

    #[test]
    fn the_default_is_what_the_words_say() {
        let rules = AssetTypes::default();
        for (name, group, expected) in [
            ("Laptop", "Computers", Hardware),
            ("Workstation", "", Hardware),
            ("Coffee machine", "Kitchen", Hardware),
            ("", "", Hardware),
            ("Domain Controller", "", Hardware),
            ("Laptop", "Services", Hardware),
            ("Software", "", Software),
            ("Microsoft 365 Subscription", "Cloud", Software),
            ("Server Licence", "", Software),
            ("Office", "Software", Software),
            ("Domain", "", Neither),
            ("SSL Certificate", "", Neither),
            ("Backup", "Business Services", Neither),
            ("Softwareness", "", Hardware),
        ] {
            assert_eq!(class(&rules, name, group), expected, "{name} in {group}");
        }
    }

    #[test]
    fn names_given_come_first() {
        let rules = AssetTypes::new()
            .with(Hardware, ["software-appliance", "Services"])
            .with(Neither, ["Furniture"]);
        assert_eq!(class(&rules, "Software Appliance", ""), Hardware);
        assert_eq!(class(&rules, "Backup", "services"), Hardware);
        assert_eq!(class(&rules, "Desk", "FURNITURE"), Neither);
        assert_eq!(class(&rules, "Software", ""), Software);
    }

    #[test]
    fn halos_own_flags_count() {
        for flag in ["is_service", "is_businessapp"] {
            let json = format!(r#"{{"id":7.0,"name":"Laptop","{flag}":"true"}}"#);
            let asset_type = serde_json::from_str(&json).unwrap();
            let sorted =
                TenantTypes::sort(&[asset_type, LenientObject::Null], &AssetTypes::default());
            assert_eq!(sorted.neither, ["7"]);
            assert_eq!(sorted.filter(), Some(&[][..]));
        }
    }
}
