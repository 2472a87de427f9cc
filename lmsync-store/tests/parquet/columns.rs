//! Types of columns, values at their edges, and files of other versions.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow_array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema, TimeUnit};
use chrono::{DateTime, NaiveDate, Utc};
use futures_util::TryStreamExt;
use lmsync_core::model::{Asset, RawJson};
use lmsync_store::{Column, Kind, ReadStore, StreamName, columns};
use lmsync_testkit::Log;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::{Compression, LogicalType};
use parquet::file::properties::WriterProperties;

use crate::stage::{Stage, batches, incomplete, instant, moment, told};

#[tokio::test]
async fn columns_are_those_of_the_list_with_types_of_their_own() {
    let stage = Stage::new();
    stage.complete(1, &["a"]).await;
    let file = File::open(stage.file(1)).unwrap();
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
    let fields = builder.schema().fields();
    let list = columns(StreamName::Assets);
    assert_eq!(fields.len(), list.len());
    let leaves = builder.parquet_schema().columns();
    for ((field, column), leaf) in fields.iter().zip(list).zip(leaves) {
        assert_eq!(field.name(), column.name);
        assert_eq!(*field.data_type(), data_type(column), "{}", column.name);
        let is_json = leaf.logical_type_ref() == Some(&LogicalType::Json);
        assert_eq!(is_json, column.kind == Kind::Json, "{}", column.name);
    }
}

fn data_type(column: &Column) -> DataType {
    match column.kind.as_str() {
        "integer" => DataType::Int64,
        "real" => DataType::Float64,
        "boolean" => DataType::Boolean,
        "date" => DataType::Date32,
        "instant" => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        _ => DataType::Utf8,
    }
}

#[tokio::test]
async fn row_groups_have_ten_thousand_rows_and_are_compressed() {
    let stage = Stage::new();
    stage
        .land(1, stage.customers(0..25_000), |_| {})
        .await
        .unwrap();
    // Every other row is carried over.
    let odd = stage.customers((0..25_000).filter(|id| id % 2 == 1));
    stage.land(2, odd, incomplete).await.unwrap();
    assert_eq!(stage.newest_of("customers").len(), 25_000);
    for name in crate::stage::names(&stage.folder("customers")) {
        let file = File::open(stage.folder("customers").join(name)).unwrap();
        let builder = ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
        let groups = builder.metadata().row_groups();
        let rows: Vec<i64> = groups.iter().map(|group| group.num_rows()).collect();
        assert_eq!(rows, [10_000, 10_000, 5_000]);
        let columns = groups.iter().flat_map(|group| group.columns());
        for column in columns {
            assert!(matches!(column.compression(), Compression::ZSTD(_)));
        }
    }
}

#[tokio::test]
async fn values_at_their_edges_are_kept_or_nothing() {
    let stage = Stage::new();
    let day = |year| NaiveDate::from_ymd_opt(year, 1, 1);
    let long = "i".repeat(10_000);
    let first = stage.asset(&long, |asset| {
        asset.name = "nul\0 in it".to_owned();
        asset.purchase_date = day(-4000);
        asset.warranty_start = day(1);
        asset.warranty_expiry = day(9999);
        asset.created_at = Some(DateTime::<Utc>::MAX_UTC);
        asset.last_check_in = DateTime::from_timestamp_micros(-62_135_596_800_000_000);
        asset.memory_bytes = Some(u64::MAX);
        asset.storage_total_bytes = Some(i64::MAX.unsigned_abs());
        asset.cpu.speed_mhz = Some(f64::NAN);
        asset.source.raw = RawJson::new(r#"{"a": "\u0000", "b":  1e400}"#.to_owned());
    });
    let second = stage.asset("2", |asset| {
        asset.cpu.speed_mhz = Some(2_400.5);
        asset.cpu.sockets = Some(u32::MAX);
        asset.source.raw = RawJson::new("\"".to_owned() + &"x".repeat(3 << 20) + "\"");
    });
    let size = second.source.raw.as_ref().unwrap().get().len();
    stage.land(1, vec![first, second], |_| {}).await.unwrap();
    // And once more, carried over.
    let third = stage.assets(&["3"]);
    stage.land(2, third, incomplete).await.unwrap();
    let rows = stage.newest();
    let row = &rows[&long];
    for (column, value) in [
        ("name", Some("nul\u{fffd} in it")),
        ("purchase_date", None),
        ("warranty_start", Some("0001-01-01")),
        ("warranty_expiry", Some("9999-01-01")),
        ("created_at", None),
        ("last_check_in", Some("0001-01-01T00:00:00.000000Z")),
        ("memory_bytes", None),
        ("storage_total_bytes", Some("9223372036854775807")),
        ("cpu_speed_mhz", None),
        ("raw", Some(r#"{"a": "\ufffd", "b":  1e400}"#)),
    ] {
        assert_eq!(row.get(column).map(String::as_str), value, "{column}");
    }
    assert_eq!(rows["2"]["cpu_speed_mhz"], "2400.5");
    assert_eq!(rows["2"]["cpu_sockets"], "4294967295");
    assert_eq!(rows["2"]["raw"].len(), size);
}

/// Writes the file `path` anew as `edit` makes each of its batches.
fn rewrite(path: &Path, edit: impl Fn(RecordBatch) -> RecordBatch) {
    let file = File::open(path).unwrap();
    let metadata = ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
    let metadata = metadata
        .metadata()
        .file_metadata()
        .key_value_metadata()
        .cloned();
    let edited: Vec<RecordBatch> = batches(path).into_iter().map(edit).collect();
    let properties = WriterProperties::builder().set_key_value_metadata(metadata);
    let file = File::create(path).unwrap();
    let schema = edited[0].schema();
    let mut writer = ArrowWriter::try_new(file, schema, Some(properties.build())).unwrap();
    for batch in &edited {
        writer.write(batch).unwrap();
    }
    writer.close().unwrap();
}

fn without(batch: &RecordBatch, columns: &[&str]) -> RecordBatch {
    let schema = batch.schema();
    let fields = schema.fields().iter().enumerate();
    let kept = fields.filter(|(_, field)| !columns.contains(&field.name().as_str()));
    let kept: Vec<usize> = kept.map(|(place, _)| place).collect();
    batch.project(&kept).unwrap()
}

fn with(batch: &RecordBatch, name: &str, cells: ArrayRef) -> RecordBatch {
    let schema = batch.schema();
    let mut fields: Vec<Field> = schema
        .fields()
        .iter()
        .map(|field| field.as_ref().clone())
        .collect();
    fields.push(Field::new(name, cells.data_type().clone(), true));
    let mut columns = batch.columns().to_vec();
    columns.push(cells);
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).unwrap()
}

#[tokio::test]
async fn a_file_of_an_older_lmsync_lacks_columns_that_are_null_then() {
    let stage = Stage::new();
    let model = |asset: &mut Asset| asset.model = Some("M1".to_owned());
    let assets = vec![stage.asset("a", model), stage.asset("b", model)];
    stage.land(1, assets, |_| {}).await.unwrap();
    let missing = ["model", "first_seen_at", "fingerprint", "identity"];
    rewrite(&stage.file(1), |batch| without(&batch, &missing));
    stage
        .land(2, stage.assets(&["b"]), incomplete)
        .await
        .unwrap();
    let rows = stage.newest();
    assert!(
        missing
            .iter()
            .all(|column| !rows["a"].contains_key(*column))
    );
    assert_eq!(rows["a"]["changed_at"], instant(moment(1)));
    // Nothing tells that it is the same, nor when it was seen first: at the latest then.
    assert_eq!(rows["b"]["first_seen_at"], instant(moment(1)));
    assert_eq!(rows["b"]["changed_at"], instant(moment(2)));
    // Read as an asset, a row that lacks what every asset has is none.
    let read: Result<Vec<Asset>, _> = stage.store.assets(None).try_collect().await;
    assert!(told(read).contains("identity"));
}

#[test]
fn columns_of_a_newer_lmsync_are_left_out_with_a_warning() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(async {
        let stage = Stage::new();
        stage.complete(1, &["a"]).await;
        rewrite(&stage.file(1), |batch| {
            with(&batch, "colour", Arc::new(StringArray::from(vec!["red"])))
        });
        let log = Log::start();
        let before = stage.newest();
        stage
            .land(2, stage.assets(&["b"]), incomplete)
            .await
            .unwrap();
        let log = log.finish();
        let warned: Vec<&str> = log.lines().filter(|line| line.contains("WARN")).collect();
        assert!(warned.len() == 1 && warned[0].contains("colour"), "{log}");
        let mut expected = before["a"].clone();
        assert_eq!(expected.remove("colour").as_deref(), Some("red"));
        assert_eq!(stage.newest()["a"], expected);
    });
}

#[tokio::test]
async fn a_column_of_another_type_is_refused() {
    for (name, cells) in [
        ("model", Arc::new(Int64Array::from(vec![7])) as ArrayRef),
        ("vendor_id", Arc::new(Int64Array::from(vec![7]))),
        ("vendor_id", Arc::new(StringArray::from(vec![None::<&str>]))),
        ("fingerprint", Arc::new(Int64Array::from(vec![7]))),
    ] {
        let stage = Stage::new();
        stage.complete(1, &["a"]).await;
        rewrite(&stage.file(1), |batch| {
            with(&without(&batch, &[name]), name, cells.clone())
        });
        let landed = stage.land(2, stage.assets(&["b"]), incomplete).await;
        let told = told(landed);
        assert!(
            told.contains(&format!("{}: ", stage.file(1).display())),
            "{told}"
        );
        assert!(told.contains(name), "{told}");
        assert_eq!(crate::stage::names(&stage.folder("assets")).len(), 1);
    }
}
