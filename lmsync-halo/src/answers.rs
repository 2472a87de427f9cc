//! What a Halo answer means, when signing in and after.

use lmsync_core::http::Answer;
use lmsync_core::json::Scalar;
use lmsync_core::{Error, ErrorKind, Result, RetryClass};
use serde::Deserialize;

use crate::product::HaloProduct;

/// The operation of a request that signs in.
pub(crate) const SIGN_IN: &str = "sign-in";
/// The application may not ask for these scopes, or Halo does not know them.
const INVALID_SCOPE: &str = "invalid_scope";

/// The application may change assets.
pub(crate) const EDIT_ASSETS: &str = "edit:assets";
/// The scopes that hold this right.
const LET_WRITE: [&str; 4] = [EDIT_ASSETS, "all", "all:standard", "admin"];

/// The kind of records that a request reads; each needs rights of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReadKind {
    Assets,
    Customers,
    Sites,
    Software,
}

impl ReadKind {
    const fn name(self) -> &'static str {
        match self {
            Self::Assets => "assets",
            Self::Customers => "customers",
            Self::Sites => "sites",
            Self::Software => "software licences",
        }
    }

    /// The end of the path at which they are listed.
    pub(crate) const fn path(self) -> &'static str {
        match self {
            Self::Assets => "Asset",
            Self::Customers => "Client",
            Self::Sites => "Site",
            Self::Software => "SoftwareLicence",
        }
    }

    /// The name of a request for a page of them.
    pub(crate) const fn operation(self) -> &'static str {
        match self {
            Self::Assets => "GET /Asset",
            Self::Customers => "GET /Client",
            Self::Sites => "GET /Site",
            Self::Software => "GET /SoftwareLicence",
        }
    }

    /// The application's permissions and the agent's, in Halo's words.
    const fn rights(self, product: HaloProduct) -> (&'static str, &'static str) {
        match (self, product) {
            (Self::Assets, _) => (
                "read:assets",
                "Assets Access Level at least Read Only, and Allow use of all Asset Types",
            ),
            (Self::Customers | Self::Sites, HaloProduct::Psa) => (
                "read:customers",
                "Customers Access Level at least Read Only",
            ),
            (Self::Customers | Self::Sites, HaloProduct::Itsm) => {
                ("read:customers", "Users Access Level at least Read Only")
            }
            (Self::Software, _) => (
                "read:software and read:softwarelicensing",
                "Software Licensing Access Level at least Read Only",
            ),
        }
    }
}

/// What a token is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TokenFor {
    Reading,
    /// Changing the dates of assets.
    Writing,
}

/// `Ok` for an answer to a sign-in that may hold a token. A page or nothing at an address that
/// `is_last` is worth another try, at another one the next address is. Of the answer nothing but
/// known codes and a number is shown: the rest may be a token.
pub(crate) fn require_token(
    answer: &Answer<'_>,
    product: HaloProduct,
    token_for: TokenFor,
    is_last: bool,
) -> Result<()> {
    let menu = product.menu();
    let label = product.label();
    let address_hint = format!("check the Authorisation Server under {menu} > API Details");
    let status = answer.status().as_u16();
    if answer.status().is_success() {
        if token_for == TokenFor::Writing && lacks_writing(answer) {
            return Err(without_scopes(answer, product, token_for));
        }
        if !answer.is_html() {
            return Ok(());
        }
        let retry = match is_last {
            true => RetryClass::OnlyIfIdempotent,
            false => RetryClass::Never,
        };
        let error = answer.silent_error(ErrorKind::Decode, "a web page came instead of a token");
        return Err(error.with_retry(retry).with_hint(address_hint));
    }
    let code = answer.oauth_code();
    let (kind, message, hint) = match (status, code) {
        (429, _) => return Err(too_many(answer)),
        (_, Some(INVALID_SCOPE)) => return Err(without_scopes(answer, product, token_for)),
        (401, _) | (400, Some("invalid_client" | "invalid_grant")) => (
            ErrorKind::Authentication,
            format!("{label} does not accept the Client ID and Client Secret"),
            format!(
                "check both under {menu} > View Applications: the Authentication Method must be \
                 Client ID and Secret (Services), the Login Type Agent, and the Client ID may \
                 change when the application is first saved"
            ),
        ),
        (400 | 403, _) => (
            ErrorKind::Authentication,
            format!("{label} refuses the sign-in"),
            format!(
                "check the application's Authentication Method, Login Type and Permissions under \
                 {menu} > View Applications"
            ),
        ),
        (404 | 405, _) => (
            ErrorKind::Config,
            "there is no sign-in at this address".to_owned(),
            address_hint,
        ),
        (500, _) => (
            ErrorKind::Vendor,
            "the sign-in fails on Halo's side, as it does for a tenant that it does not know"
                .to_owned(),
            format!(
                "check the Tenant and the Authorisation Server under {menu} > API Details; if \
                 both are right, try again later"
            ),
        ),
        (300..=399, _) => (
            ErrorKind::Vendor,
            "Halo redirects the sign-in, which is not followed".to_owned(),
            address_hint,
        ),
        _ => (
            ErrorKind::Vendor,
            "the sign-in failed".to_owned(),
            "try again later".to_owned(),
        ),
    };
    let error = answer.silent_error(kind, message).with_hint(hint);
    Err(match code {
        Some(code) => error.with_vendor_code(code),
        None => error,
    })
}

fn without_scopes(answer: &Answer<'_>, product: HaloProduct, token_for: TokenFor) -> Error {
    let (message, hint) = match token_for {
        TokenFor::Reading => (
            "the application does not have the permissions asked for",
            format!(
                "open {} > View Applications > the application > Permissions, tick read:assets and \
                 read:customers, for software also read:software and read:softwarelicensing, and Save",
                product.menu()
            ),
        ),
        TokenFor::Writing => (
            "the application does not have the permission to change assets",
            writing_hint(product),
        ),
    };
    let error = answer.silent_error(ErrorKind::Permission, message);
    let error = error.with_hint(hint).with_retry(RetryClass::Never);
    match answer.oauth_code() {
        Some(code) => error.with_vendor_code(code),
        None => error,
    }
}

/// What both sides have to allow for dates to be written.
pub(crate) fn writing_hint(product: HaloProduct) -> String {
    format!(
        "open {} > View Applications > the application > Permissions, tick {EDIT_ASSETS} and Save; \
         the agent's role needs it too: under Configuration > Teams & Agents > Roles > Permissions > \
         Feature Access set Assets Access Level to Read and Modify",
        product.menu()
    )
}

/// Whether a token is good for something, and not for changing assets. A vendor that does
/// not name what it grants has granted what was asked for.
fn lacks_writing(answer: &Answer<'_>) -> bool {
    #[derive(Deserialize)]
    struct Granted {
        #[serde(default)]
        scope: Scalar,
    }
    let granted: Option<Granted> = serde_json::from_slice(answer.body()).ok();
    let scopes = granted.as_ref().and_then(|granted| granted.scope.text());
    scopes.is_some_and(|scopes| {
        let mut scopes = scopes.split_whitespace().peekable();
        scopes.peek().is_some() && !scopes.any(|scope| LET_WRITE.contains(&scope))
    })
}

/// `Ok` for 2xx; else what the answer means to one who `reads`.
pub(crate) fn require_success(
    answer: &Answer<'_>,
    product: HaloProduct,
    reads: ReadKind,
) -> Result<()> {
    let Err(error) = answer.require_success() else {
        return Ok(());
    };
    let menu = product.menu();
    let label = product.label();
    let (kind, message, hint) = match answer.status().as_u16() {
        429 => return Err(too_many(answer)),
        300..=399 => return Err(error),
        401 => (
            ErrorKind::Authentication,
            format!("{label} does not accept the token it gave"),
            format!(
                "check the application, and the agent it logs in as, under {menu} > View \
                 Applications"
            ),
        ),
        403 => {
            let (scope, level) = reads.rights(product);
            (
                ErrorKind::Permission,
                format!("{label} does not let the application read {}", reads.name()),
                format!(
                    "under Configuration > Teams & Agents > Roles > Permissions give the agent's \
                     role {level}; if it has that, tick {scope} under {menu} > View Applications > \
                     the application > Permissions"
                ),
            )
        }
        404 | 405 => (
            ErrorKind::NotFound,
            "there is no Halo API at this address".to_owned(),
            resource_hint(product),
        ),
        status => {
            let hint = match status {
                400..=499 => "if it stays, report it with the message",
                _ => "try again later",
            };
            match answer.said().text {
                Some(reason) => (
                    error.kind(),
                    format!("Halo refused the request: {reason}"),
                    hint.to_owned(),
                ),
                None => return Err(error.with_hint(hint)),
            }
        }
    };
    Err(answer.error(kind, message).with_hint(hint))
}

/// `Ok` for 2xx; else what the answer means to one who changes an asset that was just read.
pub(crate) fn require_changed(answer: &Answer<'_>, product: HaloProduct) -> Result<()> {
    match answer.status().as_u16() {
        403 => Err(answer
            .error(
                ErrorKind::Permission,
                format!(
                    "{} does not let the application change assets",
                    product.label()
                ),
            )
            .with_hint(writing_hint(product))),
        _ => require_success(answer, product, ReadKind::Assets),
    }
}

/// The body as JSON; a web page in its place means that the address is wrong.
pub(crate) fn json<'a, T: Deserialize<'a>>(answer: &Answer<'a>, product: HaloProduct) -> Result<T> {
    answer.json().map_err(|error| {
        if answer.is_html() {
            error.with_hint(resource_hint(product))
        } else {
            error
        }
    })
}

pub(crate) fn resource_hint(product: HaloProduct) -> String {
    format!(
        "check the Resource Server under {} > API Details",
        product.menu()
    )
}

/// Too many requests, with the number that Halo names.
fn too_many(answer: &Answer<'_>) -> Error {
    let (message, hint) = match limit(&String::from_utf8_lossy(answer.body())) {
        Some(limit) => (
            format!("Halo allows {limit} requests in five minutes, for all tools together"),
            format!(
                "lower `requests_per_minute` below {}, or run fewer tools on this account",
                (limit / 5).max(1)
            ),
        ),
        None => (
            "Halo refuses more requests for now".to_owned(),
            "lower `requests_per_minute`, or run fewer tools on this account".to_owned(),
        ),
    };
    let error = answer.silent_error(ErrorKind::RateLimited, message);
    error.with_hint(hint)
}

/// The number in "Rate Limit Reached - 300 Requests per rolling 5 minute window".
fn limit(text: &str) -> Option<u32> {
    let words: Vec<&str> = text
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    let of_five_minutes = words
        .windows(2)
        .any(|pair| pair[0] == "5" && pair[1].to_ascii_lowercase().starts_with("minute"));
    words
        .windows(2)
        .find(|pair| pair[1].eq_ignore_ascii_case("requests"))
        .filter(|_| of_five_minutes)
        .and_then(|pair| pair[0].parse().ok())
        .filter(|limit| *limit > 0)
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use chrono::DateTime;
    use lmsync_core::http::Redactor;

    use super::*;

    fn with<T>(status: u16, body: &str, look: impl FnOnce(&Answer<'_>) -> T) -> T {
        let response = http::Response::builder()
            .status(status)
            .body(Bytes::copy_from_slice(body.as_bytes()))
            .unwrap();
        look(&Answer::new(
            &response,
            Redactor::default(),
            DateTime::UNIX_EPOCH,
        ))
    }

    fn sign_in_error(status: u16, body: &str) -> Error {
        with(status, body, |answer| {
            require_token(answer, HaloProduct::Psa, TokenFor::Reading, true)
        })
        .expect_err(body)
    }

    fn read_error(status: u16, body: &str) -> Error {
        with(status, body, |answer| {
            require_success(answer, HaloProduct::Itsm, ReadKind::Assets)
        })
        .expect_err(body)
    }

    #[test]
    fn each_failed_sign_in_names_what_to_check() {
        use ErrorKind as K;
        for (status, body, kind, word) in [
            (
                401,
                r#"{"error":"invalid_client"}"#,
                K::Authentication,
                "Client ID",
            ),
            (
                400,
                r#"{"error":"invalid_client"}"#,
                K::Authentication,
                "Client ID",
            ),
            (401, "", K::Authentication, "Client ID"),
            (
                401,
                r#"{"error":"invalid_client","error_description":"invalid_scope: no permission"}"#,
                K::Authentication,
                "Client ID",
            ),
            (
                400,
                r#"{"error":"unauthorized_client","error_description":"invalid_scope"}"#,
                K::Authentication,
                "Login Type",
            ),
            (
                400,
                r#"{"error":"invalid_scope"}"#,
                K::Permission,
                "read:assets",
            ),
            (
                400,
                r#"{"error":"unauthorized_client"}"#,
                K::Authentication,
                "Login Type",
            ),
            (500, "<html>", K::Vendor, "Tenant"),
            (500, "oops", K::Vendor, "Tenant"),
            (404, "", K::Config, "Authorisation Server"),
            (405, "<html>", K::Config, "Authorisation Server"),
            (200, " <!doctype html>", K::Decode, "Authorisation Server"),
            (503, "", K::Vendor, "later"),
        ] {
            let error = sign_in_error(status, body);
            assert_eq!(error.kind(), kind, "{status} {body}");
            assert!(error.hint().unwrap().contains(word), "{error}");
            assert_eq!(error.status(), Some(status));
        }
        assert_eq!(
            sign_in_error(400, r#"{"error":"invalid_scope"}"#).vendor_code(),
            Some(INVALID_SCOPE)
        );
    }

    #[test]
    fn a_token_that_does_not_let_write_is_a_missing_permission() {
        let write = |status, body: &str| {
            with(status, body, |answer| {
                require_token(answer, HaloProduct::Itsm, TokenFor::Writing, true)
            })
        };
        for (status, body) in [
            (400, r#"{"error":"invalid_scope"}"#),
            (200, r#"{"access_token":"t","scope":"read:assets"}"#),
            (
                200,
                r#"{"access_token":"t","scope":"read:assets edit:assetsx"}"#,
            ),
        ] {
            let error = write(status, body).expect_err(body);
            assert_eq!(error.kind(), ErrorKind::Permission);
            assert_eq!(error.retry(), RetryClass::Never);
            let hint = error.hint().unwrap();
            for words in [
                "HaloITSM API > View Applications > the application > Permissions",
                "edit:assets",
                "Feature Access",
                "Read and Modify",
            ] {
                assert!(hint.contains(words), "{hint}");
            }
        }
        for scope in [
            r#""edit:assets""#,
            r#""read:assets edit:assets""#,
            r#""all""#,
            r#"" ""#,
            r#"["edit:assets"]"#,
            "null",
        ] {
            let body = format!(r#"{{"access_token":"t","scope":{scope}}}"#);
            assert!(write(200, &body).is_ok(), "{body}");
        }
        assert!(write(200, r#"{"access_token":"t"}"#).is_ok());
        // Who only reads is not asked for it.
        let read =
            |answer: &Answer<'_>| require_token(answer, HaloProduct::Itsm, TokenFor::Reading, true);
        assert!(with(200, r#"{"access_token":"t","scope":"read:assets"}"#, read).is_ok());
    }

    #[test]
    fn a_page_at_an_address_to_try_first_is_no_reason_to_wait() {
        let first = with(200, "<html>", |answer| {
            require_token(answer, HaloProduct::Itsm, TokenFor::Reading, false)
        })
        .unwrap_err();
        assert_eq!(first.retry(), RetryClass::Never);
        assert_eq!(
            sign_in_error(200, "<html>").retry(),
            RetryClass::OnlyIfIdempotent
        );
    }

    #[test]
    fn of_a_sign_in_nothing_unknown_is_shown() {
        for status in [400, 401, 403, 404, 429, 500] {
            let error = sign_in_error(
                status,
                r#"{"error":"bad tok-canary","Message":"tok-canary"}"#,
            );
            assert!(!format!("{error} {error:?}").contains("canary"), "{error}");
        }
    }

    #[test]
    fn the_limit_is_read_from_the_refusal() {
        let error = read_error(
            429,
            r#"{"error":"Rate Limit Reached - 300 Requests per rolling 5 minute window"}"#,
        );
        assert_eq!(
            (error.kind(), error.retry()),
            (ErrorKind::RateLimited, RetryClass::Safe)
        );
        assert!(error.message().contains("300 requests"), "{error}");
        assert!(error.hint().unwrap().contains("below 60"), "{error}");
        for body in [
            "",
            "{}",
            "Requests",
            "700 Requests per rolling 1 minute window",
        ] {
            assert!(
                read_error(429, body).message().contains("refuses more"),
                "{body}"
            );
        }
        assert!(
            sign_in_error(429, "100 Requests per rolling 5 minute window")
                .message()
                .contains("100")
        );
    }

    #[test]
    fn the_reason_is_found_in_every_form() {
        for body in [
            r#"{"resultCode":7,"errorMessage":"no such thing"}"#,
            r#"{"ClassName":"System.Exception","Message":"no such thing"}"#,
            r#"{"Message":"no such\nthing"}"#,
            r#"{"error":"no such thing"}"#,
            r#"{"[0].id":["no such thing"]}"#,
            r#"{"id":["no such thing"]}"#,
        ] {
            let error = read_error(400, body);
            assert!(error.message().ends_with("no such thing"), "{error}");
            assert_eq!(error.retry(), RetryClass::Never);
        }
        assert_eq!(
            read_error(502, "<html>").retry(),
            RetryClass::OnlyIfIdempotent
        );
        assert_eq!(
            read_error(500, r#"{"Message":"x"}"#).retry(),
            RetryClass::OnlyIfIdempotent
        );
    }

    #[test]
    fn a_missing_right_is_told_in_halos_words() {
        let error = read_error(403, "");
        assert_eq!(error.kind(), ErrorKind::Permission);
        let hint = error.hint().unwrap();
        for words in [
            "Teams & Agents",
            "Assets Access Level",
            "read:assets",
            "HaloITSM API",
        ] {
            assert!(hint.contains(words), "{hint}");
        }
        assert_eq!(read_error(404, "").kind(), ErrorKind::NotFound);
        assert_eq!(read_error(401, "").kind(), ErrorKind::Authentication);
    }
}
