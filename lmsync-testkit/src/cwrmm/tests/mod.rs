mod access;
mod answers;
mod clients;
mod fields;
mod inventory;
mod listing;
mod machines;

use http::StatusCode;
use serde_json::Value;

use super::*;
use crate::fleet::{Fleet, FleetSpec};
use crate::gate::answer_by_schema;

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_767_225_600, 0).unwrap()
}

/// Sixty devices of three companies.
fn fleet() -> Fleet {
    Fleet::new(FleetSpec::new(60, now()))
}

struct Caller {
    account: CwRmmSimulator,
    token: String,
    now: DateTime<Utc>,
}

impl Caller {
    fn new() -> Self {
        Self::of(CwRmmSpec {
            page_cap: 25,
            ..fleet().into()
        })
    }

    fn of(spec: CwRmmSpec) -> Self {
        let mut caller = Self {
            account: CwRmmSimulator::new(spec),
            token: String::new(),
            now: now(),
        };
        caller.enter("");
        caller
    }

    fn respond(&mut self, method: Method, path: &str, body: &Value) -> Response<Bytes> {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(AUTHORIZATION, format!("Bearer {}", self.token))
            .body(Bytes::from(body.to_string()))
            .unwrap();
        answer_by_schema(&mut self.account, &request, self.now)
    }

    fn send(
        &mut self,
        method: Method,
        path: &str,
        body: &Value,
    ) -> (StatusCode, Value, Option<String>) {
        let response = self.respond(method, path, body);
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

    /// Signs in and goes on with the new token; without a scope it has all of the key.
    fn enter(&mut self, scope: &str) {
        let (_, token) = self.sign_in(scope);
        token["access_token"]
            .as_str()
            .unwrap()
            .clone_into(&mut self.token);
    }

    /// Asks for an inventory, `applications` or `users`, as it is answered.
    fn inventory(&mut self, what: &str, body: &Value) -> (StatusCode, Value, Option<String>) {
        let path = format!("/api/platform/v2/device/endpoints/{what}");
        self.send(Method::POST, &path, body)
    }

    fn list(&mut self, query: &str, body: &Value) -> (StatusCode, Value, Option<String>) {
        let path = format!("/api/platform/v2/device/categories/platform/endpoints?{query}");
        self.send(Method::POST, &path, body)
    }

    /// What is answered with 200 below `/api/platform/`.
    fn read(&mut self, path: &str) -> Value {
        let path = format!("/api/platform/{path}");
        let (status, body, _) = self.send(Method::GET, &path, &Value::Null);
        assert_eq!(status, StatusCode::OK, "{path}: {body}");
        body
    }

    /// The status with which a path below `/api/platform/` is answered.
    fn status(&mut self, path: &str) -> u16 {
        let path = format!("/api/platform/{path}");
        self.send(Method::GET, &path, &Value::Null).0.as_u16()
    }

    /// Takes every device of company `index` off the list.
    fn empty_company(&mut self, index: usize) {
        for id in self.account.asset_ids() {
            if self.account.machine(&id).unwrap().customer == index {
                assert!(self.account.remove_asset(&id));
            }
        }
    }
}

fn companies(numbers: impl IntoIterator<Item = u64>) -> Value {
    let ids: Vec<String> = numbers.into_iter().map(ids::company).collect();
    json!({ "resourceType": "company", "resources": ids })
}

/// The heartbeat of companies, below `/api/platform/`.
fn heartbeat(companies: impl IntoIterator<Item = u64>) -> String {
    let ids: Vec<String> = companies.into_iter().map(ids::company).collect();
    let ids = ids.join(",");
    format!("v2/device/endpoints/heartbeat?resourceType=companies&resources={ids}")
}

/// The ids of the devices on a page.
fn endpoints(page: &Value) -> Vec<String> {
    let groups = page["platform"].as_array().unwrap().iter();
    groups
        .flat_map(|group| group["endpoints"].as_array().unwrap())
        .map(|row| row["endpointID"].as_str().unwrap().to_owned())
        .collect()
}
