//! The file of records that are one machine.

use std::fs::{self, File};
use std::path::Path;

use lmsync_core::Result;
use parquet::arrow::ArrowWriter;

use super::cells;
use super::error::failed;
use super::schema::schema;
use crate::columns::SAME_MACHINE;
use crate::tables::SAME_MACHINE_TABLE;
use crate::value::Value;

/// The one file of the folder: what it holds is about all accounts, as they are now.
const FILE: &str = "same_machine.parquet";

/// Puts a file of `rows` in the place of the one in the store's folder `root`.
pub(super) fn replace(root: &Path, rows: Vec<Vec<Value<'static>>>) -> Result<()> {
    let folder = root.join(SAME_MACHINE_TABLE);
    fs::create_dir_all(&folder).map_err(failed(&folder, "making"))?;
    // A name of its own, since another run may be writing, too: the last to end counts.
    let part = folder.join(format!(".{}-{FILE}", std::process::id()));
    let written = write(&part, rows).and_then(|()| {
        let target = folder.join(FILE);
        fs::rename(&part, &target).map_err(failed(&target, "renaming"))
    });
    if written.is_err() {
        let _ = fs::remove_file(&part);
    }
    written
}

fn write(path: &Path, rows: Vec<Vec<Value<'static>>>) -> Result<()> {
    let file = File::create(path).map_err(failed(path, "writing"))?;
    let mut writer =
        ArrowWriter::try_new(file, schema(&SAME_MACHINE), None).map_err(failed(path, "writing"))?;
    let rows = cells::batch(&SAME_MACHINE, rows.into_iter())?;
    writer.write(&rows).map_err(failed(path, "writing"))?;
    let file = writer.into_inner().map_err(failed(path, "writing"))?;
    file.sync_all().map_err(failed(path, "writing"))
}
