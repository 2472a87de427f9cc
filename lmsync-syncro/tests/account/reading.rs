//! What is asked of this connector beyond the promises of all.

use std::collections::BTreeSet;
use std::time::Duration;

use futures_util::StreamExt;
use lmsync_core::model::{Asset, CheckInBasis, IssueCode};
use lmsync_core::{
    AssetQuery, Check, CheckInWindow, Connector, ConnectorExt, Detail, Error, ErrorKind,
};
use lmsync_syncro::SyncroConfig;
use lmsync_testkit::conformance::run;
use lmsync_testkit::syncro::{Meta, Permissions};
use lmsync_testkit::{Fault, Log, Recorded, check_named};
use serde_json::{Value, json};

use crate::stage::{KEY, Stage, USER_TOKEN, stage_of, stage_with};

/// The addresses asked for so far.
fn asked(stage: &Stage) -> Vec<String> {
    let address = |request: Recorded| request.uri.path_and_query().unwrap().to_string();
    stage.sent("").into_iter().map(address).collect()
}

fn unique<'i>(ids: impl IntoIterator<Item = &'i String>) -> BTreeSet<String> {
    ids.into_iter().cloned().collect()
}

#[test]
fn ten_thousand_assets_cost_one_request_a_page_and_none_an_asset() {
    run(async {
        let stage = stage_of(10_000);
        let mut assets = stage.account.assets(AssetQuery::new());
        let mut count = 0;
        while let Some(asset) = assets.next().await {
            asset.unwrap();
            count += 1;
        }
        assert_eq!(count, 10_000);
        assert!(assets.summary().complete);
        assert_eq!(assets.summary().usage.requests, 200);
        assert_eq!(stage.vendor.requests(), 200);
        // The first 180 go at once, the rest when the minute is over.
        assert!(stage.clock.elapsed() < Duration::from_secs(65));
    });
}

#[test]
fn every_page_is_read_whatever_its_size_and_whatever_is_said_of_it() {
    run(async {
        for (meta, size, assets, requests) in [
            (Meta::Whole, 50, 120, 3),
            (Meta::Whole, 25, 120, 5),
            (Meta::Whole, 100, 100, 1),
            (Meta::Whole, 7, 20, 3),
            (Meta::Text, 50, 120, 3),
            (Meta::PagesOnly, 50, 120, 3),
            (Meta::EntriesOnly, 50, 120, 3),
            // Without a word about the end, only an empty page is one.
            (Meta::Absent, 50, 120, 4),
            (Meta::Absent, 50, 100, 3),
            (Meta::Absent, 50, 0, 1),
        ] {
            let stage = stage_with(assets, |spec| {
                spec.meta = meta;
                spec.page_size = size;
            });
            let (listed, summary) = stage.list(AssetQuery::new()).await;
            assert_eq!(listed.len(), assets, "{meta:?} by {size}");
            assert!(summary.complete);
            assert_eq!(summary.usage.requests, requests, "{meta:?} by {size}");
        }
    });
}

#[test]
fn a_last_page_without_end_is_no_loop() {
    run(async {
        let stage = stage_of(120);
        stage.change(|account| account.misbehaviour().endless_last_page = true);
        let (listed, summary) = stage.list(AssetQuery::new()).await;
        assert_eq!((listed.len(), summary.complete), (120, true));

        // Where nothing is said of the end, what repeats itself may hide the rest.
        let stage = stage_with(120, |spec| spec.meta = Meta::Absent);
        stage.change(|account| account.misbehaviour().endless_last_page = true);
        let error = stage.failure().await;
        assert_eq!(error.kind(), ErrorKind::Vendor, "{error}");
        assert!(stage.vendor.requests() < 15);
    });
}

#[test]
fn one_bad_record_costs_neither_its_page_nor_another() {
    run(async {
        let stage = stage_of(60);
        let ids = stage.change(|account| account.asset_ids());
        let properties: Vec<Value> = vec![
            json!({}),
            json!(null),
            json!([]),
            json!(["x"]),
            json!("x"),
            json!({ "kabuto_information": "x" }),
            json!({ "kabuto_information": [] }),
            json!({ "kabuto_information": { "general": [], "os": "", "hdd": { "size": "1" } } }),
            json!({ "kabuto_information": { "network_adapters": [null, 3, { "ipv4": {} }] } }),
            json!({ "warranty_end_date": "Upgrade to the Team plan" }),
            json!({ "Warranty End": "2027-01-31\r\n\r\n", "warranty end": "x" }),
            json!({ "Kiosk": "0", "kiosk": "true", "KIOSK": 1 }),
        ];
        let bad = properties.len();
        stage.change(|account| {
            for (id, properties) in ids.iter().zip(properties) {
                account.set_member(id, "properties", properties);
            }
            account.set_row(&ids[bad], Value::Null);
            account.set_row(&ids[bad + 1], json!(["a", "list"]));
            account.set_row(&ids[bad + 2], json!({ "name": "without an id" }));
            account.set_member(&ids[bad + 3], "name", json!({ "first": "x" }));
            account.set_member(&ids[bad + 3], "customer", json!(7));
        });
        for query in [AssetQuery::new(), AssetQuery::new().raw()] {
            let (listed, summary) = stage.list(query).await;
            assert!(summary.complete);
            assert_eq!((listed.len(), summary.rejected.len()), (57, 3));
            let odd = &listed[bad];
            assert_eq!(odd.name, ids[bad + 3]);
            let sales = &listed[9];
            assert_eq!(sales.warranty_expiry, None);
            let codes: Vec<_> = sales.issues.iter().map(|issue| issue.code).collect();
            assert!(codes.contains(&IssueCode::ImplausibleDate));
            assert_eq!(
                listed[10].warranty_expiry.unwrap().to_string(),
                "2027-01-31"
            );
            assert_eq!(listed[11].custom_fields.len(), 3);
        }
    });
}

#[test]
fn the_prebuilt_token_passes_the_check_and_gathers_customers_from_assets() {
    run(async {
        let stage = stage_of(60);
        stage.change(|account| *account.permissions() = Permissions::prebuilt_token());
        let report = stage.check().await;
        assert!(report.ok(), "{report:?}");
        let customers = check_named(&report, Check::READ_CUSTOMERS);
        assert!(customers.detail.contains("gathered from the assets"));
        let hint = customers.hint.as_deref().unwrap();
        assert!(hint.contains("Customers - List/Search"));
        let assets = check_named(&report, Check::READ_ASSETS);
        assert!(assets.detail.contains("60"));
        let hint = assets.hint.as_deref().unwrap();
        assert!(hint.contains("single-customer user") && hint.contains("full-time agent"));

        let (gathered, summary) = stage.account.collect_customers().await.unwrap();
        assert!(summary.complete);
        assert_eq!(summary.duplicates, 0);
        // The refusal, then two pages of assets.
        assert_eq!(summary.usage.requests, 3);
        let owners: BTreeSet<_> = stage
            .list(AssetQuery::new())
            .await
            .0
            .into_iter()
            .filter_map(|asset| Some(asset.customer?.id))
            .collect();
        let ids: Vec<_> = gathered
            .iter()
            .map(|customer| customer.source.vendor_id.clone())
            .collect();
        assert_eq!(unique(&ids), owners);
        assert!(gathered.iter().all(|customer| customer.active.is_none()));
    });
}

#[test]
fn customers_come_from_their_list_where_it_may_be_read() {
    run(async {
        let stage = stage_of(400);
        let (customers, summary) = stage.account.collect_customers().await.unwrap();
        assert!(summary.complete);
        assert_eq!(summary.usage.requests, 1);
        let inactive = |active| customers.iter().filter(|one| one.active == active).count();
        assert!(inactive(Some(false)) > 0 && inactive(None) == 0);
        assert!(customers.iter().all(|customer| !customer.name.is_empty()));

        // A list that breaks is an error, not a reason to gather.
        stage.faults.inject_always(Fault::status(500));
        let error = stage.account.collect_customers().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Vendor);
    });
}

#[test]
fn without_any_permission_customers_are_an_error_and_not_none() {
    run(async {
        let stage = stage_of(5);
        stage.change(|account| {
            let permissions = account.permissions();
            permissions.list_assets = false;
            permissions.list_customers = false;
        });
        let error = stage.account.collect_customers().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Permission);
        let report = stage.check().await;
        assert!(check_named(&report, Check::AUTHENTICATED).ok);
        for (name, permission) in [
            (Check::READ_CUSTOMERS, "Customers - List/Search"),
            (Check::READ_ASSETS, "Assets - List/Search"),
        ] {
            let failed = check_named(&report, name);
            assert!(!failed.ok);
            assert!(failed.detail.contains(permission), "{failed:?}");
        }
    });
}

#[test]
fn a_401_without_a_reason_is_settled_by_asking_whose_key_it_is() {
    run(async {
        let stage = stage_of(5);
        stage.change(|account| {
            account.misbehaviour().refuses_without_reason = true;
            account.permissions().list_assets = false;
        });
        let error = stage.failure().await;
        assert_eq!(error.kind(), ErrorKind::Permission, "{error}");
        let hint = error.hint().unwrap();
        for words in ["Assets - List/Search", "Assets - View Details", "full-time"] {
            assert!(hint.contains(words), "{hint}");
        }
        assert_eq!(
            asked(&stage),
            ["/api/v1/customer_assets?page=1", "/api/v1/me"]
        );
        let report = stage.check().await;
        assert!(check_named(&report, Check::AUTHENTICATED).ok);
        assert!(!check_named(&report, Check::READ_ASSETS).ok);

        stage.change(|account| account.replace_key("another"));
        let error = stage.failure().await;
        assert_eq!(error.kind(), ErrorKind::Authentication);
        let hint = error.hint().unwrap();
        assert!(hint.contains("+ New Token") && hint.contains("full-time agent"));
        let report = stage.check().await;
        assert!(!check_named(&report, Check::AUTHENTICATED).ok);
    });
}

#[test]
fn the_users_token_shows_up_nowhere() {
    run(async {
        let stage = stage_of(5);
        stage.change(|account| {
            account.misbehaviour().refuses_without_reason = true;
            account.permissions().list_assets = false;
        });
        let log = Log::start();
        let mut shown = String::new();
        for cut in [None, Some(30), Some(60)] {
            if let Some(bytes) = cut {
                // `/me` is the second request of the listing.
                let next = stage.faults.sent() + 2;
                for number in next..next + 5 {
                    stage.faults.inject(number, Fault::Truncate(bytes));
                }
            }
            let error = stage.failure().await;
            shown += &format!("{error} {error:?} {:?}", stage.account);
        }
        let report = stage.check_two_way().await;
        shown += &format!("{report:?}");
        let _ = stage.account.collect_customers().await;
        let logged = log.finish();
        assert!(logged.contains("a try failed"), "{logged}");
        assert!(
            asked(&stage)
                .iter()
                .filter(|uri| uri.ends_with("/me"))
                .count()
                > 2
        );
        for text in [shown, logged] {
            assert!(!text.contains(&USER_TOKEN[..8]), "{text}");
        }
    });
}

#[test]
fn a_key_that_may_not_view_details_lists_and_fails_that_check_alone() {
    run(async {
        let stage = stage_of(60);
        stage.change(|account| account.permissions().view_assets = false);
        let (listed, summary) = stage.list(AssetQuery::new()).await;
        assert!(summary.complete && listed.len() == 60);
        let report = stage.check().await;
        let failed: Vec<_> = report.checks.iter().filter(|check| !check.ok).collect();
        assert_eq!(failed.len(), 1);
        assert_eq!(failed[0].name, "read_asset_details");
        assert!(failed[0].detail.contains("Assets - View Details"));
    });
}

#[test]
fn a_single_customer_user_sees_its_own_and_the_check_warns() {
    run(async {
        let stage = stage_of(100);
        stage.change(|account| account.permissions().only_customer = Some(0));
        let seen = stage.change(|account| account.asset_ids()).len();
        assert!(seen > 0 && seen < 100);
        let (listed, summary) = stage.list(AssetQuery::new()).await;
        assert!(summary.complete && listed.len() == seen);
        let report = stage.check().await;
        let assets = check_named(&report, Check::READ_ASSETS);
        assert!(assets.detail.contains(&seen.to_string()));
        assert!(
            assets
                .hint
                .as_deref()
                .unwrap()
                .contains("compare the count")
        );
    });
}

#[test]
fn a_wrong_subdomain_that_redirects_is_asked_once_and_never_followed() {
    run(async {
        for target in [
            "https://other.syncromsp.com/api/v1/customer_assets",
            "https://evil.example/?key=1",
            "/users/sign_in",
        ] {
            let stage = stage_of(5);
            stage.change(|account| account.misbehaviour().redirect_to = Some(target.to_owned()));
            let error = stage.failure().await;
            assert_eq!(error.kind(), ErrorKind::Vendor, "{error}");
            assert!(error.hint().unwrap().contains("check the hostname"));
            assert_eq!(stage.vendor.requests(), 1);
            let report = stage.check().await;
            assert!(check_named(&report, Check::REACHABLE).ok);
            assert!(!check_named(&report, Check::AUTHENTICATED).ok);
            let hosts: BTreeSet<_> = stage
                .vendor
                .recorded()
                .iter()
                .map(|request| request.uri.host().unwrap().to_owned())
                .collect();
            assert_eq!(hosts, ["acmemsp.syncromsp.com".to_owned()].into());
        }
    });
}

#[test]
fn all_accounts_of_a_process_share_the_budget_of_its_address() {
    run(async {
        let stage = stage_with(2_000, |spec| spec.page_size = 10);
        let other = SyncroConfig::new("globex.repairshopr.com", KEY)
            .connect_in(&stage.environment)
            .unwrap();
        let (mine, theirs) = futures_util::future::join(
            stage.account.collect_assets(AssetQuery::new()),
            other.collect_assets(AssetQuery::new()),
        )
        .await;
        for outcome in [mine, theirs] {
            let (_, summary) = outcome.unwrap();
            assert!(summary.complete);
            assert_eq!(summary.usage.rate_limited_waits, 0);
        }
        let arrivals: Vec<_> = stage
            .vendor
            .recorded()
            .iter()
            .filter_map(|request| request.ended)
            .collect();
        assert_eq!(arrivals.len(), 400);
        for (first, later) in arrivals.iter().zip(arrivals.iter().skip(180)) {
            assert!(*later >= *first + Duration::from_secs(60));
        }
    });
}

#[test]
fn a_refusal_without_a_word_on_how_long_is_waited_out_for_a_minute() {
    run(async {
        let stage = stage_of(5);
        stage.change(|account| account.misbehaviour().throttle_next = 1);
        let (listed, summary) = stage.list(AssetQuery::new()).await;
        assert_eq!(listed.len(), 5);
        assert_eq!(summary.usage.rate_limited_waits, 1);
        let waited = stage.clock.elapsed();
        assert!(waited >= Duration::from_secs(60) && waited < Duration::from_secs(61));
    });
}

#[test]
fn a_gateway_that_gives_up_now_and_then_is_asked_again() {
    run(async {
        let stage = stage_of(120);
        stage.change(|account| account.misbehaviour().time_out_next = 3);
        let (listed, summary) = stage.list(AssetQuery::new()).await;
        assert_eq!(listed.len(), 120);
        assert_eq!(summary.usage.retries, 3);
        assert!(asked(&stage).iter().all(|uri| !uri.contains("per_page")));
    });
}

#[test]
fn a_page_too_heavy_is_read_in_smaller_ones_where_the_vendor_grants_them() {
    run(async {
        // From the first page on: the whole listing goes by smaller pages.
        let stage = stage_with(120, |spec| spec.per_page_up_to = Some(100));
        stage.change(|account| account.misbehaviour().heavy_above = Some(30));
        let (listed, summary) = stage.list(AssetQuery::new()).await;
        assert!(summary.complete && listed.len() == 120);
        assert_eq!(summary.usage.requests, 5 + 8);

        // A vendor that ignores the wish and answers at last is taken at its word.
        let stage = stage_of(120);
        stage.change(|account| account.misbehaviour().time_out_next = 5);
        let (listed, summary) = stage.list(AssetQuery::new()).await;
        assert!(summary.complete && listed.len() == 120);
        assert_eq!(summary.usage.requests, 5 + 3);

        // One that grants even less than asked for is read by that.
        let stage = stage_with(120, |spec| spec.per_page_up_to = Some(10));
        stage.change(|account| account.misbehaviour().heavy_above = Some(30));
        let (listed, summary) = stage.list(AssetQuery::new()).await;
        assert!(summary.complete && listed.len() == 120);
        assert_eq!(summary.usage.requests, 5 + 12);

        // One page in the middle: that page comes in parts, the others stay whole.
        let stage = stage_with(250, |spec| spec.per_page_up_to = Some(100));
        let order = stage.change(|account| account.asset_ids());
        let account = stage.vendor.simulator().clone();
        stage.faults.before(2, move || {
            account.with(|account| account.misbehaviour().heavy_above = Some(30));
        });
        let (listed, summary) = stage.list(AssetQuery::new()).await;
        let ids: Vec<_> = listed
            .iter()
            .map(|asset| asset.source.vendor_id.clone())
            .collect();
        assert_eq!(ids, order);
        assert!(summary.complete);
        assert_eq!(summary.usage.requests, 1 + 4 * (5 + 2));
    });
}

#[test]
fn a_page_too_heavy_is_an_error_where_the_vendor_grants_no_smaller_one() {
    run(async {
        let stage = stage_of(120);
        stage.change(|account| account.misbehaviour().heavy_above = Some(30));
        let error = stage.failure().await;
        assert_eq!(
            (error.kind(), error.status()),
            (ErrorKind::Vendor, Some(504))
        );
        assert!(error.hint().is_some());

        // Another size than asked for is not taken for the right rows.
        let stage = stage_with(250, |spec| spec.per_page_up_to = Some(20));
        let account = stage.vendor.simulator().clone();
        stage.faults.before(2, move || {
            account.with(|account| account.misbehaviour().heavy_above = Some(30));
        });
        let mut assets = stage.account.assets(AssetQuery::new());
        let mut error = None;
        while let Some(asset) = assets.next().await {
            error = asset.err();
        }
        assert_eq!(error.unwrap().status(), Some(504));
        assert!(!assets.summary().complete);
    });
}

#[test]
fn a_record_update_counts_for_a_window_only_when_asked_for() {
    run(async {
        let stage = stage_of(100);
        let now = stage.clock.now().to_rfc3339();
        let id = stage.change(|account| {
            let machine = account
                .asset_ids()
                .into_iter()
                .find(|id| account.machine(id).unwrap().last_check_in.is_none());
            let id = machine.unwrap();
            account.set_member(&id, "updated_at", json!(now));
            id
        });
        let window = AssetQuery::new().window(CheckInWindow::DAYS_30);
        let has = |assets: &[lmsync_core::model::Asset]| {
            let found = assets.iter().find(|asset| asset.source.vendor_id == id);
            found.map(|asset| asset.check_in_basis)
        };
        assert_eq!(has(&stage.list(window.clone()).await.0), None);
        let asked = stage.list(window.accept_record_update()).await.0;
        assert_eq!(has(&asked), Some(CheckInBasis::RecordUpdate));
        let all = stage.list(AssetQuery::new()).await.0;
        assert_eq!(has(&all), Some(CheckInBasis::None));
    });
}

#[test]
fn what_opens_a_device_is_in_no_record() {
    run(async {
        let stage = stage_of(20);
        let (raw, _) = stage.list(AssetQuery::new().raw()).await;
        let shown = serde_json::to_string(&raw).unwrap();
        assert!(shown.contains("device_info") && !shown.contains("sim-c0mmunity"));
        let alone = stage.account.asset(&raw[0].id()).await.unwrap();
        assert!(!format!("{alone:?}").contains("sim-c0mmunity"));
    });
}

#[test]
fn an_id_that_is_no_number_is_unknown_and_not_asked_for() {
    run(async {
        let stage = stage_of(5);
        for id in ["", "../me", "7/patches", "7?x=1", "seven", "\u{664}"] {
            let error = stage.account.asset(&id.into()).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::NotFound, "{id}");
        }
        assert_eq!(stage.vendor.requests(), 0);
    });
}

#[test]
fn installed_software_comes_on_request_by_a_list_for_each_asset() {
    run(async {
        let stage = stage_of(60);
        let query = AssetQuery::new().detail(Detail::NONE.software());
        let (assets, summary) = stage.list(query).await;
        assert!(summary.complete, "{summary:?}");
        assert_eq!(stage.sent("/installed_applications").len(), 60);
        for asset in &assets {
            let id = &asset.source.vendor_id;
            let (machine, fleet) = stage.change(|vendor| {
                let population = vendor.population();
                (vendor.machine(id).unwrap(), population.fleet().clone())
            });
            let truth = match machine.last_check_in {
                Some(_) => fleet.software(&machine),
                None => Vec::new(),
            };
            let told = asset.software.as_ref().unwrap();
            assert_eq!(told.len(), truth.len(), "{id}");
            for (program, truth) in told.iter().zip(&truth) {
                assert_eq!(program.name, truth.name);
                assert_eq!(program.publisher.as_deref(), Some(truth.publisher));
                assert_eq!(program.version.as_deref(), Some(&*truth.version));
                assert_eq!(program.installed_on, Some(truth.at.date()));
            }
        }
        let plain = stage_of(60);
        assert!(
            plain
                .list_all()
                .await
                .iter()
                .all(|asset| asset.software.is_none())
        );
        assert_eq!(plain.sent("/installed_applications").len(), 0);
    });
}

#[test]
fn installed_software_is_read_page_by_page() {
    run(async {
        let whole = stage_of(12)
            .list(AssetQuery::new().detail(Detail::NONE.software()))
            .await;
        let small = stage_with(12, |spec| spec.per_page_up_to = Some(5));
        let (assets, _) = small
            .list(AssetQuery::new().detail(Detail::NONE.software()))
            .await;
        let programs = |assets: &[Asset]| -> Vec<_> {
            assets
                .iter()
                .map(|asset| asset.software.clone().unwrap())
                .collect()
        };
        assert_eq!(programs(&assets), programs(&whole.0));
        assert!(small.sent("page=2").len() > 5);
    });
}

#[test]
fn an_odd_program_costs_no_other_and_an_empty_page_is_not_the_end() {
    run(async {
        let stage = stage_of(12);
        let id = stage.change(|vendor| vendor.asset_ids().remove(0));
        let answer = |body: &str| Fault::Answer {
            status: 200,
            headers: Vec::new(),
            body: body.to_owned().into(),
        };
        let pages = [
            r#"{"installed_applications":[{"name":"A"},{"name":" "},7],"meta":{"total_entries":5,"total_pages":3,"per_page":3}}"#,
            r#"{"installed_applications":[],"meta":{"total_entries":5,"total_pages":3,"per_page":3}}"#,
            r#"{"installed_applications":[{"name":"B"},{"name":"B","version":"2"}],"meta":{"total_entries":5,"total_pages":3,"per_page":3}}"#,
        ];
        for (number, page) in pages.iter().enumerate() {
            stage.faults.inject(number + 2, answer(page));
        }
        let asset = stage.account.asset(&id.as_str().into()).await.unwrap();
        let names = asset.software.as_ref().unwrap().iter();
        let names: Vec<_> = names.map(|program| program.name.as_str()).collect();
        assert_eq!(
            names,
            ["A", "B", "B"],
            "{:?}",
            stage.sent("/installed_applications")
        );
        let noted = asset
            .issues
            .iter()
            .filter(|issue| issue.field == "software");
        assert_eq!(noted.count(), 2);
    });
}

#[test]
fn an_asset_alone_comes_with_its_software_or_says_why_not() {
    run(async {
        let stage = stage_of(12);
        let id = stage.change(|vendor| vendor.asset_ids().remove(0));
        let asset = stage.account.asset(&id.as_str().into()).await.unwrap();
        assert!(!asset.software.unwrap().is_empty());

        for (status, kind) in [(404, None), (403, None), (500, Some(ErrorKind::Vendor))] {
            let stage = stage_of(12);
            for number in 2..12 {
                stage.faults.inject(number, Fault::status(status));
            }
            let read = stage.account.asset(&id.as_str().into()).await;
            assert_eq!(read.as_ref().err().map(Error::kind), kind, "{status}");
            if let Ok(asset) = read {
                assert_eq!(asset.software, None);
                assert!(asset.issues.iter().any(|issue| issue.field == "software"));
            }
        }
    });
}
