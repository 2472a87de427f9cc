//! SMBIOS UUIDs.

use super::junk;
use super::text::visible;

/// The number of digits of a UUID.
const DIGITS: usize = 32;

/// The UUID in `text`, upper-case with dashes; `None` when it is none, or one that many machines share.
#[must_use]
pub fn clean_uuid(text: &str) -> Option<String> {
    let digits = digits(text)?;
    let digits = std::str::from_utf8(&digits).ok()?;
    if is_shared(digits) {
        return None;
    }
    let parts = [
        &digits[..8],
        &digits[8..12],
        &digits[12..16],
        &digits[16..20],
        &digits[20..],
    ];
    Some(parts.join("-"))
}

/// Tells whether `text` is a UUID that many machines share.
pub(super) fn is_shared_uuid(text: &str) -> bool {
    digits(text).is_some_and(|digits| std::str::from_utf8(&digits).is_ok_and(is_shared))
}

/// The digits of the UUID in `text`, upper-case.
fn digits(text: &str) -> Option<[u8; DIGITS]> {
    // Most serial numbers end here.
    if text.len() < DIGITS {
        return None;
    }
    let text = visible(text);
    let inside = text.trim_start_matches('{').trim_end_matches('}');
    let mut found = inside.bytes().filter(|byte| *byte != b'-');
    let mut digits = [0; DIGITS];
    for digit in &mut digits {
        let byte = found.next()?;
        *digit = byte
            .is_ascii_hexdigit()
            .then(|| byte.to_ascii_uppercase())?;
    }
    found.next().is_none().then_some(digits)
}

fn is_shared(digits: &str) -> bool {
    u128::from_str_radix(digits, 16).is_ok_and(|uuid| junk::uuids::is_shared(uuid.to_be_bytes()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn spellings_agree() {
        for text in [
            "4C4C4544-0038-4A10-8051-B4C04F563533",
            " {4c4c4544-0038-4a10-8051-b4c04f563533} ",
            "4c4c454400384a108051b4c04f563533",
        ] {
            assert_eq!(
                clean_uuid(text).as_deref(),
                Some("4C4C4544-0038-4A10-8051-B4C04F563533")
            );
        }
    }

    #[test]
    fn invisible_characters_make_no_other_uuid() {
        let text = "\u{feff}4C4C4544-0038-4A10-8051\u{200b}-B4C04F563533\u{200e}";
        let expected = "4C4C4544-0038-4A10-8051-B4C04F563533";
        assert_eq!(clean_uuid(text).as_deref(), Some(expected));
    }

    #[test]
    fn placeholders_their_twins_runs_and_patterns_are_none() {
        for text in [
            "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF",
            "00000000-0000-0000-0000-000000000000",
            "03000200-0400-0500-0006-000700080009",
            "00020003-0004-0005-0006-000700080009",
            "6AB5B300-538D-1014-9FB5-B0684D007B53",
            "00B3B56A-8D53-1410-9FB5-B0684D007B53",
            "01010101-0101-0101-0101-010101010101",
            "FEFEFEFE-FEFE-FEFE-FEFE-FEFEFEFEFEFE",
            "11111111-1111-1111-1111-111111111111",
            "12345678-1234-5678-90AB-CDDEEFAABBCC",
            "78563412-3412-7856-90AB-CDDEEFAABBCC",
            "12345678-1234-1234-1234-123456789012",
            "00010203-0405-0607-0809-0A0B0C0D0E0F",
            "03020100-0504-0706-0809-0A0B0C0D0E0F",
            "0F0E0D0C-0B0A-0908-0706-050403020100",
            "FEDCBA98-7654-3210-FEDC-BA9876543210",
            "01234567-89AB-CDEF-0123-456789ABCDEF",
            "DEADBEEF-DEAD-BEEF-DEAD-BEEFDEADBEEF",
            "FFFFFF00-FFFF-FFFF-FFFF-FFFFFFFFFFFF",
            "5A3C9B71-FFFF-FFFF-FFFF-FFFFFFFFFFFF",
            "5A3C9B71-22D4-4E10-A8C7-FFFFFFFFFFFF",
            "10000000-0000-8000-0040-000000000000",
            "12345678-0000-0000-0000-000000000000",
            "00000000-0000-0000-0000-000000000001",
            "4C4C4544-0000-2010-8020-80C04F202020",
            "44454C4C-0000-1020-8020-80C04F202020",
        ] {
            for text in [text.to_owned(), text.to_lowercase(), text.replace('-', "")] {
                assert_eq!(clean_uuid(&text), None, "{text}");
                assert!(is_shared_uuid(&text), "{text}");
            }
        }
    }

    #[test]
    fn a_machines_own_uuid_stays_though_it_looks_like_a_placeholder() {
        for text in [
            "4C4C4544-0038-4A10-8051-B4C04F563533",
            "564D1C2B-8F00-4D3E-9A11-0C2B3D4E5F60",
            "00000000-0000-0000-0000-0CC47A9B3E10",
            "032E02B4-0499-05B2-C806-7B0700080009",
            "03D40274-0435-05DC-8506-010700080009",
            "37333036-3831-5A43-3337-313130314338",
            "EC2E1916-9099-7CAF-FD21-012345ABCDEF",
            "564D1C2B-8F00-4D3E-9A11-0C2B3D4EFFFF",
        ] {
            assert_eq!(clean_uuid(text).as_deref(), Some(text));
        }
    }

    #[test]
    fn other_text_is_no_uuid() {
        for text in ["", "2", "N/A", "4C4C4544", "Not Settable"] {
            assert_eq!(clean_uuid(text), None, "{text}");
            assert!(!is_shared_uuid(text), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "\\PC*") {
            let _ = clean_uuid(&text);
        }
    }
}
