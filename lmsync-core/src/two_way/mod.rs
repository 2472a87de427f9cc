//! Writing purchase and warranty dates back to a vendor.
//!
//! What is said about an asset's dates is a [`Claim`]; a [`Resolution`] decides which of
//! several stands. [`plan()`] compares it with what the vendor holds and gives a reason for
//! every date that is written or not; [`apply()`] writes what was planned, each attempt
//! recorded in a [`Journal`] before and after. [`plan_undo`] is the way back.
//!
//! ```no_run
//! use lmsync_core::model::{AssetId, DateReader};
//! use lmsync_core::two_way::{
//!     AssetRef, Claim, ClaimSource, Claims, DateField, DateFields, FileJournal, PlanRules, apply,
//!     plan, settle,
//! };
//! use lmsync_core::{Clock, Result, SystemClock, TwoWaySync};
//!
//! /// Fills the expiry of one asset, if the vendor holds none.
//! async fn fill(connector: &dyn TwoWaySync, id: AssetId, expiry: chrono::NaiveDate) -> Result<bool> {
//!     let clock = SystemClock::new();
//!     let mut opened = FileJournal::open("journal.jsonl")?;
//!     // First of all: what became of writes that an interrupted run left open.
//!     settle(connector, &opened.journal, &mut opened.history).await?;
//!
//!     let claims = Claims::new().and(Claim {
//!         field: DateField::WarrantyExpiry,
//!         day: expiry,
//!         source: ClaimSource::Lookup,
//!         observed_at: clock.now(),
//!     });
//!     let rules = PlanRules::new().enable(DateFields::NONE.with(DateField::WarrantyExpiry));
//!     let held = connector.read_dates(&id).await?;
//!     let attempts = opened
//!         .history
//!         .of(&AssetRef::new(&connector.info().instance, &id.vendor_id));
//!     let dates = DateReader::new(clock.now());
//!     let plan = plan(&id, &held, &claims, connector.writable(), &rules, &attempts, &dates);
//!
//!     let changes = plan.change().into_iter().collect();
//!     let report = apply(connector, changes, &opened.journal, &clock, 4).await?;
//!     Ok(report.is_done())
//! }
//! ```

mod apply;
mod change;
mod claim;
mod dates;
mod file_journal;
mod journal;
mod plan;
mod serials;
mod undo;
mod write;

use async_trait::async_trait;

use crate::connector::Connector;
use crate::error::Result;
use crate::model::AssetId;

pub use self::apply::{ApplyReport, Attempted, apply, settle};
pub use self::change::{DateChange, FieldChange, WriteSource};
pub use self::claim::{Claim, ClaimSource, Claims, Resolution, WidestSpan};
pub use self::dates::{AssetDates, DateField, DateFields, HeldDate};
pub use self::file_journal::{FileJournal, OpenedJournal};
pub use self::journal::{AssetRef, Attempt, Attempts, History, Journal, JournalEntry};
pub use self::plan::{Action, AssetPlan, FieldPlan, PlanRules, Policy, Reason, plan};
pub use self::serials::{NotOneAsset, SerialIndex};
pub use self::undo::plan_undo;
pub use self::write::{DateAccess, WriteOutcome, WriteReport, write_verified};

/// A connector that can write dates back: the steps that differ by vendor.
///
/// What is the same for all (which dates may be written, in which order, how
/// often) is not the connector's business. Implement [`DateAccess`] and let
/// [`write_verified`] be [`write_dates`](Self::write_dates).
#[async_trait]
pub trait TwoWaySync: Connector {
    /// The fields that this connector can write.
    fn writable(&self) -> DateFields;

    /// The fields that this connector can clear: those whose vendor documents how.
    fn clearable(&self) -> DateFields {
        DateFields::NONE
    }

    /// The dates that the vendor holds now.
    ///
    /// # Errors
    /// `not_found` when the vendor does not know the asset, and what any request can end in.
    async fn read_dates(&self, id: &AssetId) -> Result<AssetDates>;

    /// Writes `change` unless the vendor holds it already, reads it back and says what
    /// became of it.
    ///
    /// # Errors
    /// When nothing was written for certain; an unknown outcome is [`WriteOutcome::Unknown`].
    async fn write_dates(&self, change: &DateChange) -> Result<WriteReport>;
}

/// What follows from the methods of [`TwoWaySync`].
pub trait TwoWaySyncExt: TwoWaySync {
    /// Whether this connector can write `field`.
    fn can_write(&self, field: DateField) -> bool {
        self.writable().contains(field)
    }
}

impl<T: TwoWaySync + ?Sized> TwoWaySyncExt for T {}

macro_rules! forward {
    ($($pointer:ty),*) => {$(
        #[async_trait]
        impl<T: TwoWaySync + ?Sized> TwoWaySync for $pointer {
            fn writable(&self) -> DateFields {
                (**self).writable()
            }

            fn clearable(&self) -> DateFields {
                (**self).clearable()
            }

            async fn read_dates(&self, id: &AssetId) -> Result<AssetDates> {
                (**self).read_dates(id).await
            }

            async fn write_dates(&self, change: &DateChange) -> Result<WriteReport> {
                (**self).write_dates(change).await
            }
        }
    )*};
}

forward!(std::sync::Arc<T>, Box<T>);
