//! What a Halo answer means, when signing in and after.

use lmsync_core::auth::ClassifySignIn;
use lmsync_core::http::Answer;
use lmsync_core::wire::Scalar;
use lmsync_core::{Error, ErrorKind, Result, RetryClass};
use serde::Deserialize;

use crate::config::HaloProduct;

/// The application may not ask for these scopes, or Halo does not know them.
pub(crate) const INVALID_SCOPE: &str = "invalid_scope";

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

/// What a request reads; each needs rights of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reads {
    Assets,
    Customers,
    Sites,
    Software,
}

impl Reads {
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

/// The classification of a sign-in to `product`; a page or nothing at an address
/// that `is_last` is worth another try, at another one the next address is.
pub(crate) fn sign_in(product: HaloProduct, is_last: bool) -> ClassifySignIn {
    match (product, is_last) {
        (HaloProduct::Psa, true) => |answer| signed_in(answer, HaloProduct::Psa, true),
        (HaloProduct::Psa, false) => |answer| signed_in(answer, HaloProduct::Psa, false),
        (HaloProduct::Itsm, true) => |answer| signed_in(answer, HaloProduct::Itsm, true),
        (HaloProduct::Itsm, false) => |answer| signed_in(answer, HaloProduct::Itsm, false),
    }
}

/// `Ok` for what may hold a token. Of the answer nothing but known codes and a
/// number is shown: the rest may be a token.
fn signed_in(answer: &Answer<'_>, product: HaloProduct, is_last: bool) -> Result<()> {
    let status = answer.status();
    let menu = product.menu();
    let address_hint = format!("check the Authorisation Server under {menu} > API Details");
    if status.is_success() {
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
        (_, Some(INVALID_SCOPE)) => Error::new(
            ErrorKind::Permission,
            "the application does not have the permissions asked for",
        )
        .with_hint(format!(
            "open {menu} > View Applications > the application > Permissions, tick read:assets \
             and read:customers, for software also read:software and read:softwarelicensing, and Save"
        )),
        (401, _) | (400, Some("invalid_client" | "invalid_grant")) => Error::new(
            ErrorKind::Authentication,
            format!("{} does not accept the Client ID and Client Secret", product.label()),
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
    reads: Reads,
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

type Many = lmsync_core::wire::Many<Scalar>;

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
        with(status, body, sign_in(HaloProduct::Psa, true)).expect_err(body)
    }

    fn read_error(status: u16, body: &str) -> Error {
        with(status, body, |answer| {
            require_success(answer, HaloProduct::Itsm, Reads::Assets)
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
    fn a_page_at_an_address_to_try_first_is_no_reason_to_wait() {
        let first = with(200, "<html>", sign_in(HaloProduct::Itsm, false)).unwrap_err();
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
