//! One row of a vendor's list, read so that it cannot cost the others.

use std::borrow::Cow;
use std::collections::HashMap;

use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::{LenientObject, Scalar, mend};
use crate::model::RawJson;
use crate::summary::Rejection;

/// One row of a vendor's list, as it came.
#[derive(Debug, Clone)]
pub struct WireRow<R> {
    /// The record, or why it cannot be read.
    pub record: Result<R, Rejection>,
    /// The record's own JSON, where it was asked for.
    pub raw: Option<RawJson>,
}

/// The choice to keep each record's own JSON.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum KeepRaw {
    /// Keep it.
    Yes,
    /// Drop it.
    #[default]
    No,
}

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
    /// Mends errors of vendors that would cost the record: half a surrogate pair is U+FFFD, of a key
    /// that is given twice the last counts.
    pub fn read(row: &RawValue, id_keys: &[&str], raw: KeepRaw) -> Self {
        let json = mend::halves(row.get());
        let read = serde_json::from_str(&json);
        let record = read
            .or_else(|error| {
                mend::doubled_keys(&json).map_or(Err(error), |json| serde_json::from_str(&json))
            })
            .map_err(|_| Rejection {
                vendor_id: id_of(&json, id_keys),
                reason: explain::<R>(&json),
            })
            .and_then(readable);
        Self {
            record,
            raw: match raw {
                KeepRaw::Yes => RawJson::new(json.into_owned()),
                KeepRaw::No => None,
            },
        }
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
fn explain<R: DeserializeOwned>(row: &str) -> String {
    let mut json = serde_json::Deserializer::from_str(row);
    match serde_path_to_error::deserialize::<_, LenientObject<R>>(&mut json) {
        Ok(_) => "the record cannot be read".to_owned(),
        Err(error) => format!(
            "the record cannot be read at `{}`: {}",
            error.path(),
            error.inner()
        ),
    }
}

fn id_of(row: &str, keys: &[&str]) -> Option<String> {
    let fields: HashMap<Cow<'_, str>, &RawValue> = serde_json::from_str(row).ok()?;
    let id = keys.iter().find_map(|key| fields.get(*key))?;
    let id: Scalar = serde_json::from_str(id.get()).ok()?;
    id.text().map(ToOwned::to_owned)
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
        let half = read(r#"{"size":5,"note":"PC-\ud83d"}"#, KeepRaw::Yes);
        assert_eq!(half.record.unwrap().size, 5);
        let raw = half.raw.unwrap();
        assert_eq!(raw.get(), r#"{"size":5,"note":"PC-\ufffd"}"#);
        assert!(serde_json::from_str::<serde_json::Value>(raw.get()).is_ok());
    }

    #[test]
    fn the_json_is_kept_to_the_letter_on_request() {
        let json = r#"{"size" : 7, "more":[1, 2]}"#;
        let row = read(json, KeepRaw::Yes);
        assert_eq!(row.record.unwrap().size, 7);
        assert_eq!(row.raw.unwrap().get(), json);
        assert!(read(json, KeepRaw::No).raw.is_none());
    }
}
