//! Errors of PostgreSQL, as those of a store.

use std::error::Error as _;

use lmsync_core::Error;
use tokio_postgres::error::{DbError, SqlState};

/// The error of what was done with the database; `doing` says what that was.
///
/// The server's details are left out: they may quote rows.
pub(super) fn failed(doing: &'static str) -> impl Fn(tokio_postgres::Error) -> Error {
    move |error| match error.as_db_error() {
        Some(refused) => told(doing, refused),
        None => broken(doing, &error),
    }
}

/// The error of a connection that is not there any more.
pub(super) fn lost(doing: &str, why: &str) -> Error {
    Error::store(format!(
        "PostgreSQL, {doing}: the connection was lost: {why}"
    ))
    .with_hint("look whether the server is there; the next run goes on from the last batch")
}

/// The server's answer.
fn told(doing: &str, refused: &DbError) -> Error {
    let (message, code) = (refused.message(), refused.code().code());
    let told = Error::store(format!("PostgreSQL, {doing}: {message} (SQLSTATE {code})"));
    match hint(refused.code()).or(refused.hint()) {
        Some(hint) => told.with_hint(hint),
        None => told,
    }
}

/// The cause that came instead of an answer.
fn broken(doing: &str, error: &tokio_postgres::Error) -> Error {
    let mut why = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        why = format!("{why}: {cause}");
        source = cause.source();
    }
    match doing {
        CONNECTING => Error::store(format!("PostgreSQL, {doing}: {why}")).with_hint(
            "look whether the server is there, and what the URL says of host, port, user and sslmode",
        ),
        _ => lost(doing, &why),
    }
}

/// The work while there is no connection yet.
pub(super) const CONNECTING: &str = "connecting";

fn hint(code: &SqlState) -> Option<&'static str> {
    let class = code.code().get(..2)?;
    Some(match (class, code) {
        ("28", _) => "look at user and password; the password may come from PGPASSWORD, too",
        (_, &SqlState::INVALID_CATALOG_NAME) => "make the database first, or name another one",
        (_, &SqlState::INSUFFICIENT_PRIVILEGE) => {
            "the user needs CREATE in the schema for tables that are missing, SELECT, INSERT, UPDATE and DELETE on the tables, and TEMPORARY in the database"
        }
        (_, &SqlState::READ_ONLY_SQL_TRANSACTION) => {
            "it takes no writes: name the primary server, or let the user write"
        }
        (_, &SqlState::DISK_FULL) => {
            "make room on the server's disk; the next run goes on from the last batch"
        }
        (_, &SqlState::TOO_MANY_CONNECTIONS) => "end other connections, or run again later",
        (_, &SqlState::LOCK_NOT_AVAILABLE) => {
            "another program holds the tables; end it, or run again later"
        }
        (_, &SqlState::QUERY_CANCELED) => {
            "somebody ended the statement, or the user's statement_timeout did; run again, it goes on from the last batch"
        }
        ("57", _) => "look whether the server is there; the next run goes on from the last batch",
        (_, &SqlState::UNDEFINED_TABLE | &SqlState::UNDEFINED_COLUMN) => {
            "somebody changed the tables; run again, and what is missing is made"
        }
        (_, &SqlState::DATATYPE_MISMATCH) => {
            "a column has another type than lmsync gives it; rename it and run again, and it is made"
        }
        _ => return None,
    })
}
