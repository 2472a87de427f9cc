//! Pages are many, and the account changes while they are read.

use std::collections::{HashSet, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use lmsync::http::Meter;
use lmsync::listing::{Checkpoint, ListSource, Next, Page, PageKey, Row};
use lmsync::model::Asset;
use lmsync::{AssetQuery, CheckInWindow, CheckScope, Error, ErrorKind, Result, SharedClock};
use lmsync_testkit::conformance::Profile;
use serde_json::{Value, json};
use tokio::sync::oneshot;

use crate::calls::{self, asset_alone, query};
use crate::flaw::{Flaw, Pages};
use crate::flawed::{Sound, failed};
use crate::pages::{At, assets_of, count, page, page_then, pages};
use crate::transport::{answer, json_with, send};
use crate::vendor::{profile, slip};
use crate::vendors::Slip;

proofs! { paging:
    nothing_is_sent_before_the_first_poll {
        Shelf {
            "it begins at once": assets(|sound, query| {
                let sound_too = sound.clone();
                tokio::spawn(async move { sound_too.reading.check(CheckScope::read()).await });
                sound.reading.assets(query)
            }),
        }
    }
    no_page_is_asked_for_twice {
        Shelf {
            "it sends everything twice": send(|wire, request| async move {
                wire.send(request.clone()).await?;
                wire.send(request).await
            }),
            "it tries the first page before it reads it": tries_the_first_page(),
        }
        DepotLinks { "it sends everything twice": sends_twice("/v1/devices") }
        DepotExport {
            "it orders twice": sends_twice("/v1/exports"),
            "it does not pause before it looks again": sends_twice("/v1/exports/1"),
            "it fetches twice": sends_twice("/v1/exports/1/rows"),
        }
    }
    pages_come_without_delay {
        Shelf {
            "it sends one request at a time": one_at_a_time(),
            "it pauses after every page": pages(|pages, _| Arc::new(Pausing(pages, clock()))),
        }
        DepotLinks { "it pauses before every page": pauses_before("/v1/devices") }
        DepotExport { "it pauses before it fetches": pauses_before("/rows") }
    }
    assets_come_in_the_vendors_order_whatever_the_overlap {
        Shelf {
            "it hands out pages as they arrive": pages(|pages, _| {
                Arc::new(ByArrival { pages, waiting: Mutex::default() })
            }),
        }
        DepotExport { "an export that was lost is in another order": reversed_after_a_loss() }
    }
    an_asset_removed_between_pages_hides_no_other {
        Shelf {
            "it looks at no count": page(|_, page| page.total = None),
            "it loses more than nobody can notice": profile(Profile::without_counts).and(page(|at, page| {
                page.total = None;
                if at.number == 2 {
                    page.rows.pop();
                }
            })),
            "it cannot be deleted": slip(Slip::DeletesNothing),
        }
        DepotLinks { "it loses an asset": loses_a_row() }
        DepotExport { "it loses an asset": loses_a_row() }
    }
    an_asset_inserted_between_pages_repeats_no_other {
        Shelf {
            "it knows assets by their place": by_place(),
            "it stops at what it met before": stops_at_what_it_met(),
            "it cannot be added": slip(Slip::AddsNothing),
        }
        DepotLinks { "it loses an asset": loses_a_row() }
        DepotExport { "it loses an asset": loses_a_row() }
    }
    assets_that_come_and_go_between_pages_hide_and_repeat_no_other {
        Shelf {
            "it looks at no count": page(|_, page| page.total = None),
            "it knows assets by their place": by_place(),
        }
        DepotLinks { "it loses an asset": loses_a_row() }
        DepotExport { "it loses an asset": loses_a_row() }
    }
    an_asset_deleted_before_its_detail_came_costs_no_other {
        Shelf {
            "it ends the listing": page_then(|_, _| {}, |asset| {
                match asset.source.vendor_id.as_str() {
                    "1" => Err(Error::new(ErrorKind::NotFound, "it is gone")),
                    _ => Ok(asset),
                }
            }),
            "it loses another": page(|_, page| {
                page.rows.truncate(7);
                page.total = Some(7);
            }),
        }
    }
    a_listing_resumes_after_any_asset {
        Shelf {
            "it starts over": query(|query| query.resume = None),
            "it skips an asset": skips_one_on_resuming(),
            "it is not complete": incomplete_on_resuming(),
        }
    }
    a_listing_read_in_small_steps_skips_nothing {
        Shelf {
            "it starts over": query(|query| query.resume = None),
            "it skips an asset": skips_one_on_resuming(),
            "it is not complete": incomplete_on_resuming(),
        }
    }
    a_resumed_listing_skips_nothing_when_the_account_changed {
        Shelf {
            "it goes on at the next page, whatever is there now":
                query(by_number_alone).and(page(|_, page| page.total = None)),
        }
    }
    a_checkpoint_of_another_query_is_refused {
        Shelf {
            "it starts over": query(|query| query.resume = None),
            "it is the vendor's error": other_query(ErrorKind::Vendor, Some("list again")),
            "it says not what to do": other_query(ErrorKind::Config, None),
        }
    }
    the_caller_may_ask_for_more_in_the_middle_of_a_listing {
        Shelf {
            "a call waits for the listing to end": calls::asset(|_, _| std::future::pending()),
            "another asset is handed out": asset_alone(|asset| {
                asset.source.vendor_id.push_str("-2");
            }),
        }
    }
}

fn assets(
    list: impl Fn(&Sound, AssetQuery) -> lmsync::AssetStream + Send + Sync + 'static,
) -> Flaw {
    Flaw {
        assets: Some(Arc::new(list)),
        ..Flaw::default()
    }
}

fn one_at_a_time() -> Flaw {
    let turn = Arc::new(tokio::sync::Mutex::new(()));
    send(move |wire, request| {
        let turn = Arc::clone(&turn);
        async move {
            let _turn = turn.lock().await;
            wire.send(request).await
        }
    })
}

/// Sends requests to addresses that end so, whatever their query, twice.
fn sends_twice(path: &'static str) -> Flaw {
    send(move |wire, request| async move {
        if request.uri().path().ends_with(path) {
            wire.send(request.clone()).await?;
        }
        wire.send(request).await
    })
}

fn pauses_before(path: &'static str) -> Flaw {
    send(move |wire, request| async move {
        if request.uri().path().ends_with(path) {
            wire.clock.sleep(Duration::from_secs(1)).await;
        }
        wire.send(request).await
    })
}

/// Loses the fourth row of every answer.
fn loses_a_row() -> Flaw {
    json_with("rows", |json| {
        if let Some(rows) = json["rows"].as_array_mut()
            && rows.len() > 4
        {
            rows.remove(3);
        }
    })
}

/// Turns the rows around once an answer was lost.
fn reversed_after_a_loss() -> Flaw {
    let was_lost = Arc::new(AtomicBool::new(false));
    answer(move |_, answer| {
        was_lost.fetch_or(answer.is_err(), Ordering::Relaxed);
        answer.map(|answer| {
            answer.map(|body| match serde_json::from_slice::<Value>(&body) {
                Ok(mut json) if was_lost.load(Ordering::Relaxed) => {
                    let rows = json["rows"].as_array_mut();
                    rows.into_iter().for_each(|rows| rows.reverse());
                    json.to_string().into()
                }
                _ => body,
            })
        })
    })
}

fn clock() -> SharedClock {
    Arc::new(lmsync_testkit::VirtualClock::default())
}

struct Pausing(Pages<Asset>, SharedClock);

#[async_trait]
impl ListSource for Pausing {
    type Record = Asset;

    async fn page(&self, at: &PageKey, meter: &Meter) -> Result<Page<Asset>> {
        let page = self.0.page(at, meter).await;
        self.1.sleep(Duration::from_secs(1)).await;
        page
    }
}

/// Gives the page that arrives first to whoever has waited longest, whichever he asked for.
struct ByArrival {
    pages: Pages<Asset>,
    waiting: Mutex<VecDeque<oneshot::Sender<Result<Page<Asset>>>>>,
}

#[async_trait]
impl ListSource for ByArrival {
    type Record = Asset;

    async fn page(&self, at: &PageKey, meter: &Meter) -> Result<Page<Asset>> {
        let (give, page) = oneshot::channel();
        self.waiting.lock().unwrap().push_back(give);
        let arrived = self.pages.page(at, meter).await;
        let first = self.waiting.lock().unwrap().pop_front();
        let _ = first.expect("somebody waits").send(arrived);
        page.await.expect("a page for everybody")
    }
}

fn tries_the_first_page() -> Flaw {
    struct Again(Pages<Asset>);

    #[async_trait]
    impl ListSource for Again {
        type Record = Asset;

        async fn page(&self, at: &PageKey, meter: &Meter) -> Result<Page<Asset>> {
            let number = at.number();
            if number == 1 {
                self.0.page(&PageKey::Number(1), meter).await?;
            }
            self.0.page(at, meter).await
        }
    }

    pages(|pages, _| Arc::new(Again(pages)))
}

/// Takes the place of an asset in the listing for its id while it counts.
fn by_place() -> Flaw {
    let to_place = |at: &At<'_>, page: &mut Page<Asset>| {
        for (row, asset) in assets_of(page).enumerate() {
            let place = format!("{}-{row}", at.number);
            asset.hostname = Some(std::mem::replace(&mut asset.source.vendor_id, place));
        }
    };
    page_then(to_place, |mut asset| {
        asset.source.vendor_id = asset.hostname.take().unwrap_or_default();
        Ok(asset)
    })
}

fn stops_at_what_it_met() -> Flaw {
    let met = Mutex::new(HashSet::new());
    page(move |_, page| {
        let mut met = met.lock().unwrap();
        let is_old = assets_of(page).any(|asset| !met.insert(asset.source.vendor_id.clone()));
        if is_old {
            page.rows.clear();
            page.next = Next::End;
        }
        page.total = None;
    })
}

/// Takes the last asset of a page for something else, once it goes on.
fn skips_one_on_resuming() -> Flaw {
    page(|at, page| {
        let is_going_on = at.query.resume.is_some();
        if let Some(Row::Record(asset)) = page.rows.last().filter(|_| is_going_on) {
            let vendor_id = asset.source.vendor_id.clone();
            page.rows.pop();
            page.rows.push(Row::Skipped { vendor_id });
        }
    })
}

fn incomplete_on_resuming() -> Flaw {
    page(|at, page| {
        if at.query.resume.is_some() {
            count(page, 1);
        }
    })
}

/// Keeps of a checkpoint the page to go on with, and nothing of what was on it.
fn by_number_alone(query: &mut AssetQuery) {
    let Some(checkpoint) = query.resume.take() else {
        return;
    };
    let mut stored = serde_json::to_value(&checkpoint).expect("JSON");
    let position = &mut stored["position"];
    let page = position["page"].as_u64().expect("a page");
    let taken = position["taken"].as_array().map_or(0, Vec::len) as u64;
    position["page"] = json!(page + taken / 50);
    position["taken"] = json!([]);
    position["total"] = json!(null);
    let changed: Checkpoint = serde_json::from_value(stored).expect("a checkpoint");
    query.resume = Some(changed);
}

/// Refuses checkpoints of another query in its own way.
fn other_query(kind: ErrorKind, hint: Option<&'static str>) -> Flaw {
    assets(move |sound, query| {
        if query.resume.is_none() || query.window == CheckInWindow::All {
            return sound.reading.assets(query);
        }
        let error = Error::new(kind, "not this query");
        failed(match hint {
            Some(hint) => error.with_hint(hint),
            None => error,
        })
    })
}
