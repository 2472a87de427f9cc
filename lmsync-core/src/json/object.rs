//! An object, in whatever form it comes.

use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeOwned, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::mend::read_mended;

/// An object that may come as text holding JSON, or not at all.
///
/// Complete: a member is missing, null, an object or anything else.
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
        if !text.trim_start().starts_with('{') {
            return Ok(LenientObject::Unexpected("text"));
        }
        let object = read_mended(text, |text| serde_json::from_str(text));
        Ok(object.map_or(LenientObject::Unexpected("text"), LenientObject::Value))
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

#[cfg(test)]
mod tests {
    use super::*;

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
}
