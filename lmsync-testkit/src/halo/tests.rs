//! The simulator answers as Halo was seen to.

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use http::{Request, Response, StatusCode};
use serde_json::Value;

use super::{FieldsIn, HaloSimulator, HaloSpec};
use crate::fleet::{Fleet, FleetSpec};
use crate::simulator::Simulator;

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_774_958_400, 0).unwrap()
}

fn simulator(machines: usize) -> HaloSimulator {
    HaloSimulator::new(Fleet::new(FleetSpec::new(machines, now())))
}

fn ask(halo: &mut HaloSimulator, request: Request<String>) -> Response<Bytes> {
    halo.respond(&request.map(Bytes::from), now())
}

fn sign_in(halo: &mut HaloSimulator, address: &str, form: &str) -> Response<Bytes> {
    let request = Request::post(address)
        .header("user-agent", "test")
        .body(form.to_owned());
    ask(halo, request.unwrap())
}

const FORM: &str = "grant_type=client_credentials&client_id=simulated-halo-client\
                    &client_secret=simulated-halo-secret&scope=";

fn token(halo: &mut HaloSimulator, scope: &str) -> String {
    let answer = sign_in(
        halo,
        "/auth/token?tenant=acmemsp",
        &format!("{FORM}{scope}"),
    );
    let body: Value = serde_json::from_slice(answer.body()).unwrap();
    body["access_token"].as_str().unwrap().to_owned()
}

fn get(halo: &mut HaloSimulator, token: &str, address: &str) -> (StatusCode, Value) {
    let request = Request::get(address)
        .header("user-agent", "test")
        .header("authorization", format!("Bearer {token}"))
        .body(String::new());
    let answer = ask(halo, request.unwrap());
    let body = serde_json::from_slice(answer.body()).unwrap_or_default();
    (answer.status(), body)
}

#[test]
fn a_page_is_never_larger_than_granted_and_says_so() {
    let mut halo = simulator(120);
    let token = token(&mut halo, "read:assets");
    let address = "/api/Asset?pageinate=true&page_size=100&page_no=";
    let mut ids = Vec::new();
    for (page, rows) in [(1, 50), (2, 50), (3, 23), (4, 0)] {
        let (_, body) = get(&mut halo, &token, &format!("{address}{page}"));
        assert_eq!(body["page_size"], 50);
        assert_eq!(body["record_count"], if rows == 0 { 0 } else { 123 });
        let came = body["assets"].as_array().unwrap();
        assert_eq!(came.len(), rows);
        ids.extend(came.iter().map(|asset| asset["id"].to_string()));
    }
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 123);
}

#[test]
fn without_halos_own_spelling_there_are_no_pages() {
    let mut halo = simulator(120);
    let token = token(&mut halo, "read:assets");
    let (_, body) = get(&mut halo, &token, "/api/asset?page_size=10&page_no=2");
    assert_eq!(
        (&body["page_no"], &body["page_size"]),
        (&1.into(), &50.into())
    );
}

#[test]
fn fields_come_where_they_are_asked_for_and_given() {
    for (fields_in, listed, of_one_type) in [
        (FieldsIn::Lists, true, true),
        (FieldsIn::ListsOfOneType, false, true),
        (FieldsIn::Nothing, false, false),
    ] {
        let fleet = Fleet::new(FleetSpec::new(30, now()));
        let mut halo = HaloSimulator::new(HaloSpec {
            fields_in,
            ..HaloSpec::new(fleet)
        });
        let token = token(&mut halo, "read:assets");
        let mut has_fields = |address: &str| {
            let (_, body) = get(&mut halo, &token, address);
            body["assets"][0]["fields"].is_array()
        };
        assert!(!has_fields("/api/Asset?pageinate=true"));
        let asked = "/api/Asset?pageinate=true&includeassetfields=true";
        assert_eq!(has_fields(asked), listed);
        assert_eq!(
            has_fields(&format!("{asked}&assettype_id=101")),
            of_one_type
        );
        let (_, body) = get(&mut halo, &token, "/api/Asset/1001?includedetails=true");
        assert!(body["fields"].is_array() && body["software"].is_array());
    }
}

#[test]
fn each_wrong_sign_in_fails_in_its_own_way() {
    let mut halo = simulator(5);
    let fine = format!("{FORM}read:assets");
    for (address, form, status, word) in [
        ("/auth/token?tenant=other", fine.as_str(), 500, "<!DOCTYPE"),
        (
            "/auth/token",
            "grant_type=client_credentials",
            401,
            "invalid_client",
        ),
        (
            "/auth/token",
            &format!("{FORM}read:agents"),
            400,
            "invalid_scope",
        ),
        (
            "/auth/token",
            &format!("{FORM}edit:assets"),
            400,
            "invalid_scope",
        ),
        ("/auth", fine.as_str(), 200, "<!DOCTYPE"),
        ("/auth/token", fine.as_str(), 200, "access_token"),
    ] {
        let answer = sign_in(&mut halo, address, form);
        assert_eq!(answer.status(), status, "{address} {form}");
        let body = String::from_utf8_lossy(answer.body()).into_owned();
        assert!(body.contains(word), "{body}");
    }
    let nameless = Request::post("/auth/token").body(fine).unwrap();
    assert_eq!(ask(&mut halo, nameless).status(), StatusCode::UNAUTHORIZED);
}

#[test]
fn a_token_allows_what_it_was_given_for_while_it_lasts() {
    let mut halo = simulator(5);
    let token = token(&mut halo, "read:customers");
    assert_eq!(get(&mut halo, &token, "/api/Client").0, StatusCode::OK);
    assert_eq!(
        get(&mut halo, &token, "/api/Asset").0,
        StatusCode::FORBIDDEN
    );
    assert_eq!(
        get(&mut halo, &token, "/api/Nothing").0,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        get(&mut halo, "other", "/api/Client").0,
        StatusCode::UNAUTHORIZED
    );
    let late = now() + TimeDelta::hours(1);
    let request = Request::get("/api/Client")
        .header("user-agent", "test")
        .header("authorization", format!("Bearer {token}"))
        .body(Bytes::new())
        .unwrap();
    assert_eq!(
        halo.respond(&request, late).status(),
        StatusCode::UNAUTHORIZED
    );
}

#[test]
fn beyond_the_limit_the_refusal_names_it() {
    let mut halo = simulator(5);
    let token = token(&mut halo, "read:assets");
    for _ in 0..299 {
        assert_eq!(get(&mut halo, &token, "/api/AssetType").0, StatusCode::OK);
    }
    let (status, body) = get(&mut halo, &token, "/api/AssetType");
    assert_eq!(status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(
        body["error"],
        "Rate Limit Reached - 300 Requests per rolling 5 minute window"
    );
}

#[test]
fn types_select_and_an_agent_without_types_sees_nothing() {
    let mut halo = simulator(60);
    let token = token(&mut halo, "read:assets");
    let count = |halo: &mut HaloSimulator, query: &str| {
        let (_, body) = get(halo, &token, &format!("/api/Asset?pageinate=true&{query}"));
        body["record_count"].as_u64().unwrap()
    };
    assert_eq!(count(&mut halo, ""), 63);
    assert_eq!(count(&mut halo, "assettypes=101,102,103"), 60);
    assert_eq!(count(&mut halo, "assettypes=110"), 2);
    let by_type: u64 = [101, 102, 103]
        .map(|id| count(&mut halo, &format!("assettype_id={id}")))
        .iter()
        .sum();
    assert_eq!(by_type, 60);
    halo.permissions().asset_types = false;
    assert_eq!(count(&mut halo, ""), 0);
}

#[test]
fn sites_are_those_of_the_fleet_unless_the_role_denies_them() {
    let mut halo = simulator(300);
    let token = token(&mut halo, "read:customers");
    let (status, body) = get(&mut halo, &token, "/api/Site?pageinate=true");
    let expected: usize = halo.sites().values().map(Vec::len).sum();
    assert_eq!(status, StatusCode::OK);
    assert_eq!(body["record_count"], expected);
    assert!(body["sites"][0]["client_id"].is_f64());
    halo.permissions().sites = false;
    let (status, _) = get(&mut halo, &token, "/api/Site");
    assert_eq!(status, StatusCode::FORBIDDEN);
}
