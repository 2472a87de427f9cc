//! A store in a folder of its own, records for it, and what its files hold.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Float64Type, Int64Type, TimestampMicrosecondType};
use arrow_array::{Array, RecordBatch};
use arrow_schema::DataType;
use chrono::{DateTime, TimeDelta, Utc};
use lmsync_core::model::{Asset, Customer, Origin, Rules};
use lmsync_core::{Error, Rejection, Result};
use lmsync_store::{
    AccountKey, Batch, Landed, Landing, ParquetStore, PassId, PassReport, Record, Records, Store,
    StreamName, Totals,
};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use tempfile::TempDir;

/// A store in a folder of its own.
pub(crate) struct Stage {
    pub(crate) folder: TempDir,
    pub(crate) store: ParquetStore,
    pub(crate) account: AccountKey,
}

/// The moment of the pass `number`: an hour each.
pub(crate) fn pass(number: i64) -> PassId {
    PassId::at(moment(number))
}

pub(crate) fn moment(number: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_774_958_400, 0).unwrap() + TimeDelta::hours(number)
}

/// The text of that moment in file names.
pub(crate) fn pass_text(number: i64) -> String {
    moment(number).format("%Y%m%dT%H%M%S000000Z").to_string()
}

impl Stage {
    pub(crate) fn new() -> Self {
        Self::of("acme")
    }

    /// A store, and the account `instance`.
    pub(crate) fn of(instance: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self {
            store: ParquetStore::open(folder.path()).unwrap(),
            account: AccountKey::new("fake", instance),
            folder,
        }
    }

    /// The same store, and another account.
    pub(crate) fn with_account(self, connector: &str, instance: &str) -> Self {
        let account = AccountKey::new(connector, instance);
        Self { account, ..self }
    }

    pub(crate) fn asset(&self, id: &str, edit: impl FnOnce(&mut Asset)) -> Asset {
        let origin = Origin::new(
            self.account.connector.clone(),
            &self.account.instance,
            Rules::default(),
        );
        let mut asset = origin
            .draft(Some(id.to_owned()), moment(0))
            .unwrap()
            .finish();
        edit(&mut asset);
        asset
    }

    pub(crate) fn assets(&self, ids: &[&str]) -> Vec<Asset> {
        ids.iter().map(|id| self.asset(id, |_| {})).collect()
    }

    pub(crate) fn customers(&self, ids: impl Iterator<Item = usize>) -> Vec<Customer> {
        let origin = Origin::new(
            self.account.connector.clone(),
            &self.account.instance,
            Rules::default(),
        );
        ids.map(|id| {
            Customer::new(
                origin.source(id.to_string(), moment(0)),
                format!("customer {id}"),
            )
        })
        .collect()
    }

    pub(crate) async fn begin(&self, stream: StreamName) -> Result<Box<dyn Landing>> {
        self.store.begin(&self.account, stream).await
    }

    /// The report of a complete pass.
    pub(crate) fn report(&self, number: i64, stream: StreamName) -> PassReport {
        PassReport::new(
            self.account.clone(),
            stream,
            pass(number),
            moment(number) + TimeDelta::minutes(5),
            Totals::default(),
            None,
        )
    }

    /// Lands `records` in the pass `number`, which ends as `edit` leaves its report.
    pub(crate) async fn land<R: Record>(
        &self,
        number: i64,
        records: Vec<R>,
        edit: impl FnOnce(&mut PassReport),
    ) -> Result<Landed> {
        let mut landing = self.begin(R::STREAM).await?;
        let mut report = self.report(number, R::STREAM);
        if !records.is_empty() {
            report.landed = landing.put(&batch(number, records)).await?;
        }
        edit(&mut report);
        landing.finish(&report).await
    }

    /// Lands assets with these ids in the pass `number`, which is complete.
    pub(crate) async fn complete(&self, number: i64, ids: &[&str]) -> Landed {
        self.land(number, self.assets(ids), |_| {}).await.unwrap()
    }

    /// The folder of the account in `table`.
    pub(crate) fn folder(&self, table: &str) -> PathBuf {
        let AccountKey {
            connector,
            instance,
            ..
        } = &self.account;
        let connector = format!("connector={connector}");
        let folder = self.folder.path().join(table).join(connector);
        folder.join(format!("instance={instance}"))
    }

    /// The file of assets of the pass `number`.
    pub(crate) fn file(&self, number: i64) -> PathBuf {
        self.folder("assets")
            .join(format!("pass={}.parquet", pass_text(number)))
    }

    /// The rows of the newest file of assets, by their ids.
    pub(crate) fn newest(&self) -> BTreeMap<String, Row> {
        self.newest_of("assets")
    }

    pub(crate) fn newest_of(&self, table: &str) -> BTreeMap<String, Row> {
        let folder = self.folder(table);
        let newest = names(&folder).into_iter().next_back().unwrap();
        by_id(&folder.join(newest))
    }

    /// The ids in the newest file of assets.
    pub(crate) fn ids(&self) -> Vec<String> {
        self.newest().into_keys().collect()
    }

    /// The rows of `passes` of the stream `stream`, by age.
    pub(crate) fn passes(&self, stream: &str) -> Vec<Row> {
        let folder = self.folder("passes");
        let files = names(&folder).into_iter();
        let files = files.filter(|name| name.ends_with(&format!("-{stream}.parquet")));
        files.flat_map(|name| rows(&folder.join(name))).collect()
    }
}

/// A batch of the pass `number`.
pub(crate) fn batch<R: Record>(number: i64, records: Vec<R>) -> Arc<Batch> {
    let records: Records = R::into_records(records);
    Arc::new(Batch::new(pass(number), records, None))
}

/// Notes in `report` records that could not be read, with these ids.
pub(crate) fn reject(report: &mut PassReport, ids: &[Option<&str>]) {
    for id in ids {
        let rejection = Rejection::new(id.map(str::to_owned), "odd");
        report.totals.rejected.push(rejection);
        report.totals.rejected_total += 1;
    }
}

/// Makes of `report` that of a pass that is not complete.
pub(crate) fn incomplete(report: &mut PassReport) {
    report.complete = false;
    report.incomplete_reason = Some("the line went dead".to_owned());
}

/// The names in `folder`, in their order; those that begin with a dot are among them.
pub(crate) fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = match fs::read_dir(folder) {
        Ok(entries) => entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect(),
        Err(_) => Vec::new(),
    };
    names.sort();
    names
}

/// A row: the text of each of its values, by column; one that is null is not there.
pub(crate) type Row = BTreeMap<String, String>;

pub(crate) fn by_id(file: &Path) -> BTreeMap<String, Row> {
    let mut found = BTreeMap::new();
    for row in rows(file) {
        let id = row["vendor_id"].clone();
        assert_eq!(found.insert(id.clone(), row), None, "{id} is there twice");
    }
    found
}

pub(crate) fn batches(file: &Path) -> Vec<RecordBatch> {
    let file = File::open(file).unwrap();
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
    let batches = reader.build().unwrap();
    batches.map(|batch| batch.unwrap()).collect()
}

pub(crate) fn rows(file: &Path) -> Vec<Row> {
    let rows = batches(file)
        .into_iter()
        .flat_map(|batch| (0..batch.num_rows()).map(move |place| row(&batch, place)));
    rows.collect()
}

fn row(batch: &RecordBatch, place: usize) -> Row {
    let schema = batch.schema();
    let cells = schema.fields().iter().zip(batch.columns());
    cells
        .filter(|(_, cells)| !cells.is_null(place))
        .map(|(field, cells)| (field.name().clone(), text(cells, place)))
        .collect()
}

fn text(cells: &dyn Array, place: usize) -> String {
    match cells.data_type() {
        DataType::Utf8 => cells.as_string::<i32>().value(place).to_owned(),
        DataType::Int64 => cells.as_primitive::<Int64Type>().value(place).to_string(),
        DataType::Float64 => cells.as_primitive::<Float64Type>().value(place).to_string(),
        DataType::Boolean => cells.as_boolean().value(place).to_string(),
        DataType::Date32 => {
            let day = cells.as_primitive::<Date32Type>().value_as_date(place);
            day.unwrap().to_string()
        }
        DataType::Timestamp(..) => {
            let cells = cells.as_primitive::<TimestampMicrosecondType>();
            instant(DateTime::from_timestamp_micros(cells.value(place)).unwrap())
        }
        other => panic!("a column of the type {other}"),
    }
}

/// The text of a moment in a [`Row`].
pub(crate) fn instant(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string()
}

/// The error of what should have failed, as one line; it is of the kind `store`.
pub(crate) fn told<T>(result: Result<T>) -> String {
    let error: Error = result.err().unwrap();
    assert_eq!(error.kind().as_str(), "store", "{error}");
    error.to_string()
}
