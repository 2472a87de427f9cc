//! One request to a vendor.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, Request, header};
use url::form_urlencoded;

use super::retry::Idempotency;
use crate::error::{Error, Result};

/// One request to a vendor, before credentials are added.
///
/// `Debug` shows neither address, headers nor body: that of a sign-in holds secrets.
#[derive(Clone)]
pub struct Call {
    /// The name of the request for errors and logs, such as `getAssetList`.
    pub operation: &'static str,
    /// The request; holds no credential but in the body of a sign-in.
    pub request: Request<Bytes>,
    /// The permission to repeat it.
    pub idempotency: Idempotency,
    /// The moment of the reading that a write is made from, on the client's clock.
    read_at: Option<Duration>,
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("operation", &self.operation)
            .field("method", self.request.method())
            .field("idempotency", &self.idempotency)
            .finish_non_exhaustive()
    }
}

impl Call {
    /// The call of `request`, named `operation`.
    #[must_use]
    pub fn new(operation: &'static str, request: Request<Bytes>, idempotency: Idempotency) -> Self {
        Self {
            operation,
            request,
            idempotency,
            read_at: None,
        }
    }

    /// A GET of `url`.
    ///
    /// # Errors
    /// `config` when `url` is not an address.
    pub fn get(operation: &'static str, url: &url::Url) -> Result<Self> {
        let request = Request::get(url.as_str())
            .header(header::ACCEPT, "application/json")
            .body(Bytes::new())
            .map_err(|error| Error::config(format!("not an address: {error}")))?;
        Ok(Self::new(operation, request, Idempotency::Idempotent))
    }

    /// A POST of `body` as JSON to `url`.
    ///
    /// # Errors
    /// `config` when `url` is not an address, `decode` when `body` has no JSON form.
    pub fn post_json(
        operation: &'static str,
        url: &url::Url,
        body: &(impl serde::Serialize + ?Sized),
        idempotency: Idempotency,
    ) -> Result<Self> {
        Self::with_json(operation, Request::post(url.as_str()), body, idempotency)
    }

    /// A PUT of `body` as JSON to `url`.
    ///
    /// # Errors
    /// `config` when `url` is not an address, `decode` when `body` has no JSON form.
    pub fn put_json(
        operation: &'static str,
        url: &url::Url,
        body: &(impl serde::Serialize + ?Sized),
        idempotency: Idempotency,
    ) -> Result<Self> {
        Self::with_json(operation, Request::put(url.as_str()), body, idempotency)
    }

    /// A PATCH of `body` as JSON to `url`.
    ///
    /// # Errors
    /// `config` when `url` is not an address, `decode` when `body` has no JSON form.
    pub fn patch_json(
        operation: &'static str,
        url: &url::Url,
        body: &(impl serde::Serialize + ?Sized),
        idempotency: Idempotency,
    ) -> Result<Self> {
        Self::with_json(operation, Request::patch(url.as_str()), body, idempotency)
    }

    /// A POST of `fields` as a form to `url`.
    ///
    /// # Errors
    /// `config` when `url` is not an address.
    pub fn post_form(
        operation: &'static str,
        url: &url::Url,
        fields: &[(&str, &str)],
        idempotency: Idempotency,
    ) -> Result<Self> {
        let form = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let request = Request::post(url.as_str())
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ACCEPT, "application/json")
            .body(Bytes::from(form))
            .map_err(|error| Error::config(format!("not an address: {error}")))?;
        Ok(Self::new(operation, request, idempotency))
    }

    /// Dates a write that is sent [`Once`](Idempotency::Once) to the reading that it is made from,
    /// by the client's clock: it is not sent long after that. Without it, the moment counts at
    /// which the call is handed to the client.
    #[must_use]
    pub fn made_from_reading_at(mut self, elapsed: Duration) -> Self {
        self.read_at = Some(elapsed);
        self
    }

    pub(super) fn read_at(&self) -> Option<Duration> {
        self.read_at
    }

    /// Adds a random id, as `x-request-id`, by which the vendor finds the request.
    #[must_use]
    pub fn with_request_id(mut self) -> Self {
        if let Ok(id) = HeaderValue::try_from(random_uuid()) {
            self.request.headers_mut().insert("x-request-id", id);
        }
        self
    }

    fn with_json(
        operation: &'static str,
        request: http::request::Builder,
        body: &(impl serde::Serialize + ?Sized),
        idempotency: Idempotency,
    ) -> Result<Self> {
        let body = serde_json::to_vec(body)
            .map_err(|error| Error::decode(format!("the request has no JSON form: {error}")))?;
        let request = request
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::ACCEPT, "application/json")
            .body(Bytes::from(body))
            .map_err(|error| Error::config(format!("not an address: {error}")))?;
        Ok(Self::new(operation, request, idempotency))
    }
}

/// A random UUID, of version 4.
fn random_uuid() -> String {
    let id = (fastrand::u128(..) & !(0xf << 76) & !(0x3 << 62)) | (0x4 << 76) | (0x2 << 62);
    let hex = format!("{id:032x}");
    let parts = [
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..],
    ];
    parts.join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_id_is_a_random_uuid() {
        let url = url::Url::parse("https://api.example.com/x").unwrap();
        let id = || {
            let call = Call::get("x", &url).unwrap().with_request_id();
            call.request.headers()["x-request-id"]
                .to_str()
                .unwrap()
                .to_owned()
        };
        let one = id();
        assert!(
            crate::model::clean_uuid(&one).is_some_and(|clean| clean.eq_ignore_ascii_case(&one))
        );
        assert_eq!(&one[14..15], "4");
        assert!(matches!(&one[19..20], "8" | "9" | "a" | "b"), "{one}");
        assert_ne!(one, id());
    }
}
