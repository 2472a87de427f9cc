//! Hardware addresses.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::junk;
use super::text::trim;

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

    /// Reads twelve hexadecimal digits, bare or in groups of two or four between colons, dashes or dots.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = trim(text);
        match text.chars().find(|c| matches!(c, ':' | '-' | '.')) {
            Some(separator) => Self::from_groups(text, separator),
            None => Self::from_digits(text),
        }
    }

    fn from_groups(text: &str, separator: char) -> Option<Self> {
        let groups: Vec<_> = text.split(separator).collect();
        let length = match groups.len() {
            6 => 2,
            3 => 4,
            _ => return None,
        };
        if groups.iter().any(|group| group.len() != length) {
            return None;
        }
        Self::from_digits(&groups.concat())
    }

    fn from_digits(digits: &str) -> Option<Self> {
        if digits.len() != 12 || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return None;
        }
        let value = u64::from_str_radix(digits, 16).ok()?;
        let [_, _, octets @ ..] = value.to_be_bytes();
        Some(Self(octets))
    }

    /// Whether the address can tell one machine from another.
    ///
    /// Not so: all zeros, group and broadcast addresses, locally administered
    /// ones, which software makes up, and those that many machines are known to share.
    #[must_use]
    pub fn is_identity(self) -> bool {
        let is_group = self.0[0] & 0b01 != 0;
        let is_local = self.0[0] & 0b10 != 0;
        let is_shared = self.0 == [0; 6]
            || junk::MACS.contains(&self.0)
            || junk::MAC_PREFIXES
                .iter()
                .any(|prefix| self.0.starts_with(prefix));
        !is_group && !is_local && !is_shared
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
        let [a, b, c, d, e, g] = self.0;
        write!(f, "{a:02x}:{b:02x}:{c:02x}:{d:02x}:{e:02x}:{g:02x}")
    }
}

impl fmt::Debug for MacAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for MacAddress {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
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
            "  f8:75:a4:19:c6:22\r\n",
        ] {
            let mac = MacAddress::parse(text).map(|mac| mac.to_string());
            assert_eq!(mac.as_deref(), Some("f8:75:a4:19:c6:22"), "{text}");
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
            "f8:75:a4:19:c6:2",
            "f8:75:a4:19:c6:2g",
            "+8:75:a4:19:c6:22",
            "f875a419c62",
            "f8 75 a4 19 c6 22",
            "é8:75:a4:19:c6:2",
        ] {
            assert_eq!(MacAddress::parse(text), None, "{text}");
        }
        assert_eq!("x".parse::<MacAddress>(), Err(MacParseError));
    }

    #[test]
    fn shared_addresses_are_no_identity() {
        for octets in junk::MACS {
            assert!(
                !MacAddress(*octets).is_identity(),
                "{:?}",
                MacAddress(*octets)
            );
        }
        for text in [
            "00:00:00:00:00:00",
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
