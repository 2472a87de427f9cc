//! Settings of the network: certificates, proxy, patience, limits.

use std::collections::BTreeMap;
use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Deserializer};

use crate::secret::{Secret, SecretSource};

/// Settings of the network, for companies whose way out is not the plain one; by default there
/// are none to make.
///
/// They are read from a configuration (times in seconds) or set by methods, and go to
/// [`Environment::on_network`](crate::Environment::on_network).
///
/// ```
/// use lmsync_core::Environment;
/// use lmsync_core::http::NetworkConfig;
///
/// let config: NetworkConfig = serde_json::from_value(serde_json::json!({
///     "certificates": ["/etc/ssl/certs/ca-certificates.crt"],
///     "proxy": "http://proxy.example:3128",
///     "proxy_user": "lmsync",
///     "proxy_password": { "env": "PROXY_PASSWORD" },
///     "connect_timeout": 5,
///     "requests_in_flight": 32
/// }))?;
/// # let config = NetworkConfig::new().requests_in_flight(32);
/// let environment = Environment::on_network(&config)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct NetworkConfig {
    /// Certificates of authorities that are trusted beside those of the machine, such as a
    /// company's own.
    #[cfg_attr(feature = "schema", schemars(with = "Vec<String>"))]
    pub certificates: Vec<Pem>,
    /// Trust in [`certificates`](Self::certificates) alone, and none in the machine's.
    pub only_these_certificates: bool,
    /// The certificate by which this side is known, with its private key in the same text.
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    pub client_certificate: Option<Pem>,
    /// The proxy.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub proxy: ProxyChoice,
    /// The user at the proxy.
    pub proxy_user: Option<String>,
    /// The user's password at the proxy.
    pub proxy_password: Option<SecretSource>,
    /// Hosts that are reached without the proxy that [`proxy`](Self::proxy) names: names with all that is
    /// below them, addresses, or ranges such as `10.0.0.0/8`. Loopback always is.
    pub proxy_except: Vec<String>,
    /// The name that requests bear in `User-Agent`, before that of lmsync.
    pub user_agent: Option<String>,
    /// Longest time to make a connection; 10 s.
    #[serde(deserialize_with = "seconds")]
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    pub connect_timeout: Duration,
    /// Longest silence while an answer arrives; 30 s.
    #[serde(deserialize_with = "seconds")]
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    pub read_timeout: Duration,
    /// Longest time for one request altogether; 120 s.
    #[serde(deserialize_with = "seconds")]
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    pub total_timeout: Duration,
    /// Largest answer in bytes, counted after decompression; 64 MiB.
    pub body_limit: usize,
    /// Addresses of host names, in place of those that the machine finds.
    #[cfg_attr(feature = "schema", schemars(with = "BTreeMap<String, Vec<String>>"))]
    pub addresses: BTreeMap<String, Vec<IpAddr>>,
    /// Most connections to one host that are kept while nothing is sent.
    pub idle_connections: Option<usize>,
    /// Longest time that such a connection is kept; 90 s.
    #[serde(deserialize_with = "seconds")]
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    pub idle_timeout: Duration,
    /// Most requests in flight, of all accounts together; each account has a number of its own, too.
    pub requests_in_flight: Option<usize>,
}

impl Default for NetworkConfig {
    fn default() -> Self {
        Self {
            certificates: Vec::new(),
            only_these_certificates: false,
            client_certificate: None,
            proxy: ProxyChoice::Environment,
            proxy_user: None,
            proxy_password: None,
            proxy_except: Vec::new(),
            user_agent: None,
            connect_timeout: Duration::from_secs(10),
            read_timeout: Duration::from_secs(30),
            total_timeout: Duration::from_secs(120),
            body_limit: 64 * 1024 * 1024,
            addresses: BTreeMap::new(),
            idle_connections: None,
            idle_timeout: Duration::from_secs(90),
            requests_in_flight: None,
        }
    }
}

impl NetworkConfig {
    /// The settings of a network without anything special.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Trusts the authority of `certificate`, too: PEM text, or the path of a file.
    #[must_use]
    pub fn certificate(mut self, certificate: impl Into<Pem>) -> Self {
        self.certificates.push(certificate.into());
        self
    }

    /// Trusts none but the [certificates](Self::certificate) given.
    #[must_use]
    pub fn only_these_certificates(mut self) -> Self {
        self.only_these_certificates = true;
        self
    }

    /// Shows `certificate`, which holds its private key, to servers that ask for one.
    #[must_use]
    pub fn client_certificate(mut self, certificate: impl Into<Pem>) -> Self {
        self.client_certificate = Some(certificate.into());
        self
    }

    /// Goes through the proxy at `address`, such as `http://proxy.example:3128`.
    #[must_use]
    pub fn proxy(mut self, address: impl Into<Secret>) -> Self {
        self.proxy = ProxyChoice::At(address.into());
        self
    }

    /// Goes through no proxy, whatever the environment names.
    #[must_use]
    pub fn without_proxy(mut self) -> Self {
        self.proxy = ProxyChoice::None;
        self
    }

    /// Sets user and password at the proxy.
    #[must_use]
    pub fn proxy_user(
        mut self,
        user: impl Into<String>,
        password: impl Into<SecretSource>,
    ) -> Self {
        self.proxy_user = Some(user.into());
        self.proxy_password = Some(password.into());
        self
    }

    /// Reaches `host`, and all that is below that name, without the [proxy](Self::proxy).
    #[must_use]
    pub fn proxy_except(mut self, host: impl Into<String>) -> Self {
        self.proxy_except.push(host.into());
        self
    }

    /// Sets the name that requests bear in `User-Agent`, such as `acme-reports/1.2`.
    #[must_use]
    pub fn user_agent(mut self, name: impl Into<String>) -> Self {
        self.user_agent = Some(name.into());
        self
    }

    /// Sets the longest time to make a connection.
    #[must_use]
    pub fn connect_timeout(mut self, longest: Duration) -> Self {
        self.connect_timeout = longest;
        self
    }

    /// Sets the longest silence while an answer arrives.
    #[must_use]
    pub fn read_timeout(mut self, longest: Duration) -> Self {
        self.read_timeout = longest;
        self
    }

    /// Sets the longest time for one request altogether.
    #[must_use]
    pub fn total_timeout(mut self, longest: Duration) -> Self {
        self.total_timeout = longest;
        self
    }

    /// Sets the largest answer in bytes, counted after decompression.
    #[must_use]
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.body_limit = bytes;
        self
    }

    /// Finds `host` at `address`, whatever the machine says.
    #[must_use]
    pub fn address(mut self, host: impl Into<String>, address: IpAddr) -> Self {
        self.addresses.entry(host.into()).or_default().push(address);
        self
    }

    /// Keeps at most so many connections to one host while nothing is sent.
    #[must_use]
    pub fn idle_connections(mut self, most: usize) -> Self {
        self.idle_connections = Some(most);
        self
    }

    /// Keeps such a connection at most so long.
    #[must_use]
    pub fn idle_timeout(mut self, longest: Duration) -> Self {
        self.idle_timeout = longest;
        self
    }

    /// Has at most so many requests in flight, of all accounts together.
    #[must_use]
    pub fn requests_in_flight(mut self, most: usize) -> Self {
        self.requests_in_flight = Some(most);
        self
    }
}

/// The proxy to go through: `"environment"`, `"none"`, or its address.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub enum ProxyChoice {
    /// The one that `HTTPS_PROXY` or `ALL_PROXY` names, but for the hosts in `NO_PROXY`.
    #[default]
    Environment,
    /// None.
    None,
    /// The one at this address, such as `http://proxy.example:3128`; it may hold a password.
    At(Secret),
}

impl<'de> Deserialize<'de> for ProxyChoice {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let address = Secret::deserialize(deserializer)?;
        Ok(match address.expose() {
            "environment" => Self::Environment,
            "none" => Self::None,
            _ => Self::At(address),
        })
    }
}

/// Certificates, with or without a private key, as PEM: the path of a file, or the text itself.
#[derive(Clone)]
#[non_exhaustive]
pub enum Pem {
    /// The file.
    File(PathBuf),
    /// The text.
    Text(Secret),
}

impl<T: Into<Secret>> From<T> for Pem {
    /// The text where it looks like PEM, else the path of a file.
    fn from(text: T) -> Self {
        let text = text.into();
        match text.expose().contains("-----BEGIN ") {
            true => Self::Text(text),
            false => Self::File(text.expose().into()),
        }
    }
}

impl<'de> Deserialize<'de> for Pem {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        Secret::deserialize(deserializer).map(Self::from)
    }
}

impl fmt::Display for Pem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            Self::Text(_) => f.write_str("the PEM text"),
        }
    }
}

impl fmt::Debug for Pem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A time in seconds, more than none.
fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Duration, D::Error> {
    let seconds = f64::deserialize(deserializer)?;
    match Duration::try_from_secs_f64(seconds) {
        Ok(time) if !time.is_zero() => Ok(time),
        _ => Err(serde::de::Error::custom(
            "a time in seconds, more than 0, is expected",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> serde_json::Result<NetworkConfig> {
        serde_json::from_str(json)
    }

    #[test]
    fn nothing_is_asked_for_and_what_is_unknown_is_refused() {
        let (read_empty, default) = (read("{}").unwrap(), NetworkConfig::new());
        assert_eq!(format!("{read_empty:?}"), format!("{default:?}"));
        let error = read("{\"proxi\":\"x\"}").unwrap_err().to_string();
        assert!(error.contains("proxi"), "{error}");
    }

    #[test]
    fn times_are_seconds() {
        let config = read("{\"connect_timeout\":2.5,\"read_timeout\":7}").unwrap();
        assert_eq!(config.connect_timeout, Duration::from_millis(2500));
        assert_eq!(config.read_timeout, Duration::from_secs(7));
        for wrong in ["0", "-1", "1e300", "\"5\""] {
            assert!(read(&format!("{{\"total_timeout\":{wrong}}}")).is_err());
        }
    }

    #[test]
    fn a_proxy_is_a_word_or_an_address_and_is_never_shown() {
        let proxy = |json: &str| read(&format!("{{\"proxy\":\"{json}\"}}")).unwrap().proxy;
        assert!(matches!(proxy("environment"), ProxyChoice::Environment));
        assert!(matches!(proxy("none"), ProxyChoice::None));
        let at = proxy("http://me:pa55w0rd@proxy:3128");
        assert!(!format!("{at:?}").contains("pa55"), "{at:?}");
    }

    #[test]
    fn pem_is_text_or_a_file_and_a_key_is_never_shown() {
        let file = Pem::from("corporate.pem");
        assert_eq!(format!("{file:?}"), "corporate.pem");
        let text = Pem::from("-----BEGIN PRIVATE KEY-----\ns3cr3t");
        assert_eq!(format!("{text:?}"), "the PEM text");
    }
}
