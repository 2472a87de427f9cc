//! One value of a row.

use std::borrow::Cow;

use chrono::{DateTime, Datelike, NaiveDate, SecondsFormat, Utc};
use lmsync_core::model::RawJson;
use serde::Serialize;

/// One value of a row, borrowed from its record.
///
/// Texts hold no NUL, and dates lie within the years 1 to 9999: what no database takes is replaced
/// while the value is made.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Value<'r> {
    /// Nothing is known.
    Null,
    /// A text.
    Text(Cow<'r, str>),
    /// A whole number.
    Integer(i64),
    /// A number.
    Real(f64),
    /// Yes or no.
    Boolean(bool),
    /// A calendar day without a zone.
    Date(NaiveDate),
    /// A moment, to the microsecond.
    Instant(DateTime<Utc>),
    /// JSON text.
    Json(Cow<'r, str>),
}

impl<'r> Value<'r> {
    /// The text `text`, in which NUL is U+FFFD.
    #[must_use]
    pub fn text(text: &'r str) -> Self {
        Self::Text(without_nul(text))
    }

    /// The word of a closed list.
    #[must_use]
    pub fn word(word: &'static str) -> Self {
        Self::Text(Cow::Borrowed(word))
    }

    /// The whole number `number`; nothing where it is beyond what databases count to.
    #[must_use]
    pub fn count(number: u64) -> Self {
        i64::try_from(number).map_or(Self::Null, Self::Integer)
    }

    /// The day `day`; nothing where it is outside the years 1 to 9999.
    #[must_use]
    pub fn date(day: NaiveDate) -> Self {
        match is_plausible(day.year()) {
            true => Self::Date(day),
            false => Self::Null,
        }
    }

    /// The moment `at`; nothing where it is outside the years 1 to 9999.
    #[must_use]
    pub fn instant(at: DateTime<Utc>) -> Self {
        match is_plausible(at.year()) {
            true => Self::Instant(at),
            false => Self::Null,
        }
    }

    /// The JSON of `value`.
    #[must_use]
    pub fn json(value: &(impl Serialize + ?Sized)) -> Self {
        // The parts of a record have no map whose keys are not texts.
        serde_json::to_string(value).map_or(Self::Null, |json| match json_without_nul(&json) {
            Cow::Borrowed(_) => Self::Json(Cow::Owned(json)),
            Cow::Owned(mended) => Self::Json(Cow::Owned(mended)),
        })
    }

    /// The JSON of `list`; nothing where it is empty.
    #[must_use]
    pub fn list<T: Serialize>(list: &[T]) -> Self {
        match list {
            [] => Self::Null,
            list => Self::json(list),
        }
    }

    /// The JSON text `json` as it is.
    #[must_use]
    pub fn raw(json: &'r RawJson) -> Self {
        Self::Json(json_without_nul(json.get()))
    }

    /// `value`, or nothing.
    #[must_use]
    pub fn maybe<T>(value: Option<T>, known: impl FnOnce(T) -> Self) -> Self {
        value.map_or(Self::Null, known)
    }

    /// The form of a date or a moment in texts: `2026-11-28`, `2026-11-28T09:30:00.000000Z`.
    #[must_use]
    pub fn time_text(&self) -> Option<String> {
        match self {
            Self::Date(day) => Some(day.to_string()),
            Self::Instant(at) => Some(instant_text(*at)),
            _ => None,
        }
    }
}

/// The form of a moment in texts, which are of one length and sort as the moments do.
pub(crate) fn instant_text(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// The moment of a text that [`instant_text`] made.
#[cfg(feature = "sqlite")]
pub(crate) fn instant_of_text(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(text)
        .ok()
        .map(|at| at.to_utc())
}

fn is_plausible(year: i32) -> bool {
    (1..=9999).contains(&year)
}

fn without_nul(text: &str) -> Cow<'_, str> {
    match text.contains('\0') {
        true => Cow::Owned(text.replace('\0', "\u{fffd}")),
        false => Cow::Borrowed(text),
    }
}

/// `json` with each escape of NUL turned into that of U+FFFD; an escaped backslash before `u0000`
/// is no escape of NUL.
fn json_without_nul(json: &str) -> Cow<'_, str> {
    const NUL: &str = "\\u0000";
    if !json.contains(NUL) {
        return Cow::Borrowed(json);
    }
    let mut mended = String::with_capacity(json.len());
    let mut rest = json;
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        mended.push_str(before);
        let (replaced, length) = match escape {
            nul if nul.starts_with(NUL) => ("\\ufffd", NUL.len()),
            // A backslash and what it escapes, which is one byte.
            other => (&other[..2.min(other.len())], 2.min(other.len())),
        };
        mended.push_str(replaced);
        rest = &escape[length..];
    }
    mended.push_str(rest);
    Cow::Owned(mended)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nul_is_replaced_where_it_is_one() {
        assert_eq!(Value::text("a\0b"), Value::Text("a\u{fffd}b".into()));
        for (json, stored) in [
            (r#""a\u0000b""#, r#""a\ufffdb""#),
            (r#""a\\u0000b""#, r#""a\\u0000b""#),
            (r#""a\\\u0000\n""#, r#""a\\\ufffd\n""#),
            (r#"{"\u0000":"ä\u0000"}"#, r#"{"\ufffd":"ä\ufffd"}"#),
            (r#""\u00001""#, r#""\ufffd1""#),
        ] {
            assert_eq!(json_without_nul(json), stored);
            serde_json::from_str::<serde_json::Value>(stored).unwrap();
        }
        assert_eq!(Value::json("a\0"), Value::Json(r#""a\ufffd""#.into()));
    }

    #[test]
    fn what_no_database_holds_is_nothing() {
        assert_eq!(Value::count(u64::MAX), Value::Null);
        assert_eq!(Value::count(7), Value::Integer(7));
        for day in [NaiveDate::MIN, NaiveDate::MAX] {
            assert_eq!(Value::date(day), Value::Null);
        }
        for at in [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC] {
            assert_eq!(Value::instant(at), Value::Null);
        }
    }

    #[test]
    fn moments_are_texts_of_one_length() {
        let at = DateTime::from_timestamp(1_774_958_400, 123_456_789).unwrap();
        assert_eq!(instant_text(at), "2026-03-31T12:00:00.123456Z");
        let at = DateTime::from_timestamp(1_774_958_400, 0).unwrap();
        assert_eq!(instant_text(at), "2026-03-31T12:00:00.000000Z");
    }
}
