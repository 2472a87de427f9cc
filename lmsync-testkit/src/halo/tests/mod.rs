//! The simulator answers as Halo was seen to.

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use http::{Request, Response, StatusCode};
use lmsync_core::two_way::{AssetDates, DateField, HeldDate};
use serde_json::{Value, json};

mod asked;
mod content;
mod edges;

use super::{FieldsIn, HaloSimulator, HaloSpec};
use crate::conformance::{Treatment, TwoWayVendor};
use crate::fleet::{Fleet, FleetSpec};
use crate::gate::answer_by_schema;
use crate::simulator::Simulator;

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_774_958_400, 0).unwrap()
}

fn simulator(machines: usize) -> HaloSimulator {
    HaloSimulator::new(Fleet::new(FleetSpec::new(machines, now())))
}

/// The answer to `request`, which is one of the schema.
fn ask(halo: &mut HaloSimulator, request: Request<String>) -> Response<Bytes> {
    let request = request.map(Bytes::from);
    answer_by_schema(halo, &request, now())
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
            &format!("{FORM}edit:customers"),
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
    assert!(body["sites"][0]["client_id"].is_u64());
    halo.permissions().sites = false;
    let (status, _) = get(&mut halo, &token, "/api/Site");
    assert_eq!(status, StatusCode::FORBIDDEN);
}

fn post(halo: &mut HaloSimulator, token: &str, body: &Value) -> (StatusCode, Value) {
    let request = Request::post("/api/Asset")
        .header("user-agent", "test")
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "application/json")
        .body(body.to_string());
    let answer = ask(halo, request.unwrap());
    let body = serde_json::from_slice(answer.body()).unwrap_or_default();
    (answer.status(), body)
}

/// Asset 1003 with what `change` names.
fn changed(change: &Value) -> Value {
    let mut asset = json!({ "id": 1003 });
    for (name, value) in change.as_object().unwrap() {
        asset[name] = value.clone();
    }
    json!([asset])
}

fn field<'a>(asset: &'a Value, name: &str) -> &'a Value {
    let fields = asset["fields"].as_array().unwrap();
    let field = fields.iter().find(|field| field["name"] == name);
    &field.unwrap()["value"]
}

#[test]
fn an_asset_that_is_posted_keeps_what_is_not_named() {
    let mut halo = simulator(5);
    let token = token(&mut halo, "edit:assets");
    let before = halo.record("1003").unwrap();
    for id in [json!(1003), json!("1003")] {
        let body = json!([{ "id": id, "warranty_end": "2027-06-04T12:00:00" }]);
        let (status, answer) = post(&mut halo, &token, &body);
        assert_eq!(status, StatusCode::CREATED);
        assert_eq!(answer["id"], 1003, "one asset, not a list");
    }
    let mut expected = before;
    expected["warranty_end"] = json!("2027-06-04T12:00:00");
    assert_eq!(halo.record("1003").unwrap(), expected);
    let (_, list) = get(&mut halo, &token, "/api/Asset?pageinate=true");
    let listed = list["assets"].as_array().unwrap();
    let listed = listed.iter().find(|asset| asset["id"] == 1003).unwrap();
    assert_eq!(listed["warranty_end"], "2027-06-04T12:00:00");
    assert_eq!(halo.date_writes("1003"), 2);
}

#[test]
fn fields_that_are_posted_take_the_place_of_all() {
    let mut halo = simulator(5);
    let token = token(&mut halo, "edit:assets");
    let fields = json!([{ "id": "24", "value": "2026-01-29T20:00:00.000Z" }, { "id": 999 }]);
    post(&mut halo, &token, &changed(&json!({ "fields": fields })));
    let after = halo.record("1003").unwrap();
    assert_eq!(field(&after, "Purchase Date"), "2026-01-29T20:00:00");
    assert_eq!(field(&after, "Model"), "");
    assert_eq!(after["fields"].as_array().unwrap().len(), 12);
}

#[test]
fn without_an_id_that_is_known_a_new_asset_is_made() {
    let mut halo = simulator(5);
    let token = token(&mut halo, "edit:assets");
    for (body, made) in [
        (json!([{ "warranty_end": "2027-06-04T12:00:00" }]), 1006),
        (
            json!([{ "id": 77_777, "warranty_end": "2027-06-04T12:00:00" }]),
            1007,
        ),
    ] {
        let (status, answer) = post(&mut halo, &token, &body);
        assert_eq!(status, StatusCode::CREATED);
        assert_eq!(answer["id"], made);
    }
    assert_eq!(halo.asset_ids().len(), 7);
}

#[test]
fn a_body_of_another_shape_is_refused_with_the_name_of_what_is_wrong() {
    let mut halo = simulator(5);
    let token = token(&mut halo, "edit:assets");
    for (body, name) in [
        (json!({ "id": 1003 }), "id"),
        (json!([]), "id"),
        (json!([7]), "[0].id"),
        (json!([{ "id": "x" }]), "[0].id"),
        (
            changed(&json!({ "warranty_end": "soon" })),
            "[0].warranty_end",
        ),
        (
            changed(&json!({ "supplier_purchasedate": 7 })),
            "[0].supplier_purchasedate",
        ),
        (changed(&json!({ "fields": { "24": "x" } })), "[0].fields"),
        (
            changed(&json!({ "fields": [{ "value": "x" }] })),
            "[0].fields",
        ),
    ] {
        let before = halo.record("1003");
        let (status, answer) = post(&mut halo, &token, &body);
        assert_eq!(status, StatusCode::BAD_REQUEST, "{body}");
        assert!(answer[name].is_array(), "{answer}");
        assert_eq!(halo.record("1003"), before);
    }
    assert_eq!((halo.date_writes("1003"), halo.asset_ids().len()), (0, 5));
}

#[test]
fn both_the_application_and_the_role_have_to_allow_a_change() {
    let body = changed(&json!({ "warranty_end": "2027-06-04T12:00:00" }));
    let status = |halo: &mut HaloSimulator, token: &str| post(halo, token, &body).0;
    let mut halo = simulator(5);
    let reading = token(&mut halo, "read:assets");
    assert_eq!(status(&mut halo, &reading), StatusCode::FORBIDDEN);
    let writing = token(&mut halo, "edit:assets");
    assert_eq!(status(&mut halo, &writing), StatusCode::CREATED);
    halo.permissions().edit_assets = false;
    assert_eq!(status(&mut halo, &writing), StatusCode::FORBIDDEN);
    halo.permissions().edit_assets = true;
    halo.forbid_writing();
    assert_eq!(status(&mut halo, &writing), StatusCode::FORBIDDEN);
    let refused = sign_in(&mut halo, "/auth/token", &format!("{FORM}edit:assets"));
    assert_eq!(refused.status(), StatusCode::BAD_REQUEST);
    assert!(refused.body().starts_with(br#"{"error":"invalid_scope""#));
    assert_eq!(halo.date_writes("1003"), 1);
}

#[test]
fn the_neighbour_of_the_dates_is_lost_by_who_does_not_send_it_back() {
    let mut halo = simulator(5);
    let token = token(&mut halo, "edit:assets");
    halo.set_neighbour("1003", "by.the.door");
    assert_eq!(halo.neighbour("1003").as_deref(), Some("by.the.door"));
    let date = json!({ "id": 24, "value": "2026-03-01T12:00:00" });
    post(&mut halo, &token, &changed(&json!({ "fields": [date] })));
    assert_eq!(halo.neighbour("1003").as_deref(), Some(""));
}

#[test]
fn what_becomes_of_a_date_can_be_set() {
    let mut halo = simulator(5);
    let token = token(&mut halo, "edit:assets");
    let mut fields = halo.record("1003").unwrap()["fields"].take();
    for field in fields.as_array_mut().unwrap() {
        if field["id"] == 24 {
            field["value"] = json!("2026-03-01T12:00:00");
        }
    }
    let body = changed(&json!({ "warranty_end": "2027-06-04T12:00:00", "fields": fields }));
    let before = halo.record("1003").unwrap();
    halo.treat_dates(Treatment::Ignore);
    assert_eq!(post(&mut halo, &token, &body).0, StatusCode::CREATED);
    assert_eq!(halo.record("1003").unwrap(), before);
    halo.treat_dates(Treatment::Shift);
    post(&mut halo, &token, &body);
    let after = halo.record("1003").unwrap();
    assert_eq!(after["warranty_end"], "2027-06-03T12:00:00");
    assert_eq!(field(&after, "Purchase Date"), "2026-02-28T12:00:00");
    assert_eq!(field(&after, "Last Seen"), field(&before, "Last Seen"));
    assert_eq!(halo.date_writes("1003"), 2);
}

#[test]
fn what_a_person_types_is_held() {
    let mut halo = simulator(5);
    for (purchased, expiry) in [
        (HeldDate::Day(now().date_naive()), HeldDate::Empty),
        (
            HeldDate::Unreadable("with the lease".into()),
            HeldDate::Day(now().date_naive()),
        ),
        (HeldDate::Empty, HeldDate::Unreadable("soon".into())),
    ] {
        let dates = AssetDates::default()
            .with(DateField::PurchaseDate, purchased)
            .with(DateField::WarrantyExpiry, expiry);
        halo.hold_dates("1002", dates.clone());
        assert_eq!(halo.held_dates("1002"), dates);
    }
    assert!(halo.set_field("1002", "Purchase Date", "2020-02-03"));
    let purchased = halo.held_dates("1002").purchase_date;
    assert_eq!(purchased.day().unwrap().to_string(), "2020-02-03");
    assert!(!halo.set_field("1002", "Bought on", "2020-02-03"));
}
