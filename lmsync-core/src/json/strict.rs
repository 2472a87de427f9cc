//! An object, and nothing else.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};

/// A record that came as an object. serde would fill it from an array, too, by position.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StrictObject<T>(pub T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for StrictObject<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(StrictVisitor(PhantomData))
    }
}

struct StrictVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for StrictVisitor<T> {
    type Value = StrictObject<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<StrictObject<T>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(StrictObject)
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::value::RawValue;

    use super::*;

    #[derive(Debug, Deserialize)]
    struct Page<'a> {
        #[serde(borrow)]
        rows: Vec<&'a RawValue>,
    }

    #[test]
    fn only_an_object_is_taken_and_what_is_inside_may_be_borrowed() {
        let StrictObject(page): StrictObject<Page<'_>> =
            serde_json::from_str(r#"{"rows":[{"a":1},null]}"#).unwrap();
        let rows: Vec<&str> = page.rows.iter().map(|row| row.get()).collect();
        assert_eq!(rows, ["{\"a\":1}", "null"]);
        for other in ["[[]]", "null", "\"{}\"", "7"] {
            assert!(serde_json::from_str::<StrictObject<Page<'_>>>(other).is_err());
        }
    }
}
