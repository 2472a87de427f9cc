//! The order of day and month in a date.

use serde::Deserialize;

/// The order of day and month in `2/1/2024`; in a configuration `day_first` or `month_first`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateOrder {
    /// The 2nd of January.
    DayFirst,
    /// The 1st of February.
    MonthFirst,
}
