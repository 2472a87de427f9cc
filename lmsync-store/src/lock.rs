//! One run at a time on a stream of an account, of those that share a folder.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

use lmsync_core::{Error, Result};

use crate::account_key::AccountKey;
use crate::store::in_use;
use crate::stream::StreamName;

/// A lock that others see while this is kept, however it ends: the system gives it back when the process
/// is gone.
#[derive(Debug)]
pub(crate) struct Lock {
    // Held by being open.
    _file: File,
    path: PathBuf,
}

impl Lock {
    /// The lock of `stream` of `account` beside `store`.
    pub(crate) fn of(store: &Path, account: &AccountKey, stream: StreamName) -> Result<Self> {
        let mut path = store.as_os_str().to_owned();
        path.push(format!("-{stream}-{:016x}.lock", account.hash_with(stream)));
        let path = PathBuf::from(path);
        loop {
            let failed = |error: std::io::Error| {
                Error::store(format!("cannot lock {}: {error}", path.display()))
                    .with_hint("the folder must be writable, and on a file system that knows locks")
            };
            let file = OpenOptions::new()
                .create(true)
                .truncate(false)
                .write(true)
                .open(&path)
                .map_err(failed)?;
            match file.try_lock() {
                Ok(()) if is_still_there(&file, &path) => return Ok(Self { _file: file, path }),
                // Its last holder took it away in between.
                Ok(()) => continue,
                Err(TryLockError::WouldBlock) => return Err(in_use(account, stream)),
                Err(TryLockError::Error(error)) => return Err(failed(error)),
            }
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // While it is held, so that nobody else's is taken away. Elsewhere than on Unix an empty
        // file stays, which the next run takes.
        if cfg!(unix) {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

#[cfg(unix)]
fn is_still_there(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let same = file.metadata().ok().zip(std::fs::metadata(path).ok());
    same.is_some_and(|(open, named)| (open.dev(), open.ino()) == (named.dev(), named.ino()))
}

#[cfg(not(unix))]
fn is_still_there(_: &File, _: &Path) -> bool {
    true
}
