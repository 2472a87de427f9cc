//! Serial numbers, and telling the genuine from the filler.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use super::junk;
use super::text::{collapse, skeleton, trimmed, visible};
use super::uuid::is_shared_uuid;

/// A serial number and what it is worth.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Serial {
    /// What it is worth.
    pub status: SerialStatus,
    /// The number as the vendor wrote it, without blanks around it and invisible characters; a
    /// placeholder's text too, see [`usable`](Self::usable).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// The number for comparing; only of a valid or virtual one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Exactly what the vendor sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw: Option<String>,
    /// Further numbers of the same machine.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<OtherSerial>,
}

/// What a serial number is worth.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SerialStatus {
    /// A machine's own number.
    Valid,
    /// Text that many machines share.
    Placeholder,
    /// There is none.
    #[default]
    Missing,
    /// Made up by a hypervisor; identifies the guest, and no maker knows it.
    Virtual,
}

crate::words!(SerialStatus {
    Valid => "valid",
    Placeholder => "placeholder",
    Missing => "missing",
    Virtual => "virtual",
});

/// A further number of the same machine.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OtherSerial {
    /// Which number it is.
    #[serde(rename = "type")]
    pub kind: OtherSerialKind,
    /// The number, trimmed.
    pub value: String,
}

/// Which of a machine's numbers it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum OtherSerialKind {
    /// The system's.
    System,
    /// The one the firmware reports.
    Bios,
    /// The chassis's.
    Chassis,
    /// The mainboard's; changes when the board is swapped.
    Baseboard,
    /// A UUID used as a serial number.
    Uuid,
    /// A service or asset tag.
    Tag,
}

crate::words!(OtherSerialKind {
    System => "system",
    Bios => "bios",
    Chassis => "chassis",
    Baseboard => "baseboard",
    Uuid => "uuid",
    Tag => "tag",
});

impl Serial {
    /// Reads what a vendor sent; nothing or blanks is a missing serial.
    #[must_use]
    pub fn read(text: Option<&str>, placeholders: &SerialPlaceholders) -> Self {
        let Some(raw) = text else {
            return Self::default();
        };
        let value = visible(raw);
        if value.is_empty() {
            return Self::default();
        }
        let is_placeholder = placeholders.contains(&value);
        if !is_placeholder && trimmed(&value).is_none() {
            return Self::default();
        }
        Self {
            status: if is_placeholder {
                SerialStatus::Placeholder
            } else {
                SerialStatus::Valid
            },
            key: (!is_placeholder).then(|| collapse(&value).to_uppercase()),
            value: Some(value.into_owned()),
            raw: Some(raw.to_owned()),
            others: Vec::new(),
        }
    }

    /// The number, when it is a machine's or a guest's own.
    #[must_use]
    pub fn usable(&self) -> Option<&str> {
        match self.status {
            SerialStatus::Valid | SerialStatus::Virtual => self.value.as_deref(),
            SerialStatus::Placeholder | SerialStatus::Missing => None,
        }
    }
}

/// The texts that count as "no serial number".
///
/// Compared by their letters and digits: case, blanks, dots, underscores, brackets and invisible
/// characters do not count, nor dashes and slashes but between two digits. Anything left
/// of what is shipped can be replaced: start from [`none`](Self::none), or change
/// [`shipped`](Self::shipped) with [`and`](Self::and) and [`except`](Self::except).
///
/// ```
/// # use lmsync_core::model::SerialPlaceholders;
/// let placeholders = SerialPlaceholders::shipped().and("Loaner").except("7777777");
/// assert!(placeholders.contains("Default_string"));
/// assert!(placeholders.contains("LOANER"));
/// assert!(!placeholders.contains("7777777"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SerialPlaceholders {
    shipped: bool,
    own: HashSet<String>,
    exceptions: HashSet<String>,
}

impl SerialPlaceholders {
    /// The shipped texts and the shapes of filler: nothing but zeros, ones, crosses or
    /// punctuation, one character six times or more, digits that count up or down, the name of a
    /// field (`Type2 - Board Serial Number`), and UUIDs that [`clean_uuid`](super::clean_uuid) takes for none.
    #[must_use]
    pub fn shipped() -> Self {
        Self {
            shipped: true,
            ..Self::none()
        }
    }

    /// No text and no shape.
    #[must_use]
    pub fn none() -> Self {
        Self {
            shipped: false,
            own: HashSet::new(),
            exceptions: HashSet::new(),
        }
    }

    /// Adds `text`.
    #[must_use]
    pub fn and(mut self, text: &str) -> Self {
        let key = key(text);
        self.exceptions.remove(&key);
        self.own.insert(key);
        self
    }

    /// Takes `text` for genuine, whatever the list and the shapes say.
    #[must_use]
    pub fn except(mut self, text: &str) -> Self {
        self.exceptions.insert(key(text));
        self
    }

    /// Tells whether `text` is a placeholder.
    #[must_use]
    pub fn contains(&self, text: &str) -> bool {
        let key = key(text);
        !self.exceptions.contains(&key)
            && (self.own.contains(&key)
                || (self.shipped && (junk::is_serial(&key) || is_shared_uuid(text))))
    }
}

/// The skeleton of `text`; the text itself where it has no letter and no digit.
fn key(text: &str) -> String {
    let key = skeleton(text);
    if key.is_empty() {
        visible(text).into_owned()
    } else {
        key
    }
}

impl Default for SerialPlaceholders {
    fn default() -> Self {
        Self::shipped()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Serial {
        Serial::read(Some(text), &SerialPlaceholders::shipped())
    }

    /// Serial numbers that inventory tools list one by one: GLPI, OCS Inventory and five others.
    const LISTED: &[&str] = &[
        "N/A",
        "none",
        "To Be Filled By O.E.M.",
        "Default string",
        "Not Specified",
        "System Serial Number",
        "Unknown",
        "0123456789",
        "123456789",
        "Chassis Serial Number",
        "na",
        "0",
        "00000000",
        "INVALID",
        "Not Available",
        "null",
        "(null string)",
        "0000000000",
        "12345",
        "123456",
        "1234567",
        "12345678",
        "1234567890",
        "123456789000",
        "12345678901234567",
        "<BAD INDEX>",
        "empty",
        "EVAL",
        "IATPASS",
        "NNNNNNN",
        "No Asset Tag",
        "Serial Number xxxxxx",
        "SN-12345",
        "SN-1234567890",
        "SN-123456fvgv3i0b8o5n6n7k",
        "SYS-1234567890",
        "SYS-9876543210",
        "System manufacturer",
        "System Product Name",
        "to be filled by o.e.m",
        "Tulip Computers",
        "xxxxxxxxxxx",
        "-",
        "................",
        "000000",
        "0000000",
        "000000000",
        "000000000000",
        "1",
        "1111111",
        "1111111111",
        "<OUT OF SPEC>",
        "<OUT OF SPEC><OUT OF SPEC>",
        "base board serial number",
        "Chassis manufacture",
        "Chassis manufacturer",
        "Chassis Version",
        "defaultstring",
        "ffffffff",
        "MB-1234567890",
        "nil",
        "no asset information",
        "not applicable",
        "Not Installed",
        "Not Present",
        "notspecified",
        "OEM_Serial",
        "serial number",
        "serialnum",
        "System Version",
        "SystemSerialNumb",
        "tobefilledbyo.e.m.",
        "Unknow",
        "xxxxxxxxxxxxxxxxxx",
    ];

    fn assert_placeholder(text: &str) {
        let serial = read(text);
        assert_eq!(serial.status, SerialStatus::Placeholder, "{text:?}");
        assert_eq!(serial.key, None);
        assert_eq!(serial.usable(), None);
        assert_eq!(serial.raw.as_deref(), Some(text));
    }

    #[test]
    fn every_text_that_inventory_tools_list_is_a_placeholder_in_any_dress() {
        for text in LISTED {
            for dressed in [
                (*text).to_owned(),
                text.to_uppercase(),
                text.to_lowercase(),
                format!("  {}\r\n", text.replace(' ', "  ")),
                text.replace(' ', ""),
                text.replace(' ', "_"),
                text.replace(' ', "."),
                text.replace("O.E.M.", "OEM"),
                format!("\u{feff}{text}\u{200e}"),
                text.replace(' ', "\u{a0}"),
                text.replace(' ', "\u{200b}-"),
            ] {
                assert_placeholder(&dressed);
            }
        }
    }

    #[test]
    fn placeholders_in_spellings_that_no_list_has_are_placeholders() {
        for text in [
            "SystemSerialNumber",
            "Default_string",
            "DEFAULT STRING.",
            "OEM",
            "o e m",
            "-1",
            "Type2 - Board Serial Number",
            "type3-chassis serial number",
            "Base_Board_Serial_Number",
            "To be filled by OEM",
            "ToBeFilledByO.E.M",
            "To Be Set By OEM",
            "00000000-0000-0000-0000-000000000000",
            "{ffffffff-ffff-ffff-ffff-ffffffffffff}",
            "00020003-0004-0005-0006-000700080009",
            "03000200040005000006000700080009",
            "0123-4567-89",
            "0 1 2 3 4 5 6 7 8 9",
            "N.A.",
            "#N/A",
            "Not_Applicable",
            "(none)",
            "????????",
            "CSN12345678901234567",
        ] {
            assert_placeholder(text);
        }
    }

    #[test]
    fn shapes_are_caught_and_short_serials_are_not() {
        for text in [
            "0",
            "000000000000000",
            "11",
            "....................",
            "XXXX",
            "- -",
            "7777777",
        ] {
            assert_eq!(read(text).status, SerialStatus::Placeholder, "{text}");
        }
        for text in [
            "10",
            "1001",
            "ABC1.2.3X",
            "1.2",
            "15CD10509R721",
            "77777",
            "Huawei1",
            "NONE1234",
            "OEM4711",
            "Default7",
            "EVAL-0815",
            "NA12345",
            "4C4C4544-0038-4A10-8051-B4C04F563533",
        ] {
            assert_eq!(read(text).status, SerialStatus::Valid, "{text}");
        }
    }

    #[test]
    fn blanks_are_missing() {
        for text in ["", " ", "\n", "\u{feff}", "\u{200b} \u{200e}"] {
            assert_eq!(read(text), Serial::default());
        }
        assert_eq!(
            Serial::read(None, &SerialPlaceholders::shipped()),
            Serial::default()
        );
        assert_eq!(
            Serial::read(Some("null"), &SerialPlaceholders::none()),
            Serial::default()
        );
    }

    #[test]
    fn value_keeps_the_vendors_text_and_key_does_not() {
        let serial = read(" VMware-42 1a  ff ");
        assert_eq!(serial.value.as_deref(), Some("VMware-42 1a  ff"));
        assert_eq!(serial.key.as_deref(), Some("VMWARE-42 1A FF"));
        assert_eq!(serial.raw.as_deref(), Some(" VMware-42 1a  ff "));
        assert_eq!(serial.usable(), Some("VMware-42 1a  ff"));
    }

    #[test]
    fn invisible_characters_make_no_other_key() {
        for text in [
            "\u{feff}7HK2MN3",
            "7HK2MN3\u{200e}",
            " \u{202a}7hk2\u{200b}mn3\u{202c} ",
            "7HK2\u{ad}MN3\u{e0041}",
        ] {
            let serial = read(text);
            assert_eq!(serial.key.as_deref(), Some("7HK2MN3"), "{text:?}");
            assert!(serial.usable().unwrap().eq_ignore_ascii_case("7HK2MN3"));
            assert_eq!(serial.raw.as_deref(), Some(text));
        }
    }

    #[test]
    fn the_list_is_the_users() {
        let own = SerialPlaceholders::shipped()
            .and("Huawei")
            .except("7777777");
        assert!(own.contains("HUAWEI"));
        assert!(own.contains("Hua_wei."));
        assert!(!own.contains("Huawei 2"));
        assert!(!own.contains("7777777"));
        assert!(own.contains("N/A"));
        assert!(own.except("n/a").and("N/A").contains("n/a"));
        let bare = SerialPlaceholders::none();
        assert!(!bare.contains("To Be Filled By O.E.M."));
        assert!(!bare.contains("0000000"));
        assert!(!bare.contains("00000000-0000-0000-0000-000000000000"));
        assert!(!bare.contains("--"));
        assert!(!bare.clone().and("--").contains("**"));
        assert!(bare.and("--").contains("--"));
    }

    #[test]
    fn json_has_only_what_there_is() {
        let json = serde_json::to_string(&Serial::default()).unwrap();
        assert_eq!(json, r#"{"status":"missing"}"#);
        let mut serial = read("ABC1");
        serial.others.push(OtherSerial {
            kind: OtherSerialKind::Baseboard,
            value: "B1".to_owned(),
        });
        let json = serde_json::to_string(&serial).unwrap();
        assert_eq!(
            json,
            r#"{"status":"valid","value":"ABC1","key":"ABC1","raw":"ABC1","others":[{"type":"baseboard","value":"B1"}]}"#
        );
        assert_eq!(serde_json::from_str::<Serial>(&json).unwrap(), serial);
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "\\PC*") {
            let serial = read(&text);
            prop_assert_eq!(serial.key.is_some(), serial.status == SerialStatus::Valid);
        }

        #[test]
        fn a_genuine_serial_is_no_placeholder(
            dell in "[1-9B-DF-HJ-NP-TV-Z][0-9B-DF-HJ-NP-TV-Z]{6}",
            lenovo in "(PF|MP|R9|PC|S1|MJ)[0-9A-HJ-NP-Z]{6}",
            hp in "(CZ|MX|SG|5C|8C|2U|CN|TW)[A-Z0-9][0-9]{3}[0-9B-DF-HJ-NP-TV-Z]{4}",
            cisco in "(FOC|FCW|SAL|JAE|FDO|FTX)[0-9]{4}[0-9A-Z]{4}",
            apple in "(C02|C17|FVF|F5K|DQ[A-Z])[0-9C-Z]{9}|[C-HJ-NPQRTVWXY02-9]{10}",
            vmware in "VMware-[45][26]( [0-9a-f]{2}){7}-[0-9a-f]{2}( [0-9a-f]{2}){7}",
            surface in "0[0-9]{11}",
        ) {
            for serial in [dell, lenovo, hp, cisco, apple, vmware, surface] {
                let is_one_character = serial.bytes().all(|byte| byte == serial.as_bytes()[0]);
                if !is_one_character {
                    prop_assert_eq!(read(&serial).status, SerialStatus::Valid, "{}", serial);
                }
            }
        }

        #[test]
        fn the_key_ignores_case_and_blanks(text in "[A-Za-z0-9/-]{1,8}( [A-Za-z0-9]{1,6}){0,3}") {
            let key = read(&text).key;
            prop_assert_eq!(&read(&text.to_lowercase()).key, &key);
            prop_assert_eq!(&read(&text.to_uppercase()).key, &key);
            prop_assert_eq!(&read(&format!("\t {}\n", text.replace(' ', " \t "))).key, &key);
        }
    }
}
