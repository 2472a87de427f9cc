//! A database's URL: where it is, and how safe the way to it is.

use std::env;
use std::net::IpAddr;
use std::time::Duration;

use lmsync_core::{Error, Result};
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};
use url::form_urlencoded;

use super::tls::Tls;

/// Longest wait for each address of the server. Assumed: one that is there answers in a second.
const CONNECT: Duration = Duration::from_secs(10);
/// A server that does not answer for so long is not there any more.
const SILENCE: Duration = Duration::from_secs(60);
/// After so long without a word the way to the server is tried. Assumed: routers forget a connection after
/// some minutes.
const IDLE: Duration = Duration::from_secs(30);
/// The value that tokio-postgres has for it where the URL says nothing.
const NO_IDLE: Duration = Duration::from_secs(2 * 60 * 60);

/// The way to a database.
#[derive(Clone)]
pub(super) struct Settings {
    pub(super) config: Config,
    /// The means of a secure connection, if it is to be one.
    pub(super) tls: Option<Tls>,
}

impl Settings {
    /// The settings of `url`, and `PGPASSWORD` where it has no password.
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

/// The parts of a URL about the way to its host. tokio-postgres knows less of it than people write.
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

#[cfg(test)]
mod tests {
    use lmsync_core::ErrorKind;

    use super::*;

    /// Tells whether the connection to `url` is to be secure.
    fn is_secure(url: &str) -> bool {
        let (url, safety) = Safety::taken_from(url).unwrap();
        safety.wants_tls(&url.parse().unwrap())
    }

    #[test]
    fn nothing_goes_to_another_machine_in_plain_text_unless_that_is_said() {
        for here in [
            "localhost",
            "127.0.0.1:5433",
            "127.8.8.8",
            "%2Fvar%2Frun%2Fpostgresql",
            "localhost,127.0.0.1",
        ] {
            let url = format!("postgres://me:secret@{here}/db");
            assert!(!is_secure(&url), "{url}");
            assert!(!is_secure(&format!("{url}?sslmode=prefer")));
            assert!(is_secure(&format!("{url}?sslmode=require")));
        }
        for elsewhere in [
            "db.example.com",
            "10.0.0.1:5433",
            "localhost.example.com",
            "localhost,db.example.com",
        ] {
            let url = format!("postgres://me:secret@{elsewhere}/db");
            assert!(is_secure(&url), "{url}");
            for mode in ["allow", "prefer", "require", "verify-ca", "verify-full"] {
                assert!(is_secure(&format!(
                    "{url}?application_name=a&sslmode={mode}"
                )));
            }
            assert!(!is_secure(&format!("{url}?sslmode=disable")));
        }
        // The address counts, whatever the name is.
        assert!(is_secure("postgres://me@localhost/db?hostaddr=10.0.0.1"));
        assert!(!is_secure(
            "postgres://me@db.example.com/db?hostaddr=127.0.0.1"
        ));
    }

    #[test]
    fn a_connection_is_secure_or_refused_where_it_has_to_be() {
        let settings = Settings::of("postgres://me:secret@db.example.com/db", None);
        match cfg!(feature = "postgres-tls") {
            true => assert_eq!(settings.unwrap().config.get_ssl_mode(), SslMode::Require),
            false => {
                let error = settings.err().unwrap();
                assert!(error.hint().unwrap().contains("postgres-tls"), "{error}");
            }
        }
        let settings = Settings::of("postgres://me@localhost/db", None).unwrap();
        assert_eq!(settings.config.get_ssl_mode(), SslMode::Disable);
    }

    #[test]
    fn what_the_url_says_of_safety_is_taken_out_of_it() {
        let safety = |mode, root: Option<&str>| Safety {
            mode,
            root: root.map(ToOwned::to_owned),
        };
        for (url, rest, told) in [
            (
                "postgres://h/db",
                "postgres://h/db",
                safety(Mode::Prefer, None),
            ),
            (
                "postgres://u:p?sslmode=disable@h/db?sslmode=require",
                "postgres://u:p?sslmode=disable@h/db",
                safety(Mode::Require, None),
            ),
            (
                "postgres://h/db?user=a&sslrootcert=%2Fa+b%20c.pem&connect_timeout=3",
                "postgres://h/db?user=a&connect_timeout=3",
                safety(Mode::Prefer, Some("/a+b c.pem")),
            ),
            (
                "postgres://h/db?sslrootcert=system&sslmode=verify-full",
                "postgres://h/db",
                safety(Mode::Require, None),
            ),
        ] {
            assert_eq!(Safety::taken_from(url).unwrap(), (rest.to_owned(), told));
        }
    }

    #[test]
    fn the_password_comes_from_the_url_first() {
        let password = |url, variable| {
            let settings = Settings::of(url, variable).unwrap();
            settings.config.get_password().map(<[u8]>::to_vec)
        };
        let with = |text: &str| Some(text.as_bytes().to_vec());
        assert_eq!(
            password("postgres://u:a%40b@localhost/db", Some("c")),
            with("a@b")
        );
        assert_eq!(password("postgres://u@localhost/db", Some("c")), with("c"));
        assert_eq!(password("postgres://u@localhost/db", None), None);
    }

    #[test]
    fn what_the_url_says_counts_before_what_is_assumed() {
        let url = "postgres://u@localhost/db?application_name=nightly&connect_timeout=3&keepalives_idle=5";
        let config = Settings::of(url, None).unwrap().config;
        assert_eq!(config.get_application_name(), Some("nightly"));
        assert_eq!(config.get_connect_timeout(), Some(&Duration::from_secs(3)));
        assert_eq!(config.get_keepalives_idle(), Duration::from_secs(5));
        let config = Settings::of("postgres://u@localhost/db", None)
            .unwrap()
            .config;
        assert_eq!(config.get_application_name(), Some("lmsync"));
        assert_eq!(config.get_connect_timeout(), Some(&CONNECT));
        assert_eq!(config.get_keepalives_idle(), IDLE);
    }

    #[test]
    fn a_url_that_names_no_host_is_told() {
        let error = Settings::of("postgres:///db", None).err().unwrap();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.message().contains("no host"), "{error}");
    }
}
