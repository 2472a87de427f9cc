//! Answers that are not quite what the vendor documents.

use std::future::pending;
use std::sync::Arc;

use bytes::Bytes;
use http::{Response, StatusCode};
use lmsync::listing::{Page, Row};
use lmsync::model::{Asset, RawJson};
use lmsync::{Error, ErrorKind, Rejection, Result};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::calls::{self, report};
use crate::flaw::Flaw;
use crate::pages::{
    asset, assets_of, count, customer_page, customer_page_result, page, page_error, page_result,
};
use crate::transport::{answer, json_with, send};

/// What a mutation calls what nobody knows.
const UNKNOWN: &str = "never heard of";

proofs! { wire:
    no_mutated_answer_breaks_a_listing {
        Shelf {
            "it panics without rows": panics_without_rows("/api/machines"),
            "it waits for rows": waits_for_rows("/api/machines"),
            "it fails and does not say why": page_error(|error| Error::new(error.kind(), "")),
        }
    }
    no_mutated_answer_breaks_another_listing {
        Shelf {
            "it panics without customers": panics_without_rows("/api/companies"),
            "it waits for customers": waits_for_rows("/api/companies"),
            "it panics without software": Flaw {
                software: Some(Arc::new(|_, _| panic!("no software"))),
                ..Flaw::default()
            },
        }
    }
    no_mutated_answer_breaks_a_call {
        Shelf {
            "it panics without an asset": calls::asset(|sound, id| async move {
                Ok(sound.reading.asset(&id).await.expect("an asset"))
            }),
            "it waits for an asset": calls::asset(|sound, id| async move {
                match sound.reading.asset(&id).await {
                    Ok(asset) => Ok(asset),
                    Err(_) => pending().await,
                }
            }),
            "it panics when a check fails": report(|_, report| assert!(report.ok())),
            "it waits for a check to pass": calls::check(|sound, scope| async move {
                let report = sound.reading.check(scope).await;
                if report.ok() { report } else { pending().await }
            }),
            "checks that fail are left out": report(|_, report| {
                report.checks.retain(|check| check.ok);
            }),
        }
    }
    a_listing_of_mutated_answers_is_whole_or_says_why_not {
        Shelf {
            "it skips odd rows and asks for no count": page(|_, page| {
                page.rows.retain(|row| matches!(row, Row::Record(_)));
                page.total = None;
            }),
            "it counts what it can read": page(|_, page| {
                if page.rows.iter().any(|row| matches!(row, Row::Rejected(_))) {
                    page.rows.retain(|row| matches!(row, Row::Record(_)));
                    page.total = Some(page.rows.len() as u64);
                }
            }),
            "it counts odd rows thrice": page(|_, page| {
                let odd = page.rows.iter().filter(|row| matches!(row, Row::Rejected(_)));
                let odd: Vec<_> = odd.cloned().collect();
                for row in [odd.clone(), odd].concat() {
                    page.rows.push(row);
                }
            }),
            "it fails and does not say why": page_error(|error| Error::new(error.kind(), "")),
            "it panics without rows": panics_without_rows("/api/machines"),
        }
        DepotNested { "a customer that is odd is dropped with its devices": drops_odd_rows() }
        DepotLinks { "rows that are none are dropped": drops_odd_rows() }
    }
    a_key_never_heard_of_changes_no_other_record {
        Shelf {
            "it is an error": answer(|_, answer| answer.map(|mut answer| {
                if String::from_utf8_lossy(answer.body()).contains(UNKNOWN) {
                    *answer.status_mut() = StatusCode::BAD_REQUEST;
                }
                answer
            })),
            "it costs the record": json_with(UNKNOWN, |json| {
                let rows = json["rows"].as_array_mut().expect("rows");
                let before = rows.len();
                rows.retain(|row| row.get(UNKNOWN).is_none());
                json["total"] = (before.min(json["rows"].as_array().map_or(0, Vec::len))).into();
            }),
            "it costs every record a field": json_with(UNKNOWN, |json| {
                for row in json["rows"].as_array_mut().expect("rows") {
                    row["label"] = Value::Null;
                }
            }),
        }
    }
    one_spoilt_record_never_costs_the_rest_of_its_page {
        Shelf {
            "it costs the page": page_result(|_, page| all_or_nothing(page)),
            "it is dropped": page(|_, page| drop_rejected(page)),
            "it costs its neighbours a field": page(|_, page| {
                if page.rows.iter().any(is_rejected) {
                    assets_of(page).for_each(|asset| asset.model = None);
                }
            }),
            "it panics": page(|_, page| assert!(!page.rows.iter().any(is_rejected))),
        }
    }
    one_spoilt_customer_never_costs_the_others {
        Shelf {
            "it costs the page": customer_page_result(all_or_nothing),
            "it is dropped": customer_page(drop_rejected),
            "it costs its neighbours their names": customer_page(|page| {
                if page.rows.iter().any(is_rejected) {
                    for row in &mut page.rows {
                        if let Row::Record(customer) = row {
                            customer.name.clear();
                        }
                    }
                }
            }),
        }
    }
    a_null_costs_neither_the_record_nor_another {
        Shelf {
            "without a name it is an error": page_result(|_, page| {
                let mut page = page?;
                if assets_of(&mut page).any(|asset| is_nameless(asset)) {
                    return Err(Error::new(ErrorKind::Decode, "no name"));
                }
                Ok(page)
            }),
            "without a name it is rejected": page(|_, page| {
                for row in &mut page.rows {
                    if let Row::Record(asset) = row && is_nameless(asset) {
                        *row = Row::Rejected(Rejection::new(Some(asset.source.vendor_id.clone()), "no name"));
                    }
                }
            }),
            "without a name it is dropped": page(|_, page| {
                let before = page.rows.len();
                page.rows.retain(|row| !matches!(row, Row::Record(asset) if is_nameless(asset)));
                count(page, page.rows.len() as i64 - before as i64);
            }),
            "without a name its neighbours have none": page(|_, page| {
                if assets_of(page).any(|asset| is_nameless(asset)) {
                    assets_of(page).for_each(|asset| asset.name.clear());
                }
            }),
        }
    }
    numbers_as_text_mean_the_same {
        Shelf {
            "an id as text is none": json_with("rows", |json| {
                for row in json["rows"].as_array_mut().into_iter().flatten() {
                    if row["id"].is_string() {
                        row["id"] = Value::Null;
                    }
                }
            }),
            "an id as text is an error": answer(|_, answer| answer.map(|answer| {
                let is_odd = String::from_utf8_lossy(answer.body()).contains(r#""id":""#);
                if is_odd { broken() } else { answer }
            })),
        }
    }
    what_is_handed_out_has_a_json_form {
        Shelf {
            "a null is kept as the vendor's record": asset(|asset| {
                asset.source.raw = Some(RawJson::from(RawValue::NULL.to_owned()));
            }),
        }
    }
}

pub(crate) fn has_rows(answer: &Response<Bytes>) -> bool {
    let json = serde_json::from_slice::<Value>(answer.body()).unwrap_or_default();
    json["rows"].is_array()
}

fn panics_without_rows(path: &'static str) -> Flaw {
    answer(move |uri, answer| {
        let is_fine = answer.as_ref().is_ok_and(has_rows);
        assert!(uri.path() != path || is_fine, "no rows");
        answer
    })
}

fn waits_for_rows(path: &'static str) -> Flaw {
    send(move |wire, request| async move {
        let is_of = request.uri().path() == path;
        let answer = wire.send(request).await;
        if is_of && !answer.as_ref().is_ok_and(has_rows) {
            pending::<()>().await;
        }
        answer
    })
}

/// Drops rows that are no objects with an id.
fn drops_odd_rows() -> Flaw {
    json_with("rows", |json| {
        if !json["rows"].is_array() {
            json["rows"] = Value::Array(Vec::new());
        }
        if let Some(rows) = json["rows"].as_array_mut() {
            rows.retain(|row| row["id"].is_u64());
        }
    })
}

pub(crate) fn broken() -> Response<Bytes> {
    let mut answer = Response::new(Bytes::new());
    *answer.status_mut() = StatusCode::BAD_REQUEST;
    answer
}

fn is_rejected<T>(row: &Row<T>) -> bool {
    matches!(row, Row::Rejected(_))
}

/// One row that cannot be read costs the page.
fn all_or_nothing<T>(page: Result<Page<T>>) -> Result<Page<T>> {
    page.and_then(|page| match page.rows.iter().any(is_rejected) {
        true => Err(Error::new(ErrorKind::Decode, "a row cannot be read")),
        false => Ok(page),
    })
}

/// Rows that cannot be read are dropped and not told.
pub(crate) fn drop_rejected<T>(page: &mut Page<T>) {
    let before = page.rows.len();
    page.rows.retain(|row| !is_rejected(row));
    count(page, page.rows.len() as i64 - before as i64);
}

fn is_nameless(asset: &Asset) -> bool {
    asset.name == asset.source.vendor_id
}
