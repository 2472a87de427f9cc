//! Lists of records as vendors write them, and their pointers to the next page.

use std::sync::Arc;

use bytes::Bytes;
use chrono::DateTime;
use http::{HeaderValue, Response, header};
use lmsync::http::{Answer, Redactor};
use lmsync::json::{KeepRaw, LenientObject, Members, OneOrMany, RowInList, Rows, Scalar, WireRow};
use lmsync::model::RawJson;
use lmsync::{Result, SharedClock};
use lmsync_testkit::VirtualClock;
use lmsync_testkit::conformance::run;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::http::send;
use crate::wire::Replies;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// A record that takes whatever stands in its members.
#[derive(Debug, Deserialize)]
struct Record {
    #[serde(default)]
    id: Scalar,
    #[serde(default)]
    name: Scalar,
    #[serde(default)]
    many: OneOrMany<Scalar>,
    #[serde(default)]
    fields: LenientObject<Members>,
    #[serde(default)]
    inner: LenientObject<Box<Record>>,
}

/// The rows of an answer, read as connectors read them.
///
/// # Panics
/// When a promise is broken.
pub fn rows(data: &[u8]) {
    run(async {
        let rows = read(data.to_vec()).await;
        let marked = read([BYTE_ORDER_MARK, data].concat()).await;
        let count = |rows: &Result<Vec<_>>| rows.as_ref().map(Vec::len).ok();
        if !data.starts_with(BYTE_ORDER_MARK) {
            assert_eq!(count(&rows), count(&marked), "a byte order mark costs rows");
        }
        if let Ok(strict) = serde_json::from_slice::<Vec<Value>>(data) {
            assert_eq!(count(&rows), Some(strict.len()), "rows come or go");
            let rows = rows.iter().flatten();
            rows.zip(&strict)
                .for_each(|(row, value)| assert_reads(row, value));
        }
        marked.iter().flatten().for_each(assert_json_form);
    });
}

/// The rows of an answer with `body`, each read by itself; read with their list they are the same.
async fn read(body: Vec<u8>) -> Result<Vec<WireRow<Record>>> {
    let at_once = |answer: &Answer<'_>| list::<LenientObject<Record>>(answer, KeepRaw::No);
    let row_by_row = |answer: &Answer<'_>| list::<&RawValue>(answer, KeepRaw::Yes);
    let (at_once, rows) = (sent(&body, at_once).await, sent(&body, row_by_row).await);
    if let (Ok(at_once), Ok(rows)) = (&at_once, &rows) {
        let record = |row: &WireRow<Record>| format!("{:?}", row.record);
        let [at_once, rows] = [at_once, rows].map(|rows| rows.iter().map(record));
        assert!(at_once.eq(rows), "a row means two things");
    }
    assert!(at_once.is_err() || rows.is_ok(), "a list is read and lost");
    rows
}

async fn sent(
    body: &[u8],
    read: impl Fn(&Answer<'_>) -> Result<Vec<WireRow<Record>>> + Send + Sync,
) -> Result<Vec<WireRow<Record>>> {
    let replies = Replies::new([Response::new(Bytes::copy_from_slice(body))]);
    let clock: SharedClock = Arc::new(VirtualClock::default());
    send(replies, &clock, None, read).await?
}

fn list<'a, L: RowInList<Record> + Deserialize<'a>>(
    answer: &Answer<'a>,
    raw: KeepRaw,
) -> Result<Vec<WireRow<Record>>> {
    let rows: Rows<L> = answer.json()?;
    let rows = rows.into_iter().map(|row| row.into_wire(&["id"], raw));
    Ok(rows.collect())
}

fn assert_json_form(row: &WireRow<Record>) {
    let raw = row.raw.as_ref().map_or("", |raw| raw.get());
    assert!(
        RawJson::new(raw.to_owned()).is_some(),
        "no JSON form: {raw}"
    );
}

/// Asserts that `row` is what `value` says.
fn assert_reads(row: &WireRow<Record>, value: &Value) {
    assert_eq!(row.record.is_ok(), value.is_object(), "{row:?}");
    let Ok(record) = &row.record else {
        return;
    };
    for (key, read) in [("id", &record.id), ("name", &record.name)] {
        match value.get(key) {
            None => assert_eq!(read, &Scalar::Absent),
            Some(Value::Null) => assert_eq!(read, &Scalar::Null),
            Some(Value::String(text)) => assert_eq!(read.text(), Some(&**text)),
            Some(Value::Number(number)) if !number.is_f64() => {
                assert_eq!(read.text(), Some(&*number.to_string()));
            }
            Some(Value::Object(_)) => assert_eq!(read.unexpected(), Some("object")),
            Some(Value::Array(_)) => assert_eq!(read.unexpected(), Some("array")),
            Some(Value::Bool(_) | Value::Number(_)) => assert!(read.text().is_some()),
        }
    }
    if let Some(Value::Array(values)) = value.get("many") {
        assert_eq!(record.many.0.len(), values.len());
    }
    if let Some(Value::Object(members)) = value.get("fields") {
        let read = record.fields.value().map(|fields| fields.0.len());
        assert_eq!(read, Some(members.len()));
    }
    if let Some(Value::Object(_)) = value.get("inner") {
        assert!(record.inner.value().is_some());
    }
}

/// `Link` headers, one a line.
///
/// # Panics
/// When a promise is broken.
pub fn link(data: &[u8]) {
    let lines: Vec<&[u8]> = data.split(|byte| *byte == b'\n').collect();
    let next = next_of(&lines);
    if let Ok(Some(target)) = &next {
        assert!(!target.is_empty() && target.trim() == target);
        let stands = |line: &&[u8]| String::from_utf8_lossy(line).contains(&**target);
        assert!(lines.iter().any(stands), "nobody sent {target}");
    }
    let of = |next: &Result<Option<String>>| next.as_ref().ok().cloned();
    let other = &b"<https://vendor.example/page-1>; rel=prev"[..];
    for around in [[&[other], &*lines].concat(), [&*lines, &[other]].concat()] {
        assert_eq!(of(&next_of(&around)), of(&next), "another header counts");
    }
    let pointer = &b"<https://vendor.example/page-3>; rel=next"[..];
    let more = next_of(&[&*lines, &[pointer]].concat());
    assert!(!matches!(more, Ok(None)), "a pointer is lost");
}

fn next_of(lines: &[&[u8]]) -> Result<Option<String>> {
    let mut response = Response::new(Bytes::new());
    for line in lines {
        if let Ok(value) = HeaderValue::from_bytes(line) {
            response.headers_mut().append(header::LINK, value);
        }
    }
    Answer::new(&response, Redactor::default(), DateTime::UNIX_EPOCH).link("next")
}
