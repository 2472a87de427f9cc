//! Answers of makers.

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderName, HeaderValue, Response, StatusCode};
use serde_json::Value;

/// `body` as JSON.
pub(super) fn json(status: u16, body: &Value) -> Response<Bytes> {
    with_type(status, "application/json", body.to_string())
}

/// A body of any type.
pub(super) fn with_type(status: u16, of: &'static str, body: impl Into<Bytes>) -> Response<Bytes> {
    let mut response = Response::new(body.into());
    *response.status_mut() =
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(of));
    response
}

/// `response` with one more header.
pub(super) fn with_header(
    mut response: Response<Bytes>,
    name: &'static str,
    value: &'static str,
) -> Response<Bytes> {
    let name = HeaderName::from_static(name);
    response
        .headers_mut()
        .insert(name, HeaderValue::from_static(value));
    response
}
