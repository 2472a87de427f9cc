use std::collections::BTreeSet;

use lmsync_testkit::superops::SuperOpsSpec;
use serde_json::{Value, json};

use crate::bench::{Bench, LIST, fleet, ids};

/// All pages until one says there are no more.
fn walk(bench: &mut Bench, size: usize) -> Vec<Value> {
    let mut pages = Vec::new();
    loop {
        let page = bench.page(pages.len() + 1, size);
        let more = page["listInfo"]["hasMore"] == true;
        pages.push(page);
        if !more {
            return pages;
        }
        assert!(pages.len() < 300, "it does not end");
    }
}

#[test]
fn paging_gives_every_asset_exactly_once_in_ascending_order() {
    let mut bench = Bench::new(257);
    for size in [1, 32, 100, 257] {
        let found: Vec<_> = walk(&mut bench, size).iter().flat_map(ids).collect();
        assert_eq!(found, bench.simulator.asset_ids());
        assert_eq!(found.iter().collect::<BTreeSet<_>>().len(), 257);
        assert!(found.is_sorted());
    }
    assert_eq!(bench.id(0), "9001114136934215681");
}

#[test]
fn a_page_tells_what_it_is_and_the_last_has_null_for_more() {
    let mut bench = Bench::new(250);
    let info = |page: &Value| page["listInfo"].clone();
    assert_eq!(
        info(&bench.page(2, 100)),
        json!({ "page": 2, "pageSize": 100, "hasMore": true, "totalCount": 250 })
    );
    assert_eq!(
        info(&bench.page(3, 100)),
        json!({ "page": 3, "pageSize": 100, "hasMore": null, "totalCount": 250 })
    );
    let beyond = bench.page(4, 100);
    assert!(ids(&beyond).is_empty());
    assert_eq!(info(&beyond)["hasMore"], Value::Null);
}

#[test]
fn a_page_holds_no_more_than_the_cap() {
    let mut bench = Bench::new(250);
    let page = bench.page(1, 500);
    assert_eq!(ids(&page).len(), 100);
    assert_eq!(page["listInfo"]["pageSize"], 100);
}

#[test]
fn the_count_can_come_as_text() {
    let mut bench = Bench::of(SuperOpsSpec {
        total_count_as_text: true,
        ..SuperOpsSpec::new(fleet(98))
    });
    assert_eq!(bench.page(1, 10)["listInfo"]["totalCount"], "98");
}

#[test]
fn the_count_alone_cannot_be_had() {
    let mut bench = Bench::new(3);
    let query = "{ getAssetList(input: {}) { listInfo { totalCount } } }";
    let expected = json!({
        "errors": [{ "message": "Internal Server Error(s) while executing query" }],
        "data": { "getAssetList": null },
    });
    assert_eq!(bench.ask(query, json!({})), expected);
}

#[test]
fn a_sort_and_other_conditions_are_refused_without_a_reason() {
    let mut bench = Bench::new(3);
    for input in [
        json!({ "sort": [{ "attribute": "lastCommunicatedTime", "order": "DESC" }] }),
        json!({ "condition": { "attribute": "status", "operator": "in", "value": "ONLINE" } }),
        json!({ "condition": { "attribute": "lastCommunicatedTime", "operator": "after",
            "value": "2026-01-20T02:48:50" } }),
        json!({ "condition": { "joinOperator": "XOR", "operands": [] } }),
    ] {
        let answer = bench.ask(LIST, json!({ "input": input }));
        assert_eq!(answer["data"]["getAssetList"], Value::Null);
        assert_eq!(answer["errors"][0]["message"], Value::Null);
        let classification = &answer["errors"][0]["extensions"]["classification"];
        assert_eq!(classification, "DataFetchingException");
    }
}

#[test]
fn the_last_page_says_null_or_false() {
    let mut bench = Bench::new(3);
    assert_eq!(bench.page(1, 100)["listInfo"]["hasMore"], Value::Null);
    bench.simulator.misbehaviour().last_page_says_false = true;
    assert_eq!(bench.page(1, 100)["listInfo"]["hasMore"], json!(false));
    assert_eq!(bench.page(1, 2)["listInfo"]["hasMore"], json!(true));
}

#[test]
fn assets_that_leave_and_arrive_shift_the_pages() {
    let mut bench = Bench::new(250);
    let second = ids(&bench.page(2, 100));
    let first = bench.id(0);
    assert!(bench.simulator.remove_asset(&first));
    assert!(!bench.simulator.remove_asset(&first));
    let shifted = ids(&bench.page(2, 100));
    assert_eq!(shifted[..99], second[1..]);
    let inserted = bench.simulator.insert_asset_at(0);
    assert_eq!(ids(&bench.page(1, 100))[0], inserted);
    assert_eq!(ids(&bench.page(2, 100)), second);
}

#[test]
fn an_asset_with_a_given_id_stands_where_it_sorts() {
    let mut bench = Bench::new(5);
    let (third, unknown) = (bench.id(2), "12");
    assert!(!bench.simulator.insert_asset(&third));
    assert!(!bench.simulator.insert_asset(unknown));
    bench.simulator.remove_asset(&third);
    assert!(bench.simulator.insert_asset(&third));
    assert_eq!(ids(&bench.page(1, 100))[2], third);
    assert_eq!(bench.asset(2, "assetId")["assetId"], third.as_str());
}

#[test]
fn software_and_clients_come_in_pages_too() {
    let mut bench = Bench::new(200);
    let id = bench.id(0);
    let machine = bench.simulator.machine(&id).unwrap();
    let expected = bench
        .simulator
        .population()
        .fleet()
        .software(&machine)
        .len();
    let query = "query ($input: AssetDetailsListInput!) { getAssetSoftwareList(input: $input) { \
        assetSoftwares { id software version installedDate } listInfo { hasMore totalCount } } }";
    let mut found = BTreeSet::new();
    for page in 1..=expected.div_ceil(2) {
        let input = json!({ "assetId": id, "listInfo": { "page": page, "pageSize": 2 } });
        let list = bench.data(query, json!({ "input": input }))["getAssetSoftwareList"].take();
        for row in list["assetSoftwares"].as_array().unwrap() {
            assert!(row["software"]["name"].is_string());
            found.insert(row["id"].to_string());
        }
        assert_eq!(list["listInfo"]["totalCount"], expected);
        let more = if page * 2 < expected {
            json!(true)
        } else {
            Value::Null
        };
        assert_eq!(list["listInfo"]["hasMore"], more);
    }
    assert_eq!(found.len(), expected);

    let query = "{ getClientList(input: { page: 2, pageSize: 5 }) { \
        clients { accountId name emailDomains hqSite } listInfo { hasMore totalCount } } }";
    let list = bench.data(query, json!({}))["getClientList"].take();
    assert_eq!(list["clients"].as_array().unwrap().len(), 3);
    assert_eq!(
        list["listInfo"],
        json!({ "hasMore": null, "totalCount": 8 })
    );
}
