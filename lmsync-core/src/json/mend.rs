//! JSON that vendors write wrongly, mended so that it costs neither the record nor its page.
//!
//! Seen: each of these in public bug reports of tools that read inventories.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

use super::number::require_digits;

/// The longest row of which doubled keys are mended: its values take far more memory than its text.
const LONGEST_ROW: usize = 1024 * 1024;
/// The most keys of an object around a list.
const MOST_KEYS: usize = 1_000;
/// Objects around a list stand so deep at most.
const DEEPEST_LIST: u32 = 8;
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The JSON of an answer that could not be read, mended; `None` where there is nothing to mend or it
/// is no JSON.
///
/// A byte order mark is left out (RFC 8259, 8.1), bytes that are no UTF-8 are U+FFFD, what is spelt in
/// another way than JSON is spelt as JSON, and of a key that is given twice in an object around a list
/// the last counts.
pub(crate) fn answer(body: &[u8]) -> Option<Vec<u8>> {
    let bytes = body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(body);
    if !begins_as_json(body) {
        return (bytes.len() < body.len()).then(|| bytes.to_vec());
    }
    let text = String::from_utf8_lossy(bytes);
    let spelt = spellings(&text);
    let text = spelt.map_or(text, Cow::Owned);
    let mended = outer_keys(&text, DEEPEST_LIST);
    let text = mended.map_or(text, Cow::Owned);
    (text.as_bytes() != body).then(|| text.into_owned().into_bytes())
}

/// Says if `body` begins as a list, an object or a text does, perhaps after a byte order mark.
pub(crate) fn begins_as_json(body: &[u8]) -> bool {
    let bytes = body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(body);
    matches!(bytes.trim_ascii_start().first(), Some(b'{' | b'[' | b'"'))
}

/// The JSON of a row that could not be read, mended; `None` where there is nothing to mend.
fn row(json: &str) -> Option<String> {
    let spelt = spellings(json);
    doubled_keys(spelt.as_deref().unwrap_or(json)).or(spelt)
}

/// Reads `json` with `reader`; where that fails, once more after what is written wrongly was mended.
///
/// Half of a surrogate pair becomes U+FFFD, a number of more digits than any reader keeps the text of
/// them, and of a key that is given twice the last value counts.
///
/// ```
/// use lmsync_core::json::{Scalar, read_mended};
///
/// let serial = read_mended("98765432109876543210", |json| serde_json::from_str::<Scalar>(json));
/// assert_eq!(serial.unwrap().text(), Some("98765432109876543210"));
/// ```
///
/// # Errors
/// The error of `reader` about `json` as it came.
pub fn read_mended<T>(
    json: &str,
    reader: impl Fn(&str) -> serde_json::Result<T>,
) -> serde_json::Result<T> {
    reader(json).or_else(|error| {
        let mended = row(json).and_then(|mended| reader(&mended).ok());
        mended.ok_or(error)
    })
}

/// `json` with what is spelt in another way than JSON, where there is such: a control character or a
/// backslash that begins no escape inside a text is escaped, half of a surrogate pair is U+FFFD;
/// outside, a word such as `NaN` is null, and a number that JSON or its readers do not know is the
/// text of its digits.
fn spellings(json: &str) -> Option<String> {
    let mut mended = Mended::of(json);
    let bytes = json.as_bytes();
    let (mut at, mut in_text) = (0, false);
    while let Some(byte) = bytes.get(at) {
        at += match byte {
            b'"' => {
                in_text = !in_text;
                1
            }
            b'\\' if in_text => mended.escape(at),
            0..0x20 if in_text => mended.replace(at, 1, &format!("\\u{byte:04x}")),
            _ if !in_text && is_of_a_word(*byte) => {
                let end = bytes[at..].iter().position(|byte| !is_of_a_word(*byte));
                let word = &json[at..at + end.unwrap_or(bytes.len() - at)];
                match value_of(word) {
                    Some(value) => mended.replace(at, word.len(), &value),
                    None => word.len(),
                }
            }
            _ => 1,
        };
        if mended.is_too_long() {
            return None;
        }
    }
    mended.finish()
}

const fn is_of_a_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.' | b'_')
}

/// The JSON of a `word` that stands where a value belongs; `None` where it is JSON already.
fn value_of(word: &str) -> Option<String> {
    let is_known = match word.as_bytes()[0] {
        b'-' | b'0'..=b'9' => is_kept(word),
        _ => matches!(word, "true" | "false" | "null"),
    };
    if is_known {
        return None;
    }
    Some(match word {
        "True" | "TRUE" => "true".to_owned(),
        "False" | "FALSE" => "false".to_owned(),
        _ if word.bytes().any(|byte| byte.is_ascii_digit()) => format!("\"{word}\""),
        _ => "null".to_owned(),
    })
}

/// Says if `number` is JSON and keeps its digits when it is read.
fn is_kept(number: &str) -> bool {
    let Ok(number) = serde_json::from_str::<serde_json::Number>(number) else {
        return false;
    };
    let keeps_digits = |number| require_digits::<serde_json::Error>(number).is_ok();
    number.is_i64() || number.is_u64() || number.as_f64().is_some_and(keeps_digits)
}

/// A text of which parts are replaced.
struct Mended<'t> {
    text: &'t str,
    new: String,
    /// The part of `text` that `new` has ends here.
    kept: usize,
}

impl<'t> Mended<'t> {
    const fn of(text: &'t str) -> Self {
        Self {
            text,
            new: String::new(),
            kept: 0,
        }
    }

    /// Has `new` in place of the `length` bytes at `at`, and gives that length.
    fn replace(&mut self, at: usize, length: usize, new: &str) -> usize {
        self.new.push_str(&self.text[self.kept..at]);
        self.new.push_str(new);
        self.kept = at + length;
        length
    }

    /// Mends what the backslash at `at` begins, and gives its length.
    fn escape(&mut self, at: usize) -> usize {
        let escape = Escape::at(&self.text.as_bytes()[at..]);
        match escape {
            Escape::Half => self.replace(at, escape.len(), "\\ufffd"),
            Escape::Unknown => self.replace(at, escape.len(), "\\\\"),
            Escape::Letter | Escape::Code | Escape::Pair => escape.len(),
        }
    }

    /// Says if the new text takes far more room than the old one.
    fn is_too_long(&self) -> bool {
        self.new.len() > 2 * self.text.len() + 1024
    }

    /// The new text, where anything was replaced.
    fn finish(mut self) -> Option<String> {
        (self.kept > 0).then(|| {
            self.new.push_str(&self.text[self.kept..]);
            self.new
        })
    }
}

/// `json` in which half of a surrogate pair is U+FFFD, an emoji that was cut in half; `None` where
/// there is none.
pub(crate) fn halves(json: &str) -> Option<String> {
    let mut mended = Mended::of(json);
    let mut at = 0;
    while let Some(found) = json[at..].find('\\') {
        at += found;
        let escape = Escape::at(&json.as_bytes()[at..]);
        at += match escape {
            Escape::Half => mended.replace(at, escape.len(), "\\ufffd"),
            _ => escape.len(),
        };
    }
    mended.finish()
}

/// A sequence that a backslash begins.
enum Escape {
    /// One letter, such as `\n` or `\\`.
    Letter,
    /// Nothing: the backslash stands for itself, as in `C:\Users`.
    Unknown,
    /// A code of four digits.
    Code,
    /// Both halves of a surrogate pair.
    Pair,
    /// One half without the other.
    Half,
}

impl Escape {
    fn at(bytes: &[u8]) -> Self {
        let Some(letter) = bytes.get(1) else {
            return Self::Unknown;
        };
        match (code(bytes), bytes.get(6..).and_then(code)) {
            (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => Self::Pair,
            (Some(0xd800..=0xdfff), _) => Self::Half,
            (Some(_), _) => Self::Code,
            (None, _) if b"\"\\/bfnrt".contains(letter) => Self::Letter,
            (None, _) => Self::Unknown,
        }
    }

    /// The number of bytes of it.
    const fn len(&self) -> usize {
        match self {
            Self::Unknown => 1,
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
/// `None` where it is no JSON, or too long to be mended.
fn doubled_keys(json: &str) -> Option<String> {
    let value: Value = match json.len() {
        0..=LONGEST_ROW => serde_json::from_str(json).ok()?,
        _ => return None,
    };
    Some(value.to_string())
}

/// `json` in which each key of an object that is in no list stands once, the last counting; `None`
/// where each does.
fn outer_keys(json: &str, depth: u32) -> Option<String> {
    let object: OuterObject<'_> = serde_json::from_str(json).ok().filter(|_| depth > 0)?;
    let mut is_mended = object.has_doubled_keys;
    let mut members = Vec::with_capacity(object.members.len());
    for (key, value) in object.members {
        let inner = outer_keys(value.get(), depth - 1);
        is_mended |= inner.is_some();
        let value = inner.map_or(Cow::Borrowed(value.get()), Cow::Owned);
        members.push(format!("{}:{value}", Value::String(key)));
    }
    is_mended.then(|| format!("{{{}}}", members.join(",")))
}

/// The members of an object, unread.
struct OuterObject<'a> {
    members: Vec<(String, &'a RawValue)>,
    has_doubled_keys: bool,
}

impl<'de: 'a, 'a> Deserialize<'de> for OuterObject<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(OuterVisitor)
    }
}

struct OuterVisitor;

impl<'de> Visitor<'de> for OuterVisitor {
    type Value = OuterObject<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<OuterObject<'de>, A::Error> {
        let mut members: Vec<(String, &RawValue)> = Vec::new();
        let mut has_doubled_keys = false;
        while let Some((key, value)) = map.next_entry::<String, &RawValue>()? {
            if members.len() == MOST_KEYS {
                return Err(serde::de::Error::custom(
                    "an object around a list has too many keys",
                ));
            }
            let before = members.len();
            members.retain(|(known, _)| *known != key);
            has_doubled_keys |= members.len() < before;
            members.push((key, value));
        }
        Ok(OuterObject {
            members,
            has_doubled_keys,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

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
            assert_eq!(halves(json).as_deref(), Some(mended));
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
            assert_eq!(halves(fine), None);
        }
    }

    #[test]
    fn of_a_doubled_key_the_last_counts() {
        let mended = doubled_keys(r#"{"a":1,"b":{"c":1,"c":2},"a":3}"#).unwrap();
        assert_eq!(mended, r#"{"a":3,"b":{"c":2}}"#);
        assert_eq!(doubled_keys("{"), None);
        let long = format!(r#"{{"a":1,"a":"{}"}}"#, "x".repeat(LONGEST_ROW));
        assert_eq!(doubled_keys(&long), None);
    }

    #[test]
    fn what_is_spelt_in_another_way_is_spelt_as_json() {
        for (odd, mended) in [
            (
                r#"{"a":NaN,"b":-Infinity,"c":undefined}"#,
                r#"{"a":null,"b":null,"c":null}"#,
            ),
            (r#"[True,FALSE,None]"#, "[true,false,null]"),
            ("[18446744073709551616]", r#"["18446744073709551616"]"#),
            ("[1e999,-1E400]", r#"["1e999","-1E400"]"#),
            ("[007,0x1F,.5,+1,1.]", r#"["007","0x1F",".5","+1","1."]"#),
            ("[\"a\tb\u{0}\"]", r#"["a\u0009b\u0000"]"#),
            (r#"["C:\Users\x","\u12"]"#, r#"["C:\\Users\\x","\\u12"]"#),
            (r#"["\ud83d"]"#, r#"["\ufffd"]"#),
        ] {
            assert_eq!(spellings(odd).as_deref(), Some(mended), "{odd}");
            assert!(serde_json::from_str::<Value>(mended).is_ok(), "{mended}");
        }
        for fine in [
            r#"{"NaN":"NaN","a":[-0,1.5e3,18446744073709551615,true,null]}"#,
            r#""C:\\Users \" 1e999""#,
            "",
        ] {
            assert_eq!(spellings(fine), None, "{fine}");
        }
        // Far more room than what came is not taken.
        assert_eq!(spellings(&format!("\"{}\"", "\u{1}".repeat(10_000))), None);
    }

    fn mended_answer(body: &[u8]) -> Option<String> {
        answer(body).map(|mended| String::from_utf8(mended).unwrap())
    }

    #[test]
    fn of_an_answer_marks_and_bytes_that_are_no_text_cost_nothing() {
        for (odd, mended) in [
            (&b"\xef\xbb\xbf{\"a\":1}"[..], r#"{"a":1}"#),
            (b"\xef\xbb\xbf<html>", "<html>"),
            (
                b"[{\"a\":\"M\xfcller\"},{\"a\":2}]",
                "[{\"a\":\"M\u{fffd}ller\"},{\"a\":2}]",
            ),
            (b"[{\"a\":NaN},{\"a\":2}]", r#"[{"a":null},{"a":2}]"#),
            (
                br#"{"data":{"list":[{"a":1,"a":2}],"list":[{"a":1,"a":2}],"n":1,"n":2}}"#,
                r#"{"data":{"list":[{"a":1,"a":2}],"n":2}}"#,
            ),
        ] {
            assert_eq!(mended_answer(odd).as_deref(), Some(mended));
        }
        for fine in [
            &b"{\"a\":[1,\"x\"]}"[..],
            b"",
            b"<html>NaN",
            b"busy \xff",
            b"[1",
        ] {
            assert_eq!(mended_answer(fine), None);
        }
    }

    #[test]
    fn a_row_is_mended_in_all_ways_at_once() {
        let odd = r#"{"a":"\ud83d","b":98765432109876543210,"b":1e999}"#;
        let read = |json: &str| serde_json::from_str::<BTreeMap<String, String>>(json);
        let row = read_mended(odd, read).unwrap();
        assert_eq!(
            (row["a"].as_str(), row["b"].as_str()),
            ("\u{fffd}", "1e999")
        );
        let error = read_mended("{\"a\":[]}", read).unwrap_err();
        assert!(error.to_string().contains("expected a string"), "{error}");
    }

    proptest! {
        #[test]
        fn what_strict_readers_take_is_not_changed(text in ".*", number: i64, float in -1e18..1e18) {
            let json = serde_json::json!({"a": [text, number, float, null]}).to_string();
            prop_assert_eq!(halves(&json), None);
            prop_assert_eq!(spellings(&json), None);
            prop_assert_eq!(answer(json.as_bytes()), None);
        }

        #[test]
        fn what_is_mended_is_taken(text in "([a-z ]|\\\\u[dD][89abAB][0-9a-f]{2}|\\\\u[dD][c-fC-F][0-9a-f]{2}|\\\\\\\\|\\\\n){0,12}") {
            let json = format!("\"{text}\"");
            let mended = halves(&json).unwrap_or_else(|| json.clone());
            prop_assert!(serde_json::from_str::<String>(&mended).is_ok(), "{mended}");
            prop_assert_eq!(halves(&mended), None);
        }

        #[test]
        fn any_text_inside_quotes_becomes_json(text in "[^\"\\\\]*", odd in "[\\\\][^\"\\\\]") {
            let json = format!("[\"{text}{odd}\",NaN]");
            let mended = spellings(&json).unwrap();
            prop_assert!(serde_json::from_str::<Value>(&mended).is_ok(), "{mended}");
            prop_assert_eq!(spellings(&mended), None);
        }

        #[test]
        fn any_bytes_are_looked_through(body: Vec<u8>, text in "\\PC*") {
            let _ = (answer(&body), halves(&text), row(&text));
        }
    }
}
