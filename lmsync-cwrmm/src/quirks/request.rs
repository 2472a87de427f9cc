//! Requests: address, body (with a GET, too, where a tenant wants that), and an id to be found by.

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{Method, Request};
use lmsync_core::http::{Call, Endpoint, Idempotency};
use lmsync_core::{Error, ErrorKind, Result};
use serde::Serialize;
use url::Url;
use url::form_urlencoded::byte_serialize;

/// A read; the vendor may be asked as often as needed.
pub(crate) fn call<B: Serialize>(
    operation: &'static str,
    method: Method,
    url: &Url,
    body: Option<&B>,
) -> Result<Call> {
    let mut request = Request::builder()
        .method(method)
        .uri(url.as_str())
        .header(ACCEPT, "application/json")
        .header("x-request-id", request_id());
    let body = match body {
        None => Bytes::new(),
        Some(body) => {
            request = request.header(CONTENT_TYPE, "application/json");
            let body = serde_json::to_vec(body)
                .map_err(|error| Error::decode(format!("the request has no JSON form: {error}")))?;
            Bytes::from(body)
        }
    };
    let request = request
        .body(body)
        .map_err(|error| Error::config(format!("not an address: {error}")))?;
    Ok(Call {
        operation,
        request,
        idempotency: Idempotency::Idempotent,
    })
}

/// A write: where it is not known whether the vendor acted, it is not sent again.
pub(crate) fn write<B: Serialize>(
    operation: &'static str,
    method: Method,
    url: &Url,
    body: &B,
) -> Result<Call> {
    Ok(Call {
        idempotency: Idempotency::Once,
        ..call(operation, method, url, Some(body))?
    })
}

/// The address with `segments`, of which ids may hold anything.
pub(crate) fn address(endpoint: &Endpoint, segments: &[&str]) -> Result<Url> {
    if segments
        .iter()
        .any(|segment| matches!(*segment, "" | "." | ".."))
    {
        return Err(Error::new(ErrorKind::NotFound, "that is no id")
            .with_hint("take the id from a listing"));
    }
    let mut url = endpoint.join("/")?;
    if let Ok(mut path) = url.path_segments_mut() {
        path.clear().extend(segments);
    }
    Ok(url)
}

/// The address at which the custom fields of device `id` are read and written.
pub(crate) fn fields_of(endpoint: &Endpoint, id: &str) -> Result<Url> {
    address(
        endpoint,
        &[
            "api",
            "platform",
            "v2",
            "device",
            "endpoints",
            id,
            "custom-fields",
        ],
    )
}

/// A random UUID: the vendor's specification asks for one, and finds a request by it.
fn request_id() -> String {
    let id = (fastrand::u128(..) & !(0xf << 76) & !(0x3 << 62)) | (0x4 << 76) | (0x2 << 62);
    let hex = format!("{id:032x}");
    [
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..],
    ]
    .join("-")
}

/// Values with commas between; commas as such, for not every server decodes them.
pub(crate) fn list<'a>(values: impl Iterator<Item = &'a str>) -> String {
    let values: Vec<String> = values.map(encoded).collect();
    values.join(",")
}

pub(crate) fn encoded(text: &str) -> String {
    byte_serialize(text.as_bytes()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_id_is_a_random_uuid() {
        let id = request_id();
        let clean = lmsync_core::model::clean_uuid(&id).unwrap();
        assert!(clean.eq_ignore_ascii_case(&id));
        assert_eq!(&id[14..15], "4");
        assert!(matches!(&id[19..20], "8" | "9" | "a" | "b"), "{id}");
        assert_ne!(id, request_id());
    }
}
