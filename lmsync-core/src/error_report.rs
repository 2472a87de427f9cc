//! An error as plain data: to store it, to send it on, to show it elsewhere.

use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::error::{Error, ErrorKind, RetryClass};

/// An [`Error`] as plain data, without its source.
///
/// Like an error, it holds no credential. Its JSON form has every member, null where there is
/// nothing:
///
/// ```
/// use std::time::Duration;
///
/// use lmsync_core::{Error, ErrorKind, ErrorReport};
///
/// let error = Error::new(ErrorKind::RateLimited, "too many requests")
///     .with_operation("getAssetList")
///     .with_status(429)
///     .with_retry_after(Duration::from_secs(30));
/// let json = serde_json::to_string(&error.to_report())?;
/// assert_eq!(
///     json,
///     r#"{"kind":"rate_limited","message":"too many requests","operation":"getAssetList","hint":null,"status":429,"vendor_code":null,"request_id":null,"retry_after":30,"retry":"never"}"#
/// );
/// let read: ErrorReport = serde_json::from_str(&json)?;
/// assert_eq!(read, error.to_report());
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ErrorReport {
    /// The kind.
    pub kind: ErrorKind,
    /// The description of what happened, without operation, status and hint.
    pub message: String,
    /// The operation that failed, such as `getAssetList`.
    pub operation: Option<String>,
    /// The user's next step, in the vendor's own menu words.
    pub hint: Option<String>,
    /// The HTTP status of the answer, where there was one.
    pub status: Option<u16>,
    /// The vendor's own error code.
    pub vendor_code: Option<String>,
    /// The id under which the vendor logged the request.
    pub request_id: Option<String>,
    /// The time in whole seconds, rounded up, for which the vendor asks to wait.
    pub retry_after: Option<u64>,
    /// The answer to whether the same request may be sent again.
    pub retry: RetryClass,
}

impl Error {
    /// The error as plain data.
    #[must_use]
    pub fn to_report(&self) -> ErrorReport {
        ErrorReport::from(self)
    }
}

impl From<&Error> for ErrorReport {
    fn from(error: &Error) -> Self {
        let owned = |text: &str| text.to_owned();
        Self {
            kind: error.kind(),
            message: error.message().to_owned(),
            operation: error.operation().map(owned),
            hint: error.hint().map(owned),
            status: error.status(),
            vendor_code: error.vendor_code().map(owned),
            request_id: error.request_id().map(owned),
            retry_after: error.retry_after().map(whole_seconds),
            retry: error.retry(),
        }
    }
}

/// The seconds of `wait`; of a part of one the whole.
fn whole_seconds(wait: Duration) -> u64 {
    let part = u64::from(wait.subsec_nanos() > 0);
    wait.as_secs().saturating_add(part)
}

impl From<ErrorReport> for Error {
    fn from(report: ErrorReport) -> Self {
        let mut error = Self::new(report.kind, report.message).with_retry(report.retry);
        if let Some(operation) = report.operation {
            error = error.with_operation(operation);
        }
        if let Some(hint) = report.hint {
            error = error.with_hint(hint);
        }
        if let Some(status) = report.status {
            error = error.with_status(status);
        }
        if let Some(code) = report.vendor_code {
            error = error.with_vendor_code(code);
        }
        if let Some(id) = report.request_id {
            error = error.with_request_id(id);
        }
        if let Some(seconds) = report.retry_after {
            error = error.with_retry_after(Duration::from_secs(seconds));
        }
        error
    }
}

/// Writes the error as its [`ErrorReport`].
impl Serialize for Error {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_report().serialize(serializer)
    }
}

/// Reads an [`ErrorReport`].
impl<'de> Deserialize<'de> for Error {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        ErrorReport::deserialize(deserializer).map(Self::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn full() -> Error {
        Error::vendor("it broke")
            .with_operation("GET /things")
            .with_hint("try again")
            .with_status(503)
            .with_vendor_code("E7")
            .with_request_id("r-1")
            .with_retry_after(Duration::from_millis(1_200))
            .with_retry(RetryClass::OnlyIfIdempotent)
    }

    #[test]
    fn an_error_is_the_same_after_it_was_stored() {
        for error in [full(), Error::config("no")] {
            let json = serde_json::to_string(&error).unwrap();
            let read: Error = serde_json::from_str(&json).unwrap();
            assert_eq!(read.to_report(), error.to_report());
            assert_eq!(read.to_string(), error.to_string());
        }
        assert_eq!(full().to_report().retry_after, Some(2));
    }

    #[test]
    fn a_kind_of_a_newer_version_is_an_error_that_names_it() {
        let json = serde_json::to_string(&full()).unwrap();
        let newer = json.replace("\"vendor\"", "\"quantum\"");
        let error = serde_json::from_str::<ErrorReport>(&newer).unwrap_err();
        assert!(error.to_string().contains("`quantum`"), "{error}");
    }

    #[test]
    fn what_is_missing_is_not_told_and_what_is_more_is_left() {
        let json = r#"{"kind":"config","message":"no","retry":"never","more":1}"#;
        let read: ErrorReport = serde_json::from_str(json).unwrap();
        assert_eq!(read, Error::config("no").to_report());
    }
}
