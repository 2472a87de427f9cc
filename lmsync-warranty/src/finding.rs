//! Findings of a lookup for one asset.

use chrono::{DateTime, Utc};
use lmsync_core::two_way::{AssetRef, Claim, ClaimSource, Claims, DateField};

use crate::maker::Maker;
use crate::outcome::{Flag, Outcome};
use crate::query::QueryKey;
use crate::record::WarrantyRecord;

/// The finding of a lookup for one asset.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Finding {
    /// The asset.
    pub asset: AssetRef,
    /// The maker that answers for it, asked or not; `None` where none does.
    pub maker: Option<Maker>,
    /// The numbers by which the maker was asked; `None` where nobody was.
    pub key: Option<QueryKey>,
    /// The outcome.
    pub outcome: Outcome,
    /// The maker's record, with the lines that do not count.
    pub record: Option<WarrantyRecord>,
    /// The moment at which the maker was asked, maybe in an earlier run; `None` where there is no answer.
    pub looked_up_at: Option<DateTime<Utc>>,
}

impl Finding {
    /// Claims of the dates that may be written to the asset's account, of the source `lookup`; none
    /// where there is no date.
    ///
    /// A claim is as old as the answer it rests on.
    #[must_use]
    pub fn claims(&self) -> Claims {
        let (Some(dates), Some(observed_at)) = (self.outcome.dates(), self.looked_up_at) else {
            return Claims::new();
        };
        let days = [
            (DateField::PurchaseDate, dates.purchase),
            (DateField::WarrantyExpiry, dates.expiry),
        ];
        let days = days
            .into_iter()
            .filter_map(|(field, day)| Some((field, day?)));
        days.map(|(field, day)| Claim {
            field,
            day,
            source: ClaimSource::Lookup,
            observed_at,
        })
        .collect()
    }

    /// Remarks on the dates.
    #[must_use]
    pub fn flags(&self) -> &[Flag] {
        self.outcome.dates().map_or(&[], |dates| &dates.flags)
    }
}
