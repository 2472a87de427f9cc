//! Opening a folder: whose it is, and of which version.

use std::fs::{self, OpenOptions};
use std::path::Path;

use lmsync_core::{Error, Result};

use super::error::failed;
use crate::stream::StreamName;

/// The version of the files. It grows when an older lmsync could not go on with them any more; columns are
/// added without.
const VERSION: u32 = 1;
/// Beginning of the name of the empty file that marks a folder as ours, before the version.
const MARK: &str = ".lmsync-version-";
/// The folders that a store has.
const FOLDERS: [&str; 4] = [
    StreamName::Assets.as_str(),
    StreamName::Software.as_str(),
    StreamName::Customers.as_str(),
    super::account::PASSES_TABLE,
];

/// Makes the folder `root` and its mark where there are none, and leaves another program's folder as it
/// is.
pub(super) fn open(root: &Path) -> Result<()> {
    fs::create_dir_all(root).map_err(failed(root, "making the folder"))?;
    // Before the mark: another run makes its folders after that.
    let has_folders = has_folders(root)?;
    match version(root)? {
        Some(newer) if newer > VERSION => Err(Error::store(format!(
            "{}: a newer lmsync wrote it: its files are of version {newer}, this one knows {VERSION}",
            root.display()
        ))
        .with_hint("update lmsync, or name another folder")),
        Some(_) => Ok(()),
        None if has_folders => Err(Error::store(format!(
            "{}: it has folders of our names, and is not ours",
            root.display()
        ))
        .with_hint(format!(
            "name another folder; a copy of one of ours wants the file {MARK}{VERSION}, too"
        ))),
        None => mark(root),
    }
}

fn has_folders(root: &Path) -> Result<bool> {
    let mut is_there = false;
    for name in FOLDERS {
        let path = root.join(name);
        match fs::metadata(&path) {
            Ok(found) if found.is_dir() => is_there = true,
            Ok(_) => {
                let error = std::io::Error::from(std::io::ErrorKind::NotADirectory);
                return Err(failed(&path, "opening")(error));
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(failed(&path, "opening")(error)),
        }
    }
    Ok(is_there)
}

/// The version that the folder's mark tells: of several the greatest.
fn version(root: &Path) -> Result<Option<u32>> {
    let entries = fs::read_dir(root).map_err(failed(root, "reading the folder"))?;
    let mut greatest = None;
    for entry in entries {
        let entry = entry.map_err(failed(root, "reading the folder"))?;
        let name = entry.file_name();
        let version = name.to_str().and_then(|name| name.strip_prefix(MARK));
        greatest = greatest.max(version.and_then(|version| version.parse().ok()));
    }
    Ok(greatest)
}

fn mark(root: &Path) -> Result<()> {
    let path = root.join(format!("{MARK}{VERSION}"));
    let made = OpenOptions::new().create(true).append(true).open(&path);
    made.map(drop).map_err(failed(&path, "writing"))
}
