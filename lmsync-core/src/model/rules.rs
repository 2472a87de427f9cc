//! The assumptions a user can change.

use chrono::{DateTime, FixedOffset, Offset, Utc};
use serde::{Deserialize, Deserializer, de};

use super::date::DateReader;
use super::date_order::DateOrder;
use super::serial::SerialPlaceholders;

/// The assumptions by which vendors' values are read.
///
/// In a configuration, all keys optional:
///
/// ```
/// # use lmsync_core::model::{DateOrder, Rules};
/// let rules: Rules = serde_json::from_str(
///     r#"{ "date_order": "day_first", "zone": "+02:00", "placeholder_serials": ["LOANER"] }"#,
/// )?;
/// assert_eq!(rules.date_order, Some(DateOrder::DayFirst));
/// assert!(rules.serials.contains("loaner"));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "RulesConfig")]
#[non_exhaustive]
pub struct Rules {
    /// The texts that count as "no serial number".
    pub serials: SerialPlaceholders,
    /// The zone of times that name none, and of the days of moments.
    pub zone: FixedOffset,
    /// The order of day and month in `2/1/2024`; it is not read when `None`.
    pub date_order: Option<DateOrder>,
}

/// The keys of a configuration.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct RulesConfig {
    /// The order of day and month in `2/1/2024`; it is not read when absent.
    date_order: Option<DateOrder>,
    /// Texts that count as "no serial number" besides those shipped.
    placeholder_serials: Vec<String>,
    /// The zone of times that name none, as a distance from UTC such as `+02:00`.
    #[serde(deserialize_with = "zone")]
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    zone: Option<FixedOffset>,
}

/// Reads a distance from UTC such as `+02:00`.
fn zone<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<FixedOffset>, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.parse().map(Some).map_err(|_| {
        let found = de::Unexpected::Str(&text);
        de::Error::invalid_value(found, &"a distance from UTC such as `+02:00`")
    })
}

impl From<RulesConfig> for Rules {
    fn from(config: RulesConfig) -> Self {
        let shipped = SerialPlaceholders::shipped();
        Self {
            serials: config
                .placeholder_serials
                .iter()
                .fold(shipped, |all, own| all.and(own)),
            zone: config.zone.unwrap_or_else(|| Utc.fix()),
            date_order: config.date_order,
        }
    }
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
