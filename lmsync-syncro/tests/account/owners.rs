//! Customers by a key that may not list them: from the assets, listed once.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::future::{Either, join, join3, select};
use lmsync_core::model::Customer;
use lmsync_core::{
    AssetQuery, AssetStream, CheckInWindow, Connector, ConnectorExt, ErrorKind, SyncSummary,
};
use lmsync_testkit::Fault;
use lmsync_testkit::conformance::run;
use lmsync_testkit::syncro::{Meta, Permissions, SyncroSimulator, SyncroSpec};
use serde_json::json;

use crate::stage::{Stage, stage_with};

/// An account of 50 assets a page, read with the prebuilt key.
fn stage(assets: usize) -> Stage {
    stage_where(assets, |_| {})
}

fn stage_where(assets: usize, change: impl FnOnce(&mut SyncroSpec)) -> Stage {
    let stage = stage_with(assets, change);
    stage.change(|account| *account.permissions() = Permissions::prebuilt_token());
    stage
}

async fn customers(stage: &Stage) -> (Vec<Customer>, SyncSummary) {
    stage.account.collect_customers().await.unwrap()
}

/// What the customers cost, which must be all there are.
async fn cost(stage: &Stage) -> u64 {
    let (gathered, summary) = customers(stage).await;
    assert!(summary.complete);
    assert_eq!(names(&gathered), owners(stage));
    summary.usage.requests
}

fn names(customers: &[Customer]) -> BTreeMap<String, String> {
    let named = customers
        .iter()
        .map(|customer| (customer.source.vendor_id.clone(), customer.name.clone()));
    named.collect()
}

/// The customers that own an asset, by the vendor's own books.
fn owners(stage: &Stage) -> BTreeMap<String, String> {
    stage.change(|account| {
        let population = account.population();
        let owner = |index: &usize| {
            let index = population.customer_of(*index);
            let customer = population.fleet().customer(index);
            // A person goes by the full name.
            let name = match index % 9 {
                8 => format!("Jo {}", customer.name),
                _ => customer.name,
            };
            (SyncroSimulator::customer_id(index), name)
        };
        population.indices().iter().map(owner).collect()
    })
}

async fn read(assets: &mut AssetStream, count: usize) {
    for _ in 0..count {
        assets.next().await.unwrap().unwrap();
    }
}

async fn read_all(assets: &mut AssetStream) {
    while let Some(asset) = assets.next().await {
        asset.unwrap();
    }
}

#[test]
fn a_full_sync_reads_the_assets_once() {
    run(async {
        let stage = stage(10_000);
        let (assets, customers) = join(
            stage.account.collect_assets(AssetQuery::new()),
            stage.account.collect_customers(),
        )
        .await;
        let ((assets, listed), (gathered, summary)) = (assets.unwrap(), customers.unwrap());
        assert!(listed.complete && summary.complete);
        assert_eq!(assets.len(), 10_000);
        assert_eq!(names(&gathered), owners(&stage));
        // 200 pages and the refusal.
        assert_eq!(stage.vendor.requests(), 201);
        assert_eq!((listed.usage.requests, summary.usage.requests), (200, 1));
        assert!(stage.clock.elapsed() < Duration::from_secs(65));
    });
}

#[test]
fn whichever_begins_and_whatever_is_kept_the_assets_are_read_once() {
    run(async {
        let window = AssetQuery::new().window(CheckInWindow::DAYS_30);
        for query in [AssetQuery::new(), AssetQuery::new().raw(), window] {
            for (meta, pages) in [
                (Meta::Whole, 5),
                (Meta::Text, 5),
                (Meta::PagesOnly, 5),
                (Meta::EntriesOnly, 5),
                // Without a word about the end, only an empty page is one.
                (Meta::Absent, 6),
            ] {
                let stage = stage_where(240, |spec| spec.meta = meta);
                let listing = stage.account.collect_assets(query.clone());
                let (cost, _) = join(cost(&stage), listing).await;
                assert_eq!(cost, 1, "{meta:?}");
                assert_eq!(stage.vendor.requests(), pages + 1, "{meta:?}");
            }
        }
    });
}

#[test]
fn a_refusal_without_a_reason_costs_one_request_more() {
    run(async {
        let stage = stage(240);
        stage.change(|account| account.misbehaviour().refuses_without_reason = true);
        let listing = stage.account.collect_assets(AssetQuery::new());
        assert_eq!(join(cost(&stage), listing).await.0, 2);
    });
}

#[test]
fn a_listing_that_nobody_polls_is_not_waited_for() {
    run(async {
        let stage = stage(240);
        let _unpolled = stage.account.assets(AssetQuery::new());
        assert_eq!(cost(&stage).await, 1 + 5);
        assert!(stage.clock.elapsed() < Duration::from_secs(1));
        // What the first gathered, the second has.
        assert_eq!(cost(&stage).await, 1);
    });
}

#[test]
fn a_listing_that_stands_still_is_waited_for_a_while_and_once() {
    run(async {
        let stage = stage(500);
        let mut assets = stage.account.assets(AssetQuery::new());
        read(&mut assets, 60).await;
        assert_eq!(cost(&stage).await, 1 + 10);
        let waited = stage.clock.elapsed();
        assert!(waited >= Duration::from_secs(90) && waited < Duration::from_secs(92));

        // What was gathered meanwhile is as good as what the listing will have noted.
        for _ in 0..2 {
            assert_eq!(cost(&stage).await, 1);
            read(&mut assets, 60).await;
        }
        assert!(stage.clock.elapsed() < waited + Duration::from_secs(1));
        read_all(&mut assets).await;
        assert!(assets.summary().complete);
    });
}

#[test]
fn a_slow_listing_is_waited_for_as_long_as_it_gets_on() {
    run(async {
        let stage = stage(500);
        let mut assets = stage.account.assets(AssetQuery::new());
        let slowly = async {
            // A page of 50 takes 75 seconds.
            while let Some(asset) = assets.next().await {
                asset.unwrap();
                stage.clock.sleep(Duration::from_millis(1_500)).await;
            }
        };
        assert_eq!(join(slowly, cost(&stage)).await.1, 1);
        assert_eq!(stage.vendor.requests(), 11);
    });
}

#[test]
fn a_pause_that_the_vendor_asks_for_is_waited_out() {
    run(async {
        let stage = stage(500);
        let account = stage.vendor.simulator().clone();
        stage.faults.before(5, move || {
            account.with(|account| account.misbehaviour().throttle_next = 1);
        });
        let listing = stage.account.collect_assets(AssetQuery::new());
        assert_eq!(join(cost(&stage), listing).await.0, 1);
        assert!(stage.clock.elapsed() >= Duration::from_secs(60));
        // The pages, the refusals of a customer list and of one page.
        assert_eq!(stage.vendor.requests(), 10 + 2);
    });
}

#[test]
fn a_listing_that_is_dropped_leaves_the_customers_their_own() {
    run(async {
        let stage = stage(500);
        let mut assets = stage.account.assets(AssetQuery::new());
        let dropped = async move { read(&mut assets, 120).await };
        assert_eq!(join(dropped, cost(&stage)).await.1, 1 + 10);
        assert!(stage.clock.elapsed() < Duration::from_secs(2));
    });
}

#[test]
fn a_listing_that_fails_leaves_the_customers_their_own() {
    run(async {
        let stage = stage(500);
        stage.faults.inject(5, Fault::status(400));
        let mut assets = stage.account.assets(AssetQuery::new());
        // Its owner keeps hold of it after the error.
        let failed = async {
            loop {
                if assets.next().await.unwrap().is_err() {
                    return;
                }
            }
        };
        assert_eq!(join(failed, cost(&stage)).await.1, 1 + 10);
        assert!(stage.clock.elapsed() < Duration::from_secs(2));
        assert!(!assets.summary().complete);
    });
}

#[test]
fn what_a_listing_noted_is_good_for_ten_minutes() {
    run(async {
        let stage = stage(240);
        let (assets, _) = stage.list(AssetQuery::new()).await;
        let read_at = assets[0].source.fetched_at;
        stage.clock.sleep(Duration::from_secs(599)).await;
        assert_eq!(cost(&stage).await, 1);
        // They do not pretend to be newer than they are.
        let (gathered, _) = customers(&stage).await;
        let times = gathered.iter().map(|customer| customer.source.fetched_at);
        assert!(times.max().unwrap() < read_at + Duration::from_secs(1));
        stage.clock.sleep(Duration::from_secs(1)).await;
        assert_eq!(cost(&stage).await, 1 + 5);
    });
}

#[test]
fn one_under_way_is_preferred_to_what_was_noted_before() {
    run(async {
        let stage = stage(240);
        stage.list(AssetQuery::new()).await;
        // The only asset of a customer, perhaps: the next listing has it.
        for _ in 0..40 {
            stage.change(|account| account.insert_asset_at(0));
        }
        let listing = stage.account.collect_assets(AssetQuery::new());
        assert_eq!(join(cost(&stage), listing).await.0, 1);
    });
}

#[test]
fn a_resumed_listing_has_not_seen_every_customer() {
    run(async {
        let stage = stage(500);
        let mut assets = stage.account.assets(AssetQuery::new());
        read(&mut assets, 120).await;
        let query = AssetQuery::new().resume(assets.checkpoint());
        drop(assets);
        let before = stage.vendor.requests();
        let mut resumed = stage.account.assets(query);
        let (_, cost) = join(read_all(&mut resumed), cost(&stage)).await;
        assert!(resumed.summary().complete);
        assert_eq!(cost, 1 + 10);
        // Pages 3 to 10 beside.
        assert_eq!(stage.vendor.requests() - before, 8 + 1 + 10);
    });
}

#[test]
fn a_resumed_listing_that_has_ended_is_not_used() {
    run(async {
        let stage = stage(500);
        let mut assets = stage.account.assets(AssetQuery::new());
        read(&mut assets, 120).await;
        let query = AssetQuery::new().resume(assets.checkpoint());
        drop(assets);
        stage.list(query).await;
        assert_eq!(cost(&stage).await, 1 + 10);
    });
}

#[test]
fn customers_may_be_cancelled_while_they_wait() {
    run(async {
        let stage = stage(500);
        let mut assets = stage.account.assets(AssetQuery::new());
        read(&mut assets, 60).await;
        let mut waiting = stage.account.customers();
        let second = stage.clock.sleep(Duration::from_secs(1));
        let first = select(waiting.next(), second).await;
        assert!(matches!(first, Either::Right(_)));
        drop(first);
        drop(waiting);

        assert_eq!(join(read_all(&mut assets), cost(&stage)).await.1, 1);
        // The pages, and a refusal for each who asked.
        assert_eq!(stage.vendor.requests(), 10 + 2);
    });
}

#[test]
fn an_account_that_changes_meanwhile_is_walked_again_for_both() {
    run(async {
        let stage = stage(240);
        let account = stage.vendor.simulator().clone();
        stage.faults.before(4, move || {
            account.with(|account| account.insert_asset_at(0));
        });
        let listing = stage.account.collect_assets(AssetQuery::new());
        let (cost, listed) = join(cost(&stage), listing).await;
        assert!(listed.unwrap().1.complete);
        assert_eq!(cost, 1);
    });
}

#[test]
fn a_listing_that_misses_assets_makes_no_customers_complete() {
    run(async {
        let stage = stage(240);
        // More than a few assets cannot be told apart.
        let ids = stage.change(|account| account.asset_ids());
        for id in &ids[70..75] {
            stage.change(|account| account.set_member(id, "id", json!({})));
        }
        let listing = stage.account.collect_assets(AssetQuery::new());
        let (customers, listed) = join(stage.account.collect_customers(), listing).await;
        let listed = listed.unwrap().1;
        assert!(!listed.complete);
        let error = customers.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Vendor);
        assert!(error.to_string().contains("rows have no id"), "{error}");
        assert_eq!(stage.vendor.requests(), 2 * listed.usage.requests + 1);
    });
}

#[test]
fn of_several_listings_the_first_to_end_serves_all_who_wait() {
    run(async {
        let stage = stage(500);
        let mut held = stage.account.assets(AssetQuery::new());
        read(&mut held, 1).await;
        let mut assets = stage.account.assets(AssetQuery::new());
        let reading = read_all(&mut assets);
        let (_, first, second) = join3(reading, cost(&stage), cost(&stage)).await;
        assert_eq!((first, second), (1, 1));
        assert!(stage.clock.elapsed() < Duration::from_secs(1));
        // One page and four ahead, the whole listing, and two refusals.
        assert_eq!(stage.vendor.requests(), 5 + 10 + 2);
    });
}
