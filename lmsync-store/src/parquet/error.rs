//! Errors of files, as those of a store.

use std::fmt;
use std::io;
use std::path::Path;

use lmsync_core::Error;
use parquet::errors::ParquetError;

/// The error of what was done with the file or folder `path`; `doing` says what that was.
pub(super) fn failed<E: Failure>(path: &Path, doing: &'static str) -> impl Fn(E) -> Error {
    move |error| {
        let told = Error::store(format!("{}, {doing}: {error}", path.display()));
        match error.hint() {
            Some(hint) => told.with_hint(hint),
            None => told,
        }
    }
}

/// The error of the file `path`, of which `why` tells what is wrong with it.
pub(super) fn damaged(path: &Path, why: impl fmt::Display) -> Error {
    Error::store(format!("{}: {why}", path.display())).with_hint(DAMAGED)
}

const DAMAGED: &str =
    "put a good copy in its place, or move it away: then the file before it counts";

/// An error of a file.
pub(super) trait Failure: fmt::Display {
    fn hint(&self) -> Option<&'static str>;
}

impl Failure for io::Error {
    fn hint(&self) -> Option<&'static str> {
        Some(match self.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                "make room on the disk; older files of an account may go, all but the newest of each"
            }
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                "the folder and what is in it must be writable"
            }
            io::ErrorKind::AlreadyExists | io::ErrorKind::NotADirectory => {
                "a file stands where a folder has to be; name another folder"
            }
            _ => return None,
        })
    }
}

impl Failure for ParquetError {
    fn hint(&self) -> Option<&'static str> {
        match self {
            Self::External(error) => error.downcast_ref::<io::Error>()?.hint(),
            _ => Some(DAMAGED),
        }
    }
}
