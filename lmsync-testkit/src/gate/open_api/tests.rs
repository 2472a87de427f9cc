use std::sync::Arc;

use chrono::Utc;
use http::StatusCode;

use super::*;
use crate::gate::{Exception, Gate};
use crate::{InMemory, Simulator, VirtualClock};

const DOCUMENT: &str = r##"{
    "openapi": "3.0.1",
    "servers": [{ "url": "https://{tenant}.example.com/api" }],
    "paths": {
        "/assets": { "get": {
            "parameters": [
                { "name": "page", "in": "query", "required": true, "schema": { "type": "integer" } },
                { "name": "state", "in": "query", "schema": { "type": "string", "enum": ["on", "off"] } },
                { "name": "deep", "in": "query", "schema": { "type": "boolean" } },
                { "name": "ids", "in": "query", "schema": { "type": "array", "items": { "type": "integer" } } },
                { "name": "x-tenant", "in": "header", "required": true, "schema": { "type": "string" } }
            ],
            "responses": {
                "200": { "content": { "application/json": { "schema": {
                    "type": "array", "items": { "$ref": "#/components/schemas/Asset" } } } } },
                "400": { "content": { "application/json": { "schema": {
                    "type": "object", "required": ["error"], "properties": { "error": { "type": "string" } } } } } }
            } } },
        "/assets/{id}": {
            "parameters": [{ "name": "id", "in": "path", "required": true, "schema": { "type": "integer" } }],
            "put": {
                "requestBody": { "required": true, "content": { "application/json": { "schema": {
                    "$ref": "#/components/schemas/Asset" } } } },
                "responses": { "204": {} } } },
        "/token": {
            "servers": [{ "url": "/auth" }],
            "post": {
                "requestBody": { "content": { "application/x-www-form-urlencoded": { "schema": {
                    "type": "object", "required": ["grant_type"], "properties": {
                        "grant_type": { "type": "string", "enum": ["client_credentials"] } } } } } },
                "responses": { "default": {} } } }
    },
    "components": { "schemas": { "Asset": { "type": "object", "required": ["id"], "properties": {
        "id": { "type": "integer" },
        "name": { "type": "string", "nullable": true },
        "site": { "$ref": "#/components/schemas/Site" } } },
        "Site": { "type": "object", "properties": { "city": { "type": "string" } } } } }
}"##;

fn request(method: &str, target: &str, body: &str) -> Request<Bytes> {
    Request::builder()
        .method(method)
        .uri(format!("https://acme.example.com{target}"))
        .header("x-tenant", "acme")
        .body(Bytes::copy_from_slice(body.as_bytes()))
        .unwrap()
}

fn answer(status: u16, body: &str) -> Response<Bytes> {
    let mut answer = Response::new(Bytes::copy_from_slice(body.as_bytes()));
    *answer.status_mut() = StatusCode::from_u16(status).unwrap();
    answer
}

fn asked(method: &str, target: &str, body: &str) -> Vec<String> {
    let found = OpenApi::new(DOCUMENT).request(&request(method, target, body));
    found.iter().map(ToString::to_string).collect()
}

fn answered(status: u16, body: &str) -> Vec<String> {
    let request = request("GET", "/api/assets?page=1", "");
    let found = OpenApi::new(DOCUMENT).answer(&request, &answer(status, body));
    found.iter().map(ToString::to_string).collect()
}

#[test]
fn what_the_document_allows_breaks_nothing() {
    for (method, target, body) in [
        (
            "GET",
            "/api/assets?page=2&state=off&deep=true&ids=1,2&ids=3",
            "",
        ),
        (
            "PUT",
            "/api/assets/17",
            r#"{"id":1,"name":null,"site":{"city":"Leeds"}}"#,
        ),
        ("POST", "/auth/token", "grant_type=client_credentials"),
    ] {
        assert_eq!(asked(method, target, body), [""; 0], "{target}");
    }
    for (status, body) in [
        (200, r#"[{"id":1},{"id":2,"name":"PC"}]"#),
        (400, r#"{"error":"no"}"#),
        // Nobody says what a refusal has that the document does not list.
        (503, "<html>"),
    ] {
        assert_eq!(answered(status, body), [""; 0], "{status}");
    }
}

#[test]
fn each_part_of_a_request_is_looked_at() {
    for (method, target, body, wrong) in [
        (
            "GET",
            "/api/asset",
            "",
            "request GET /api/asset: path: no such call",
        ),
        (
            "DELETE",
            "/api/assets",
            "",
            "request DELETE /api/assets: path: no such call",
        ),
        (
            "GET",
            "/assets?page=1",
            "",
            "request GET /assets: path: no such call",
        ),
        (
            "GET",
            "/api/assets",
            "",
            "request GET /assets: query page: is not there",
        ),
        (
            "GET",
            "/api/assets?page=x",
            "",
            "request GET /assets: query page: is no \"integer\"",
        ),
        (
            "GET",
            "/api/assets?page=1&page=2",
            "",
            "request GET /assets: query page: is there more than once",
        ),
        (
            "GET",
            "/api/assets?page=1&deep=1",
            "",
            "request GET /assets: query deep: is no \"boolean\"",
        ),
        (
            "GET",
            "/api/assets?page=1&ids=1,x",
            "",
            "request GET /assets: query ids: is no \"integer\"",
        ),
        (
            "GET",
            "/api/assets?page=1&Page=1",
            "",
            "request GET /assets: query Page: is not known",
        ),
        (
            "GET",
            "/api/assets?page=1&state=up",
            "",
            "request GET /assets: query state: is none of [\"on\",\"off\"]",
        ),
        (
            "GET",
            "/api/assets?page=1",
            "{}",
            "request GET /assets: body: is not known",
        ),
        (
            "PUT",
            "/api/assets/a",
            r#"{"id":1}"#,
            "request PUT /assets/{id}: path id: is no \"integer\"",
        ),
        (
            "PUT",
            "/api/assets/1",
            "",
            "request PUT /assets/{id}: body: is not there",
        ),
        (
            "POST",
            "/auth/token",
            "grant_type=password",
            "request POST /token: body /grant_type: ",
        ),
    ] {
        let found = asked(method, target, body);
        assert_eq!(found.len(), 1, "{target}: {found:?}");
        assert!(found[0].starts_with(wrong), "{found:?}");
    }
    let bare = Request::get("/api/assets?page=1")
        .body(Bytes::new())
        .unwrap();
    let found = OpenApi::new(DOCUMENT).request(&bare);
    assert_eq!(found[0].place, "header x-tenant");
    let body = r#"{"id":"1","name":7,"site":{"town":"x"},"extra":1}"#;
    assert_eq!(asked("PUT", "/api/assets/1", body).len(), 4);
    assert!(asked("PUT", "/api/assets/1", "{")[0].contains("is no JSON"));
}

#[test]
fn each_part_of_an_answer_is_looked_at() {
    for (status, body, wrong) in [
        (
            200,
            r#"[{"id":1},{"id":null}]"#,
            "answer GET /assets: 200 body /*/id: ",
        ),
        (
            200,
            r#"[{"name":"PC"}]"#,
            "answer GET /assets: 200 body /*: ",
        ),
        (
            200,
            r#"[{"id":1,"site":null}]"#,
            "answer GET /assets: 200 body /*/site: ",
        ),
        (
            200,
            r#"[{"id":1,"colour":"red"}]"#,
            "answer GET /assets: 200 body /*: ",
        ),
        (200, "", "answer GET /assets: 200 body: is no JSON"),
        (400, r#"{"message":"no"}"#, "answer GET /assets: 400 body: "),
        (201, "[]", "answer GET /assets: 201 status: is not listed"),
    ] {
        let found = answered(status, body);
        assert!(!found.is_empty(), "{body}");
        assert!(found[0].starts_with(wrong), "{found:?}");
    }
}

struct Account(&'static str);

impl Simulator for Account {
    fn respond(&mut self, _: &Request<Bytes>, _: chrono::DateTime<Utc>) -> Response<Bytes> {
        answer(200, self.0)
    }

    fn gate(&self) -> Option<&'static Gate> {
        static GATE: std::sync::LazyLock<Gate> = std::sync::LazyLock::new(|| {
            const KNOWN: &[Exception] = &[
                Exception {
                    side: Side::Request,
                    call: "GET /assets",
                    place: "query tried",
                    evidence: "Seen: in this test",
                },
                Exception {
                    side: Side::Answer,
                    call: "",
                    place: "200 body /*/site…",
                    evidence: "Seen: in this test",
                },
            ];
            Gate::new(OpenApi::new(DOCUMENT), KNOWN)
        });
        Some(&GATE)
    }
}

/// Whether dropping a transport panics after one request was answered with `body`.
fn tells(target: &'static str, body: &'static str) -> bool {
    let asked = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        let transport = InMemory::new(Account(body), Arc::new(VirtualClock::default()));
        let request = request("GET", target, "");
        let asked = lmsync_core::http::Transport::send(&transport, request);
        runtime.unwrap().block_on(asked).unwrap();
    });
    asked.join().is_err()
}

#[test]
fn whoever_drops_the_transport_is_told() {
    let fine = r#"[{"id":1}]"#;
    assert!(!tells("/api/assets?page=1", fine));
    assert!(tells("/api/assets?page=x", fine));
    assert!(tells("/api/assets?page=1", r#"[{"id":"1"}]"#));
}

#[test]
fn what_is_known_to_be_otherwise_is_passed() {
    assert!(!tells(
        "/api/assets?page=1&tried=1",
        r#"[{"id":1,"site":null}]"#
    ));
    assert!(tells("/api/assets?page=1&trie=1", "[]"));
}
