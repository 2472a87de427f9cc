//! A database's URL: where it is, and how safe the way to it is.

use std::env;
use std::net::IpAddr;
use std::time::Duration;

use lmsync_core::{Error, Result};
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};
use url::form_urlencoded;

use super::tls::Tls;

/// So long is waited for each address of the server. Assumed: one that is there answers in a second.
const CONNECT: Duration = Duration::from_secs(10);
/// A server that does not answer for so long is not there any more.
const SILENCE: Duration = Duration::from_secs(60);
/// After so long without a word the way to the server is tried. Assumed: routers forget a connection after
/// some minutes.
const IDLE: Duration = Duration::from_secs(30);
/// What tokio-postgres has for it where the URL says nothing.
const NO_IDLE: Duration = Duration::from_secs(2 * 60 * 60);

/// The way to a database.
#[derive(Clone)]
pub(super) struct Settings {
    pub(super) config: Config,
    /// What makes the connection secure, if it is to be.
    pub(super) tls: Option<Tls>,
}

impl Settings {
    /// What `url` says, and `PGPASSWORD` where it has no password.
    pub(super) fn read(url: &str) -> Result<Self> {
        Self::of(url, env::var("PGPASSWORD").ok().as_deref())
    }

    fn of(url: &str, password: Option<&str>) -> Result<Self> {
        let (url, safety) = Safety::taken_from(url)?;
        // The text may hold a password anywhere, so that no error quotes it.
        let mut config: Config = url.parse().map_err(|_| unreadable("it cannot be read"))?;
        if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
            return Err(unreadable("it names no host"));
        }
        if let (None, Some(password)) = (config.get_password(), password) {
            config.password(password);
        }
        complete(&mut config);
        let tls = match safety.wants_tls(&config) {
            true => Some(Tls::trusting(safety.root.as_deref())?),
            false => None,
        };
        config.ssl_mode(match &tls {
            Some(_) => SslMode::Require,
            None => SslMode::Disable,
        });
        Ok(Self { config, tls })
    }
}

fn complete(config: &mut Config) {
    if config.get_application_name().is_none() {
        config.application_name("lmsync");
    }
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(CONNECT);
    }
    if config.get_tcp_user_timeout().is_none() {
        config.tcp_user_timeout(SILENCE);
    }
    if config.get_keepalives_idle() == NO_IDLE {
        config.keepalives_idle(IDLE);
    }
}

fn unreadable(why: &str) -> Error {
    Error::config(format!("the URL of the Postgres database: {why}")).with_hint(
        "write postgres://USER:PASSWORD@HOST:PORT/DATABASE?OPTION=VALUE, with each of :/?#[]@% in a name or password as %XX",
    )
}

/// What a URL says about the way to its host. tokio-postgres knows less of it than people write.
#[derive(Debug, Default, PartialEq)]
struct Safety {
    mode: Mode,
    /// The file of the certificates to trust, in place of the system's.
    root: Option<String>,
}

#[derive(Debug, Default, Clone, Copy, PartialEq)]
enum Mode {
    /// Plain text, wherever the host is.
    Disable,
    /// Plain text on this machine alone.
    #[default]
    Prefer,
    Require,
}

impl Safety {
    /// `url` without what is told of it.
    fn taken_from(url: &str) -> Result<(String, Self)> {
        let mut safety = Self::default();
        // A password may have a question mark.
        let host = url.find('@').unwrap_or_default();
        let Some(query) = url[host..].find('?') else {
            return Ok((url.to_owned(), safety));
        };
        let (base, query) = url.split_at(host + query);
        let mut rest = Vec::new();
        for pair in query[1..].split('&') {
            match value_of(pair) {
                Some(("sslmode", mode)) => safety.mode = Mode::of(&mode)?,
                // As libpq has it.
                Some(("sslrootcert", root)) => safety.root = (root != "system").then_some(root),
                _ => rest.push(pair),
            }
        }
        let mark = if rest.is_empty() { "" } else { "?" };
        Ok((format!("{base}{mark}{}", rest.join("&")), safety))
    }

    fn wants_tls(&self, config: &Config) -> bool {
        match self.mode {
            Mode::Disable => false,
            Mode::Prefer => !is_here(config),
            Mode::Require => true,
        }
    }
}

impl Mode {
    fn of(mode: &str) -> Result<Self> {
        Ok(match mode {
            "disable" => Self::Disable,
            "allow" | "prefer" => Self::Prefer,
            // Who is connected to is looked at in any case.
            "require" | "verify-ca" | "verify-full" => Self::Require,
            _ => {
                return Err(unreadable(
                    "its sslmode is none of disable, prefer, require, verify-full",
                ));
            }
        })
    }
}

/// The option and its value that `pair` gives.
fn value_of(pair: &str) -> Option<(&str, String)> {
    let (name, _) = pair.split_once('=')?;
    // A plus is a plus here.
    let pair = pair.replace('+', "%2B");
    let (_, value) = form_urlencoded::parse(pair.as_bytes()).next()?;
    Some((name, value.into_owned()))
}

/// Tells whether every address of the server is on this machine.
fn is_here(config: &Config) -> bool {
    let addresses = config.get_hostaddrs();
    match addresses.is_empty() {
        true => config.get_hosts().iter().all(is_host_here),
        false => addresses.iter().all(IpAddr::is_loopback),
    }
}

fn is_host_here(host: &Host) -> bool {
    match host {
        Host::Tcp(name) if name == "localhost" => true,
        Host::Tcp(name) => name
            .parse()
            .is_ok_and(|address: IpAddr| address.is_loopback()),
        #[cfg(unix)]
        Host::Unix(_) => true,
    }
}
