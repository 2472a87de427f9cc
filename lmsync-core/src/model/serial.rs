//! Serial numbers, and telling the genuine from the filler.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use super::junk;
use super::text::{collapse, fold, trim, trimmed};

/// A serial number and what it is worth.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Serial {
    /// What it is worth.
    pub status: SerialStatus,
    /// The number as the vendor wrote it, trimmed; a placeholder's text too, see [`usable`](Self::usable).
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
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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

/// A further number of the same machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OtherSerial {
    /// Which number it is.
    #[serde(rename = "type")]
    pub kind: OtherSerialKind,
    /// The number, trimmed.
    pub value: String,
}

/// Which of a machine's numbers it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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

impl Serial {
    /// Reads what a vendor sent; nothing or blanks is a missing serial.
    #[must_use]
    pub fn read(text: Option<&str>, placeholders: &SerialPlaceholders) -> Self {
        let Some(raw) = text.filter(|raw| !trim(raw).is_empty()) else {
            return Self::default();
        };
        let is_placeholder = placeholders.contains(raw);
        if !is_placeholder && trimmed(raw).is_none() {
            return Self::default();
        }
        Self {
            status: if is_placeholder {
                SerialStatus::Placeholder
            } else {
                SerialStatus::Valid
            },
            value: Some(trim(raw).to_owned()),
            key: (!is_placeholder).then(|| collapse(raw).to_uppercase()),
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
/// Compared without case, outer blanks and repeated inner blanks. Anything left
/// of the shipped list can be replaced: start from [`none`](Self::none), or change
/// [`shipped`](Self::shipped) with [`and`](Self::and) and [`except`](Self::except).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SerialPlaceholders {
    texts: HashSet<String>,
    exceptions: HashSet<String>,
    shapes: bool,
}

impl SerialPlaceholders {
    /// The shipped texts, and the shapes of filler: only zeros, only ones, only
    /// `.`, `-`, `_`, `x`, `*` and blanks, or one character six times or more.
    #[must_use]
    pub fn shipped() -> Self {
        Self {
            texts: junk::SERIALS.iter().map(|text| fold(text)).collect(),
            exceptions: HashSet::new(),
            shapes: true,
        }
    }

    /// No text and no shape.
    #[must_use]
    pub fn none() -> Self {
        Self {
            texts: HashSet::new(),
            exceptions: HashSet::new(),
            shapes: false,
        }
    }

    /// Adds `text`.
    #[must_use]
    pub fn and(mut self, text: &str) -> Self {
        let text = fold(text);
        self.exceptions.remove(&text);
        self.texts.insert(text);
        self
    }

    /// Takes `text` for genuine, whatever the list and the shapes say.
    #[must_use]
    pub fn except(mut self, text: &str) -> Self {
        self.exceptions.insert(fold(text));
        self
    }

    /// Whether `text` is a placeholder.
    #[must_use]
    pub fn contains(&self, text: &str) -> bool {
        let folded = fold(text);
        !self.exceptions.contains(&folded)
            && (self.texts.contains(&folded) || (self.shapes && junk::is_serial_shape(&folded)))
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

    #[test]
    fn every_shipped_text_is_caught_in_any_dress() {
        assert_eq!(junk::SERIALS.len(), 74);
        for text in junk::SERIALS {
            for dressed in [
                (*text).to_owned(),
                text.to_uppercase(),
                text.to_lowercase(),
                format!("  {}\r\n", text.replace(' ', "  ")),
            ] {
                let serial = read(&dressed);
                assert_eq!(serial.status, SerialStatus::Placeholder, "{dressed:?}");
                assert_eq!(serial.key, None);
                assert_eq!(serial.usable(), None);
                assert_eq!(serial.raw.as_deref(), Some(dressed.as_str()));
            }
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
        ] {
            assert_eq!(read(text).status, SerialStatus::Valid, "{text}");
        }
    }

    #[test]
    fn blanks_are_missing() {
        for text in ["", " ", "\n"] {
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
    fn the_list_is_the_users() {
        let own = SerialPlaceholders::shipped()
            .and("Huawei")
            .except("7777777");
        assert!(own.contains("HUAWEI"));
        assert!(!own.contains("7777777"));
        assert!(own.contains("N/A"));
        assert!(own.except("n/a").and("N/A").contains("n/a"));
        let bare = SerialPlaceholders::none();
        assert!(!bare.contains("To Be Filled By O.E.M."));
        assert!(!bare.contains("0000000"));
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
        fn the_key_ignores_case_and_blanks(text in "[A-Za-z0-9/-]{1,8}( [A-Za-z0-9]{1,6}){0,3}") {
            let key = read(&text).key;
            prop_assert_eq!(&read(&text.to_lowercase()).key, &key);
            prop_assert_eq!(&read(&text.to_uppercase()).key, &key);
            prop_assert_eq!(&read(&format!("\t {}\n", text.replace(' ', " \t "))).key, &key);
        }
    }
}
