//! From what a maker knows of a machine to its dates.

use chrono::{Days, NaiveDate};

use super::lifetime::is_lifetime;
use super::product::{is_same_product, is_same_product_number};
use super::sanity::{left_out, plausible_shipment};
use crate::line::{LineKind, WarrantyLine};
use crate::outcome::{Dates, Flag, Outcome};
use crate::query::WarrantyQuery;
use crate::record::WarrantyRecord;

/// The longest time by which a warranty may begin before the machine was sent out, without a word. Assumed.
const BEFORE_SHIP: Days = Days::new(30);

/// The meaning of `record` for the machine of `query` on the day `today`.
#[must_use]
pub fn judge(record: &WarrantyRecord, query: &WarrantyQuery, today: NaiveDate) -> Outcome {
    if let Some(why) = doubt(record, query) {
        return Outcome::Ambiguous(why);
    }
    let lines: Vec<&WarrantyLine> = record
        .lines
        .iter()
        .filter(|line| left_out(&record.maker, line, today).is_none())
        .collect();
    let (lasting, ending): (Vec<&WarrantyLine>, Vec<_>) =
        lines.iter().partition(|line| is_lifetime(line, today));
    // With a lifetime's warranty the end of another base line says nothing.
    let ending: Vec<&WarrantyLine> = match lasting.is_empty() {
        true => ending,
        false => ending
            .into_iter()
            .filter(|line| line.kind != LineKind::Base)
            .collect(),
    };
    let last = ending
        .iter()
        .copied()
        .max_by_key(|line| (line.end, line.code.as_deref()));
    let Some(line) = last.or_else(|| lasting.first().copied()) else {
        return Outcome::NoLines;
    };
    let dates = dates(record, &lines, line, last.and_then(|line| line.end), today);
    let dates = with_flags(dates, record, &lasting, &ending, today);
    match dates.expiry.is_some_and(|expiry| expiry < today) {
        true => Outcome::Expired(dates),
        false => Outcome::Covered(dates),
    }
}

/// The reason why `record` may be of another machine than that of `query`.
fn doubt(record: &WarrantyRecord, query: &WarrantyQuery) -> Option<String> {
    if let Some(number) = &query.product_number
        && !is_same_product_number(number, &record.product_numbers)
    {
        let named = record.product_numbers.join(", ");
        return Some(format!(
            "the asset has the product number {number}, the maker's record {named}"
        ));
    }
    let model = query.model.as_deref()?;
    let described = [&record.product[..], &record.product_numbers[..]].concat();
    let described: &[String] = &described;
    (!is_same_product(model, described)).then(|| {
        let product = described.join(", ");
        format!("the asset is a {model}, the maker's record is of {product}")
    })
}

fn dates(
    record: &WarrantyRecord,
    lines: &[&WarrantyLine],
    line: &WarrantyLine,
    expiry: Option<NaiveDate>,
    today: NaiveDate,
) -> Dates {
    let (base, any) = starts(lines);
    let told = [record.purchased, record.shipped];
    let told = told
        .into_iter()
        .find_map(|day| plausible_shipment(day, today));
    // Of a contract nobody knows how long after the purchase it began.
    let estimated = plausible_shipment(base, today);
    let is_estimated = told.is_none() && estimated.is_some();
    Dates {
        purchase: told.or(estimated),
        start: base.or(any),
        expiry,
        flags: is_estimated
            .then_some(Flag::EstimatedPurchase)
            .into_iter()
            .collect(),
        line: line.clone(),
    }
}

/// The earliest start of base lines, and of all.
fn starts(lines: &[&WarrantyLine]) -> (Option<NaiveDate>, Option<NaiveDate>) {
    let base = lines.iter().filter(|line| line.kind == LineKind::Base);
    let all = lines.iter().filter_map(|line| line.start);
    (base.filter_map(|line| line.start).min(), all.min())
}

fn with_flags(
    mut dates: Dates,
    record: &WarrantyRecord,
    lasting: &[&WarrantyLine],
    ending: &[&WarrantyLine],
    today: NaiveDate,
) -> Dates {
    if !lasting.is_empty() {
        dates.flags.push(Flag::Lifetime);
    }
    if lasting.is_empty() && has_gap(ending) {
        dates.flags.push(Flag::Gap);
    }
    let shipped = plausible_shipment(record.shipped, today);
    let earliest = shipped.and_then(|day| day.checked_sub_days(BEFORE_SHIP));
    if dates
        .start
        .zip(earliest)
        .is_some_and(|(start, earliest)| start < earliest)
    {
        dates.flags.push(Flag::StartBeforeShip);
    }
    dates.flags.sort_unstable();
    dates
}

/// Tells whether there is more than a day between the end of what came before and the start of a line.
fn has_gap(lines: &[&WarrantyLine]) -> bool {
    let mut spans: Vec<(NaiveDate, NaiveDate)> = lines
        .iter()
        .filter_map(|line| line.start.zip(line.end))
        .collect();
    spans.sort_unstable();
    let mut covered_to: Option<NaiveDate> = None;
    for (start, end) in spans {
        if covered_to.is_some_and(|last| (start - last).num_days() > 1) {
            return true;
        }
        covered_to = covered_to.max(Some(end));
    }
    false
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::maker::Maker;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn today() -> NaiveDate {
        date("2026-11-29")
    }

    fn line(kind: LineKind, start: &str, end: &str) -> WarrantyLine {
        let day = |text: &str| (!text.is_empty()).then(|| date(text));
        WarrantyLine::new(kind).days(day(start), day(end))
    }

    fn record(lines: impl IntoIterator<Item = WarrantyLine>) -> WarrantyRecord {
        WarrantyRecord {
            lines: lines.into_iter().collect(),
            ..WarrantyRecord::new(Maker::DELL)
        }
    }

    fn judged(record: &WarrantyRecord) -> Outcome {
        judge(record, &WarrantyQuery::new("ZZ7TST1"), today())
    }

    fn dates_of(record: &WarrantyRecord) -> Dates {
        judged(record).dates().expect("dates").clone()
    }

    #[test]
    fn the_latest_end_and_the_earliest_base_start_count_in_any_order() {
        let mut lines = vec![
            line(LineKind::Extension, "2024-02-25", "2027-02-24"),
            line(LineKind::Base, "2023-02-24", "2024-02-24"),
            // Queued: it begins when the other ends.
            line(LineKind::Extension, "2027-02-25", "2029-02-24"),
            line(LineKind::Contract, "2020-01-01", "2021-01-01"),
        ];
        for _ in 0..lines.len() {
            lines.rotate_left(1);
            let dates = dates_of(&record(lines.clone()));
            assert_eq!(dates.expiry, Some(date("2029-02-24")));
            assert_eq!(dates.start, Some(date("2023-02-24")));
            assert_eq!(dates.line.start, Some(date("2027-02-25")));
            assert_eq!(dates.flags, [Flag::Gap, Flag::EstimatedPurchase]);
        }
    }

    #[test]
    fn the_purchase_is_the_nearest_day_that_is_told() {
        let lines = [line(LineKind::Base, "2024-03-01", "2027-02-28")];
        let mut known = record(lines);
        assert_eq!(dates_of(&known).purchase, Some(date("2024-03-01")));
        assert!(dates_of(&known).has(Flag::EstimatedPurchase));
        known.shipped = Some(date("2024-02-20"));
        assert_eq!(dates_of(&known).purchase, Some(date("2024-02-20")));
        assert_eq!(dates_of(&known).flags, []);
        known.purchased = Some(date("2024-02-25"));
        assert_eq!(dates_of(&known).purchase, Some(date("2024-02-25")));
        // Neither can be right.
        known.purchased = Some(date("2027-06-01"));
        known.shipped = Some(date("1970-01-01"));
        assert_eq!(dates_of(&known).purchase, Some(date("2024-03-01")));
    }

    #[test]
    fn a_contract_tells_no_purchase() {
        let known = record([line(LineKind::Contract, "2024-03-01", "2027-02-28")]);
        let dates = dates_of(&known);
        assert_eq!(
            (dates.purchase, dates.start),
            (None, Some(date("2024-03-01")))
        );
        assert_eq!(dates.flags, []);
    }

    #[test]
    fn a_warranty_long_before_the_machine_was_sent_out_is_told() {
        let mut known = record([line(LineKind::Base, "2024-01-01", "2027-12-31")]);
        known.shipped = Some(date("2024-01-31"));
        assert!(!dates_of(&known).has(Flag::StartBeforeShip));
        known.shipped = Some(date("2024-02-01"));
        assert!(dates_of(&known).has(Flag::StartBeforeShip));
    }

    #[test]
    fn the_last_day_is_still_covered() {
        let until = |end| judged(&record([line(LineKind::Base, "2023-11-30", end)])).word();
        assert_eq!(until("2026-11-29").as_str(), "covered");
        assert_eq!(until("2026-11-28").as_str(), "expired");
    }

    #[test]
    fn no_line_that_counts_is_no_lines_and_has_no_date() {
        let mut known = record([
            line(LineKind::Base, "2024-01-01", "2030-01-01").code(Some("DL".to_owned())),
            line(LineKind::Base, "2024-01-01", "2024-01-01"),
            line(LineKind::Base, "2024-01-01", ""),
        ]);
        known.shipped = Some(date("2024-01-01"));
        assert!(matches!(judged(&known), Outcome::NoLines));
    }

    #[test]
    fn a_lifetime_is_told_and_a_contract_gives_the_end() {
        let life =
            line(LineKind::Base, "", "2031-04-09").code(Some("WARR-ELTD-LIFE-HW".to_owned()));
        let dates = dates_of(&record([life.clone()]));
        assert_eq!((dates.expiry, dates.has(Flag::Lifetime)), (None, true));
        let contract = line(LineKind::Contract, "", "2027-12-31");
        let dates = dates_of(&record([life.clone(), contract]));
        assert_eq!(
            (dates.expiry, dates.has(Flag::Lifetime)),
            (Some(date("2027-12-31")), true)
        );
        // The word is that of the date which is written.
        let over = record([life, line(LineKind::Contract, "", "2020-01-01")]);
        assert!(matches!(judged(&over), Outcome::Expired(_)));
    }

    #[test]
    fn the_year_9999_and_twelve_years_are_a_lifetime() {
        for (start, end, expiry) in [
            ("2020-01-01", "9999-12-31", None),
            ("", "9999-12-31", None),
            ("2020-01-01", "2032-01-02", None),
            ("2020-01-01", "2032-01-01", Some("2032-01-01")),
        ] {
            let dates = dates_of(&record([line(LineKind::Base, start, end)]));
            assert_eq!(dates.expiry, expiry.map(date), "{start} to {end}");
        }
    }

    #[test]
    fn a_record_of_another_machine_is_ambiguous() {
        let mut known = record([line(LineKind::Base, "2024-01-01", "2027-12-31")]);
        known.product = vec!["LATITUDE 5440".to_owned()];
        known.product_numbers = vec!["5D1B0UT".to_owned()];
        let query = |model: &str, number: &str| {
            WarrantyQuery::new("ZZ7TST1")
                .model(model)
                .product_number(number)
        };
        for (model, number, word) in [
            ("Latitude 5440", "5D1B0UT#ABA", "covered"),
            ("Latitude 5440", "6A2C1EA", "ambiguous"),
            ("PowerEdge R750", "5D1B0UT", "ambiguous"),
        ] {
            let outcome = judge(&known, &query(model, number), today());
            assert_eq!(outcome.word().as_str(), word, "{model} {number}");
        }
    }

    fn any_line() -> impl Strategy<Value = WarrantyLine> {
        let kind = proptest::sample::select(LineKind::ALL);
        let code = proptest::option::of("ND|DL|KK|LIFE");
        let status = proptest::option::of("ACTIVE|CANCELLED");
        let day = || proptest::option::of(0_u64..25_000);
        (kind, code, status, day(), day()).prop_map(|(kind, code, status, start, end)| {
            let day = |offset| date("1985-01-01") + Days::new(offset);
            WarrantyLine::new(kind)
                .code(code)
                .status(status)
                .days(start.map(day), end.map(day))
        })
    }

    proptest! {
        /// No date is invented: each is one that the maker wrote, and it is the same in any order.
        #[test]
        fn every_date_is_one_of_the_makers(
            lines in proptest::collection::vec(any_line(), 0..6),
            turn in 0_usize..6,
        ) {
            let one = record(lines.clone());
            let mut turned = lines.clone();
            turned.rotate_left(turn.min(lines.len()));
            let (first, second) = (judged(&one), judged(&record(turned)));
            prop_assert_eq!(first.word(), second.word());
            let summary = |dates: &Dates| (dates.purchase, dates.start, dates.expiry, dates.flags.clone());
            prop_assert_eq!(first.dates().map(summary), second.dates().map(summary));
            if let Some(dates) = first.dates() {
                let starts: Vec<_> = lines.iter().map(|line| line.start).collect();
                let ends: Vec<_> = lines.iter().map(|line| line.end).collect();
                prop_assert!(dates.purchase.is_none() || starts.contains(&dates.purchase));
                prop_assert!(dates.expiry.is_none() || ends.contains(&dates.expiry));
                let counted = lines.iter().filter(|line| left_out(&Maker::DELL, line, today()).is_none());
                if !dates.has(Flag::Lifetime) {
                    prop_assert_eq!(dates.expiry, counted.filter_map(|line| line.end).max());
                }
            }
        }
    }
}
