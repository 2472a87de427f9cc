//! Days as makers write them.

use chrono::{Days, NaiveDate};

/// The clock minutes of UTC at which the last minute of a day runs out in Chicago, in summer and winter.
const LAST_MINUTE: [&str; 2] = ["04:59", "05:59"];

/// The day that `text` begins with, as `2027-05-31`; a time of day behind it does not shift it.
///
/// ```
/// use lmsync_warranty::rules::day;
///
/// let last = chrono::NaiveDate::from_ymd_opt(2027, 5, 31);
/// assert_eq!(day("2027-05-31"), last);
/// assert_eq!(day(" 2027-05-31T00:00:00Z "), last);
/// assert_eq!(day("05/31/2027"), None);
/// ```
#[must_use]
pub fn day(text: &str) -> Option<NaiveDate> {
    let (date, time) = split(text)?;
    time_follows(time).then_some(date)
}

/// The day that the end `text` of Dell's means: the day before, where its clock minute is the last of a
/// day in Chicago.
///
/// Dell writes midnights of US Central time as UTC, so that a cover to the end of 6 July ends in
/// the early morning of 7 July; the date as it stands would be a day late. The fraction varies, and
/// `Z` may be missing. Other stamps are taken as written.
///
/// Seen: <https://github.com/KelvinTegelaar/PSWarranty/issues/30> and
/// <https://github.com/KelvinTegelaar/PSWarranty/issues/86>. Assumed: the zone.
///
/// ```
/// use lmsync_warranty::rules::day_before_midnight_in_chicago as end;
///
/// assert_eq!(end("2024-07-07T04:59:59.999Z"), chrono::NaiveDate::from_ymd_opt(2024, 7, 6));
/// assert_eq!(end("2024-02-25T05:59:59.14"), chrono::NaiveDate::from_ymd_opt(2024, 2, 24));
/// assert_eq!(end("2024-07-07T00:00:00Z"), chrono::NaiveDate::from_ymd_opt(2024, 7, 7));
/// ```
#[must_use]
pub fn day_before_midnight_in_chicago(text: &str) -> Option<NaiveDate> {
    let (date, time) = split(text)?;
    if !time_follows(time) {
        return None;
    }
    let minute = time.get(1..6).unwrap_or_default();
    match LAST_MINUTE.contains(&minute) {
        true => date.checked_sub_days(Days::new(1)),
        false => Some(date),
    }
}

/// The day of the first ten characters, and what follows them.
fn split(text: &str) -> Option<(NaiveDate, &str)> {
    let text = text.trim();
    let (date, time) = text.split_at_checked(10)?;
    let date = NaiveDate::parse_from_str(date, "%Y-%m-%d").ok()?;
    Some((date, time))
}

fn time_follows(rest: &str) -> bool {
    rest.is_empty() || rest.starts_with(['T', 't', ' '])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn date(year: i32, month: u32, day: u32) -> Option<NaiveDate> {
        NaiveDate::from_ymd_opt(year, month, day)
    }

    #[test]
    fn an_end_of_dells_is_the_day_in_chicago_in_both_seasons() {
        for (text, meant) in [
            ("2026-09-28T04:59:59.000001Z", date(2026, 9, 27)),
            ("2024-02-25T05:59:59.999Z", date(2024, 2, 24)),
            ("2024-02-25T05:59:59.14Z", date(2024, 2, 24)),
            ("2024-03-01T05:59:59Z", date(2024, 2, 29)),
            ("2025-01-01T05:59:59.1234567", date(2024, 12, 31)),
            ("2024-07-07T04:59:00Z", date(2024, 7, 6)),
            ("2024-07-07T23:59:59-05:00", date(2024, 7, 7)),
            ("2024-07-07T05:00:00Z", date(2024, 7, 7)),
            ("2024-07-07T14:59:59Z", date(2024, 7, 7)),
            ("2024-07-07", date(2024, 7, 7)),
        ] {
            assert_eq!(day_before_midnight_in_chicago(text), meant, "{text}");
        }
    }

    #[test]
    fn what_is_no_day_is_none() {
        for text in [
            "",
            "null",
            "2024",
            "2024-13-01",
            "2024-02-30T00:00:00",
            "07/07/2024",
            "2024-07-071",
            "20240707",
            "2024-07-0é",
            "/Date(1720000000000)/",
        ] {
            assert_eq!(day(text), None, "{text}");
            assert_eq!(day_before_midnight_in_chicago(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "\\PC*") {
            let _ = (day(&text), day_before_midnight_in_chicago(&text));
        }

        #[test]
        fn the_end_of_a_day_in_chicago_is_that_day(
            offset in 0_u64..20_000,
            winter in any::<bool>(),
            seconds in 0_u32..60,
            fraction in "(\\.[0-9]{1,7})?",
            zone in "Z?",
        ) {
            let meant = date(1990, 1, 1).unwrap() + Days::new(offset);
            let hour = if winter { 5 } else { 4 };
            let next = meant + Days::new(1);
            let text = format!("{next}T{hour:02}:59:{seconds:02}{fraction}{zone}");
            prop_assert_eq!(day_before_midnight_in_chicago(&text), Some(meant));
        }
    }
}
