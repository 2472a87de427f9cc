//! Answers of a vendor, whole, in a form that nobody documented.

use std::collections::BTreeSet;

use bytes::Bytes;
use serde_json::{Map, Value, json};

/// A way in which a whole answer is odd. An answer that is no JSON object or array stays as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Distortion {
    /// A byte order mark stands before it.
    ByteOrderMark,
    /// In each record of a list something is written as JSON does not allow, or twice: `NaN`, half of
    /// a surrogate pair, a control character, a byte that is no UTF-8.
    WrittenWrongly,
    /// Each list of records has another name; a bare one is the member of an object.
    RenamedLists,
    /// Each list of records is null.
    NullLists,
    /// These values are null, wherever they stand.
    WithoutIds(BTreeSet<String>),
    /// Each record of a list stands twice, and this count of them is twice as much around the lists.
    ListedTwice(u64),
    /// Each list of records holds so many empty ones.
    Flood(usize),
}

/// A text that no vendor sends, to find a place again.
const PLACE: &str = "the place of odd text";

impl Distortion {
    /// `body`, made odd.
    #[must_use]
    pub fn apply(&self, body: &Bytes) -> Bytes {
        let Ok(mut json @ (Value::Object(_) | Value::Array(_))) = serde_json::from_slice(body)
        else {
            return body.clone();
        };
        match self {
            Self::ByteOrderMark => [b"\xef\xbb\xbf", &body[..]].concat().into(),
            Self::WrittenWrongly => {
                const ODD: &[u8] =
                    b"NaN,\"x-half\":\"\\ud83d\",\"x-tab\":\"\t\",\"x-byte\":\"\xfc\",\"x-odd\":1e999";
                for_each_list(&mut json, &mut |rows| {
                    for row in rows.iter_mut().filter_map(Value::as_object_mut) {
                        row.insert("x-odd".to_owned(), PLACE.into());
                    }
                });
                with_text(&json, ODD)
            }
            Self::RenamedLists => match json {
                Value::Array(_) => text(&json!({ "renamed": json })),
                mut json => {
                    rename_lists(&mut json);
                    text(&json)
                }
            },
            Self::NullLists if is_list(&json) => Bytes::from_static(b"null"),
            Self::NullLists => {
                null_lists(&mut json);
                text(&json)
            }
            Self::WithoutIds(ids) => {
                null_ids(&mut json, ids);
                text(&json)
            }
            Self::ListedTwice(counted) => {
                for_each_list(&mut json, &mut |rows| {
                    *rows = rows.drain(..).flat_map(|row| [row.clone(), row]).collect();
                });
                double(&mut json, *counted);
                text(&json)
            }
            Self::Flood(rows) => {
                let empty = vec!["{}"; *rows].join(",");
                for_each_list(&mut json, &mut |list| *list = vec![PLACE.into()]);
                with_text(&json, empty.as_bytes())
            }
        }
    }
}

fn text(json: &Value) -> Bytes {
    json.to_string().into()
}

/// `json` with `odd` in each place that was marked.
fn with_text(json: &Value, odd: &[u8]) -> Bytes {
    let text = json.to_string();
    let place = format!("\"{PLACE}\"");
    let mut parts = text.split(&place);
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        bytes.extend_from_slice(odd);
        bytes.extend_from_slice(part.as_bytes());
    }
    bytes.into()
}

fn is_list(json: &Value) -> bool {
    let rows = json.as_array();
    rows.is_some_and(|rows| !rows.is_empty() && rows.iter().all(Value::is_object))
}

/// The lists of records that are in no list themselves.
fn for_each_list(json: &mut Value, act: &mut impl FnMut(&mut Vec<Value>)) {
    let is_one = is_list(json);
    match json {
        Value::Array(rows) if is_one => act(rows),
        Value::Object(members) => members
            .values_mut()
            .for_each(|value| for_each_list(value, act)),
        _ => {}
    }
}

fn rename_lists(json: &mut Value) {
    let Value::Object(members) = json else {
        return;
    };
    let renamed: Map<String, Value> = std::mem::take(members)
        .into_iter()
        .map(|(name, mut value)| match is_list(&value) {
            true => (format!("{name}Renamed"), value),
            false => {
                rename_lists(&mut value);
                (name, value)
            }
        })
        .collect();
    *members = renamed;
}

fn null_lists(json: &mut Value) {
    if let Value::Object(members) = json {
        for value in members.values_mut() {
            match is_list(value) {
                true => *value = Value::Null,
                false => null_lists(value),
            }
        }
    }
}

fn null_ids(json: &mut Value, ids: &BTreeSet<String>) {
    match json {
        Value::Array(values) => values.iter_mut().for_each(|value| null_ids(value, ids)),
        Value::Object(members) => members.values_mut().for_each(|value| null_ids(value, ids)),
        Value::String(text) if ids.contains(text) => *json = Value::Null,
        Value::Number(number) if ids.contains(&number.to_string()) => *json = Value::Null,
        _ => {}
    }
}

/// Doubles what counts `counted` outside lists.
fn double(json: &mut Value, counted: u64) {
    if let Value::Object(members) = json {
        members
            .values_mut()
            .for_each(|value| double(value, counted));
    } else if json.as_u64() == Some(counted) {
        *json = (2 * counted).into();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn odd(distortion: &Distortion, body: &str) -> String {
        let odd = distortion.apply(&Bytes::copy_from_slice(body.as_bytes()));
        String::from_utf8_lossy(&odd).into_owned()
    }

    #[test]
    fn each_distortion_changes_what_it_says() {
        let page = r#"{"data":{"rows":[{"id":"7","of":[{"id":1}]},{"id":8}]},"total":2}"#;
        assert_eq!(
            odd(&Distortion::ByteOrderMark, page),
            format!("\u{feff}{page}")
        );
        let wrong = odd(&Distortion::WrittenWrongly, page);
        assert_eq!(wrong.matches("\"x-odd\":NaN").count(), 2, "{wrong}");
        assert_eq!(
            odd(&Distortion::RenamedLists, page),
            r#"{"data":{"rowsRenamed":[{"id":"7","of":[{"id":1}]},{"id":8}]},"total":2}"#
        );
        assert_eq!(
            odd(&Distortion::NullLists, page),
            r#"{"data":{"rows":null},"total":2}"#
        );
        let ids = ["7", "8"].map(str::to_owned).into();
        assert_eq!(
            odd(&Distortion::WithoutIds(ids), page),
            r#"{"data":{"rows":[{"id":null,"of":[{"id":1}]},{"id":null}]},"total":2}"#
        );
        assert_eq!(
            odd(&Distortion::ListedTwice(2), page),
            concat!(
                r#"{"data":{"rows":[{"id":"7","of":[{"id":1}]},{"id":"7","of":[{"id":1}]},"#,
                r#"{"id":8},{"id":8}]},"total":4}"#
            )
        );
        assert_eq!(
            odd(&Distortion::Flood(3), page),
            r#"{"data":{"rows":[{},{},{}]},"total":2}"#
        );
        let bare = r#"[{"id":1}]"#;
        assert_eq!(
            odd(&Distortion::RenamedLists, bare),
            r#"{"renamed":[{"id":1}]}"#
        );
        assert_eq!(odd(&Distortion::NullLists, bare), "null");
        assert_eq!(odd(&Distortion::Flood(2), bare), "[{},{}]");
    }

    #[test]
    fn what_is_no_list_of_records_stays() {
        for body in ["<html>", "7", r#"{"a":[],"b":[1]}"#] {
            for distortion in [
                Distortion::RenamedLists,
                Distortion::NullLists,
                Distortion::Flood(2),
            ] {
                assert_eq!(odd(&distortion, body), body);
            }
        }
    }
}
