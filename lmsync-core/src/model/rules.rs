//! The assumptions a user can change.

use chrono::{DateTime, FixedOffset, Offset, Utc};

use super::date::{DateOrder, DateReader};
use super::serial::SerialPlaceholders;

/// The assumptions by which vendors' values are read.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rules {
    /// The texts that count as "no serial number".
    pub serials: SerialPlaceholders,
    /// The zone of times that name none, and of the days of moments.
    pub zone: FixedOffset,
    /// How to read `2/1/2024`; not at all when `None`.
    pub date_order: Option<DateOrder>,
}

impl Default for Rules {
    /// The shipped placeholders, UTC, and no order of day and month.
    fn default() -> Self {
        Self {
            serials: SerialPlaceholders::shipped(),
            zone: Utc.fix(),
            date_order: None,
        }
    }
}

impl Rules {
    /// Replaces the texts that count as "no serial number".
    #[must_use]
    pub fn with_serials(self, serials: SerialPlaceholders) -> Self {
        Self { serials, ..self }
    }

    /// Replaces the zone.
    #[must_use]
    pub fn with_zone(self, zone: FixedOffset) -> Self {
        Self { zone, ..self }
    }

    /// Sets how to read `2/1/2024`.
    #[must_use]
    pub fn with_date_order(self, order: DateOrder) -> Self {
        Self {
            date_order: Some(order),
            ..self
        }
    }

    /// A reader of dates by these rules.
    #[must_use]
    pub fn dates(&self, now: DateTime<Utc>) -> DateReader {
        DateReader::new(now)
            .with_zone(self.zone)
            .with_order(self.date_order)
    }
}
