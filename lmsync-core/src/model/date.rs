//! Days and instants: what a vendor's date means, and whether it means anything.

use chrono::{DateTime, Datelike, FixedOffset, Months, NaiveDate, Offset, Utc};

use super::date_order::DateOrder;
use super::date_text::{self, DayText, MomentText};
use super::issue::IssueCode;
use super::text::trimmed;

/// A vendor's value for a day, with what the vendor means by it.
///
/// Plain text converts into a [`Calendar`](Self::Calendar) day. A vendor field
/// that holds a moment has to be called one, since only a moment may change its
/// day with the zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum VendorDay<'a> {
    /// Nothing.
    #[default]
    Absent,
    /// A day of the calendar: cut off at the time, and never moved by a zone.
    Calendar(&'a str),
    /// A moment: the day that it falls on in the reader's zone.
    Moment(VendorInstant<'a>),
}

/// A vendor's value for a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum VendorInstant<'a> {
    /// Nothing.
    #[default]
    Absent,
    /// Text, with or without a zone.
    Text(&'a str),
    /// Milliseconds since 1970.
    EpochMillis(i64),
    /// Seconds since 1970.
    EpochSeconds(i64),
}

impl<'a> From<&'a str> for VendorDay<'a> {
    fn from(text: &'a str) -> Self {
        Self::Calendar(text)
    }
}

impl<'a> From<Option<&'a str>> for VendorDay<'a> {
    fn from(text: Option<&'a str>) -> Self {
        text.map_or(Self::Absent, Self::Calendar)
    }
}

impl<'a> From<VendorInstant<'a>> for VendorDay<'a> {
    fn from(moment: VendorInstant<'a>) -> Self {
        Self::Moment(moment)
    }
}

impl<'a> From<&'a str> for VendorInstant<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text)
    }
}

impl<'a> From<Option<&'a str>> for VendorInstant<'a> {
    fn from(text: Option<&'a str>) -> Self {
        text.map_or(Self::Absent, Self::Text)
    }
}

impl VendorDay<'_> {
    /// The value as an issue shows it.
    pub(crate) fn shown(self) -> String {
        match self {
            Self::Absent => String::new(),
            Self::Calendar(text) => text.to_owned(),
            Self::Moment(moment) => moment.shown(),
        }
    }
}

impl VendorInstant<'_> {
    /// The value as an issue shows it.
    pub(crate) fn shown(self) -> String {
        match self {
            Self::Absent => String::new(),
            Self::Text(text) => text.to_owned(),
            Self::EpochMillis(number) | Self::EpochSeconds(number) => number.to_string(),
        }
    }
}

/// What was read, and what was odd about it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Reading<T> {
    /// The value; `None` when there is nothing usable.
    pub value: Option<T>,
    /// What was odd; a kept value can be odd too.
    pub issues: Vec<IssueCode>,
}

impl<T> Reading<T> {
    fn nothing() -> Self {
        Self {
            value: None,
            issues: Vec::new(),
        }
    }

    fn dropped(issue: IssueCode) -> Self {
        Self {
            value: None,
            issues: vec![issue],
        }
    }
}

/// Reads days and moments by one set of assumptions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DateReader {
    zone: FixedOffset,
    order: Option<DateOrder>,
    today: NaiveDate,
}

impl DateReader {
    /// A reader that takes zone-less times for UTC and leaves `2/1/2024` unread.
    #[must_use]
    pub fn new(now: DateTime<Utc>) -> Self {
        Self {
            zone: Utc.fix(),
            order: None,
            today: now.date_naive(),
        }
    }

    /// Takes zone-less times for times in `zone`, and gives the days of moments there.
    #[must_use]
    pub fn with_zone(self, zone: FixedOffset) -> Self {
        Self { zone, ..self }
    }

    /// Reads `2/1/2024` in `order`; not at all when `None`.
    #[must_use]
    pub fn with_order(self, order: Option<DateOrder>) -> Self {
        Self { order, ..self }
    }

    /// The day, which may be odd: a day outside 1990 to twenty years from now is kept with an issue.
    #[must_use]
    pub fn day<'a>(&self, day: impl Into<VendorDay<'a>>) -> Reading<NaiveDate> {
        match day.into() {
            VendorDay::Absent => Reading::nothing(),
            VendorDay::Calendar(text) => self.calendar_day(text),
            VendorDay::Moment(moment) => self.day_of_moment(moment),
        }
    }

    /// The instant, with [`ZoneAssumed`](IssueCode::ZoneAssumed) where the text names no zone.
    #[must_use]
    pub fn instant<'a>(&self, moment: impl Into<VendorInstant<'a>>) -> Reading<DateTime<Utc>> {
        match moment.into() {
            VendorInstant::Absent => Reading::nothing(),
            VendorInstant::Text(text) => self.instant_of_text(text),
            VendorInstant::EpochMillis(number) => {
                self.instant_of_epoch(DateTime::from_timestamp_millis(number))
            }
            VendorInstant::EpochSeconds(number) => {
                self.instant_of_epoch(DateTime::from_timestamp(number, 0))
            }
        }
    }

    fn calendar_day(&self, text: &str) -> Reading<NaiveDate> {
        let Some(text) = trimmed(text) else {
            return Reading::nothing();
        };
        match date_text::day(text, self.order) {
            DayText::Day(day) => self.judge(day, day),
            DayText::Zero => Reading::dropped(IssueCode::SentinelDate),
            DayText::Ambiguous => Reading::dropped(IssueCode::AmbiguousDate),
            DayText::NoDate => Reading::dropped(IssueCode::ImplausibleDate),
        }
    }

    fn day_of_moment(&self, moment: VendorInstant<'_>) -> Reading<NaiveDate> {
        let Reading { value, issues } = self.instant(moment);
        let day = value.map(|at| at.with_timezone(&self.zone).date_naive());
        match day.filter(|day| has_four_digit_year(*day)) {
            Some(day) => Reading {
                value: Some(day),
                issues,
            },
            None if value.is_some() => Reading::dropped(IssueCode::ImplausibleDate),
            None => Reading {
                value: None,
                issues,
            },
        }
    }

    fn instant_of_text(&self, text: &str) -> Reading<DateTime<Utc>> {
        let Some(text) = trimmed(text) else {
            return Reading::nothing();
        };
        match date_text::moment(text, self.zone, self.order) {
            MomentText::Moment {
                at,
                written,
                zone_assumed,
            } => self.judge_text(at, written, zone_assumed),
            MomentText::Zero => Reading::dropped(IssueCode::SentinelDate),
            MomentText::Ambiguous => Reading::dropped(IssueCode::AmbiguousDate),
            MomentText::NoDate => Reading::dropped(IssueCode::ImplausibleDate),
        }
    }

    /// A sentinel counts both as written and in UTC, since a zone moves it to the day before.
    fn judge_text(
        &self,
        at: DateTime<Utc>,
        written: NaiveDate,
        zone_assumed: bool,
    ) -> Reading<DateTime<Utc>> {
        if is_sentinel(written) {
            return Reading::dropped(IssueCode::SentinelDate);
        }
        let mut reading = self.judge(at, at.date_naive());
        if zone_assumed && reading.value.is_some() {
            reading.issues.push(IssueCode::ZoneAssumed);
        }
        reading
    }

    fn instant_of_epoch(&self, at: Option<DateTime<Utc>>) -> Reading<DateTime<Utc>> {
        match at {
            Some(at) => self.judge(at, at.date_naive()),
            None => Reading::dropped(IssueCode::ImplausibleDate),
        }
    }

    /// `value` if its `day` is no sentinel, with an issue if it is an unlikely one.
    fn judge<T>(&self, value: T, day: NaiveDate) -> Reading<T> {
        if is_sentinel(day) {
            return Reading::dropped(IssueCode::SentinelDate);
        }
        if !has_four_digit_year(day) {
            return Reading::dropped(IssueCode::ImplausibleDate);
        }
        let issues = if self.is_plausible(day) {
            Vec::new()
        } else {
            vec![IssueCode::ImplausibleDate]
        };
        Reading {
            value: Some(value),
            issues,
        }
    }

    pub(crate) fn is_plausible(&self, day: NaiveDate) -> bool {
        let in_twenty_years = self.today.checked_add_months(Months::new(20 * 12));
        day.year() >= 1990 && in_twenty_years.is_none_or(|last| day <= last)
    }
}

/// Days that software writes for "none" or "never", as year, month and day.
///
/// Those of databases and systems: the first that SQL Server, Windows, Unix, Excel, .NET know, the last
/// that SQL Server, Outlook and most databases do.
/// Documented: <https://learn.microsoft.com/sql/t-sql/data-types/datetime-transact-sql> (1753),
/// <https://learn.microsoft.com/sql/t-sql/data-types/smalldatetime-transact-sql> (1900, 2079),
/// <https://learn.microsoft.com/windows/win32/api/minwinbase/ns-minwinbase-filetime> (1601),
/// <https://learn.microsoft.com/office/vba/api/outlook.appointmentitem> (4501);
/// Seen: 1900 at Halo; Assumed: 2999 and 3000, by which business software means "for ever".
const SENTINELS: &[(i32, u32, u32)] = &[
    (1601, 1, 1),
    (1753, 1, 1),
    (1900, 1, 1),
    (1970, 1, 1),
    (2079, 6, 6),
    (2999, 12, 31),
    (3000, 1, 1),
    (4501, 1, 1),
];

/// Tells whether software writes `day` for "none": one of the [`SENTINELS`] or the day before, to which
/// a zone moves it; a day of the first year, of 1899 or of the last year that has four digits.
fn is_sentinel(day: NaiveDate) -> bool {
    day.year() <= 1
        || matches!(day.year(), 1899 | 9999 | 10_000)
        || SENTINELS.iter().any(|(year, month, of_month)| {
            // Most days are known to be none by their year.
            year.abs_diff(day.year()) <= 1
                && NaiveDate::from_ymd_opt(*year, *month, *of_month)
                    .is_some_and(|sentinel| sentinel == day || sentinel.pred_opt() == Some(day))
        })
}

/// A longer year has no place in the text form of a date.
fn has_four_digit_year(day: NaiveDate) -> bool {
    (0..=9999).contains(&day.year())
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;
    use proptest::prelude::*;

    use super::*;

    const HOUR: i32 = 3600;

    fn reader() -> DateReader {
        DateReader::new(Utc.with_ymd_and_hms(2026, 3, 31, 12, 0, 0).unwrap())
    }

    fn in_zone(hours: i32) -> DateReader {
        reader().with_zone(FixedOffset::east_opt(hours * HOUR).unwrap())
    }

    fn read(text: &str) -> (Option<String>, Vec<IssueCode>) {
        let Reading { value, issues } = reader().day(text);
        (value.map(|day| day.to_string()), issues)
    }

    #[test]
    fn sentinels_are_none() {
        for text in [
            "1899-12-30",
            "1899-01-01T00:00:00",
            "1900-01-01",
            "1900-01-01T00:00:00.000",
            "0001-01-01T00:00:00",
            "0000-00-00",
            "1970-01-01T00:00:00Z",
            "1/1/1900",
            "1753-01-01",
            "1753-01-01T00:00:00",
            "1752-12-31T19:00:00-05:00",
            "1601-01-01T00:00:00Z",
            "1600-12-31",
            "1969-12-31",
            "1/0/1900",
            "1900-01-00",
            "4501-01-01",
            "1 Jan 4501",
            "4500-12-31",
            "9999-12-31",
            "9999-12-31T23:59:59.9999999",
            "9999-12-31T23:59:59Z",
            "9999-12-30",
            "Dec 30, 9999",
            "12/31/9999",
            "2079-06-06",
            "2079-06-05",
            "2999-12-31",
            "3000-01-01T00:00:00Z",
        ] {
            assert_eq!(read(text), (None, vec![IssueCode::SentinelDate]), "{text}");
            let reading = in_zone(-5).instant(text);
            assert_eq!(reading, Reading::dropped(IssueCode::SentinelDate), "{text}");
        }
        for moment in [
            VendorInstant::EpochMillis(0),
            VendorInstant::EpochSeconds(0),
            VendorInstant::EpochMillis(-62_135_596_800_000),
            VendorInstant::Text("1969-12-31T19:00:00-05:00"),
            VendorInstant::Text("0001-01-01T00:00:00+05:00"),
            VendorInstant::Text("9999-12-31T23:00:00-05:00"),
            VendorInstant::EpochMillis(-1),
            VendorInstant::EpochMillis(253_402_300_799_999),
            VendorInstant::EpochMillis(253_402_300_800_000),
            VendorInstant::EpochSeconds(-11_644_473_600),
        ] {
            assert_eq!(
                in_zone(-5).day(moment),
                Reading::dropped(IssueCode::SentinelDate)
            );
        }
    }

    #[test]
    fn unlikely_days_are_kept_and_flagged() {
        let flagged = |day: &str| (Some(day.to_owned()), vec![IssueCode::ImplausibleDate]);
        let plain = |day: &str| (Some(day.to_owned()), Vec::new());
        assert_eq!(read("1989-12-31"), flagged("1989-12-31"));
        assert_eq!(read("1990-01-01"), plain("1990-01-01"));
        assert_eq!(read("2046-03-31"), plain("2046-03-31"));
        assert_eq!(read("2046-04-01"), flagged("2046-04-01"));
        assert_eq!(read("1999-12-31"), plain("1999-12-31"));
        assert_eq!(read("2038-01-19"), plain("2038-01-19"));
        for day in [
            "2099-12-31",
            "2079-06-07",
            "9998-12-31",
            "1753-01-02",
            "1980-01-01",
        ] {
            assert_eq!(read(day), flagged(day));
        }
        assert_eq!(read("1970-01-02"), flagged("1970-01-02"));
    }

    #[test]
    fn text_that_is_no_day_is_flagged_and_blank_is_not() {
        assert_eq!(read("Team plan"), (None, vec![IssueCode::ImplausibleDate]));
        assert_eq!(read("2/1/2024"), (None, vec![IssueCode::AmbiguousDate]));
        assert_eq!(read("03-MAR-24"), (None, vec![IssueCode::AmbiguousDate]));
        for text in ["", " ", "null", "\r\n"] {
            assert_eq!(read(text), (None, Vec::new()));
        }
        assert_eq!(reader().day(None), Reading::nothing());
        assert_eq!(reader().instant(None), Reading::nothing());
    }

    #[test]
    fn a_moment_has_another_day_elsewhere() {
        let day = |hours, moment: VendorInstant<'_>| in_zone(hours).day(moment).value.unwrap();
        // Dell's last second of 24 March in Chicago.
        let end = VendorInstant::Text("2019-03-25T04:59:59.999Z");
        assert_eq!(day(0, end).to_string(), "2019-03-25");
        assert_eq!(day(-5, end).to_string(), "2019-03-24");
        let midnight = VendorInstant::EpochMillis(1_553_472_000_000);
        assert_eq!(day(0, midnight).to_string(), "2019-03-25");
        assert_eq!(day(-1, midnight).to_string(), "2019-03-24");
        let seconds = VendorInstant::EpochSeconds(1_553_472_000);
        assert_eq!(day(0, seconds), day(0, midnight));
        let calendar = in_zone(-5).day("2019-03-25T04:59:59.999Z").value.unwrap();
        assert_eq!(calendar.to_string(), "2019-03-25");
    }

    #[test]
    fn an_assumed_zone_is_told() {
        let reading = in_zone(2).instant("2022-11-29T15:54:16.270");
        assert_eq!(reading.issues, [IssueCode::ZoneAssumed]);
        assert_eq!(
            reading.value.unwrap().to_rfc3339(),
            "2022-11-29T13:54:16.270+00:00"
        );
        assert!(in_zone(2).instant("2022-11-29T15:54:16Z").issues.is_empty());
    }

    #[test]
    fn years_beyond_the_text_form_are_none() {
        for moment in [
            VendorInstant::EpochMillis(i64::MAX),
            VendorInstant::EpochSeconds(8_210_266_876_799),
        ] {
            assert_eq!(
                in_zone(5).day(moment),
                Reading::dropped(IssueCode::ImplausibleDate)
            );
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "\\PC*", hours in -14..=14) {
            let _ = in_zone(hours).day(text.as_str());
            let _ = in_zone(hours).day(VendorInstant::Text(&text));
        }

        #[test]
        fn almost_dates_are_read(text in "[0-9]{0,5}[-/.T ][0-9]{0,3}[-/.][0-9]{0,5}[T ]?[0-9:.+Z-]{0,14}") {
            let _ = in_zone(-5).day(text.as_str());
            let _ = in_zone(-5).day(VendorInstant::Text(&text));
        }

        #[test]
        fn almost_dates_with_a_month_name_are_read(
            text in "[A-Za-z]{0,4}[, ]?[0-9]{0,5}(st|th)?[-/., T]{0,2}(May|MAR|sept|é)[-/., ]{0,2}[0-9]{0,5}[T ,]?[0-9:.+Z() -]{0,14}",
        ) {
            let _ = in_zone(-5).day(text.as_str());
            let _ = in_zone(-5).day(VendorInstant::Text(&text));
        }

        #[test]
        fn any_number_is_read(number: i64, hours in -14..=14) {
            for moment in [VendorInstant::EpochMillis(number), VendorInstant::EpochSeconds(number)] {
                let _ = in_zone(hours).day(moment);
            }
        }

        #[test]
        fn a_kept_day_is_never_shifted(
            number in 1..=365_i32,
            year in 1971..=2200_i32,
            time in "(T|t| )[0-2][0-3]:[0-5][0-9](:[0-5][0-9](\\.[0-9]{1,7})?)?(Z|[+-](0[0-9]|1[0-4]):[0-5][0-9])?|",
            hours in -14..=14,
        ) {
            let day = NaiveDate::from_yo_opt(year, u32::try_from(number).unwrap()).unwrap();
            prop_assume!(!is_sentinel(day));
            let text = format!("{day}{time}");
            prop_assert_eq!(in_zone(hours).day(text.as_str()).value, Some(day));
        }
    }
}
