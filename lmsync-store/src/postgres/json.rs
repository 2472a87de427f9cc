//! JSON that vendors send and that `jsonb` does not take, mended.

use std::borrow::Cow;

use memchr::memchr2;

/// Lists and objects stand so deep in each other at most; what is deeper becomes its text.
///
/// Documented: <https://www.postgresql.org/docs/current/runtime-config-resource.html>: the server goes
/// as deep as its stack, `max_stack_depth`. Seen: a few thousand levels with the 100 kB that it may be set to.
const DEEPEST: usize = 250;
/// A number of more digits, or with an exponent beyond this, becomes its text.
///
/// Documented: <https://www.postgresql.org/docs/current/datatype-numeric.html>: 131,072 digits before
/// the point, 16,383 after it. Assumed: nobody counts so far.
const MOST_DIGITS: usize = 1_000;

/// `json`, in which NUL is U+FFFD already, as `jsonb` takes it: a number without measure (`1e999999`) is the
/// text of it, and so is what is nested too deep.
pub(super) fn storable(json: &str) -> Cow<'_, str> {
    let bytes = json.as_bytes();
    let mut mended = Mended::of(json);
    let (mut at, mut depth) = (0, 0_usize);
    while let Some(byte) = bytes.get(at) {
        at = match byte {
            b'"' => texts_end(bytes, at),
            b'[' | b'{' if depth == DEEPEST => mended.as_text(at, nests_end(bytes, at)),
            b'[' | b'{' => {
                depth += 1;
                at + 1
            }
            b']' | b'}' => {
                depth = depth.saturating_sub(1);
                at + 1
            }
            b'-' | b'0'..=b'9' => {
                let end = numbers_end(bytes, at);
                match is_measured(&json[at..end]) {
                    true => end,
                    false => mended.as_text(at, end),
                }
            }
            _ => at + 1,
        };
    }
    mended.finish()
}

/// The end of the text that begins at `start`.
fn texts_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(found) = bytes.get(at..).and_then(|rest| memchr2(b'"', b'\\', rest)) {
        at += found;
        if bytes[at] == b'"' {
            return at + 1;
        }
        // A backslash and what it escapes.
        at += 2;
    }
    bytes.len()
}

/// The end of the list or object that begins at `start`.
fn nests_end(bytes: &[u8], start: usize) -> usize {
    let (mut at, mut depth) = (start, 0_usize);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => {
                at = texts_end(bytes, at);
                continue;
            }
            b'[' | b'{' => depth += 1,
            b']' | b'}' if depth == 1 => return at + 1,
            b']' | b'}' => depth -= 1,
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

fn numbers_end(bytes: &[u8], start: usize) -> usize {
    let is_part = |byte: &u8| byte.is_ascii_digit() || b"+-.eE".contains(byte);
    let length = bytes[start..].iter().position(|byte| !is_part(byte));
    length.map_or(bytes.len(), |length| start + length)
}

/// Tells whether `number` is one that `numeric` holds.
fn is_measured(number: &str) -> bool {
    let exponent = number.split_once(['e', 'E']).map(|(_, exponent)| exponent);
    let is_near = |exponent: &str| {
        exponent
            .parse::<i64>()
            .is_ok_and(|exponent| exponent.unsigned_abs() <= MOST_DIGITS as u64)
    };
    number.len() <= MOST_DIGITS && exponent.is_none_or(is_near)
}

/// A JSON text of which pieces become texts, from the first to the last.
struct Mended<'j> {
    json: &'j str,
    done: String,
    from: usize,
}

impl<'j> Mended<'j> {
    fn of(json: &'j str) -> Self {
        Self {
            json,
            done: String::new(),
            from: 0,
        }
    }

    /// Makes a text of the piece from `start` to `end`, and goes on there.
    fn as_text(&mut self, start: usize, end: usize) -> usize {
        let piece = serde_json::Value::from(&self.json[start..end]);
        self.done.push_str(&self.json[self.from..start]);
        self.done.push_str(&piece.to_string());
        self.from = end;
        end
    }

    fn finish(mut self) -> Cow<'j, str> {
        if self.from == 0 {
            return Cow::Borrowed(self.json);
        }
        self.done.push_str(&self.json[self.from..]);
        Cow::Owned(self.done)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;
    use serde_json::value::RawValue;

    use super::*;

    fn nested(depth: usize, inner: &str) -> String {
        format!("{}{inner}{}", "[".repeat(depth), "]".repeat(depth))
    }

    #[test]
    fn a_number_without_measure_is_its_text() {
        let digits = "7".repeat(MOST_DIGITS + 1);
        let point = format!("0.{}1", "0".repeat(MOST_DIGITS));
        for number in [
            "1e999999",
            "-1E+1001",
            "1e-99999999999999999999",
            &digits,
            &point,
        ] {
            let sent = format!(r#"{{"a":[{number}, 1],"b":"\"{number}"}}"#);
            let stored = format!(r#"{{"a":["{number}", 1],"b":"\"{number}"}}"#);
            assert_eq!(storable(&sent), stored);
            assert_eq!(storable(number), format!("\"{number}\""));
        }
        for number in [
            "0",
            "-0.0",
            "1e1000",
            "1e-1000",
            "5e-324",
            "18446744073709551616",
            "-1.5E+3",
        ] {
            assert_eq!(storable(number), number);
        }
    }

    #[test]
    fn what_is_nested_too_deep_is_its_text() {
        let deepest = nested(DEEPEST, "");
        assert_eq!(storable(&deepest), deepest);
        let deeper = nested(DEEPEST + 2, r#""]",1e999999"#);
        let stored = nested(DEEPEST, r#""[[\"]\",1e999999]]""#);
        assert_eq!(storable(&deeper), stored);
        // What follows is as deep as before.
        let sent = format!(r#"[{{"\"]":{}}},1e999999]"#, nested(100_000, ""));
        assert!(storable(&sent).ends_with(r#"},"1e999999"]"#));
        assert!(RawValue::from_string(storable(&sent).into_owned()).is_ok());
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            "[\\PC\"\\\\\u{1}]{0,12}".prop_map(Value::from),
        ];
        leaf.prop_recursive(6, 48, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::btree_map("\\PC{0,4}", inner, 0..6)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_everybody_takes_stays(value in any_json()) {
            let sent = value.to_string();
            prop_assert!(matches!(storable(&sent), Cow::Borrowed(same) if same == sent));
        }

        #[test]
        fn what_is_mended_is_json_and_stays_so(
            value in any_json(),
            number in "-?[1-9][0-9]{0,3}(\\.[0-9]{1,4})?([eE][+-]?[0-9]{1,7})?",
            depth in 0_usize..2 * DEEPEST,
        ) {
            let sent = nested(depth, &format!(r#"{{"a":{value},"b":[{number}]}}"#));
            let stored = storable(&sent);
            prop_assert!(RawValue::from_string(stored.to_string()).is_ok(), "{}", stored);
            prop_assert_eq!(storable(&stored), stored.clone());
        }

        #[test]
        fn what_is_no_json_breaks_nothing(text in "[\\[\\]{}\"\\\\0-9eE.,:u+-]{0,40}") {
            storable(&text);
        }
    }
}
