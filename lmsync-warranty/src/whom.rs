//! The maker to ask about an asset: by its manufacturer's name and its model, never by its serial number.
//!
//! A serial number that is sent to the wrong company tells it what somebody owns, and may be that of
//! another product there.

use std::collections::BTreeMap;

use lmsync_core::model::{
    Asset, SerialStatus, Virtualization, canonical_manufacturer, clean_model, guest_hypervisor,
};

use crate::maker::Maker;
use crate::outcome::SkipReason;
use crate::query::WarrantyQuery;

/// The shortest serial number that is asked about. Assumed: a shorter one is a placeholder.
const SHORTEST_SERIAL: usize = 4;
/// The longest. Documented: Cisco's "Serial Number to Information", for its own.
const LONGEST_SERIAL: usize = 40;
/// The number of letters, digits and dashes of a UUID.
const UUID_LENGTH: usize = 36;

/// The text before the machine type in the product number of Lenovo's firmware.
const MACHINE_TYPE: &str = "_MT_";
/// Words of a model that is HPE's, by whatever name of HP it is told.
const HPE_MODELS: &[&str] = &[
    "alletra",
    "apollo",
    "aruba",
    "bladesystem",
    "integrity",
    "msa",
    "nimble",
    "procurve",
    "proliant",
    "simplivity",
    "storeeasy",
    "storeonce",
    "superdome",
    "synergy",
];
/// Names of IBM.
const IBM: &[&str] = &["ibm", "international business machines"];
/// Names of Dell that do not begin with it.
const DELL: &[&str] = &["alienware"];
/// Beginnings of Meraki's models, before digits.
const MERAKI_MODELS: &[&str] = &["mr", "ms", "mx"];

/// The one to ask about an asset.
///
/// Complete: somebody, nobody here, or nobody at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whom {
    /// This maker, with this query.
    Ask(Maker, WarrantyQuery),
    /// Nobody: this manufacturer has no lookup here.
    Unsupported(String),
    /// Nobody, for this reason.
    Skip(SkipReason),
}

/// The makers that answer for manufacturers.
///
/// Dell, Lenovo, Cisco and HP Inc. are told apart from those that bear or bore their names: HPE, Meraki,
/// IBM. Further ones are added with [`and`](Self::and).
#[derive(Debug, Clone, Default)]
pub struct Makers {
    further: BTreeMap<String, Maker>,
}

impl Makers {
    /// Adds `maker`, which answers for the manufacturer of this name, in any of its spellings that
    /// [`canonical_manufacturer`] knows.
    #[must_use]
    pub fn and(mut self, manufacturer: &str, maker: Maker) -> Self {
        if let Some(name) = canonical_manufacturer(manufacturer) {
            self.further.insert(name.to_lowercase(), maker);
        }
        self
    }

    /// The one to ask about `asset`.
    #[must_use]
    pub fn of(&self, asset: &Asset) -> Whom {
        if is_virtual(asset) {
            return Whom::Skip(SkipReason::Virtual);
        }
        let serial = match serial(asset) {
            Ok(serial) => serial,
            Err(reason) => return Whom::Skip(reason),
        };
        let told = asset
            .manufacturer_raw
            .as_deref()
            .or(asset.manufacturer.as_deref());
        let Some(name) = told.and_then(canonical_manufacturer) else {
            return Whom::Skip(SkipReason::NoManufacturer);
        };
        let model = asset.model.as_deref().unwrap_or_default();
        match self.maker(&name, told.unwrap_or_default(), model, &serial) {
            Ok(maker) => Whom::Ask(maker, query(asset, &serial)),
            Err(other) => Whom::Unsupported(other),
        }
    }

    /// The maker that answers for `name`, as the tool writes it `told`; else whose machine it is.
    fn maker(&self, name: &str, told: &str, model: &str, serial: &str) -> Result<Maker, String> {
        if let Some(maker) = self.further.get(&name.to_lowercase()) {
            return Ok(maker.clone());
        }
        let model = Words::of(model);
        let told = Words::of(told);
        match name {
            "Dell" => Ok(Maker::DELL),
            "Lenovo" => Ok(Maker::LENOVO),
            "HP" if model.have_any(HPE_MODELS) => Err("HPE".to_owned()),
            "HP" => Ok(Maker::HP),
            "Cisco" if told.have("meraki") || is_meraki(&model, serial) => Err("Meraki".to_owned()),
            "Cisco" => Ok(Maker::CISCO),
            _ if told.begin_with_any(DELL) => Ok(Maker::DELL),
            _ if told.begin_with_any(IBM) && is_system_x(&model) => Ok(Maker::LENOVO),
            other => Err(other.to_owned()),
        }
    }
}

fn query(asset: &Asset, serial: &str) -> WarrantyQuery {
    let mut query = WarrantyQuery::new(serial);
    query.model = asset.model.clone();
    match asset.product_number.as_deref().and_then(product_number) {
        Some(number) => query.product_number(&number),
        None => query,
    }
}

/// The product number that `text` is or names; `None` for a placeholder and for what is no number.
///
/// Lenovo's firmware writes `LENOVO_MT_20XW_BU_Think_FM_ThinkPad X1` for the machine type 20XW.
fn product_number(text: &str) -> Option<String> {
    let text = clean_model(text)?;
    let number = match text.split_once(MACHINE_TYPE) {
        Some((_, rest)) => rest.split('_').next().unwrap_or_default(),
        None => &text,
    };
    let is_taken = |letter: char| letter.is_ascii_alphanumeric() || "-/#.+=".contains(letter);
    let is_number = !number.is_empty() && number.chars().all(is_taken);
    is_number.then(|| number.to_owned())
}

fn is_virtual(asset: &Asset) -> bool {
    let is_guest = matches!(
        asset.virtualization,
        Virtualization::Guest | Virtualization::Container
    );
    let serial = asset.serial.value.as_deref();
    let maker = asset
        .manufacturer_raw
        .as_deref()
        .or(asset.manufacturer.as_deref());
    is_guest
        || asset.serial.status == SerialStatus::Virtual
        || serial.is_some_and(is_uuid)
        || guest_hypervisor(maker, asset.model.as_deref(), serial).is_some()
}

/// The form of a serial number that a hypervisor makes up.
fn is_uuid(serial: &str) -> bool {
    let serial = serial.trim();
    let is_form = |(place, letter): (usize, char)| match place {
        8 | 13 | 18 | 23 => letter == '-',
        _ => letter.is_ascii_hexdigit(),
    };
    serial.len() == UUID_LENGTH && serial.chars().enumerate().all(is_form)
}

/// The serial number to ask for.
fn serial(asset: &Asset) -> Result<String, SkipReason> {
    match asset.serial.status {
        SerialStatus::Missing => return Err(SkipReason::NoSerial),
        SerialStatus::Placeholder => return Err(SkipReason::Placeholder),
        _ => {}
    }
    let serial = asset.serial.value.as_deref().unwrap_or_default();
    let serial = crate::query::normal(serial);
    let mut letters = serial.chars();
    let first = letters.next().ok_or(SkipReason::NoSerial)?;
    if serial.len() < SHORTEST_SERIAL || letters.all(|letter| letter == first) {
        return Err(SkipReason::Placeholder);
    }
    let is_taken = |letter: char| letter.is_ascii_alphanumeric() || letter == '-';
    match serial.len() <= LONGEST_SERIAL && serial.chars().all(is_taken) {
        true => Ok(serial),
        false => Err(SkipReason::UnusableSerial),
    }
}

/// Meraki's machines bear Cisco's name with some tools, and SN2INFO does not know them.
fn is_meraki(model: &Words, serial: &str) -> bool {
    let parts: Vec<&str> = serial.split('-').collect();
    let is_form = matches!(parts[..], [first, second, third] if first.starts_with('Q')
        && [first, second, third].iter().all(|part| part.len() == 4));
    is_form || model.have("meraki") || model.begin_with_numbered(MERAKI_MODELS)
}

/// The servers that went from IBM to Lenovo in 2014.
fn is_system_x(model: &Words) -> bool {
    model.have("system x") || model.have("bladecenter") || model.has_system_x_number()
}

/// A text as lower-case words.
struct Words(Vec<String>);

impl Words {
    fn of(text: &str) -> Self {
        let words = text.split(|letter: char| !letter.is_alphanumeric());
        Self(
            words
                .filter(|word| !word.is_empty())
                .map(str::to_lowercase)
                .collect(),
        )
    }

    fn have(&self, phrase: &str) -> bool {
        let phrase: Vec<&str> = phrase.split(' ').collect();
        self.0.windows(phrase.len()).any(|words| words == phrase)
    }

    fn have_any(&self, phrases: &[&str]) -> bool {
        phrases.iter().any(|phrase| self.have(phrase))
    }

    fn begin_with_any(&self, phrases: &[&str]) -> bool {
        phrases.iter().any(|phrase| {
            let phrase: Vec<&str> = phrase.split(' ').collect();
            self.0
                .get(..phrase.len())
                .is_some_and(|words| words == phrase)
        })
    }

    /// Tells whether the first word is one of `beginnings` with digits behind.
    fn begin_with_numbered(&self, beginnings: &[&str]) -> bool {
        let Some(first) = self.0.first() else {
            return false;
        };
        beginnings.iter().any(|beginning| {
            let rest = first.strip_prefix(beginning);
            rest.is_some_and(|rest| rest.starts_with(|letter: char| letter.is_ascii_digit()))
        })
    }

    /// Tells whether a word is a number such as `x3650`.
    fn has_system_x_number(&self) -> bool {
        self.0.iter().any(|word| {
            let number = word.strip_prefix('x').unwrap_or_default();
            number.len() == 4 && number.bytes().all(|byte| byte.is_ascii_digit())
        })
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use lmsync_core::model::{AssetDraft, Rules, Source};

    use super::*;

    fn asset(maker: &str, model: &str, serial: &str) -> Asset {
        let (rules, now) = (Rules::default(), DateTime::UNIX_EPOCH);
        let mut draft = AssetDraft::new(Source::new("tool", "acme", "17", now), &rules, now);
        draft.serial(serial).manufacturer(maker).model(model);
        draft.finish()
    }

    fn whom(maker: &str, model: &str, serial: &str) -> Whom {
        Makers::default().of(&asset(maker, model, serial))
    }

    #[test]
    fn makers_are_told_by_name_and_model() {
        for (maker, model, expected) in [
            ("Dell Inc.", "Latitude 5440", Ok("dell")),
            ("Dell EMC", "PowerEdge R740", Ok("dell")),
            ("Alienware", "m15 R7", Ok("dell")),
            ("LENOVO", "20XW00ABUS", Ok("lenovo")),
            ("IBM", "System x3650 M4", Ok("lenovo")),
            ("IBM", "IBM eServer x3550", Ok("lenovo")),
            ("IBM", "Power S822", Err("IBM")),
            ("HP", "HP EliteBook 840 G8", Ok("hp")),
            ("Hewlett-Packard", "HP Compaq Pro 6300", Ok("hp")),
            ("HP", "ProLiant DL380 Gen10", Err("HPE")),
            ("HP", "ProCurve 2530", Err("HPE")),
            ("HPE", "Anything", Err("HPE")),
            ("Hewlett Packard Enterprise", "", Err("HPE")),
            ("Sharp", "MX-3071", Err("Sharp")),
            ("Dellwood", "Box", Err("Dellwood")),
            ("Cisco Systems, Inc.", "C9300-48P", Ok("cisco")),
            ("Cisco", "MX68", Err("Meraki")),
            ("Cisco", "MR46-HW", Err("Meraki")),
            ("Cisco Meraki", "Switch", Err("Meraki")),
            ("Meraki", "MS220", Err("Meraki")),
            ("Apple Inc.", "Mac14,2", Err("Apple")),
        ] {
            match (whom(maker, model, "ABCD1234567"), expected) {
                (Whom::Ask(asked, _), Ok(wanted)) => {
                    assert_eq!(asked.as_str(), wanted, "{maker} {model}")
                }
                (Whom::Unsupported(name), Err(wanted)) => {
                    assert_eq!(name, wanted, "{maker} {model}")
                }
                (other, _) => panic!("{maker} {model}: {other:?}"),
            }
        }
        let by_serial = whom("Cisco", "Switch", "Q2XX-ABCD-1234");
        assert_eq!(by_serial, Whom::Unsupported("Meraki".to_owned()));
    }

    #[test]
    fn nobody_is_asked_about_what_is_no_machine() {
        use SkipReason::{NoManufacturer, NoSerial, Placeholder, UnusableSerial, Virtual};
        for (maker, model, serial, reason) in [
            ("VMware, Inc.", "VMware7,1", "VMware-42 1a 0d 3c", Virtual),
            (
                "Microsoft Corporation",
                "Virtual Machine",
                "1234-5678-9012",
                Virtual,
            ),
            ("QEMU", "Standard PC", "ABC1234", Virtual),
            (
                "Dell Inc.",
                "Latitude",
                "4c4c4544-0042-3510-8058-b7c04f564433",
                Virtual,
            ),
            ("Dell Inc.", "Latitude 5440", "", NoSerial),
            (
                "Dell Inc.",
                "Latitude 5440",
                "To be filled by O.E.M.",
                Placeholder,
            ),
            ("Dell Inc.", "Latitude 5440", "AB1", Placeholder),
            ("Dell Inc.", "Latitude 5440", "QQQQQ", Placeholder),
            ("Dell Inc.", "Latitude 5440", "AB,CD123", UnusableSerial),
            ("Dell Inc.", "Latitude 5440", "AB CD123", UnusableSerial),
            ("", "Latitude 5440", "7XKQ2T3", NoManufacturer),
            ("To be filled by O.E.M.", "X", "7XKQ2T3", NoManufacturer),
        ] {
            assert_eq!(
                whom(maker, model, serial),
                Whom::Skip(reason),
                "{maker} {model} {serial}"
            );
        }
    }

    proptest::proptest! {
        #[test]
        fn what_is_asked_for_can_be_a_serial_number(
            maker in "Dell Inc.|LENOVO|HP|Cisco|\\PC*",
            model in "\\PC*",
            serial in "[A-Za-z0-9 ,./-]{0,45}|\\PC*",
        ) {
            if let Whom::Ask(_, query) = whom(&maker, &model, &serial) {
                let is_plain = |letter: char| letter == '-' || letter.is_ascii_digit() || letter.is_ascii_uppercase();
                proptest::prop_assert!(query.serial.chars().all(is_plain), "{}", query.serial);
                proptest::prop_assert!((4..=40).contains(&query.serial.len()));
            }
        }
    }

    #[test]
    fn a_product_number_is_cleaned_and_not_guessed() {
        for (text, number) in [
            ("5D1B0UT#ABA", Some("5D1B0UT#ABA")),
            (
                "LENOVO_MT_20XW_BU_Think_FM_ThinkPad X1 Carbon",
                Some("20XW"),
            ),
            ("ISR4331/K9", Some("ISR4331/K9")),
            ("Default string", None),
            ("To Be Filled By O.E.M.", None),
            ("no number at all", None),
            ("LENOVO_MT__BU", None),
        ] {
            assert_eq!(product_number(text).as_deref(), number, "{text}");
        }
    }

    #[test]
    fn a_further_maker_answers_for_its_manufacturer() {
        let makers = Makers::default().and("FUJITSU CLIENT", Maker::named("fujitsu"));
        let Whom::Ask(maker, query) = makers.of(&asset("Fujitsu", "Lifebook", "dsck012345")) else {
            panic!("somebody is asked");
        };
        assert_eq!(maker.as_str(), "fujitsu");
        assert_eq!(query, WarrantyQuery::new("DSCK012345").model("Lifebook"));
    }
}
