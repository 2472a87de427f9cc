use std::collections::BTreeSet;

use chrono::NaiveDateTime;
use lmsync_testkit::superops::{SuperOpsSpec, UnquotedIds};
use serde_json::{Value, json};

use crate::bench::{Bench, fleet};

const EVERYTHING: &str = "assetId name assetClass client site requester primaryMac loggedInUser \
    serialNumber manufacturer model hostName publicIp gateway platform domain status sysUptime \
    lastCommunicatedTime agentVersion platformFamily platformCategory platformVersion patchStatus \
    warrantyExpiryDate purchasedDate customFields lastReportedTime deviceCategory";

fn rows(bench: &mut Bench, selection: &str) -> Vec<Value> {
    let query =
        format!("{{ getAssetList(input: {{ pageSize: 100 }}) {{ assets {{ {selection} }} }} }}");
    let mut data = bench.data(&query, json!({}));
    data["getAssetList"]["assets"]
        .as_array_mut()
        .unwrap()
        .drain(..)
        .collect()
}

#[test]
fn an_asset_has_all_its_fields_and_tells_the_truth() {
    let mut bench = Bench::new(100);
    let ids = bench.simulator.asset_ids();
    for (id, row) in ids.iter().zip(rows(&mut bench, EVERYTHING)) {
        let machine = bench.simulator.machine(id).unwrap();
        assert_eq!(row.as_object().unwrap().len(), 29);
        assert_eq!(row["serialNumber"], json!(machine.serial));
        assert_eq!(row["primaryMac"], json!(machine.mac));
        let day = machine.warranty_expiry.map(|day| day.to_string());
        assert_eq!(row["warrantyExpiryDate"], json!(day));
        assert_eq!(
            row["status"],
            if machine.online { "ONLINE" } else { "OFFLINE" }
        );
        for scalar in [
            "assetClass",
            "client",
            "site",
            "requester",
            "deviceCategory",
        ] {
            assert!(row[scalar].is_object(), "{scalar}");
        }
    }
}

#[test]
fn times_have_no_zone_and_sometimes_a_fraction() {
    let mut bench = Bench::new(100);
    let ids = bench.simulator.asset_ids();
    let mut lengths = BTreeSet::new();
    for (id, row) in ids.iter().zip(rows(&mut bench, "lastCommunicatedTime")) {
        let truth = bench.simulator.machine(id).unwrap().last_check_in;
        let text = row["lastCommunicatedTime"].as_str();
        let read = text.map(|text| text.parse::<NaiveDateTime>().unwrap().and_utc());
        assert_eq!(read, truth);
        lengths.extend(text.map(str::len));
    }
    assert_eq!(lengths, BTreeSet::from([19, 23]));
}

#[test]
fn ids_in_scalars_are_text_or_numbers_that_agree() {
    let kinds = |unquoted_ids| {
        let mut bench = Bench::of(SuperOpsSpec {
            unquoted_ids,
            ..SuperOpsSpec::new(fleet(90))
        });
        let rows = rows(&mut bench, "client assetId");
        assert!(rows.iter().all(|row| row["assetId"].is_string()));
        let numbers = rows
            .iter()
            .filter(|row| row["client"]["accountId"].is_u64());
        numbers.count()
    };
    assert_eq!(kinds(UnquotedIds::Never), 0);
    assert_eq!(kinds(UnquotedIds::Sometimes), 30);
    assert_eq!(kinds(UnquotedIds::Always), 90);

    let mut bench = Bench::new(90);
    let query = "{ getClientList(input: {}) { clients { accountId name } } }";
    let clients = bench.data(query, json!({}))["getClientList"]["clients"].take();
    let known: BTreeSet<String> = clients
        .as_array()
        .unwrap()
        .iter()
        .map(|client| client["accountId"].as_str().unwrap().to_owned())
        .collect();
    for row in rows(&mut bench, "client") {
        let id = row["client"]["accountId"].to_string();
        assert!(known.contains(id.trim_matches('"')), "{id}");
    }
}

#[test]
fn custom_fields_can_be_chosen() {
    let mut bench = Bench::new(1);
    let all = bench.asset(0, "customFields")["customFields"].take();
    assert_eq!(all.as_object().unwrap().len(), 3);
    let one = bench.asset(0, "customFields(fields: [\"udf2date\", \"udf9text\"])");
    assert_eq!(one["customFields"], json!({ "udf2date": "2022-05-06" }));
}

#[test]
fn an_unknown_asset_does_not_exist() {
    let mut bench = Bench::new(1);
    for query in [
        "{ getAsset(input: { assetId: \"DESKTOP-1\" }) { name } }",
        "{ getAssetSummary(input: { assetId: 9001114136934219999 }) { cpu { cpuName } } }",
    ] {
        let answer = bench.ask(query, json!({}));
        assert_eq!(crate::bench::code(&answer), "entity_does_not_exist");
    }
}

#[test]
fn a_summary_measures_in_triples() {
    let mut bench = Bench::new(1);
    let id = bench.id(0);
    let machine = bench.simulator.machine(&id).unwrap();
    let query = "query ($input: AssetIdentifierInput!) { getAssetSummary(input: $input) { \
        cpu { cpuName maxSpeed physicalCore logicalCore cpuUsage processCount } \
        memory { totalMemory memoryUsage } disk { disks { drive size freeSize } totalSize } \
        assetInterface { mac lineSpeed } lastUserLog { id name lastLoginTime } } }";
    let data = bench.data(query, json!({ "input": { "assetId": id } }));
    let summary = &data["getAssetSummary"];
    assert_eq!(
        summary["memory"]["totalMemory"]["actualValue"],
        machine.memory
    );
    assert_eq!(summary["memory"]["totalMemory"]["unit"], "GB");
    assert!(summary["memory"]["memoryUsage"]["actualValue"].is_string());
    assert_eq!(summary["cpu"]["physicalCore"], machine.cpu.cores);
    assert!(summary["cpu"]["processCount"].is_string());
    assert_eq!(
        summary["disk"]["disks"].as_array().unwrap().len(),
        machine.disks.len()
    );
    let size: u64 = machine.disks.iter().map(|disk| disk.size).sum();
    assert_eq!(summary["disk"]["totalSize"]["actualValue"], size);
    assert_eq!(summary["assetInterface"]["mac"], json!(machine.mac));
}

#[test]
fn sites_belong_to_clients() {
    let mut bench = Bench::new(200);
    let query = "query ($input: GetClientSiteListInput!) { getClientSiteList(input: $input) { \
        sites { id name client timezoneCode hq city } listInfo { totalCount } } }";
    let mut count = |input: Value| {
        let data = bench.data(query, json!({ "input": input }));
        data["getClientSiteList"]["listInfo"]["totalCount"]
            .as_u64()
            .unwrap() as usize
    };
    let all = count(json!({}));
    let first = count(json!({ "clientId": "7928838372746166001" }));
    assert_eq!(
        count(json!({ "clientId": 7_928_838_372_746_166_001_u64 })),
        first
    );
    assert_eq!(count(json!({ "clientId": "5" })), 0);
    let fleet = fleet(200);
    assert_eq!(first, fleet.sites(0));
    assert_eq!(
        all,
        (0..fleet.customers())
            .map(|customer| fleet.sites(customer))
            .sum::<usize>()
    );
}

#[test]
fn the_it_product_has_departments_and_sites() {
    let mut bench = Bench::it(100);
    let departments = bench.data("{ getDepartmentList { departmentId name } }", json!({}));
    let departments = departments["getDepartmentList"].as_array().unwrap();
    assert_eq!(departments.len(), 4);
    for row in rows(&mut bench, "department site requester") {
        let id = row["department"]["departmentId"].to_string();
        let id = id.trim_matches('"');
        assert!(departments.iter().any(|known| known["departmentId"] == id));
        assert!(row["site"].is_object());
    }
    let query = "{ getSiteList(input: {}) { sites { id name address { city line1 } } } }";
    let sites = bench.data(query, json!({}));
    assert!(sites["getSiteList"]["sites"][0]["address"]["city"].is_string());
}
