use std::collections::BTreeSet;

use lmsync_testkit::superops::Permissions;
use serde_json::json;

use crate::bench::{Bench, LIST, code, ids};

const CLIENTS: &str = "{ getClientList(input: {}) { clients { name } listInfo { totalCount } } }";

#[test]
fn what_is_not_permitted_is_forbidden_with_status_200() {
    let mut bench = Bench::new(3);
    let expected = json!({
        "errors": [{ "extensions": { "clientError": [{ "code": "forbidden", "param": {} }] } }],
        "data": {},
    });
    bench.simulator.permissions().assets = false;
    assert_eq!(bench.ask(LIST, json!({ "input": {} })), expected);
    bench.data(CLIENTS, json!({}));
    *bench.simulator.permissions() = Permissions {
        clients: false,
        ..Permissions::administrator()
    };
    assert_eq!(bench.ask(CLIENTS, json!({})), expected);
    bench.page(1, 10);
}

#[test]
fn an_edit_without_permission_is_forbidden_and_changes_nothing() {
    let mut bench = Bench::new(3);
    bench.simulator.permissions().edit = false;
    let id = bench.id(0);
    let before = bench.simulator.machine(&id);
    let query = "mutation ($input: UpdateAssetInput!) { updateAsset(input: $input) { assetId } }";
    let input = json!({ "input": { "assetId": id, "name": "other" } });
    assert_eq!(code(&bench.ask(query, input)), "forbidden");
    assert_eq!(bench.simulator.machine(&id), before);
}

#[test]
fn a_technician_sees_less_and_is_not_told() {
    let mut bench = Bench::new(250);
    let all: BTreeSet<_> = bench.simulator.asset_ids().into_iter().collect();
    let own = |bench: &Bench, id: &String| {
        [0, 3].contains(&bench.simulator.machine(id).unwrap().customer)
    };
    let expected: Vec<_> = all.iter().filter(|id| own(&bench, id)).cloned().collect();
    *bench.simulator.permissions() = Permissions::technician([0, 3]);

    let page = bench.page(1, 100);
    assert!(expected.len() > 10 && expected.len() < 100);
    assert_eq!(ids(&page), expected);
    assert_eq!(page["listInfo"]["totalCount"], expected.len());
    let clients = bench.data(CLIENTS, json!({}));
    assert_eq!(clients["getClientList"]["listInfo"]["totalCount"], 2);

    let hidden = all.iter().find(|id| !expected.contains(id)).unwrap();
    let query = "query ($id: ID!) { getAsset(input: { assetId: $id }) { name } }";
    let answer = bench.ask(query, json!({ "id": hidden }));
    assert_eq!(code(&answer), "entity_does_not_exist");
}
