//! The two addresses that Halo shows, from whatever form of them was pasted.

use lmsync_core::http::Endpoint;
use lmsync_core::{Error, Result};
use url::Url;

/// Endings that people leave on an address, or take over from the other one.
const ENDINGS: [&str; 3] = ["/token", "/auth", "/api"];

/// The address of the API, such as `https://acme.halopsa.com/api`.
pub(crate) fn resource(pasted: &str, hint: &str) -> Result<Url> {
    let (mut url, query) = read("Resource Server", pasted, hint)?;
    if query.is_some() {
        return Err(wrong("Resource Server", "carries a query", hint));
    }
    let path = format!("{}/api", bare_path(&url));
    url.set_path(&path);
    Ok(url)
}

/// Where to sign in: the addresses to try, in order, and the tenant if it was pasted along.
pub(crate) fn authorisation(pasted: &str, hint: &str) -> Result<(Vec<Url>, Option<String>)> {
    const WHAT: &str = "Authorisation Server";
    let (url, query) = read(WHAT, pasted, hint)?;
    let tenant = match query.as_deref() {
        None => None,
        Some(query) => Some(
            query
                .strip_prefix("tenant=")
                .filter(|tenant| !tenant.contains('&'))
                .ok_or_else(|| wrong(WHAT, "carries a query", hint))?
                .to_owned(),
        ),
    };
    let path = url.path().trim_end_matches('/').to_owned();
    let paths = if ends_with(&path, "/token") {
        vec![path]
    } else {
        match strip(&path, "/api").unwrap_or(&path) {
            // The site's own address: hosted ones answer at the first, on-premise ones at the second.
            "" => vec!["/token".to_owned(), "/auth/token".to_owned()],
            path => vec![format!("{path}/token")],
        }
    };
    let urls = paths
        .into_iter()
        .map(|path| {
            let mut url = url.clone();
            url.set_path(&path);
            url
        })
        .collect();
    Ok((urls, tenant))
}

/// The address without query, and the query.
fn read(what: &str, pasted: &str, hint: &str) -> Result<(Url, Option<String>)> {
    let text = pasted.trim();
    if text.is_empty() {
        return Err(wrong(what, "is empty", hint));
    }
    let is_odd = |c: char| c.is_whitespace() || c.is_control() || c == '\\';
    if text.contains(is_odd) {
        return Err(wrong(what, "holds characters that no address has", hint));
    }
    let text = if text.contains("://") {
        text.to_owned()
    } else {
        format!("https://{text}")
    };
    let mut url =
        Url::parse(&text).map_err(|error| wrong(what, &format!("is no URL: {error}"), hint))?;
    if url.fragment().is_some() {
        return Err(wrong(what, "carries a `#`", hint));
    }
    let query = url.query().map(ToOwned::to_owned);
    url.set_query(None);
    let mut origin = url.clone();
    origin.set_path("/");
    Endpoint::parse(origin.as_str()).map_err(|error| {
        Error::config(format!("the {what}: {}", error.message())).with_hint(hint)
    })?;
    let path = tidy(url.path());
    url.set_path(&path);
    Ok((url, query))
}

fn wrong(what: &str, why: &str, hint: &str) -> Error {
    Error::config(format!("the {what} {why}")).with_hint(hint)
}

/// `path` without empty segments.
fn tidy(path: &str) -> String {
    path.split('/')
        .filter(|segment| !segment.is_empty())
        .fold(String::new(), |path, segment| path + "/" + segment)
}

/// The path up to what tells the two addresses apart.
fn bare_path(url: &Url) -> String {
    let mut path = url.path().trim_end_matches('/');
    while let Some(shorter) = ENDINGS.iter().find_map(|ending| strip(path, ending)) {
        path = shorter;
    }
    path.to_owned()
}

fn strip<'p>(path: &'p str, ending: &str) -> Option<&'p str> {
    ends_with(path, ending).then(|| &path[..path.len() - ending.len()])
}

fn ends_with(path: &str, ending: &str) -> bool {
    path.len() >= ending.len()
        && path
            .get(path.len() - ending.len()..)
            .is_some_and(|end| end.eq_ignore_ascii_case(ending))
}

#[cfg(test)]
mod tests {
    use lmsync_core::ErrorKind;
    use proptest::prelude::*;

    use super::*;

    fn api(pasted: &str) -> String {
        resource(pasted, "hint").unwrap().to_string()
    }

    fn tokens(pasted: &str) -> Vec<String> {
        let (urls, _) = authorisation(pasted, "hint").unwrap();
        urls.iter().map(Url::to_string).collect()
    }

    #[test]
    fn every_pasted_form_of_the_resource_server_is_understood() {
        for pasted in [
            "https://acme.halopsa.com/api",
            "https://acme.halopsa.com/api/",
            "https://acme.halopsa.com",
            "https://acme.halopsa.com/",
            " acme.halopsa.com\n",
            "acme.halopsa.com/api",
            "https://acme.halopsa.com//api//",
            "HTTPS://ACME.halopsa.com/API/",
            "https://acme.halopsa.com/auth",
            "https://acme.halopsa.com/auth/token",
        ] {
            assert_eq!(api(pasted), "https://acme.halopsa.com/api", "{pasted}");
        }
        assert_eq!(
            api("https://desk.example/halo/api"),
            "https://desk.example/halo/api"
        );
        assert_eq!(api("http://127.0.0.1:8080/"), "http://127.0.0.1:8080/api");
    }

    #[test]
    fn every_pasted_form_of_the_authorisation_server_is_understood() {
        for pasted in [
            "https://acme.halopsa.com/auth",
            "https://acme.halopsa.com/auth/",
            "acme.halopsa.com/auth",
            "https://acme.halopsa.com/auth/token",
            "https://acme.halopsa.com/auth/token/",
        ] {
            assert_eq!(
                tokens(pasted),
                ["https://acme.halopsa.com/auth/token"],
                "{pasted}"
            );
        }
        for pasted in [
            "https://acme.halopsa.com",
            "acme.halopsa.com/",
            "acme.halopsa.com/api",
        ] {
            assert_eq!(
                tokens(pasted),
                [
                    "https://acme.halopsa.com/token",
                    "https://acme.halopsa.com/auth/token"
                ],
                "{pasted}"
            );
        }
        assert_eq!(
            tokens("https://auth.halopsa.com/token"),
            ["https://auth.halopsa.com/token"]
        );
        let (urls, tenant) = authorisation("auth.halopsa.com/token?tenant=acme", "hint").unwrap();
        assert_eq!(urls[0].as_str(), "https://auth.halopsa.com/token");
        assert_eq!(tenant.as_deref(), Some("acme"));
    }

    #[test]
    fn nothing_else_is_taken_for_an_address() {
        for pasted in [
            "",
            "  ",
            "https://",
            "http://acme.halopsa.com/api",
            "http://127.0.0.1.evil.example/api",
            "ftp://acme.halopsa.com",
            "https://user:hunter2@acme.halopsa.com/api",
            "acme@evil.example",
            "https://acme.halopsa.com/#/assets",
            "https://acme.halopsa.com/api?x=1",
            "acme .halopsa.com",
            "acme.halopsa.com\\api",
            "acme\r\nx: y",
        ] {
            for outcome in [
                resource(pasted, "hint").err(),
                authorisation(pasted, "hint").err(),
            ] {
                let error = outcome.expect(pasted);
                assert_eq!(error.kind(), ErrorKind::Config, "{pasted}");
                assert_eq!(error.hint(), Some("hint"), "{pasted}");
                assert!(!error.to_string().contains("hunter2"), "{error}");
            }
        }
    }

    proptest! {
        #[test]
        fn what_is_taken_is_always_a_safe_address(pasted in "(https?://)?.*") {
            if let Ok(url) = resource(&pasted, "hint") {
                prop_assert!(url.path().ends_with("/api"));
                prop_assert!(url.scheme() == "https" || url.scheme() == "http");
                prop_assert!(url.username().is_empty() && url.query().is_none());
            }
            if let Ok((urls, _)) = authorisation(&pasted, "hint") {
                for url in urls {
                    prop_assert!(url.path().to_ascii_lowercase().ends_with("/token"));
                    prop_assert!(url.username().is_empty() && url.query().is_none());
                }
            }
        }
    }
}
