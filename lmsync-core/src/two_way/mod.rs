//! Writing purchase and warranty dates back to a vendor.

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
