//! Values of rows as columns of Parquet, and back.

use std::sync::Arc;

use arrow_array::builder::{
    BooleanBuilder, Date32Builder, Float64Builder, Int64Builder, StringBuilder,
    TimestampMicrosecondBuilder,
};
use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Float64Type, Int64Type, TimestampMicrosecondType};
use arrow_array::{Array, ArrayRef, RecordBatch};
use chrono::DateTime;
use lmsync_core::{Error, Result};

use super::schema::{UTC, schema};
use crate::column::{Column, Kind};
use crate::shape::{push, push_text};
use crate::value::Value;

/// The rows `rows`, each with a value for each of `columns`.
pub(super) fn batch<'v>(
    columns: &[Column],
    rows: impl Iterator<Item = Vec<Value<'v>>>,
) -> Result<RecordBatch> {
    let mut cells: Vec<Cells> = columns
        .iter()
        .map(|column| Cells::of(column.kind))
        .collect();
    for row in rows {
        for (cells, value) in cells.iter_mut().zip(&row) {
            cells.push(value)?;
        }
    }
    let arrays = cells.into_iter().map(Cells::finish).collect();
    RecordBatch::try_new(schema(columns), arrays)
        .map_err(|error| Error::store(format!("rows that are none of their table: {error}")))
}

/// The values of one column, as they come.
enum Cells {
    Text(StringBuilder),
    Integer(Int64Builder),
    Real(Float64Builder),
    Boolean(BooleanBuilder),
    Date(Date32Builder),
    Instant(TimestampMicrosecondBuilder),
}

impl Cells {
    fn of(kind: Kind) -> Self {
        match kind {
            Kind::Text | Kind::Json => Self::Text(StringBuilder::new()),
            Kind::Integer => Self::Integer(Int64Builder::new()),
            Kind::Real => Self::Real(Float64Builder::new()),
            Kind::Boolean => Self::Boolean(BooleanBuilder::new()),
            Kind::Date => Self::Date(Date32Builder::new()),
            Kind::Instant => Self::Instant(TimestampMicrosecondBuilder::new().with_timezone(UTC)),
        }
    }

    fn push(&mut self, value: &Value<'_>) -> Result<()> {
        match (self, value) {
            (cells, Value::Null) => cells.push_null(),
            (Self::Text(cells), Value::Text(text) | Value::Json(text)) => cells.append_value(text),
            (Self::Integer(cells), Value::Integer(number)) => cells.append_value(*number),
            (Self::Real(cells), Value::Real(number)) => cells.append_value(*number),
            (Self::Boolean(cells), Value::Boolean(truth)) => cells.append_value(*truth),
            (Self::Date(cells), Value::Date(day)) => {
                cells.append_value(Date32Type::from_naive_date(*day));
            }
            (Self::Instant(cells), Value::Instant(at)) => {
                cells.append_value(at.timestamp_micros());
            }
            (_, value) => {
                return Err(Error::store(format!(
                    "{value:?} is none of its column's values"
                )));
            }
        }
        Ok(())
    }

    fn push_null(&mut self) {
        match self {
            Self::Text(cells) => cells.append_null(),
            Self::Integer(cells) => cells.append_null(),
            Self::Real(cells) => cells.append_null(),
            Self::Boolean(cells) => cells.append_null(),
            Self::Date(cells) => cells.append_null(),
            Self::Instant(cells) => cells.append_null(),
        }
    }

    fn finish(self) -> ArrayRef {
        match self {
            Self::Text(mut cells) => Arc::new(cells.finish()),
            Self::Integer(mut cells) => Arc::new(cells.finish()),
            Self::Real(mut cells) => Arc::new(cells.finish()),
            Self::Boolean(mut cells) => Arc::new(cells.finish()),
            Self::Date(mut cells) => Arc::new(cells.finish()),
            Self::Instant(mut cells) => Arc::new(cells.finish()),
        }
    }
}

/// Appends the value at `place` of `cells`, which are those of a column of `kind`, to `json`; nothing where there is none.
pub(super) fn push_cell(
    json: &mut Vec<u8>,
    cells: &dyn Array,
    kind: Kind,
    place: usize,
) -> Result<bool> {
    if cells.is_null(place) {
        return Ok(false);
    }
    match kind {
        Kind::Text => push_text(json, cells.as_string::<i32>().value(place)),
        Kind::Json => json.extend_from_slice(cells.as_string::<i32>().value(place).as_bytes()),
        Kind::Integer => push(json, cells.as_primitive::<Int64Type>().value(place)),
        Kind::Real => push(json, cells.as_primitive::<Float64Type>().value(place)),
        Kind::Boolean => push(json, cells.as_boolean().value(place)),
        Kind::Date => {
            let day = cells.as_primitive::<Date32Type>().value(place);
            let day = Date32Type::to_naive_date_opt(day).map(Value::date);
            push_text(json, &time(day)?);
        }
        Kind::Instant => {
            let at = cells.as_primitive::<TimestampMicrosecondType>();
            let at = DateTime::from_timestamp_micros(at.value(place)).map(Value::instant);
            push_text(json, &time(at)?);
        }
    }
    Ok(true)
}

fn time(value: Option<Value<'_>>) -> Result<String> {
    let text = value.and_then(|value| value.time_text());
    text.ok_or_else(|| Error::store("a date lies outside the years 1 to 9999"))
}
