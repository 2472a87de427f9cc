use std::collections::BTreeSet;

use lmsync_testkit::superops::RowFault;
use serde_json::{Value, json};

use crate::bench::{Bench, LIST, code, ids};

#[test]
fn short_and_empty_pages_lose_nothing() {
    let mut bench = Bench::new(250);
    bench.simulator.misbehaviour().short_pages = [(1, 98), (2, 0)].into();
    let pages: Vec<_> = (1..=4).map(|page| bench.page(page, 100)).collect();
    let sizes: Vec<_> = pages.iter().map(|page| ids(page).len()).collect();
    assert_eq!(sizes, [98, 0, 100, 52]);
    let more: Vec<_> = pages
        .iter()
        .map(|page| page["listInfo"]["hasMore"].clone())
        .collect();
    assert_eq!(more, [json!(true), json!(true), json!(true), Value::Null]);
    let all: BTreeSet<_> = pages.iter().flat_map(ids).collect();
    assert_eq!(all.len(), 250);
}

#[test]
fn has_more_can_be_null_throughout_and_the_end_can_be_missing() {
    let mut bench = Bench::new(250);
    bench.simulator.misbehaviour().has_more_always_null = true;
    assert_eq!(bench.page(1, 100)["listInfo"]["hasMore"], Value::Null);

    bench.simulator.misbehaviour().has_more_always_null = false;
    bench.simulator.misbehaviour().endless_last_page = true;
    let last = bench.page(3, 100);
    let beyond = bench.page(9, 100);
    assert_eq!(ids(&last), ids(&beyond));
    assert_eq!(beyond["listInfo"]["hasMore"], true);
}

#[test]
fn a_null_row_comes_with_an_error_that_names_its_place() {
    let mut bench = Bench::new(5);
    let third = bench.id(2);
    assert!(bench.simulator.fault_asset(&third, Some(RowFault::Null)));
    let answer = bench.ask(LIST, json!({ "input": {} }));
    let rows = answer["data"]["getAssetList"]["assets"].as_array().unwrap();
    assert_eq!(rows.len(), 5);
    assert!(rows[2].is_null() && rows[3].is_object());
    assert_eq!(
        answer["errors"][0]["path"],
        json!(["getAssetList", "assets", 2, "name"])
    );
    bench.simulator.fault_asset(&third, None);
    assert_eq!(ids(&bench.page(1, 100)).len(), 5);
}

#[test]
fn a_row_can_have_wrong_types() {
    let mut bench = Bench::new(2);
    let first = bench.id(0);
    bench
        .simulator
        .fault_asset(&first, Some(RowFault::WrongTypes));
    let query = "{ getAssetList(input: {}) { assets { name client } } }";
    let rows = bench.data(query, json!({}))["getAssetList"]["assets"].take();
    assert!(rows[0]["name"].is_object() && rows[0]["client"].is_array());
    assert!(rows[1]["name"].is_string() && rows[1]["client"].is_object());
}

#[test]
fn json_scalars_can_come_as_text() {
    let mut bench = Bench::new(1);
    let plain = bench.asset(0, "client name")["client"].take();
    bench.simulator.misbehaviour().json_scalars_as_text = true;
    let asset = bench.asset(0, "client name");
    let text = asset["client"].as_str().unwrap();
    assert_eq!(serde_json::from_str::<Value>(text).unwrap(), plain);
    assert!(!asset["name"].as_str().unwrap().starts_with('"'));
}

#[test]
fn so_many_requests_are_throttled_or_fail_and_then_all_is_well() {
    let mut bench = Bench::new(1);
    bench.simulator.misbehaviour().throttle_next = 2;
    bench.simulator.misbehaviour().fail_next = 1;
    let input = json!({ "input": {} });
    for _ in 0..2 {
        assert_eq!(code(&bench.ask(LIST, input.clone())), "rate_limit_exceeded");
    }
    let failed = bench.ask(LIST, input);
    let message = &failed["errors"][0]["message"];
    assert_eq!(message, "Internal Server Error(s) while executing query");
    assert_eq!(failed["data"], json!({ "getAssetList": null }));
    bench.page(1, 100);
}

#[test]
fn a_failed_update_has_the_bytes_that_were_seen() {
    let mut bench = Bench::new(1);
    bench.simulator.misbehaviour().fail_next = 1;
    let query = "mutation ($input: UpdateAssetInput!) { updateAsset(input: $input) { assetId } }";
    let request = bench.request(query, json!({ "input": { "assetId": bench.id(0) } }));
    let expected = r#"{"errors":[{"message":"Internal Server Error(s) while executing query"}],"data":{"updateAsset":null}}"#;
    assert_eq!(bench.send(&request).body(), expected);
}
