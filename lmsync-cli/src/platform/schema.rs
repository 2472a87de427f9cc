//! JSON Schemas (draft 7) of the rows of a stream.

use lmsync::store::{Column, Kind};
use serde_json::{Map, Value, json};

use super::stream::PlatformStream;

/// The columns whose JSON is an object; that of others is a list of objects.
const OBJECTS: [&str; 4] = ["custom_fields", "external_ids", "parent_ids", "raw"];

/// The schema of the rows of `stream`. A later version may add a column, and a vendor a member.
pub(crate) fn schema(stream: PlatformStream) -> Value {
    let columns = stream.columns();
    let properties: Map<String, Value> = columns
        .iter()
        .map(|column| (column.name.to_owned(), platform_cell(column)))
        .collect();
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "type": "object",
        "properties": properties,
        "additionalProperties": true,
    })
}

/// The schema of the values of `column`, with what platforms want to know beyond their type.
fn platform_cell(column: &Column) -> Value {
    let mut schema = cell(column);
    match column.kind {
        Kind::Instant => schema["airbyte_type"] = "timestamp_with_timezone".into(),
        Kind::Json if is_object(column) => schema["additionalProperties"] = true.into(),
        Kind::Json => {
            schema["items"] = json!({ "type": "object", "additionalProperties": true });
        }
        _ => {}
    }
    schema
}

/// The schema of the values of `column`: their type and format, and null where there may be none.
pub(crate) fn cell(column: &Column) -> Value {
    let (kind, format) = match column.kind {
        Kind::Integer => ("integer", None),
        Kind::Real => ("number", None),
        Kind::Boolean => ("boolean", None),
        Kind::Date => ("string", Some("date")),
        Kind::Instant => ("string", Some("date-time")),
        Kind::Json if is_object(column) => ("object", None),
        Kind::Json => ("array", None),
        _ => ("string", None),
    };
    let mut schema = match column.is_required {
        true => json!({ "type": kind }),
        false => json!({ "type": ["null", kind] }),
    };
    if let Some(format) = format {
        schema["format"] = format.into();
    }
    schema
}

fn is_object(column: &Column) -> bool {
    OBJECTS.contains(&column.name)
}
