//! The spellings of days and moments.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveTime, TimeZone, Utc};

use super::date_named::{NamedMonth, named_month, starts_like_a_time};
use super::date_order::DateOrder;
use super::text::visible;

/// A day as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DayText {
    Day(NaiveDate),
    /// Year nought or one, the zero of several databases; not always a real day.
    Zero,
    Ambiguous,
    NoDate,
}

/// A moment as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MomentText {
    Moment {
        at: DateTime<Utc>,
        written: NaiveDate,
        zone_assumed: bool,
    },
    Zero,
    Ambiguous,
    NoDate,
}

/// The day that `text` names, whatever time and zone follow.
pub(super) fn day(text: &str, order: Option<DateOrder>) -> DayText {
    let text = visible(text);
    let (day, time) = split(&text, order);
    if time.is_empty() || starts_like_a_time(time) {
        day
    } else {
        DayText::NoDate
    }
}

/// The moment that `text` names; `zone` is for texts that carry none.
pub(super) fn moment(text: &str, zone: FixedOffset, order: Option<DateOrder>) -> MomentText {
    let text = visible(text);
    let (day, time) = split(&text, order);
    let written = match day {
        DayText::Day(written) => written,
        DayText::Zero => return MomentText::Zero,
        DayText::Ambiguous => return MomentText::Ambiguous,
        DayText::NoDate => return MomentText::NoDate,
    };
    let Some((time, own_zone)) = split_zone(time) else {
        return MomentText::NoDate;
    };
    let at = time_of_day(time).and_then(|time| {
        let local = written.and_time(time);
        own_zone
            .unwrap_or(zone)
            .from_local_datetime(&local)
            .single()
    });
    match at {
        Some(at) => MomentText::Moment {
            at: at.to_utc(),
            written,
            zone_assumed: own_zone.is_none(),
        },
        None => MomentText::NoDate,
    }
}

/// The day, and what follows it or its `T` or blank.
fn split(text: &str, order: Option<DateOrder>) -> (DayText, &str) {
    if !begins_with_numbers(text)
        && let Some(NamedMonth {
            numbers,
            month,
            time,
        }) = named_month(text)
    {
        return (day_of_named_month(numbers, month), time);
    }
    let is_end = |c: char| c == 'T' || c == 't' || c.is_whitespace();
    let (date, time) = text.split_once(is_end).unwrap_or((text, ""));
    (day_alone(date, order), time.trim())
}

/// Says if `text` begins as `2024-05-27` does: with three numbers, beside which no month is named.
fn begins_with_numbers(text: &str) -> bool {
    let is_digit = |byte: &u8| byte.is_ascii_digit();
    let is_separator = |byte: &u8| matches!(byte, b'-' | b'/' | b'.');
    text.as_bytes().get(..9).is_some_and(|bytes| {
        bytes[..4].iter().all(is_digit)
            && is_separator(&bytes[4])
            && bytes[5..7].iter().all(is_digit)
            && is_separator(&bytes[7])
            && is_digit(&bytes[8])
    })
}

/// One of the two numbers beside the month's name is the year, and has four digits.
fn day_of_named_month(numbers: [&str; 2], month: u32) -> DayText {
    match numbers {
        [year, day] | [day, year] if is_year(year) && is_number(day, 2) => {
            year_first(number(year), month, number(day))
        }
        // Two digits do not tell the century, nor which number is the year.
        [first, second] if is_number(first, 2) && is_number(second, 2) => DayText::Ambiguous,
        _ => DayText::NoDate,
    }
}

fn day_alone(date: &str, order: Option<DateOrder>) -> DayText {
    let Some(separator) = date.chars().find(|c| matches!(c, '-' | '/' | '.')) else {
        return DayText::NoDate;
    };
    let mut parts = date.split(separator);
    let (Some(first), Some(second), Some(third), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return DayText::NoDate;
    };
    if is_year(first) && is_number(second, 2) && is_number(third, 2) {
        return year_first(number(first), number(second), number(third));
    }
    if !is_number(first, 2) || !is_number(second, 2) {
        return DayText::NoDate;
    }
    if is_year(third) {
        return year_last(number(first), number(second), number(third), order);
    }
    // Two digits do not tell the century, nor which part is the year.
    if is_number(third, 2) {
        DayText::Ambiguous
    } else {
        DayText::NoDate
    }
}

fn year_first(year: u32, month: u32, day: u32) -> DayText {
    if year <= 1 || is_excels_zero(year, month, day) {
        return DayText::Zero;
    }
    ymd(year, month, day).map_or(DayText::NoDate, DayText::Day)
}

fn year_last(first: u32, second: u32, year: u32, order: Option<DateOrder>) -> DayText {
    if year <= 1 || is_excels_zero(year, first, second) {
        return DayText::Zero;
    }
    match (ymd(year, second, first), ymd(year, first, second)) {
        (None, None) => DayText::NoDate,
        (Some(day), None) | (None, Some(day)) => DayText::Day(day),
        (Some(day_first), Some(month_first)) if day_first == month_first => DayText::Day(day_first),
        (Some(day_first), Some(month_first)) => match order {
            Some(DateOrder::DayFirst) => DayText::Day(day_first),
            Some(DateOrder::MonthFirst) => DayText::Day(month_first),
            None => DayText::Ambiguous,
        },
    }
}

/// Excel shows its number 0 as the day before the first of 1900.
fn is_excels_zero(year: u32, first: u32, second: u32) -> bool {
    year == 1900 && first.min(second) == 0 && first.max(second) <= 1
}

fn ymd(year: u32, month: u32, day: u32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)
}

/// A time of day without its zone; an empty one is midnight.
fn time_of_day(text: &str) -> Option<NaiveTime> {
    if text.is_empty() {
        return Some(NaiveTime::MIN);
    }
    if let Some(time) = plain_time(text) {
        return Some(time);
    }
    [
        "%H:%M:%S%.f",
        "%H:%M",
        "%I:%M:%S%p",
        "%I:%M%p",
        "%I:%M:%S %p",
        "%I:%M %p",
    ]
    .iter()
    .find_map(|format| NaiveTime::parse_from_str(text, format).ok())
}

/// The time in `10:32:11` or `10:32:11.123`, as nearly every vendor writes it.
fn plain_time(text: &str) -> Option<NaiveTime> {
    let [h, hh, b':', m, mm, b':', s, ss, fraction @ ..] = text.as_bytes() else {
        return None;
    };
    let two = |tens: &u8, ones: &u8| {
        let are_digits = tens.is_ascii_digit() && ones.is_ascii_digit();
        are_digits.then(|| u32::from(tens - b'0') * 10 + u32::from(ones - b'0'))
    };
    let nanos = match fraction {
        [] => 0,
        [b'.', digits @ ..]
            if digits.iter().all(u8::is_ascii_digit) && (1..=9).contains(&digits.len()) =>
        {
            let value = digits
                .iter()
                .fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0'));
            value * 10_u32.pow(9 - u32::try_from(digits.len()).ok()?)
        }
        _ => return None,
    };
    NaiveTime::from_hms_nano_opt(two(h, hh)?, two(m, mm)?, two(s, ss)?, nanos)
}

/// The time and its zone, of which a remark in brackets may tell the name; `None` when the zone
/// cannot be read.
fn split_zone(text: &str) -> Option<(&str, Option<FixedOffset>)> {
    let text = text.split_once(" (").map_or(text, |(text, _)| text).trim();
    if let Some(time) = without_utc(text) {
        return Some((time, FixedOffset::east_opt(0)));
    }
    let Some(at) = text.rfind(['+', '-']) else {
        return Some((text, None));
    };
    let (time, offset) = text.split_at(at);
    let time = time.trim();
    Some((
        without_utc(time).unwrap_or(time),
        Some(parse_offset(offset)?),
    ))
}

/// The text before a name of UTC.
fn without_utc(text: &str) -> Option<&str> {
    let mut names = ["Z", "z", "UTC", "GMT"].iter();
    names
        .find_map(|name| text.strip_suffix(name))
        .map(str::trim)
}

/// `+02:00`, `+0200` or `+02`.
fn parse_offset(text: &str) -> Option<FixedOffset> {
    let is_west = text.starts_with('-');
    let digits = text.get(1..)?.replacen(':', "", 1);
    if !matches!(digits.len(), 2 | 4) || !is_number(&digits, 4) {
        return None;
    }
    let (hours, minutes) = digits.split_at(2);
    let (hours, minutes) = (hours.parse::<i32>().ok()?, minutes.parse().unwrap_or(0));
    if minutes > 59 {
        return None;
    }
    let seconds = (hours * 60 + minutes) * 60;
    FixedOffset::east_opt(if is_west { -seconds } else { seconds })
}

fn is_year(text: &str) -> bool {
    text.len() == 4 && is_number(text, 4)
}

fn is_number(text: &str, most: usize) -> bool {
    (1..=most).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}

/// The value of text that [`is_number`].
fn number(digits: &str) -> u32 {
    digits
        .bytes()
        .fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn on(year: i32, month: u32, day: u32) -> DayText {
        DayText::Day(NaiveDate::from_ymd_opt(year, month, day).unwrap())
    }

    #[test]
    fn days() {
        for text in [
            "2026-05-08",
            "2026-5-8",
            "2026/05/08",
            "2026-05-08T00:00:00Z",
            "2026-05-08T23:59:59.999-11:00",
            "2026-05-08t12:00:00",
            "2026-05-08 12:00",
            " 2026-05-08\r\n",
        ] {
            assert_eq!(day(text, None), on(2026, 5, 8), "{text}");
        }
    }

    #[test]
    fn days_that_can_be_read_in_two_ways() {
        use DateOrder::{DayFirst, MonthFirst};
        assert_eq!(day("2/1/2024", None), DayText::Ambiguous);
        assert_eq!(
            day("2/1/2024 12:00:00 AM", Some(MonthFirst)),
            on(2024, 2, 1)
        );
        assert_eq!(day("2/1/2024", Some(DayFirst)), on(2024, 1, 2));
        assert_eq!(day("02.01.2024", None), DayText::Ambiguous);
        assert_eq!(day("01/02/24", Some(DayFirst)), DayText::Ambiguous);
        for order in [None, Some(DayFirst), Some(MonthFirst)] {
            assert_eq!(day("13/1/2024", order), on(2024, 1, 13));
            assert_eq!(day("1/13/2024", order), on(2024, 1, 13));
            assert_eq!(day("5/5/2024", order), on(2024, 5, 5));
        }
    }

    #[test]
    fn days_with_a_month_name_can_be_read_one_way_only() {
        for text in [
            "03 MAR 2024",
            "3 March 2024",
            "03-Mar-2024",
            "3-MAR-2024",
            "03/Mar/2024",
            "3. March 2024",
            "03MAR2024",
            "March 3, 2024",
            "Mar 3 2024",
            "Mar. 3, 2024",
            "MAR-03-2024",
            "Mar 3rd 2024",
            "3rd of March 2024",
            "March 3rd, 2024",
            "2024-Mar-03",
            "2024 March 3",
            "2024/MAR/3",
            "2024 3 Mar",
            "Sunday, March 3, 2024",
            "Sun, 03 Mar 2024",
            "Sun Mar 3 2024",
            "03 Mar 2024 10:00",
            "03-MAR-2024 10:00:00",
            "2024-Mar-03T10:00:00Z",
            "Mar  3 2024 10:00AM",
            "March 3, 2024, 10:00 AM",
            "March 3, 2024 at 10:00 AM",
            "Sun, 03 Mar 2024 10:00:00 GMT",
            "Sun Mar  3 10:00:00 2024",
            "Sun Mar  3 10:00:00 UTC 2024",
            "Sun Mar 03 2024 10:00:00 GMT+0000 (Coordinated Universal Time)",
            "\u{feff}3 Mar 2024\u{200e}",
        ] {
            for order in [None, Some(DateOrder::DayFirst), Some(DateOrder::MonthFirst)] {
                assert_eq!(day(text, order), on(2024, 3, 3), "{text}");
            }
        }
        for (text, month) in [
            ("28-May-2026", 5),
            ("May 28, 2026", 5),
            ("Sept 28 2026", 9),
            ("28-Oct-2026", 10),
            ("28 august 2026", 8),
            ("28-DECEMBER-2026", 12),
        ] {
            assert_eq!(day(text, None), on(2026, month, 28), "{text}");
        }
    }

    #[test]
    fn text_with_a_month_name_that_is_no_day_or_several_is_not_read() {
        for text in ["03-MAR-24", "24 Mar 03", "Mar 3 24", "31-Mar-99"] {
            assert_eq!(
                day(text, Some(DateOrder::DayFirst)),
                DayText::Ambiguous,
                "{text}"
            );
        }
        for text in [
            "May 2026",
            "28 May",
            "May",
            "March 2024 and 2025",
            "Maybe 28 2026",
            "28 Mayor 2026",
            "Marc 3 2024",
            "30 Feb 2024",
            "0 Mar 2024",
            "32 Mar 2024",
            "3 Mar 20244",
            "123 Mar 2024",
            "3 Mar 2024 or later",
            "until 3 Mar 2024",
            "3 Mar 2024 Team plan",
            "3 Mar 2024 - 4 Mar 2025",
            "-3 Mar 2024",
            "3--Mar-2024",
            "3 Mar Apr 2024",
            "3 Mar 2024 10",
            "Mon 3 2024",
            "3rdx Mar 2024",
        ] {
            assert_eq!(day(text, None), DayText::NoDate, "{text}");
        }
        assert_eq!(day("1 Jan 0001", None), DayText::Zero);
    }

    #[test]
    fn no_days() {
        for text in [
            "",
            "Team plan",
            "2026-05-08 Team plan",
            "2026-05-08 or later",
            "2026-13-01",
            "2023-02-29",
            "30/2/2024",
            "13/13/2024",
            "20260508",
            "-2026-05-08",
            "+2026-05-08",
            "2026-05",
            "2026-05/08",
            "20266-05-08",
            "٢٠٢٦-05-08",
        ] {
            assert_eq!(day(text, None), DayText::NoDate, "{text}");
        }
        assert_eq!(day("0000-00-00", None), DayText::Zero);
        assert_eq!(day("1/1/0001 12:00:00 AM", None), DayText::Zero);
    }

    fn utc(text: &str) -> Option<(String, bool)> {
        let east = FixedOffset::east_opt(2 * 3600).unwrap();
        match moment(text, east, None) {
            MomentText::Moment {
                at, zone_assumed, ..
            } => Some((at.to_rfc3339(), zone_assumed)),
            _ => None,
        }
    }

    #[test]
    fn moments() {
        let told = |text: &str| Some((text.to_owned(), false));
        let assumed = |text: &str| Some((text.to_owned(), true));
        assert_eq!(
            utc("2022-11-29T15:54:16.270Z"),
            told("2022-11-29T15:54:16.270+00:00")
        );
        assert_eq!(
            utc("2022-11-29T15:54:16+01:30"),
            told("2022-11-29T14:24:16+00:00")
        );
        assert_eq!(
            utc("2022-11-29T15:54:16-0500"),
            told("2022-11-29T20:54:16+00:00")
        );
        assert_eq!(
            utc("2022-11-29 15:54 UTC"),
            told("2022-11-29T15:54:00+00:00")
        );
        assert_eq!(
            utc("2022-11-29T15:54:16.270"),
            assumed("2022-11-29T13:54:16.270+00:00")
        );
        assert_eq!(
            utc("2022-11-29 15:54:16"),
            assumed("2022-11-29T13:54:16+00:00")
        );
        assert_eq!(
            utc("2022-11-29T15:54"),
            assumed("2022-11-29T13:54:00+00:00")
        );
        assert_eq!(
            utc("11/29/2022 3:54:16 PM"),
            assumed("2022-11-29T13:54:16+00:00")
        );
        assert_eq!(utc("2022-11-29"), assumed("2022-11-28T22:00:00+00:00"));
        for text in [
            "Tue, 29 Nov 2022 15:54:16 GMT",
            "Tue Nov 29 15:54:16 UTC 2022",
            "Tue Nov 29 2022 17:54:16 GMT+0200 (Central European Time)",
            "29-Nov-2022 15:54:16 +00:00",
        ] {
            assert_eq!(utc(text), told("2022-11-29T15:54:16+00:00"), "{text}");
        }
        assert_eq!(
            utc("Nov 29 2022  3:54PM"),
            assumed("2022-11-29T13:54:00+00:00")
        );
        for text in [
            "",
            "now",
            "2022-11-29T25:00:00",
            "2022-11-29T15:54:16+99:00",
            "2022-11-29T15:54:16+01:75",
            "2022-11-29T15:54:16 CET",
        ] {
            assert_eq!(utc(text), None, "{text}");
        }
    }

    proptest! {
        /// What is read at once is read as by the formats.
        #[test]
        fn a_plain_time_is_what_the_formats_read(
            text in "[0-2][0-9]:[0-6][0-9]:[0-6][0-9](\\.[0-9]{0,10})?",
        ) {
            if let Some(time) = plain_time(&text) {
                let formatted = NaiveTime::parse_from_str(&text, "%H:%M:%S%.f");
                prop_assert_eq!(Some(time), formatted.ok());
            }
        }

        #[test]
        fn beside_three_numbers_no_month_is_named(
            start in "[0-9]{4}[-/.][0-9]{2}[-/.][0-9]",
            rest in "([0-9 ,Tt:.-]| Mar|May|of |st){0,6}",
        ) {
            let text = format!("{start}{rest}");
            prop_assert!(begins_with_numbers(&text));
            prop_assert_eq!(named_month(&text), None);
        }
    }
}
