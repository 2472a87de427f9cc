//! [`Transport`] over reqwest: rustls, no redirects, bounded time and size.

use std::error::Error as StdError;
use std::io;

use super::endpoint::Endpoint;
use super::network::{NetworkConfig, ProxyChoice};
use super::transport::{Transport, TransportError, TransportErrorKind};
use super::unpack::{ACCEPTED, unpack};
use super::{proxy, tls};
use crate::error::{Error, Result};
use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use http::{Request, Response, header};

/// The transport for real use. Clones share one connection pool.
///
/// Needs a tokio runtime with I/O and time enabled.
/// A proxy that the environment names (`HTTPS_PROXY` or else `ALL_PROXY`, in capitals or small
/// letters, but for the hosts in `NO_PROXY`) is used for https, unless [`NetworkConfig`] chooses
/// another or none; it sees the host and nothing else. One that cannot be meant fails every https
/// request with a `config` error that names the variable. Loopback is reached directly.
///
/// https needs the machine's trusted certificates, or those of the settings; where there are none,
/// every https request fails as a TLS failure that says so.
#[derive(Debug, Clone)]
pub struct ReqwestTransport {
    secure: Result<reqwest::Client, TransportError>,
    loopback: reqwest::Client,
    body_limit: usize,
}

impl ReqwestTransport {
    /// A transport on a network without anything special.
    ///
    /// # Errors
    /// `config` when no HTTP client can be made on this machine.
    pub fn new() -> Result<Self> {
        Self::on_network(&NetworkConfig::default())
    }

    /// A transport on the network that `config` describes. Certificates are read here.
    ///
    /// # Errors
    /// `config` when a setting cannot be used, with its name, or no HTTP client can be made on this machine.
    pub fn on_network(config: &NetworkConfig) -> Result<Self> {
        let loopback = client(config).no_proxy();
        Ok(Self {
            secure: secure(config)?,
            loopback: tls::trust_none(loopback)
                .build()
                .map_err(|error| Error::config(format!("no HTTP client can be made: {error}")))?,
            body_limit: config.body_limit,
        })
    }
}

fn client(config: &NetworkConfig) -> reqwest::ClientBuilder {
    let mut client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .retry(reqwest::retry::never())
        .connect_timeout(config.connect_timeout)
        .read_timeout(config.read_timeout)
        .timeout(config.total_timeout)
        .pool_idle_timeout(config.idle_timeout);
    if let Some(most) = config.idle_connections {
        client = client.pool_max_idle_per_host(most);
    }
    for (host, addresses) in &config.addresses {
        // The port is that of the request.
        let addresses: Vec<_> = addresses
            .iter()
            .map(|&address| (address, 0).into())
            .collect();
        client = client.resolve_to_addrs(host, &addresses);
    }
    client
}

/// The client for https; one that cannot be made fails each request, so that loopback works on a
/// machine that trusts nobody.
fn secure(config: &NetworkConfig) -> Result<Result<reqwest::Client, TransportError>> {
    let proxy = match &config.proxy {
        ProxyChoice::At(address) => Ok(Some(proxy::at(address, config)?)),
        other => {
            proxy::require_no_settings(config)?;
            match other {
                ProxyChoice::Environment => proxy::for_https(|name| std::env::var(name)),
                _ => Ok(None),
            }
        }
    };
    let proxy = match tls::require().and(proxy) {
        Ok(proxy) => proxy,
        Err(error) => return Ok(Err(error)),
    };
    let client = client(config).https_only(true).no_proxy();
    let client = proxy
        .into_iter()
        .fold(client, reqwest::ClientBuilder::proxy);
    let client = tls::configure(client, config)?;
    let failed = |error: reqwest::Error| root_cause(&error.without_url());
    match client.build() {
        Err(error) if tls::is_configured(config) => Err(Error::config(format!(
            "the certificates of the network's settings cannot be used: {}",
            failed(error)
        ))),
        built => {
            Ok(built.map_err(|error| TransportError::new(TransportErrorKind::Tls, failed(error))))
        }
    }
}

#[async_trait]
impl Transport for ReqwestTransport {
    async fn send(&self, mut request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        if !Endpoint::is_allowed(request.uri()) {
            return Err(TransportError::new(
                TransportErrorKind::Request,
                "plain http is for loopback only",
            ));
        }
        let headers = request.headers_mut();
        headers.entry(header::ACCEPT_ENCODING).or_insert(ACCEPTED);
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
    let in_handshake = ["certificate", "tls", "ssl", "handshake", "corrupt message"];
    let is_alert = mention(error, &["fatal alert", "ssl alert"]);
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
