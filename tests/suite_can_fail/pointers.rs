//! A cursor or a link to the next page can be anything.

use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use http::{Response, StatusCode, Uri};
use serde_json::Value;

use crate::calls::query;
use crate::flaw::Flaw;
use crate::transport::{answer, send};

proofs! { pointers:
    a_pointer_to_elsewhere_is_not_followed {
        DepotLinks {
            "it asks another host": asks(is_elsewhere),
            "it takes the vendor's host for a user's": asks(|link| link.contains("@elsewhere")),
            "it sends a user name": asks(|link| link.contains("ann:pa55@")),
            "it asks in the clear": asks(|link| link.starts_with("http:")),
            "it asks another port": asks(|link| link.contains(":8443")),
            "a link to elsewhere is the end": ends_at(|_, link| link.as_str().is_some_and(is_elsewhere)),
            "it waits at a link to elsewhere": waits_at(|link| link.as_str().is_some_and(is_elsewhere)),
        }
    }
    a_relative_pointer_leads_nowhere_else {
        DepotLinks {
            "it asks another host": asks(is_relative),
            "a relative link is the end": ends_at(|_, link| link.as_str().is_some_and(is_relative)),
        }
    }
    a_pointer_that_repeats_or_leads_back_ends_the_listing {
        DepotLinks {
            "a link to the same page is the end": ends_at(|uri, link| {
                place(link).is_some_and(|link| link == asked(uri))
            }),
            "a link from before is the end": ends_at(|uri, link| {
                place(link).is_some_and(|link| link < asked(uri))
            }),
            "it asks many times": asks_many_times(),
        }
    }
    a_pointer_that_is_no_text_is_not_the_end {
        DepotLinks {
            "an object is the end": ends_at(|_, link| link.is_object()),
            "it waits for a link": waits_at(Value::is_object),
        }
    }
    an_empty_pointer_hides_nothing_that_is_counted {
        DepotCursors {
            "it is the end and the count is not looked at": page(|_, page| {
                if let Some(page) = page.as_object_mut() {
                    page.remove("total");
                }
            }),
        }
        DepotLinks {
            "it is an error": fails_at(is_empty),
            "it begins again": page(|_, page| {
                if is_empty(&page["links"]["next"]) {
                    page["links"]["next"] = "https://depot.example/v1/devices".into();
                }
            }),
            "what came is lost": rows_at(is_empty, Vec::clear),
            "what came is in another order": rows_at(is_empty, |rows| rows.reverse()),
        }
    }
    resuming_costs_no_page_that_was_read {
        DepotLinks {
            "it starts over": query(|query| query.resume = None),
            "it skips the last asset": loses_rows_after(13 + 12),
        }
    }
}

fn is_elsewhere(link: &str) -> bool {
    link.contains("//elsewhere.example")
}

fn is_relative(link: &str) -> bool {
    link.starts_with('/')
}

fn is_empty(link: &Value) -> bool {
    link == ""
}

/// The id after which the page begins that `link` leads to.
fn place(link: &Value) -> Option<u64> {
    link.as_str().map(after)
}

/// The id after which the page begins that was asked for.
fn asked(uri: &Uri) -> u64 {
    after(&uri.to_string())
}

fn after(address: &str) -> u64 {
    let after = address.split_once("after=").map(|(_, id)| id);
    after.and_then(|id| id.parse().ok()).unwrap_or_default()
}

fn link_in(answer: &Response<Bytes>) -> Value {
    let json = serde_json::from_slice::<Value>(answer.body()).unwrap_or_default();
    json["links"]["next"].clone()
}

/// Reads a page in a way of its own, which knows the address that was asked.
fn page(edit: impl Fn(&Uri, &mut Value) + Clone + Send + Sync + 'static) -> Flaw {
    answer(move |uri, answer| {
        answer.map(|answer| {
            answer.map(|body| match serde_json::from_slice(&body) {
                Ok(mut json) => {
                    edit(uri, &mut json);
                    json.to_string().into()
                }
                Err(_) => body,
            })
        })
    })
}

/// Takes the links for the end for which `is_end` holds.
fn ends_at(is_end: fn(&Uri, &Value) -> bool) -> Flaw {
    page(move |uri, page| {
        if is_end(uri, &page["links"]["next"]) {
            page["links"]["next"] = Value::Null;
        }
    })
}

/// Gets the rows wrong that come with a link for which `is_it` holds.
fn rows_at(is_it: fn(&Value) -> bool, edit: fn(&mut Vec<Value>)) -> Flaw {
    page(move |_, page| {
        if is_it(&page["links"]["next"]) {
            page["rows"].as_array_mut().into_iter().for_each(edit);
        }
    })
}

/// Loses the last row of every page after so many requests.
fn loses_rows_after(requests: usize) -> Flaw {
    let sent = Arc::new(AtomicUsize::new(0));
    page(move |_, page| {
        if sent.fetch_add(1, Ordering::Relaxed) >= requests
            && let Some(rows) = page["rows"].as_array_mut()
        {
            rows.pop();
        }
    })
}

/// Asks the links for which `is_it` holds, with all headers, whatever becomes of it.
fn asks(is_it: fn(&str) -> bool) -> Flaw {
    send(move |wire, request| async move {
        let answer = wire.send(request.clone()).await?;
        if let Some(link) = link_in(&answer).as_str().filter(|link| is_it(link)) {
            let home = if is_relative(link) {
                "https://elsewhere.example"
            } else {
                ""
            };
            let mut there = request;
            *there.uri_mut() = format!("{home}{link}").parse().expect("an address");
            let _ = wire.send(there).await;
        }
        Ok(answer)
    })
}

/// Asks again and again for a page that leads back.
fn asks_many_times() -> Flaw {
    send(move |wire, request| async move {
        let answer = wire.send(request.clone()).await?;
        if place(&link_in(&answer)).is_some_and(|link| link <= asked(request.uri())) {
            for _ in 0..100 {
                wire.send(request.clone()).await?;
            }
        }
        Ok(answer)
    })
}

/// Waits for ever at a link for which `is_it` holds.
fn waits_at(is_it: fn(&Value) -> bool) -> Flaw {
    send(move |wire, request| async move {
        let answer = wire.send(request).await?;
        if is_it(&link_in(&answer)) {
            pending::<()>().await;
        }
        Ok(answer)
    })
}

/// Takes a page with a link for which `is_it` holds for a refusal.
fn fails_at(is_it: fn(&Value) -> bool) -> Flaw {
    answer(move |_, answer| {
        answer.map(|mut answer| {
            if is_it(&link_in(&answer)) {
                *answer.status_mut() = StatusCode::BAD_REQUEST;
            }
            answer
        })
    })
}
