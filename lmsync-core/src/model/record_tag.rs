//! The tag of a record in its JSON Schema.

use schemars::transform::Transform;
use schemars::{Schema, json_schema};
use serde_json::{Value, json};

/// Adds to the schema of a record the member `record`, which names what it is.
///
/// It is serde's tag of the struct, which the schema's derive does not know.
#[derive(Clone, Copy)]
pub(super) struct RecordTag(pub(super) &'static str);

impl Transform for RecordTag {
    fn transform(&mut self, schema: &mut Schema) {
        let tag = json_schema!({ "type": "string", "const": self.0 });
        let object = schema.ensure_object();
        let properties = object.entry("properties").or_insert_with(|| json!({}));
        if let Value::Object(properties) = properties {
            properties.insert("record".to_owned(), tag.to_value());
        }
        let required = object.entry("required").or_insert_with(|| json!([]));
        if let Value::Array(required) = required {
            required.insert(0, json!("record"));
        }
    }
}
