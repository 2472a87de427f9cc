//! Fragments, directives, variables and types of documents.

use serde_json::{Value, json};

use crate::bench::{Bench, code};
use crate::schema::refusal;

/// The first row of a listing of which `rows` is asked for.
fn row(bench: &mut Bench, rows: &str, variables: Value) -> Vec<String> {
    let declared = [
        ("$yes", "$yes: Boolean = true"),
        ("$no", "$no: Boolean = false"),
    ];
    let declared = declared.iter().filter(|(name, _)| rows.contains(name));
    let declared: Vec<&str> = declared.map(|(_, of)| *of).collect();
    let declared = match &declared[..] {
        [] => String::new(),
        some => format!("query ({}) ", some.join(", ")),
    };
    let mut query =
        format!("{declared}{{ getAssetList(input: {{}}) {{ assets {{ assetId {rows} }} }} }}");
    for (name, of) in [("named", "name"), ("made", "manufacturer model")] {
        if rows.contains(&format!("...{name}")) {
            query.push_str(&format!(" fragment {name} on Asset {{ {of} }}"));
        }
    }
    let data = bench.data(&query, variables);
    let row = data["getAssetList"]["assets"][0].as_object().unwrap();
    let mut keys: Vec<String> = row.keys().cloned().collect();
    keys.retain(|key| key != "assetId");
    keys.sort();
    keys
}

#[test]
fn include_and_skip_decide_on_fields_and_fragments() {
    let mut bench = Bench::new(1);
    for (on, off) in [
        ("@include(if: true)", "@include(if: false)"),
        ("@skip(if: false)", "@skip(if: true)"),
        ("@include(if: $yes)", "@include(if: $no)"),
        ("@skip(if: $no)", "@skip(if: $yes)"),
        (
            "@include(if: true) @skip(if: false)",
            "@include(if: true) @skip(if: true)",
        ),
    ] {
        let rows = format!("name {on} model {off}");
        assert_eq!(row(&mut bench, &rows, json!({})), ["name"], "{on}");
        let rows = format!("...named {on} ...made {off}");
        assert_eq!(row(&mut bench, &rows, json!({})), ["name"], "{on}");
        let rows = format!("... on Asset {on} {{ name }} ... on Asset {off} {{ model }}");
        assert_eq!(row(&mut bench, &rows, json!({})), ["name"], "{on}");
    }
}

#[test]
fn a_fragment_is_found_by_its_name() {
    let mut bench = Bench::new(1);
    let made = row(&mut bench, "...made", json!({}));
    assert_eq!(made, ["manufacturer", "model"]);
    assert_eq!(row(&mut bench, "...named", json!({})), ["name"]);
}

#[test]
fn what_is_selected_twice_under_one_key_is_put_together() {
    let mut bench = Bench::new(1);
    let query = "{ getAssetList(input: {}) { listInfo { page } assets { name } \
        listInfo { pageSize page } } }";
    let data = bench.data(query, json!({}));
    let expected = json!({ "page": 1, "pageSize": 100 });
    assert_eq!(data["getAssetList"]["listInfo"], expected);
}

#[test]
fn of_several_operations_the_one_that_is_named_is_run() {
    let mut bench = Bench::new(1);
    let query = "query one { first: __typename } query two { second: __typename } \
        mutation three { __typename }";
    let mut run = |name: Value| {
        let mut request = bench.request(query, json!({}));
        let body = json!({ "query": query, "operationName": name });
        *request.body_mut() = body.to_string().into();
        let answer = bench.send(&request);
        serde_json::from_slice::<Value>(answer.body()).unwrap()
    };
    assert_eq!(run(json!("one"))["data"], json!({ "first": "Query" }));
    assert_eq!(run(json!("two"))["data"], json!({ "second": "Query" }));
    assert_eq!(
        run(json!("three"))["data"],
        json!({ "__typename": "Mutation" })
    );
    for unknown in [json!("four"), Value::Null] {
        let answer = run(unknown);
        assert_eq!(answer.get("data"), None);
        assert!(answer["errors"][0]["message"].is_string());
    }
}

#[test]
fn what_is_no_query_or_mutation_is_not_run() {
    let mut bench = Bench::new(1);
    for query in [
        "subscription { __typename }",
        "fragment named on Asset { name }",
    ] {
        refusal(&mut bench, query, json!({}));
    }
    let mutation = bench.data("mutation { __typename }", json!({}));
    assert_eq!(mutation, json!({ "__typename": "Mutation" }));
}

#[test]
fn a_variable_fits_an_argument_of_its_type_or_one_that_may_be_null() {
    let mut bench = Bench::new(1);
    let id = bench.id(0);
    let list = |definition: &str| {
        format!("query ({definition}) {{ getAssetList(input: $input) {{ assets {{ name }} }} }}")
    };
    bench.data(&list("$input: ListInfoInput = { pageSize: 1 }"), json!({}));
    bench.data(&list("$input: ListInfoInput! = { page: 1 }"), json!({}));
    for other in ["$input: AssetIdentifierInput!", "$input: [ListInfoInput]!"] {
        let given = json!({ "input": [{ "assetId": id }] });
        let given = if other.contains('[') {
            json!({ "input": [{ "page": 1 }] })
        } else {
            json!({ "input": given["input"][0] })
        };
        let message = refusal(&mut bench, &list(other), given);
        assert!(message.contains("VariableTypeMismatch"), "{message}");
    }
    let query = "query ($id: ID!, $fields: [String]) { getAsset(input: { assetId: $id }) { \
        customFields(fields: $fields) } }";
    let given = json!({ "id": id, "fields": ["udf2date"] });
    assert_eq!(
        bench.data(query, given)["getAsset"]["customFields"],
        json!({ "udf2date": "2022-05-06" })
    );
}

#[test]
fn a_member_whose_variable_is_not_given_is_left_out() {
    let mut bench = Bench::new(3);
    let query = "query ($page: Int, $size: Int) { getAssetList(input: { page: $page, \
        pageSize: $size, sort: [], condition: {} }) { assets { name } \
        listInfo { page pageSize hasMore } } }";
    let data = bench.data(query, json!({ "size": 2 }));
    let expected = json!({ "page": 1, "pageSize": 2, "hasMore": true });
    assert_eq!(data["getAssetList"]["listInfo"], expected);
    let data = bench.data(query, json!({ "page": 2, "size": 2 }));
    assert_eq!(data["getAssetList"]["listInfo"]["page"], 2);
}

#[test]
fn a_variable_that_is_not_declared_is_found_wherever_it_stands() {
    let mut bench = Bench::new(1);
    for query in [
        "{ getAssetList(input: { page: $page }) { assets { name } } }",
        "query ($page: Int) { getAssetList(input: { page: $size }) { assets { name } } }",
        "{ getAssetList(input: { sort: [{ attribute: $page }] }) { assets { name } } }",
        "{ getAssetList(input: {}) { assets { customFields(fields: [\"a\", $page]) } } }",
    ] {
        let message = refusal(&mut bench, query, json!({}));
        assert!(message.contains("UndefinedVariable"), "{message}");
    }
}

/// The errors of a document that takes a variable of type `of` with this value.
fn errors_of_variable(bench: &mut Bench, of: &str, value: &Value) -> Value {
    let use_of = match of.trim_matches(['[', ']', '!']) {
        "ListInfoInput" => "getAssetList(input: $value) { assets { name } }",
        "RuleConditionInput" => "getAssetList(input: { condition: $value }) { assets { name } }",
        "SortInput" => "getAssetList(input: { sort: [$value] }) { assets { name } }",
        "AssetIdentifierInput" => "getAsset(input: $value) { name }",
        "AssetDetailsListInput" => "getAssetSoftwareList(input: $value) { assetSoftwares { id } }",
        "GetClientSiteListInput" => "getClientSiteList(input: $value) { sites { id } }",
        "ID" => "getAsset(input: { assetId: $value }) { name }",
        "Boolean" => "__typename @include(if: $value)",
        "JSON" => "getAssetList(input: { condition: { value: $value } }) { assets { name } }",
        "String" => "getAssetList(input: { condition: { attribute: $value } }) { assets { name } }",
        "UpdateAssetInput" => "updateAsset(input: $value) { name }",
        "ClientIdentifierInput" => "updateAsset(input: { assetId: 1, client: $value }) { name }",
        "DepartmentIdentifierInput" => {
            "updateAsset(input: { assetId: 1, department: $value }) { name }"
        }
        "ClientSiteIdentifierInput" | "SiteIdentifierInput" => {
            "updateAsset(input: { assetId: 1, site: $value }) { name }"
        }
        _ => "updateAsset(input: { assetId: 1, requester: $value }) { name }",
    };
    let kind = match use_of.starts_with("updateAsset") {
        true => "mutation",
        false => "query",
    };
    let query = format!("{kind} ($value: {of}) {{ {use_of} }}");
    let answer = bench.ask(&query, json!({ "value": value }));
    match answer.get("data") {
        // What was executed was valid, whatever came of it.
        Some(_) => Value::Null,
        None => answer["errors"].clone(),
    }
}

#[test]
fn every_input_type_takes_its_own_members_and_no_others() {
    let one = json!({ "assetId": 1 });
    let rule = json!({ "attribute": "a", "operator": "is", "value": 1.5, "joinOperator": "and" });
    let client = json!({ "assetId": "1", "client": { "accountId": "2" } });
    let department = json!({ "assetId": "1", "department": { "departmentId": 2 } });
    let sites = json!({ "listInfo": { "page": 1 }, "clientId": 3 });
    for (of, value, is_msp, is_it) in [
        (
            "ListInfoInput!",
            json!({ "page": 1, "pageSize": 2 }),
            true,
            true,
        ),
        (
            "ListInfoInput!",
            json!({ "sort": { "order": "DESC" } }),
            true,
            true,
        ),
        (
            "ListInfoInput!",
            json!({ "sort": [{ "order": "UP" }] }),
            false,
            false,
        ),
        ("ListInfoInput!", json!({ "page": "1" }), false, false),
        (
            "ListInfoInput!",
            json!({ "page": 3_000_000_000_u64 }),
            false,
            false,
        ),
        (
            "RuleConditionInput",
            json!({ "operands": [rule] }),
            true,
            true,
        ),
        (
            "RuleConditionInput",
            json!({ "operand": rule }),
            false,
            false,
        ),
        (
            "SortInput",
            json!({ "attribute": "a", "order": "ASC" }),
            true,
            true,
        ),
        ("SortInput", json!({ "attribute": 1 }), false, false),
        ("AssetIdentifierInput!", one.clone(), true, true),
        ("AssetIdentifierInput!", json!({}), false, false),
        (
            "AssetIdentifierInput!",
            json!({ "assetId": 1.5 }),
            false,
            false,
        ),
        (
            "AssetIdentifierInput!",
            json!({ "assetId": -1 }),
            true,
            true,
        ),
        (
            "AssetDetailsListInput!",
            json!({ "assetId": "1", "listInfo": {} }),
            true,
            true,
        ),
        (
            "AssetDetailsListInput!",
            json!({ "listInfo": {} }),
            false,
            false,
        ),
        ("UpdateAssetInput!", client, true, false),
        ("UpdateAssetInput!", department, false, true),
        ("GetClientSiteListInput!", sites, true, false),
        (
            "ClientIdentifierInput",
            json!({ "accountId": 1 }),
            true,
            false,
        ),
        ("ClientSiteIdentifierInput", json!({ "id": 1 }), true, false),
        (
            "ClientUserIdentifierInput",
            json!({ "userId": 1 }),
            true,
            false,
        ),
        (
            "DepartmentIdentifierInput",
            json!({ "departmentId": 1 }),
            false,
            true,
        ),
        ("SiteIdentifierInput", json!({ "id": 1 }), false, true),
        ("UserIdentifierInput", json!({ "userId": 1 }), false, true),
        ("ID!", json!("a"), true, true),
        ("ID!", json!(i64::MAX), true, true),
        ("ID!", json!(["a"]), false, false),
        ("ID!", Value::Null, false, false),
        ("Boolean!", json!("true"), false, false),
        ("JSON", json!({ "a": [1] }), true, true),
        ("String", json!(1), false, false),
    ] {
        for (mut bench, fits) in [(Bench::new(1), is_msp), (Bench::it(1), is_it)] {
            let errors = errors_of_variable(&mut bench, of, &value);
            assert_eq!(errors.is_null(), fits, "{of} {value} {errors}");
        }
    }
}

#[test]
fn a_single_value_stands_for_a_list_of_one() {
    let mut bench = Bench::new(1);
    let query = "{ getAssetList(input: { sort: {} }) { assets { name } } }";
    bench.data(query, json!({}));
    let query = "{ getAssetList(input: { sort: { order: ASC } }) { assets { name } } }";
    assert_eq!(
        bench.ask(query, json!({}))["data"]["getAssetList"],
        Value::Null
    );
    let query = "query ($id: ID!) { getAsset(input: { assetId: $id }) { name } }";
    assert_eq!(
        code(&bench.ask(query, json!({ "id": 1 }))),
        "entity_does_not_exist"
    );
}
