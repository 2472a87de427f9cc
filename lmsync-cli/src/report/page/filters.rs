//! Forms in which the page shows values.
// The types that the macro makes of functions are public.
#![allow(unreachable_pub)]

use std::borrow::Borrow;
use std::fmt::Display;

use askama::Values;

/// A number with a comma after each thousand.
#[askama::filter_fn]
pub(super) fn count(number: impl Display, _: &dyn Values) -> askama::Result<String> {
    Ok(grouped(&number.to_string()))
}

/// The share of `part` in the whole, such as `12 %`.
#[askama::filter_fn]
pub(super) fn share(
    part: impl Borrow<usize>,
    _: &dyn Values,
    whole: &usize,
) -> askama::Result<String> {
    Ok(percent(*part.borrow(), *whole))
}

/// An `s` where there is not one alone.
#[askama::filter_fn]
pub(super) fn s(number: impl Display, _: &dyn Values) -> askama::Result<&'static str> {
    Ok(if number.to_string() == "1" { "" } else { "s" })
}

/// A place in a drawing, to a tenth.
#[askama::filter_fn]
pub(super) fn place(number: impl Borrow<f64>, _: &dyn Values) -> askama::Result<String> {
    Ok(((number.borrow() * 10.0).round() / 10.0).to_string())
}

pub(super) fn grouped(digits: &str) -> String {
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// A share in whole percent. What is a part is not said to be none, and what is not all is not said to be all.
fn percent(part: usize, whole: usize) -> String {
    match (part, whole) {
        (0, _) => "0\u{a0}%".to_owned(),
        (part, whole) if part == whole => "100\u{a0}%".to_owned(),
        (part, whole) => {
            let percent = (part as f64 * 100.0 / whole as f64)
                .round()
                .clamp(1.0, 99.0);
            format!("{percent}\u{a0}%")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_parted() {
        for (digits, shown) in [
            ("0", "0"),
            ("999", "999"),
            ("1000", "1,000"),
            ("1234567", "1,234,567"),
        ] {
            assert_eq!(grouped(digits), shown);
        }
    }

    #[test]
    fn a_share_is_none_or_all_only_where_it_is() {
        let shown = [(0, 0), (0, 9), (1, 1_000), (1, 3), (999, 1_000), (7, 7)]
            .map(|(part, whole)| percent(part, whole));
        assert_eq!(
            shown.map(|share| share.replace('\u{a0}', "")),
            ["0%", "0%", "1%", "33%", "99%", "100%"]
        );
    }
}
