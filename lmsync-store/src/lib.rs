#![cfg_attr(docsrs, feature(doc_cfg))]
#![doc = include_str!("../README.md")]

mod account_key;
#[cfg(any(feature = "parquet", feature = "postgres", feature = "sqlite"))]
mod ahead;
#[cfg(any(feature = "postgres", feature = "sqlite"))]
mod attempt;
mod column;
mod columns;
mod ended_pass;
#[cfg(any(feature = "postgres", feature = "sqlite"))]
mod fate;
mod journal;
mod landed;
mod location;
#[cfg(any(feature = "parquet", feature = "sqlite"))]
mod lock;
#[cfg(feature = "parquet")]
mod parquet;
mod pass;
mod pass_id;
mod pass_report;
#[cfg(feature = "postgres")]
mod postgres;
mod read;
mod record;
mod same_machine;
mod saved_pass;
mod serials;
#[cfg(any(feature = "parquet", feature = "postgres", feature = "sqlite"))]
mod shape;
#[cfg(feature = "sqlite")]
mod sqlite;
mod store;
#[cfg(any(feature = "parquet", feature = "postgres", feature = "sqlite"))]
mod stored;
mod stream;
#[cfg(any(feature = "postgres", feature = "sqlite"))]
mod tables;
mod totals;
mod value;

pub use self::account_key::AccountKey;
pub use self::column::{Column, Kind};
pub use self::columns::{JOURNAL_COLUMNS, PASS_COLUMNS, SAME_MACHINE_COLUMNS, columns};
pub use self::ended_pass::EndedPass;
pub use self::journal::JournalStore;
pub use self::landed::Landed;
pub use self::location::StoreLocation;
#[cfg(feature = "parquet")]
pub use self::parquet::ParquetStore;
pub use self::pass::{Pass, PassOptions, PassOutcome};
pub use self::pass_id::PassId;
pub use self::pass_report::{PassReport, is_plausible_shrink};
#[cfg(feature = "postgres")]
pub use self::postgres::PostgresStore;
pub use self::read::{ReadStore, StoredAsset, Wanted};
pub use self::record::{Record, Records, Row};
pub use self::same_machine::write_same_machine;
pub use self::saved_pass::SavedPass;
#[cfg(feature = "sqlite")]
pub use self::sqlite::SqliteStore;
pub use self::store::{Batch, Landing, Store};
pub use self::stream::StreamName;
pub use self::totals::Totals;
pub use self::value::Value;

pub use lmsync_core as core;
