//! A whole account, with everything that a real one does and should not.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeSet;
use std::sync::Arc;

use futures_util::StreamExt;
use lmsync_core::model::{Asset, IssueCode};
use lmsync_core::{
    AssetQuery, Check, CheckScope, Connector, ConnectorExt, Environment, Error, ErrorKind,
    SharedClock, SyncSummary,
};
use lmsync_superops::{SuperOps, SuperOpsConfig};
use lmsync_testkit::fleet::{Fleet, FleetSpec};
use lmsync_testkit::superops::{
    Misbehaviour, Permissions, RowFault, SuperOpsSimulator, SuperOpsSpec, UnquotedIds,
};
use lmsync_testkit::{InMemory, Shared, VirtualClock};

struct Stage {
    account: SuperOps,
    vendor: Shared<SuperOpsSimulator>,
    net: InMemory<SuperOpsSimulator>,
    clock: SharedClock,
}

impl Stage {
    fn new(assets: usize) -> Self {
        Self::with(assets, |_| {})
    }

    fn with(assets: usize, change: impl FnOnce(&mut SuperOpsSpec)) -> Self {
        let clock: SharedClock = Arc::new(VirtualClock::default());
        let mut spec = SuperOpsSpec::new(Fleet::new(FleetSpec::new(assets, clock.now())));
        change(&mut spec);
        let config = SuperOpsConfig::new(&spec.subdomain, spec.token.as_str());
        let net = InMemory::new(SuperOpsSimulator::new(spec), clock.clone());
        let vendor = net.simulator().clone();
        let environment = Environment::new(Arc::new(net.clone()), clock.clone());
        let account = config.connect_in(&environment).unwrap();
        Self {
            account,
            vendor,
            net,
            clock,
        }
    }

    fn misbehaving(assets: usize, how: impl FnOnce(&mut Misbehaviour)) -> Self {
        let stage = Self::new(assets);
        stage.vendor.with(|vendor| how(vendor.misbehaviour()));
        stage
    }

    fn ids(&self) -> Vec<String> {
        self.vendor.with(|vendor| vendor.asset_ids())
    }

    async fn list(&self) -> (Vec<Asset>, SyncSummary, Option<Error>) {
        let mut stream = self.account.assets(AssetQuery::new());
        let mut assets = Vec::new();
        let mut failure = None;
        while let Some(record) = stream.next().await {
            match record {
                Ok(asset) => assets.push(asset),
                Err(error) => failure = Some(error),
            }
        }
        (assets, stream.summary(), failure)
    }

    async fn expect_all(&self) -> (Vec<Asset>, SyncSummary) {
        let (assets, summary, failure) = self.list().await;
        assert!(failure.is_none(), "{failure:?}");
        assert!(summary.complete, "{summary:?}");
        assert_eq!(ids(&assets), self.ids().into_iter().collect());
        (assets, summary)
    }
}

fn ids(assets: &[Asset]) -> BTreeSet<String> {
    let unique: BTreeSet<String> = assets
        .iter()
        .map(|asset| asset.source.vendor_id.clone())
        .collect();
    assert_eq!(unique.len(), assets.len());
    unique
}

#[tokio::test(start_paused = true)]
async fn ten_thousand_assets_take_a_hundred_requests() {
    let stage = Stage::new(10_000);
    let (_, summary) = stage.expect_all().await;
    assert_eq!(summary.usage.requests, 100);
    assert_eq!(stage.net.requests(), 100);
}

#[tokio::test(start_paused = true)]
async fn short_and_empty_pages_in_the_middle_are_not_the_end() {
    for rows in [0, 1, 40, 99] {
        for always_null in [false, true] {
            let stage = Stage::misbehaving(350, |how| {
                how.short_pages.insert(2, rows);
                how.has_more_always_null = always_null;
            });
            stage.expect_all().await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn has_more_is_null_on_the_last_page() {
    for assets in [1, 99, 100, 101, 250] {
        let stage = Stage::misbehaving(assets, |how| how.has_more_always_null = true);
        let (_, summary) = stage.expect_all().await;
        assert_eq!(summary.usage.requests, assets.div_ceil(100) as u64);
    }
}

#[tokio::test(start_paused = true)]
async fn an_endless_listing_ends_once_everything_was_seen() {
    let stage = Stage::misbehaving(250, |how| how.endless_last_page = true);
    let (_, summary) = stage.expect_all().await;
    assert!(summary.usage.requests <= 5, "{summary:?}");
}

#[tokio::test(start_paused = true)]
async fn counts_as_text_and_ids_as_numbers_are_read() {
    for unquoted_ids in [
        UnquotedIds::Never,
        UnquotedIds::Sometimes,
        UnquotedIds::Always,
    ] {
        let stage = Stage::with(250, |spec| {
            spec.unquoted_ids = unquoted_ids;
            spec.total_count_as_text = true;
        });
        let (assets, summary) = stage.expect_all().await;
        assert_eq!(summary.usage.requests, 3);
        let customers: BTreeSet<String> = assets
            .into_iter()
            .map(|asset| asset.customer.expect("a customer").id)
            .collect();
        let (listed, _) = stage.account.collect_customers().await.unwrap();
        let listed: BTreeSet<String> = listed
            .into_iter()
            .map(|customer| customer.source.vendor_id)
            .collect();
        assert!(customers.is_subset(&listed), "no digit of an id is lost");
    }
}

#[tokio::test(start_paused = true)]
async fn json_inside_text_is_read_the_same() {
    let plain = Stage::new(30).expect_all().await.0;
    let stage = Stage::misbehaving(30, |how| how.json_scalars_as_text = true);
    assert_eq!(stage.expect_all().await.0, plain);
}

#[tokio::test(start_paused = true)]
async fn a_null_row_is_told_with_the_vendors_reason_and_costs_nobody_else() {
    let stage = Stage::new(250);
    let gone = stage.ids()[120].clone();
    stage
        .vendor
        .with(|vendor| vendor.fault_asset(&gone, Some(RowFault::Null)));
    let (assets, summary, failure) = stage.list().await;
    assert!(failure.is_none());
    assert_eq!(assets.len(), 249);
    assert_eq!(summary.seen, 250);
    assert!(summary.complete);
    let [rejection] = &summary.rejected[..] else {
        panic!("{:?}", summary.rejected);
    };
    assert!(
        rejection.reason.contains("the row is null: "),
        "{rejection:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_row_of_wrong_types_is_kept_as_far_as_it_can_be_read() {
    let stage = Stage::new(120);
    let odd = stage.ids()[7].clone();
    stage
        .vendor
        .with(|vendor| vendor.fault_asset(&odd, Some(RowFault::WrongTypes)));
    let (assets, _) = stage.expect_all().await;
    let asset = assets
        .iter()
        .find(|asset| asset.source.vendor_id == odd)
        .unwrap();
    assert!(
        asset
            .issues
            .iter()
            .any(|issue| issue.code == IssueCode::UnexpectedType)
    );
}

#[tokio::test(start_paused = true)]
async fn failures_without_a_reason_pass() {
    let stage = Stage::misbehaving(250, |how| how.fail_next = 3);
    let (_, summary) = stage.expect_all().await;
    assert_eq!(summary.usage.retries, 3);
    assert_eq!(summary.usage.rate_limited_waits, 0);
}

#[tokio::test(start_paused = true)]
async fn another_tool_on_the_same_token_costs_patience_only() {
    // The vendor allows fewer than the connector believes: somebody else uses the rest.
    let stage = Stage::with(2_000, |spec| spec.requests_per_minute = Some(12));
    let (_, summary) = stage.expect_all().await;
    assert!(summary.usage.rate_limited_waits > 0);
    assert!(stage.clock.elapsed().as_secs() >= 60);
}

#[tokio::test(start_paused = true)]
async fn a_technicians_token_sees_less_and_the_counts_show_it() {
    let stage = Stage::new(250);
    let everything = stage.expect_all().await.1;
    stage
        .vendor
        .with(|vendor| *vendor.permissions() = Permissions::technician([0, 3]));
    let (assets, summary, failure) = stage.list().await;
    assert!(failure.is_none() && summary.complete);
    assert!(assets.len() < 250);
    assert_eq!(summary.customers.len(), 2);
    assert!(everything.customers.len() > 2);
    let report = stage.account.check(CheckScope::read()).await;
    assert!(report.ok());
    let check = |name| {
        report
            .checks
            .iter()
            .find(|check| check.name == name)
            .unwrap()
    };
    assert_eq!(
        check(Check::READ_ASSETS).detail,
        format!("{} assets visible", assets.len())
    );
    assert_eq!(check(Check::READ_CUSTOMERS).detail, "2 customers visible");
    assert!(
        check(Check::READ_ASSETS)
            .hint
            .as_ref()
            .unwrap()
            .contains("All Clients")
    );
}

#[tokio::test(start_paused = true)]
async fn a_missing_permission_for_customers_leaves_the_assets() {
    let stage = Stage::new(30);
    stage
        .vendor
        .with(|vendor| vendor.permissions().clients = false);
    stage.expect_all().await;
    let error = stage.account.collect_customers().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Permission);
    assert!(error.hint().unwrap().contains("Client Settings > Client"));
}

#[tokio::test(start_paused = true)]
async fn a_wrong_subdomain_is_told_from_a_wrong_token() {
    let stage = Stage::new(5);
    let environment = Environment::new(Arc::new(stage.net.clone()), stage.clock.clone());
    let token = stage.vendor.with(|vendor| vendor.token().to_owned());
    let other = SuperOpsConfig::new("someone-else", token.as_str())
        .connect_in(&environment)
        .unwrap();
    let error = other.collect_assets(AssetQuery::new()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Authentication);
    assert!(error.hint().unwrap().contains("My MSP"), "{error}");
    stage.vendor.with(|vendor| vendor.replace_token("another"));
    let (_, _, failure) = stage.list().await;
    let error = failure.unwrap();
    assert_eq!(error.kind(), ErrorKind::Authentication);
    assert!(error.hint().unwrap().contains("API token"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn connectors_of_one_token_share_its_budget() {
    let stage = Stage::new(5);
    let environment = Environment::new(Arc::new(stage.net.clone()), stage.clock.clone());
    let connect = || {
        let token = stage.vendor.with(|vendor| vendor.token().to_owned());
        SuperOpsConfig::new("acmemsp", token)
            .connect_in(&environment)
            .unwrap()
    };
    let (first, second) = (connect(), connect());
    for _ in 0..75 {
        first.collect_customers().await.unwrap();
        second.collect_customers().await.unwrap();
    }
    assert_eq!(stage.net.requests(), 150);
    assert_eq!(stage.clock.elapsed().as_secs(), 60);
}
