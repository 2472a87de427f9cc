//! Calls that public clients of the vendor make, and what they read of the answers.

use serde_json::{Value, json};

use crate::bench::{Bench, LIST, ids};

/// The ids of the assets that `condition` leaves.
fn listed(bench: &mut Bench, condition: Value) -> Vec<String> {
    let input = json!({ "input": { "page": 1, "pageSize": 100, "condition": condition } });
    let list = bench.data(LIST, input)["getAssetList"].take();
    let found = ids(&list);
    assert_eq!(list["listInfo"]["totalCount"], found.len());
    found
}

fn is(attribute: &str, value: Value) -> Value {
    json!({ "attribute": attribute, "operator": "is", "value": value })
}

#[test]
fn assets_are_found_by_what_they_are() {
    let mut bench = Bench::new(60);
    let all = bench.simulator.asset_ids();
    let rows: Vec<Value> = (0..all.len())
        .map(|place| bench.asset(place, "hostName name serialNumber status client site"))
        .collect();
    let with = |same: &dyn Fn(&Value) -> bool| -> Vec<String> {
        let found = all.iter().zip(&rows).filter(|(_, row)| same(row));
        found.map(|(id, _)| id.clone()).collect()
    };
    for field in ["hostName", "name", "serialNumber", "status"] {
        let value = rows[3][field].clone();
        let expected = with(&|row| row[field] == value);
        assert_eq!(listed(&mut bench, is(field, value)), expected, "{field}");
    }
    for field in ["client", "site"] {
        let name = rows[3][field]["name"].clone();
        let expected = with(&|row| row[field]["name"] == name);
        assert!(expected.len() > 1);
        let found = listed(&mut bench, is(&format!("{field}.name"), name));
        assert_eq!(found, expected, "{field}");
    }
    let client = json!("7928838372746166002");
    let expected = with(&|row| row["client"]["accountId"].to_string().contains("6166002"));
    assert_eq!(listed(&mut bench, is("client.accountId", client)), expected);
    assert_eq!(listed(&mut bench, is("assetId", json!(all[7]))), all[7..8]);
    assert_eq!(listed(&mut bench, is("name", json!("nobody"))), [""; 0]);
    // Seen: a value of another type fits everything, and no error tells.
    assert_eq!(listed(&mut bench, is("status", json!(true))), all);
}

#[test]
fn conditions_are_joined() {
    let mut bench = Bench::new(60);
    let all = bench.simulator.asset_ids();
    let one = |place: usize| is("assetId", json!(all[place]));
    let joined =
        |word: &str, operands: [Value; 2]| json!({ "joinOperator": word, "operands": operands });
    let either = joined("OR", [one(4), one(9)]);
    assert_eq!(
        listed(&mut bench, either.clone()),
        [all[4].clone(), all[9].clone()]
    );
    let both = joined("AND", [either, one(9)]);
    assert_eq!(listed(&mut bench, both), [all[9].clone()]);
}

#[test]
fn the_schema_can_be_asked_for() {
    let mut bench = Bench::new(1);
    let query = "{ __schema { queryType { name } mutationType { name } } \
        rule: __type(name: \"RuleConditionInput\") { inputFields { name } } \
        nothing: __type(name: \"Nothing\") { name } kind: __typename }";
    let data = bench.data(query, json!({}));
    let fields = ["attribute", "operator", "value", "joinOperator", "operands"];
    let expected = json!({
        "__schema": { "queryType": { "name": "Query" }, "mutationType": { "name": "Mutation" } },
        "rule": { "inputFields": fields.map(|name| json!({ "name": name })) },
        "nothing": null,
        "kind": "Query",
    });
    assert_eq!(data, expected);
    let query = "query ($name: String!) { __type(name: $name) { fields { name type { kind } } } \
        getAssetList(input: {}) { assets { assetId } } }";
    let data = bench.data(query, json!({ "name": "Asset" }));
    assert_eq!(data["__type"]["fields"].as_array().unwrap().len(), 29);
    assert_eq!(
        data["getAssetList"]["assets"][0]["assetId"],
        json!(bench.id(0))
    );
}

#[test]
fn nobody_asks_the_schema_without_a_token() {
    let mut bench = Bench::new(1);
    let mut request = bench.request("{ __schema { queryType { name } } }", json!({}));
    request.headers_mut().remove("authorization");
    assert_eq!(bench.send(&request).status(), 401);
}
