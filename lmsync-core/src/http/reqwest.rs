//! [`Transport`] over reqwest: rustls, no redirects, bounded time and size.

use std::error::Error as StdError;
use std::io;
use std::time::Duration;

use super::endpoint::Endpoint;
use super::proxy;
use super::transport::{Transport, TransportError, TransportErrorKind};
use super::unpack::unpack;
use crate::error::{Error, Result};
use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use http::{Request, Response};

/// Bounds that keep a misbehaving server from holding or flooding the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct TransportLimits {
    /// Longest time to make a connection; 10 s.
    pub connect: Duration,
    /// Longest silence while an answer arrives; 30 s.
    pub read: Duration,
    /// Longest time for one request altogether; 120 s.
    pub total: Duration,
    /// Largest answer in bytes, counted after decompression; 64 MiB.
    pub body: usize,
}

impl Default for TransportLimits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            read: Duration::from_secs(30),
            total: Duration::from_secs(120),
            body: 64 * 1024 * 1024,
        }
    }
}

/// The transport for real use. Clones share one connection pool.
///
/// Needs a tokio runtime with I/O and time enabled.
/// A proxy that the environment names (`HTTPS_PROXY` or else `ALL_PROXY`, in capitals or small
/// letters, but for the hosts in `NO_PROXY`) is used for https, where it sees the host and nothing
/// else. One that cannot be meant fails every https request with a `config` error that names the
/// variable. Loopback is reached directly.
///
/// https needs the machine's trusted certificates; where there are none, every
/// https request fails as a TLS failure that says so.
#[derive(Debug, Clone)]
pub struct ReqwestTransport {
    secure: Result<reqwest::Client, TransportError>,
    loopback: reqwest::Client,
    body_limit: usize,
}

impl ReqwestTransport {
    /// A transport with the default [`TransportLimits`].
    ///
    /// # Errors
    /// `config` when no HTTP client can be made on this machine.
    pub fn new() -> Result<Self> {
        Self::with_limits(TransportLimits::default())
    }

    /// A transport with other bounds.
    ///
    /// # Errors
    /// `config` when no HTTP client can be made on this machine.
    pub fn with_limits(limits: TransportLimits) -> Result<Self> {
        Ok(Self {
            secure: secure(limits),
            loopback: client(limits)
                .no_proxy()
                .tls_certs_only([])
                .build()
                .map_err(|error| Error::config(format!("no HTTP client can be made: {error}")))?,
            body_limit: limits.body,
        })
    }
}

fn client(limits: TransportLimits) -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .retry(reqwest::retry::never())
        .connect_timeout(limits.connect)
        .read_timeout(limits.read)
        .timeout(limits.total)
}

fn secure(limits: TransportLimits) -> Result<reqwest::Client, TransportError> {
    let mut client = client(limits).https_only(true).no_proxy();
    if let Some(proxy) = proxy::for_https(|name| std::env::var(name))? {
        client = client.proxy(proxy);
    }
    client.build().map_err(|error| {
        let cause = root_cause(&error.without_url());
        TransportError::new(TransportErrorKind::Tls, cause)
    })
}

#[async_trait]
impl Transport for ReqwestTransport {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        if !Endpoint::is_allowed(request.uri()) {
            return Err(TransportError::new(
                TransportErrorKind::Request,
                "plain http is for loopback only",
            ));
        }
        let request = reqwest::Request::try_from(request).map_err(classify)?;
        let client = match request.url().scheme() {
            "http" => &self.loopback,
            _ => self.secure.as_ref().map_err(TransportError::clone)?,
        };
        let mut answer = client.execute(request).await.map_err(classify)?;
        let mut response = Response::new(Bytes::new());
        *response.status_mut() = answer.status();
        *response.version_mut() = answer.version();
        *response.headers_mut() = std::mem::take(answer.headers_mut());
        let body = read_body(answer, self.body_limit).await?;
        *response.body_mut() = unpack(response.headers_mut(), body, self.body_limit)?;
        Ok(response)
    }
}

async fn read_body(mut answer: reqwest::Response, limit: usize) -> Result<Bytes, TransportError> {
    let mut body = BytesMut::new();
    while let Some(chunk) = answer.chunk().await.map_err(classify)? {
        if body.len() + chunk.len() > limit {
            return Err(TransportError::too_large(limit));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

fn classify(error: reqwest::Error) -> TransportError {
    // The URL carries query parameters, and a message is for logs.
    let error = error.without_url();
    let kind = if error.is_timeout() && error.is_connect() {
        TransportErrorKind::ConnectTimeout
    } else if error.is_timeout() {
        TransportErrorKind::Timeout
    } else if error.is_connect() && is_cut(&error) {
        TransportErrorKind::TlsInterrupted
    } else if is_refused_by_tls(&error) {
        TransportErrorKind::Tls
    } else if error.is_connect() {
        TransportErrorKind::Connect
    } else if error.is_builder() {
        TransportErrorKind::Request
    } else if error.is_decode() && !mentions_connection(&error) {
        TransportErrorKind::Encoding
    } else {
        TransportErrorKind::Interrupted
    };
    TransportError::new(kind, root_cause(&error))
}

fn causes(error: &reqwest::Error) -> impl Iterator<Item = &(dyn StdError + 'static)> {
    std::iter::successors(error.source(), |cause| cause_of(*cause))
}

fn cause_of<'e>(error: &'e (dyn StdError + 'static)) -> Option<&'e (dyn StdError + 'static)> {
    // An io::Error made of another names that one's cause as its own.
    match error
        .downcast_ref::<io::Error>()
        .and_then(io::Error::get_ref)
    {
        Some(inner) => Some(inner),
        None => error.source(),
    }
}

fn root_cause(error: &reqwest::Error) -> String {
    causes(error)
        .last()
        .map_or_else(|| error.to_string(), ToString::to_string)
}

/// Tells whether the connection broke while it was made secure: on the way there, the network
/// has errors of its own.
fn is_cut(error: &reqwest::Error) -> bool {
    let is_cut = |cause: &(dyn StdError + 'static)| {
        cause.downcast_ref::<io::Error>().is_some_and(|error| {
            use io::ErrorKind as K;
            matches!(
                error.kind(),
                K::UnexpectedEof | K::ConnectionReset | K::ConnectionAborted | K::BrokenPipe
            )
        })
    };
    causes(error).any(is_cut) && !mention(error, &["tcp connect", "dns", "tunnel"])
}

/// Tells whether one side of TLS refused the other. A server that wants a certificate says so only
/// once the connection seems to be made.
fn is_refused_by_tls(error: &reqwest::Error) -> bool {
    let in_handshake = ["certificate", "tls", "handshake", "corrupt message"];
    let is_alert = mention(error, &["fatal alert"]);
    (error.is_connect() && (is_alert || mention(error, &in_handshake)))
        || (error.is_request() && is_alert)
}

fn mentions_connection(error: &reqwest::Error) -> bool {
    let words = ["connection", "end of file before message", "incomplete"];
    mention(error, &words)
}

/// Tells whether a cause of `error` has one of `words`, in any case.
fn mention(error: &reqwest::Error, words: &[&str]) -> bool {
    causes(error).any(|cause| {
        let text = cause.to_string().to_lowercase();
        words.iter().any(|word| text.contains(word))
    })
}
