//! Writing purchase and warranty dates back to a vendor.

use std::fmt::{self, Debug};

use async_trait::async_trait;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::connector::Connector;
use crate::error::Result;
use crate::model::AssetId;

/// A connector that can write dates back: the three steps that differ by vendor.
///
/// What is the same for all (which dates may be written, in which order, how
/// often) is not the connector's business.
#[async_trait]
pub trait TwoWaySync: Connector {
    /// The fields that this connector can write.
    fn writable(&self) -> DateFields;

    /// The dates that the vendor holds now.
    ///
    /// # Errors
    /// `not_found` when the vendor does not know the asset, and what any request can end in.
    async fn read_dates(&self, id: &AssetId) -> Result<AssetDates>;

    /// Writes `change`, reads it back and says what became of it.
    ///
    /// # Errors
    /// When nothing was written for certain; an unknown outcome is [`WriteOutcome::Unknown`].
    async fn write_dates(&self, change: &DateChange) -> Result<WriteOutcome>;
}

/// A date of an asset that two-way sync knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum DateField {
    /// The day of purchase.
    PurchaseDate,
    /// The last day of the warranty.
    WarrantyExpiry,
}

impl DateField {
    /// Every field.
    pub const ALL: [Self; 2] = [Self::PurchaseDate, Self::WarrantyExpiry];

    /// The stable name, as configuration and journals write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PurchaseDate => "purchase_date",
            Self::WarrantyExpiry => "warranty_expiry",
        }
    }
}

impl fmt::Display for DateField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A set of [`DateField`]s.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct DateFields {
    purchase_date: bool,
    warranty_expiry: bool,
}

impl DateFields {
    /// No field.
    pub const NONE: Self = Self {
        purchase_date: false,
        warranty_expiry: false,
    };

    /// Every field.
    pub const ALL: Self = Self {
        purchase_date: true,
        warranty_expiry: true,
    };

    /// Also `field`.
    #[must_use]
    pub const fn with(mut self, field: DateField) -> Self {
        match field {
            DateField::PurchaseDate => self.purchase_date = true,
            DateField::WarrantyExpiry => self.warranty_expiry = true,
        }
        self
    }

    /// Whether `field` is in the set.
    #[must_use]
    pub const fn contains(self, field: DateField) -> bool {
        match field {
            DateField::PurchaseDate => self.purchase_date,
            DateField::WarrantyExpiry => self.warranty_expiry,
        }
    }

    /// Whether no field is in the set.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        !self.purchase_date && !self.warranty_expiry
    }
}

/// The dates that a vendor holds for an asset.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct AssetDates {
    /// The day of purchase.
    pub purchase_date: Option<NaiveDate>,
    /// The last day of the warranty.
    pub warranty_expiry: Option<NaiveDate>,
}

impl AssetDates {
    /// The date in `field`.
    #[must_use]
    pub const fn get(&self, field: DateField) -> Option<NaiveDate> {
        match field {
            DateField::PurchaseDate => self.purchase_date,
            DateField::WarrantyExpiry => self.warranty_expiry,
        }
    }
}

/// New dates for one asset, bound to it so that they cannot reach another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DateChange {
    /// The asset.
    pub asset: AssetId,
    /// The dates to write; `None` leaves a date as it is.
    pub dates: AssetDates,
}

/// What became of a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum WriteOutcome {
    /// The vendor now holds what was written.
    Written,
    /// The vendor already held it; nothing was sent.
    Unchanged,
    /// The vendor accepted it and holds what it held before.
    #[serde(rename = "ignored_by_vendor")]
    Ignored,
    /// The vendor accepted it and holds something else, such as the day before.
    #[serde(rename = "altered_by_vendor")]
    Altered,
    /// The vendor refused it.
    Refused,
    /// It is not known whether the vendor took it.
    Unknown,
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

            async fn read_dates(&self, id: &AssetId) -> Result<AssetDates> {
                (**self).read_dates(id).await
            }

            async fn write_dates(&self, change: &DateChange) -> Result<WriteOutcome> {
                (**self).write_dates(change).await
            }
        }
    )*};
}

forward!(std::sync::Arc<T>, Box<T>);
