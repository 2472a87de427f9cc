//! A vendor's answer, with what every vendor's classification starts from.

use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{HeaderValue, Response, StatusCode, header};
use serde::Deserialize;

use super::link;
use super::redact::Redactor;
use super::said::{Said, short_json};
use crate::error::{Error, ErrorKind, Result, RetryClass};
use crate::json::{StrictObject, mend};

/// Headers that tell when a budget is full again.
const RESET_HEADERS: [&str; 4] = [
    "ratelimit-reset",
    "x-ratelimit-reset",
    "x-rate-limit-reset",
    "reset",
];
/// Numbers below this are no moment since 1970 but seconds from now.
const EARLIEST_EPOCH: u64 = 1_000_000_000;
/// A reset that is due at this very moment is waited for a little all the same.
const SHORTEST_RESET: Duration = Duration::from_secs(1);
/// Assumed: no budget is counted over longer than an hour.
const LONGEST_RESET: Duration = Duration::from_secs(3_600);

/// The codes with which OAuth refuses a token.
const OAUTH_CODES: [&str; 6] = [
    "invalid_client",
    "invalid_grant",
    "invalid_request",
    "invalid_scope",
    "unauthorized_client",
    "unsupported_grant_type",
];

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

    /// Says if the body begins as JSON does.
    pub(crate) fn begins_as_json(&self) -> bool {
        mend::begins_as_json(self.body())
    }

    /// How long the vendor asks to wait: from `Retry-After` in either form, or in an answer of "too
    /// many requests" from the headers that tell when the budget is full again, as the seconds until
    /// then or since 1970.
    ///
    /// Documented: <https://www.rfc-editor.org/rfc/rfc9110#field.retry-after>. Seen: the other
    /// headers, with the vendors of this family and others.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.asked_wait().or_else(|| self.budget_reset())
    }

    fn asked_wait(&self) -> Option<Duration> {
        let text = self.header(header::RETRY_AFTER.as_str())?.trim();
        if let Ok(seconds) = text.parse::<u64>() {
            return Some(Duration::from_secs(seconds));
        }
        let date: DateTime<Utc> = httpdate::parse_http_date(text).ok()?.into();
        Some((date - self.now).to_std().unwrap_or_default())
    }

    fn budget_reset(&self) -> Option<Duration> {
        if self.status() != StatusCode::TOO_MANY_REQUESTS {
            return None;
        }
        let mut names = RESET_HEADERS.into_iter();
        let number: u64 = names.find_map(|name| self.header(name)?.trim().parse().ok())?;
        let seconds = match number {
            0..EARLIEST_EPOCH => number,
            _ => number.saturating_sub(u64::try_from(self.now.timestamp()).ok()?),
        };
        Some(Duration::from_secs(seconds).clamp(SHORTEST_RESET, LONGEST_RESET))
    }

    /// The target that the `Link` headers call `relation`, such as `next`, as the vendor wrote it.
    ///
    /// Several headers are one list (RFC 9110, 5.3), and whatever else stands in them does not
    /// matter.
    ///
    /// Documented: <https://www.rfc-editor.org/rfc/rfc8288>
    ///
    /// # Errors
    /// `decode` when `relation` is named and its target cannot be read.
    pub fn link(&self, relation: &str) -> Result<Option<String>> {
        let headers = self.response.headers().get_all(header::LINK);
        link::find(headers.iter().map(HeaderValue::as_bytes), relation).map_err(|text| {
            let text = self.mask(&text);
            Error::decode(format!(
                "the `Link` header names `{relation}` without a target: {text}"
            ))
        })
    }

    /// What the vendor says in the body, in whichever of the usual shapes: `message`, `error`,
    /// `errors`, `description` and the like, alone, in a list or one inside the other. In a
    /// refusal any other member is taken for the field that its text is about.
    #[must_use]
    pub fn said(&self) -> Said {
        let is_refusal = !self.status().is_success();
        Said::of(self.body(), is_refusal, |text| {
            self.redactor.beginning(text)
        })
    }

    /// The code of OAuth that the body names, for a sign-in that was refused; a code that is not of
    /// OAuth may be anything, a token even, and is none.
    ///
    /// The words around it say nothing of the kind: a refused key may well be told of its scopes.
    ///
    /// Documented: <https://www.rfc-editor.org/rfc/rfc6749#section-5.2>. Seen: codes in other
    /// members than `error`.
    #[must_use]
    pub fn oauth_code(&self) -> Option<&'static str> {
        let body = short_json(self.body())?;
        let mut places = [
            "/error",
            "/error/code",
            "/code",
            "/error_code",
            "/errorCode",
        ]
        .iter();
        places.find_map(|place| {
            let told = body.pointer(place)?.as_str()?.trim();
            OAUTH_CODES.into_iter().find(|code| *code == told)
        })
    }

    /// An error about this answer, with its status, request id and `Retry-After`, to be tried
    /// again as that status allows; `message` with what the vendor [says](Self::said) is up to
    /// the caller.
    #[must_use]
    pub fn error(&self, kind: ErrorKind, message: impl Into<String>) -> Error {
        let error = self.silent_error(kind, self.mask(&message.into()));
        match self.header("x-request-id") {
            Some(id) => error.with_request_id(self.mask(id)),
            None => error,
        }
    }

    /// An error that shows nothing of this answer but its status and `Retry-After`, for one that
    /// may hold a token anywhere; else as [`error`](Self::error).
    #[must_use]
    pub fn silent_error(&self, kind: ErrorKind, message: impl Into<String>) -> Error {
        let status = self.status().as_u16();
        let error = Error::new(kind, message).with_status(status);
        let error = error.with_retry(retry_class(status));
        match self.retry_after() {
            Some(wait) => error.with_retry_after(wait),
            None => error,
        }
    }

    /// An error about an answer of success without the data that belongs there: nobody knows
    /// whether the vendor acted.
    #[must_use]
    pub fn without_data(&self, kind: ErrorKind, message: impl Into<String>) -> Error {
        self.error(kind, message)
            .with_retry(RetryClass::OnlyIfIdempotent)
            .with_hint("try again later; if it stays, the vendor has changed its API")
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
        let kind = match status.as_u16() {
            401 => ErrorKind::Authentication,
            403 => ErrorKind::Permission,
            404 => ErrorKind::NotFound,
            408 => ErrorKind::Timeout,
            429 => ErrorKind::RateLimited,
            _ => ErrorKind::Vendor,
        };
        Err(self.error(kind, self.describe(status)))
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
        let said = match self.said().text {
            Some(text) => text,
            None if self.is_html() || self.body().trim_ascii().is_empty() => {
                return format!("the vendor answered {reason}");
            }
            None => self.excerpt(),
        };
        format!("the vendor answered {reason}: {said}")
    }
}

/// Whether to try again after `status`.
fn retry_class(status: u16) -> RetryClass {
    match status {
        429 => RetryClass::Safe,
        408 | 425 | 500..=599 => RetryClass::OnlyIfIdempotent,
        _ => RetryClass::Never,
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
    fn when_the_budget_is_full_again_is_a_wait_where_none_is_asked_for() {
        let seconds = |status: u16, headers: &[(&str, &str)]| {
            let response = response(status, headers, "");
            with(&response, |answer| {
                answer.retry_after().map(|wait| wait.as_secs())
            })
        };
        let now = DateTime::parse_from_rfc3339("2026-03-31T12:00:00Z")
            .unwrap()
            .timestamp();
        let in_40 = (now + 40).to_string();
        let past = (now - 40).to_string();
        for name in RESET_HEADERS {
            assert_eq!(seconds(429, &[(name, "12")]), Some(12), "{name}");
            assert_eq!(seconds(429, &[(name, &in_40)]), Some(40), "{name}");
            assert_eq!(seconds(429, &[(name, &past)]), Some(1), "{name}");
            assert_eq!(seconds(429, &[(name, "1900000000")]), Some(3_600), "{name}");
            assert_eq!(seconds(429, &[(name, "soon")]), None, "{name}");
            assert_eq!(
                seconds(429, &[("retry-after", "7"), (name, "12")]),
                Some(7),
                "{name}"
            );
            // Every answer may tell it: alone it asks for no wait.
            assert_eq!(seconds(500, &[(name, "12")]), None, "{name}");
        }
    }

    #[test]
    fn the_code_of_a_refused_sign_in_is_found_and_nothing_else_is_taken_for_one() {
        let code = |body: &str| with(&response(401, &[], body), |answer| answer.oauth_code());
        for body in [
            r#"{"error":"invalid_client"}"#,
            r#"{"error":" invalid_client ","error_description":"invalid_scope"}"#,
            r#"{"code":401,"error":"invalid_client","message":"no scope, no rate limit"}"#,
            r#"{"error":{"code":"invalid_client","message":"permission"}}"#,
            r#"{"error":"Unauthorized","code":"invalid_client"}"#,
        ] {
            assert_eq!(code(body), Some("invalid_client"), "{body}");
        }
        for body in [
            "",
            "invalid_client",
            r#""invalid_client""#,
            r#"{"message":"invalid_client"}"#,
            r#"{"error":"the client is not the invalid_client of before"}"#,
            r#"{"error":"t0k3n"}"#,
            r#"{"error":7}"#,
        ] {
            assert_eq!(code(body), None, "{body}");
        }
    }

    #[test]
    fn an_error_that_may_not_show_the_answer_shows_nothing_of_it() {
        let headers = [("x-request-id", "t0k3n"), ("retry-after", "7")];
        let response = response(503, &headers, "t0k3n");
        let error = with(&response, |answer| {
            answer.silent_error(ErrorKind::Vendor, "it failed")
        });
        assert!(!format!("{error:?}").contains("t0k3n"));
        assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
        assert_eq!(
            (error.status(), error.retry()),
            (Some(503), RetryClass::OnlyIfIdempotent)
        );
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
