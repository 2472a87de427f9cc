//! Patterns of filler texts, which have no end of members. All take a [skeleton](super::super::text::skeleton).

use super::texts::{FIELD_WORDS, LABELS};

/// The number of equal characters from which on they are no serial number.
const MANY: usize = 6;

/// No text of field words is longer; a vendor's text may be as long as it likes.
const LONGEST_NAME: usize = 80;

/// Tells whether a skeleton has the shape of a serial number that nobody filled in: nothing but
/// zeros, ones or crosses, one character over and over, digits that count up or down, or those
/// behind a label such as `SN`.
pub(super) fn is_serial(key: &str) -> bool {
    is_rule_off(key)
        || consists_of(key, "1-/")
        || repeats(key)
        || counts(key) >= 8
        || is_labelled(key)
        || is_lettered_count(key)
}

/// No letter or digit at all, or only crosses and zeros, as in `xxxx` and `0x0000`.
pub(super) fn is_rule_off(key: &str) -> bool {
    key.chars()
        .all(|c| matches!(c, '0' | 'x') || !c.is_alphanumeric())
}

/// Tells whether a skeleton is put together from the words of a field's name and nothing else.
///
/// One word of five letters at least is among them, or `oem`, or the type of the table, so that no
/// short name is made up of `to`, `by` and `id`. A digit may follow, or zeros, as in `Board Vendor Name1`.
pub(super) fn is_field_name(key: &str) -> bool {
    if key.len() > LONGEST_NAME {
        return false;
    }
    let name = key.trim_end_matches(|c: char| c.is_ascii_digit());
    let number = &key[name.len()..];
    let may_follow = number.len() <= 1 || consists_of(number, "0");
    let (is_typed, words) = match typed(name) {
        Some(words) => (true, words),
        None => (false, name),
    };
    let is_name = |parts: Parts| is_typed || (parts.is_telling && parts.count > 1);
    may_follow && parts(words).is_some_and(is_name)
}

/// The text after the type of an SMBIOS table, such as `type2`.
fn typed(key: &str) -> Option<&str> {
    let rest = key.strip_prefix("type")?;
    let words = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    (words.len() < rest.len() && rest.len() - words.len() <= 3).then_some(words)
}

/// The field words that a text is put together from.
#[derive(Clone, Copy)]
struct Parts {
    count: usize,
    is_telling: bool,
}

fn parts(text: &str) -> Option<Parts> {
    let first = text.bytes().next()?;
    // Most texts end here.
    let mut words = FIELD_WORDS
        .iter()
        .filter(|word| word.as_bytes()[0] == first);
    words.find_map(|word| {
        let rest = text.strip_prefix(word)?;
        let rest = match rest {
            "" => Parts {
                count: 0,
                is_telling: false,
            },
            rest => parts(rest)?,
        };
        Some(Parts {
            count: rest.count + 1,
            is_telling: rest.is_telling || word.len() >= 5 || *word == "oem",
        })
    })
}

/// A label, and behind it nothing but zeros or crosses, one character over and over, or a count.
fn is_labelled(key: &str) -> bool {
    let numbers = LABELS.iter().filter_map(|label| key.strip_prefix(label));
    numbers
        .filter(|number| !number.is_empty())
        .any(|number| is_nought(number) || repeats(number) || counts(number) >= 5)
}

/// Zeros, or three crosses and zeros at least.
fn is_nought(number: &str) -> bool {
    consists_of(number, "0-/") || (number.len() >= 3 && is_rule_off(number))
}

/// Some letters, and a count of nine digits at least, as in ASUS' `CSN12345678901234567`. Cisco's
/// serial numbers have three letters and eight digits at most.
fn is_lettered_count(key: &str) -> bool {
    let number = key.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    number.len() < key.len() && counts(number) >= 9
}

/// The number of characters, if each is one more than the one before, or each one less: digits
/// from 0 or 1 upwards (`123…`, `0123…9AB`), from 9 downwards, or letters from `a`; else nought.
fn counts(key: &str) -> usize {
    let values = || key.bytes().filter(|byte| !matches!(byte, b'-' | b'/'));
    let follows = |a: u8, b: u8| b == a + 1 || (a, b) == (b'9', b'0') || (a, b) == (b'9', b'a');
    let pairs = || values().zip(values().skip(1));
    let is_count = match values().next() {
        Some(b'0' | b'1' | b'a') => pairs().all(|(a, b)| follows(a, b)),
        Some(b'9') => pairs().all(|(a, b)| follows(b, a)),
        _ => false,
    };
    if is_count && key.is_ascii() {
        values().count()
    } else {
        0
    }
}

/// One character, [`MANY`] times or more, and nothing else.
fn repeats(key: &str) -> bool {
    let letters = || key.chars().filter(|c| c.is_alphanumeric());
    let first = letters().next();
    letters().count() >= MANY && letters().all(|letter| Some(letter) == first)
}

fn consists_of(key: &str, allowed: &str) -> bool {
    key.chars().all(|c| allowed.contains(c))
}

#[cfg(test)]
mod tests {
    use super::super::super::text::skeleton;
    use super::*;

    #[test]
    fn shapes_of_filler() {
        for junk in [
            "",
            "0",
            "000",
            "1",
            "11",
            "-1",
            "0x0000",
            "......",
            "-",
            "x-x",
            "* *",
            "777777",
            "ffffffff",
            "FF:FF:FF:FF:FF:FF",
            "0000-0000-0000",
            "0123456789",
            "123456789012345",
            "1234-5678-9012",
            "0123456789ABCDEF",
            "9876543210",
            "abcdefghij",
            "SN-12345",
            "S/N: 123456",
            "SN000",
            "SerNum0",
            "Serial Number xxxxxx",
            "SYS-9876543210",
            "MB-1234567890",
            "CSN12345678901234567",
            "Asset-1234567890",
            "Type1 - 123456789",
            "DefaultString0",
        ] {
            assert!(is_serial(&skeleton(junk)), "{junk}");
        }
        for genuine in [
            "10",
            "1001",
            "010",
            "77777",
            "777778",
            "abc1.2.3x",
            "x1",
            "12-345",
            "123-456",
            "2345678",
            "FCW12345678",
            "CZC1234567",
            "SN1001",
            "SN10",
            "MB2K4",
            "SYS-4711",
            "12345679",
            "00000001",
            "MBX",
            "SNXX",
            "8731-2960-0108-1170-8114-54",
            "0123456780",
        ] {
            assert!(!is_serial(&skeleton(genuine)), "{genuine}");
        }
    }

    #[test]
    fn names_of_fields_in_place_of_their_values() {
        for name in [
            "System Serial Number",
            "SystemSerialNumb",
            "Chassis_Serial_Number",
            "Type2 - Board Serial Number",
            "Type3-Chassis.Serial.Number",
            "Type1ProductConfigId",
            "Type 2 - Board Vendor Name1",
            "Type1Sku0",
            "Motherboard Serial Number",
            "Base Board Asset Tag",
            "To Be Filled By O.E.M. by More String",
            "To be set by OEM",
            "TBD by OEM",
            "Default string000",
            "No Serial Number",
            "Serial not available",
        ] {
            assert!(is_field_name(&skeleton(name)), "{name}");
        }
        for other in [
            "",
            "Board",
            "Type2",
            "Type 2 board 77",
            "Typewriter 5000",
            "Type 20FA",
            "System76",
            "BOARD-NO-47",
            "idno",
            "toby",
            "noset",
            "productx",
            "type2x",
            "Type1234 board",
        ] {
            assert!(!is_field_name(&skeleton(other)), "{other}");
        }
    }
}
