//! The seam between the SDK and the network.

use std::fmt::Debug;

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};

use crate::error::{Error, ErrorKind, RetryClass};

/// Sends one request and returns the whole answer.
///
/// The SDK's own implementation is [`ReqwestTransport`](super::ReqwestTransport);
/// tests and the simulators bring theirs. An implementation follows no redirect,
/// bounds time and size, and logs neither headers nor bodies.
#[async_trait]
pub trait Transport: Debug + Send + Sync + 'static {
    /// Sends `request`; an answer with an error status is an answer.
    ///
    /// # Errors
    /// A [`TransportError`] when there is no whole answer.
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError>;
}

/// Why there is no whole answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TransportErrorKind {
    /// The host name does not resolve or nobody accepts the connection: nothing was sent.
    Connect,
    /// No secure connection: nothing was sent.
    Tls,
    /// The connection broke before it was secure: nothing was sent.
    TlsInterrupted,
    /// The proxy that the environment names cannot be meant: nothing was sent.
    Proxy,
    /// The connection was not made in time: nothing was sent.
    ConnectTimeout,
    /// The connection was made and the answer did not come in time.
    Timeout,
    /// The connection broke before the answer was whole.
    Interrupted,
    /// The answer is larger than the transport accepts.
    TooLarge,
    /// The answer's encoding is broken.
    Encoding,
    /// The request itself cannot be sent, such as plain http to a host that is not loopback.
    Request,
}

crate::words!(TransportErrorKind {
    Connect => "connect",
    Tls => "tls",
    TlsInterrupted => "tls_interrupted",
    Proxy => "proxy",
    ConnectTimeout => "connect_timeout",
    Timeout => "timeout",
    Interrupted => "interrupted",
    TooLarge => "too_large",
    Encoding => "encoding",
    Request => "request",
});

/// There is no whole answer. Holds no URL, header or body.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{kind:?}: {detail}")]
pub struct TransportError {
    kind: TransportErrorKind,
    detail: String,
}

impl TransportError {
    /// An error of `kind`; `detail` must hold nothing of the request.
    #[must_use]
    pub fn new(kind: TransportErrorKind, detail: impl Into<String>) -> Self {
        Self {
            kind,
            detail: detail.into(),
        }
    }

    /// The error of an answer of more than `limit` bytes.
    pub(super) fn too_large(limit: usize) -> Self {
        Self::new(
            TransportErrorKind::TooLarge,
            format!("more than {limit} bytes"),
        )
    }

    /// The kind.
    #[must_use]
    pub fn kind(&self) -> TransportErrorKind {
        self.kind
    }

    pub(super) fn into_error(self, host: &str) -> Error {
        use TransportErrorKind as T;
        let (kind, retry, what, hint) = match self.kind {
            T::Connect => (
                ErrorKind::Network,
                RetryClass::Safe,
                "could not be reached",
                "check the host name, the network and any firewall or proxy",
            ),
            T::Tls => (
                ErrorKind::Tls,
                RetryClass::Never,
                "offers no trusted secure connection",
                "check the host name, the machine's date and trusted certificates (ca-certificates), and \
                 whether a proxy inspects TLS (its authority belongs into the network's `certificates`) or \
                 offers too old a version of it",
            ),
            T::TlsInterrupted => (
                ErrorKind::Tls,
                RetryClass::Safe,
                "closed the connection before it was secure",
                "try again later; if it stays, check the host name and the port, and whether a firewall or \
                 proxy inspects TLS",
            ),
            T::Proxy => (
                ErrorKind::Config,
                RetryClass::Never,
                "is not asked without the proxy that is wanted",
                "correct the variable, such as http://proxy.example:3128, or unset it to connect directly",
            ),
            T::ConnectTimeout => (
                ErrorKind::Timeout,
                RetryClass::Safe,
                "did not accept a connection in time",
                "check the network and any firewall, then try again",
            ),
            T::Timeout => (
                ErrorKind::Timeout,
                RetryClass::OnlyIfIdempotent,
                "did not answer in time",
                "try again later",
            ),
            T::Interrupted => (
                ErrorKind::Network,
                RetryClass::OnlyIfIdempotent,
                "closed the connection before the answer was whole",
                "try again later",
            ),
            T::TooLarge => (
                ErrorKind::Vendor,
                RetryClass::Never,
                "sent an answer larger than is accepted",
                "raise the body limit if the answer is genuine",
            ),
            T::Encoding => (
                ErrorKind::Decode,
                RetryClass::OnlyIfIdempotent,
                "sent an answer whose compression is broken",
                "try again later",
            ),
            T::Request => (
                ErrorKind::Config,
                RetryClass::Never,
                "cannot be asked",
                "check the configured address",
            ),
        };
        Error::new(kind, format!("{host} {what} ({})", self.detail))
            .with_retry(retry)
            .with_hint(hint)
            .with_source(self)
    }
}
