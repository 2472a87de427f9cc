//! A vendor's answer, with what every vendor's classification starts from.

use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{Response, StatusCode, header};
use serde::Deserialize;

use super::redact::Redactor;
use crate::error::{Error, ErrorKind, Result, RetryClass};
use crate::json::StrictObject;

/// A whole answer as a vendor's classification sees it.
#[derive(Debug)]
pub struct Answer<'a> {
    response: &'a Response<Bytes>,
    redactor: Redactor,
    now: DateTime<Utc>,
}

impl<'a> Answer<'a> {
    /// `response`, received at `now`, whose text is shown only through `redactor`.
    #[must_use]
    pub fn new(response: &'a Response<Bytes>, redactor: Redactor, now: DateTime<Utc>) -> Self {
        Self {
            response,
            redactor,
            now,
        }
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.response.status()
    }

    /// The body, decompressed.
    #[must_use]
    pub fn body(&self) -> &'a [u8] {
        self.response.body()
    }

    /// The header `name`, where it is text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.response.headers().get(name)?.to_str().ok()
    }

    /// All headers.
    pub(crate) fn headers(&self) -> &http::HeaderMap {
        self.response.headers()
    }

    /// When the answer was received.
    #[must_use]
    pub fn received_at(&self) -> DateTime<Utc> {
        self.now
    }

    /// `text` of the vendor's with every known secret masked.
    #[must_use]
    pub fn mask(&self, text: &str) -> String {
        self.redactor.mask(text)
    }

    /// The beginning of the body, fit to be shown.
    #[must_use]
    pub fn excerpt(&self) -> String {
        self.redactor.excerpt(self.body())
    }

    /// Whether the body is a page for people: a wrong address, a proxy, maintenance.
    #[must_use]
    pub fn is_html(&self) -> bool {
        let start = self.body().trim_ascii_start();
        start.starts_with(b"<")
    }

    /// How long the vendor asks to wait, from `Retry-After` in either form.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        let text = self.header(header::RETRY_AFTER.as_str())?.trim();
        if let Ok(seconds) = text.parse::<u64>() {
            return Some(Duration::from_secs(seconds));
        }
        let date: DateTime<Utc> = httpdate::parse_http_date(text).ok()?.into();
        Some((date - self.now).to_std().unwrap_or_default())
    }

    /// An error about this answer, with its status, request id and `Retry-After`.
    #[must_use]
    pub fn error(&self, kind: ErrorKind, message: impl Into<String>) -> Error {
        let message = self.mask(&message.into());
        let mut error = Error::new(kind, message).with_status(self.status().as_u16());
        if let Some(id) = self.header("x-request-id") {
            error = error.with_request_id(self.mask(id));
        }
        if let Some(wait) = self.retry_after() {
            error = error.with_retry_after(wait);
        }
        error
    }

    /// What the status alone says; `Ok` for 2xx.
    ///
    /// # Errors
    /// The kind that the status stands for, with an excerpt of the body.
    pub fn require_success(&self) -> Result<()> {
        let status = self.status();
        if status.is_success() {
            return Ok(());
        }
        if status.is_redirection() {
            return Err(self.redirected());
        }
        let (kind, retry) = match status.as_u16() {
            401 => (ErrorKind::Authentication, RetryClass::Never),
            403 => (ErrorKind::Permission, RetryClass::Never),
            404 => (ErrorKind::NotFound, RetryClass::Never),
            408 => (ErrorKind::Timeout, RetryClass::OnlyIfIdempotent),
            429 => (ErrorKind::RateLimited, RetryClass::Safe),
            425 | 500..=599 => (ErrorKind::Vendor, RetryClass::OnlyIfIdempotent),
            _ => (ErrorKind::Vendor, RetryClass::Never),
        };
        Err(self.error(kind, self.describe(status)).with_retry(retry))
    }

    /// The body as JSON of the type `T`.
    ///
    /// # Errors
    /// `decode` when it is a page, empty, cut off or of another shape.
    pub fn json<T: Deserialize<'a>>(&self) -> Result<T> {
        serde_json::from_slice(self.body()).map_err(|error| self.undecodable(&error))
    }

    /// The body as a JSON object of the type `T`; an array is none.
    ///
    /// # Errors
    /// `decode` when it is a page, empty, cut off or of another shape.
    pub fn object<T: Deserialize<'a>>(&self) -> Result<T> {
        self.json().map(|StrictObject(value)| value)
    }

    /// The `decode` error for a body that `error` could not read.
    #[must_use]
    pub fn undecodable(&self, error: &serde_json::Error) -> Error {
        let (message, hint) = if self.is_html() {
            (
                "a web page came instead of JSON".to_owned(),
                "check the address; a proxy, a sign-in page or maintenance may be in between",
            )
        } else if self.body().trim_ascii().is_empty() {
            (
                "an empty answer came instead of JSON".to_owned(),
                "try again later",
            )
        } else {
            (
                format!(
                    "the answer is not the JSON expected (line {} column {}): {}",
                    error.line(),
                    error.column(),
                    self.excerpt()
                ),
                "try again later; if it stays, the vendor has changed its API",
            )
        };
        self.error(ErrorKind::Decode, message)
            .with_retry(RetryClass::OnlyIfIdempotent)
            .with_hint(hint)
    }

    fn redirected(&self) -> Error {
        let target = self
            .header(header::LOCATION.as_str())
            .and_then(|location| url::Url::parse(location).ok())
            .and_then(|url| url.host_str().map(ToOwned::to_owned));
        let message = match target {
            Some(host) => format!("the vendor redirects to {host}, which is not followed"),
            None => "the vendor redirects, which is not followed".to_owned(),
        };
        self.error(ErrorKind::Vendor, message)
            .with_hint("check the configured host; credentials are sent to no other")
    }

    fn describe(&self, status: StatusCode) -> String {
        let reason = status.canonical_reason().unwrap_or("an unknown status");
        if self.is_html() || self.body().trim_ascii().is_empty() {
            format!("the vendor answered {reason}")
        } else {
            format!("the vendor answered {reason}: {}", self.excerpt())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn response(status: u16, headers: &[(&str, &str)], body: &str) -> Response<Bytes> {
        let mut builder = Response::builder().status(status);
        for (name, value) in headers {
            builder = builder.header(*name, *value);
        }
        builder
            .body(Bytes::copy_from_slice(body.as_bytes()))
            .unwrap()
    }

    fn with<T>(response: &Response<Bytes>, look: impl FnOnce(&Answer<'_>) -> T) -> T {
        let now = DateTime::parse_from_rfc3339("2026-03-31T12:00:00Z")
            .unwrap()
            .to_utc();
        look(&Answer::new(response, Redactor::default(), now))
    }

    #[test]
    fn retry_after_is_read_in_every_form_and_garbage_is_nothing() {
        let seconds = |text: &str| {
            let response = response(429, &[("retry-after", text)], "");
            with(&response, |answer| {
                answer.retry_after().map(|wait| wait.as_secs())
            })
        };
        assert_eq!(seconds("30"), Some(30));
        assert_eq!(seconds(" 0 "), Some(0));
        assert_eq!(seconds("Tue, 31 Mar 2026 12:01:30 GMT"), Some(90));
        assert_eq!(seconds("Tue, 31 Mar 2026 11:00:00 GMT"), Some(0));
        for garbage in ["", "soon", "-1", "1.5", "2026-03-31T12:01:30Z"] {
            assert_eq!(seconds(garbage), None, "{garbage}");
        }
    }

    #[test]
    fn the_status_decides_kind_and_retry() {
        use ErrorKind as K;
        use RetryClass as R;
        for (status, kind, retry) in [
            (302, K::Vendor, R::Never),
            (400, K::Vendor, R::Never),
            (401, K::Authentication, R::Never),
            (403, K::Permission, R::Never),
            (404, K::NotFound, R::Never),
            (408, K::Timeout, R::OnlyIfIdempotent),
            (429, K::RateLimited, R::Safe),
            (500, K::Vendor, R::OnlyIfIdempotent),
            (503, K::Vendor, R::OnlyIfIdempotent),
            (504, K::Vendor, R::OnlyIfIdempotent),
        ] {
            let response = response(status, &[], "");
            let error = with(&response, |answer| answer.require_success()).unwrap_err();
            assert_eq!((error.kind(), error.retry()), (kind, retry), "{status}");
            assert_eq!(error.status(), Some(status));
        }
        assert!(with(&response(204, &[], ""), |answer| answer.require_success()).is_ok());
    }

    #[test]
    fn a_refusal_quotes_what_the_vendor_says_unless_that_is_a_page_or_nothing() {
        let message = |body: &str| {
            let response = response(503, &[], body);
            with(&response, |answer| {
                answer.require_success().unwrap_err().message().to_owned()
            })
        };
        let plain = "the vendor answered Service Unavailable";
        assert_eq!(message("<html>busy</html>"), plain);
        assert_eq!(message(" \n"), plain);
        assert_eq!(message("busy"), format!("{plain}: busy"));
    }

    #[test]
    fn a_page_an_empty_body_and_a_cut_body_are_told_apart() {
        let message = |body: &str| {
            let response = response(200, &[], body);
            with(&response, |answer| {
                answer.json::<Vec<u8>>().unwrap_err().message().to_owned()
            })
        };
        assert!(message(" <!doctype html>").contains("web page"));
        assert!(message("  ").contains("empty answer"));
        assert!(
            message("[1, 2").contains("line 1 column 5"),
            "{}",
            message("[1, 2")
        );
    }

    #[test]
    fn a_redirect_names_the_host_and_nothing_else() {
        let response = response(302, &[("location", "https://evil.com/?token=abc")], "");
        let error = with(&response, |answer| answer.require_success()).unwrap_err();
        assert!(error.message().contains("evil.com"));
        assert!(!error.to_string().contains("abc"));
    }
}
