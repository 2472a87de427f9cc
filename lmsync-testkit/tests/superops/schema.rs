use serde_json::{Value, json};

use crate::bench::{Bench, LIST};

/// What is said of a document that is not executed.
pub(crate) fn refusal(bench: &mut Bench, query: &str, variables: Value) -> String {
    let answer = bench.ask(query, variables);
    assert_eq!(answer.get("data"), None, "{answer}");
    let errors = answer["errors"].as_array().unwrap().iter();
    let messages = errors.map(|error| error["message"].as_str().unwrap());
    messages.collect::<Vec<_>>().join("; ")
}

#[test]
fn an_unknown_field_is_undefined_and_placed() {
    let mut bench = Bench::new(1);
    let query = "{\n  getAssetList(input: {}) {\n    assets { assetId serial }\n  }\n}";
    let answer = bench.ask(query, json!({}));
    let expected = json!({
        "errors": [{
            "message": "Validation error of type FieldUndefined: \
                Field 'serial' in type 'Asset' is undefined @ 'getAssetList/assets/serial'",
            "locations": [{ "line": 3, "column": 22 }],
            "extensions": { "classification": "ValidationError" },
        }],
    });
    assert_eq!(answer, expected);
}

#[test]
fn every_violation_is_reported() {
    let mut bench = Bench::new(1);
    let answer = bench.ask("{ getAssetList(input: {}) { edges first } }", json!({}));
    assert_eq!(answer["errors"].as_array().unwrap().len(), 2);
}

#[test]
fn nothing_can_be_selected_of_a_json_scalar() {
    let mut bench = Bench::new(1);
    let query = "{ getClientList(input: {}) { clients { accountId accountManager { name } } } }";
    assert_eq!(
        refusal(&mut bench, query, json!({})),
        "Validation error of type SubSelectionNotAllowed: Sub selection not allowed on leaf type \
         JSON of field accountManager @ 'getClientList/clients/accountManager'"
    );
    let query = "{ getAssetList(input: {}) { assets { client { accountId } } } }";
    assert_eq!(
        refusal(&mut bench, query, json!({})),
        "Validation error of type SubSelectionNotAllowed: Sub selection not allowed on leaf type \
         null of field client @ 'getAssetList/assets/client'"
    );
}

#[test]
fn something_must_be_selected_of_an_object() {
    let mut bench = Bench::new(1);
    let message = refusal(&mut bench, "{ getAssetList(input: {}) }", json!({}));
    assert!(message.contains("SubSelectionRequired"), "{message}");
}

#[test]
fn arguments_are_checked() {
    let mut bench = Bench::new(1);
    for (query, rule) in [
        (
            "{ getAssetList { assets { name } } }",
            "MissingFieldArgument",
        ),
        (
            "{ getAsset(input: { assetId: \"1\" }, id: 1) { name } }",
            "UnknownArgument",
        ),
        ("{ getAsset(input: { id: \"1\" }) { name } }", "WrongType"),
        (
            "{ getAssetList(input: { page: \"1\" }) { assets { name } } }",
            "WrongType",
        ),
        (
            "{ getAssetList(input: $input) { assets { name } } }",
            "UndefinedVariable",
        ),
        (
            "{ getAssetList(input: {}) { ...rows } }",
            "UndefinedFragment",
        ),
    ] {
        let message = refusal(&mut bench, query, json!({}));
        assert!(message.contains(rule), "{message}");
    }
}

#[test]
fn variables_are_checked() {
    let mut bench = Bench::new(1);
    let message = refusal(&mut bench, LIST, json!({}));
    assert!(
        message.contains("missing value for non-null variable 'input'"),
        "{message}"
    );
    let message = refusal(&mut bench, LIST, json!({ "input": { "first": 10 } }));
    assert!(message.contains("key first not in type"), "{message}");
    let other_type =
        "query ($input: ListInfoInput) { getAssetList(input: $input) { assets { name } } }";
    let message = refusal(&mut bench, other_type, json!({ "input": {} }));
    assert!(message.contains("VariableTypeMismatch"), "{message}");
}

#[test]
fn what_is_no_document_is_a_syntax_error() {
    let mut bench = Bench::new(1);
    for text in ["", "{ getAssetList(", "hello"] {
        let answer = bench.ask(text, json!({}));
        let classification = &answer["errors"][0]["extensions"]["classification"];
        assert_eq!(classification, "InvalidSyntax");
    }
}

#[test]
fn a_fragment_that_holds_itself_is_refused() {
    let mut bench = Bench::new(1);
    let query =
        "{ getAssetList(input: {}) { assets { ...all } } } fragment all on Asset { name ...all }";
    assert!(refusal(&mut bench, query, json!({})).contains("FragmentCycle"));
}

#[test]
fn rules_that_no_single_field_breaks_are_held_too() {
    let mut bench = Bench::new(1);
    let asset =
        |selection: &str| format!("{{ getAssetList(input: {{}}) {{ assets {{ {selection} }} }} }}");
    for (query, rule) in [
        (
            "query ($id: ID) { __typename }".to_owned(),
            "UnusedVariable",
        ),
        (
            "query ($id: ID, $id: ID) { getAsset(input: { assetId: $id }) { name } }".to_owned(),
            "DuplicateVariableName",
        ),
        (
            "{ __typename } fragment of on Nothing { name }".to_owned(),
            "UnknownType",
        ),
        (
            "{ __typename } fragment of on Asset { name }".to_owned(),
            "UnusedFragment",
        ),
        (asset("name @other(if: true)"), "UnknownDirective"),
        (
            asset("name @include(of: true, if: true)"),
            "UnknownArgument",
        ),
        (asset("name @include"), "MissingFieldArgument"),
        (asset("same: name same: model"), "FieldsConflict"),
        (asset("... on Client { name }"), "InvalidFragmentType"),
        (
            "{ getAsset(input: { assetId: 1 }, input: { assetId: 2 }) { name } }".to_owned(),
            "DuplicateArgumentNames",
        ),
        (
            "{ __typename } query other { __typename }".to_owned(),
            "LoneAnonymousOperationViolation",
        ),
    ] {
        let message = refusal(&mut bench, &query, json!({}));
        assert!(message.contains(rule), "{query}: {message}");
    }
}

#[test]
fn the_two_products_have_different_fields() {
    let assets =
        |field: &str| format!("{{ getAssetList(input: {{}}) {{ assets {{ {field} }} }} }}");
    let mut it = Bench::it(30);
    for query in [
        assets("client"),
        assets("deviceCategory"),
        "{ getClientList(input: {}) { clients { name } } }".to_owned(),
        "{ getClientSiteList(input: {}) { sites { name } } }".to_owned(),
    ] {
        assert!(refusal(&mut it, &query, json!({})).contains("FieldUndefined"));
    }
    let mut msp = Bench::new(30);
    for query in [
        assets("department"),
        "{ getDepartmentList { name } }".to_owned(),
        "{ getSiteList(input: {}) { sites { name } } }".to_owned(),
    ] {
        assert!(refusal(&mut msp, &query, json!({})).contains("FieldUndefined"));
    }
}

#[test]
fn the_answer_holds_exactly_what_was_selected() {
    let mut bench = Bench::new(1);
    let query = "query ($input: ListInfoInput!, $with: Boolean = false) { \
        list: getAssetList(input: $input) { \
            rows: assets { id: assetId ...named kind: __typename model @include(if: $with) } \
            listInfo { page } } } \
        fragment named on Asset { name ... on Asset { serial: serialNumber } }";
    let data = bench.data(query, json!({ "input": { "page": 1 } }));
    let machine = bench.simulator.machine(&bench.id(0)).unwrap();
    let expected = json!({
        "list": {
            "rows": [{
                "id": bench.id(0),
                "name": machine.name,
                "serial": machine.serial,
                "kind": "Asset",
            }],
            "listInfo": { "page": 1 },
        },
    });
    assert_eq!(data, expected);
}

#[test]
fn one_field_under_one_key_is_one_field() {
    let mut bench = Bench::new(1);
    let query = "{ getAssetList(input: {}) { assets { name } assets { model } } }";
    let row = bench.data(query, json!({}))["getAssetList"]["assets"][0].take();
    assert_eq!(row.as_object().unwrap().len(), 2);
}
