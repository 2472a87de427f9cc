//! The members of an object whose names a tenant gives.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, Visitor};

use crate::model::RawJson;

/// The most members of one object: each takes far more memory than the few bytes of a short one in a
/// hostile answer.
const MOST_MEMBERS: usize = 10_000;

/// The members of an object whose names a tenant gives, such as custom fields, by name.
///
/// An object of more than 10,000 members is refused while it is read. Of a name that is given twice
/// the last value counts.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Members(pub BTreeMap<String, RawJson>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MembersVisitor)
    }
}

struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = Members;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Members, A::Error> {
        let mut members = BTreeMap::new();
        while let Some((name, value)) = object.next_entry()? {
            if members.len() == MOST_MEMBERS {
                return Err(A::Error::custom(format!(
                    "an object has more than {MOST_MEMBERS} members"
                )));
            }
            members.insert(name, value);
        }
        Ok(Members(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_members_of_an_object_are_bounded_while_they_are_read() {
        let read = |members: usize| {
            let members: Vec<String> = (0..members).map(|n| format!("\"{n}\":{n}")).collect();
            let json = format!("{{{}}}", members.join(","));
            serde_json::from_str::<Members>(&json).map(|members| members.0.len())
        };
        assert_eq!(read(MOST_MEMBERS).unwrap(), MOST_MEMBERS);
        let error = read(MOST_MEMBERS + 1).unwrap_err().to_string();
        assert!(error.contains("more than 10000 members"), "{error}");
        let twice: Members = serde_json::from_str(r#"{"a":1,"a":2}"#).unwrap();
        assert_eq!(twice.0["a"].get(), "2");
        assert!(serde_json::from_str::<Members>("[]").is_err());
    }
}
