//! Pages of a listing, and what can be wrong with them.

use std::ops::Range;

use serde_json::{Map, Value, json};

use super::document::Selected;
use super::errors::Refusal;
use super::state::{Account, object};
use super::switches::Misbehaviour;

/// The part of a listing that a request asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Page {
    /// Its rows, by place in the whole listing.
    pub(super) rows: Range<usize>,
    number: usize,
    size: usize,
    more: bool,
    total: usize,
}

impl Page {
    /// The page of `total` records that `input`, a `ListInfoInput`, asks for.
    pub(super) fn asked_for(
        account: &Account,
        input: &Value,
        total: usize,
        key: &str,
    ) -> Result<Self, Refusal> {
        // The live service refuses the sort it was asked for.
        if !is_empty(&input["sort"]) {
            return Err(Refusal::unexplained(key));
        }
        let number = |name: &str| input[name].as_u64().and_then(|n| usize::try_from(n).ok());
        let size = number("pageSize").unwrap_or(account.page_cap);
        let size = size.clamp(1, account.page_cap.max(1));
        let number = number("page").unwrap_or(1).max(1);
        Ok(Self::new(&account.misbehaviour, number, size, total))
    }

    fn new(faults: &Misbehaviour, number: usize, size: usize, total: usize) -> Self {
        let mut rows = rows(faults, number, size, total);
        let mut more = rows.end < total;
        if faults.endless_last_page {
            more = true;
            let last = last_page(faults, size, total);
            if number > last {
                rows = self::rows(faults, last, size, total);
            }
        }
        Self {
            rows,
            number,
            size,
            more: more && !faults.has_more_always_null,
            total,
        }
    }

    /// Its `listInfo`. What is not more is null, or false where the account says so.
    pub(super) fn info(&self, account: &Account, selected: &Selected) -> Value {
        object(account, "ListInfo", &selected.fields, |field| {
            match field.name.as_str() {
                "page" => json!(self.number),
                "pageSize" => json!(self.size),
                "hasMore" if self.more => json!(true),
                "hasMore" if account.misbehaviour.last_page_says_false => json!(false),
                "totalCount" if account.total_count_as_text => json!(self.total.to_string()),
                "totalCount" => json!(self.total),
                _ => Value::Null,
            }
        })
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => false,
    }
}

/// The rows of page `number`: those that no earlier page held.
fn rows(faults: &Misbehaviour, number: usize, size: usize, total: usize) -> Range<usize> {
    let held_back: usize = faults
        .short_pages
        .range(..number)
        .map(|(_, rows)| size.saturating_sub(*rows))
        .sum();
    let start = (number - 1).saturating_mul(size).saturating_sub(held_back);
    let length = faults
        .short_pages
        .get(&number)
        .map_or(size, |rows| size.min(*rows));
    start.min(total)..start.saturating_add(length).min(total)
}

/// The page that holds the last row.
fn last_page(faults: &Misbehaviour, size: usize, total: usize) -> usize {
    (1..)
        .find(|page| rows(faults, *page, size, total).end == total)
        .unwrap_or(1)
}

/// A whole list object: `listInfo`, and under any other field the rows of `page`, each made from
/// its place on the page, its item and the field that asks for it.
pub(super) fn page<T>(
    account: &Account,
    asked: &Selected,
    page: &Page,
    all: &[T],
    mut row: impl FnMut(usize, &T, &Selected) -> Value,
) -> Value {
    let rows = all.get(page.rows.clone()).unwrap_or_default();
    object(
        account,
        asked.of.inner_named_type(),
        &asked.fields,
        |field| match field.name.as_str() {
            "listInfo" => page.info(account, field),
            _ => rows
                .iter()
                .enumerate()
                .map(|(place, item)| row(place, item, field))
                .collect(),
        },
    )
}

/// Refuses a condition on what is not known to take one.
pub(super) fn refuse_condition(input: &Value, key: &str) -> Result<(), Refusal> {
    match is_empty(&input["condition"]) {
        true => Ok(()),
        false => Err(Refusal::unexplained(key)),
    }
}

/// The `input` argument.
pub(super) fn input(arguments: &Map<String, Value>) -> &Value {
    arguments.get("input").unwrap_or(&Value::Null)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pages(faults: &Misbehaviour, count: usize) -> Vec<(Range<usize>, bool)> {
        (1..=count)
            .map(|number| Page::new(faults, number, 100, 250))
            .map(|page| (page.rows, page.more))
            .collect()
    }

    #[test]
    fn pages_follow_each_other_and_the_last_has_no_more() {
        let expected = [
            (0..100, true),
            (100..200, true),
            (200..250, false),
            (250..250, false),
        ];
        assert_eq!(pages(&Misbehaviour::default(), 4), expected);
    }

    #[test]
    fn what_a_short_page_holds_back_comes_on_the_next() {
        let faults = Misbehaviour {
            short_pages: [(1, 98), (2, 0)].into(),
            ..Misbehaviour::default()
        };
        let expected = [
            (0..98, true),
            (98..98, true),
            (98..198, true),
            (198..250, false),
        ];
        assert_eq!(pages(&faults, 4), expected);
    }

    #[test]
    fn an_endless_listing_repeats_its_last_page() {
        let faults = Misbehaviour {
            endless_last_page: true,
            ..Misbehaviour::default()
        };
        let found = pages(&faults, 5);
        assert!(found.iter().all(|(_, more)| *more));
        assert_eq!(found[2].0, 200..250);
        assert_eq!(found[4].0, 200..250);
        assert_eq!(Page::new(&faults, usize::MAX, 100, 250).rows, 200..250);
    }

    #[test]
    fn the_last_page_is_the_one_with_the_last_row_however_full_the_pages_are() {
        let last = |short_pages: &[(usize, usize)], size, total| {
            let faults = Misbehaviour {
                endless_last_page: true,
                short_pages: short_pages.iter().copied().collect(),
                ..Misbehaviour::default()
            };
            Page::new(&faults, 50, size, total).rows
        };
        assert_eq!(last(&[], 100, 200), 100..200);
        assert_eq!(last(&[(1, 98)], 100, 250), 198..250);
        assert_eq!(last(&[(1, 0), (2, 0)], 100, 250), 200..250);
        assert_eq!(last(&[], 100, 0), 0..0);
    }

    #[test]
    fn an_empty_page_before_the_end_of_an_endless_listing_is_empty() {
        let faults = Misbehaviour {
            endless_last_page: true,
            short_pages: [(2, 0)].into(),
            ..Misbehaviour::default()
        };
        let found = pages(&faults, 5);
        let rows: Vec<_> = found.into_iter().map(|(rows, _)| rows).collect();
        assert_eq!(rows, [0..100, 100..100, 100..200, 200..250, 200..250]);
    }

    #[test]
    fn has_more_can_be_withheld() {
        let faults = Misbehaviour {
            has_more_always_null: true,
            ..Misbehaviour::default()
        };
        assert!(pages(&faults, 3).iter().all(|(_, more)| !more));
    }
}
