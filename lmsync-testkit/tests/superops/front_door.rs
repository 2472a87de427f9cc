use chrono::TimeDelta;
use http::HeaderValue;
use lmsync_testkit::superops::SuperOpsSpec;
use serde_json::json;

use crate::bench::{Bench, code, fleet};

#[test]
fn the_cheapest_probe_says_query() {
    let mut bench = Bench::new(1);
    let answer = bench.ask("{ __typename }", json!(null));
    assert_eq!(answer, json!({ "data": { "__typename": "Query" } }));
}

#[test]
fn a_missing_or_wrong_subdomain_is_an_empty_400() {
    let mut bench = Bench::new(1);
    let mut request = bench.request("{ __typename }", json!({}));
    request
        .headers_mut()
        .insert("customersubdomain", HeaderValue::from_static("other"));
    let wrong = bench.send(&request);
    request.headers_mut().remove("customersubdomain");
    let missing = bench.send(&request);
    for response in [wrong, missing] {
        assert_eq!(response.status(), 400);
        assert!(response.body().is_empty());
    }
}

#[test]
fn a_missing_wrong_or_replaced_token_is_an_empty_401() {
    let mut bench = Bench::new(1);
    let good = bench.request("{ __typename }", json!({}));
    let mut missing = good.clone();
    missing.headers_mut().remove("authorization");
    let mut bare = good.clone();
    let token = HeaderValue::from_str(bench.simulator.token()).unwrap();
    bare.headers_mut().insert("authorization", token);
    for request in [missing, bare] {
        let response = bench.send(&request);
        assert_eq!(response.status(), 401);
        assert!(response.body().is_empty());
    }
    assert_eq!(bench.send(&good).status(), 200);
    bench.simulator.replace_token("another");
    assert_eq!(bench.send(&good).status(), 401);
    bench.simulator.misbehaviour().bad_token_is_400 = true;
    assert_eq!(bench.send(&good).status(), 400);
}

#[test]
fn other_paths_are_a_html_404_and_the_other_product_a_400() {
    let mut bench = Bench::new(1);
    let mut request = bench.request("{ __typename }", json!({}));
    *request.uri_mut() = "https://api.superops.ai/graphql".parse().unwrap();
    let response = bench.send(&request);
    assert_eq!(response.status(), 404);
    assert_eq!(response.headers()["content-type"], "text/html");
    *request.uri_mut() = "https://api.superops.ai/it".parse().unwrap();
    assert_eq!(bench.send(&request).status(), 400);
    *request.method_mut() = http::Method::GET;
    assert_eq!(bench.send(&request).status(), 405);
}

#[test]
fn the_request_after_the_limit_is_refused_until_the_minute_has_rolled_on() {
    let mut bench = Bench::of(SuperOpsSpec::new(fleet(3)));
    for second in 0..100 {
        assert_eq!(bench.page(1, 100)["listInfo"]["totalCount"], 3, "{second}");
        bench.pass(TimeDelta::milliseconds(500));
    }
    let input = json!({ "input": { "page": 1 } });
    let refused = bench.ask(crate::bench::LIST, input.clone());
    let expected = json!({
        "errors": [{
            "message": null,
            "extensions": {
                "clientError": [{ "code": "rate_limit_exceeded", "param": {} }],
                "classification": "DataFetchingException",
            },
        }],
        "data": { "getAssetList": null },
    });
    assert_eq!(refused, expected);
    // The first request was fifty seconds ago.
    bench.pass(TimeDelta::milliseconds(9_999));
    assert_eq!(
        code(&bench.ask(crate::bench::LIST, input)),
        "rate_limit_exceeded"
    );
    bench.pass(TimeDelta::milliseconds(1));
    bench.page(1, 100);
}
