//! Warranties that last as long as the product.

use chrono::{Months, NaiveDate};

use super::hardware::{has, words};
use crate::line::WarrantyLine;

/// The longest span that is a warranty with an end. Assumed: a span of more is a maker's way to write
/// "for life", as the year 9999 is.
const LONGEST: Months = Months::new(12 * 12);

/// Words of a type or description that say so, such as Cisco's `WARR-ELTD-LIFE-HW`.
const WORDS: [&str; 2] = ["life", "lifetime"];

/// Tells whether `line` lasts as long as the product: by its words, or because it ends more than 12 years
/// after its start, or after `today` where the maker gives no start.
#[must_use]
pub fn is_lifetime(line: &WarrantyLine, today: NaiveDate) -> bool {
    let texts = [&line.code, &line.description];
    let is_said = texts.into_iter().flatten().any(|text| {
        let text = words(text);
        WORDS.iter().any(|word| has(&text, word))
    });
    is_said || is_too_long(line, today)
}

fn is_too_long(line: &WarrantyLine, today: NaiveDate) -> bool {
    let Some(end) = line.end else {
        return false;
    };
    let latest = line.start.unwrap_or(today).checked_add_months(LONGEST);
    latest.is_none_or(|latest| end > latest)
}
