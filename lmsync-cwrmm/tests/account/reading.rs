//! What a listing costs and what it tells.

use std::time::Duration;

use futures_util::StreamExt;
use lmsync_core::model::IssueCode;
use lmsync_core::tenant_fields::{TenantField, TenantFieldNames};
use lmsync_core::{AssetQuery, Connector, Detail, ErrorKind};
use lmsync_testkit::Fault;
use lmsync_testkit::conformance::run;
use lmsync_testkit::cwrmm::CwRmmSpec;

use super::stage::{CwRmmStage, Stage, config, default_config, ids, stage_of, stage_with};

#[test]
fn ten_thousand_devices_in_five_hundred_companies_take_at_most_300_requests() {
    run(async {
        let stage = stage_of(10_000, 500);
        let assets = stage.list_all().await;
        assert_eq!(assets.len(), 10_000);
        assert!(assets.iter().any(|asset| asset.last_check_in.is_some()));
        assert_eq!(stage.sent("heartbeat").len(), 125);
        assert_eq!(stage.sent("categories/platform").len(), 125);
        assert_eq!(stage.sent("token").len(), 1);
        // Two for each batch; a token, one page of companies, three of sites.
        assert_eq!(stage.vendor.requests(), 255);
        assert!(stage.clock.elapsed() < Duration::from_secs(60));
    });
}

#[test]
fn small_pages_of_companies_and_sites_stay_within_300_requests() {
    run(async {
        let adjust = |spec: &mut CwRmmSpec| spec.company_page_cap = 100;
        let stage = stage_with(10_000, 500, adjust, config());
        stage.list_all().await;
        assert!(
            stage.vendor.requests() <= 300,
            "{}",
            stage.vendor.requests()
        );
    });
}

#[test]
fn the_list_tells_processor_memory_user_company_and_site() {
    run(async {
        let stage = stage_of(50, 4);
        let assets = stage.list_all().await;
        for asset in &assets {
            assert!(asset.cpu.name.is_some() && asset.memory_bytes.is_some());
            let (customer, site) = (asset.customer.as_ref().unwrap(), asset.site.as_ref());
            assert!(customer.name.is_some() && site.unwrap().name.is_some());
            assert_eq!(asset.source.parent_ids["company_id"], customer.id);
        }
        assert!(assets.iter().any(|asset| asset.last_user.is_some()));
        let lists = stage.sent("categories");
        let fields = lists[0]
            .uri
            .query()
            .unwrap()
            .split("field=")
            .nth(1)
            .unwrap();
        assert_eq!(fields.split(',').count(), 15);
        assert!(
            lists
                .iter()
                .all(|request| request.headers.contains_key("x-request-id"))
        );
    });
}

#[test]
fn an_account_without_network_devices_is_asked_for_them_company_by_company() {
    run(async {
        let stage = stage_with(10_000, 500, |_| {}, default_config());
        assert_eq!(stage.list_all().await.len(), 10_000);
        // "Not found" for a batch may mean one of its companies: each is asked alone.
        // Two more find out the verb.
        assert_eq!(stage.sent("categories/network").len(), 125 + 500 + 2);
        assert_eq!(stage.vendor.requests(), 255 + 627);
    });
}

#[test]
fn companies_that_are_asked_alone_are_asked_side_by_side() {
    run(async {
        let unlimited = default_config().requests_per_minute(1_000_000);
        let stage = stage_with(2_000, 200, |_| {}, unlimited.concurrency(8));
        stage.list_all().await;
        let requests = stage.vendor.requests();
        // An answer takes 20 ms.
        let one_by_one = Duration::from_millis(20) * u32::try_from(requests).unwrap();
        let elapsed = stage.clock.elapsed();
        assert!(
            elapsed < one_by_one / 6,
            "{elapsed:?} for {requests} requests"
        );
    });
}

#[test]
fn network_devices_are_listed_unless_they_are_left_out() {
    run(async {
        let plain = stage_of(20, 2);
        plain.list_all().await;
        assert!(plain.sent("categories/network").is_empty());
        let wide = stage_with(20, 2, |_| {}, default_config());
        wide.list_all().await;
        let sent = wide.sent("categories/network");
        assert!(!sent.is_empty());
        // The vendor's schema has neither for a network device.
        for request in sent {
            let query = request.uri.query().unwrap().to_owned();
            assert!(
                !query.contains(",type,") && !query.contains("remoteAddress"),
                "{query}"
            );
        }
    });
}

#[test]
fn a_key_that_may_not_read_network_devices_reads_all_others() {
    run(async {
        let stage = stage_with(20, 2, |_| {}, default_config());
        let refusal = Fault::status(403);
        // Companies, sites, devices and their heartbeat, network devices.
        let number = position_of(&stage, "categories/network").await;
        stage.faults.inject(stage.faults.sent() + number, refusal);
        assert_eq!(stage.list_all().await.len(), 20);
        assert_eq!(stage.faults.harmed(), 1);
        // Any other failure is one of the listing.
        let number = position_of(&stage, "categories/network").await;
        stage
            .faults
            .inject(stage.faults.sent() + number, Fault::status(400));
        let mut listing = stage.account.assets(AssetQuery::new());
        let mut failure = None;
        while let Some(asset) = listing.next().await {
            failure = failure.or(asset.err());
        }
        assert_eq!(failure.unwrap().status(), Some(400));
    });
}

/// The place of the first request to `path` among those of a listing.
async fn position_of(stage: &Stage, path: &str) -> usize {
    let before = stage.vendor.recorded().len();
    stage.list_all().await;
    let sent = stage.vendor.recorded();
    let mut listing = sent[before..].iter();
    let place = listing.position(|request| request.uri.path().contains(path));
    place.unwrap() + 1
}

#[test]
fn dates_come_from_custom_fields_on_request_in_either_spelling() {
    run(async {
        for capital in [false, true] {
            let adjust = |spec: &mut CwRmmSpec| spec.custom_fields = true;
            let places = TenantFieldNames::new().with(TenantField::AssetTag, ["rack"]);
            let stage = stage_with(40, 4, adjust, config().fields(places));
            stage.misbehave(|faults| faults.capital_attribute_id = capital);
            let plain = stage.list_all().await;
            assert!(plain.iter().all(|asset| asset.warranty_expiry.is_none()));
            assert!(stage.sent("custom-fields").is_empty());
            let query = AssetQuery::new().detail(Detail::NONE.hardware());
            let (full, _) = stage.list(query).await;
            assert!(full.iter().any(|asset| asset.purchase_date.is_some()));
            for asset in &full {
                let id = &asset.source.vendor_id;
                let machine = stage.vendor.simulator().with(|vendor| vendor.machine(id));
                let expiry = machine.unwrap().warranty_expiry;
                let is_sentinel = expiry.is_some_and(|day| day.to_string() == "1970-01-01");
                assert_eq!(asset.warranty_expiry, expiry.filter(|_| !is_sentinel));
                assert!(asset.asset_tag.as_ref().unwrap().starts_with("Rack"));
                assert_eq!(asset.tenant_fields[&TenantField::AssetTag], "Rack");
                assert!(!asset.disks.is_empty() && asset.software.is_none());
            }
        }
    });
}

#[test]
fn detail_that_the_key_may_not_read_is_noted_and_the_rest_comes() {
    run(async {
        let stage = stage_of(6, 1);
        let listed = stage.list_all().await;
        // One request of the second listing meets a refusal: the first for a device alone.
        let first = stage.faults.sent() + 6;
        stage.faults.inject(first, Fault::status(403));
        let query = AssetQuery::new().detail(Detail::NONE.hardware().software());
        let (full, summary) = stage.list(query).await;
        assert!(summary.complete);
        assert_eq!(ids(&full), ids(&listed));
        let noted = full.iter().filter(|asset| {
            asset
                .issues
                .iter()
                .any(|issue| issue.code == IssueCode::Truncated)
        });
        assert_eq!(noted.count(), 1);
    });
}

#[test]
fn a_device_that_refuses_fields_is_asked_for_those_of_a_network_device() {
    run(async {
        for (network_devices, is_found) in [(true, true), (false, false)] {
            let config = config().network_devices(network_devices);
            let stage = stage_with(10, 2, |_| {}, config);
            let listed = stage.list_all().await.remove(0);
            let number = stage.faults.sent() + 1;
            stage.faults.inject(number, Fault::status(400));
            let alone = stage.account.asset(&listed.id()).await;
            assert_eq!(alone.is_ok(), is_found, "{alone:?}");
            let asked = stage.sent("/sites/");
            let fields = asked.iter().filter_map(|request| request.uri.query());
            let fields: Vec<&str> = fields.collect();
            // The refused one never reached the vendor.
            assert_eq!(fields.len(), usize::from(is_found));
            assert!(
                fields
                    .iter()
                    .all(|fields| !fields.contains("remoteAddress"))
            );
        }
    });
}

#[test]
fn a_device_is_found_by_its_id_alone() {
    run(async {
        let stage = stage_of(30, 5);
        for listed in stage.list_all().await.into_iter().take(3) {
            let id = listed.source.vendor_id.as_str();
            let alone = stage.account.asset(&id.into()).await.unwrap();
            assert_eq!(alone.customer, listed.customer);
            assert_eq!(alone.site, listed.site);
            assert_eq!(alone.last_check_in, listed.last_check_in);
            assert_eq!(alone.kind, listed.kind);
            assert!(alone.software.is_some() && !alone.disks.is_empty());
        }
        for odd in ["", "..", "a/b?c#d", "404"] {
            let error = stage.account.asset(&odd.into()).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::NotFound, "{odd}: {error}");
        }
    });
}
