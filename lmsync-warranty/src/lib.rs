#![cfg_attr(docsrs, feature(doc_cfg))]
#![doc = include_str!("../README.md")]

mod answer;
mod asking;
mod cache;
#[cfg(feature = "cisco")]
mod cisco;
mod config;
#[cfg(any(
    feature = "cisco",
    feature = "dell",
    feature = "hp",
    feature = "lenovo"
))]
mod connect;
#[cfg(feature = "dell")]
mod dell;
mod finding;
#[cfg(any(feature = "cisco", feature = "lenovo"))]
mod halves;
#[cfg(feature = "hp")]
mod hp;
mod job;
#[cfg(feature = "lenovo")]
mod lenovo;
mod line;
mod lookup;
mod maker;
#[cfg(any(
    feature = "cisco",
    feature = "dell",
    feature = "hp",
    feature = "lenovo"
))]
mod mask;
mod matching;
mod outcome;
mod plan;
mod query;
mod record;
#[cfg(any(
    feature = "cisco",
    feature = "dell",
    feature = "hp",
    feature = "lenovo"
))]
mod rows;
pub mod rules;
mod source;
#[cfg(feature = "sqlite")]
mod sqlite;
#[cfg(any(feature = "cisco", feature = "dell", feature = "hp"))]
mod token_maker;
mod whom;

pub use self::answer::{Answer, Answers};
pub use self::cache::{CachedAnswer, MemoryCache, WarrantyCache};
#[cfg(feature = "cisco")]
pub use self::cisco::Cisco;
pub use self::config::{LenovoKey, MakerKey, WarrantyConfig};
#[cfg(feature = "dell")]
pub use self::dell::Dell;
pub use self::finding::Finding;
#[cfg(feature = "hp")]
pub use self::hp::Hp;
pub use self::job::SavedJob;
#[cfg(feature = "lenovo")]
pub use self::lenovo::Lenovo;
pub use self::line::{LineKind, WarrantyLine};
pub use self::lookup::Lookup;
pub use self::maker::Maker;
pub use self::matching::answers_by_serial;
pub use self::outcome::{Dates, Flag, Outcome, OutcomeWord, SkipReason};
pub use self::plan::{LookupPlan, PlannedQuery};
pub use self::query::{QueryKey, WarrantyQuery};
pub use self::record::WarrantyRecord;
pub use self::source::WarrantySource;
#[cfg(feature = "sqlite")]
pub use self::sqlite::SqliteCache;
pub use self::whom::{Makers, Whom};

pub use lmsync_core as core;
