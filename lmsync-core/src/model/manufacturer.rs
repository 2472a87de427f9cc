//! Names of manufacturers and models.

use std::sync::LazyLock;

use super::junk;
use super::text::trimmed;
use super::words::{Phrases, Words};

/// Canonical names, and the words that a vendor's text begins with. The first that fits counts.
const NAMES: &[(&str, &[&str])] = &[
    (
        "HPE",
        &["hpe", "hewlett packard enterprise", "hp enterprise"],
    ),
    ("HP", &["hp", "hewlett packard"]),
    ("Dell", &["dell"]),
    ("Lenovo", &["lenovo"]),
    ("Microsoft", &["microsoft"]),
    ("Apple", &["apple"]),
    ("ASUS", &["asus", "asustek"]),
    ("Acer", &["acer"]),
    ("Toshiba", &["toshiba"]),
    ("Dynabook", &["dynabook"]),
    ("Samsung", &["samsung"]),
    ("Panasonic", &["panasonic"]),
    ("Fujitsu", &["fujitsu"]),
    ("Intel", &["intel"]),
    ("Gigabyte", &["gigabyte", "giga byte"]),
    ("MSI", &["msi", "micro star"]),
    ("Supermicro", &["supermicro", "super micro"]),
    ("ASRock", &["asrock"]),
    ("Razer", &["razer"]),
    ("LG", &["lg"]),
    ("Sony", &["sony"]),
    ("Huawei", &["huawei"]),
    ("Cisco", &["cisco"]),
    ("Meraki", &["meraki"]),
    ("Ubiquiti", &["ubiquiti"]),
    ("Fortinet", &["fortinet"]),
    ("SonicWall", &["sonicwall"]),
    ("WatchGuard", &["watchguard"]),
    ("Sophos", &["sophos"]),
    ("Juniper", &["juniper"]),
    ("Aruba", &["aruba"]),
    ("Netgear", &["netgear"]),
    ("MikroTik", &["mikrotik"]),
    ("Synology", &["synology"]),
    ("QNAP", &["qnap"]),
    ("Brother", &["brother"]),
    ("Canon", &["canon"]),
    ("Epson", &["epson", "seiko epson"]),
    ("Kyocera", &["kyocera"]),
    ("Konica Minolta", &["konica minolta"]),
    ("Ricoh", &["ricoh"]),
    ("Lexmark", &["lexmark"]),
    ("Xerox", &["xerox"]),
    ("Zebra", &["zebra"]),
    ("Raspberry Pi", &["raspberry pi"]),
    ("Framework", &["framework"]),
    ("Google", &["google"]),
    ("APC", &["apc", "american power conversion"]),
    ("VMware", &["vmware"]),
    ("QEMU", &["qemu"]),
    ("Xen", &["xen"]),
    (
        "VirtualBox",
        &["innotek", "virtualbox", "oracle virtualbox"],
    ),
    ("Oracle", &["oracle"]),
    ("Parallels", &["parallels"]),
    ("Nutanix", &["nutanix"]),
    ("Amazon", &["amazon"]),
];

/// The manufacturer's canonical name; `None` for blanks and placeholders.
///
/// Names are told by the words they begin with, never by letters inside a word.
/// A name that is in no table is a name all the same and stays as it is.
///
/// ```
/// # use lmsync_core::model::canonical_manufacturer;
/// assert_eq!(canonical_manufacturer("Hewlett-Packard").as_deref(), Some("HP"));
/// assert_eq!(canonical_manufacturer("Hewlett Packard Enterprise").as_deref(), Some("HPE"));
/// assert_eq!(canonical_manufacturer("To Be Filled By O.E.M."), None);
/// ```
#[must_use]
pub fn canonical_manufacturer(text: &str) -> Option<String> {
    let text = trimmed(text).filter(|text| !junk::is_manufacturer(text))?;
    Some(
        known_manufacturer(&Words::of(text))
            .unwrap_or(text)
            .to_owned(),
    )
}

/// The canonical name of the manufacturer in the table that `words` begin with.
pub(super) fn known_manufacturer(words: &Words) -> Option<&'static str> {
    let place = words.first_of(&TABLE).min()?;
    Some(NAMES[*place].0)
}

/// The words of [`NAMES`], each with its name's place there.
static TABLE: LazyLock<Phrases<usize>> = LazyLock::new(|| {
    let names = NAMES.iter().enumerate();
    Phrases::new(names.map(|(place, (_, beginnings))| (place, *beginnings)))
});

/// The model, trimmed; `None` for blanks and placeholders.
#[must_use]
pub fn clean_model(text: &str) -> Option<String> {
    trimmed(text)
        .filter(|text| !junk::is_model(text))
        .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn known_names() {
        for (text, name) in [
            ("Dell Inc.", "Dell"),
            ("DELL", "Dell"),
            ("Hewlett-Packard", "HP"),
            ("Hewlett-Packard Company", "HP"),
            ("HP Inc.", "HP"),
            ("HP", "HP"),
            ("Hewlett Packard Enterprise", "HPE"),
            ("HPE", "HPE"),
            ("LENOVO", "Lenovo"),
            ("Microsoft Corporation", "Microsoft"),
            ("Apple Inc.", "Apple"),
            ("ASUSTeK COMPUTER INC.", "ASUS"),
            ("Micro-Star International Co., Ltd.", "MSI"),
            ("Gigabyte Technology Co., Ltd.", "Gigabyte"),
            ("Super Micro Computer, Inc.", "Supermicro"),
            ("Supermicro", "Supermicro"),
            ("SAMSUNG ELECTRONICS CO., LTD.", "Samsung"),
            ("Intel(R) Client Systems", "Intel"),
            ("VMware, Inc.", "VMware"),
            ("innotek GmbH", "VirtualBox"),
            ("Oracle Corporation", "Oracle"),
            ("Cisco Systems, Inc.", "Cisco"),
            ("Raspberry Pi Foundation", "Raspberry Pi"),
        ] {
            assert_eq!(
                canonical_manufacturer(text).as_deref(),
                Some(name),
                "{text}"
            );
        }
    }

    #[test]
    fn other_names_stay() {
        for text in [
            "Machine Works",
            "Dellwood",
            "HPC Systems",
            "Sharp",
            "Tulip Computers",
            "Intelligent Design",
            "MSIgroup",
        ] {
            assert_eq!(
                canonical_manufacturer(&format!(" {text} ")).as_deref(),
                Some(text)
            );
        }
    }

    #[test]
    fn placeholders_are_none() {
        for text in [
            "",
            "null",
            "System manufacturer",
            "To be filled by O.E.M.",
            "Default string",
            "Unknown",
            "N/A",
            "...",
            "OEM",
        ] {
            assert_eq!(canonical_manufacturer(text), None, "{text}");
        }
        for text in [
            "",
            "System Product Name",
            "To Be Filled By O.E.M.",
            "*",
            "All Series",
            "Default string",
        ] {
            assert_eq!(clean_model(text), None, "{text}");
        }
        assert_eq!(
            clean_model(" OptiPlex 7090\n").as_deref(),
            Some("OptiPlex 7090")
        );
    }

    proptest! {
        #[test]
        fn a_canonical_name_is_its_own(text in "\\PC*") {
            if let Some(name) = canonical_manufacturer(&text) {
                prop_assert_eq!(canonical_manufacturer(&name), Some(name));
            }
        }
    }

    #[test]
    fn every_canonical_name_is_its_own() {
        for (name, _) in NAMES {
            assert_eq!(canonical_manufacturer(name).as_deref(), Some(*name));
        }
    }
}
