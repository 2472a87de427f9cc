//! The order of day and month in a date.

/// The order of day and month in `2/1/2024`; in a configuration `day_first` or `month_first`.
///
/// Complete: there is no third.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DateOrder {
    /// The 2nd of January.
    DayFirst,
    /// The 1st of February.
    MonthFirst,
}

crate::words!(DateOrder {
    DayFirst => "day_first",
    MonthFirst => "month_first",
});
