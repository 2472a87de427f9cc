//! Errors of SQLite, as those of a store.

use lmsync_core::Error;
use rusqlite::ErrorCode;

/// The error of what was done with the file; `doing` says what that was.
pub(super) fn failed(doing: &'static str) -> impl Fn(rusqlite::Error) -> Error {
    move |error| {
        let told = Error::store(format!("SQLite, {doing}: {error}"));
        match hint(error.sqlite_error_code()) {
            Some(hint) => told.with_hint(hint),
            None => told,
        }
    }
}

fn hint(code: Option<ErrorCode>) -> Option<&'static str> {
    Some(match code? {
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => {
            "another program holds the file; end it, or run again later"
        }
        ErrorCode::DiskFull => "make room on the disk; the next run goes on from the last batch",
        ErrorCode::ReadOnly | ErrorCode::PermissionDenied => {
            "the file and its folder must be writable"
        }
        ErrorCode::CannotOpen => "the folder must be there, and be writable",
        ErrorCode::NotADatabase => "it is no SQLite file; name another one",
        ErrorCode::DatabaseCorrupt => {
            "the file is damaged; take a copy of before, or name a new file"
        }
        _ => return None,
    })
}
