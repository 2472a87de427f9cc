use http::StatusCode;
use serde_json::Value;

use lmsync_core::two_way::{AssetDates, DateField, HeldDate};

use super::*;
use crate::conformance::{Treatment, TwoWayVendor};
use crate::fleet::{Fleet, FleetSpec};

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_767_225_600, 0).unwrap()
}

struct Caller {
    account: CwRmmSimulator,
    token: String,
    now: DateTime<Utc>,
}

impl Caller {
    fn new() -> Self {
        let fleet = Fleet::new(FleetSpec::new(60, now()));
        let mut caller = Self {
            account: CwRmmSimulator::new(CwRmmSpec {
                page_cap: 25,
                ..fleet.into()
            }),
            token: String::new(),
            now: now(),
        };
        caller.token = caller.sign_in("").1["access_token"]
            .as_str()
            .unwrap()
            .to_owned();
        caller
    }

    fn send(
        &mut self,
        method: Method,
        path: &str,
        body: &Value,
    ) -> (StatusCode, Value, Option<String>) {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(AUTHORIZATION, format!("Bearer {}", self.token))
            .body(Bytes::from(body.to_string()))
            .unwrap();
        let response = self.account.respond(&request, self.now);
        let link = response.headers().get("link");
        let link = link.map(|link| link.to_str().unwrap().to_owned());
        let body = serde_json::from_slice(response.body()).unwrap();
        (response.status(), body, link)
    }

    fn sign_in(&mut self, scope: &str) -> (StatusCode, Value) {
        let mut body = json!({
            "grant_type": "client_credentials",
            "client_id": self.account.client_id.clone(),
            "client_secret": self.account.client_secret.clone(),
        });
        if !scope.is_empty() {
            body["scope"] = json!(scope);
        }
        let (status, body, _) = self.send(Method::POST, "/v1/token", &body);
        (status, body)
    }

    fn list(&mut self, query: &str, body: &Value) -> (StatusCode, Value, Option<String>) {
        let path = format!("/api/platform/v2/device/categories/platform/endpoints?{query}");
        self.send(Method::POST, &path, body)
    }
}

fn companies(numbers: impl IntoIterator<Item = u64>) -> Value {
    let ids: Vec<String> = numbers.into_iter().map(ids::company).collect();
    json!({ "resourceType": "company", "resources": ids })
}

#[test]
fn scopes_are_all_or_nothing_and_a_greedy_key_is_locked() {
    let mut caller = Caller::new();
    caller.account.key().scopes.remove("platform.asset.read");
    let (status, body) = caller.sign_in("platform.companies.read platform.asset.read");
    assert_eq!(
        (status.as_u16(), body["error"].as_str()),
        (400, Some("invalid_scope"))
    );
    for _ in 0..4 {
        assert_eq!(caller.sign_in("platform.companies.read").0, StatusCode::OK);
    }
    assert_eq!(
        caller.sign_in("platform.companies.read").0,
        StatusCode::LOCKED
    );
    caller.now += TimeDelta::seconds(3600);
    assert_eq!(
        caller
            .send(Method::GET, "/v1/rate_limits", &Value::Null)
            .0
            .as_u16(),
        401
    );
    assert_eq!(caller.sign_in("platform.companies.read").0, StatusCode::OK);
}

#[test]
fn pages_cut_groups_and_past_the_last_there_is_nothing() {
    let mut caller = Caller::new();
    let wanted = companies(1..=3);
    let mut cursor = Some(0);
    let (mut met, mut groups) = (Vec::new(), Vec::new());
    while let Some(at) = cursor {
        let (status, page, link) = caller.list(&format!("limit=500&cursor={at}"), &wanted);
        assert_eq!(status, StatusCode::OK);
        for group in page["platform"].as_array().unwrap() {
            groups.push((group["companyID"].clone(), group["siteID"].clone()));
            let rows = group["endpoints"].as_array().unwrap();
            met.extend(rows.iter().map(|row| row["endpointID"].clone()));
        }
        let next = |link: String| {
            Some(
                link.split("cursor=")
                    .nth(1)?
                    .split('>')
                    .next()?
                    .parse()
                    .unwrap(),
            )
        };
        cursor = link.and_then(next);
    }
    assert_eq!(met.len(), 60);
    met.dedup();
    assert_eq!(met.len(), 60);
    let before = groups.len();
    groups.dedup();
    assert!(groups.len() < before, "a group comes again on a later page");
    assert_eq!(caller.list("cursor=60", &wanted).0, StatusCode::NOT_FOUND);
}

#[test]
fn what_the_specification_forbids_is_refused() {
    let mut caller = Caller::new();
    let fields = vec!["os"; 16].join(",");
    let one = companies([1]);
    assert_eq!(
        caller.list(&format!("field={fields}"), &one).0.as_u16(),
        400
    );
    assert_eq!(caller.list("", &companies(1..=5)).0.as_u16(), 400);
    let plural = json!({ "resourceType": "companies", "resources": [ids::company(1)] });
    assert_eq!(caller.list("", &plural).0.as_u16(), 400);
    let heartbeat = |kind: &str| {
        format!(
            "/api/platform/v2/device/endpoints/heartbeat?resourceType={kind}&resources={}",
            ids::company(1)
        )
    };
    for (kind, status) in [("companies", 200), ("clients", 400), ("endpoints", 403)] {
        let (answered, _, _) = caller.send(Method::GET, &heartbeat(kind), &Value::Null);
        assert_eq!(answered.as_u16(), status, "{kind}");
    }
    let path = "/api/platform/v2/device/endpoints/heartbeat";
    assert_eq!(caller.send(Method::PUT, path, &json!([])).0.as_u16(), 405);
    assert_eq!(caller.account.writes, 1);
}

#[test]
fn without_a_projection_there_is_neither_serial_nor_system() {
    let mut caller = Caller::new();
    let row = |page: &Value| page["platform"][0]["endpoints"][0].clone();
    let (_, plain, _) = caller.list("limit=1", &companies([1]));
    assert!(row(&plain)["deviceName"].is_string() && row(&plain)["system"].is_null());
    let (_, some, _) = caller.list("limit=1&field=system,os", &companies([1]));
    assert!(row(&some)["system"]["model"].is_string() && row(&some)["deviceName"].is_null());
}

/// The custom fields of a device.
fn fields_of(id: &str) -> String {
    format!("/api/platform/v2/device/endpoints/{id}/custom-fields")
}

const EXPIRY: &str = "9e98f3e0-a609-4258-be46-000000000002";

#[test]
fn values_are_set_together_or_not_at_all() {
    let mut caller = Caller::new();
    let id = caller.account.asset_ids().remove(0);
    let value = |entity: &str, attribute: &str, value: Value| json!({ "entityId": entity, "attributeId": attribute, "value": value });
    let good = || value(&id, EXPIRY, json!("2027-05-31"));
    let extra = json!({ "entityId": id, "attributeId": EXPIRY, "value": "x", "name": "y" });
    for (body, status) in [
        (good(), 400),
        (json!([]), 400),
        (json!([good(), value(&id, "unknown", json!("1"))]), 400),
        (json!([good(), value("another", EXPIRY, json!("1"))]), 400),
        (json!([good(), value(&id, EXPIRY, Value::Null)]), 400),
        (json!([good(), extra]), 400),
        (json!(vec![good(); 26]), 400),
    ] {
        let (answered, _, _) = caller.send(Method::PUT, &fields_of(&id), &body);
        assert_eq!(answered.as_u16(), status, "{body}");
    }
    assert_eq!(caller.account.custom_field(&id, WARRANTY_EXPIRY), None);
    assert_eq!(caller.account.date_writes(&id), 0);
    let (status, saved, _) = caller.send(Method::PUT, &fields_of(&id), &json!([good()]));
    assert_eq!(
        (status.as_u16(), &saved[0]["value"]),
        (200, &json!("2027-05-31"))
    );
    assert_eq!(caller.account.date_writes(&id), 1);
    assert_eq!(caller.account.writes, 8);
    let (status, _, _) = caller.send(Method::PUT, &fields_of("x"), &json!([good()]));
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[test]
fn a_field_without_a_value_is_told_with_defaults_only_and_its_id_in_either_spelling() {
    let mut caller = Caller::new();
    caller.account.definitions()[0].default = Some("1999".to_owned());
    let mut spelled = std::collections::BTreeSet::new();
    for id in caller.account.asset_ids().into_iter().take(2) {
        let (_, own, _) = caller.send(Method::GET, &fields_of(&id), &Value::Null);
        assert_eq!(own, json!([]));
        let all = format!("{}?withDefaults=true", fields_of(&id));
        let (_, all, _) = caller.send(Method::GET, &all, &Value::Null);
        assert_eq!(all.as_array().unwrap().len(), 3);
        assert_eq!(
            (&all[0]["value"], &all[1]["value"]),
            (&json!("1999"), &Value::Null)
        );
        let keys = all[0].as_object().unwrap().keys();
        spelled.extend(keys.filter(|key| key.starts_with("attribute")).cloned());
    }
    assert_eq!(spelled.len(), 2);
}

#[test]
fn a_definition_is_made_once_by_a_key_that_may() {
    let mut caller = Caller::new();
    let path = "/api/platform/v1/custom-field/definitions";
    let body = json!({ "entityType": "endpoint", "name": "Bought", "attributeType": "string" });
    assert_eq!(caller.send(Method::POST, path, &body).0.as_u16(), 403);
    let scope = "platform.custom_fields_definitions.write";
    caller.account.key().scopes.insert(scope);
    let (_, token) = caller.sign_in(scope);
    token["access_token"]
        .as_str()
        .unwrap()
        .clone_into(&mut caller.token);
    let odd = json!({ "entityType": "device", "name": "Bought", "attributeType": "string" });
    assert_eq!(caller.send(Method::POST, path, &odd).0.as_u16(), 400);
    assert_eq!(caller.send(Method::POST, path, &body).0.as_u16(), 201);
    assert_eq!(caller.send(Method::POST, path, &body).0.as_u16(), 409);
    assert_eq!(caller.account.definitions().len(), 4);
}

#[test]
fn writing_is_taken_away_by_the_scope() {
    let mut caller = Caller::new();
    let id = caller.account.asset_ids().remove(0);
    let body = json!([{ "entityId": id, "attributeId": EXPIRY, "value": "2027-05-31" }]);
    caller.account.forbid_writing();
    let (status, _, _) = caller.send(Method::PUT, &fields_of(&id), &body);
    assert_eq!(status, StatusCode::FORBIDDEN);
    let scopes = "platform.custom_fields_values.read platform.custom_fields_values.write";
    assert_eq!(caller.sign_in(scopes).0, StatusCode::BAD_REQUEST);
}

#[test]
fn held_dates_are_what_the_fields_say() {
    let mut caller = Caller::new();
    let id = caller.account.asset_ids().remove(0);
    assert_eq!(caller.account.held_dates(&id), AssetDates::default());
    let dates = AssetDates::default()
        .with(
            DateField::PurchaseDate,
            HeldDate::Unreadable("lease".to_owned()),
        )
        .with(
            DateField::WarrantyExpiry,
            chrono::NaiveDate::from_ymd_opt(2027, 5, 31),
        );
    caller.account.hold_dates(&id, dates.clone());
    assert_eq!(caller.account.held_dates(&id), dates);
    caller.account.treat_dates(Treatment::Shift);
    let body = json!([{ "entityId": id, "attributeId": EXPIRY, "value": "2028-03-01" }]);
    caller.send(Method::PUT, &fields_of(&id), &body);
    let held = caller.account.custom_field(&id, WARRANTY_EXPIRY);
    assert_eq!(held.as_deref(), Some("2028-02-29"));
    caller.account.treat_dates(Treatment::Ignore);
    caller.send(Method::PUT, &fields_of(&id), &body);
    assert_eq!(caller.account.custom_field(&id, WARRANTY_EXPIRY), held);
    assert_eq!(caller.account.date_writes(&id), 2);
}

#[test]
fn every_shape_of_an_error_is_another() {
    let mut shapes = std::collections::BTreeSet::new();
    for shape in ErrorShape::ALL {
        let mut caller = Caller::new();
        caller.account.misbehaviour().error_shape = shape;
        let (status, body, _) = caller.send(Method::GET, "/nowhere", &Value::Null);
        assert_eq!(status, StatusCode::NOT_FOUND);
        assert!(shapes.insert(body.to_string()));
    }
}
