//! Devices by company and group, whatever is wrong with some.

use std::collections::BTreeSet;

use lmsync_core::model::{Asset, IssueCode};
use lmsync_core::{AssetQuery, ConnectorExt, ErrorKind};
use lmsync_testkit::Fault;
use lmsync_testkit::conformance::{Vendor, run};
use lmsync_testkit::cwrmm::{Cursor, CwRmmSpec, Heartbeat, ListVerb, RowFault};

use super::stage::{CwRmmStage, Stage, config, ids, is_check_in_untold, stage_of, stage_with};

#[test]
fn the_verb_is_found_once_per_connection() {
    run(async {
        for refusal in [404, 405] {
            let adjust = |spec: &mut CwRmmSpec| spec.list_verb = ListVerb::Get { refusal };
            let config = config().concurrency(1);
            let stage = stage_with(200, 20, adjust, config);
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
        let stage = stage_of(0, 9);
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
            let stage = stage_of(60, 12);
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
            assert!(!left.is_empty() && !left.iter().any(is_check_in_untold));
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
            let stage = stage_with(120, 6, adjust, config());
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
        let stage = stage_of(20, 2);
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
        let stage = stage_with(40, 10, adjust, config());
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
        let stage = stage_of(30, 3);
        let ids: Vec<String> = stage.truth().into_iter().collect();
        stage.change(|vendor| {
            vendor.fault_asset(&ids[0], Some(RowFault::Null));
            vendor.fault_asset(&ids[1], Some(RowFault::WrongTypes));
            vendor.fault_asset(&ids[2], Some(RowFault::RepeatedKey));
        });
        for query in [AssetQuery::new(), AssetQuery::new().raw()] {
            let (assets, summary) = stage.list(query).await;
            // Of a key that is given twice the last counts.
            assert_eq!(assets.len(), 29);
            assert!(summary.complete);
            assert_eq!(summary.rejected.len(), 1, "{:?}", summary.rejected);
            assert_eq!(summary.rejected[0].reason, "the row is null");
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

/// What a listing hands out that cannot be whole because of `gap`.
async fn list_with_a_gap(stage: &Stage, gap: &str) -> Vec<Asset> {
    let (assets, summary) = stage.list(AssetQuery::new()).await;
    assert!(!summary.complete);
    assert_eq!(summary.incomplete_reason.as_deref(), Some(gap));
    let rejected: Vec<&str> = summary
        .rejected
        .iter()
        .map(|rejection| rejection.reason.as_str())
        .collect();
    assert_eq!(rejected, [gap]);
    assets
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
        let told = |why| format!("devices are not known: {why}");
        let stage = stage_of(40, 6);
        let customers = stage
            .vendor
            .simulator()
            .with(|vendor| vendor.customer_ids());
        let customers: Vec<String> = customers.into_iter().collect();
        let listed = stage.list_all().await;
        for (bad, why) in [
            ("null", "a company cannot be read: the row is null"),
            (
                "7",
                "a company cannot be read: the row is not an object but number",
            ),
            (
                r#"{"id":{}}"#,
                "a company cannot be read: the customer has no id",
            ),
        ] {
            let others = customers[1..]
                .iter()
                .map(|id| format!(r#"{{"id":"{id}"}}"#));
            let rows: Vec<String> = others.chain([bad.to_owned()]).collect();
            // A listing begins with the companies.
            let next = stage.faults.sent() + 1;
            stage
                .faults
                .inject(next, answer(format!("[{}]", rows.join(","))));
            let assets = list_with_a_gap(&stage, &told(why)).await;
            let left = listed
                .iter()
                .filter(|asset| asset.customer.as_ref().unwrap().id != customers[0]);
            assert_eq!(assets.len(), left.count(), "{bad}");
        }
        let next = stage.faults.sent() + 1;
        stage.faults.inject(next, answer("[null]".to_owned()));
        let why = "none of the 1 rows of the first page could be read: the row is null";
        let assets = list_with_a_gap(&stage, &told(why)).await;
        assert!(assets.is_empty());
    });
}

#[test]
fn a_group_of_devices_that_cannot_be_read_leaves_the_listing_incomplete() {
    run(async {
        for concurrency in [1, 8] {
            let plain = stage_with(60, 40, |_| {}, config().concurrency(concurrency));
            plain.list_all().await;
            let first = plain.number_of("categories");
            for (group, is) in [("null", "is null"), ("7", "is not an object but number")] {
                let stage = stage_with(60, 40, |_| {}, config().concurrency(concurrency));
                let body = format!(r#"{{"platform":[{group}]}}"#);
                stage.faults.inject(first, answer(body));
                let gap = format!("devices are not known: a group of devices {is}");
                let assets = list_with_a_gap(&stage, &gap).await;
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
        let plain = stage_of(30, 3).list_all().await;
        let stage = stage_of(30, 3);
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
