//! The origins that a client may send to.

use url::Url;

use super::call::Call;
use super::endpoint::Endpoint;
use crate::error::{Error, Result};

/// The origins that a client was made for: no credential goes to any other.
#[derive(Debug, Clone)]
pub(super) struct Origins(Vec<Endpoint>);

impl Origins {
    pub(super) fn of(endpoint: &Endpoint) -> Self {
        Self(vec![endpoint.clone()])
    }

    pub(super) fn add(&mut self, endpoint: &Endpoint) {
        self.0.push(endpoint.clone());
    }

    fn has(&self, url: &Url) -> bool {
        self.0.iter().any(|origin| origin.covers(url))
    }

    /// Refuses a call to anywhere else.
    pub(super) fn require(&self, call: &Call) -> Result<()> {
        let url = Url::parse(&call.request.uri().to_string());
        match url {
            Ok(url) if has_user(&url) => Err(Error::config(
                "the address of the request carries a user name or password: nothing was sent",
            )
            .with_operation(call.operation)
            .with_hint("take it out of the configured address")),
            Ok(url) if self.has(&url) => Ok(()),
            _ => {
                let host = call
                    .request
                    .uri()
                    .host()
                    .unwrap_or("an address without a host");
                Err(Error::config(format!(
                    "the request goes to {host}, which this client was not made for: nothing was sent"
                ))
                .with_operation(call.operation)
                .with_hint("declare the origin when the client is built, if it is the vendor's"))
            }
        }
    }

    /// The address of `link`, which came with the answer to `page`.
    pub(super) fn follow(&self, page: &Url, link: &str) -> Result<Url> {
        let wrong = |what: String| {
            Error::vendor(format!(
                "the vendor's link to the next page {what}: it is not followed"
            ))
            .with_hint("report it to the vendor; credentials are sent to declared hosts only")
        };
        if link.trim().is_empty() {
            return Err(wrong("is empty".to_owned()));
        }
        if link.contains(|c: char| c.is_control() || c == '\\') {
            return Err(wrong("holds characters that no address has".to_owned()));
        }
        let mut url = page
            .join(link.trim())
            .map_err(|error| wrong(format!("is no address ({error})")))?;
        if has_user(&url) {
            return Err(wrong("carries a user name or password".to_owned()));
        }
        if !self.has(&url) {
            let (scheme, host) = (url.scheme(), url.host_str().unwrap_or_default());
            let port = url
                .port()
                .map(|port| format!(":{port}"))
                .unwrap_or_default();
            return Err(wrong(format!("leads to {scheme}://{host}{port}")));
        }
        url.set_fragment(None);
        Ok(url)
    }
}

fn has_user(url: &Url) -> bool {
    !url.username().is_empty() || url.password().is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;

    fn origins() -> Origins {
        let mut origins = Origins::of(&Endpoint::parse("https://api.example.com").unwrap());
        origins.add(&Endpoint::parse("https://eu.example.com:8443").unwrap());
        origins
    }

    fn page() -> Url {
        Url::parse("https://api.example.com/v1/devices?limit=5").unwrap()
    }

    #[test]
    fn a_link_is_followed_within_the_declared_origins() {
        for (link, followed) in [
            (
                "/v1/devices?after=7",
                "https://api.example.com/v1/devices?after=7",
            ),
            ("?after=7", "https://api.example.com/v1/devices?after=7"),
            (" next ", "https://api.example.com/v1/next"),
            (
                "https://api.example.com:443/x#top",
                "https://api.example.com/x",
            ),
            ("//api.example.com/x", "https://api.example.com/x"),
            (
                "https://eu.example.com:8443/x",
                "https://eu.example.com:8443/x",
            ),
        ] {
            let url = origins().follow(&page(), link).unwrap();
            assert_eq!(url.as_str(), followed, "{link}");
        }
    }

    #[test]
    fn a_link_to_anywhere_else_is_refused_and_its_host_named() {
        for link in [
            "https://evil.example/x",
            "//evil.example/x",
            "http://api.example.com/x",
            "https://api.example.com:444/x",
            "https://api.example.com.evil.example/x",
            "ftp://api.example.com/x",
            "javascript:alert(1)",
            "blob:https://api.example.com/x",
        ] {
            let error = origins().follow(&page(), link).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Vendor, "{link}");
            assert!(error.message().contains("leads to"), "{error}");
        }
        for link in [
            "https://user@api.example.com/x",
            "https://user:pass@api.example.com/x",
            "https://[",
            "",
            " ",
            "\\\\evil.example\\x",
            "/x\r\ny: z",
        ] {
            assert!(origins().follow(&page(), link).is_err(), "{link}");
        }
    }

    #[test]
    fn a_call_to_another_origin_is_refused_before_anything_is_sent() {
        let call = |url: &str| Call::get("list", &Url::parse(url).unwrap()).unwrap();
        assert!(
            origins()
                .require(&call("https://api.example.com/x"))
                .is_ok()
        );
        for other in ["https://evil.example/x", "http://api.example.com/x"] {
            let error = origins().require(&call(other)).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Config);
            assert_eq!(error.operation(), Some("list"));
        }
    }
}
