//! The vendor's record as it is handed on: to the letter, but for two members.
//!
//! `device_info` may hold the SNMP community string of a device, and `online_profile_url` of the
//! customer the key to its portal: they open them to whoever reads them. Those values are given as null.

use std::fmt;
use std::ops::Range;

use lmsync_core::model::RawJson;
use serde::Deserializer;
use serde::de::{Error, MapAccess, Visitor};
use serde_json::value::RawValue;

/// The member that is hidden, of the record and of its customer.
const HIDDEN: [&str; 2] = ["device_info", "online_profile_url"];
const CUSTOMER: &str = "customer";

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
    json.deserialize_map(Members {
        text,
        hidden: HIDDEN[0],
    })
    .ok()
}

/// The members of an object that is all of `text`, of which one is hidden.
struct Members<'t> {
    text: &'t str,
    hidden: &'static str,
}

impl<'t> Visitor<'t> for Members<'t> {
    type Value = Vec<Range<usize>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'t>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut hidden = Vec::new();
        while let Some((name, value)) = map.next_entry::<String, &'t RawValue>()? {
            // The value is a part of the text, so addresses tell where.
            let text = value.get();
            let start = text.as_ptr() as usize - self.text.as_ptr() as usize;
            if name == self.hidden {
                hidden.push(start..start + text.len());
            } else if name == CUSTOMER && self.hidden == HIDDEN[0] && text.starts_with('{') {
                let customer = Members {
                    text,
                    hidden: HIDDEN[1],
                };
                let mut json = serde_json::Deserializer::from_str(text);
                let inside = json.deserialize_map(customer).map_err(A::Error::custom)?;
                hidden.extend(
                    inside
                        .into_iter()
                        .map(|range| start + range.start..start + range.end),
                );
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
        for whole in [
            r#"{"id":1, "x":{"device_info":2}, "online_profile_url": "x"}"#,
            r#"{"customer":[{"online_profile_url":"x"}]}"#,
            r#"{"customer":{"device_info":1,"customer":{"online_profile_url":"x"}}}"#,
            "[1, 2]",
            "null",
        ] {
            assert_eq!(kept(whole), whole);
        }
    }

    #[test]
    fn the_key_to_a_customers_portal_is_not_kept() {
        let row = r#"{"customer": { "id" : 1, "online_profile_url": "https://a/?portal_key=s3cret", "x": 2 }, "device_info": 1, "z": [ ]}"#;
        let expected = r#"{"customer": { "id" : 1, "online_profile_url": null, "x": 2 }, "device_info": null, "z": [ ]}"#;
        assert_eq!(kept(row), expected);
    }
}
