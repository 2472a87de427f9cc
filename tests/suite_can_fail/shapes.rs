//! Answers in a form that nobody documented.

use std::collections::HashSet;

use bytes::Bytes;
use http::Response;
use lmsync::Rejection;
use lmsync::listing::{Next, Page, Row};
use lmsync::model::Asset;
use serde::de::IgnoredAny;

use crate::flaw::Flaw;
use crate::pages::page;
use crate::transport::{answer, no_rows};
use crate::wire::{broken, drop_rejected, has_rows};

proofs! { shapes:
    a_byte_order_mark_costs_nothing {
        Shelf {
            "it is an error": refuses(|body| body.starts_with(b"\xef\xbb\xbf")),
            "it is an empty account": empty_where(|answer| answer.body().starts_with(b"\xef")),
        }
    }
    what_is_written_wrongly_costs_no_record {
        Shelf {
            "it is an error": refuses(|body| serde_json::from_slice::<IgnoredAny>(body).is_err()),
            "it costs the records": page(|_, page| {
                for row in &mut page.rows {
                    let is_odd = matches!(row, Row::Record(asset)
                        if asset.source.raw.as_ref().is_some_and(|raw| raw.get().contains("x-odd")));
                    if is_odd {
                        let vendor_id = row.vendor_id().map(ToOwned::to_owned);
                        let reason = "it is odd".to_owned();
                        *row = Row::Rejected(Rejection::new(vendor_id, reason));
                    }
                }
            }),
        }
    }
    an_answer_of_unknown_shape_is_no_empty_list {
        Shelf { "it is one": empty_where(|answer| !has_rows(answer)) }
    }
    rows_without_an_id_leave_the_listing_incomplete {
        Shelf {
            "they are dropped": page(|_, page| drop_rejected(page)),
            "they are none of what is listed": page(|_, page| {
                for (place, row) in page.rows.iter_mut().enumerate() {
                    let vendor_id = format!("row {place}");
                    *row = Row::Skipped { vendor_id };
                }
            }),
        }
    }
    records_that_are_listed_and_counted_twice_are_complete {
        Shelf {
            "it is an error": page(|_, page| {
                if without_repeated(page) {
                    page.next = Next::Unreadable("a record is repeated".to_owned());
                }
            }),
            "one of each two is dropped, and the count believed": page(|_, page| {
                without_repeated(page);
            }),
        }
    }
    a_flood_of_empty_rows_is_no_flood_of_memory {
        Shelf { "it is an empty account": empty_where(|answer| answer.body().len() > 500_000) }
    }
}

/// Drops what stands on `page` twice, and tells whether there was any.
fn without_repeated(page: &mut Page<Asset>) -> bool {
    let (rows, mut met) = (page.rows.len(), HashSet::new());
    page.rows
        .retain(|row| met.insert(row.vendor_id().map(ToOwned::to_owned)));
    page.rows.len() < rows
}

/// Refuses answers of which `is_odd` says so.
fn refuses(is_odd: fn(&[u8]) -> bool) -> Flaw {
    answer(move |_, answer| {
        answer.map(|answer| match is_odd(answer.body()) {
            true => broken(),
            false => answer,
        })
    })
}

/// Takes answers of which `is_odd` says so for an account without records.
fn empty_where(is_odd: fn(&Response<Bytes>) -> bool) -> Flaw {
    answer(move |_, answer| {
        answer.map(|answer| match is_odd(&answer) {
            true => no_rows(),
            false => answer,
        })
    })
}
