//! Hardware addresses.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::junk;
use super::text::visible;

/// The hardware address of a network adapter.
///
/// ```
/// # use lmsync_core::model::MacAddress;
/// let mac: MacAddress = "F8-75-A4-19-C6-22".parse()?;
/// assert_eq!(mac.to_string(), "f8:75:a4:19:c6:22");
/// # Ok::<(), lmsync_core::model::MacParseError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MacAddress([u8; 6]);

impl MacAddress {
    /// The address made of `octets`.
    #[must_use]
    pub const fn new(octets: [u8; 6]) -> Self {
        Self(octets)
    }

    /// The six octets.
    #[must_use]
    pub const fn octets(self) -> [u8; 6] {
        self.0
    }

    /// Reads twelve hexadecimal digits, bare or in groups of two, four or six between colons,
    /// dashes, dots or blanks.
    ///
    /// Between colons a group may lack its leading zero, as in `0:1a:2b:3:4d:5e`. Where only the
    /// last group is short the address may be cut off, and where another group has its zero, a digit is
    /// missing somewhere: both are no address.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = visible(text);
        let is_separator = |c: char| matches!(c, ':' | '-' | '.') || c.is_whitespace();
        match text.chars().find(|c| is_separator(*c)) {
            None => Self::from_digits(&text),
            Some(':') if text.matches(':').count() == 5 => Self::from_octets(&text),
            Some(c) if c.is_whitespace() => {
                Self::from_groups(&text.split_whitespace().collect::<Vec<_>>())
            }
            Some(c) => Self::from_groups(&text.split(c).collect::<Vec<_>>()),
        }
    }

    fn from_groups(groups: &[&str]) -> Option<Self> {
        let length = match groups.len() {
            6 => 2,
            3 => 4,
            2 => 6,
            _ => return None,
        };
        if groups.iter().any(|group| group.len() != length) {
            return None;
        }
        Self::from_digits(&groups.concat())
    }

    /// Six groups between colons, each of which may lack its leading zero.
    fn from_octets(text: &str) -> Option<Self> {
        let groups: Vec<_> = text.split(':').collect();
        let is_short = |group: &&str| group.len() == 1;
        let has_zero = |group: &&str| group.len() == 2 && group.starts_with('0');
        let (last, before) = groups.split_last()?;
        let is_cut_off = is_short(last) && !before.iter().any(is_short);
        if !groups.iter().any(is_short) {
            return Self::from_groups(&groups);
        }
        if is_cut_off || groups.iter().any(has_zero) || groups.contains(&"") {
            return None;
        }
        let octets = groups.iter().map(|group| format!("{group:0>2}"));
        Self::from_digits(&octets.collect::<String>())
    }

    fn from_digits(digits: &str) -> Option<Self> {
        if digits.len() != 12 || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return None;
        }
        let value = u64::from_str_radix(digits, 16).ok()?;
        let [_, _, octets @ ..] = value.to_be_bytes();
        Some(Self(octets))
    }

    /// Hands the text of the address to `take`.
    fn with_text<T>(self, take: impl FnOnce(&str) -> T) -> T {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut text = *b"00:00:00:00:00:00";
        for (place, octet) in self.0.into_iter().enumerate() {
            text[3 * place] = DIGITS[usize::from(octet >> 4)];
            text[3 * place + 1] = DIGITS[usize::from(octet & 0xf)];
        }
        take(std::str::from_utf8(&text).unwrap_or_default())
    }

    /// Tells whether the address can tell one machine from another.
    ///
    /// Not so: all zeros, group and broadcast addresses, locally administered
    /// ones, which software makes up, and those that many machines are known to share.
    #[must_use]
    pub fn is_identity(self) -> bool {
        let is_group = self.0[0] & 0b01 != 0;
        let is_local = self.0[0] & 0b10 != 0;
        !is_group && !is_local && !junk::macs::is_shared(self.0)
    }
}

/// The text is not a hardware address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a hardware address: expected twelve hexadecimal digits")]
pub struct MacParseError;

impl FromStr for MacAddress {
    type Err = MacParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text).ok_or(MacParseError)
    }
}

impl fmt::Display for MacAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.with_text(|text| f.write_str(text))
    }
}

impl fmt::Debug for MacAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for MacAddress {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.with_text(|text| serializer.serialize_str(text))
    }
}

impl<'de> Deserialize<'de> for MacAddress {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_spelling_is_read() {
        for text in [
            "F8-75-A4-19-C6-22",
            "f8:75:a4:19:c6:22",
            "F8:75:A4:19:C6:22",
            "f875.a419.c622",
            "f875-a419-c622",
            "F875A419C622",
            "f875a4-19c622",
            "F875A4:19C622",
            "f8 75 a4 19 c6 22",
            "F875 A419 C622",
            "f875a4  19c622",
            "\u{feff}f8:75:a4:19:c6:22\u{200e}",
            "f8:75:a4\u{200b}:19:c6:22",
            "  f8:75:a4:19:c6:22\r\n",
        ] {
            let mac = MacAddress::parse(text).map(|mac| mac.to_string());
            assert_eq!(mac.as_deref(), Some("f8:75:a4:19:c6:22"), "{text}");
        }
    }

    #[test]
    fn octets_between_colons_may_lack_their_leading_zero() {
        for (text, expected) in [
            ("0:1a:2b:3:4d:5e", "00:1a:2b:03:4d:5e"),
            ("f8:75:a4:19:6:2", "f8:75:a4:19:06:02"),
            ("0:0:0:0:0:1", "00:00:00:00:00:01"),
            ("8:0:20:A:B:C", "08:00:20:0a:0b:0c"),
        ] {
            let mac = MacAddress::parse(text).map(|mac| mac.to_string());
            assert_eq!(mac.as_deref(), Some(expected), "{text}");
        }
        for text in [
            "f8:75:a4:19:c6:2",
            "08:0:20:a:b:c",
            "0:1a:2b:3:4d",
            "0:1a:2b:3:4d:",
            "0::2b:3:4d:5e",
            "0-1a-2b-3-4d-5e",
            "0:1a:2b:3:4d:5g",
            "0:1a:2b:3:4d:5e1",
        ] {
            assert_eq!(MacAddress::parse(text), None, "{text}");
        }
    }

    #[test]
    fn anything_else_is_not() {
        for text in [
            "",
            "N/A",
            "f8:75:a4:19:c6",
            "f8:75:a4:19:c6:22:11",
            "f8:75-a4:19-c6:22",
            "f8:75:a4:19:c6:2g",
            "f8 75:a4 19:c6 22",
            "f875a419-c622",
            "f8.75.a4.19.c6.2",
            "f8-75-a4",
            "+8:75:a4:19:c6:22",
            "f875a419c62",
            "é8:75:a4:19:c6:2",
        ] {
            assert_eq!(MacAddress::parse(text), None, "{text}");
        }
        assert_eq!("x".parse::<MacAddress>(), Err(MacParseError));
    }

    #[test]
    fn shared_addresses_are_no_identity() {
        for text in [
            "00:00:00:00:00:00",
            "00:01:02:7d:9b:1c",
            "02:00:4e:43:50:49",
            "ac:de:48:00:11:22",
            "00:05:9a:3c:7a:00",
            "00:05:9a:3c:78:00",
            "00:53:45:00:00:00",
            "50:50:54:50:30:31",
            "44:45:53:54:42:00",
            "00:09:0f:fe:00:01",
            "00:e0:4c:53:44:58",
            "88:88:88:88:87:88",
            "44:44:44:44:44:44",
            "00:00:5e:00:01:0a",
            "ff:ff:ff:ff:ff:ff",
            "00:50:56:c0:77:12",
            "00:ff:82:8b:c6:1f",
            "00:09:0f:aa:00:01",
            "02:42:ac:11:00:02",
            "01:00:5e:00:00:01",
        ] {
            assert!(!MacAddress::parse(text).unwrap().is_identity(), "{text}");
        }
        for text in [
            "18:cc:18:e0:6f:92",
            "00:11:22:33:44:66",
            "00:50:56:a1:00:01",
            "ac:bc:32:00:11:22",
            "00:05:9b:3c:7a:00",
            "00:e0:4c:68:12:58",
            "00:15:5d:01:02:03",
        ] {
            assert!(MacAddress::parse(text).unwrap().is_identity(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "\\PC*") {
            let _ = MacAddress::parse(&text);
        }

        #[test]
        fn writing_and_reading_agree(octets: [u8; 6]) {
            let mac = MacAddress::new(octets);
            prop_assert_eq!(mac.to_string().parse(), Ok(mac));
            let bare = mac.to_string().replace(':', "").to_uppercase();
            prop_assert_eq!(MacAddress::parse(&bare), Some(mac));
            let json = serde_json::to_string(&mac).unwrap();
            prop_assert_eq!(serde_json::from_str::<MacAddress>(&json).unwrap(), mac);
        }
    }
}
