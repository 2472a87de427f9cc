//! What a ConnectWise RMM answer means.
//!
//! Every service behind the API has error bodies of its own; the vendor's OpenAPI text alone
//! knows seven. All of them are read, none of them is relied on: the status decides.

use std::time::Duration;

use http::StatusCode;
use lmsync_core::http::Answer;
use lmsync_core::json::{Scalar, StrictObject};
use lmsync_core::{Error, ErrorKind, Result, RetryClass};
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::quirks::scope::Scope;

/// How long a key stays locked is documented nowhere.
const LOCKED_WAIT: Duration = Duration::from_secs(60);

pub(crate) const KEY_HINT: &str = "in ConnectWise RMM, open Integrations and compare the Client ID \
     and Client Secret: Regenerate invalidates the ones before, and so does clicking the \
     integration's toggle to deactivate it";
const THROTTLED_HINT: &str = "lower `requests_per_minute`, or run fewer tools on this API key";
const VALUE_HINT: &str = "dates are written as 2027-05-31: a custom field of the type string \
     takes that, another type may not";
const LOCKED_HINT: &str = "another tool signs in with the same key: give each tool an API key of \
     its own, or wait until the token in use has run out (an hour at most)";

/// The object that the answer is.
pub(crate) fn object<'a, T: Deserialize<'a>>(answer: &Answer<'a>) -> Result<T> {
    let is_other_json = || {
        matches!(
            answer.json(),
            Ok(Scalar::Null | Scalar::Text(_) | Scalar::Unexpected("array"))
        )
    };
    match answer.json::<StrictObject<T>>() {
        Ok(StrictObject(value)) => Ok(value),
        Err(_) if is_other_json() => Err(unfamiliar(answer)),
        Err(error) => Err(error),
    }
}

/// A success without the data that belongs there.
pub(crate) fn unfamiliar(answer: &Answer<'_>) -> Error {
    let unknown = || {
        format!(
            "the answer holds no data that is known: {}",
            answer.excerpt()
        )
    };
    refused_inside(answer).unwrap_or_else(|| answer.without_data(ErrorKind::Decode, unknown()))
}

/// Says if this one thing is out of reach, and all else goes on.
pub(crate) fn is_hidden(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Permission | ErrorKind::NotFound)
}

/// The value, or nothing where it is out of reach.
pub(crate) fn unless_hidden<T>(outcome: Result<T>) -> Result<Option<T>> {
    match outcome {
        Ok(value) => Ok(Some(value)),
        Err(error) if is_hidden(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

/// `Ok` for a success; otherwise what went wrong where the key needs `scope`.
pub(crate) fn accept(answer: &Answer<'_>, scope: Scope) -> Result<()> {
    let Err(plain) = answer.require_success() else {
        return Ok(());
    };
    let said = answer.said();
    let (message, hint) = match answer.status().as_u16() {
        401 => (
            "ConnectWise RMM does not accept the access token",
            KEY_HINT.to_owned(),
        ),
        403 => (
            "the API key may not do this in ConnectWise RMM",
            scope.hint(),
        ),
        404 => (
            "ConnectWise RMM does not know the record",
            "it may have been deleted; otherwise check the endpoint and the region".to_owned(),
        ),
        423 | 429 => return Err(throttled(answer)),
        500..=599 => ("ConnectWise RMM failed", "try again later".to_owned()),
        _ if plain.hint().is_some() => return Err(with_code(plain, said.code)),
        _ => (
            "ConnectWise RMM refused the request",
            "the API may have changed; report it with the request id".to_owned(),
        ),
    };
    let message = match said.text {
        Some(text) => format!("{message}: {text}"),
        None => message.to_owned(),
    };
    let error = answer.error(plain.kind(), message).with_hint(hint);
    Err(with_code(error, said.code))
}

/// [`accept`] for values that were written: 200 with what is held now, 204, or nothing at all.
pub(crate) fn accept_saved(answer: &Answer<'_>) -> Result<()> {
    accept(answer, Scope::WriteCustomFields).map_err(|error| match error.status() {
        Some(400 | 422) => error.with_hint(VALUE_HINT),
        _ => error,
    })?;
    if answer.body().trim_ascii().is_empty() {
        return Ok(());
    }
    let saved = answer.json::<Vec<IgnoredAny>>();
    match refused_inside(answer) {
        Some(error) => Err(error),
        None => saved.map(drop),
    }
}

/// [`accept`] for a field that was created: one that exists already is as good, and whether
/// it is there is looked up afterwards.
pub(crate) fn accept_created(answer: &Answer<'_>) -> Result<()> {
    if answer.status() == StatusCode::CONFLICT {
        return Ok(());
    }
    accept(answer, Scope::WriteDefinitions)
}

/// An answer of success that holds an error and nothing else.
pub(crate) fn refused_inside(answer: &Answer<'_>) -> Option<Error> {
    let said = answer.said();
    if said.is_empty() {
        return None;
    }
    let text = said.text.as_deref().unwrap_or("no reason given");
    let message = format!("ConnectWise RMM answered with an error in place of data: {text}");
    let error = answer.without_data(ErrorKind::Vendor, message);
    Some(with_code(error, said.code))
}

fn with_code(error: Error, code: Option<String>) -> Error {
    match code {
        Some(code) => error.with_vendor_code(code),
        None => error,
    }
}

/// "Later": too many requests, or a locked key. Shows nothing of the answer.
pub(crate) fn throttled(answer: &Answer<'_>) -> Error {
    let (message, hint, own) = match answer.status() {
        StatusCode::LOCKED => (
            "ConnectWise RMM has locked the API key for a while: too many tokens were asked for",
            LOCKED_HINT,
            Some(LOCKED_WAIT),
        ),
        _ => (
            "ConnectWise RMM refuses more requests for now",
            THROTTLED_HINT,
            None,
        ),
    };
    let error = answer.silent_error(ErrorKind::RateLimited, message);
    let error = error.with_retry(RetryClass::Safe).with_hint(hint);
    match error.retry_after().or(own) {
        Some(wait) => error.with_retry_after(wait),
        None => error,
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use chrono::DateTime;
    use lmsync_core::Secret;
    use lmsync_core::http::Redactor;
    use proptest::prelude::*;

    use super::*;

    const NOW: i64 = 1_780_000_000;

    fn failure(status: u16, headers: &[(&str, &str)], body: &str) -> Error {
        let mut response = http::Response::builder().status(status);
        for (name, value) in headers {
            response = response.header(*name, *value);
        }
        let response = response
            .body(Bytes::copy_from_slice(body.as_bytes()))
            .unwrap();
        let now = DateTime::from_timestamp(NOW, 0).unwrap();
        let redactor = Redactor::default().and(&Secret::from("s3cr3t-token"));
        accept(&Answer::new(&response, redactor, now), Scope::Devices).expect_err(body)
    }

    #[test]
    fn all_seven_shapes_of_an_error_body_are_read() {
        for (body, code) in [
            (r#"{"code":"E1","message":"it broke"}"#, Some("E1")),
            (
                r#"{"error":"bad_request","description":"it broke"}"#,
                Some("bad_request"),
            ),
            (r#"{"code":"E1","description":"it broke"}"#, Some("E1")),
            (
                r#"{"error":{"code":"E1","description":"it broke"}}"#,
                Some("E1"),
            ),
            (
                r#"{"id":"7","message":"","error":{"message":"it broke"},"type":"x"}"#,
                None,
            ),
            (
                r#"[{"code":"E1","message":"it broke"},{"code":"E2"}]"#,
                Some("E1"),
            ),
            (r#""it broke""#, None),
            // Seen with gateways rather than in the schema.
            (r#"{"error":"x","error_description":"it broke"}"#, Some("x")),
            (r#"{"errors":[{"message":"it broke"}]}"#, None),
            (r#"{"error":"it broke"}"#, None),
            (r#"{"title":"it broke","status":400}"#, None),
        ] {
            let error = failure(400, &[], body);
            assert_eq!(error.kind(), ErrorKind::Vendor);
            assert_eq!(error.vendor_code(), code, "{body}");
            assert!(
                error.message().ends_with(": it broke"),
                "{body}: {}",
                error.message()
            );
        }
    }

    #[test]
    fn a_body_that_says_nothing_is_no_obstacle() {
        for body in ["", "null", "{}", "[]", "7", "<html>", "{\"error\":[]}", "{"] {
            let error = failure(400, &[], body);
            assert_eq!(error.kind(), ErrorKind::Vendor, "{body}");
            assert!(error.hint().is_some(), "{body}");
        }
    }

    #[test]
    fn the_status_decides_and_the_hint_has_the_portals_words() {
        use ErrorKind as K;
        use RetryClass as R;
        for (status, kind, retry, words) in [
            (400, K::Vendor, R::Never, "request id"),
            (401, K::Authentication, R::Never, "Regenerate"),
            (403, K::Permission, R::Never, "Platform - Devices - Read"),
            (404, K::NotFound, R::Never, "region"),
            (423, K::RateLimited, R::Safe, "API key"),
            (429, K::RateLimited, R::Safe, "requests_per_minute"),
            (500, K::Vendor, R::OnlyIfIdempotent, "later"),
            (503, K::Vendor, R::OnlyIfIdempotent, "later"),
        ] {
            let error = failure(status, &[], r#"{"code":"c","message":"m"}"#);
            assert_eq!((error.kind(), error.retry()), (kind, retry), "{status}");
            assert!(error.hint().unwrap().contains(words), "{error}");
            assert_eq!(error.status(), Some(status));
        }
    }

    fn saved(status: u16, body: &str) -> Result<()> {
        let response = http::Response::builder().status(status);
        let response = response
            .body(Bytes::copy_from_slice(body.as_bytes()))
            .unwrap();
        accept_saved(&Answer::new(
            &response,
            Redactor::default(),
            DateTime::UNIX_EPOCH,
        ))
    }

    #[test]
    fn a_write_is_confirmed_by_a_list_or_by_nothing_and_by_no_error() {
        for (status, body) in [
            (
                200,
                r#"[{"attributeId":"a","name":"n","value":"2027-05-31"}]"#,
            ),
            (200, "[]"),
            (200, " \n"),
            (204, ""),
        ] {
            assert!(saved(status, body).is_ok(), "{status} {body}");
        }
        // Whether the vendor acted is not known.
        for body in [
            r#"{"error":"busy","description":"later"}"#,
            r#"[{"code":"E1","message":"later"}]"#,
            r#"[{"attributeId":"a","#,
            "{}",
            "<html>",
        ] {
            let error = saved(200, body).expect_err(body);
            assert_eq!(error.retry(), RetryClass::OnlyIfIdempotent, "{body}");
        }
    }

    #[test]
    fn a_write_that_is_refused_for_certain_is_told_from_one_that_may_have_been_made() {
        use ErrorKind as K;
        use RetryClass as R;
        for (status, kind, retry, words) in [
            (400, K::Vendor, R::Never, "type string"),
            (401, K::Authentication, R::Never, "Regenerate"),
            (403, K::Permission, R::Never, "platform.devices.write"),
            (404, K::NotFound, R::Never, "deleted"),
            (423, K::RateLimited, R::Safe, "API key"),
            (500, K::Vendor, R::OnlyIfIdempotent, "later"),
            (504, K::Vendor, R::OnlyIfIdempotent, "later"),
        ] {
            let error = saved(status, r#"{"error":"e","description":"d"}"#).unwrap_err();
            assert_eq!((error.kind(), error.retry()), (kind, retry), "{status}");
            assert!(error.hint().unwrap().contains(words), "{error}");
        }
    }

    #[test]
    fn a_wait_is_taken_from_wherever_it_is_told() {
        let wait = |headers: &[(&str, &str)]| {
            failure(429, headers, "")
                .retry_after()
                .map(|wait| wait.as_secs())
        };
        let in_40 = (NOW + 40).to_string();
        assert_eq!(wait(&[("retry-after", "7"), ("reset", &in_40)]), Some(7));
        assert_eq!(wait(&[("reset", &in_40)]), Some(40));
        assert_eq!(wait(&[("x-ratelimit-reset", &in_40)]), Some(40));
        assert_eq!(
            wait(&[("reset", "soon"), ("x-ratelimit-reset", "12")]),
            Some(12)
        );
        // A clock that is wrong by years must not stop the sync for as long.
        assert_eq!(wait(&[("reset", "1603785300")]), Some(1));
        assert_eq!(wait(&[("reset", "-1")]), None);
        assert_eq!(wait(&[]), None);
        assert_eq!(
            failure(423, &[], "").retry_after(),
            Some(Duration::from_secs(60))
        );
    }

    #[test]
    fn a_token_that_is_sent_back_is_masked() {
        let error = failure(
            500,
            &[("x-request-id", "s3cr3t-token")],
            r#"{"code":"s3cr3t-token","message":"bad s3cr3t-token"}"#,
        );
        assert!(
            !format!("{error} {error:?}").contains("s3cr3t"),
            "{error:?}"
        );
    }

    proptest! {
        #[test]
        fn any_body_is_read(body in "\\PC*", status in 100..=599_u16) {
            if !(200..300).contains(&status) {
                let _ = failure(status, &[], &body);
            }
        }
    }
}
