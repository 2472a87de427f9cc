//! Lenient pieces for reading vendors' JSON as it really comes.
//!
//! Vendors send numbers as text, ids as numbers, objects as text and null for
//! anything. These types take it all without losing the record, and keep apart
//! what was not sent, what was sent empty and what was of no use.

mod mend;
mod row;
mod rows;
mod strict;

pub use self::row::{KeepRaw, WireRow};
pub use self::rows::Rows;
pub use self::strict::StrictObject;

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{
    DeserializeOwned, Deserializer, IgnoredAny, IntoDeserializer, MapAccess, SeqAccess, Visitor,
};
use serde::{Deserialize, Serialize};

/// A text, number or truth value; ids keep every digit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Scalar {
    /// The vendor did not send the field.
    #[default]
    Absent,
    /// The vendor sent null.
    Null,
    /// The vendor sent this, as text.
    Text(String),
    /// The vendor sent an `array` or `object` where a single value belongs.
    Unexpected(&'static str),
}

impl Scalar {
    /// The text, where there is one.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The text without outer blanks, where there is any.
    #[must_use]
    pub fn clean(&self) -> Option<String> {
        self.text().and_then(crate::model::clean)
    }

    /// The type that came where a single value belongs.
    #[must_use]
    pub fn unexpected(&self) -> Option<&'static str> {
        match self {
            Self::Unexpected(kind) => Some(kind),
            _ => None,
        }
    }
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ScalarVisitor)
    }
}

struct ScalarVisitor;

impl<'de> Visitor<'de> for ScalarVisitor {
    type Value = Scalar;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a single value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Scalar, E> {
        Ok(Scalar::Text(value.to_string()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Scalar, E> {
        Ok(Scalar::Text(value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Scalar, E> {
        Ok(Scalar::Text(value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Scalar, E> {
        Ok(Scalar::Text(value.to_string()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Scalar, E> {
        Ok(Scalar::Text(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Scalar, E> {
        Ok(Scalar::Text(value))
    }

    fn visit_unit<E>(self) -> Result<Scalar, E> {
        Ok(Scalar::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Scalar, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Scalar::Unexpected("array"))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Scalar, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Scalar::Unexpected("object"))
    }
}

/// An object that may come as text holding JSON, or not at all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum LenientObject<T> {
    /// The vendor did not send the field.
    #[default]
    Absent,
    /// The vendor sent null or an empty text.
    Null,
    /// The vendor sent this.
    Value(T),
    /// The vendor sent something of another type.
    Unexpected(&'static str),
}

impl<T> LenientObject<T> {
    /// The object, where there is one.
    #[must_use]
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            _ => None,
        }
    }

    /// The object, where there is one.
    #[must_use]
    pub fn into_value(self) -> Option<T> {
        match self {
            Self::Value(value) => Some(value),
            _ => None,
        }
    }

    /// The type that came where an object belongs.
    #[must_use]
    pub fn unexpected(&self) -> Option<&'static str> {
        match self {
            Self::Unexpected(kind) => Some(kind),
            _ => None,
        }
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for LenientObject<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ObjectVisitor(PhantomData))
    }
}

struct ObjectVisitor<T>(PhantomData<T>);

impl<'de, T: DeserializeOwned> Visitor<'de> for ObjectVisitor<T> {
    type Value = LenientObject<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<LenientObject<T>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(LenientObject::Value)
    }

    fn visit_str<E>(self, text: &str) -> Result<LenientObject<T>, E> {
        if text.trim().is_empty() {
            return Ok(LenientObject::Null);
        }
        Ok(serde_json::from_str(text)
            .map_or(LenientObject::Unexpected("text"), LenientObject::Value))
    }

    fn visit_unit<E>(self) -> Result<LenientObject<T>, E> {
        Ok(LenientObject::Null)
    }

    fn visit_bool<E>(self, _: bool) -> Result<LenientObject<T>, E> {
        Ok(LenientObject::Unexpected("boolean"))
    }

    fn visit_i64<E>(self, _: i64) -> Result<LenientObject<T>, E> {
        Ok(LenientObject::Unexpected("number"))
    }

    fn visit_u64<E>(self, _: u64) -> Result<LenientObject<T>, E> {
        Ok(LenientObject::Unexpected("number"))
    }

    fn visit_f64<E>(self, _: f64) -> Result<LenientObject<T>, E> {
        Ok(LenientObject::Unexpected("number"))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<LenientObject<T>, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(LenientObject::Unexpected("array"))
    }
}

/// A list that may come as one bare element, or not at all; what is no element is left out there,
/// and a blank text is nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OneOrMany<T>(pub Vec<T>);

// By hand: the derive would ask for `T: Default`.
impl<T> Default for OneOrMany<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl OneOrMany<Scalar> {
    /// The texts in it.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(Scalar::text)
    }

    /// The type of an element that came where a single value belongs.
    #[must_use]
    pub fn unexpected(&self) -> Option<&'static str> {
        self.0.iter().find_map(Scalar::unexpected)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for OneOrMany<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ManyVisitor(PhantomData))
    }
}

struct ManyVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ManyVisitor<T> {
    type Value = OneOrMany<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list or one element of it")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<OneOrMany<T>, A::Error> {
        let mut elements = Vec::new();
        while let Some(element) = seq.next_element()? {
            elements.push(element);
        }
        Ok(OneOrMany(elements))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<OneOrMany<T>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(|element| OneOrMany(vec![element]))
    }

    fn visit_unit<E>(self) -> Result<OneOrMany<T>, E> {
        Ok(OneOrMany::default())
    }

    fn visit_str<E>(self, text: &str) -> Result<OneOrMany<T>, E> {
        match text.trim() {
            "" => Ok(OneOrMany::default()),
            _ => Ok(one(text)),
        }
    }

    fn visit_bool<E>(self, value: bool) -> Result<OneOrMany<T>, E> {
        Ok(one(value))
    }

    fn visit_i64<E>(self, number: i64) -> Result<OneOrMany<T>, E> {
        Ok(one(number))
    }

    fn visit_u64<E>(self, number: u64) -> Result<OneOrMany<T>, E> {
        Ok(one(number))
    }

    fn visit_f64<E>(self, number: f64) -> Result<OneOrMany<T>, E> {
        Ok(one(number))
    }
}

/// The list of `value` alone; of nothing where it is no element.
fn one<'de, T, V>(value: V) -> OneOrMany<T>
where
    T: Deserialize<'de>,
    V: IntoDeserializer<'de, serde::de::value::Error>,
{
    let element = T::deserialize(value.into_deserializer());
    OneOrMany(element.into_iter().collect())
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

/// Reads a list that may come as null.
///
/// # Errors
/// When it is neither, or an element cannot be read.
pub fn null_as_empty<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

fn count(text: &str) -> Option<u64> {
    let text = text.trim();
    // "12.0" is how some serialisers write the number 12.
    text.strip_suffix(".0").unwrap_or(text).parse().ok()
}

/// The JSON of `value` for a fingerprint; the same value gives the same text.
pub(crate) fn stable_json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
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
    fn an_object_may_be_text() {
        #[derive(Debug, PartialEq, Deserialize)]
        struct Point {
            x: u8,
        }
        let read = |json: &str| serde_json::from_str::<LenientObject<Point>>(json).unwrap();
        assert_eq!(read("{\"x\":1}"), LenientObject::Value(Point { x: 1 }));
        assert_eq!(
            read("\"{\\\"x\\\":1}\""),
            LenientObject::Value(Point { x: 1 })
        );
        assert_eq!(read("null"), LenientObject::Null);
        assert_eq!(read("\" \""), LenientObject::Null);
        assert_eq!(read("\"hello\""), LenientObject::Unexpected("text"));
        assert_eq!(read("[{\"x\":1}]"), LenientObject::Unexpected("array"));
        assert_eq!(read("3"), LenientObject::Unexpected("number"));
    }

    #[test]
    fn a_list_may_be_one_element_or_nothing() {
        let read = |json: &str| {
            serde_json::from_str::<OneOrMany<Scalar>>(json)
                .unwrap()
                .0
                .len()
        };
        assert_eq!(read("[1,2]"), 2);
        assert_eq!(read("null"), 0);
        assert_eq!((read("7"), read("\"seven\""), read("\" \"")), (1, 1, 0));
        let odd: OneOrMany<Scalar> = serde_json::from_str(r#"["a",null,7,{"b":1}]"#).unwrap();
        assert!(odd.texts().eq(["a", "7"]));
        assert_eq!(odd.unexpected(), Some("object"));
        let objects: OneOrMany<std::collections::BTreeMap<String, u8>> =
            serde_json::from_str("{\"x\":1}").unwrap();
        assert_eq!(objects.0[0]["x"], 1);
        for other in ["7", "true", "\"none\""] {
            let objects: OneOrMany<std::collections::BTreeMap<String, u8>> =
                serde_json::from_str(other).unwrap();
            assert!(objects.0.is_empty(), "{other}");
        }
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
