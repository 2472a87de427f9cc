//! One run at a time on a stream or the journal of an account, of those that share a folder.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
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
    /// The lock of `what` of `account` beside `store`; `None` where another run has it.
    pub(crate) fn of(store: &Path, account: &AccountKey, what: &str) -> Result<Option<Self>> {
        let name = format!("-{what}-{:016x}.lock", account.hash_with(what));
        Self::take(beside(store, &name), |file| match file.try_lock() {
            Ok(()) => Ok(true),
            Err(TryLockError::WouldBlock) => Ok(false),
            Err(TryLockError::Error(error)) => Err(error),
        })
    }

    /// The lock of `stream` of `account` beside `store`, for landing it.
    pub(crate) fn of_stream(
        store: &Path,
        account: &AccountKey,
        stream: StreamName,
    ) -> Result<Self> {
        let lock = Self::of(store, account, stream.as_str())?;
        lock.ok_or_else(|| in_use(account, stream))
    }

    /// The lock of opening `store`, for which others wait: a moment.
    #[cfg(feature = "sqlite")]
    pub(crate) fn of_opening(store: &Path) -> Result<Option<Self>> {
        Self::take(beside(store, "-opening.lock"), |file| {
            file.lock().map(|()| true)
        })
    }

    /// The lock of the file `path`, once `lock` has it; `None` where that says no.
    fn take(path: PathBuf, lock: impl Fn(&File) -> io::Result<bool>) -> Result<Option<Self>> {
        let failed = |error: io::Error| {
            Error::store(format!("cannot lock {}: {error}", path.display())).with_hint(
                "the folder must be there, be writable, and on a file system that knows locks",
            )
        };
        loop {
            let file = OpenOptions::new()
                .create(true)
                .truncate(false)
                .write(true)
                .open(&path)
                .map_err(failed)?;
            match lock(&file).map_err(failed)? {
                true if is_still_there(&file, &path) => break Ok(Some(Self { _file: file, path })),
                // Its last holder took it away in between.
                true => continue,
                false => break Ok(None),
            }
        }
    }
}

/// The file whose name is that of `store` and then `ending`.
fn beside(store: &Path, ending: &str) -> PathBuf {
    let mut path = store.as_os_str().to_owned();
    path.push(ending);
    path.into()
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
