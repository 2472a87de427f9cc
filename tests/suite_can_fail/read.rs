//! What is read is what the vendor has.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, Days, NaiveDate, TimeDelta};
use http::{Method, Request};
use lmsync::http::Meter;
use lmsync::listing::{ListSource, Next, Page, PageKey, RecordStream, Row};
use lmsync::model::{
    Asset, AssetId, CheckInBasis, IdentityKind, Issue, IssueCode, RawJson, Ref, Software,
};
use lmsync::two_way::{DateChange, DateField, WriteSource};
use lmsync::{
    AssetQuery, CheckInWindow, CheckReport, CheckScope, ConnectorExt, Detail, Error, ErrorKind,
    NeverCheckedIn, Result, SoftwareStream,
};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::calls::{self, asset_alone, asset_result, info, query};
use crate::flaw::Flaw;
use crate::flawed::{Sound, failed, some_scope};
use crate::pages::{
    asset, asset_then, assets_of, count, customer_page, handed_out, lose_one, make_one_up, page,
    page_result, page_then,
};
use crate::transport::{json_with, send};

proofs! { read:
    every_asset_arrives_once {
        Shelf {
            "it loses an asset": page(lose_one),
            "it makes an asset up": page(make_one_up),
            "it hands an asset out twice": handed_out(|asset| asset.source.vendor_id = "1".into()),
            "it does not reach the vendor's count": page(|_, page| count(page, 1)),
        }
    }
    every_asset_says_where_it_comes_from {
        Shelf {
            "it goes by another name": asset(|asset| asset.source.connector = "rack".into()),
            "it names another account": asset(|asset| asset.source.instance = "other".into()),
            "a name is blank": asset(|asset| asset.name = " ".into()),
            "its records come from the future": asset(|asset| {
                asset.source.fetched_at += TimeDelta::seconds(1);
            }),
            "the first key is a serial number": asset(|asset| {
                asset.identity[0].kind = IdentityKind::Serial;
            }),
            "the first key is another's": asset(|asset| asset.identity[0].value.push('0')),
        }
    }
    every_asset_has_a_json_form {
        Shelf { "a null is kept as the vendor's record": asset(keep_null) }
    }
    every_customer_arrives_once {
        Shelf {
            "it loses a customer": customer_page(|page| {
                page.rows.pop();
                count(page, -1);
            }),
            "it makes a customer up": customer_page(|page| {
                if let Some(Row::Record(customer)) = page.rows.first().cloned() {
                    let mut new = customer;
                    new.source.vendor_id.push_str("-2");
                    page.rows.push(Row::Record(new));
                    count(page, 1);
                }
            }),
            "it lists no customers": customer_page(|page| {
                page.rows.clear();
                page.total = Some(0);
            }),
            "it does not reach the vendor's count": customer_page(|page| count(page, 1)),
        }
    }
    an_empty_account_is_empty_and_complete {
        Shelf {
            "nothing is an error": page_result(|_, page| match page {
                Ok(page) if page.rows.is_empty() => Err(Error::vendor("no assets")),
                page => page,
            }),
            "nothing is counted as one": page(|_, page| count(page, 1)),
        }
    }
    reading_twice_gives_the_same {
        Shelf {
            "it numbers its listings": page(|at, page| {
                let number = at.listing;
                assets_of(page).for_each(|asset| asset.domain = Some(number.to_string()));
            }),
        }
    }
    one_asset_can_be_read_alone {
        Shelf {
            "another id is in it": asset_alone(|asset| asset.source.vendor_id.push_str("-2")),
            "it has another name alone": asset_alone(|asset| asset.name.push('.')),
            "it has no serial number alone": asset_alone(|asset| asset.serial.key = None),
            "its purchase is not read alone": asset_alone(|asset| {
                asset.purchase_date = other_day(asset);
            }),
            "its warranty is another alone": asset_alone(|asset| {
                asset.warranty_expiry = other_day(asset);
            }),
            "it is not found alone": asset_result(|_| Err(Error::vendor("no"))),
        }
        DepotLinks {
            "it has no serial number alone": asset_alone(|asset| asset.serial.key = None),
        }
    }
    an_unknown_asset_is_an_error {
        Shelf {
            "it is the vendor's error": asset_result(|asset| {
                asset.map_err(|error| Error::vendor(error.to_string()))
            }),
            "it is made up": calls::asset(|sound, id| async move {
                let (mut assets, _) = sound.reading.collect_assets(AssetQuery::new()).await?;
                let mut asset = assets.remove(0);
                asset.source.vendor_id = id.vendor_id;
                Ok(asset)
            }),
        }
    }
    an_id_is_never_shortened_into_another {
        Shelf {
            "control characters are left out": shortened(|id| id.replace(char::is_control, "")),
            "what follows a mark is left out": shortened(|id| {
                let end = id.find(['?', '#']).unwrap_or(id.len());
                id[..end].to_owned()
            }),
            "steps are followed": shortened(|id| match id.rsplit_once("/../") {
                Some((_, last)) => last.to_owned(),
                None => id,
            }),
            "it is undone": shortened(|id| id.trim_end_matches("%20").to_owned()),
        }
    }
    a_window_keeps_what_checked_in_within_it {
        Shelf {
            "it knows no windows": query(|query| query.window = CheckInWindow::All),
            "every window is one of 30 days": query(|query| query.window = CheckInWindow::DAYS_30),
            "every window is one of 90 days": query(|query| query.window = CheckInWindow::DAYS_90),
            "assets that never checked in are inside": query(|query| {
                query.never_checked_in = NeverCheckedIn::Include;
            }),
        }
        HaloItsm {
            "it knows no windows": query(|query| query.window = CheckInWindow::All),
        }
        HaloPsa {
            "a window without check-ins keeps everything": query(|query| {
                query.window = CheckInWindow::All;
            }),
            "a window without check-ins is the vendor's error": listing_fails(ErrorKind::Vendor),
        }
    }
    the_edge_of_a_window_is_inside {
        Shelf {
            "the edge is outside": asset_then(checked_in_later(-1), checked_in_later(1)),
            "the instant before the edge is inside": asset_then(checked_in_later(1), checked_in_later(-1)),
        }
    }
    assets_that_never_checked_in_are_counted_and_included_on_request {
        Shelf {
            "they are included always": query(|query| {
                query.never_checked_in = NeverCheckedIn::Include;
            }),
            "they are included never": query(|query| {
                query.never_checked_in = NeverCheckedIn::Exclude;
            }),
            "including them includes everything": query(|query| {
                if query.never_checked_in == NeverCheckedIn::Include {
                    query.window = CheckInWindow::All;
                }
            }),
            "never is long ago": asset(|asset| {
                if asset.last_check_in.is_none() {
                    asset.last_check_in = Some(DateTime::UNIX_EPOCH);
                    asset.check_in_basis = CheckInBasis::AgentCheckIn;
                }
            }),
        }
    }
    every_asset_is_accounted_for {
        Shelf {
            "one is not seen": page(lose_one),
            "one is seen that is not there": page(make_one_up),
            "the last is seen and lost": page_then(|_, _| {}, |asset| {
                match asset.source.vendor_id.as_str() {
                    "125" => Err(Error::vendor("no more")),
                    _ => Ok(asset),
                }
            }),
        }
    }
    a_serial_number_that_comes_twice_is_flagged {
        Shelf {
            "all are flagged": asset(|asset| {
                asset.issues.push(Issue::new(IssueCode::DuplicateSerial, "serial"));
            }),
            "no serial number can be compared": asset(|asset| asset.serial.key = None),
        }
        DepotLinks {
            "no serial number comes with the detail": json_with("serial", |json| {
                json["serial"] = Value::Null;
            }),
        }
    }
    the_summary_counts_assets_by_customer {
        Shelf {
            "no asset has a customer": asset(|asset| asset.customer = None),
            "all assets have the same customer": asset(|asset| {
                asset.customer = Some(Ref::new("1", None));
            }),
            "a customer goes by its name": asset(|asset| {
                if let Some(customer) = &mut asset.customer {
                    customer.id = customer.name.clone().unwrap_or_default();
                }
            }),
        }
    }
    the_raw_record_comes_on_request_only {
        Shelf {
            "it comes always": query(|query| query.raw = true),
            "it comes never": query(|query| query.raw = false),
            "it is another's": asset(|asset| {
                if asset.source.raw.is_some() {
                    asset.source.raw = Some(RawJson::text("?"));
                }
            }),
            "it costs an asset": page(|at, page| if at.query.raw { lose_one(at, page) }),
        }
    }
    detail_comes_on_request_only {
        SuperOpsMsp {
            "it comes always": query(|query| query.detail = Detail::NONE.hardware().software()),
            "it comes never": query(|query| query.detail = Detail::NONE),
            "no software comes": query(|query| query.detail.software = false),
            "no hardware comes": query(|query| query.detail.hardware = false),
        }
        DepotLinks {
            "it comes always": query(|query| query.detail = Detail::NONE.hardware()),
            "it comes never": query(|query| query.detail = Detail::NONE),
        }
        Shelf {
            "it costs an asset": offer(Detail::NONE.hardware()).and(page(|at, page| {
                assets_of(page).for_each(|asset| asset.memory_bytes = Some(1));
                if at.query.detail.hardware {
                    page.rows.pop();
                    count(page, -1);
                }
            })),
            "it is made up": offer(Detail::NONE.hardware())
                .and(asset(|asset| asset.memory_bytes = Some(1))),
        }
        HaloPsa {
            "software that was asked for is missing": query(|query| query.detail = Detail::NONE),
        }
    }
    what_is_not_offered_is_unsupported {
        Shelf {
            "it is an empty list": software(|sound| nothing_of(0, sound)),
            "it is the vendor's error": software(|_| failed(Error::vendor("no"))),
            "it is asked for all the same": software(|sound| {
                let asks = AsksFirst(sound.clone());
                stream_of(asks, sound)
            }),
        }
        HaloPsa {
            "the list is not complete": software(|sound| nothing_of(1, sound)),
            "the list fails": software(|_| failed(Error::vendor("no"))),
        }
    }
    nothing_is_written {
        Shelf {
            "a listing marks what it read": writes_after("/api/machines?"),
            "a single read marks what it read": writes_after("/api/machines/"),
            "a listing of customers marks them": writes_after("/api/companies?page=1&per_page=50"),
            "the check tries whether it may write": calls::check(check_by_writing),
        }
    }
}

/// Asks for the asset with what `shorten` makes of an id.
fn shortened(shorten: fn(String) -> String) -> Flaw {
    calls::asset(move |sound, mut id| async move {
        id.vendor_id = shorten(id.vendor_id);
        sound.reading.asset(&id).await
    })
}

fn keep_null(asset: &mut Asset) {
    asset.source.raw = Some(RawJson::from(RawValue::NULL.to_owned()));
}

fn other_day(asset: &Asset) -> Option<NaiveDate> {
    let day = asset.purchase_date.unwrap_or_default();
    Some(day + Days::new(1))
}

fn checked_in_later(milliseconds: i64) -> impl Fn(&mut Asset) + Clone {
    move |asset| {
        if let Some(time) = &mut asset.last_check_in {
            *time += TimeDelta::milliseconds(milliseconds);
        }
    }
}

fn offer(detail: Detail) -> Flaw {
    info(move |info| info.capabilities.detail = detail)
}

fn listing_fails(kind: ErrorKind) -> Flaw {
    Flaw {
        assets: Some(Arc::new(move |_, _| failed(Error::new(kind, "no")))),
        ..Flaw::default()
    }
}

fn software(list: impl Fn(&Sound) -> SoftwareStream + Send + Sync + 'static) -> Flaw {
    Flaw {
        software: Some(Arc::new(move |sound, _| list(sound))),
        ..Flaw::default()
    }
}

fn stream_of(pages: impl ListSource<Record = Software>, sound: &Sound) -> SoftwareStream {
    let clock = sound.environment.clock.clone();
    RecordStream::new(pages, AssetQuery::new(), some_scope(), clock, 1)
}

fn nothing_of(total: u64, sound: &Sound) -> SoftwareStream {
    stream_of(NothingOf(total), sound)
}

/// No software, of which the vendor counts so many.
struct NothingOf(u64);

#[async_trait]
impl ListSource for NothingOf {
    type Record = Software;

    async fn page(&self, _at: &PageKey, _meter: &Meter) -> Result<Page<Software>> {
        Ok(Page::new(Vec::new(), Next::numbered(50)).with_total(self.0))
    }
}

/// No software, found out by asking.
struct AsksFirst(Sound);

#[async_trait]
impl ListSource for AsksFirst {
    type Record = Software;

    async fn page(&self, _at: &PageKey, _meter: &Meter) -> Result<Page<Software>> {
        self.0.reading.check(CheckScope::read()).await;
        Err(Error::unsupported("Shelf", "software"))
    }
}

/// Writes to the first asset whenever something is read from an address with `part`.
/// Writes a date, then checks.
async fn check_by_writing(sound: Sound, scope: CheckScope) -> CheckReport {
    let id = AssetId::from("1");
    let held = sound.dates().read_dates(&id).await.expect("the dates");
    let day = held.purchase_date.day();
    let other = day.unwrap_or_default() + Days::new(1);
    let change = DateChange::new(id);
    let change = change.set(DateField::PurchaseDate, day, other, WriteSource::Manual);
    let written = sound.dates().write_dates(&change).await;
    assert!(written.expect("a report").outcome.is_done());
    sound.reading.check(scope).await
}

fn writes_after(part: &'static str) -> Flaw {
    send(move |wire, request| async move {
        let (uri, headers) = (request.uri().clone(), request.headers().clone());
        let answer = wire.send(request).await;
        if uri.to_string().contains(part) {
            let ask = |method, path: &str, body| {
                let mut request = Request::new(Bytes::from_static(body));
                *request.method_mut() = method;
                *request.uri_mut() = format!("https://shelf.example{path}")
                    .parse()
                    .expect("a uri");
                *request.headers_mut() = headers.clone();
                wire.send(request)
            };
            let first = ask(Method::GET, "/api/machines?page=1&per_page=1", b"").await?;
            let first: Value = serde_json::from_slice(first.body()).expect("JSON");
            let path = format!("/api/machines/{}", first["rows"][0]["id"]);
            ask(Method::PUT, &path, br#"{"bought":null}"#).await?;
        }
        answer
    })
}
