//! Types of OpenAPI 3.0 as JSON Schema: what may be null is told in another way there, and what is not named is not allowed here.

use serde_json::{Map, Value, json};

/// Keywords that join several types, each of which would refuse the members of the others.
const JOINING: [&str; 3] = ["allOf", "anyOf", "oneOf"];

/// Turns the types of a document into JSON Schema, everywhere in it.
pub(super) fn convert(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(convert),
        Value::Object(members) => {
            members.values_mut().for_each(convert);
            close(members);
            allow_null(members);
        }
        _ => {}
    }
}

/// Allows no member but those that are named.
fn close(schema: &mut Map<String, Value>) {
    let joins = JOINING.iter().any(|keyword| schema.contains_key(*keyword));
    let names_members = schema.get("properties").is_some_and(is_properties);
    if names_members && !joins {
        schema.entry("additionalProperties").or_insert(json!(false));
    }
}

/// Tells the keyword from a member that is called `properties`.
fn is_properties(value: &Value) -> bool {
    let mut types = value.as_object().into_iter().flat_map(Map::values);
    types.all(Value::is_object)
}

/// Allows null where the document says so.
fn allow_null(schema: &mut Map<String, Value>) {
    if schema.get("nullable") != Some(&json!(true)) {
        return;
    }
    schema.remove("nullable");
    if let Some(Value::Array(words)) = schema.get_mut("enum") {
        words.push(Value::Null);
    }
    match schema.get("type") {
        Some(Value::String(kind)) => {
            let kinds = json!([kind, "null"]);
            schema.insert("type".to_owned(), kinds);
        }
        Some(_) => {}
        None => {
            let inner = Value::Object(std::mem::take(schema));
            schema.insert("anyOf".to_owned(), json!([inner, { "type": "null" }]));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn converted(mut schema: Value) -> Value {
        convert(&mut schema);
        schema
    }

    #[test]
    fn what_may_be_null_is_told_as_a_type() {
        assert_eq!(
            converted(json!({ "type": "string", "nullable": true })),
            json!({ "type": ["string", "null"] })
        );
        assert_eq!(
            converted(json!({ "type": "string", "enum": ["a"], "nullable": true })),
            json!({ "type": ["string", "null"], "enum": ["a", null] })
        );
        assert_eq!(
            converted(json!({ "$ref": "#/components/schemas/Site", "nullable": true })),
            json!({ "anyOf": [{ "$ref": "#/components/schemas/Site" }, { "type": "null" }] })
        );
    }

    #[test]
    fn members_that_are_not_named_are_not_allowed() {
        let open = json!({ "type": "object", "properties": { "a": { "type": "string" } } });
        let closed = json!({ "type": "object", "properties": { "a": { "type": "string" } }, "additionalProperties": false });
        assert_eq!(converted(open.clone()), closed);
        let free = json!({ "type": "object", "additionalProperties": { "type": "string" } });
        assert_eq!(converted(free.clone()), free);
        assert_eq!(
            converted(json!({ "allOf": [open] })),
            json!({ "allOf": [closed] })
        );
        // A member that has the keyword's name.
        let named = json!({ "properties": { "properties": { "type": "object" } } });
        let found = converted(named);
        assert_eq!(
            found["properties"]["properties"],
            json!({ "type": "object" })
        );
    }
}
