//! JSON Schemas (draft 7) of the rows of a stream.

use lmsync::store::{Column, Kind};
use serde_json::{Map, Value, json};

use super::stream::PlatformStream;

/// The columns whose JSON is an object; that of others is a list of objects.
const OBJECTS: [&str; 3] = ["custom_fields", "parent_ids", "raw"];

/// The schema of the rows of `stream`. A later version may add a column, and a vendor a member.
pub(crate) fn schema(stream: PlatformStream) -> Value {
    let columns = stream.columns();
    let properties: Map<String, Value> = columns
        .iter()
        .map(|column| (column.name.to_owned(), cell(column)))
        .collect();
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "type": "object",
        "properties": properties,
        "additionalProperties": true,
    })
}

/// The schema of the values of `column`.
fn cell(column: &Column) -> Value {
    let kind = match column.kind {
        Kind::Integer => "integer",
        Kind::Real => "number",
        Kind::Boolean => "boolean",
        Kind::Json if OBJECTS.contains(&column.name) => "object",
        Kind::Json => "array",
        _ => "string",
    };
    let mut schema = match column.is_required {
        true => json!({ "type": kind }),
        false => json!({ "type": ["null", kind] }),
    };
    match (column.kind, kind) {
        (Kind::Date, _) => schema["format"] = "date".into(),
        (Kind::Instant, _) => {
            schema["format"] = "date-time".into();
            schema["airbyte_type"] = "timestamp_with_timezone".into();
        }
        (_, "array") => {
            schema["items"] = json!({ "type": "object", "additionalProperties": true });
        }
        (_, "object") => schema["additionalProperties"] = true.into(),
        _ => {}
    }
    schema
}
