//! Times for which answers are good.

use std::hash::{DefaultHasher, Hash, Hasher};

use chrono::{NaiveDate, TimeDelta};

use crate::outcome::Outcome;
use crate::query::QueryKey;

/// The days within which an end is near.
const NEAR: i64 = 90;

/// The time for which an answer is good that came to `outcome`, the maker not knowing the machine for the
/// `misses`th time in a row; `draw` is from 0 to 1. `None` while the asset's model stays.
pub(super) fn of(outcome: &Outcome, misses: u32, today: NaiveDate, draw: f64) -> Option<TimeDelta> {
    let (least, most) = match outcome {
        Outcome::Covered(dates) | Outcome::Expired(dates) => match dates.expiry {
            Some(end) if (end - today).num_days().abs() <= NEAR => (3.0, 7.0),
            Some(end) if end < today => (27.0, 33.0),
            _ => (7.0, 30.0),
        },
        Outcome::NotFound => match misses {
            0 | 1 => (13.0, 15.0),
            2 => (27.0, 33.0),
            _ => (81.0, 99.0),
        },
        Outcome::Ambiguous(_) => return None,
        // Known without a line: as with one that is over.
        _ => (27.0, 33.0),
    };
    let days: f64 = least + (most - least) * draw;
    #[allow(clippy::cast_possible_truncation)]
    Some(TimeDelta::seconds((days * 86_400.0) as i64))
}

/// A number from 0 to 1 that is the same for one key and differs among many, so that answers which came on
/// one day do not end on one.
pub(super) fn draw(key: &QueryKey) -> f64 {
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    #[allow(clippy::cast_precision_loss)]
    let part = (hasher.finish() >> 11) as f64 / (1_u64 << 53) as f64;
    part
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::line::{LineKind, WarrantyLine};
    use crate::outcome::Dates;

    fn days(outcome: &Outcome, misses: u32, draw: f64) -> Option<i64> {
        let today = "2026-11-29".parse().unwrap();
        of(outcome, misses, today, draw).map(|time| time.num_days())
    }

    fn until(expiry: Option<&str>) -> Dates {
        Dates {
            purchase: None,
            start: None,
            expiry: expiry.map(|day| day.parse().unwrap()),
            flags: Vec::new(),
            line: WarrantyLine::new(LineKind::Base),
        }
    }

    #[test]
    fn each_outcome_has_its_span() {
        for (outcome, misses, span) in [
            (Outcome::Covered(until(Some("2027-12-31"))), 0, (7, 30)),
            (Outcome::Covered(until(None)), 0, (7, 30)),
            (Outcome::Covered(until(Some("2027-02-27"))), 0, (3, 7)),
            (Outcome::Covered(until(Some("2027-02-28"))), 0, (7, 30)),
            (Outcome::Expired(until(Some("2026-08-31"))), 0, (3, 7)),
            (Outcome::Expired(until(Some("2026-08-30"))), 0, (27, 33)),
            (Outcome::NotFound, 1, (13, 15)),
            (Outcome::NotFound, 2, (27, 33)),
            (Outcome::NotFound, 3, (81, 99)),
            (Outcome::NotFound, 9, (81, 99)),
        ] {
            assert_eq!(
                days(&outcome, misses, 0.0),
                Some(span.0),
                "{outcome} {misses}"
            );
            assert_eq!(
                days(&outcome, misses, 1.0),
                Some(span.1),
                "{outcome} {misses}"
            );
        }
        assert_eq!(days(&Outcome::Ambiguous(String::new()), 0, 0.5), None);
    }

    #[test]
    fn answers_of_one_day_end_on_many() {
        let draws = (0..1000).map(|number| {
            let serial = format!("S{number}");
            draw(&QueryKey {
                serial,
                product_number: None,
            })
        });
        let (low, high): (Vec<f64>, Vec<f64>) = draws.partition(|draw| *draw < 0.5);
        assert!(
            low.iter()
                .chain(&high)
                .all(|draw| (0.0..1.0).contains(draw))
        );
        assert!(low.len() > 400 && high.len() > 400);
    }
}
