//! A Parquet file that is read.

use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use arrow_array::{RecordBatch, new_null_array};
use arrow_schema::SchemaRef;
use lmsync_core::Result;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder, RowSelection,
};

use super::error::{damaged, failed};
use super::owner::Owner;
use super::schema::{data_type, schema};
use crate::account_key::AccountKey;
use crate::column::Column;

/// Number of rows that are read at a time.
const AT_A_TIME: usize = 256;

/// A Parquet file that is read. It stays readable though somebody take it away meanwhile.
#[derive(Debug)]
pub(super) struct Input {
    path: PathBuf,
    file: File,
    metadata: ArrowReaderMetadata,
}

impl Input {
    pub(super) fn open(path: &Path) -> Result<Self> {
        let file = File::open(path).map_err(failed(path, "opening"))?;
        // The schema is that of its columns, whatever another program notes beside.
        let options = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
        let metadata = survived(path, || ArrowReaderMetadata::load(&file, options))?
            .map_err(failed(path, "opening"))?;
        Ok(Self {
            path: path.to_owned(),
            file,
            metadata,
        })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Nothing, if it is of `table`, and of `account` where one is given.
    pub(super) fn check_owner(&self, table: &str, account: Option<&AccountKey>) -> Result<()> {
        let metadata = self.metadata.metadata().file_metadata();
        let owner = Owner::of_metadata(metadata.key_value_metadata());
        Owner::check(owner.as_ref(), table, account, self.path.display())
    }

    /// The number of its rows.
    pub(super) fn rows(&self) -> usize {
        let groups = self.metadata.metadata().row_groups().iter();
        let rows = groups.map(|group| usize::try_from(group.num_rows()).unwrap_or(0));
        rows.sum()
    }

    /// The names of its columns that are none of `columns`.
    pub(super) fn others(&self, columns: &[Column]) -> Vec<String> {
        let names = self.metadata.schema().fields().iter();
        let names = names.map(|field| field.name());
        names
            .filter(|name| columns.iter().all(|column| column.name != *name))
            .cloned()
            .collect()
    }

    /// Its rows, or those that `chosen` has, as rows of `columns`: one that it lacks is null.
    pub(super) fn batches<'i>(
        &'i self,
        columns: &'i [Column],
        chosen: Option<RowSelection>,
    ) -> Result<impl Iterator<Item = Result<RecordBatch>> + 'i> {
        let file = self
            .file
            .try_clone()
            .map_err(failed(&self.path, "opening"))?;
        let builder =
            ParquetRecordBatchReaderBuilder::new_with_metadata(file, self.metadata.clone());
        let fields = builder.schema().fields().iter().enumerate();
        let wanted = fields.filter(|(_, field)| {
            let mut columns = columns.iter();
            columns.any(|column| column.name == field.name())
        });
        let places: Vec<usize> = wanted.map(|(place, _)| place).collect();
        let mask = ProjectionMask::roots(builder.parquet_schema(), places);
        let mut builder = builder.with_projection(mask).with_batch_size(AT_A_TIME);
        if let Some(chosen) = chosen {
            builder = builder.with_row_selection(chosen);
        }
        let built = survived(&self.path, || builder.build())?;
        let mut batches = built.map_err(failed(&self.path, "reading"))?;
        let schema = schema(columns);
        Ok(std::iter::from_fn(move || {
            let batch = match survived(&self.path, || batches.next()) {
                Ok(batch) => batch?.map_err(|error| damaged(&self.path, error)),
                Err(error) => Err(error),
            };
            Some(batch.and_then(|batch| self.fitted(&batch, columns, &schema)))
        }))
    }

    fn fitted(
        &self,
        batch: &RecordBatch,
        columns: &[Column],
        schema: &SchemaRef,
    ) -> Result<RecordBatch> {
        let mut arrays = Vec::with_capacity(columns.len());
        for column in columns {
            let expected = data_type(column.kind);
            arrays.push(match batch.column_by_name(column.name) {
                None => new_null_array(&expected, batch.num_rows()),
                Some(array) if *array.data_type() == expected => array.clone(),
                Some(array) => {
                    let (name, found) = (column.name, array.data_type());
                    return Err(damaged(
                        &self.path,
                        format!("the column {name} is of the type {found}, not {expected}"),
                    ));
                }
            });
        }
        RecordBatch::try_new(schema.clone(), arrays).map_err(|error| damaged(&self.path, error))
    }
}

/// The result of `read`. Some damaged files make the library panic, such as one that says that a
/// column begins before the file: that is an error of the file `path` as any other.
fn survived<T>(path: &Path, read: impl FnOnce() -> T) -> Result<T> {
    catch_unwind(AssertUnwindSafe(read)).map_err(|_| damaged(path, "it cannot be read"))
}
