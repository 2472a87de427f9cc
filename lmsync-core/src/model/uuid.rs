//! SMBIOS UUIDs.

use super::junk;
use super::text::trim;

/// The UUID in `text`, upper-case with dashes; `None` when it is none, or one that many machines share.
#[must_use]
pub fn clean_uuid(text: &str) -> Option<String> {
    let digits = trim(text)
        .trim_start_matches('{')
        .trim_end_matches('}')
        .replace('-', "")
        .to_ascii_uppercase();
    if digits.len() != 32 || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let uuid = [
        &digits[..8],
        &digits[8..12],
        &digits[12..16],
        &digits[16..20],
        &digits[20..],
    ]
    .join("-");
    let is_shared = junk::repeats(&digits) || junk::UUIDS.contains(&uuid.as_str());
    (!is_shared).then_some(uuid)
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
    fn shared_ones_and_other_text_are_none() {
        for text in junk::UUIDS {
            assert_eq!(clean_uuid(text), None, "{text}");
            assert_eq!(clean_uuid(&text.to_lowercase()), None, "{text}");
        }
        for text in [
            "",
            "2",
            "N/A",
            "11111111-1111-1111-1111-111111111111",
            "4C4C4544",
        ] {
            assert_eq!(clean_uuid(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "\\PC*") {
            let _ = clean_uuid(&text);
        }
    }
}
