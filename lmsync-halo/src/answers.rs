//! What a Halo answer means, when signing in and after.

use lmsync_core::auth::ExplainSignIn;
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

/// The codes of OAuth that an answer may be quoted with; any other text may be anything.
const CODES: [&str; 6] = [
    "invalid_client",
    "invalid_grant",
    "invalid_request",
    INVALID_SCOPE,
    "unauthorized_client",
    "unsupported_grant_type",
];
const REASON_CHARS: usize = 200;

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

/// The classification of a sign-in to `product`; a page or nothing at an address
/// that `is_last` is worth another try, at another one the next address is.
pub(crate) fn sign_in(product: HaloProduct, token_for: TokenFor, is_last: bool) -> ExplainSignIn {
    use HaloProduct::{Itsm, Psa};
    use TokenFor::{Reading, Writing};
    match (product, token_for, is_last) {
        (Psa, Reading, true) => |answer| signed_in(answer, Psa, Reading, true),
        (Psa, Reading, false) => |answer| signed_in(answer, Psa, Reading, false),
        (Psa, Writing, true) => |answer| signed_in(answer, Psa, Writing, true),
        (Psa, Writing, false) => |answer| signed_in(answer, Psa, Writing, false),
        (Itsm, Reading, true) => |answer| signed_in(answer, Itsm, Reading, true),
        (Itsm, Reading, false) => |answer| signed_in(answer, Itsm, Reading, false),
        (Itsm, Writing, true) => |answer| signed_in(answer, Itsm, Writing, true),
        (Itsm, Writing, false) => |answer| signed_in(answer, Itsm, Writing, false),
    }
}

/// `Ok` for what may hold a token. Of the answer nothing but known codes and a
/// number is shown: the rest may be a token.
fn signed_in(
    answer: &Answer<'_>,
    product: HaloProduct,
    token_for: TokenFor,
    is_last: bool,
) -> Result<()> {
    let status = answer.status();
    let menu = product.menu();
    let address_hint = format!("check the Authorisation Server under {menu} > API Details");
    if status.is_success() {
        if token_for == TokenFor::Writing && lacks_writing(answer) {
            return Err(without_scopes(product, token_for));
        }
        if !answer.is_html() {
            return Ok(());
        }
        let retry = if is_last {
            RetryClass::OnlyIfIdempotent
        } else {
            RetryClass::Never
        };
        return Err(
            Error::new(ErrorKind::Decode, "a web page came instead of a token")
                .with_retry(retry)
                .with_status(status.as_u16())
                .with_hint(address_hint),
        );
    }
    let Err(plain) = answer.require_success() else {
        return Ok(());
    };
    let error = match (status.as_u16(), code(answer)) {
        (429, _) => return Err(too_many(answer, plain.retry_after())),
        (_, Some(INVALID_SCOPE)) => without_scopes(product, token_for),
        (401, _) | (400, Some("invalid_client" | "invalid_grant")) => Error::new(
            ErrorKind::Authentication,
            format!(
                "{} does not accept the Client ID and Client Secret",
                product.label()
            ),
        )
        .with_hint(format!(
            "check both under {menu} > View Applications: the Authentication Method must be Client \
             ID and Secret (Services), the Login Type Agent, and the Client ID may change when \
             the application is first saved"
        )),
        (400 | 403, _) => Error::new(
            ErrorKind::Authentication,
            format!("{} refuses the sign-in", product.label()),
        )
        .with_hint(format!(
            "check the application's Authentication Method, Login Type and Permissions under \
             {menu} > View Applications"
        )),
        (404 | 405, _) => Error::new(ErrorKind::Config, "there is no sign-in at this address")
            .with_hint(address_hint),
        (500, _) => Error::new(
            ErrorKind::Vendor,
            "the sign-in fails on Halo's side, as it does for a tenant that it does not know",
        )
        .with_hint(format!(
            "check the Tenant and the Authorisation Server under {menu} > API Details; if both \
             are right, try again later"
        )),
        (300..=399, _) => Error::new(plain.kind(), plain.message()).with_hint(address_hint),
        _ => Error::new(plain.kind(), "the sign-in failed").with_hint("try again later"),
    };
    let error = error.with_retry(plain.retry()).with_status(status.as_u16());
    let error = match plain.retry_after() {
        Some(wait) => error.with_retry_after(wait),
        None => error,
    };
    Err(match code(answer) {
        Some(code) => error.with_vendor_code(code),
        None => error,
    })
}

fn without_scopes(product: HaloProduct, token_for: TokenFor) -> Error {
    match token_for {
        TokenFor::Reading => Error::new(
            ErrorKind::Permission,
            "the application does not have the permissions asked for",
        )
        .with_hint(format!(
            "open {} > View Applications > the application > Permissions, tick read:assets \
             and read:customers, for software also read:software and read:softwarelicensing, and Save",
            product.menu()
        )),
        TokenFor::Writing => Error::new(
            ErrorKind::Permission,
            "the application does not have the permission to change assets",
        )
        .with_hint(writing_hint(product)),
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

/// The answer's OAuth code, where it is a known one.
fn code(answer: &Answer<'_>) -> Option<&'static str> {
    let said: Said = serde_json::from_slice(answer.body()).ok()?;
    let code = said.error.text()?;
    CODES.into_iter().find(|known| *known == code)
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
    Err(match answer.status().as_u16() {
        429 => too_many(answer, answer.retry_after()),
        401 => answer
            .error(
                ErrorKind::Authentication,
                format!("{} does not accept the token it gave", product.label()),
            )
            .with_hint(format!(
                "check the application, and the agent it logs in as, under {menu} > View Applications"
            )),
        403 => {
            let (scope, level) = reads.rights(product);
            answer
                .error(
                    ErrorKind::Permission,
                    format!("{} does not let the application read {}", product.label(), reads.name()),
                )
                .with_hint(format!(
                    "under Configuration > Teams & Agents > Roles > Permissions give the agent's \
                     role {level}; if it has that, tick {scope} under {menu} > View Applications > \
                     the application > Permissions"
                ))
        }
        404 | 405 => answer
            .error(ErrorKind::NotFound, "there is no Halo API at this address")
            .with_hint(resource_hint(product)),
        300..=399 => error,
        status => match reason(answer) {
            Some(reason) => answer
                .error(error.kind(), format!("Halo refused the request: {reason}"))
                .with_retry(error.retry())
                .with_hint(later(status)),
            None => error.with_hint(later(status)),
        },
    })
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

fn later(status: u16) -> &'static str {
    match status {
        400..=499 => "if it stays, report it with the message",
        _ => "try again later",
    }
}

/// Too many requests, with the number that Halo names.
fn too_many(answer: &Answer<'_>, wait: Option<std::time::Duration>) -> Error {
    let limit = limit(&String::from_utf8_lossy(answer.body()));
    let (message, hint) = match limit {
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
    let error = Error::new(ErrorKind::RateLimited, message)
        .with_retry(RetryClass::Safe)
        .with_status(answer.status().as_u16())
        .with_hint(hint);
    match wait {
        Some(wait) => error.with_retry_after(wait),
        None => error,
    }
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

/// What Halo says of an error, in one of its forms.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Said {
    #[serde(rename = "errorMessage")]
    error_message: Scalar,
    #[serde(rename = "Message")]
    message: Scalar,
    error: Scalar,
    id: Many,
    #[serde(rename = "[0].id")]
    first_id: Many,
}

type Many = lmsync_core::json::OneOrMany<Scalar>;

fn reason(answer: &Answer<'_>) -> Option<String> {
    if answer.body().trim_ascii_start().first() != Some(&b'{') {
        return None;
    }
    let said: Said = serde_json::from_slice(answer.body()).ok()?;
    let of_ids = said.id.0.iter().chain(&said.first_id.0);
    let text = [&said.error_message, &said.message, &said.error]
        .into_iter()
        .chain(of_ids)
        .filter_map(Scalar::text)
        .find(|text| !text.trim().is_empty())?;
    // Masked before it is cut, so that no part of a secret is left at the edge.
    let text = answer.mask(text);
    let words: Vec<&str> = text.split_whitespace().collect();
    Some(words.join(" ").chars().take(REASON_CHARS).collect())
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
        with(
            status,
            body,
            sign_in(HaloProduct::Psa, TokenFor::Reading, true),
        )
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
            with(
                status,
                body,
                sign_in(HaloProduct::Itsm, TokenFor::Writing, true),
            )
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
        let read = sign_in(HaloProduct::Itsm, TokenFor::Reading, true);
        assert!(with(200, r#"{"access_token":"t","scope":"read:assets"}"#, read).is_ok());
    }

    #[test]
    fn a_page_at_an_address_to_try_first_is_no_reason_to_wait() {
        let first = with(
            200,
            "<html>",
            sign_in(HaloProduct::Itsm, TokenFor::Reading, false),
        )
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
            assert!(error.message().ends_with(": no such thing"), "{error}");
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
