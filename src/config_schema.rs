//! The JSON Schema of an account's configuration.

use std::borrow::Cow;

use lmsync_core::schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Value, json};

use crate::config::ConnectorConfig;
use crate::vendors::schemas;

/// One of the vendors that are compiled in, which the key `vendor` names, with that vendor's keys.
/// Those that an application adds are not known here.
impl JsonSchema for ConnectorConfig {
    fn schema_name() -> Cow<'static, str> {
        "ConnectorConfig".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let vendors = schemas(generator).into_iter();
        let vendors: Vec<Schema> = vendors
            .map(|(vendor, said, keys)| with_vendor(vendor, said, keys))
            .collect();
        json_schema!({ "oneOf": vendors })
    }
}

/// The schema of a vendor's `keys` and the key `vendor`, which stands for those that are `said` by it.
fn with_vendor(vendor: &str, said: &[&str], mut keys: Schema) -> Schema {
    let name = json!({ "type": "string", "const": vendor });
    let object = keys.ensure_object();
    object.insert("title".to_owned(), json!(vendor));
    if let Some(Value::Object(properties)) = object.get_mut("properties") {
        properties.retain(|key, _| !said.contains(&&**key));
        properties.insert("vendor".to_owned(), name);
    }
    let required = object.entry("required").or_insert_with(|| json!([]));
    if let Value::Array(required) = required {
        required.insert(0, json!("vendor"));
    }
    keys
}
