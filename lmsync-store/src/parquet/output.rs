//! A Parquet file that is written.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use arrow_array::{BooleanArray, RecordBatch};
use lmsync_core::Result;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::RowSelection;
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;
use parquet::schema::types::ColumnPath;

use super::error::failed;
use super::folder::Folder;
use super::input::Input;
use super::owner::Owner;
use super::schema::schema;
use crate::column::{Column, Kind};
use crate::pass_id::PassId;

/// The most rows of a row group, which is held in memory until it is full.
const GROUP: usize = 10_000;
/// The most bytes of a row group, for records with much JSON.
const GROUP_BYTES: usize = 32 << 20;

/// A Parquet file that is written, under a name that no reader looks at.
pub(super) struct Output {
    part: Part,
    writer: ArrowWriter<File>,
    columns: &'static [Column],
}

impl Output {
    /// The file of `pass` in `folder`, with `columns`; once more where `is_second` is set.
    pub(super) fn create(
        folder: &Folder,
        pass: PassId,
        columns: &'static [Column],
        owner: &Owner,
        is_second: bool,
    ) -> Result<Self> {
        folder.make()?;
        let path = folder.part(pass, is_second);
        let file = File::create(&path).map_err(failed(&path, "writing"))?;
        let part = Part {
            path,
            target: folder.file(pass),
            folder: folder.clone(),
            stays: false,
        };
        // Parquet's own types say all.
        let options = ArrowWriterOptions::new()
            .with_properties(properties(columns, owner))
            .with_skip_arrow_metadata(true);
        let writer = ArrowWriter::try_new_with_options(file, schema(columns), options)
            .map_err(failed(&part.path, "writing"))?;
        Ok(Self {
            part,
            writer,
            columns,
        })
    }

    pub(super) fn write(&mut self, rows: &RecordBatch) -> Result<()> {
        self.writer
            .write(rows)
            .map_err(failed(&self.part.path, "writing"))
    }

    /// Adds those rows of `input` for which `keep` has true.
    pub(super) fn copy(&mut self, input: &Input, keep: Vec<bool>) -> Result<()> {
        if !keep.contains(&true) {
            return Ok(());
        }
        let chosen = RowSelection::from_filters(&[BooleanArray::from(keep)]);
        for rows in input.batches(self.columns, Some(chosen))? {
            self.write(&rows?)?;
        }
        Ok(())
    }

    /// Ends the file, and has it outlast a loss of power.
    pub(super) fn close(self) -> Result<Part> {
        let path = &self.part.path;
        let file = self.writer.into_inner().map_err(failed(path, "writing"))?;
        file.sync_all().map_err(failed(path, "writing"))?;
        Ok(self.part)
    }
}

fn properties(columns: &[Column], owner: &Owner) -> WriterProperties {
    let all = WriterProperties::builder()
        .set_created_by(concat!("lmsync ", env!("CARGO_PKG_VERSION")).to_owned())
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_max_row_group_row_count(Some(GROUP))
        .set_max_row_group_bytes(Some(GROUP_BYTES))
        .set_key_value_metadata(Some(owner.to_metadata()));
    // Where hardly two values are the same, a dictionary takes memory and saves nothing.
    let differ = columns.iter().filter(|column| {
        column.kind == Kind::Json || matches!(column.name, "vendor_id" | "fingerprint")
    });
    let properties = differ.fold(all, |all, column| {
        all.set_column_dictionary_enabled(ColumnPath::from(column.name), false)
    });
    properties.build()
}

/// A file that is not in its place yet. Dropping it removes it, unless it is kept.
pub(super) struct Part {
    path: PathBuf,
    target: PathBuf,
    folder: Folder,
    stays: bool,
}

impl Part {
    /// A whole file that another run left, to be put in the place `target`.
    pub(super) fn found(path: PathBuf, target: PathBuf, folder: Folder) -> Self {
        Self {
            path,
            target,
            folder,
            stays: true,
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The file, which stays though it be dropped, for the next run to judge.
    pub(super) fn kept(mut self) -> Self {
        self.stays = true;
        self
    }

    /// Gives the file the name by which readers find it.
    pub(super) fn put_in_place(self) -> Result<()> {
        let this = self.kept();
        fs::rename(&this.path, &this.target).map_err(failed(&this.target, "renaming"))?;
        this.folder.sync()
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        if !self.stays {
            let _ = fs::remove_file(&self.path);
        }
    }
}
