//! Dates that name their month, in English and in any order.

/// A date that names its month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NamedMonth<'t> {
    /// The two numbers beside the month, in the order written.
    pub(super) numbers: [&'t str; 2],
    /// The month, from 1.
    pub(super) month: u32,
    /// The text after the date, or inside it as in `Mar 3 10:00 2024`.
    pub(super) time: &'t str,
}

/// The parts of `text` if it begins with a month's name and two numbers, perhaps behind a weekday.
pub(super) fn named_month(text: &str) -> Option<NamedMonth<'_>> {
    let mut rest = after_weekday(text);
    let mut numbers = Vec::new();
    let mut month = None;
    let mut inner_time = None;
    while numbers.len() < 2 || month.is_none() {
        if numbers.len() == 1 && month.is_some() && starts_like_a_time(rest) {
            let (time, year) = rest.rsplit_once(char::is_whitespace)?;
            inner_time = Some(time);
            rest = year;
        }
        let (part, after) = part(rest)?;
        if part.starts_with(|c: char| c.is_ascii_digit()) {
            numbers.push(part);
            rest = after_ordinal(after);
        } else {
            month = Some(month_called(part).filter(|_| month.is_none())?);
            rest = after;
        }
        if numbers.len() < 2 || month.is_none() {
            rest = after_separator(rest)?;
        }
    }
    let after = after_time_mark(rest)?;
    if inner_time.is_some() && !after.is_empty() {
        return None;
    }
    Some(NamedMonth {
        numbers: numbers.try_into().ok()?,
        month: month?,
        time: inner_time.unwrap_or(after).trim(),
    })
}

/// A run of digits or of letters, and what follows it.
fn part(text: &str) -> Option<(&str, &str)> {
    let first = text.chars().next()?;
    let belongs = |c: char| match first {
        '0'..='9' => c.is_ascii_digit(),
        _ => c.is_alphabetic(),
    };
    let end = text.find(|c| !belongs(c)).unwrap_or(text.len());
    (end > 0).then(|| text.split_at(end))
}

/// The text after the weekday, where it begins with one.
fn after_weekday(text: &str) -> &str {
    let Some((word, rest)) = part(text) else {
        return text;
    };
    let is_weekday = [
        "sunday",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
    ]
    .iter()
    .any(|day| is_name(word, day, &["tues", "thur", "thurs"]));
    if is_weekday {
        after_separator(rest).unwrap_or(text)
    } else {
        text
    }
}

/// The number, from 1, of the month that is called `name`, whole or by its first three letters.
fn month_called(name: &str) -> Option<u32> {
    let months = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let is_called = |month: &&str| is_name(name, month, &["sept"]);
    (1..)
        .zip(&months)
        .find(|(_, month)| is_called(month))
        .map(|(number, _)| number)
}

/// Tells whether `word` is `name`, its first three letters, or one of `more` that `name` begins with.
fn is_name(word: &str, name: &str, more: &[&str]) -> bool {
    let is_short = |short: &str| word.eq_ignore_ascii_case(short) && name.starts_with(short);
    is_short(name) || is_short(&name[..3]) || more.iter().any(|short| is_short(short))
}

/// The text after the letters of `3rd`, or the text itself.
fn after_ordinal(text: &str) -> &str {
    match part(text) {
        Some((word, rest)) if is_ordinal(word) => rest,
        _ => text,
    }
}

fn is_ordinal(word: &str) -> bool {
    ["st", "nd", "rd", "th"]
        .iter()
        .any(|ending| word.eq_ignore_ascii_case(ending))
}

/// The text after blanks and at most one separator, perhaps with `of`; `None` for more separators.
fn after_separator(text: &str) -> Option<&str> {
    let text = text.trim_start();
    let text = text.strip_prefix(['-', '/', '.', ',']).unwrap_or(text);
    let text = text.trim_start();
    let text = text.strip_prefix("of ").unwrap_or(text).trim_start();
    text.starts_with(char::is_alphanumeric).then_some(text)
}

/// The text after the `T`, comma, blank or "at" between a date and its time; `None` where the date goes
/// on in another way.
fn after_time_mark(text: &str) -> Option<&str> {
    let is_mark = |c: char| matches!(c, 'T' | 't' | ',') || c.is_whitespace();
    if text.is_empty() {
        return Some(text);
    }
    let rest = text.strip_prefix(is_mark)?.trim_start();
    Some(rest.strip_prefix("at ").unwrap_or(rest).trim_start())
}

/// Tells whether an hour begins the text; keeps "2026-05-08 or later" from being read as a day.
pub(super) fn starts_like_a_time(text: &str) -> bool {
    let after = text.trim_start_matches(|c: char| c.is_ascii_digit());
    (1..=2).contains(&(text.len() - after.len())) && after.starts_with(':')
}
