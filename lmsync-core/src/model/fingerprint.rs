//! A short sum of a record, which changes when the record does.

use std::fmt;
use std::io::{self, BufWriter, Write};
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::{Digest, Sha256};

use super::asset::Asset;
use super::customer::Customer;
use super::moving::{MOVING, check_in_field, still_asset, still_customer, still_software};
use super::software::Software;
use crate::error::Error;

/// A sum of all that a record says, except what moves by itself: two readings of a record have the same
/// fingerprint when nothing worth storing again changed between them.
///
/// It is the first half of the SHA-256 of the record's JSON form without
///
/// - the fields in [`LEAVES_OUT`](Self::LEAVES_OUT), which change though nobody changed the record,
/// - [issues](Asset::issues) about one of these fields,
/// - the [custom field](Asset::custom_fields) that the check-in was read from, as
///   [`tenant_fields`](Asset::tenant_fields) tells. That is not part of the JSON form, so that an asset with
///   such a field has another fingerprint once it was stored as JSON and read back. Keep the fingerprint
///   beside the record instead.
///
/// Vendors' JSON that is carried along unread counts as its text, blanks and order of members included.
///
/// A fingerprint is the same on every machine and in every build, so it can be stored. A version of lmsync whose
/// JSON form gains members changes the fingerprints of the records that have them: those count as
/// changed once.
///
/// `Display`, `FromStr` and JSON have it as 32 hexadecimal digits in lower case.
///
/// ```
/// # use chrono::{DateTime, TimeDelta};
/// # use lmsync_core::model::{AssetDraft, CheckInBasis, Fingerprint, Rules, Source};
/// # let rules = Rules::default();
/// let read = |now, check_in, user: &str| {
///     let source = Source::new("example", "acme", "17", now);
///     let mut draft = AssetDraft::new(source, &rules, now);
///     draft.serial("7XKQ2T3").last_check_in(check_in, CheckInBasis::AgentCheckIn);
///     draft.asset.last_user = Some(user.to_owned());
///     draft.finish().fingerprint()
/// };
/// let today = DateTime::from_timestamp(1_774_958_400, 0).unwrap();
/// let tomorrow = today + TimeDelta::days(1);
/// let stored = read(today, "2026-03-31T11:58:00Z", "Ann").to_string();
/// assert_eq!(stored, "66d18d8dde2f5cd76d105160ec58b28c");
/// let stored: Fingerprint = stored.parse()?;
/// assert_eq!(read(tomorrow, "2026-04-01T07:12:00Z", "Ann"), stored);
/// assert_ne!(read(tomorrow, "2026-04-01T07:12:00Z", "Bob"), stored);
/// # Ok::<(), lmsync_core::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fingerprint([u8; 16]);

impl Fingerprint {
    /// The fields that do not count, by their places in the JSON form: the moment and the
    /// text of the reading, the machine's connection, its last report and start, the free space on disks.
    pub const LEAVES_OUT: &'static [&'static str] = MOVING;

    /// The fingerprint of `bytes`, as [`to_bytes`](Self::to_bytes) gives them.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Its sixteen bytes.
    #[must_use]
    pub const fn to_bytes(self) -> [u8; 16] {
        self.0
    }

    /// The sum of what `form` is as JSON.
    fn of(form: &impl Serialize) -> Self {
        let mut sum = BufWriter::with_capacity(2048, Sum(Sha256::new()));
        // Neither writing to the sum nor the JSON form of a record has a way to fail.
        let _ = serde_json::to_writer(&mut sum, form).is_ok() && sum.flush().is_ok();
        let (Sum(sha), _) = sum.into_parts();
        let whole: [u8; 32] = sha.finalize().into();
        Self(std::array::from_fn(|place| whole[place]))
    }

    /// Hands its digits to `take`.
    fn with_text<T>(self, take: impl FnOnce(&str) -> T) -> T {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut text = [b'0'; 32];
        for (place, byte) in self.0.into_iter().enumerate() {
            text[2 * place] = DIGITS[usize::from(byte >> 4)];
            text[2 * place + 1] = DIGITS[usize::from(byte & 0xf)];
        }
        take(std::str::from_utf8(&text).unwrap_or_default())
    }
}

/// A sum that is written to.
struct Sum(Sha256);

impl Write for Sum {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Asset {
    /// The sum of what stays the same while nobody changes the asset.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(&still_asset(self, check_in_field(self).as_deref()))
    }
}

impl Software {
    /// The sum of what stays the same while nobody changes the software asset.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(&still_software(self))
    }
}

impl Customer {
    /// The sum of what stays the same while nobody changes the customer.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(&still_customer(self))
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.with_text(|text| f.pad(text))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Fingerprint {
    type Err = Error;

    /// Reads 32 hexadecimal digits in lower case.
    ///
    /// # Errors
    /// `config` for any other text.
    fn from_str(text: &str) -> Result<Self, Error> {
        let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        let digits = Some(text).filter(|text| text.len() == 32 && text.bytes().all(is_digit));
        digits
            .and_then(|digits| u128::from_str_radix(digits, 16).ok())
            .map(|number| Self(number.to_be_bytes()))
            .ok_or_else(|| {
                Error::config("not a fingerprint: expected 32 hexadecimal digits in lower case")
            })
    }
}

impl Serialize for Fingerprint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.with_text(|text| serializer.serialize_str(text))
    }
}

impl<'de> Deserialize<'de> for Fingerprint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse()
            .map_err(|error: Error| de::Error::custom(error.message()))
    }
}
