//! Columns as Parquet has them.

use std::sync::Arc;

use arrow_schema::extension::Json;
use arrow_schema::{DataType, Field, Schema, SchemaRef, TimeUnit};

use crate::column::{Column, Kind};

/// The schema of a file with `columns`.
///
/// The parts of the key alone are never null: a row may come from a file of before the others.
pub(super) fn schema(columns: &[Column]) -> SchemaRef {
    let fields: Vec<Field> = columns.iter().map(field).collect();
    Arc::new(Schema::new(fields))
}

fn field(column: &Column) -> Field {
    let is_key = matches!(column.name, "connector" | "instance" | "vendor_id");
    let field = Field::new(column.name, data_type(column.kind), !is_key);
    match column.kind {
        Kind::Json => field.with_extension_type(Json::default()),
        _ => field,
    }
}

/// The type of the values of `kind`.
pub(super) fn data_type(kind: Kind) -> DataType {
    match kind {
        Kind::Text | Kind::Json => DataType::Utf8,
        Kind::Integer => DataType::Int64,
        Kind::Real => DataType::Float64,
        Kind::Boolean => DataType::Boolean,
        Kind::Date => DataType::Date32,
        Kind::Instant => DataType::Timestamp(TimeUnit::Microsecond, Some(UTC.into())),
    }
}

/// The zone of all moments.
pub(super) const UTC: &str = "UTC";
