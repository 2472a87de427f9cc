//! The key of a request, in the forms that clients send it.

use bytes::Bytes;
use http::Request;
use http::header::AUTHORIZATION;

use super::listing::Asked;

/// Tells whether `request` bears `key`: after `Bearer`, as the whole header, or as `api_key` of the
/// query where there is no header.
pub(super) fn is_borne(request: &Request<Bytes>, key: &str) -> bool {
    match request.headers().get(AUTHORIZATION) {
        Some(header) => {
            let header = header.to_str().unwrap_or_default();
            header.strip_prefix("Bearer ").unwrap_or(header) == key
        }
        None => Asked::of(request.uri()).get("api_key") == Some(key),
    }
}
