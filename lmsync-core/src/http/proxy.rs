//! The proxy that the settings or the environment name.

use std::env::VarError;

use reqwest::{NoProxy, Proxy};
use url::Url;

use super::network::NetworkConfig;
use super::transport::{TransportError, TransportErrorKind};
use crate::error::{Error, Result};
use crate::secret::{Secret, SecretSource};

/// Variables that name the proxy for https, the first of them that is not empty. Plain http is for
/// loopback alone and goes there directly, so that `HTTP_PROXY` is of no use.
const PROXY: [&str; 4] = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
/// Variables that name hosts to reach directly, the first of them that is set.
const NO_PROXY: [&str; 2] = ["NO_PROXY", "no_proxy"];
/// Hosts that no proxy can reach: what is meant is this machine.
const LOOPBACK: &str = "localhost,127.0.0.0/8,::1";
/// Set where a web server runs the program; its callers set `HTTP_PROXY` then, and nobody else.
const IS_CGI: &str = "REQUEST_METHOD";

/// The proxy for https, with the hosts that are reached without it, of the variables that `read` gives.
///
/// A value that cannot be meant is an error, not a direct connection: whoever names a proxy may not
/// want to be seen without it. Errors name the variable and never quote it: it may hold a password.
pub(super) fn for_https(
    read: impl Fn(&str) -> Result<String, VarError>,
) -> Result<Option<Proxy>, TransportError> {
    let is_set = |name: &&str| !matches!(&read(name), Err(VarError::NotPresent));
    if is_set(&IS_CGI) {
        return Ok(None);
    }
    let mut named = PROXY
        .into_iter()
        .filter(is_set)
        .map(|name| (name, read(name)));
    let Some((name, value)) = named.find(|(_, value)| value.as_deref() != Ok("")) else {
        return Ok(None);
    };
    let wrong = |why: &str| {
        let detail = format!("the environment variable {name} {why}");
        TransportError::new(TransportErrorKind::Proxy, detail)
    };
    let value = value.map_err(|_| wrong("is no text"))?;
    let address = address(&value).map_err(wrong)?;
    let proxy = Proxy::https(address).map_err(|_| wrong("names no proxy that can be used"))?;
    let direct = NO_PROXY.into_iter().find_map(|name| read(name).ok());
    let direct = format!("{LOOPBACK},{}", direct.unwrap_or_default());
    Ok(Some(proxy.no_proxy(NoProxy::from_string(&direct))))
}

/// The proxy at `address`, with the user and the exceptions that `config` has.
pub(super) fn at(named: &Secret, config: &NetworkConfig) -> Result<Proxy> {
    let wrong = |setting: &str, why: &str| Error::config(format!("`{setting}` {why}"));
    let address = address(named.expose()).map_err(|why| wrong("proxy", why))?;
    let mut proxy =
        Proxy::https(address).map_err(|_| wrong("proxy", "names no proxy that can be used"))?;
    if let Some(user) = &config.proxy_user {
        let password = config.proxy_password.as_ref();
        let password = password.map(SecretSource::resolve).transpose()?;
        let password = password.as_ref().map_or("", Secret::expose);
        if user.contains(':') {
            return Err(wrong("proxy_user", "holds a colon"));
        }
        proxy = proxy.basic_auth(user, password);
    } else if config.proxy_password.is_some() {
        return Err(wrong("proxy_password", "is of no use without `proxy_user`"));
    }
    let direct = format!("{LOOPBACK},{}", config.proxy_except.join(","));
    Ok(proxy.no_proxy(NoProxy::from_string(&direct)))
}

/// Refuses settings of a proxy that the settings do not name.
pub(super) fn require_no_settings(config: &NetworkConfig) -> Result<()> {
    let unused = [
        ("proxy_user", config.proxy_user.is_some()),
        ("proxy_password", config.proxy_password.is_some()),
        ("proxy_except", !config.proxy_except.is_empty()),
    ];
    match unused.into_iter().find(|(_, is_set)| *is_set) {
        None => Ok(()),
        Some((setting, _)) => Err(Error::config(format!(
            "`{setting}` is of no use without `proxy`"
        ))
        .with_hint("name the proxy's address there, such as http://proxy.example:3128")),
    }
}

/// The address in `value`, which may leave the scheme away.
fn address(value: &str) -> Result<Url, &'static str> {
    let address = match value.contains("://") {
        true => Url::parse(value),
        false => Url::parse(&format!("http://{value}")),
    };
    match address {
        Err(_) => Err("is no address"),
        Ok(address) if !matches!(address.scheme(), "http" | "https") => {
            Err("names a proxy that is neither http:// nor https://")
        }
        // As in `http//proxy`, of which the host would be `http`.
        Ok(address) if address.path() != "/" => Err("is no address"),
        Ok(address) => Ok(address),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::network::ProxyChoice;
    use crate::http::tls;

    fn proxy(variables: &[(&str, &str)]) -> Result<Option<Proxy>, TransportError> {
        for_https(|name| {
            let found = variables.iter().find(|(own, _)| *own == name);
            found
                .map(|(_, value)| (*value).to_owned())
                .ok_or(VarError::NotPresent)
        })
    }

    #[test]
    fn a_proxy_that_cannot_be_meant_is_an_error_that_names_the_variable() {
        for name in PROXY {
            for value in [
                "http://",
                "http://user:pa55w0rd@",
                "http://user:pa55w0rd@proxy:99999",
                "http://user:pa5#5w0rd@proxy:3128",
                "socks5://user:pa55w0rd@proxy:1080",
                "ftp://pa55w0rd.example",
                "pro xy:3128",
                "http//pa55w0rd:3128:x",
                " ",
            ] {
                let error = proxy(&[(name, value)]).expect_err(value);
                assert_eq!(error.kind(), TransportErrorKind::Proxy);
                let shown = format!("{error} {error:?}");
                assert!(shown.contains(name), "{shown}");
                assert!(!shown.contains("pa5"), "{shown}");
            }
        }
    }

    #[test]
    fn a_proxy_is_taken_from_the_first_variable_that_names_one() {
        for value in [
            "http://proxy:3128",
            "https://proxy",
            "proxy.example:3128",
            "127.0.0.1:3128",
            "http://user:pa55%23w0rd@proxy:3128/",
        ] {
            for name in PROXY {
                let found = proxy(&[(name, value)]).unwrap().expect(value);
                let client = tls::trust_none(reqwest::Client::builder()).proxy(found);
                let shown = format!("{:?}", client.build().unwrap());
                assert!(!shown.contains("pa55"), "{shown}");
            }
        }
        assert!(proxy(&[("HTTPS_PROXY", "proxy"), ("ALL_PROXY", "http://")]).is_ok());
        assert!(proxy(&[("HTTPS_PROXY", ""), ("ALL_PROXY", "http://")]).is_err());
    }

    #[test]
    fn without_a_proxy_for_https_there_is_none() {
        for variables in [
            &[][..],
            &[("HTTPS_PROXY", "")],
            &[("HTTP_PROXY", "http://"), ("http_proxy", "http://")],
            &[("HTTPS_PROXY", "http://"), (IS_CGI, "GET")],
        ] {
            assert!(proxy(variables).unwrap().is_none(), "{variables:?}");
        }
    }

    #[test]
    fn a_proxy_of_the_settings_is_used_or_refused_and_never_shown() {
        let at = |config: &NetworkConfig| match &config.proxy {
            ProxyChoice::At(address) => at(address, config),
            _ => panic!("no address"),
        };
        let config = NetworkConfig::new().proxy("http://proxy:3128");
        let proxy = at(&config.clone().proxy_user("me", "pa55w0rd")).unwrap();
        let client = tls::trust_none(reqwest::Client::builder()).proxy(proxy);
        let shown = format!("{:?}", client.build().unwrap());
        assert!(
            !shown.contains("pa55") && !shown.contains("cGE1NX"),
            "{shown}"
        );
        assert!(at(&config.clone().proxy_user("m:e", "x")).is_err());
        for address in ["socks5://pa55w0rd@proxy", "http://me:pa5#5@proxy:1", " "] {
            let error = at(&NetworkConfig::new().proxy(address)).unwrap_err();
            assert!(error.to_string().contains("`proxy`"), "{error}");
            assert!(!format!("{error} {error:?}").contains("pa5"), "{error:?}");
        }
    }

    #[test]
    fn settings_of_a_proxy_that_is_not_named_are_refused() {
        require_no_settings(&NetworkConfig::new()).unwrap();
        for (config, setting) in [
            (NetworkConfig::new().proxy_user("me", "x"), "proxy_user"),
            (NetworkConfig::new().proxy_except("x"), "proxy_except"),
        ] {
            let error = require_no_settings(&config).unwrap_err().to_string();
            assert!(error.contains(setting), "{error}");
        }
    }
}
