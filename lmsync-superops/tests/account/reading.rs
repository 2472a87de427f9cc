//! A whole account, with everything that a real one does and should not.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use lmsync_core::model::IssueCode;
use lmsync_core::{AssetQuery, Check, ConnectorExt, Environment, ErrorKind};
use lmsync_superops::SuperOpsConfig;
use lmsync_testkit::check_named;
use lmsync_testkit::superops::{Permissions, RowFault, SuperOpsSpec, UnquotedIds};

use crate::stage::{config, misbehaving, stage_of, stage_with};

#[tokio::test(start_paused = true)]
async fn ten_thousand_assets_take_a_hundred_requests() {
    let stage = stage_of(10_000);
    let (_, summary) = stage.list_all_with_summary().await;
    assert_eq!(summary.usage.requests, 100);
    assert_eq!(stage.vendor.requests(), 100);
}

#[tokio::test(start_paused = true)]
async fn short_and_empty_pages_in_the_middle_are_not_the_end() {
    for rows in [0, 1, 40, 99] {
        for always_null in [false, true] {
            let stage = misbehaving(350, |how| {
                how.short_pages.insert(2, rows);
                how.has_more_always_null = always_null;
            });
            stage.list_all_with_summary().await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn has_more_is_null_on_the_last_page() {
    for assets in [1, 99, 100, 101, 250] {
        let stage = misbehaving(assets, |how| how.has_more_always_null = true);
        let (_, summary) = stage.list_all_with_summary().await;
        assert_eq!(summary.usage.requests, assets.div_ceil(100) as u64);
    }
}

#[tokio::test(start_paused = true)]
async fn an_endless_listing_ends_once_everything_was_seen() {
    let stage = misbehaving(250, |how| how.endless_last_page = true);
    let (_, summary) = stage.list_all_with_summary().await;
    assert!(summary.usage.requests <= 5, "{summary:?}");
}

#[tokio::test(start_paused = true)]
async fn counts_as_text_and_ids_as_numbers_are_read() {
    for unquoted_ids in [
        UnquotedIds::Never,
        UnquotedIds::Sometimes,
        UnquotedIds::Always,
    ] {
        let adjust = |spec: &mut SuperOpsSpec| {
            spec.unquoted_ids = unquoted_ids;
            spec.total_count_as_text = true;
        };
        let stage = stage_with(250, adjust, &config());
        let (assets, summary) = stage.list_all_with_summary().await;
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
    let plain = stage_of(30).list_all_with_summary().await.0;
    let stage = misbehaving(30, |how| how.json_scalars_as_text = true);
    assert_eq!(stage.list_all_with_summary().await.0, plain);
}

#[tokio::test(start_paused = true)]
async fn a_null_row_is_told_with_the_vendors_reason_and_costs_nobody_else() {
    let stage = stage_of(250);
    let gone = stage.change(|vendor| vendor.asset_ids())[120].clone();
    stage.change(|vendor| vendor.fault_asset(&gone, Some(RowFault::Null)));
    let (assets, summary) = stage.list(AssetQuery::new()).await;
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
    let stage = stage_of(120);
    let odd = stage.change(|vendor| vendor.asset_ids())[7].clone();
    stage.change(|vendor| vendor.fault_asset(&odd, Some(RowFault::WrongTypes)));
    let (assets, _) = stage.list_all_with_summary().await;
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
    let stage = misbehaving(250, |how| how.fail_next = 3);
    let (_, summary) = stage.list_all_with_summary().await;
    assert_eq!(summary.usage.retries, 3);
    assert_eq!(summary.usage.rate_limited_waits, 0);
}

#[tokio::test(start_paused = true)]
async fn another_tool_on_the_same_token_costs_patience_only() {
    // The vendor allows fewer than the connector believes: somebody else uses the rest.
    let adjust = |spec: &mut SuperOpsSpec| spec.requests_per_minute = Some(12);
    let stage = stage_with(2_000, adjust, &config());
    let (_, summary) = stage.list_all_with_summary().await;
    assert!(summary.usage.rate_limited_waits > 0);
    assert!(stage.clock.elapsed().as_secs() >= 60);
}

#[tokio::test(start_paused = true)]
async fn a_technicians_token_sees_less_and_the_counts_show_it() {
    let stage = stage_of(250);
    let everything = stage.list_all_with_summary().await.1;
    stage.change(|vendor| *vendor.permissions() = Permissions::technician([0, 3]));
    let (assets, summary) = stage.list(AssetQuery::new()).await;
    assert!(summary.complete);
    assert!(assets.len() < 250);
    assert_eq!(summary.customers.len(), 2);
    assert!(everything.customers.len() > 2);
    let report = stage.check().await;
    assert!(report.ok());
    let check = |name| check_named(&report, name);
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
    let stage = stage_of(30);
    stage.change(|vendor| vendor.permissions().clients = false);
    stage.list_all_with_summary().await;
    let error = stage.account.collect_customers().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Permission);
    assert!(error.hint().unwrap().contains("Client Settings > Client"));
}

#[tokio::test(start_paused = true)]
async fn a_wrong_subdomain_is_told_from_a_wrong_token() {
    let stage = stage_of(5);
    let token = stage.change(|vendor| vendor.token().to_owned());
    let other = SuperOpsConfig::new("someone-else", token.as_str())
        .connect_in(&stage.environment)
        .unwrap();
    let error = other.collect_assets(AssetQuery::new()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Authentication);
    assert!(error.hint().unwrap().contains("My MSP"), "{error}");
    stage.change(|vendor| vendor.replace_token("another"));
    let error = stage.failure().await;
    assert_eq!(error.kind(), ErrorKind::Authentication);
    assert!(error.hint().unwrap().contains("API token"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn connectors_of_one_token_share_its_budget() {
    let stage = stage_of(5);
    // Answers that take no time, so that the minute is the vendor's alone.
    let vendor = stage.vendor.clone().with_latency(Duration::ZERO);
    let environment = Environment::new(Arc::new(vendor), stage.clock.clone());
    let connect = || {
        let token = stage.change(|vendor| vendor.token().to_owned());
        SuperOpsConfig::new("acmemsp", token)
            .connect_in(&environment)
            .unwrap()
    };
    let (first, second) = (connect(), connect());
    for _ in 0..75 {
        first.collect_customers().await.unwrap();
        second.collect_customers().await.unwrap();
    }
    assert_eq!(stage.vendor.requests(), 150);
    assert_eq!(stage.clock.elapsed().as_secs(), 60);
}
