//! Answers, and the vendor's seven ways to say no.

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderName, HeaderValue, Response, StatusCode};
use serde::Serialize;
use serde_json::{Value, json};

use super::switches::ErrorShape;

/// `body` as JSON.
pub(super) fn ok(body: &impl Serialize) -> Response<Bytes> {
    with_status(StatusCode::OK, body)
}

pub(super) fn with_status(status: StatusCode, body: &impl Serialize) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(serde_json::to_vec(body).unwrap_or_default()));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// A refusal in the account's shape.
pub(super) fn refusal(shape: ErrorShape, status: u16, message: &str) -> Response<Bytes> {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let code = status.as_str();
    let body: Value = match shape {
        ErrorShape::CodeAndMessage => json!({ "code": code, "message": message }),
        ErrorShape::ErrorAndDescription => json!({ "error": code, "description": message }),
        ErrorShape::CodeAndDescription => json!({ "code": code, "description": message }),
        ErrorShape::NestedDescription => {
            json!({ "error": { "code": code, "description": message } })
        }
        ErrorShape::NestedMessage => json!({
            "id": "0", "message": "", "error": { "message": message }, "type": "error"
        }),
        ErrorShape::List => json!([{ "code": code, "message": message }]),
        ErrorShape::Text => json!(message),
    };
    with_status(status, &body)
}

/// `response` with one more header.
pub(super) fn with_header(
    mut response: Response<Bytes>,
    name: &'static str,
    value: &str,
) -> Response<Bytes> {
    if let Ok(value) = HeaderValue::from_str(value) {
        response
            .headers_mut()
            .insert(HeaderName::from_static(name), value);
    }
    response
}
