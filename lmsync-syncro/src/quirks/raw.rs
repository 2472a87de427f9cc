//! The vendor's record as it is handed on: to the letter, but for one member.
//!
//! `device_info` may hold the SNMP community string of a device, which opens it
//! to whoever reads it. That value is given as null.

use std::fmt;
use std::ops::Range;

use lmsync_core::model::RawJson;
use serde::Deserializer;
use serde::de::{MapAccess, Visitor};
use serde_json::value::RawValue;

const HIDDEN: &str = "device_info";

/// `row` without what must not be stored.
pub(crate) fn record(row: RawJson) -> Option<RawJson> {
    let text = row.get();
    let hidden = hidden_in(text)?;
    if hidden.is_empty() {
        return Some(row);
    }
    let mut kept = String::with_capacity(text.len());
    let mut from = 0;
    for range in hidden {
        kept.push_str(&text[from..range.start]);
        kept.push_str("null");
        from = range.end;
    }
    kept.push_str(&text[from..]);
    RawValue::from_string(kept).ok().map(RawJson::from)
}

/// Where the hidden values are; `None` when the row cannot be looked through.
fn hidden_in(text: &str) -> Option<Vec<Range<usize>>> {
    if !text.trim_start().starts_with('{') {
        return Some(Vec::new());
    }
    let mut json = serde_json::Deserializer::from_str(text);
    json.deserialize_map(Members(text)).ok()
}

struct Members<'t>(&'t str);

impl<'t> Visitor<'t> for Members<'t> {
    type Value = Vec<Range<usize>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'t>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut hidden = Vec::new();
        while let Some((name, value)) = map.next_entry::<String, &'t RawValue>()? {
            if name == HIDDEN {
                // The value is a part of the text, so addresses tell where.
                let start = value.get().as_ptr() as usize - self.0.as_ptr() as usize;
                hidden.push(start..start + value.get().len());
            }
        }
        Ok(hidden)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(text: &str) -> String {
        let row = RawValue::from_string(text.to_owned()).unwrap();
        record(row.into()).unwrap().get().to_owned()
    }

    #[test]
    fn a_community_string_is_not_kept_and_the_rest_is_to_the_letter() {
        assert_eq!(
            kept(r#"{"id":1, "device_info" : {"snmp_config":{"community":"s3cret"}},"x" : [ 1 ]}"#),
            r#"{"id":1, "device_info" : null,"x" : [ 1 ]}"#
        );
        assert_eq!(
            kept(r#"{"device_\u0069nfo":"a","b":2,"device_info":["c"]}"#),
            r#"{"device_\u0069nfo":null,"b":2,"device_info":null}"#
        );
        for whole in [r#"{"id":1, "x":{"device_info":2}}"#, "[1, 2]", "null"] {
            assert_eq!(kept(whole), whole);
        }
    }
}
