//! Addresses that credentials may be sent to.

use http::Uri;
use url::{Host, Url};

use crate::error::{Error, ErrorKind, Result};

/// The origin of a vendor's API: scheme, host and port, nothing else.
///
/// Only `https`, or plain `http` to a loopback address, so that no credential
/// travels in clear.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Endpoint(Url);

impl Endpoint {
    /// Reads an origin such as `https://api.example.com` or `http://127.0.0.1:8080`.
    ///
    /// # Errors
    /// `config` when it is no URL, carries a user name, path, query or fragment,
    /// or is plain http to a host that is not loopback.
    pub fn parse(text: &str) -> Result<Self> {
        let text = text.trim();
        let url = Url::parse(text).map_err(|error| {
            Error::config(format!("the endpoint is not a URL: {error}"))
                .with_hint("write it as https://host or, for loopback, http://127.0.0.1:port")
        })?;
        if !matches!(url.scheme(), "https" | "http") || url.host().is_none() {
            return Err(Error::config(format!(
                "the endpoint's scheme `{}` is not https",
                url.scheme()
            )));
        }
        if url.scheme() == "http" && !is_loopback(&url) {
            return Err(
                Error::config("the endpoint is plain http to a host that is not loopback")
                    .with_hint(
                        "use https; http is accepted for 127.0.0.1, [::1] and localhost only",
                    ),
            );
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Error::config(
                "the endpoint carries a user name or password",
            ));
        }
        if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
            return Err(
                Error::config("the endpoint is an origin, without path or query")
                    .with_hint("leave away everything after the host and port"),
            );
        }
        Ok(Self(url))
    }

    /// The origin of `url`, whatever its path.
    ///
    /// # Errors
    /// `config` when it is plain http to a host that is not loopback, or carries a user name.
    pub fn of(url: &Url) -> Result<Self> {
        let mut origin = url.clone();
        origin.set_path("");
        origin.set_query(None);
        origin.set_fragment(None);
        Self::parse(origin.as_str())
    }

    /// Tells whether it is on this machine: a loopback address, or `localhost`.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.0)
    }

    // Not by `Url::origin`: that of a `blob:` address is the origin of the one inside it.
    pub(super) fn covers(&self, url: &Url) -> bool {
        let origin = &self.0;
        url.scheme() == origin.scheme()
            && url.host() == origin.host()
            && url.port_or_known_default() == origin.port_or_known_default()
    }

    /// The address of `path` on this origin.
    ///
    /// An id goes into [`path`](Self::path) instead: here it could be more than one segment.
    ///
    /// # Errors
    /// `config` when `path` leads to another origin, or holds a control character: an address
    /// would leave it out, and lead to something else.
    pub fn join(&self, path: &str) -> Result<Url> {
        if path.contains(char::is_control) {
            return Err(Error::config("the path holds a control character"));
        }
        let joined = self
            .0
            .join(path)
            .map_err(|error| Error::config(format!("not a path: {error}")))?;
        if self.covers(&joined) {
            Ok(joined)
        } else {
            Err(Error::config("the path leads to another host"))
        }
    }

    /// The address on this origin whose path has `segments`, such as a collection and an id.
    ///
    /// An id is opaque text: each segment stays one, whatever it holds.
    ///
    /// ```
    /// use lmsync_core::http::Endpoint;
    ///
    /// let endpoint = Endpoint::parse("https://api.example.com")?;
    /// let url = endpoint.path(["devices", "7/../8?all"])?;
    /// assert_eq!(url.as_str(), "https://api.example.com/devices/7%2F..%2F8%3Fall");
    /// assert!(endpoint.path(["devices", ".."]).is_err());
    /// # Ok::<(), lmsync_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `not_found` when a segment is empty, a step such as `..`, or holds a control character: no
    /// record has such an id.
    pub fn path<'s>(&self, segments: impl IntoIterator<Item = &'s str>) -> Result<Url> {
        let mut url = self.0.clone();
        let segments: Vec<&str> = segments.into_iter().collect();
        // The address would leave these out, and lead to something else.
        if segments.iter().any(|text| is_left_out(text)) {
            let why = "an id is empty, a step in a path, or holds a control character";
            return Err(Error::new(ErrorKind::NotFound, why)
                .with_hint("take the id from a listing of the same account"));
        }
        if let Ok(mut path) = url.path_segments_mut() {
            path.clear().extend(segments);
        }
        Ok(url)
    }

    pub(super) fn is_allowed(uri: &Uri) -> bool {
        match uri.scheme_str() {
            Some("https") => true,
            Some("http") => Url::parse(&uri.to_string()).is_ok_and(|url| is_loopback(&url)),
            _ => false,
        }
    }
}

/// Tells whether a path has no segment for all of `text`.
fn is_left_out(text: &str) -> bool {
    // Tabs and line breaks alone are left out: "1\n7" would be the record 17.
    matches!(text, "" | "." | "..") || text.contains(char::is_control)
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_accepted() {
        for text in [
            "https://api.superops.ai",
            " https://api.superops.ai/ ",
            "https://host:8443",
            "http://127.0.0.1:8080",
            "http://[::1]:8080/",
            "http://localhost:1",
        ] {
            assert!(Endpoint::parse(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn everything_else_is_a_config_error() {
        for text in [
            "",
            "acme",
            "api.superops.ai",
            "ftp://host",
            "file:///etc/passwd",
            "http://api.superops.ai",
            "http://127.0.0.1.evil.com",
            "http://localhost.evil.com",
            "https://user@host",
            "https://user:pass@host",
            "https://host/msp",
            "https://host/?q=1",
            "https://host/#top",
        ] {
            let error = Endpoint::parse(text).expect_err(text);
            assert_eq!(error.kind(), ErrorKind::Config, "{text}");
        }
    }

    #[test]
    fn a_segment_is_one_whatever_it_holds() {
        let endpoint = Endpoint::parse("https://api.example.com").unwrap();
        for (id, path) in [
            ("17", "/devices/17"),
            ("a b/ä", "/devices/a%20b%2F%C3%A4"),
            ("?x=1#y", "/devices/%3Fx=1%23y"),
            ("%2e%2e", "/devices/%252e%252e"),
            ("//evil.com", "/devices/%2F%2Fevil.com"),
            ("\\evil.com", "/devices/%5Cevil.com"),
        ] {
            let url = endpoint.path(["devices", id]).expect(id);
            assert_eq!(url.as_str(), format!("https://api.example.com{path}"));
        }
        for id in ["", ".", ".."] {
            let error = endpoint.path(["devices", id]).expect_err(id);
            assert_eq!(error.kind(), ErrorKind::NotFound, "{id:?}");
        }
    }

    #[test]
    fn an_id_with_a_control_character_is_refused_and_never_shortened_into_another() {
        let endpoint = Endpoint::parse("https://api.example.com").unwrap();
        for id in [
            "1\t7",
            "1\n7",
            "17\r\n",
            "\t17",
            ".\t.",
            "\n",
            "17\0",
            "17\u{1b}[2J",
            "17\u{7f}",
            "1\u{85}7",
        ] {
            let error = endpoint.path(["devices", id]).expect_err(id);
            assert_eq!(error.kind(), ErrorKind::NotFound, "{id:?}");
            assert!(endpoint.join(&format!("/devices/{id}")).is_err(), "{id:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn two_ids_never_have_one_address(
            one in "[17\\t\\n\\r./%?# ]{0,3}",
            other in "[17\\t\\n\\r./%?# ]{0,3}",
        ) {
            let endpoint = Endpoint::parse("https://api.example.com").unwrap();
            let address = |id: &str| endpoint.path(["devices", id, "fields"]);
            if let (Ok(first), Ok(second)) = (address(&one), address(&other)) {
                proptest::prop_assert_eq!(first == second, one == other);
                proptest::prop_assert_eq!(first.path_segments().unwrap().count(), 3);
                proptest::prop_assert!(first.query().is_none() && first.fragment().is_none());
            }
        }
    }

    #[test]
    fn a_path_cannot_lead_away() {
        let endpoint = Endpoint::parse("https://api.example.com").unwrap();
        assert_eq!(
            endpoint.join("/msp").unwrap().as_str(),
            "https://api.example.com/msp"
        );
        for path in [
            "https://evil.com/",
            "//evil.com/x",
            "http://api.example.com/",
        ] {
            assert!(endpoint.join(path).is_err(), "{path}");
        }
    }
}
