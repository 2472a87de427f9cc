//! A list, in whatever form it comes.

use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, IntoDeserializer, MapAccess, SeqAccess, Visitor};

use super::number::require_digits;
use super::scalar::Scalar;

/// The most elements of a list inside one record: an element takes far more memory than the few
/// bytes of an empty one in a hostile answer.
const MOST_ELEMENTS: usize = 10_000;

/// A list that may come as one bare element, or not at all; what is no element is left out there,
/// and a blank text is nothing. One of more than 10,000 elements is refused while it is read.
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
            if elements.len() == MOST_ELEMENTS {
                return Err(A::Error::custom(format!(
                    "a list has more than {MOST_ELEMENTS} elements"
                )));
            }
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

    fn visit_f64<E: Error>(self, number: f64) -> Result<OneOrMany<T>, E> {
        require_digits(number).map(one)
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

#[cfg(test)]
mod tests {
    use super::*;

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
    fn a_list_inside_a_record_is_bounded_while_it_is_read() {
        let read = |elements: usize| {
            let json = format!("[{}]", vec!["{}"; elements].join(","));
            serde_json::from_str::<OneOrMany<Scalar>>(&json).map(|list| list.0.len())
        };
        assert_eq!(read(MOST_ELEMENTS).unwrap(), MOST_ELEMENTS);
        let error = read(MOST_ELEMENTS + 1).unwrap_err().to_string();
        assert!(error.contains("more than 10000 elements"), "{error}");
    }

    #[test]
    fn a_number_alone_keeps_its_digits_or_is_refused() {
        assert!(serde_json::from_str::<OneOrMany<Scalar>>("18446744073709551616").is_err());
    }
}
