//! Lists whose pages are at cursors, several lists as one, and lists that are read inside a call.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use futures_util::StreamExt;
use lmsync_core::http::{Budget, Endpoint, HttpClient, Limiter, Meter};
use lmsync_core::listing::{
    Checkpoint, ListChain, ListSource, Next, Page, PageKey, RecordStream, Row, read_all,
};
use lmsync_core::model::Customer;
use lmsync_core::{AssetQuery, Clock, Detail, Error, ErrorKind, Result, SharedClock};
use lmsync_testkit::VirtualClock;

use crate::vendor::{complete, customer, drain, scope, up_to};

type Answer = (Vec<u32>, Option<u64>, Next);

/// A vendor whose pages are at cursors; the first has none.
#[derive(Clone)]
struct Cursors {
    clock: Arc<VirtualClock>,
    pages: Arc<BTreeMap<String, Answer>>,
    asked: Arc<Mutex<Vec<String>>>,
    detailed: Arc<Mutex<Vec<Duration>>>,
}

fn to(cursor: &str) -> Next {
    Next::Cursor(cursor.to_owned())
}

impl Cursors {
    fn new(pages: impl IntoIterator<Item = (&'static str, Answer)>) -> Self {
        let pages = pages.into_iter().map(|(at, page)| (at.to_owned(), page));
        Self {
            clock: Arc::new(VirtualClock::default()),
            pages: Arc::new(pages.collect()),
            asked: Arc::default(),
            detailed: Arc::default(),
        }
    }

    /// So many pages of ten, at the cursors `1`, `2` and so on.
    fn of_pages(pages: u32) -> Self {
        let mut vendor = Self::new([]);
        let page = |number: u32| {
            let at = match number {
                0 => String::new(),
                number => number.to_string(),
            };
            let next = match number + 1 {
                next if next < pages => to(&next.to_string()),
                _ => Next::End,
            };
            (
                at,
                ((number * 10 + 1..=number * 10 + 10).collect(), None, next),
            )
        };
        vendor.pages = Arc::new((0..pages).map(page).collect());
        vendor
    }

    fn list(&self, query: AssetQuery) -> RecordStream<Customer> {
        let clock: SharedClock = self.clock.clone();
        RecordStream::new(self.clone(), query, scope(), clock, 4)
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

#[async_trait]
impl ListSource for Cursors {
    type Record = Customer;

    fn first(&self) -> PageKey {
        PageKey::start()
    }

    async fn page(&self, at: &PageKey, _meter: &Meter) -> Result<Page<Customer>> {
        let cursor = at.cursor().unwrap_or_default();
        self.asked.lock().unwrap().push(cursor.to_owned());
        self.clock.sleep(Duration::from_millis(50)).await;
        let (ids, total, next) = self
            .pages
            .get(cursor)
            .ok_or_else(|| Error::new(ErrorKind::NotFound, "no such page"))?
            .clone();
        let rows = ids
            .into_iter()
            .map(|id| Row::Record(Box::new(customer(id))));
        Ok(Page::new(rows.collect(), next).with_total(total))
    }

    async fn complete(&self, record: Customer, _meter: &Meter) -> Result<Customer> {
        self.detailed.lock().unwrap().push(self.clock.elapsed());
        self.clock.sleep(Duration::from_secs(1)).await;
        Ok(record)
    }
}

#[tokio::test(start_paused = true)]
async fn cursors_are_followed_to_the_end_each_page_once() {
    let vendor = Cursors::of_pages(3);
    assert_eq!(complete(vendor.list(AssetQuery::new())).await, up_to(30));
    assert_eq!(vendor.asked(), ["", "1", "2"]);
}

#[tokio::test(start_paused = true)]
async fn an_empty_page_is_not_the_end() {
    let vendor = Cursors::new([
        ("", (vec![], None, to("a"))),
        ("a", (vec![1, 2], None, to("b"))),
        ("b", (vec![], None, Next::End)),
    ]);
    assert_eq!(complete(vendor.list(AssetQuery::new())).await, [1, 2]);
}

#[tokio::test(start_paused = true)]
async fn a_cursor_that_leads_back_is_an_error_and_ends_there() {
    for back in ["", "a", "b"] {
        let next = match back {
            "" => Next::Cursor("a".to_owned()),
            back => to(back),
        };
        let vendor = Cursors::new([
            ("", (vec![1], None, to("a"))),
            ("a", (vec![2], None, to("b"))),
            ("b", (vec![3], None, next)),
        ]);
        let (ids, failure, summary) = drain(vendor.list(AssetQuery::new())).await;
        assert_eq!(ids, [1, 2], "what came before is handed out");
        assert_eq!(failure.unwrap().kind(), ErrorKind::Vendor);
        assert!(!summary.complete);
        assert_eq!(vendor.asked().len(), 3);
    }
}

#[tokio::test(start_paused = true)]
async fn a_cursor_that_repeats_after_everything_that_is_counted_is_the_end() {
    let vendor = Cursors::new([
        ("", (vec![1, 2], Some(3), to("a"))),
        ("a", (vec![3], Some(3), to("a"))),
    ]);
    assert_eq!(complete(vendor.list(AssetQuery::new())).await, [1, 2, 3]);
}

#[tokio::test(start_paused = true)]
async fn a_pointer_that_cannot_be_read_is_never_the_end() {
    for next in [
        Next::Unreadable("it is not text but object".to_owned()),
        to(" "),
        to(""),
    ] {
        let vendor = Cursors::new([("", (vec![1, 2], None, next))]);
        let (ids, failure, summary) = drain(vendor.list(AssetQuery::new())).await;
        assert_eq!((ids, failure.is_none()), (vec![1, 2], true));
        assert!(!summary.complete);
        let reason = summary.incomplete_reason.unwrap();
        assert!(reason.starts_with("where the next page is"), "{reason}");
    }
}

#[tokio::test(start_paused = true)]
async fn new_cursors_without_anything_new_do_not_go_on_for_ever() {
    let vendor = Cursors::of_pages(100);
    let all_alike = vendor
        .pages
        .iter()
        .map(|(at, (_, total, next))| (at.clone(), (vec![1, 2], *total, next.clone())));
    let vendor = Cursors {
        pages: Arc::new(all_alike.collect()),
        ..vendor
    };
    let (ids, failure, _) = drain(vendor.list(AssetQuery::new())).await;
    assert_eq!(ids, [1, 2]);
    assert_eq!(failure.unwrap().kind(), ErrorKind::Vendor);
    assert_eq!(vendor.asked().len(), 6);
}

#[tokio::test(start_paused = true)]
async fn a_total_that_shrinks_is_looked_at_again_and_told() {
    let vendor = Cursors::new([
        ("", (vec![1, 2], Some(4), to("a"))),
        ("a", (vec![3], Some(3), Next::End)),
    ]);
    let (ids, failure, summary) = drain(vendor.list(AssetQuery::new())).await;
    assert_eq!((ids, failure.is_none()), (vec![1, 2, 3], true));
    assert!(!summary.complete);
    assert_eq!(vendor.asked().len(), 6, "three readings");
}

#[tokio::test(start_paused = true)]
async fn a_listing_resumed_on_its_last_page_costs_that_page() {
    let vendor = Cursors::of_pages(12);
    let mut stream = vendor.list(AssetQuery::new());
    for _ in 0..115 {
        stream.next().await.unwrap().unwrap();
    }
    let json = serde_json::to_string(&stream.checkpoint()).unwrap();
    let checkpoint: Checkpoint = serde_json::from_str(&json).unwrap();
    vendor.asked.lock().unwrap().clear();
    let resumed = vendor.list(AssetQuery::new().resume(checkpoint));
    let (ids, failure, summary) = drain(resumed).await;
    assert_eq!((ids, failure.is_none()), ((116..=120).collect(), true));
    assert!(summary.complete);
    assert_eq!((summary.kept_before, summary.kept), (115, 5));
    assert_eq!(vendor.asked(), ["11"]);
}

#[tokio::test(start_paused = true)]
async fn a_checkpoint_with_another_kind_of_key_starts_over() {
    let vendor = Cursors::of_pages(2);
    let json = r#"{"scope":{"connector":"vendor","instance":"acme","listing":"LISTING"},
        "position":{"page":2,"taken":["11"],"seen_before":10,"total":null}}"#;
    let listing = serde_json::to_value(vendor.list(AssetQuery::new()).checkpoint()).unwrap();
    let listing = listing["scope"]["listing"].to_string();
    let json = json.replace("\"LISTING\"", &listing);
    let checkpoint: Checkpoint = serde_json::from_str(&json).unwrap();
    let stream = vendor.list(AssetQuery::new().resume(checkpoint));
    assert_eq!(complete(stream).await, up_to(20));
}

#[tokio::test(start_paused = true)]
async fn a_listing_says_which_checkpoints_fit_it() {
    let vendor = Cursors::of_pages(2);
    let plain = vendor.list(AssetQuery::new());
    let detailed = vendor.list(AssetQuery::new().detail(Detail::NONE.hardware()));
    assert!(plain.accepts(&plain.checkpoint()).is_ok());
    let error = plain.accepts(&detailed.checkpoint()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(vendor.asked().is_empty());
    let checkpoint = plain.checkpoint();
    assert_eq!(
        (checkpoint.connector(), checkpoint.instance()),
        ("vendor", "acme")
    );
}

#[tokio::test(start_paused = true)]
async fn with_detail_the_first_record_comes_after_one_page_and_one_detail() {
    let vendor = Cursors::of_pages(3);
    let mut stream = vendor.list(AssetQuery::new().detail(Detail::NONE.hardware()));
    stream.next().await.unwrap().unwrap();
    assert_eq!(vendor.clock.elapsed(), Duration::from_millis(1050));
    // Several at once, in order.
    let begun = vendor.detailed.lock().unwrap().clone();
    assert_eq!(begun, [Duration::from_millis(50); 4]);
    let mut ids = vec![1];
    while let Some(record) = stream.next().await {
        ids.push(record.unwrap().source.vendor_id.parse().unwrap());
    }
    assert_eq!(ids, up_to(30));
    assert!(vendor.clock.elapsed() < Duration::from_secs(10));
}

/// Lists of their own names, one after the other.
struct Chain(Arc<Mutex<Vec<(String, Cursors)>>>);

#[async_trait]
impl ListChain for Chain {
    type List = Cursors;

    async fn lists(&self, _meter: &Meter) -> Result<Vec<(String, Cursors)>> {
        Ok(self.0.lock().unwrap().clone())
    }
}

fn chained(lists: &[(&str, Cursors)], query: AssetQuery) -> RecordStream<Customer> {
    let named = lists
        .iter()
        .map(|(name, list)| ((*name).to_owned(), list.clone()));
    let clock: SharedClock = Arc::new(VirtualClock::default());
    RecordStream::chained(
        Chain(Arc::new(Mutex::new(named.collect()))),
        query,
        scope(),
        clock,
        4,
    )
}

fn three_lists() -> [(&'static str, Cursors); 3] {
    let one = Cursors::new([
        ("", (vec![1, 2], Some(4), to("a"))),
        ("a", (vec![3, 4], Some(4), Next::End)),
    ]);
    let none = Cursors::new([("", (vec![], None, Next::End))]);
    let other = Cursors::new([
        ("", (vec![5], None, to("a"))),
        ("a", (vec![6], None, Next::End)),
    ]);
    [("one", one), ("none", none), ("other", other)]
}

#[tokio::test(start_paused = true)]
async fn several_lists_are_read_as_one_in_order_and_ahead() {
    let lists = three_lists();
    assert_eq!(complete(chained(&lists, AssetQuery::new())).await, up_to(6));
    for (_, list) in &lists {
        // The first pages of all were asked for at once; each page once.
        assert!(list.clock.elapsed() <= Duration::from_millis(150));
    }
    assert_eq!(complete(chained(&[], AssetQuery::new())).await, up_to(0));
}

#[tokio::test(start_paused = true)]
async fn one_list_that_is_short_makes_the_whole_incomplete() {
    let mut lists = three_lists();
    lists[2].1 = Cursors::new([("", (vec![5], Some(2), Next::End))]);
    let (ids, failure, summary) = drain(chained(&lists, AssetQuery::new())).await;
    assert_eq!((ids, failure.is_none()), (up_to(5), true));
    assert!(
        summary
            .incomplete_reason
            .unwrap()
            .contains("1 more records")
    );
}

#[tokio::test(start_paused = true)]
async fn a_chain_is_resumed_in_its_list_while_the_lists_before_stay() {
    let lists = three_lists();
    let mut stream = chained(&lists, AssetQuery::new());
    for _ in 0..5 {
        stream.next().await.unwrap().unwrap();
    }
    let checkpoint = stream.checkpoint();
    drop(stream);
    let resume = || AssetQuery::new().resume(checkpoint.clone());
    for (_, list) in &lists {
        list.asked.lock().unwrap().clear();
    }
    assert_eq!(complete(chained(&lists, resume())).await, [6]);
    assert_eq!(lists[2].1.asked(), ["", "a"]);
    assert!(lists[0].1.asked().is_empty() && lists[1].1.asked().is_empty());
    // A list that came before moves all that follow.
    let [one, none, other] = three_lists();
    let new = Cursors::new([("", (vec![7], None, Next::End))]);
    let moved = [one, ("new", new), none, other];
    assert_eq!(
        complete(chained(&moved, resume())).await,
        [1, 2, 3, 4, 7, 5, 6]
    );
}

pub(crate) fn client() -> HttpClient {
    let clock: SharedClock = Arc::new(VirtualClock::default());
    let budget = Budget::per_minute(1000, 4).unwrap();
    let script = Arc::new(lmsync_testkit::Script::new(clock.clone(), []));
    let limiter = Limiter::new(budget, clock.clone());
    let origin = Endpoint::parse("https://vendor.example").unwrap();
    HttpClient::builder(script, limiter, clock, &origin).build()
}

#[tokio::test(start_paused = true)]
async fn a_list_inside_a_call_is_guarded_like_a_listing() {
    let (http, meter) = (client(), Meter::default());
    let all = read_all(Cursors::of_pages(3), &http, &meter).await.unwrap();
    assert_eq!(all.records.len(), 30);
    assert!(all.require_complete("things").is_ok());
    let endless = Cursors::new([
        ("", (vec![1], None, to("a"))),
        ("a", (vec![1], None, to("a"))),
    ]);
    let error = read_all(endless, &http, &meter).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Vendor);
    let lost = Cursors::new([("", (vec![1], None, to("")))]);
    let list = read_all(lost, &http, &meter).await.unwrap();
    let error = list.require_complete("things").unwrap_err();
    assert!(error.message().contains("things"), "{error}");
    // What a row that cannot be read leads to would be missing, and nobody would know.
    let mut list = read_all(Cursors::of_pages(1), &http, &meter).await.unwrap();
    let (vendor_id, reason) = (Some("7".to_owned()), "the row is null".to_owned());
    list.rejected
        .push(lmsync_core::Rejection::new(vendor_id, reason));
    let error = list.clone().require_complete("things").unwrap_err();
    assert!(
        error.message().contains("the row 7 cannot be read"),
        "{error}"
    );
    list.rejected.clear();
    assert!(list.require_complete("things").is_ok());
}
