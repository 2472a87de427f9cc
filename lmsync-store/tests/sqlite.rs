//! The store in an SQLite file keeps the promises of stores, and refuses what is not its own.
#![cfg(feature = "sqlite")]
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod subject;

mod promises {
    lmsync_testkit::conformance_store!(crate::subject::Sqlite);
    lmsync_testkit::conformance_read_store!(crate::subject::Sqlite);
}
