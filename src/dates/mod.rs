//! Dates for the assets of many accounts: found, planned, written.
//!
//! A [`DateLines`] is a file of dates, each line about one asset that it names by its id or by its
//! serial number. [`TwoWayAccounts`] finds those assets, plans what is to be written, and writes it.
//!
//! ```
//! use lmsync::dates::{DateLines, PlanLine};
//! use lmsync::two_way::{DateField, DateFields, History, PlanRules};
//! use lmsync::{Accounts, OpenedAccount, Stop};
//! use lmsync_testkit::{FakeConnector, MemoryJournal};
//!
//! # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
//! let fake = FakeConnector::new("acme").with_asset("1", |_| {});
//! // With a configuration: `Accounts::open(configs, &environment)?`.
//! let accounts = Accounts::from_opened([OpenedAccount::two_way(fake.clone())])?.two_way()?;
//!
//! let line = r#"{"asset":{"instance":"acme","vendor_id":"1"},"warranty_expiry":"2027-05-31","source":"lookup"}"#;
//! let targets = accounts.find(DateLines::parse("dates.jsonl", line)).await;
//!
//! // Two-way sync is opted into field by field.
//! let rules = PlanRules::new().enable(DateFields::NONE.with(DateField::WarrantyExpiry));
//! // In earnest, `FileJournal::open` gives the journal and the history of earlier runs.
//! let (journal, history) = (MemoryJournal::default(), History::default());
//! let plan = accounts.plan(targets, &rules, &history).await;
//! assert!(plan.problems.is_empty() && plan.lines.iter().all(PlanLine::is_write));
//!
//! // A plan per account, to be stored and approved, or to be applied at once.
//! let applied = accounts.apply(plan.accounts, &journal, &Stop::never()).await;
//! assert!(applied.iter().all(|account| account.is_done()));
//! assert_eq!(fake.written().len(), 1);
//! # Ok::<(), lmsync::Error>(())
//! # }).unwrap();
//! ```

mod accounts;
mod apply;
mod find;
mod line;
mod lines;
mod names;
mod plan;
mod plan_line;
mod serials;
mod targets;

pub use self::accounts::TwoWayAccounts;
pub use self::apply::AppliedDates;
pub use self::line::{DateLine, DateLineAsset, DateSource};
pub use self::lines::{DateLines, PlacedLine};
pub use self::names::{AssetName, AssetNames};
pub use self::plan::DatesPlan;
pub use self::plan_line::{PlanLine, PlanLineAsset};
pub use self::targets::DateTargets;
