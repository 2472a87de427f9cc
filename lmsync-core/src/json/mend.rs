//! JSON that vendors write wrongly, mended so that it costs neither the record nor a reader.

use std::borrow::Cow;

use serde_json::Value;

/// `json` in which half of a surrogate pair is U+FFFD: an emoji that was cut in half.
pub(super) fn halves(json: &str) -> Cow<'_, str> {
    let mut mended = String::new();
    let mut kept = 0;
    let mut at = 0;
    while let Some(found) = json[at..].find('\\') {
        at += found;
        let escape = Escape::at(&json.as_bytes()[at..]);
        if matches!(escape, Escape::Half) {
            mended.push_str(&json[kept..at]);
            mended.push_str("\\ufffd");
            kept = at + 6;
        }
        at += escape.len();
    }
    if kept == 0 {
        return Cow::Borrowed(json);
    }
    mended.push_str(&json[kept..]);
    Cow::Owned(mended)
}

/// A sequence that a backslash begins.
enum Escape {
    /// One letter, such as `\n` or `\\`.
    Letter,
    /// A code of four digits.
    Code,
    /// Both halves of a surrogate pair.
    Pair,
    /// One half without the other.
    Half,
    /// The end of a text that is no JSON.
    End,
}

impl Escape {
    fn at(bytes: &[u8]) -> Self {
        let Some(letter) = bytes.get(1) else {
            return Self::End;
        };
        if !letter.is_ascii() {
            return Self::End;
        }
        match (code(bytes), bytes.get(6..).and_then(code)) {
            (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => Self::Pair,
            (Some(0xd800..=0xdfff), _) => Self::Half,
            (Some(_), _) => Self::Code,
            (None, _) => Self::Letter,
        }
    }

    /// The number of bytes of it.
    const fn len(&self) -> usize {
        match self {
            Self::End => 1,
            Self::Letter => 2,
            Self::Code | Self::Half => 6,
            Self::Pair => 12,
        }
    }
}

/// The code that `bytes` begin with, written as `\u12ab`.
fn code(bytes: &[u8]) -> Option<u32> {
    let digits = bytes.strip_prefix(b"\\u")?.get(..4)?;
    let digits = std::str::from_utf8(digits).ok()?;
    let is_hex = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    u32::from_str_radix(digits, 16).ok().filter(|_| is_hex)
}

/// `json` in which each key stands once; of a key that is given twice, the last counts.
/// `None` where it is no JSON.
pub(super) fn doubled_keys(json: &str) -> Option<String> {
    let value: Value = serde_json::from_str(json).ok()?;
    Some(value.to_string())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn half_a_pair_becomes_a_replacement_and_nothing_else_changes() {
        for (json, mended) in [
            (r#""PC-\ud83d""#, r#""PC-\ufffd""#),
            (r#""\uDE00 x""#, r#""\ufffd x""#),
            (r#""\ud83d\ud83d\ude00""#, r#""\ufffd\ud83d\ude00""#),
            (
                r#"["\ud83dx","\ude00\ud83d"]"#,
                r#"["\ufffdx","\ufffd\ufffd"]"#,
            ),
        ] {
            assert_eq!(halves(json), mended);
            assert!(serde_json::from_str::<Value>(mended).is_ok());
        }
        for fine in [
            r#""\ud83d\ude00""#,
            r#""\\ud83d""#,
            r#""\u0041\n\"""#,
            r#"{"a":"é\u00e9"}"#,
            "\"\\",
            "\"\\é",
            "\\u12",
            "",
        ] {
            assert!(matches!(halves(fine), Cow::Borrowed(same) if same == fine));
        }
    }

    #[test]
    fn of_a_doubled_key_the_last_counts() {
        let mended = doubled_keys(r#"{"a":1,"b":{"c":1,"c":2},"a":3}"#).unwrap();
        assert_eq!(mended, r#"{"a":3,"b":{"c":2}}"#);
        assert_eq!(doubled_keys("{"), None);
    }

    proptest! {
        #[test]
        fn what_strict_readers_take_is_not_changed(text in ".*") {
            let json = serde_json::to_string(&text).unwrap();
            prop_assert!(matches!(halves(&json), Cow::Borrowed(_)));
        }

        #[test]
        fn what_is_mended_is_taken(text in "([a-z ]|\\\\u[dD][89abAB][0-9a-f]{2}|\\\\u[dD][c-fC-F][0-9a-f]{2}|\\\\\\\\|\\\\n){0,12}") {
            let json = format!("\"{text}\"");
            let mended = halves(&json).into_owned();
            prop_assert!(serde_json::from_str::<String>(&mended).is_ok(), "{mended}");
            prop_assert_eq!(halves(&mended), mended.as_str());
        }

        #[test]
        fn any_text_is_looked_through(text in "\\PC*") {
            let _ = halves(&text);
        }
    }
}
