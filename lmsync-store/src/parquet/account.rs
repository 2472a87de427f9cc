//! A stream of an account, as files: one run's at a time.

use std::fs;
use std::path::Path;

use lmsync_core::Result;

use super::error::failed;
use super::folder::Folder;
use super::input::Input;
use super::output::{Output, Part};
use super::owner::Owner;
use crate::account_key::AccountKey;
use crate::columns::{PASS_COLUMNS, columns};
use crate::lock::Lock;
use crate::pass_id::PassId;
use crate::stream::StreamName;

/// The folder of the rows of passes.
pub(super) const PASSES_TABLE: &str = "passes";
/// Beginning of the names of locks.
const LOCKS: &str = ".lmsync";

/// A stream of an account, locked.
#[derive(Debug)]
pub(super) struct Account {
    key: AccountKey,
    stream: StreamName,
    rows: Folder,
    passes: Folder,
    _lock: Lock,
}

impl Account {
    pub(super) fn lock(root: &Path, key: &AccountKey, stream: StreamName) -> Result<Self> {
        Ok(Self {
            _lock: Lock::of_stream(&root.join(LOCKS), key, stream)?,
            key: key.clone(),
            stream,
            rows: Folder::of(root, stream.as_str(), key),
            passes: Folder::of(root, PASSES_TABLE, key).with_suffix(format!("-{stream}")),
        })
    }

    pub(super) fn key(&self) -> &AccountKey {
        &self.key
    }

    pub(super) fn stream(&self) -> StreamName {
        self.stream
    }

    /// Removes what runs left that were killed. Where one was killed in the moment between the rows
    /// and the row of their pass, the latter is put in its place.
    pub(super) fn tidy(&self) -> Result<()> {
        for (_, path) in self.rows.parts()? {
            fs::remove_file(&path).map_err(failed(&path, "removing"))?;
        }
        for (pass, path) in self.passes.parts()? {
            match self.rows.file(pass).exists() {
                true => {
                    Part::found(path, self.passes.file(pass), self.passes.clone()).put_in_place()?
                }
                false => fs::remove_file(&path).map_err(failed(&path, "removing"))?,
            }
        }
        Ok(())
    }

    /// The newest file of rows, which is the truth about the account, and its pass.
    pub(super) fn newest(&self) -> Result<Option<(PassId, Input)>> {
        let Some((pass, path)) = self.rows.newest()? else {
            return Ok(None);
        };
        let input = Input::open(&path)?;
        input.check_owner(self.stream.as_str(), Some(&self.key))?;
        Ok(Some((pass, input)))
    }

    /// The latest pass, which has rows, or a row of its own alone.
    pub(super) fn latest(&self) -> Result<Option<PassId>> {
        let newest = [self.rows.newest()?, self.passes.newest()?];
        Ok(newest.into_iter().flatten().map(|(pass, _)| pass).max())
    }

    /// The file of the rows of `pass`; once more where `is_second` is set.
    pub(super) fn rows_of(&self, pass: PassId, is_second: bool) -> Result<Output> {
        let owner = Owner::new(self.stream.as_str(), &self.key);
        Output::create(&self.rows, pass, columns(self.stream), &owner, is_second)
    }

    /// The file of the row of `pass` itself.
    pub(super) fn row_of_pass(&self, pass: PassId) -> Result<Output> {
        let owner = Owner::new(PASSES_TABLE, &self.key);
        Output::create(&self.passes, pass, PASS_COLUMNS, &owner, false)
    }
}
