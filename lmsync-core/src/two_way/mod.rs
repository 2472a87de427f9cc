//! Writing purchase and warranty dates back to a vendor.
//!
//! A [`Claim`] is a day that one source gives for an asset's date; a [`Resolution`] chooses
//! among several. [`plan()`] compares the choice with the dates that the vendor holds and
//! gives a reason for every date that is written or not; [`apply()`] writes the planned
//! ones, each attempt recorded in a [`Journal`] before and after. [`plan_undo`] is the way
//! back. Plans that wait for an approval are stored as an [`AccountPlan`].
//!
//! A plan is a pure function: it reads nothing and writes nothing.
//!
//! ```
//! use chrono::{DateTime, NaiveDate};
//! use lmsync_core::model::{AssetId, DateReader};
//! use lmsync_core::two_way::{
//!     AssetDates, Attempts, Claim, ClaimSource, Claims, DateField, DateFields, PlanInput, PlanRules,
//!     Reason, plan,
//! };
//!
//! let now = DateTime::from_timestamp(1_774_958_400, 0).unwrap();
//! let day = |year| NaiveDate::from_ymd_opt(year, 5, 31).unwrap();
//! let claim = |field, year| Claim {
//!     field,
//!     day: day(year),
//!     source: ClaimSource::Lookup,
//!     observed_at: now,
//! };
//! let rules = PlanRules::new().enable(DateFields::ALL);
//! let plan = plan(&PlanInput {
//!     asset: &AssetId::from("17"),
//!     // The vendor holds a purchase date, and no expiry.
//!     held: &AssetDates::new(Some(day(2023)), None),
//!     claims: &Claims::new()
//!         .and(claim(DateField::PurchaseDate, 2024))
//!         .and(claim(DateField::WarrantyExpiry, 2027)),
//!     writable: DateFields::ALL,
//!     rules: &rules,
//!     attempts: &Attempts::default(),
//!     dates: &DateReader::new(now),
//! });
//! let reasons: Vec<&Reason> = plan.fields.iter().map(|field| &field.reason).collect();
//! assert_eq!(reasons, [&Reason::Filled, &Reason::FillsEmpty]);
//! assert!(plan.change().is_some());
//! ```
//!
//! The whole way, with a journal:
//!
//! ```no_run
//! use lmsync_core::model::{AssetId, DateReader};
//! use lmsync_core::two_way::{
//!     AssetRef, Claim, ClaimSource, Claims, DateField, DateFields, FileJournal, PlanInput,
//!     PlanRules, apply, plan, recover_open,
//! };
//! use lmsync_core::{Clock, Result, SystemClock, TwoWaySync};
//!
//! /// Fills the expiry of one asset, if the vendor holds none.
//! async fn fill(connector: &dyn TwoWaySync, id: AssetId, expiry: chrono::NaiveDate) -> Result<bool> {
//!     let clock = SystemClock::new();
//!     let account = connector.info();
//!     let mut opened = FileJournal::open("journal.jsonl", &[account])?;
//!     // First of all: the outcome of writes that an interrupted run left open.
//!     recover_open(connector, &opened.journal, &mut opened.history).await?;
//!
//!     let claims = Claims::new().and(Claim {
//!         field: DateField::WarrantyExpiry,
//!         day: expiry,
//!         source: ClaimSource::Lookup,
//!         observed_at: clock.now(),
//!     });
//!     let plan = plan(&PlanInput {
//!         asset: &id,
//!         held: &connector.read_dates(&id).await?,
//!         claims: &claims,
//!         writable: connector.writable(),
//!         rules: &PlanRules::new().enable(DateFields::NONE.with(DateField::WarrantyExpiry)),
//!         attempts: &opened.history.of(&AssetRef::of(account, &id)),
//!         dates: &DateReader::new(clock.now()),
//!     });
//!
//!     let changes = plan.change().into_iter().collect();
//!     let report = apply(connector, changes, &opened.journal, &clock, 4).await?;
//!     Ok(report.is_done())
//! }
//! ```

mod account_plan;
mod apply;
mod asset_plan;
mod asset_ref;
mod change;
mod claim;
mod dates;
mod dates_json;
mod file_journal;
mod history;
mod journal;
mod json_lines;
mod old_lines;
mod outcome;
mod plan;
mod progress;
mod recover;
mod rules;
mod serials;
mod sync;
mod undo;
mod write;

pub use self::account_plan::AccountPlan;
pub use self::apply::{ApplyReport, Attempted, apply};
pub use self::asset_plan::{Action, AssetPlan, FieldPlan, Reason};
pub use self::asset_ref::AssetRef;
pub use self::change::{DateChange, FieldChange, WriteSource};
pub use self::claim::{Claim, ClaimSource, Claims, Resolution, WidestSpan};
pub use self::dates::{AssetDates, DateField, DateFields, HeldDate};
pub use self::file_journal::{FileJournal, OpenedJournal};
pub use self::history::{Attempts, History};
pub use self::journal::{Attempt, Journal, JournalEntry};
pub use self::outcome::{WriteOutcome, WriteReport};
pub use self::plan::{PlanInput, plan};
pub use self::recover::recover_open;
pub use self::rules::{PlanRules, Policy};
pub use self::serials::{NotOneAsset, SerialIndex};
pub use self::sync::{TwoWaySync, TwoWaySyncExt};
pub use self::undo::plan_undo;
pub use self::write::DateAccess;
