//! A secret never leaves.

use std::fmt;
use std::sync::{Arc, Mutex};

use http::{HeaderMap, Uri};
use lmsync::listing::{ListingScope, RecordStream, Row};
use lmsync::model::RawJson;
use lmsync::{Error, Rejection};

use crate::calls::report;
use crate::flaw::Flaw;
use crate::flawed::some_scope;
use crate::pages::{asset, customer_page, page, page_error};
use crate::subjects::KEY;
use crate::transport::{answer, no_rows, request, send};

proofs! { secrets:
    no_debug_output_shows_a_secret {
        Shelf {
            "a listing shows it": named_by_its_key(),
            "an asset shows it": asset(|asset| asset.name = KEY.into()),
            "an error shows it": page_error(|error| Error::new(error.kind(), KEY)),
            "the connector shows it": debug(|f| f.write_str(KEY)),
            "the connector shows a part of it": debug(|f| f.write_str(&KEY[..8])),
            "the connector shows it in many lines": debug(|f| {
                f.write_str(if f.alternate() { KEY } else { "Shelf" })
            }),
            "the report shows it": report(|_, report| report.checks[0].detail = KEY.into()),
        }
    }
    no_panic_shows_a_secret {
        Shelf {
            "the connector shows it": debug(|f| f.write_str(KEY)),
            "the connector shows nothing": debug(|_| Ok(())),
        }
    }
    no_report_shows_a_secret {
        Shelf {
            "an asset has it": asset(|asset| {
                asset.custom_fields.insert("key".into(), RawJson::text(KEY));
            }),
            "a raw record has it": asset(|asset| {
                asset.source.raw = asset.source.raw.as_ref().map(|_| RawJson::text(KEY));
            }),
            "a checkpoint has it": named_by_its_key(),
            "a rejection has it": page(|_, page| page.rows.push(Row::Rejected(Rejection::new(None, KEY)))),
            "the reason why a listing is not complete has it":
                page_error(|error| Error::new(error.kind(), KEY)),
            "a customer has it": customer_page(|page| {
                for row in &mut page.rows {
                    if let Row::Record(customer) = row {
                        customer.state_raw = Some(KEY.into());
                    }
                }
            }),
            "the check has it": report(|_, report| report.checks[0].hint = Some(KEY.into())),
            "the check quotes what the vendor sends back": quotes_in_checks(|_| true),
            "the check quotes what a failing vendor sends back": quotes_in_checks(|status| status == 500),
        }
    }
    no_error_shows_a_secret {
        Shelf {
            "it quotes the answer": quotes_in_errors(Error::new),
            "its cause quotes the answer": quotes_in_errors(|kind, text| {
                Error::new(kind, "no").with_source(std::io::Error::other(text))
            }),
            "the cause of its cause quotes the answer": quotes_in_errors(|kind, text| {
                Error::new(kind, "no").with_source(Because(std::io::Error::other(text)))
            }),
            "its request id quotes the answer": quotes_in_errors(|kind, text| {
                Error::new(kind, "no").with_request_id(text)
            }),
            "the check quotes the answer": quotes_in_checks(|_| true),
            "there is no error": answer(|_, _| Ok(no_rows())),
        }
    }
    no_error_shows_what_a_request_carried {
        Shelf {
            "it quotes the answer": quotes_in_errors(Error::new),
            "the check quotes the answer": quotes_in_checks(|_| true),
            "it quotes the answer of a failing vendor": quotes_in_checks(|status| status == 500),
        }
        DepotLinks {
            "the check quotes the answer": quotes_in_checks(|_| true),
            "the check quotes the vendor's id of the request": quotes_the_id_in_checks(),
        }
    }
    no_log_shows_a_secret {
        Shelf {
            "it logs what it sends": request(|request| {
                tracing::trace!(headers = ?loud(request.headers()), "sending");
            }),
            "nothing fails, so that no failure is logged": answer(|_, _| Ok(no_rows())),
        }
    }
    no_address_holds_a_secret {
        Shelf {
            "the key is in the address of a listing": key_in_addresses_with("/api/machines"),
            "the key is in the address of the customers": key_in_addresses_with("/api/companies"),
        }
    }
    nothing_is_sent_to_another_host {
        Shelf {
            "it tells somebody else": send(|wire, request| async move {
                let mut copy = request.clone();
                *copy.uri_mut() = Uri::from_static("https://telemetry.example/lmsync");
                let _ = wire.send(copy).await;
                wire.send(request).await
            }),
            "it asks in the clear": request(|request| {
                let uri = request.uri().to_string().replace("https:", "http:");
                *request.uri_mut() = uri.parse().expect("an address");
            }),
        }
        DepotExport {
            "its token goes where it signs in": also_to("depot.example", "login.depot.example"),
            "it signs in where its token goes": also_to("login.depot.example", "depot.example"),
        }
    }
}

pub(crate) fn debug(
    show: impl Fn(&mut fmt::Formatter<'_>) -> fmt::Result + Send + Sync + 'static,
) -> Flaw {
    Flaw {
        debug: Some(Arc::new(show)),
        ..Flaw::default()
    }
}

/// Calls the account by its key.
fn named_by_its_key() -> Flaw {
    Flaw {
        assets: Some(Arc::new(|_, _| {
            let scope = ListingScope {
                instance: KEY.to_owned(),
                ..some_scope()
            };
            RecordStream::failed(Error::vendor("no"), scope)
        })),
        ..Flaw::default()
    }
}

/// Remembers the last answer whose status is one of `which`, with nothing masked.
pub(crate) fn remembering(which: fn(u16) -> bool) -> (Flaw, Arc<Mutex<String>>) {
    let last = Arc::new(Mutex::new(String::new()));
    let noted = Arc::clone(&last);
    let flaw = answer(move |_, answer| {
        if let Ok(answer) = &answer
            && which(answer.status().as_u16())
        {
            let body = String::from_utf8_lossy(answer.body());
            *noted.lock().unwrap() = format!("{:?} {body}", loud(answer.headers()));
        }
        answer
    });
    (flaw, last)
}

fn quotes_in_errors(make: fn(lmsync::ErrorKind, String) -> Error) -> Flaw {
    let (remembering, last) = remembering(|_| true);
    remembering.and(page_error(move |error| {
        make(error.kind(), last.lock().unwrap().clone())
    }))
}

fn quotes_in_checks(which: fn(u16) -> bool) -> Flaw {
    let (remembering, last) = remembering(which);
    remembering.and(report(move |_, report| {
        report.checks[0].detail = last.lock().unwrap().clone();
    }))
}

fn quotes_the_id_in_checks() -> Flaw {
    let last = Arc::new(Mutex::new(String::new()));
    let noted = Arc::clone(&last);
    let noting = answer(move |_, answer| {
        let id = answer
            .as_ref()
            .ok()
            .and_then(|answer| answer.headers().get("x-request-id"));
        if let Some(id) = id {
            *noted.lock().unwrap() = String::from_utf8_lossy(id.as_bytes()).into_owned();
        }
        answer
    });
    noting.and(report(move |_, report| {
        report.checks[0].detail = last.lock().unwrap().clone();
    }))
}

/// Sends what goes to the host `one` to the host `other` as well.
fn also_to(one: &'static str, other: &'static str) -> Flaw {
    send(move |wire, request| async move {
        if request.uri().host() == Some(one) {
            let mut copy = request.clone();
            let uri = request.uri().to_string().replace(one, other);
            *copy.uri_mut() = uri.parse().expect("an address");
            let _ = wire.send(copy).await;
        }
        wire.send(request).await
    })
}

/// The headers as somebody prints them who does not care.
fn loud(headers: &HeaderMap) -> HeaderMap {
    let mut headers = headers.clone();
    for value in headers.values_mut() {
        value.set_sensitive(false);
    }
    headers
}

/// An error because of another.
#[derive(Debug)]
struct Because(std::io::Error);

impl fmt::Display for Because {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("because")
    }
}

impl std::error::Error for Because {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}

fn key_in_addresses_with(path: &'static str) -> Flaw {
    request(move |request| {
        let uri = request.uri().to_string();
        if uri.contains(path) {
            *request.uri_mut() = format!("{uri}&api_key={KEY}").parse().expect("an address");
        }
    })
}
