//! One error for everything that can go wrong between a caller and a vendor.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// A result with this crate's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What kind of thing went wrong; stable text in reports and journals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// What the caller gave cannot work: a malformed host, an empty token, a checkpoint of another account.
    Config,
    /// The vendor could not be reached, or the connection broke.
    Network,
    /// The TLS handshake failed, or the certificate is not trusted.
    Tls,
    /// No answer in time.
    Timeout,
    /// The credentials are wrong, expired or revoked.
    Authentication,
    /// The credentials are right but may not do this.
    Permission,
    /// The vendor refused because of too many requests, longer than the retry policy allows.
    RateLimited,
    /// The vendor does not know the record.
    NotFound,
    /// The vendor answered with an error of its own, or broke its own contract.
    Vendor,
    /// The answer could not be read.
    Decode,
    /// The caller gave up.
    Cancelled,
    /// The connector does not offer this; its [`Capabilities`](crate::Capabilities) say so beforehand.
    Unsupported,
    /// The place where records land could not be used, refused them, or is in use by another run.
    Store,
}

crate::words!(ErrorKind {
    Config => "config",
    Network => "network",
    Tls => "tls",
    Timeout => "timeout",
    Authentication => "authentication",
    Permission => "permission",
    RateLimited => "rate_limited",
    NotFound => "not_found",
    Vendor => "vendor",
    Decode => "decode",
    Cancelled => "cancelled",
    Unsupported => "unsupported",
    Store => "store",
});

/// Whether the same request may be sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RetryClass {
    /// It would fail the same way.
    Never,
    /// The vendor did not act on the request: any request may be repeated.
    Safe,
    /// The vendor may have acted on it: only reads and idempotent writes may be repeated.
    OnlyIfIdempotent,
    /// It was repeated until the retry policy ran out.
    Exhausted,
}

crate::words!(RetryClass {
    Never => "never",
    Safe => "safe",
    OnlyIfIdempotent => "only_if_idempotent",
    Exhausted => "exhausted",
});

/// What went wrong, where, and what to do next.
///
/// `Display` is one line for people: operation, message, status and hint. The machine-readable parts have accessors.
/// No part ever holds a credential. Cloning is cheap.
#[derive(Clone)]
pub struct Error(Arc<Inner>);

#[derive(Clone)]
struct Inner {
    kind: ErrorKind,
    retry: RetryClass,
    message: String,
    operation: Option<Cow<'static, str>>,
    hint: Option<String>,
    status: Option<u16>,
    vendor_code: Option<String>,
    request_id: Option<String>,
    retry_after: Option<Duration>,
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

impl Error {
    /// An error of `kind` that says `message`; not to be retried unless [`with_retry`](Self::with_retry) says so.
    #[must_use]
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Arc::new(Inner {
            kind,
            retry: RetryClass::Never,
            message: message.into(),
            operation: None,
            hint: None,
            status: None,
            vendor_code: None,
            request_id: None,
            retry_after: None,
            source: None,
        }))
    }

    /// A `config` error.
    #[must_use]
    pub fn config(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Config, message)
    }

    /// A `vendor` error.
    #[must_use]
    pub fn vendor(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Vendor, message)
    }

    /// A `decode` error. A garbled answer may be whole the next time, so a read is tried again.
    #[must_use]
    pub fn decode(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Decode, message).with_retry(RetryClass::OnlyIfIdempotent)
    }

    /// A `store` error. It is about the caller's own side, so nothing is tried again by itself.
    #[must_use]
    pub fn store(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Store, message)
    }

    /// An `unsupported` error: `connector` does not offer `what`.
    #[must_use]
    pub fn unsupported(connector: &str, what: &str) -> Self {
        Self::new(
            ErrorKind::Unsupported,
            format!("{connector} does not offer {what}"),
        )
    }

    fn with(mut self, change: impl FnOnce(&mut Inner)) -> Self {
        change(Arc::make_mut(&mut self.0));
        self
    }

    /// Sets whether the request may be sent again.
    #[must_use]
    pub fn with_retry(self, retry: RetryClass) -> Self {
        self.with(|inner| inner.retry = retry)
    }

    /// Sets the operation that failed, such as `getAssetList`.
    #[must_use]
    pub fn with_operation(self, operation: impl Into<Cow<'static, str>>) -> Self {
        let operation = operation.into();
        self.with(|inner| inner.operation = Some(operation))
    }

    /// Sets what the user does next, in the vendor's own menu words.
    #[must_use]
    pub fn with_hint(self, hint: impl Into<String>) -> Self {
        let hint = hint.into();
        self.with(|inner| inner.hint = Some(hint))
    }

    /// Sets the HTTP status of the answer.
    #[must_use]
    pub fn with_status(self, status: u16) -> Self {
        self.with(|inner| inner.status = Some(status))
    }

    /// Sets the vendor's own error code.
    #[must_use]
    pub fn with_vendor_code(self, code: impl Into<String>) -> Self {
        let code = code.into();
        self.with(|inner| inner.vendor_code = Some(code))
    }

    /// Sets the id under which the vendor logged the request.
    #[must_use]
    pub fn with_request_id(self, id: impl Into<String>) -> Self {
        let id = id.into();
        self.with(|inner| inner.request_id = Some(id))
    }

    /// Sets how long the vendor asks to wait.
    #[must_use]
    pub fn with_retry_after(self, wait: Duration) -> Self {
        self.with(|inner| inner.retry_after = Some(wait))
    }

    /// Sets the underlying cause. It must not print a credential.
    #[must_use]
    pub fn with_source(self, source: impl StdError + Send + Sync + 'static) -> Self {
        self.with(|inner| inner.source = Some(Arc::new(source)))
    }

    /// The kind.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Whether the same request may be sent again.
    #[must_use]
    pub fn retry(&self) -> RetryClass {
        self.0.retry
    }

    /// What happened, without operation, status and hint.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The operation that failed.
    #[must_use]
    pub fn operation(&self) -> Option<&str> {
        self.0.operation.as_deref()
    }

    /// What the user does next.
    #[must_use]
    pub fn hint(&self) -> Option<&str> {
        self.0.hint.as_deref()
    }

    /// The HTTP status of the answer, where there was one.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// The vendor's own error code.
    #[must_use]
    pub fn vendor_code(&self) -> Option<&str> {
        self.0.vendor_code.as_deref()
    }

    /// The id under which the vendor logged the request, for a support ticket.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// How long the vendor asked to wait.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &self.0;
        if let Some(operation) = &inner.operation {
            write!(f, "{operation}: ")?;
        }
        f.write_str(&inner.message)?;
        match (inner.status, &inner.vendor_code) {
            (Some(status), Some(code)) => write!(f, " (HTTP {status}, {code})")?,
            (Some(status), None) => write!(f, " (HTTP {status})")?,
            (None, Some(code)) => write!(f, " ({code})")?,
            (None, None) => {}
        }
        if let Some(hint) = &inner.hint {
            write!(f, "; {hint}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &self.0;
        f.debug_struct("Error")
            .field("kind", &inner.kind)
            .field("retry", &inner.retry)
            .field("operation", &inner.operation)
            .field("message", &inner.message)
            .field("hint", &inner.hint)
            .field("status", &inner.status)
            .field("vendor_code", &inner.vendor_code)
            .field("request_id", &inner.request_id)
            .field("retry_after", &inner.retry_after)
            .field("source", &inner.source)
            .finish()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0
            .source
            .as_deref()
            .map(|source| source as &(dyn StdError + 'static))
    }
}
