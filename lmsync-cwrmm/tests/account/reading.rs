//! What this vendor asks for beyond the promises of every connector.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use futures_util::StreamExt;
use lmsync_core::model::{Asset, FieldPlaces, IssueCode, TenantField};
use lmsync_core::{
    AssetQuery, CheckInWindow, CheckScope, Connector, ConnectorExt, Detail, Environment, Error,
    ErrorKind, NeverCheckedIn, SharedClock, SyncSummary,
};
use lmsync_cwrmm::{CwRmmConfig, Region};
use lmsync_testkit::conformance::{Vendor, run};
use lmsync_testkit::cwrmm::{
    Cursor, CwRmmSimulator, CwRmmSpec, ErrorShape, Heartbeat, Key, ListVerb, RowFault, ThrottleWord,
};
use lmsync_testkit::fleet::{Fleet, FleetSpec};
use lmsync_testkit::{Fault, InMemory, Mutation, MutationKind, VirtualClock};

use super::stage::{Stage, config, hint, ids, outcomes};

// ---- what it costs -------------------------------------------------------------------------

#[test]
fn ten_thousand_devices_in_five_hundred_companies_take_at_most_300_requests() {
    run(async {
        let stage = Stage::new(10_000, 500);
        let assets = stage.list_all().await;
        assert_eq!(assets.len(), 10_000);
        assert!(assets.iter().any(|asset| asset.last_check_in.is_some()));
        assert_eq!(stage.sent("heartbeat").len(), 125);
        assert_eq!(stage.sent("categories/platform").len(), 125);
        assert_eq!(stage.sent("token").len(), 1);
        // token, rate limits, one page of companies, three of sites.
        assert_eq!(stage.vendor.requests(), 256);
        assert!(stage.clock.elapsed() < Duration::from_secs(60));
    });
}

#[test]
fn small_pages_of_companies_and_sites_stay_within_300_requests() {
    run(async {
        let adjust = |spec: &mut CwRmmSpec| spec.company_page_cap = 100;
        let stage = Stage::with(10_000, 500, adjust, config());
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
        let stage = Stage::new(50, 4);
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
fn network_devices_are_asked_for_on_request_only() {
    run(async {
        let plain = Stage::new(20, 2);
        plain.list_all().await;
        assert!(plain.sent("categories/network").is_empty());
        let wide = Stage::with(20, 2, |_| {}, config().network_devices(true));
        wide.list_all().await;
        assert!(!wide.sent("categories/network").is_empty());
    });
}

// ---- signing in ----------------------------------------------------------------------------

#[test]
fn one_token_serves_all_and_is_renewed_in_time() {
    run(async {
        let stage = Stage::new(200, 40);
        stage.list_all().await;
        stage.list_all().await;
        assert_eq!(stage.sent("token").len(), 1);
        stage.clock.sleep(Duration::from_secs(3600)).await;
        stage.list_all().await;
        assert_eq!(stage.sent("token").len(), 2);
        stage.change(CwRmmSimulator::revoke_tokens);
        stage.list_all().await;
        assert_eq!(stage.sent("token").len(), 3);
    });
}

#[test]
fn a_locked_key_means_later_and_never_bad_credentials() {
    run(async {
        let stage = Stage::new(20, 2);
        stage.misbehave(|faults| faults.lock_next = 2);
        let (_, summary) = stage.list(AssetQuery::new()).await;
        assert_eq!(summary.usage.rate_limited_waits, 2);
        assert!(stage.clock.elapsed() >= Duration::from_secs(120));

        let stage = Stage::new(20, 2);
        stage.misbehave(|faults| faults.lock_next = u32::MAX);
        let error = stage.failure().await;
        assert_eq!(error.kind(), ErrorKind::RateLimited, "{error}");
        assert_eq!(error.status(), Some(423));
        assert!(error.hint().unwrap().contains("API key"));
    });
}

#[test]
fn a_key_without_the_optional_scope_works_and_is_not_asked_twice() {
    run(async {
        for silently in [false, true] {
            let stage = Stage::new(20, 2);
            stage.change(|vendor| *vendor.key() = Key::without("platform.asset.read"));
            stage.misbehave(|faults| faults.scope_refused_silently = silently);
            stage.list_all().await;
            assert_eq!(stage.sent("token").len(), 2);
            stage.clock.sleep(Duration::from_secs(3600)).await;
            stage.list_all().await;
            assert_eq!(stage.sent("token").len(), 3);
            assert!(stage.check().await.ok());
        }
    });
}

#[test]
fn a_missing_scope_is_named_as_the_portal_names_it() {
    run(async {
        let without = |scope: &'static str| {
            let stage = Stage::new(20, 2);
            stage.change(|vendor| *vendor.key() = Key::without(scope));
            stage
        };
        let stage = without("platform.devices.read");
        let error = stage.failure().await;
        assert_eq!(error.kind(), ErrorKind::Permission, "{error}");
        assert!(error.hint().unwrap().contains("Platform - Devices - Read"));
        let report = stage.check().await;
        let seen = outcomes(&report);
        assert!(
            seen["authenticated"] && seen["read_customers"],
            "{report:?}"
        );
        assert!(!seen["read_assets"] && !seen["read_check_in"]);
        assert!(hint(&report, "read_assets").contains("Platform - Devices - Read"));

        let stage = without("platform.companies.read");
        let error = stage.failure().await;
        assert_eq!(error.kind(), ErrorKind::Permission, "{error}");
        assert!(
            error
                .hint()
                .unwrap()
                .contains("Platform - Companies - Read")
        );
        assert!(outcomes(&stage.check().await)["authenticated"]);

        let stage = without("platform.sites.read");
        let assets = stage.list_all().await;
        assert!(
            assets
                .iter()
                .all(|asset| asset.site.as_ref().unwrap().name.is_none())
        );
        let report = stage.check().await;
        assert!(report.ok());
        assert!(hint(&report, "read_customers").contains("Platform - Sites - Read"));
    });
}

#[test]
fn the_check_tells_a_bad_secret_a_key_that_is_off_and_a_wrong_region() {
    run(async {
        let clock: SharedClock = Arc::new(VirtualClock::default());
        let fleet = Fleet::new(FleetSpec::new(5, clock.now()));
        let spec = CwRmmSpec::new(fleet);
        let (id, secret) = (spec.client_id.clone(), spec.client_secret.clone());
        let vendor = InMemory::new(CwRmmSimulator::new(spec), clock.clone());
        let check = |config: CwRmmConfig| {
            let environment = Environment::new(Arc::new(vendor.clone()), clock.clone());
            let account = config.connect_in(&environment).unwrap();
            async move { account.check(CheckScope::read()).await }
        };
        let report = check(CwRmmConfig::new(&id, "another-secret")).await;
        let seen = outcomes(&report);
        assert!(seen["reachable"] && !seen["authenticated"], "{report:?}");
        let advice = hint(&report, "authenticated");
        assert!(
            advice.contains("Integrations") && advice.contains("Regenerate"),
            "{advice}"
        );

        let report = check(CwRmmConfig::new(&id, "another-secret").region(Region::Eu)).await;
        let advice = hint(&report, "authenticated");
        assert!(
            advice.contains("`eu`") && advice.contains("`na`"),
            "{advice}"
        );

        assert!(check(CwRmmConfig::new(&id, secret.as_str())).await.ok());
        vendor
            .simulator()
            .with(|vendor| vendor.key().active = false);
        let report = check(CwRmmConfig::new(&id, secret.as_str())).await;
        assert!(!outcomes(&report)["authenticated"]);
        let failed = report.checks.iter().find(|check| !check.ok).unwrap();
        assert!(failed.detail.contains("toggled off"), "{failed:?}");
    });
}

#[test]
fn a_key_that_is_revoked_between_two_listings_is_told() {
    run(async {
        let stage = Stage::new(20, 2);
        stage.list_all().await;
        stage.change(|vendor| vendor.replace_secret("regenerated"));
        let error = stage.failure().await;
        assert_eq!(error.kind(), ErrorKind::Authentication);
        assert!(error.hint().unwrap().contains("Regenerate"));
    });
}

// ---- devices -------------------------------------------------------------------------------

#[test]
fn the_verb_is_found_once_per_connection() {
    run(async {
        for refusal in [404, 405] {
            let adjust = |spec: &mut CwRmmSpec| spec.list_verb = ListVerb::Get { refusal };
            let config = config().concurrency(1);
            let stage = Stage::with(200, 20, adjust, config);
            stage.list_all().await;
            stage.list_all().await;
            let lists = stage.sent("categories");
            let posts = lists
                .iter()
                .filter(|request| request.method == "POST")
                .count();
            assert_eq!((posts, lists.len()), (1, 11), "{refusal}");
        }
    });
}

#[test]
fn an_account_without_devices_is_not_taken_for_one_with_another_verb() {
    run(async {
        let stage = Stage::new(0, 9);
        assert!(stage.list_all().await.is_empty());
        let report = stage.check().await;
        assert!(report.ok(), "{report:?}");
        stage.change(|vendor| {
            vendor.insert_asset_at(0);
        });
        stage.list_all().await;
    });
}

#[test]
fn companies_without_devices_cost_no_others_theirs() {
    run(async {
        for mixed in [false, true] {
            let stage = Stage::new(60, 12);
            stage.misbehave(|faults| {
                faults.mixed_batch_is_404 = mixed;
                if mixed {
                    faults.heartbeat = Heartbeat::MixedBatchIs404;
                }
            });
            // Some companies lose all they have.
            let listed = stage.list_all().await;
            let emptied: BTreeSet<String> = listed
                .iter()
                .filter_map(|asset| Some(asset.customer.as_ref()?.id.clone()))
                .enumerate()
                .filter(|(place, _)| place % 7 == 0)
                .map(|(_, id)| id)
                .collect();
            for asset in &listed {
                if emptied.contains(&asset.customer.as_ref().unwrap().id) {
                    stage.change(|vendor| {
                        vendor.remove_asset(&asset.source.vendor_id);
                    });
                }
            }
            let left = stage.list_all().await;
            assert!(!left.is_empty() && !left.iter().any(unknown));
            assert!(left.iter().any(|asset| asset.last_check_in.is_some()));
        }
    });
}

#[test]
fn pages_of_a_batch_are_followed_whatever_the_link_says() {
    run(async {
        for cursor in [Cursor::Forward, Cursor::Back, Cursor::Again] {
            // Groups are cut by pages and come again on the next.
            let adjust = |spec: &mut CwRmmSpec| spec.page_cap = 7;
            let stage = Stage::with(120, 6, adjust, config());
            stage.misbehave(|faults| {
                faults.cursor = cursor;
                faults.link_host = Some("evil.example".to_owned());
            });
            let (assets, summary) = stage.list(AssetQuery::new()).await;
            assert!(summary.complete, "{cursor:?}");
            assert_eq!(ids(&assets), stage.truth(), "{cursor:?}");
            let hosts: BTreeSet<_> = stage
                .vendor
                .recorded()
                .iter()
                .filter_map(|request| request.uri.host().map(ToOwned::to_owned))
                .collect();
            assert_eq!(hosts.len(), 1, "{hosts:?}");
            assert!(!hosts.contains("evil.example"));
        }
    });
}

#[test]
fn a_list_that_never_ends_is_an_error_and_no_loop() {
    run(async {
        let stage = Stage::new(20, 2);
        stage.misbehave(|faults| faults.endless_last_page = true);
        let error = stage.failure().await;
        assert_eq!(error.kind(), ErrorKind::Vendor);
        assert!(error.message().contains("does not end"), "{error}");
        assert!(stage.vendor.requests() < 30);
    });
}

#[test]
fn companies_are_followed_over_pages_whose_link_points_elsewhere() {
    run(async {
        let adjust = |spec: &mut CwRmmSpec| spec.company_page_cap = 3;
        let stage = Stage::with(40, 10, adjust, config());
        stage.misbehave(|faults| faults.link_host = Some("evil.example".to_owned()));
        stage.list_all().await;
        let (customers, summary) = stage.account.collect_customers().await.unwrap();
        assert_eq!((customers.len(), summary.complete), (10, true));
        assert!(
            customers
                .iter()
                .all(|customer| customer.active == Some(true))
        );
    });
}

#[test]
fn odd_rows_cost_only_themselves() {
    run(async {
        let stage = Stage::new(30, 3);
        let ids: Vec<String> = stage.truth().into_iter().collect();
        stage.change(|vendor| {
            vendor.fault_asset(&ids[0], Some(RowFault::Null));
            vendor.fault_asset(&ids[1], Some(RowFault::WrongTypes));
            vendor.fault_asset(&ids[2], Some(RowFault::RepeatedKey));
        });
        for query in [AssetQuery::new(), AssetQuery::new().raw()] {
            let (assets, summary) = stage.list(query).await;
            assert_eq!(assets.len(), 28);
            assert!(summary.complete);
            assert_eq!(summary.rejected.len(), 2, "{:?}", summary.rejected);
            let rejected = summary.rejected.iter();
            let named: Vec<_> = rejected.filter_map(|row| row.vendor_id.as_ref()).collect();
            assert_eq!(named, [&ids[2]]);
            let odd = assets.iter().find(|asset| asset.source.vendor_id == ids[1]);
            let issues = &odd.unwrap().issues;
            let odd = |field| {
                issues
                    .iter()
                    .any(|issue| issue.code == IssueCode::UnexpectedType && issue.field == field)
            };
            assert!(
                odd("name") && odd("model") && odd("network.adapters"),
                "{issues:?}"
            );
        }
    });
}

/// A listing that cannot be whole: what it handed out, how it ended and what it says of itself.
async fn list_with_a_gap(stage: &Stage) -> (Vec<Asset>, Error, SyncSummary) {
    let mut stream = stage.account.assets(AssetQuery::new());
    let mut assets = Vec::new();
    loop {
        match stream.next().await.expect("an error at the end") {
            Ok(asset) => assets.push(asset),
            Err(error) => {
                assert!(stream.next().await.is_none());
                return (assets, error, stream.summary());
            }
        }
    }
}

/// That the error says `gap`, and the summary that it is incomplete because of it.
fn expect_gap(gap: &str, error: &Error, summary: &SyncSummary) {
    assert_eq!((error.kind(), error.message()), (ErrorKind::Decode, gap));
    assert!(error.hint().is_some());
    assert!(!summary.complete);
    let reason = summary.incomplete_reason.as_deref();
    assert!(reason.is_some_and(|reason| reason.starts_with(gap)));
    assert_eq!(summary.rejected.len(), 1, "{:?}", summary.rejected);
}

/// The number of the first request of `stage` for `part`.
fn number_of(part: &str, stage: &Stage) -> usize {
    let sent = stage.vendor.recorded();
    let first = sent
        .iter()
        .position(|request| request.uri.path().contains(part));
    1 + first.unwrap()
}

fn answer(body: String) -> Fault {
    Fault::Answer {
        status: 200,
        headers: Vec::new(),
        body: body.into(),
    }
}

#[test]
fn a_company_that_cannot_be_read_leaves_the_listing_incomplete_and_costs_no_other() {
    run(async {
        let gap = "1 company could not be read, so its devices are not known";
        let stage = Stage::new(40, 6);
        let customers = stage
            .vendor
            .simulator()
            .with(|vendor| vendor.customer_ids());
        let customers: Vec<String> = customers.into_iter().collect();
        let listed = stage.list_all().await;
        for bad in ["null", "7", r#"{"id":{}}"#] {
            let others = customers[1..]
                .iter()
                .map(|id| format!(r#"{{"id":"{id}"}}"#));
            let rows: Vec<String> = others.chain([bad.to_owned()]).collect();
            // A listing begins with the companies.
            let next = stage.faults.sent() + 1;
            stage
                .faults
                .inject(next, answer(format!("[{}]", rows.join(","))));
            let (assets, error, summary) = list_with_a_gap(&stage).await;
            expect_gap(gap, &error, &summary);
            let left = listed
                .iter()
                .filter(|asset| asset.customer.as_ref().unwrap().id != customers[0]);
            assert_eq!(assets.len(), left.count(), "{bad}");
        }
        let next = stage.faults.sent() + 1;
        stage.faults.inject(next, answer("[null]".to_owned()));
        let (assets, error, summary) = list_with_a_gap(&stage).await;
        expect_gap(gap, &error, &summary);
        assert!(assets.is_empty());
    });
}

#[test]
fn a_group_of_devices_that_cannot_be_read_leaves_the_listing_incomplete() {
    run(async {
        for concurrency in [1, 8] {
            let plain = Stage::with(60, 40, |_| {}, config().concurrency(concurrency));
            plain.list_all().await;
            let first = number_of("categories", &plain);
            for group in ["null", "7"] {
                let stage = Stage::with(60, 40, |_| {}, config().concurrency(concurrency));
                let body = format!(r#"{{"platform":[{group}]}}"#);
                stage.faults.inject(first, answer(body));
                let (assets, error, summary) = list_with_a_gap(&stage).await;
                let gap = "at least one group of devices could not be read, \
                           so its devices are not known";
                expect_gap(gap, &error, &summary);
                // All but those of one batch.
                assert!(assets.len() > 30 && assets.len() < 60, "{}", assets.len());
                assert!(ids(&assets).is_subset(&stage.truth()));
            }
        }
    });
}

#[test]
fn addresses_as_text_and_ids_that_are_no_uuids_are_taken() {
    run(async {
        let plain = Stage::new(30, 3).list_all().await;
        let stage = Stage::new(30, 3);
        stage.misbehave(|faults| {
            faults.addresses_as_text = true;
            faults.plain_ids = true;
        });
        let odd = stage.list_all().await;
        assert!(
            odd.iter()
                .all(|asset| asset.source.vendor_id.starts_with("EP-"))
        );
        assert!(odd.iter().all(|asset| asset.network.primary_mac.is_some()));
        for (odd, plain) in odd.iter().zip(&plain) {
            assert_eq!(odd.network, plain.network);
            assert_eq!(odd.last_check_in, plain.last_check_in);
        }
    });
}

// ---- check-in ------------------------------------------------------------------------------

fn unknown(asset: &Asset) -> bool {
    asset.issues.iter().any(|issue| {
        issue.field == "last_check_in"
            && issue
                .note
                .as_ref()
                .is_some_and(|note| note.contains("heartbeat failed"))
    })
}

#[test]
fn a_heartbeat_that_fails_costs_check_in_times_and_nothing_else() {
    run(async {
        for heartbeat in [
            Heartbeat::Fails(403),
            Heartbeat::Fails(400),
            Heartbeat::Fails(404),
            Heartbeat::Fails(500),
            Heartbeat::AllFailed,
        ] {
            let stage = Stage::new(400, 60);
            stage.misbehave(|faults| faults.heartbeat = heartbeat.clone());
            let assets = stage.list_all().await;
            assert!(
                assets
                    .iter()
                    .all(|asset| asset.last_check_in.is_none() && unknown(asset))
            );
            let report = stage.check().await;
            assert!(outcomes(&report)["read_assets"], "{report:?}");
            assert!(!outcomes(&report)["read_check_in"], "{heartbeat:?}");
        }
    });
}

#[test]
fn a_heartbeat_that_keeps_failing_is_given_up() {
    run(async {
        let stage = Stage::new(1000, 100);
        stage.misbehave(|faults| faults.heartbeat = Heartbeat::Fails(403));
        stage.list_all().await;
        assert!(
            stage.sent("heartbeat").len() < 8,
            "{}",
            stage.sent("heartbeat").len()
        );
    });
}

#[test]
fn a_heartbeat_that_fails_for_one_company_is_told_for_the_others() {
    run(async {
        let stage = Stage::new(80, 8);
        stage.misbehave(|faults| faults.heartbeat = Heartbeat::FailsFor([1, 5].into()));
        let assets = stage.list_all().await;
        let hit: BTreeSet<_> = assets
            .iter()
            .filter(|asset| unknown(asset))
            .map(|asset| asset.customer.clone().unwrap().id)
            .collect();
        assert_eq!(hit.len(), 2);
        for asset in &assets {
            let is_hit = hit.contains(&asset.customer.as_ref().unwrap().id);
            assert_eq!(is_hit, unknown(asset));
        }
        assert!(assets.iter().any(|asset| asset.last_check_in.is_some()));
    });
}

#[test]
fn a_check_in_that_cannot_be_read_costs_only_its_own_device() {
    run(async {
        let clean = Stage::new(20, 1);
        let plain = clean.list_all().await;
        let reported = plain.iter().find(|asset| asset.last_check_in.is_some());
        let id = &reported.unwrap().source.vendor_id;
        let stage = Stage::new(20, 1);
        let twice = Mutation::seeded(3)
            .of_kinds(&[MutationKind::DuplicateKey])
            .fields_of(id);
        let heartbeat = number_of("heartbeat", &clean);
        stage.faults.inject(heartbeat, Fault::Mutate(twice));
        let spoilt = stage.list_all().await;
        for (spoilt, plain) in spoilt.iter().zip(&plain) {
            let is_hit = spoilt.source.vendor_id == *id;
            assert_eq!(unknown(spoilt), is_hit, "{:?}", spoilt.issues);
            assert_eq!(spoilt.last_check_in == plain.last_check_in, !is_hit);
        }
    });
}

#[test]
fn a_window_leaves_nothing_out_in_silence_when_the_heartbeat_fails() {
    run(async {
        let stage = Stage::new(80, 8);
        stage.misbehave(|faults| faults.heartbeat = Heartbeat::FailsFor([0].into()));
        let window = AssetQuery::new().window(CheckInWindow::DAYS_30);
        let (kept, summary) = stage.list(window.clone()).await;
        assert!(!kept.is_empty() && kept.iter().all(|asset| !unknown(asset)));
        assert!(!summary.rejected.is_empty());
        for rejection in &summary.rejected {
            assert!(rejection.vendor_id.is_some());
            assert!(rejection.reason.contains("window"), "{}", rejection.reason);
        }
        assert_eq!(summary.seen, 80);
        let including = window.never_checked_in(NeverCheckedIn::Include);
        let (kept, included) = stage.list(including).await;
        assert!(included.rejected.is_empty());
        let unknown = kept.iter().filter(|asset| unknown(asset)).count();
        assert_eq!(unknown, summary.rejected.len());
    });
}

// ---- what costs a call per device ----------------------------------------------------------

#[test]
fn dates_come_from_custom_fields_on_request_in_either_spelling() {
    run(async {
        for capital in [false, true] {
            let adjust = |spec: &mut CwRmmSpec| spec.custom_fields = true;
            let places = FieldPlaces::new().with(TenantField::AssetTag, ["rack"]);
            let stage = Stage::with(40, 4, adjust, config().fields(places));
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
                assert_eq!(asset.places[&TenantField::AssetTag], "rack");
                assert!(!asset.disks.is_empty() && asset.software.is_none());
            }
        }
    });
}

#[test]
fn detail_that_the_key_may_not_read_is_noted_and_the_rest_comes() {
    run(async {
        let stage = Stage::new(6, 1);
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
fn a_device_is_found_by_its_id_alone() {
    run(async {
        let stage = Stage::new(30, 5);
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

// ---- limits and refusals -------------------------------------------------------------------

#[test]
fn what_the_vendor_says_is_left_is_used_up_and_then_waited_for() {
    run(async {
        let stage = Stage::new(200, 40);
        stage.misbehave(|faults| faults.device_bucket = Some((5, 90)));
        stage.list_all().await;
        assert!(stage.clock.elapsed() >= Duration::from_secs(89));
        assert!(stage.clock.elapsed() < Duration::from_secs(100));
        assert_eq!(stage.sent("rate_limits").len(), 1);
        stage.list_all().await;
        assert_eq!(stage.sent("rate_limits").len(), 1);

        let stage = Stage::new(20, 4);
        stage.misbehave(|faults| faults.no_rate_limits = true);
        stage.list_all().await;
    });
}

#[test]
fn a_refusal_is_waited_out_as_long_as_the_vendor_says() {
    run(async {
        for (word, least) in [
            (ThrottleWord::Reset, 5),
            (ThrottleWord::RetryAfter, 5),
            (ThrottleWord::Nothing, 5),
        ] {
            let stage = Stage::new(20, 4);
            stage.misbehave(|faults| {
                faults.throttle_next = 1;
                faults.throttle_word = word;
            });
            let (_, summary) = stage.list(AssetQuery::new()).await;
            assert_eq!(summary.usage.rate_limited_waits, 1);
            let elapsed = stage.clock.elapsed();
            assert!(
                elapsed >= Duration::from_secs(least),
                "{word:?}: {elapsed:?}"
            );
            assert!(
                elapsed < Duration::from_secs(least + 3),
                "{word:?}: {elapsed:?}"
            );
        }
    });
}

#[test]
fn more_requests_than_the_quota_are_spread_and_never_refused() {
    run(async {
        let stage = Stage::new(600, 10);
        let query = AssetQuery::new().detail(Detail::NONE.software());
        let (assets, summary) = stage.list(query).await;
        assert_eq!(assets.len(), 600);
        assert_eq!(summary.usage.rate_limited_waits, 0);
        assert!(summary.usage.requests > 600);
        let elapsed = TimeDelta::from_std(stage.clock.elapsed()).unwrap();
        assert!(elapsed >= TimeDelta::minutes(5) && elapsed < TimeDelta::minutes(6));
    });
}

#[test]
fn every_shape_of_an_error_is_told_in_its_own_words() {
    run(async {
        for shape in ErrorShape::ALL {
            let stage = Stage::new(20, 2);
            stage.change(|vendor| *vendor.key() = Key::without("platform.devices.read"));
            stage.misbehave(|faults| faults.error_shape = shape);
            let error = stage.failure().await;
            assert_eq!(error.kind(), ErrorKind::Permission, "{shape:?}");
            assert!(
                error.message().contains("client has no access"),
                "{shape:?}: {error}"
            );
            assert!(error.request_id().is_some(), "{shape:?}");
        }
    });
}
