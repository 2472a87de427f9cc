//! Values on their way into the database.

use std::error::Error;
use std::pin::Pin;

use bytes::{BufMut, Bytes, BytesMut};
use chrono::Datelike;
use futures_util::SinkExt;
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use tokio_postgres::{CopyInSink, Statement, Transaction};

use super::json::storable;
use crate::value::Value;

/// Number of bytes that are sent at a time.
const PIECE: usize = 128 * 1024;
/// The beginning of a binary COPY: its mark, no flags, nothing else. Its values are those of queries in
/// binary form, each after its length.
///
/// Documented: <https://www.postgresql.org/docs/current/sql-copy.html>.
const BEGINNING: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
/// The end of it, in place of the number of a row's values.
const END: i16 = -1;
/// The length of a value that is none.
const NULL: i32 = -1;
/// The version of the binary form of `jsonb`.
const JSONB: u8 = 1;
/// The server's time begins with the year 2000: microseconds from 1970 to there.
const EPOCH: i64 = 946_684_800_000_000;
/// Days from the year 1 to there, both first days counted.
const EPOCH_DAY: i32 = 730_120;

/// Rows on their way into a table.
pub(super) struct Copy {
    sink: Pin<Box<CopyInSink<Bytes>>>,
    bytes: BytesMut,
}

impl Copy {
    /// Rows that go where `statement` says, a binary COPY.
    pub(super) async fn begin(
        work: &Transaction<'_>,
        statement: &Statement,
    ) -> Result<Self, tokio_postgres::Error> {
        Ok(Self {
            sink: Box::pin(work.copy_in(statement).await?),
            bytes: BytesMut::from(BEGINNING),
        })
    }

    /// Adds the row of the values `first` and then `others`.
    pub(super) async fn row(
        &mut self,
        first: &[Value<'_>],
        others: &[Value<'_>],
    ) -> Result<(), tokio_postgres::Error> {
        // No table has more columns than that counts.
        let count = i16::try_from(first.len() + others.len()).unwrap_or(i16::MAX);
        self.bytes.put_i16(count);
        for value in first.iter().chain(others) {
            put(value, &mut self.bytes);
        }
        match self.bytes.len() >= PIECE {
            true => self.send().await,
            false => Ok(()),
        }
    }

    /// Ends it. One that is dropped instead is none.
    pub(super) async fn end(mut self) -> Result<(), tokio_postgres::Error> {
        self.bytes.put_i16(END);
        self.send().await?;
        self.sink.as_mut().finish().await.map(drop)
    }

    async fn send(&mut self) -> Result<(), tokio_postgres::Error> {
        let bytes = self.bytes.split().freeze();
        self.sink.send(bytes).await
    }
}

/// Writes `value` after its length.
fn put(value: &Value<'_>, bytes: &mut BytesMut) {
    let place = bytes.len();
    bytes.put_i32(NULL);
    let start = bytes.len();
    if let IsNull::No = write(value, bytes) {
        // What a vendor's answer may have is far shorter than what that counts.
        let length = i32::try_from(bytes.len() - start).unwrap_or(i32::MAX);
        bytes[place..start].copy_from_slice(&length.to_be_bytes());
    }
}

/// Writes `value` in the binary form of its column's type.
fn write(value: &Value<'_>, bytes: &mut BytesMut) -> IsNull {
    match value {
        Value::Null => return IsNull::Yes,
        Value::Text(text) => bytes.put_slice(text.as_bytes()),
        Value::Integer(number) => bytes.put_i64(*number),
        Value::Real(number) => bytes.put_f64(*number),
        Value::Boolean(truth) => bytes.put_u8((*truth).into()),
        Value::Date(day) => bytes.put_i32(day.num_days_from_ce() - EPOCH_DAY),
        Value::Instant(at) => bytes.put_i64(at.timestamp_micros() - EPOCH),
        Value::Json(json) => {
            bytes.put_u8(JSONB);
            bytes.put_slice(storable(json).as_bytes());
        }
    }
    IsNull::No
}

/// A value as a parameter of a statement.
#[derive(Debug)]
pub(super) struct Parameter<'v>(pub(super) &'v Value<'v>);

impl ToSql for Parameter<'_> {
    fn to_sql(
        &self,
        _: &Type,
        bytes: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        Ok(write(self.0, bytes))
    }

    /// The statements give each parameter the type of its column.
    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}
