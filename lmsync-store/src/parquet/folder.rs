//! The folder of an account in a table: its files, by age.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use lmsync_core::Result;

use super::error::failed;
use super::names::{account_folder, pass_of, pass_text};
use crate::account_key::AccountKey;
use crate::pass_id::PassId;

/// End of the name of a file that is not whole, which begins with a dot.
const PART: &str = ".part";

/// The folder of an account in a table.
#[derive(Debug, Clone)]
pub(super) struct Folder {
    path: PathBuf,
    /// The part of its files' names that tells them from those of others in the same folder.
    suffix: String,
}

impl Folder {
    /// The folder of `account` in the table `table` of the store in `root`.
    pub(super) fn of(root: &Path, table: &str, account: &AccountKey) -> Self {
        Self {
            path: root.join(table).join(account_folder(account)),
            suffix: String::new(),
        }
    }

    /// The folders of all accounts in the table `table` of the store in `root`, in the order of their names.
    pub(super) fn all(root: &Path, table: &str) -> Result<Vec<Self>> {
        let mut found = Vec::new();
        for connector in called(entries(&root.join(table))?, "connector=") {
            found.extend(called(entries(&connector)?, "instance="));
        }
        found.sort();
        let suffix = String::new();
        let folder = |path| Self {
            path,
            suffix: suffix.clone(),
        };
        Ok(found.into_iter().map(folder).collect())
    }

    /// The same folder, where only those files count whose names end with `suffix`.
    pub(super) fn with_suffix(self, suffix: String) -> Self {
        Self { suffix, ..self }
    }

    pub(super) fn make(&self) -> Result<()> {
        fs::create_dir_all(&self.path).map_err(failed(&self.path, "making the folder"))
    }

    /// The file of `pass`.
    pub(super) fn file(&self, pass: PassId) -> PathBuf {
        self.path
            .join(format!("pass={}{}.parquet", pass_text(pass), self.suffix))
    }

    /// The name of the file of `pass` until it is whole, or until that is written once more.
    pub(super) fn part(&self, pass: PassId, is_second: bool) -> PathBuf {
        let again = if is_second { ".again" } else { "" };
        self.path.join(format!(
            ".pass={}{}.parquet{again}{PART}",
            pass_text(pass),
            self.suffix
        ))
    }

    /// The newest file.
    pub(super) fn newest(&self) -> Result<Option<(PassId, PathBuf)>> {
        let files = entries(&self.path)?.into_iter();
        let files = files.filter_map(|path| Some((self.pass_of_file(&path)?, path)));
        Ok(files.max_by_key(|(pass, _)| *pass))
    }

    fn pass_of_file(&self, path: &Path) -> Option<PassId> {
        let name = path.file_name()?.to_str()?;
        let pass = name
            .strip_prefix("pass=")?
            .strip_suffix(".parquet")?
            .strip_suffix(self.suffix.as_str())?;
        pass_of(pass)
    }

    /// The files that were never whole, each with its pass.
    pub(super) fn parts(&self) -> Result<Vec<(PassId, PathBuf)>> {
        let files = entries(&self.path)?.into_iter();
        Ok(files
            .filter_map(|path| Some((self.pass_of_part(&path)?, path)))
            .collect())
    }

    fn pass_of_part(&self, path: &Path) -> Option<PassId> {
        let name = path.file_name()?.to_str()?;
        let (whole, _) = name
            .strip_prefix(".pass=")?
            .strip_suffix(PART)?
            .split_once(".parquet")?;
        pass_of(whole.strip_suffix(self.suffix.as_str())?)
    }

    /// Makes names in the folder, and the folder's own, outlast a loss of power.
    pub(super) fn sync(&self) -> Result<()> {
        // That of the account, of the connector, of the table, and the store's.
        self.path.ancestors().take(4).try_for_each(sync_folder)
    }
}

#[cfg(unix)]
fn sync_folder(path: &Path) -> Result<()> {
    fs::File::open(path)
        .and_then(|folder| folder.sync_all())
        .map_err(failed(path, "writing the folder"))
}

/// Folders cannot be opened everywhere.
#[cfg(not(unix))]
fn sync_folder(_: &Path) -> Result<()> {
    Ok(())
}

/// Those of `paths` whose names begin with `beginning`.
fn called(paths: Vec<PathBuf>, beginning: &str) -> impl Iterator<Item = PathBuf> {
    paths.into_iter().filter(move |path| {
        let name = path.file_name().and_then(|name| name.to_str());
        name.is_some_and(|name| name.starts_with(beginning))
    })
}

/// The entries of the folder `path`; none where there is no such folder.
fn entries(path: &Path) -> Result<Vec<PathBuf>> {
    let read = fs::read_dir(path).and_then(|entries| {
        entries
            .map(|entry| Ok(entry?.path()))
            .collect::<io::Result<Vec<_>>>()
    });
    match read {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        read => read.map_err(failed(path, "reading the folder")),
    }
}
