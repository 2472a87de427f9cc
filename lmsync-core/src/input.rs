//! Cleaning of what people paste, so that an API takes it.
//!
//! The errors are `config` and name what was pasted, never its text; a vendor
//! adds where the right value is found.
//!
//! ```
//! use lmsync_core::{Secret, input};
//!
//! let (label, domain) = input::subdomain("hostname", "https://Acme.example.com/login", &["example.com"])?;
//! assert_eq!((label.as_str(), domain), ("acme", "example.com"));
//!
//! let key = input::token("API key", &Secret::from(" Bearer k3y \n"))?;
//! assert_eq!(key.expose(), "k3y");
//!
//! let error = input::token("API key", &Secret::from("two words")).unwrap_err();
//! assert!(!error.to_string().contains("words"));
//!
//! assert_eq!(input::name_or(None, || label)?, "acme");
//! # Ok::<(), lmsync_core::Error>(())
//! ```

use crate::error::{Error, Result};
use crate::secret::Secret;

/// The bare subdomain of one of `domains`, and which, from whatever form of the
/// address was pasted: `acme`, `acme.example.com` or a page's address below it.
///
/// A bare subdomain is one of the first domain. `what` names the value in errors.
///
/// ```
/// use lmsync_core::input::subdomain;
///
/// let domains = ["example.com", "example.org"];
/// let found = subdomain("hostname", "https://Acme.example.org/#/assets", &domains)?;
/// assert_eq!(found, ("acme".to_owned(), "example.org"));
/// assert!(subdomain("hostname", "evil.net/.example.com", &domains).is_err());
/// # Ok::<(), lmsync_core::Error>(())
/// ```
///
/// # Errors
/// `config` when it is empty, of another domain, or no subdomain at all.
pub fn subdomain<'d>(what: &str, pasted: &str, domains: &[&'d str]) -> Result<(String, &'d str)> {
    let wrong = |why: &str| Err(Error::config(format!("the {what} {why}")));
    let text = pasted.trim().to_ascii_lowercase();
    if text.is_empty() {
        return wrong("is empty");
    }
    let address = ["https://", "http://"]
        .iter()
        .find_map(|scheme| text.strip_prefix(scheme))
        .unwrap_or(&text);
    let end = address.find(['/', '?', '#']).unwrap_or(address.len());
    let (host, rest) = address.split_at(end);
    let below = |domain: &&'d str| Some((host.strip_suffix(*domain)?.strip_suffix('.')?, *domain));
    let (label, domain) = match (domains.iter().find_map(below), domains.first()) {
        (Some(found), _) => found,
        (None, Some(first)) if rest.is_empty() && !host.contains('.') => (host, *first),
        _ => return wrong(&format!("is not one of {}", domains.join(" or "))),
    };
    if is_label(label) {
        Ok((label.to_owned(), domain))
    } else {
        wrong("holds characters that no subdomain has")
    }
}

/// What an account is called in reports: the `name` it was given, or else `otherwise`.
///
/// # Errors
/// `config` when the given name is empty.
pub fn name_or(name: Option<&str>, otherwise: impl FnOnce() -> String) -> Result<String> {
    match name.map(str::trim) {
        Some("") => Err(Error::config("the name is empty")),
        Some(name) => Ok(name.to_owned()),
        None => Ok(otherwise()),
    }
}

/// The bare token, key, client id or secret: people paste it with its label or `Bearer` in front,
/// with quotes around it and a line break behind.
///
/// `what` is its label, and names it in errors.
///
/// ```
/// use lmsync_core::{Secret, input};
///
/// for pasted in ["xyz", " Bearer xyz\n", "API key: xyz", "api_key=\"xyz\""] {
///     let key = input::token("API key", &Secret::from(pasted))?;
///     assert_eq!(key.expose(), "xyz");
/// }
/// assert!(input::token("API key", &Secret::from("x y")).is_err());
/// # Ok::<(), lmsync_core::Error>(())
/// ```
///
/// # Errors
/// `config` when it is empty, or holds a blank or another character that no key has.
pub fn token(what: &str, pasted: &Secret) -> Result<Secret> {
    let wrong = |why: &str| Err(Error::config(format!("the {what} {why}")));
    let text = without_label(what, pasted.expose().trim()).trim();
    let text = match text.get(..6) {
        Some(scheme) if scheme.eq_ignore_ascii_case("bearer") => match &text[6..] {
            "" => "",
            token if token.starts_with(char::is_whitespace) => token.trim(),
            _ => text,
        },
        _ => text,
    };
    let mut quotes = ['"', '\''].into_iter();
    let bare = quotes.find_map(|quote| text.strip_prefix(quote)?.strip_suffix(quote));
    let bare = bare.unwrap_or(text).trim();
    if bare.is_empty() {
        return wrong("is empty");
    }
    if bare.contains(char::is_whitespace) {
        return wrong("holds a blank or a line break");
    }
    if !bare.bytes().all(|byte| byte.is_ascii_graphic()) {
        return wrong("holds characters that none has");
    }
    Ok(Secret::from(bare))
}

/// What follows `what` and a colon or an equals sign; all of `text` where it does not begin so.
fn without_label<'t>(what: &str, text: &'t str) -> &'t str {
    let letters = |text: &str| {
        let letters = text.chars().filter(|letter| letter.is_alphanumeric());
        letters.collect::<String>().to_lowercase()
    };
    match text.split_once([':', '=']) {
        Some((label, rest)) if letters(label).starts_with(&letters(what)) => rest,
        _ => text,
    }
}

fn is_label(text: &str) -> bool {
    (1..=63).contains(&text.len())
        && !text.starts_with('-')
        && !text.ends_with('-')
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::ErrorKind;

    const DOMAINS: [&str; 2] = ["example.com", "example.org"];

    #[test]
    fn every_pasted_form_is_understood() {
        for pasted in [
            "acme",
            " ACME ",
            "acme.example.com",
            "https://acme.example.com/",
            "http://acme.example.com",
            "https://acme.example.com/#/tickets?x=1",
            "acme.example.com/settings",
            "acme.example.com?x=1",
        ] {
            let found = subdomain("subdomain", pasted, &DOMAINS).expect(pasted);
            assert_eq!(found, ("acme".to_owned(), "example.com"), "{pasted}");
        }
        let other = subdomain("subdomain", "a-1.example.org", &DOMAINS).unwrap();
        assert_eq!(other, ("a-1".to_owned(), "example.org"));
    }

    #[test]
    fn a_given_name_wins_and_an_empty_one_is_an_error() {
        let derived = || "acme".to_owned();
        assert_eq!(name_or(None, derived).unwrap(), "acme");
        assert_eq!(
            name_or(Some(" head office "), derived).unwrap(),
            "head office"
        );
        let error = name_or(Some(" "), derived).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
    }

    #[test]
    fn nothing_else_is_taken_for_a_subdomain() {
        for pasted in [
            "",
            "  ",
            "https://",
            "example.com",
            ".example.com",
            "evilexample.com",
            "evil.net/.example.com",
            "https://evil.net/.example.com",
            "evil.net#.example.com",
            "evil.net?.example.com",
            "evil.net\\.example.com",
            "user@acme.example.com",
            "https://acme.example.com@evil.net",
            "acme.example.com.evil.net",
            "acme.example.com:8443",
            "a.b.example.com",
            "127.0.0.1",
            "localhost:80",
            "-acme",
            "acme-",
            "acme/../x",
            "acme/",
            "ac me",
            "acme\r\nx: y",
            "portal.acme.example",
            "\u{e1}cme",
            "ftp://acme.example.com",
        ] {
            let error = subdomain("subdomain", pasted, &DOMAINS).expect_err(pasted);
            assert_eq!(error.kind(), ErrorKind::Config);
            assert!(error.message().starts_with("the subdomain "), "{error}");
        }
    }

    #[test]
    fn label_scheme_and_quotes_are_taken_off_a_token() {
        for pasted in [
            "xyz",
            " xyz\n",
            "Bearer xyz",
            "bearer  xyz ",
            "Client Secret: xyz",
            "client_secret = 'xyz'",
            "Client Secret Key:\txyz",
            "clientsecret=Bearer \"xyz\"",
        ] {
            let token = token("Client Secret", &Secret::from(pasted)).expect(pasted);
            assert_eq!(token.expose(), "xyz");
        }
        for whole in ["bearerxyz", "x=y", "a:b=", "\"xyz"] {
            assert_eq!(token("key", &Secret::from(whole)).unwrap().expose(), whole);
        }
        for pasted in [
            "", "  ", "Bearer", "Bearer ", "x y", "x\ny", "key:", "''", "x\u{7f}", "\u{e9}",
        ] {
            let error = token("key", &Secret::from(pasted)).expect_err(pasted);
            assert_eq!(error.kind(), ErrorKind::Config);
            assert!(error.message().starts_with("the key "), "{error}");
        }
    }

    proptest! {
        #[test]
        fn what_is_taken_is_always_one_label(pasted in "(https?://)?.*") {
            if let Ok((label, domain)) = subdomain("subdomain", &pasted, &DOMAINS) {
                prop_assert!(is_label(&label));
                prop_assert!(DOMAINS.contains(&domain));
            }
        }
    }
}
