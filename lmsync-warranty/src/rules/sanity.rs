//! Lines and days that cannot be right.

use chrono::{Datelike, Days, NaiveDate};

use super::hardware::is_hardware;
use crate::line::{LineKind, WarrantyLine};
use crate::maker::Maker;

/// The first year of a date that is one of a machine in use. Assumed.
const FIRST_YEAR: i32 = 1990;
/// The longest time by which a machine's shipment or first warranty day may lie ahead. Assumed.
const AHEAD: Days = Days::new(60);
/// Words of a state in which a line covers nothing.
const ENDED: [&str; 5] = ["cancelled", "canceled", "expired", "inactive", "terminated"];

/// The reason why a line does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum LeftOut {
    /// It is no hardware cover.
    NotHardware,
    /// The maker says that it was cancelled or is a thing of the past.
    Cancelled,
    /// It has no end that can be read.
    NoEnd,
    /// It ends on the day on which it starts.
    NoLength,
    /// It ends before it starts.
    EndBeforeStart,
    /// It is of before 1990, or the warranty that came with the machine begins more than 60 days ahead.
    Implausible,
}

lmsync_core::words!(LeftOut {
    NotHardware => "not_hardware",
    Cancelled => "cancelled",
    NoEnd => "no_end",
    NoLength => "no_length",
    EndBeforeStart => "end_before_start",
    Implausible => "implausible",
});

/// The reason why `line` of `maker` does not count on the day `today`; `None` where it does.
#[must_use]
pub fn left_out(maker: &Maker, line: &WarrantyLine, today: NaiveDate) -> Option<LeftOut> {
    if !is_hardware(maker, line) {
        return Some(LeftOut::NotHardware);
    }
    let status = line.status.as_deref().unwrap_or_default();
    if ENDED
        .iter()
        .any(|word| status.trim().eq_ignore_ascii_case(word))
    {
        return Some(LeftOut::Cancelled);
    }
    let Some(end) = line.end else {
        return Some(LeftOut::NoEnd);
    };
    match line.start {
        Some(start) if end < start => return Some(LeftOut::EndBeforeStart),
        Some(start) if end == start => return Some(LeftOut::NoLength),
        _ => {}
    }
    let is_old = [line.start, Some(end)].into_iter().flatten().any(is_old);
    let is_ahead =
        line.kind == LineKind::Base && line.start.is_some_and(|day| is_ahead(day, today));
    (is_old || is_ahead).then_some(LeftOut::Implausible)
}

/// `day`, if a machine may have been bought or sent out on it.
pub(super) fn plausible_shipment(day: Option<NaiveDate>, today: NaiveDate) -> Option<NaiveDate> {
    day.filter(|day| !is_old(*day) && !is_ahead(*day, today))
}

fn is_old(day: NaiveDate) -> bool {
    day.year() < FIRST_YEAR
}

fn is_ahead(day: NaiveDate, today: NaiveDate) -> bool {
    today
        .checked_add_days(AHEAD)
        .is_some_and(|latest| day > latest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn lines_that_cannot_be_right_say_why() {
        let today = date("2026-11-29");
        let judged = |kind, start: Option<&str>, end: Option<&str>| {
            let line = WarrantyLine::new(kind).days(start.map(date), end.map(date));
            left_out(&Maker::DELL, &line, today)
        };
        let base = |start, end| judged(LineKind::Base, Some(start), Some(end));
        assert_eq!(base("2024-01-01", "2027-01-01"), None);
        assert_eq!(base("2027-01-28", "2030-01-01"), None);
        assert_eq!(base("2027-01-29", "2030-01-01"), Some(LeftOut::Implausible));
        assert_eq!(base("1989-12-31", "2027-01-01"), Some(LeftOut::Implausible));
        assert_eq!(
            base("2024-01-02", "2024-01-01"),
            Some(LeftOut::EndBeforeStart)
        );
        assert_eq!(base("2024-01-01", "2024-01-01"), Some(LeftOut::NoLength));
        assert_eq!(
            judged(LineKind::Base, Some("2024-01-01"), None),
            Some(LeftOut::NoEnd)
        );
        assert_eq!(
            judged(LineKind::Base, None, Some("1989-01-01")),
            Some(LeftOut::Implausible)
        );
        // A renewal that waits for its turn.
        let renewal = judged(LineKind::Extension, Some("2028-01-01"), Some("2030-01-01"));
        assert_eq!(renewal, None);
    }

    #[test]
    fn a_contract_that_is_history_does_not_count() {
        for status in ["CANCELLED", "Expired", " canceled "] {
            let line = WarrantyLine::new(LineKind::Contract)
                .status(Some(status.to_owned()))
                .days(None, Some(date("2030-01-01")));
            let judged = left_out(&Maker::LENOVO, &line, date("2026-11-29"));
            assert_eq!(judged, Some(LeftOut::Cancelled), "{status}");
        }
    }
}
