//! The forms of answers.

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Response, StatusCode};
use serde_json::{Value, json};

pub(super) fn empty(status: StatusCode) -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = status;
    response
}

pub(super) fn json(status: StatusCode, body: &Value) -> Response<Bytes> {
    with_type(status, "application/json; charset=utf-8", body.to_string())
}

pub(super) fn ok(body: &Value) -> Response<Bytes> {
    json(StatusCode::OK, body)
}

/// A refusal of the sign-in.
pub(super) fn refused(status: StatusCode, code: &str) -> Response<Bytes> {
    let description = match code {
        "invalid_client" => "The client credentials are not valid.",
        "invalid_scope" => "A scope is not known, or not granted to this application.",
        _ => "The request is not supported.",
    };
    let body = json!({ "error": code, "error_description": description });
    json(status, &body)
}

/// The page that the web application shows at every address it does not know.
pub(super) fn page(status: StatusCode) -> Response<Bytes> {
    let body = "<!DOCTYPE html><html><head><title>Halo</title></head><body></body></html>";
    with_type(status, "text/html", body.to_owned())
}

pub(super) fn too_many(limit: usize) -> Response<Bytes> {
    let text = format!("Rate Limit Reached - {limit} Requests per rolling 5 minute window");
    json(StatusCode::TOO_MANY_REQUESTS, &json!({ "error": text }))
}

fn with_type(status: StatusCode, of: &'static str, body: String) -> Response<Bytes> {
    let mut response = empty(status);
    *response.body_mut() = body.into();
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(of));
    response
}
