//! The interface of a connector that writes dates back.

use async_trait::async_trait;

use super::change::DateChange;
use super::dates::{AssetDates, DateField, DateFields};
use super::outcome::WriteReport;
use crate::connector::Connector;
use crate::error::{ErrorKind, Result};
use crate::model::AssetId;

/// A connector that can write dates back: the steps that differ by vendor.
///
/// The rest is the same for all: which dates may be written, in which order, and how often.
/// A connector implements [`DateAccess`](super::DateAccess), from which this follows.
#[async_trait]
pub trait TwoWaySync: Connector {
    /// The fields that this connector can write, as its capabilities declare them.
    fn writable(&self) -> DateFields {
        self.info().capabilities.two_way
    }

    /// The fields that this connector can clear: those whose vendor documents how.
    fn clearable(&self) -> DateFields {
        DateFields::NONE
    }

    /// The dates that the vendor holds now.
    ///
    /// # Errors
    /// `not_found` when the vendor does not know the asset, and what any request can end in.
    async fn read_dates(&self, id: &AssetId) -> Result<AssetDates>;

    /// Writes `change` unless the vendor holds it already, reads it back and names the
    /// outcome.
    ///
    /// # Errors
    /// `unsupported` when a field cannot be written or cleared. Otherwise the error that
    /// certainly kept the change from being written; an unknown outcome is
    /// [`WriteOutcome::Unknown`](super::WriteOutcome::Unknown).
    async fn write_dates(&self, change: &DateChange) -> Result<WriteReport>;
}

/// Methods that follow from those of [`TwoWaySync`].
#[async_trait]
pub trait TwoWaySyncExt: TwoWaySync {
    /// Tells whether this connector can write `field`.
    fn can_write(&self, field: DateField) -> bool {
        self.writable().contains(field)
    }

    /// Reads the dates of an asset that may have moved since `id` was noted, and gives
    /// the id that found it.
    ///
    /// Where its parents no longer have it, it is looked for by its own id alone.
    ///
    /// # Errors
    /// As [`read_dates`](TwoWaySync::read_dates).
    async fn find_dates(&self, id: &AssetId) -> Result<(AssetId, AssetDates)> {
        match self.read_dates(id).await {
            Err(error) if error.kind() == ErrorKind::NotFound && !id.parent_ids.is_empty() => {
                let alone = AssetId::from(id.vendor_id.as_str());
                let held = self.read_dates(&alone).await?;
                Ok((alone, held))
            }
            read => Ok((id.clone(), read?)),
        }
    }
}

impl<T: TwoWaySync + ?Sized> TwoWaySyncExt for T {}

macro_rules! forward {
    ($($pointer:ty $(where $given:ident)?),*) => {$(
        #[async_trait]
        impl$(<$given: TwoWaySync + ?Sized>)? TwoWaySync for $pointer {
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

// Not any `Box<T>`: one of somebody else's type could implement `DateAccess`.
forward!(std::sync::Arc<T> where T, Box<dyn TwoWaySync>);
