//! A single value, and the counts and truth values that are read from one.

use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::mend::read_mended;
use super::number::require_digits;
use super::text::Text;
use crate::model::RawJson;

/// A text, number or truth value; ids keep every digit.
///
/// Complete: a member is missing, null, text, text in an array or anything else.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Scalar {
    /// The vendor did not send the field.
    #[default]
    Absent,
    /// The vendor sent null.
    Null,
    /// The vendor sent this, as text.
    Text(Text),
    /// The vendor sent an array of this one value where the value itself belongs: its
    /// [`text`](Self::text) counts, and the array is [unexpected](Self::unexpected).
    InArray(Text),
    /// The vendor sent an `array` or `object` where a single value belongs.
    Unexpected(&'static str),
}

impl Scalar {
    /// The text, where there is one.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) | Self::InArray(text) => Some(text),
            _ => None,
        }
    }

    /// The text without outer blanks, where there is any, to be kept.
    #[must_use]
    pub fn clean(&self) -> Option<String> {
        self.trimmed().map(ToOwned::to_owned)
    }

    /// The text without outer blanks, where there is any, to be looked at.
    #[must_use]
    pub fn trimmed(&self) -> Option<&str> {
        self.text().and_then(crate::model::trimmed)
    }

    /// The text as an id: without blanks and invisible characters around it, which would make
    /// another id of it.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.text().and_then(crate::model::clean_id)
    }

    /// The type that came where a single value belongs.
    #[must_use]
    pub fn unexpected(&self) -> Option<&'static str> {
        match self {
            Self::Unexpected(kind) => Some(kind),
            Self::InArray(_) => Some("array"),
            _ => None,
        }
    }
}

/// The value that the JSON is; broken text is unexpected.
impl From<&RawJson> for Scalar {
    fn from(json: &RawJson) -> Self {
        let read = read_mended(json.get(), |json| serde_json::from_str(json));
        read.unwrap_or(Self::Unexpected("broken text"))
    }
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        ScalarVisitor { in_array: false }.deserialize(deserializer)
    }
}

/// A visitor of one value, or of the first one inside an array.
struct ScalarVisitor {
    in_array: bool,
}

impl<'de> DeserializeSeed<'de> for ScalarVisitor {
    type Value = Scalar;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Scalar, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ScalarVisitor {
    type Value = Scalar;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a single value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Scalar, E> {
        Ok(Scalar::Text(Text::from(if value {
            "true"
        } else {
            "false"
        })))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Scalar, E> {
        Ok(Scalar::Text(Text::of_number(value)))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Scalar, E> {
        Ok(Scalar::Text(Text::of_number(value)))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Scalar, E> {
        require_digits(value).map(|value| Scalar::Text(Text::from(value.to_string())))
    }

    fn visit_str<E>(self, value: &str) -> Result<Scalar, E> {
        Ok(Scalar::Text(Text::from(value)))
    }

    fn visit_string<E>(self, value: String) -> Result<Scalar, E> {
        Ok(Scalar::Text(Text::from(value)))
    }

    fn visit_unit<E>(self) -> Result<Scalar, E> {
        Ok(Scalar::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Scalar, A::Error> {
        let first = match self.in_array {
            true => None,
            false => seq.next_element_seed(Self { in_array: true })?,
        };
        let mut is_alone = true;
        while seq.next_element::<IgnoredAny>()?.is_some() {
            is_alone = false;
        }
        Ok(match first {
            Some(Scalar::Text(text)) if is_alone => Scalar::InArray(text),
            _ => Scalar::Unexpected("array"),
        })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Scalar, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Scalar::Unexpected("object"))
    }
}

/// Reads a count that may come as text; `None` for null and for what is no count.
///
/// # Errors
/// Only when the JSON itself is broken.
pub fn lenient_u64<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    Ok(Scalar::deserialize(deserializer)?.text().and_then(count))
}

/// Reads a truth value that may come as text or number; `None` for anything else.
///
/// # Errors
/// Only when the JSON itself is broken.
pub fn lenient_bool<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    let scalar = Scalar::deserialize(deserializer)?;
    Ok(match scalar.text().map(str::trim) {
        Some("true" | "True" | "TRUE" | "1") => Some(true),
        Some("false" | "False" | "FALSE" | "0") => Some(false),
        _ => None,
    })
}

fn count(text: &str) -> Option<u64> {
    let text = text.trim();
    // "12.0" is how some serialisers write the number 12.
    text.strip_suffix(".0").unwrap_or(text).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scalar(json: &str) -> Scalar {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn a_scalar_takes_whatever_comes() {
        assert_eq!(
            scalar("9223372036854775807").text(),
            Some("9223372036854775807")
        );
        assert_eq!(
            scalar("18446744073709551615").text(),
            Some("18446744073709551615")
        );
        assert_eq!(scalar("\"7\"").text(), Some("7"));
        assert_eq!(scalar("true").text(), Some("true"));
        assert_eq!(scalar("1.5").text(), Some("1.5"));
        assert_eq!(scalar("null"), Scalar::Null);
        assert_eq!(scalar("[1,{}]"), Scalar::Unexpected("array"));
        assert_eq!(scalar("{\"a\":[1]}"), Scalar::Unexpected("object"));
    }

    #[test]
    fn a_value_alone_in_an_array_is_read_and_told() {
        for (json, text) in [("[\"5CD1\"]", "5CD1"), ("[17]", "17"), ("[true]", "true")] {
            let value = scalar(json);
            assert_eq!(
                (value.text(), value.unexpected()),
                (Some(text), Some("array"))
            );
        }
        let deep = format!("[{}1{}]", "[".repeat(1000), "]".repeat(1000));
        for other in ["[]", "[null]", "[[1]]", "[{}]", "[1,2]", "[1,null]", &deep] {
            assert_eq!(scalar(other), Scalar::Unexpected("array"), "{other}");
        }
    }

    #[test]
    fn a_number_that_would_lose_digits_is_refused() {
        for json in [
            "18446744073709551616",
            "-9223372036854775809",
            "1e30",
            "[1e30]",
        ] {
            assert!(serde_json::from_str::<Scalar>(json).is_err(), "{json}");
        }
        assert_eq!(scalar("1e3").text(), Some("1000"));
        assert_eq!(
            scalar("-9223372036854775808").text(),
            Some("-9223372036854775808")
        );
    }

    #[test]
    fn an_id_has_nothing_invisible_around_it() {
        for json in ["17", r#""17""#, r#"" 17\u200e""#, r#""\ufeff17\u200b""#] {
            assert_eq!(scalar(json).id(), Some("17"), "{json}");
        }
        for json in [r#""""#, r#""\u200b""#, r#""null""#, "null", "[17,18]"] {
            assert_eq!(scalar(json).id(), None, "{json}");
        }
    }

    #[test]
    fn not_sent_differs_from_null() {
        #[derive(Deserialize)]
        struct Record {
            #[serde(default)]
            a: Scalar,
            #[serde(default)]
            b: Scalar,
        }
        let record: Record = serde_json::from_str("{\"a\":null}").unwrap();
        assert_eq!((record.a, record.b), (Scalar::Null, Scalar::Absent));
    }

    #[test]
    fn counts_and_flags_may_be_text() {
        #[derive(Deserialize)]
        struct Record {
            #[serde(default, deserialize_with = "lenient_u64")]
            count: Option<u64>,
            #[serde(default, deserialize_with = "lenient_bool")]
            flag: Option<bool>,
        }
        let read = |json: &str| {
            let record: Record = serde_json::from_str(json).unwrap();
            (record.count, record.flag)
        };
        assert_eq!(
            read("{\"count\":\"98\",\"flag\":\"1\"}"),
            (Some(98), Some(true))
        );
        assert_eq!(
            read("{\"count\":12.0,\"flag\":false}"),
            (Some(12), Some(false))
        );
        assert_eq!(read("{\"count\":null,\"flag\":null}"), (None, None));
        assert_eq!(read("{\"count\":-1,\"flag\":\"maybe\"}"), (None, None));
        assert_eq!(read("{\"count\":[],\"flag\":{}}"), (None, None));
        assert_eq!(read("{}"), (None, None));
    }
}
