#![cfg_attr(docsrs, feature(doc_cfg))]
#![doc = include_str!("../README.md")]

mod column;
mod columns;
mod drive;
#[cfg(any(feature = "postgres", feature = "sqlite"))]
mod fate;
mod landed;
mod location;
#[cfg(any(feature = "parquet", feature = "sqlite"))]
mod lock;
#[cfg(feature = "parquet")]
mod parquet;
mod pass;
#[cfg(feature = "postgres")]
mod postgres;
mod read;
mod record;
mod same_machine;
#[cfg(feature = "sqlite")]
mod sqlite;
mod store;
mod stream;
#[cfg(any(feature = "parquet", feature = "postgres", feature = "sqlite"))]
mod tables;
mod value;

pub use self::column::{Column, Kind};
pub use self::columns::columns;
pub use self::drive::{Pass, PassOptions, PassOutcome};
pub use self::landed::Landed;
pub use self::location::StoreLocation;
#[cfg(feature = "parquet")]
pub use self::parquet::ParquetStore;
pub use self::pass::{AccountKey, PassId, PassReport, SavedPass, Totals, is_plausible_shrink};
#[cfg(feature = "postgres")]
pub use self::postgres::PostgresStore;
pub use self::read::{ReadStore, StoredAsset, Wanted};
pub use self::record::{Record, Records, Row};
pub use self::same_machine::write_same_machine;
#[cfg(feature = "sqlite")]
pub use self::sqlite::SqliteStore;
pub use self::store::{Batch, Landing, Store};
pub use self::stream::StreamName;
pub use self::value::Value;

pub use lmsync_core as core;
