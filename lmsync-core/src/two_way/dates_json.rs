//! The JSON forms of dates as vendors hold them.

use std::fmt;

use chrono::NaiveDate;
use serde::de::value::MapAccessDeserializer;
use serde::de::{self, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::dates::{DateField, DateFields, HeldDate};

/// The list of its words, such as `["purchase_date"]`.
impl Serialize for DateFields {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let fields = DateField::ALL.iter().copied();
        serializer.collect_seq(fields.filter(|field| self.contains(*field)))
    }
}

impl<'de> Deserialize<'de> for DateFields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Vec::deserialize(deserializer)?.into_iter().collect())
    }
}

/// Text that is no day.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Unreadable<T> {
    unreadable: T,
}

/// Null, a day as `YYYY-MM-DD`, or `{"unreadable": "text"}`.
impl Serialize for HeldDate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Empty => serializer.serialize_none(),
            Self::Day(day) => day.serialize(serializer),
            Self::Unreadable(text) => Unreadable { unreadable: text }.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for HeldDate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(HeldDateVisitor)
    }
}

struct HeldDateVisitor;

impl<'de> Visitor<'de> for HeldDateVisitor {
    type Value = HeldDate;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("null, a day as YYYY-MM-DD, or an object with the key `unreadable`")
    }

    fn visit_unit<E>(self) -> Result<HeldDate, E> {
        Ok(HeldDate::Empty)
    }

    fn visit_none<E>(self) -> Result<HeldDate, E> {
        Ok(HeldDate::Empty)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<HeldDate, E> {
        let day: Result<NaiveDate, _> = text.parse();
        day.map(HeldDate::Day)
            .map_err(|_| E::invalid_value(de::Unexpected::Str(text), &self))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<HeldDate, A::Error> {
        let text = Unreadable::deserialize(MapAccessDeserializer::new(map))?;
        Ok(HeldDate::Unreadable(text.unreadable))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_of_dates_is_the_list_of_their_words() {
        for (fields, json) in [
            (DateFields::NONE, "[]"),
            (
                DateFields::NONE.with(DateField::WarrantyExpiry),
                r#"["warranty_expiry"]"#,
            ),
            (DateFields::ALL, r#"["purchase_date","warranty_expiry"]"#),
        ] {
            assert_eq!(serde_json::to_string(&fields).unwrap(), json);
            assert_eq!(serde_json::from_str::<DateFields>(json).unwrap(), fields);
        }
        let error = serde_json::from_str::<DateFields>(r#"["birthday"]"#).unwrap_err();
        assert!(error.to_string().contains("`birthday`"), "{error}");
    }

    #[test]
    fn what_is_held_is_read_as_it_was_written() {
        let day = NaiveDate::from_ymd_opt(2027, 5, 31).unwrap();
        for (held, json) in [
            (HeldDate::Empty, "null"),
            (HeldDate::Day(day), "\"2027-05-31\""),
            (
                HeldDate::Unreadable("2027-05-31".to_owned()),
                r#"{"unreadable":"2027-05-31"}"#,
            ),
        ] {
            assert_eq!(serde_json::to_string(&held).unwrap(), json);
            assert_eq!(serde_json::from_str::<HeldDate>(json).unwrap(), held);
        }
        for odd in [
            "\"2027-02-30\"",
            "\"soon\"",
            "7",
            "{}",
            "{\"unread\":\"x\"}",
        ] {
            assert!(serde_json::from_str::<HeldDate>(odd).is_err(), "{odd}");
        }
    }
}
