//! One row of a vendor's list, read so that it cannot cost the others.

use std::fmt;

use serde::de::{DeserializeOwned, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::mend::read_mended;
use super::object::LenientObject;
use super::scalar::Scalar;
use crate::model::RawJson;
use crate::summary::Rejection;

/// The most characters of a reason; it may quote the row.
const LONGEST_REASON: usize = 300;
/// The most objects of a body whose rows are read at once.
const MOST_OBJECTS: usize = 20_000;
/// The most bytes of an id that is told of a row that cannot be read.
const LONGEST_ID: usize = 256;

/// One row of a vendor's list, as it came.
///
/// Plain data: a record and where it came from.
#[derive(Debug, Clone)]
pub struct WireRow<R> {
    /// The record, or why it cannot be read.
    pub record: Result<R, Rejection>,
    /// The record's own JSON, where it was asked for.
    pub raw: Option<RawJson>,
}

/// The choice to keep each record's own JSON.
///
/// Complete: yes or no.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum KeepRaw {
    /// Keep it.
    Yes,
    /// Drop it.
    #[default]
    No,
}

crate::words!(KeepRaw {
    Yes => "yes",
    No => "no",
});

impl From<bool> for KeepRaw {
    fn from(keep: bool) -> Self {
        if keep { Self::Yes } else { Self::No }
    }
}

impl<R> WireRow<R> {
    /// A record that came alone.
    pub fn of(record: R) -> Self {
        Self {
            record: Ok(record),
            raw: None,
        }
    }
}

impl<R: DeserializeOwned> WireRow<R> {
    /// The row `row` of a list; `id_keys` are the names under which its id may stand.
    ///
    /// Mistakes of spelling are [mended](super::read_mended) before they cost the record.
    pub fn read(row: &RawValue, id_keys: &[&str], raw: KeepRaw) -> Self {
        let record = read_mended(row.get(), |json| serde_json::from_str(json))
            .map_err(|error| Rejection {
                vendor_id: id_of(row.get(), id_keys),
                reason: explain::<R>(row.get(), &error),
            })
            .and_then(readable);
        Self {
            record,
            raw: match raw {
                KeepRaw::Yes => Some(row.to_owned().into()),
                KeepRaw::No => None,
            },
        }
    }
}

/// A row as it stands in a list: unread as a `&RawValue`, or read with the list as a
/// [`LenientObject`].
pub trait RowInList<R> {
    /// The row; `id_keys` are the names under which its id may stand where it cannot be read.
    fn into_wire(self, id_keys: &[&str], raw: KeepRaw) -> WireRow<R>;
}

impl<R: DeserializeOwned> RowInList<R> for &RawValue {
    fn into_wire(self, id_keys: &[&str], raw: KeepRaw) -> WireRow<R> {
        WireRow::read(self, id_keys, raw)
    }
}

impl<R> RowInList<R> for LenientObject<R> {
    fn into_wire(self, _: &[&str], _: KeepRaw) -> WireRow<R> {
        WireRow {
            record: readable(self),
            raw: None,
        }
    }
}

/// Reads the list in `body` `at_once`, and where that fails, or the rows' own JSON is wanted,
/// `row_by_row`.
///
/// A body of more than 20,000 objects is no page: a record takes far more memory than an empty object
/// of a hostile answer, so that it is not read at once either.
///
/// Rows that are read with their list cost one look at the answer instead of two; but one that
/// cannot be read costs the list.
///
/// ```
/// use lmsync_core::json::{KeepRaw, LenientObject, RowInList, Rows, WireRow, read_rows};
/// use serde::Deserialize;
/// use serde_json::value::RawValue;
///
/// #[derive(Debug, Deserialize)]
/// struct Device {
///     id: u64,
/// }
///
/// fn list<'a, L>(answer: &'a str) -> serde_json::Result<Vec<WireRow<Device>>>
/// where
///     L: RowInList<Device> + Deserialize<'a>,
/// {
///     let rows: Rows<L> = serde_json::from_str(answer)?;
///     let rows = rows.into_iter();
///     Ok(rows.map(|row| row.into_wire(&["id"], KeepRaw::No)).collect())
/// }
///
/// let answer = r#"[{"id":1},{"id":"two"}]"#;
/// let rows = read_rows(
///     answer.as_bytes(),
///     KeepRaw::No,
///     || list::<LenientObject<Device>>(answer),
///     || list::<&RawValue>(answer),
/// );
/// let [first, second] = &rows.unwrap()[..] else { panic!() };
/// assert_eq!(first.record.as_ref().unwrap().id, 1);
/// assert_eq!(second.record.as_ref().unwrap_err().vendor_id.as_deref(), Some("two"));
/// ```
///
/// # Errors
/// Those of `row_by_row`.
pub fn read_rows<T, E>(
    body: &[u8],
    raw: KeepRaw,
    at_once: impl FnOnce() -> Result<T, E>,
    row_by_row: impl FnOnce() -> Result<T, E>,
) -> Result<T, E> {
    let objects = || body.iter().filter(|byte| **byte == b'{').count();
    match raw {
        KeepRaw::No if objects() <= MOST_OBJECTS => at_once().or_else(|_| row_by_row()),
        _ => row_by_row(),
    }
}

fn readable<R>(row: LenientObject<R>) -> Result<R, Rejection> {
    let reason = match row {
        LenientObject::Value(record) => return Ok(record),
        LenientObject::Absent | LenientObject::Null => "the row is null".to_owned(),
        LenientObject::Unexpected(kind) => format!("the row is not an object but {kind}"),
    };
    Err(Rejection {
        vendor_id: None,
        reason,
    })
}

/// The reason why the row is no `R`, and the place in it.
fn explain<R: DeserializeOwned>(row: &str, error: &serde_json::Error) -> String {
    let mut json = serde_json::Deserializer::from_str(row);
    let reason = match serde_path_to_error::deserialize::<_, LenientObject<R>>(&mut json) {
        Ok(_) => format!("the record cannot be read: {error}"),
        Err(error) => format!(
            "the record cannot be read at `{}`: {}",
            error.path(),
            error.inner()
        ),
    };
    match reason.char_indices().nth(LONGEST_REASON) {
        Some((end, _)) => format!("{}…", &reason[..end]),
        None => reason,
    }
}

/// The id of a row that cannot be read, under the first of `keys` that it has.
fn id_of(row: &str, keys: &[&str]) -> Option<String> {
    let id = read_mended(row, |row| {
        IdUnder(keys).deserialize(&mut serde_json::Deserializer::from_str(row))
    });
    let id = id.ok()?.id()?.to_owned();
    // Cut, it would be that of another.
    (id.len() <= LONGEST_ID).then_some(id)
}

/// The value under the first of these keys that an object has.
struct IdUnder<'k>(&'k [&'k str]);

impl<'de> DeserializeSeed<'de> for IdUnder<'_> {
    type Value = Scalar;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Scalar, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for IdUnder<'_> {
    type Value = Scalar;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Scalar, A::Error> {
        let (mut best, mut id) = (self.0.len(), Scalar::Absent);
        while let Some(key) = object.next_key::<String>()? {
            // Of a key that is given twice the last counts.
            let mut keys = self.0.iter().take(best + 1);
            match keys.position(|wanted| *wanted == key) {
                Some(place) => (best, id) = (place, object.next_value()?),
                None => drop(object.next_value::<IgnoredAny>()?),
            }
        }
        Ok(id)
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    struct Thing {
        size: u8,
    }

    fn read(json: &str, raw: KeepRaw) -> WireRow<Thing> {
        let row = RawValue::from_string(json.to_owned()).unwrap();
        WireRow::read(&row, &["thingId", "id"], raw)
    }

    #[test]
    fn a_row_that_cannot_be_read_is_named() {
        let row = read(r#"{"id":9007199254740993,"size":"big"}"#, KeepRaw::No);
        let rejection = row.record.unwrap_err();
        assert_eq!(rejection.vendor_id.as_deref(), Some("9007199254740993"));
        assert!(
            rejection
                .reason
                .starts_with("the record cannot be read at `size`: invalid type"),
            "{rejection:?}"
        );
        for (json, reason) in [
            ("null", "the row is null"),
            ("[7]", "the row is not an object but array"),
            ("7", "the row is not an object but number"),
        ] {
            let rejection = read(json, KeepRaw::No).record.unwrap_err();
            assert_eq!(
                (rejection.vendor_id, rejection.reason.as_str()),
                (None, reason)
            );
        }
    }

    #[test]
    fn what_is_written_wrongly_is_mended_before_it_is_rejected() {
        let twice = read(r#"{"id":1,"size":3,"size":4}"#, KeepRaw::Yes);
        assert_eq!(twice.record.unwrap().size, 4);
        let long = read(r#"{"size":3,"serial":98765432109876543210}"#, KeepRaw::Yes);
        assert!(long.raw.unwrap().get().contains(":98765432109876543210"));
        let half = read(r#"{"size":5,"note":"PC-\ud83d"}"#, KeepRaw::Yes);
        assert_eq!(half.record.unwrap().size, 5);
        let raw = half.raw.unwrap();
        assert_eq!(raw.get(), r#"{"size":5,"note":"PC-\ufffd"}"#);
        assert!(serde_json::from_str::<serde_json::Value>(raw.get()).is_ok());
    }

    #[test]
    fn of_a_row_that_cannot_be_read_the_id_is_told_where_it_is_one() {
        let id = |json: &str| read(json, KeepRaw::No).record.unwrap_err().vendor_id;
        for (json, told) in [
            (r#"{"size":[],"id":7,"thingId":" a "}"#, Some("a")),
            (
                r#"{"size":[],"thingId":98765432109876543210}"#,
                Some("98765432109876543210"),
            ),
            (r#"{"size":[],"id":1,"id":2}"#, Some("2")),
            (r#"{"size":[],"id":"PC-\ud83d"}"#, Some("PC-\u{fffd}")),
            (r#"{"size":[],"id":" "}"#, None),
            (r#"{"size":[],"id":{}}"#, None),
            (r#"{"size":[]}"#, None),
        ] {
            assert_eq!(id(json).as_deref(), told, "{json}");
        }
        let long = "x".repeat(LONGEST_ID + 1);
        assert_eq!(id(&format!(r#"{{"size":[],"id":"{long}"}}"#)), None);
    }

    #[test]
    fn a_reason_is_short_whatever_the_row_holds() {
        let json = format!(r#"{{"size":"{}"}}"#, "é".repeat(100_000));
        let rejection = read(&json, KeepRaw::No).record.unwrap_err();
        assert_eq!(rejection.reason.chars().count(), LONGEST_REASON + 1);
    }

    #[test]
    fn the_json_is_kept_to_the_letter_on_request() {
        let json = r#"{"size" : 7, "more":[1, 2]}"#;
        let row = read(json, KeepRaw::Yes);
        assert_eq!(row.record.unwrap().size, 7);
        assert_eq!(row.raw.unwrap().get(), json);
        assert!(read(json, KeepRaw::No).raw.is_none());
    }

    #[test]
    fn what_is_no_page_is_not_read_at_once() {
        let path = |objects: usize, raw| {
            let body = "{}".repeat(objects);
            read_rows(
                body.as_bytes(),
                raw,
                || Ok::<_, ()>("at once"),
                || Ok("row by row"),
            )
        };
        assert_eq!(path(MOST_OBJECTS, KeepRaw::No), Ok("at once"));
        assert_eq!(path(MOST_OBJECTS + 1, KeepRaw::No), Ok("row by row"));
        assert_eq!(path(1, KeepRaw::Yes), Ok("row by row"));
    }

    /// A record that takes whatever stands in its members, or nothing but a number.
    #[derive(Debug, Default, Deserialize)]
    #[serde(default)]
    struct Odd {
        id: Scalar,
        many: crate::json::OneOrMany<Scalar>,
        inner: LenientObject<Box<Odd>>,
        count: u8,
    }

    fn rows<'a, L: RowInList<Odd> + Deserialize<'a>>(json: &'a str) -> Result<Vec<String>, ()> {
        let rows: crate::json::Rows<L> = serde_json::from_str(json).map_err(drop)?;
        let wire = |row: L| row.into_wire(&["id"], KeepRaw::No).record;
        Ok(rows
            .into_iter()
            .map(|row| format!("{:?}", wire(row)))
            .collect())
    }

    proptest::proptest! {
        /// Rows that are read with their list are what they are one by one.
        #[test]
        fn a_row_means_the_same_on_either_path(
            members in proptest::collection::vec(
                proptest::collection::vec(
                    (
                        proptest::sample::select(vec!["id", "many", "inner", "count", "other"]),
                        proptest::sample::select(vec![
                            "1", "-1", "300", "1e999", "null", "true", "\"a\"", "\"\\ud83d\"", "[]",
                            "[1]", "[1,{}]", "{}", "{\"id\":2}", "\"{\\\"id\\\":3}\"",
                        ]),
                    ),
                    0..4,
                ),
                0..4,
            ),
            odd in proptest::option::of(proptest::sample::select(vec!["null", "7", "[]", "\"x\""])),
        ) {
            let object = |members: &Vec<(&str, &str)>| {
                let members: Vec<String> =
                    members.iter().map(|(key, value)| format!("\"{key}\":{value}")).collect();
                format!("{{{}}}", members.join(","))
            };
            let mut all: Vec<String> = members.iter().map(object).collect();
            all.extend(odd.map(ToOwned::to_owned));
            let json = format!("[{}]", all.join(","));
            if let Ok(at_once) = rows::<LenientObject<Odd>>(&json) {
                proptest::prop_assert_eq!(Ok(at_once), rows::<&RawValue>(&json));
            }
        }
    }
}
