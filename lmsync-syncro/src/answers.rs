//! What a Syncro answer means.
//!
//! A permission that is missing is answered with 401 here, like a key that is
//! wrong. The text of the body tells them apart where there is one; where there
//! is none, [`Api`](crate::api::Api) asks whose key it is.

use std::time::Duration;

use lmsync_core::http::Answer;
use lmsync_core::json::LenientObject;
use lmsync_core::{Error, ErrorKind, Result, RetryClass};
use serde::de::IgnoredAny;

use crate::wire;

pub(crate) const KEY_HINT: &str = "in Syncro, open your name (top right) > Profile/Password > API Tokens, and create \
     a token with + New Token, as Master User and with a full-time agent; the old key no longer \
     works after Update API Token, after its end date or once it is deleted";
pub(crate) const HOST_HINT: &str = "check the hostname: the part before .syncromsp.com (or .repairshopr.com) in the \
     browser's address bar; after a subdomain was renamed the old one no longer works, and the \
     key is sent to no other host";
/// The vendor counts by the minute and says nothing about how long to wait.
const THROTTLED: Duration = Duration::from_secs(60);

/// What a call needs the key to be allowed to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Right {
    ListAssets,
    ViewAsset,
    EditAsset,
    ListCustomers,
}

impl Right {
    /// The permission, as the token's screen calls it.
    const fn name(self) -> &'static str {
        match self {
            Self::ListAssets => "Assets - List/Search",
            Self::ViewAsset => "Assets - View Details",
            Self::EditAsset => "Assets - Edit",
            Self::ListCustomers => "Customers - List/Search",
        }
    }

    /// The error for a key that is right and lacks this permission.
    pub(crate) fn missing(self, status: u16) -> Error {
        let name = self.name();
        Error::new(
            ErrorKind::Permission,
            format!("the API key lacks the permission \"{name}\""),
        )
        .with_status(status)
        .with_hint(self.hint())
    }

    /// Where this permission is given.
    pub(crate) fn hint(self) -> String {
        let name = self.name();
        match self {
            Self::EditAsset => format!(
                "in Syncro, open your name (top right) > Profile/Password, in the section Password / \
                 ApiKey / Login-Pin choose API Tokens, then Edit on the token, or + New Token, and \
                 select the custom permission \"{name}\" beside \"Assets - List/Search\" and \
                 \"Assets - View Details\": the prebuilt token for Lifecycle Manager only reads; \
                 Update API Token ends the old key; the user who makes the token must have these \
                 rights itself and be a full-time agent"
            ),
            _ => format!(
                "in Syncro, open your name (top right) > Profile/Password > API Tokens, edit the token \
                 and add \"{name}\"; assets need \"Assets - List/Search\" and \"Assets - View Details\"; \
                 the user who makes the token must have these rights itself and be a full-time agent"
            ),
        }
    }
}

/// Refuses every answer but a success.
pub(crate) fn require_success(answer: &Answer<'_>, right: Right) -> Result<()> {
    let Err(error) = answer.require_success() else {
        return Ok(());
    };
    let status = answer.status().as_u16();
    Err(match status {
        401 if is_about_permissions(answer) => same_request(right.missing(status), error),
        403 => same_request(right.missing(status), error),
        401 => answer
            .error(
                ErrorKind::Authentication,
                "Syncro does not accept the API key",
            )
            .with_hint(KEY_HINT),
        404 if matches!(right, Right::ViewAsset | Right::EditAsset) => answer
            .error(ErrorKind::NotFound, "Syncro does not know the asset")
            .with_hint(
                "it may have been deleted or merged, or belong to a customer that the key's user \
                 does not see",
            ),
        404 => answer
            .error(ErrorKind::Vendor, "there is no Syncro API at this address")
            .with_hint(HOST_HINT),
        429 => {
            let wait = error.retry_after().unwrap_or(THROTTLED);
            error.with_retry_after(wait).with_hint(
                "lower `requests_per_minute`: Syncro counts 180 a minute for all that this source \
                 address sends, whatever the account",
            )
        }
        400 | 422 if right == Right::EditAsset => refused_change(answer),
        300..=399 => error.with_hint(HOST_HINT),
        500..=599 => error.with_hint("try again later"),
        _ => error,
    })
}

/// The error for a change that Syncro will not make. The reference shows its reason in more than
/// ten shapes, from one endpoint to the next.
fn refused_change(answer: &Answer<'_>) -> Error {
    let message = match answer.said().text {
        Some(reason) => format!("Syncro refuses the change: {reason}"),
        None => "Syncro refuses the change without a reason".to_owned(),
    };
    answer.error(ErrorKind::Vendor, message).with_hint(
        "open the asset in Syncro: what keeps it from being saved there has to be mended first",
    )
}

/// That the vendor took a change. The reference shows no answer of its own, so any
/// object will do; a web page in its place leaves open what became of the change.
pub(crate) fn require_taken(answer: &Answer<'_>) -> Result<()> {
    require_success(answer, Right::EditAsset)?;
    answer.object::<IgnoredAny>().map(|_| ())
}

/// The key's user; `None` where the key is somebody's who may not ask. The answer
/// holds a `user_token`, so nothing of it is shown.
pub(crate) fn user(answer: &Answer<'_>) -> Result<Option<wire::Me>> {
    let unclear = |kind| {
        let error = answer.silent_error(kind, "Syncro does not say whose key it is");
        error.with_hint("try again later; the key itself may be right")
    };
    match answer.require_success() {
        Ok(()) => {}
        // Known well enough to be refused something.
        Err(_) if is_about_permissions(answer) => return Ok(None),
        Err(error) => return Err(unclear(error.kind())),
    }
    match serde_json::from_slice::<LenientObject<wire::Me>>(answer.body()) {
        Ok(LenientObject::Value(me)) if me.user_id.text().is_some() => Ok(Some(me)),
        _ => Err(unclear(ErrorKind::Decode).with_retry(RetryClass::OnlyIfIdempotent)),
    }
}

/// The one text by which the vendor refuses what a key may not do.
fn is_about_permissions(answer: &Answer<'_>) -> bool {
    let start = &answer.body()[..answer.body().len().min(1024)];
    let text = String::from_utf8_lossy(start).to_ascii_lowercase();
    text.contains("group permissions")
        || (text.contains("not authorized") && text.contains("permission"))
}

/// `error` with the request id of `other`.
fn same_request(error: Error, other: Error) -> Error {
    match other.request_id() {
        Some(id) => error.with_request_id(id),
        None => error,
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use chrono::DateTime;
    use lmsync_core::http::Redactor;

    use super::*;

    const REFUSED: &str =
        r#"{"error":"Not authorized. Please ask account admin to update your group permissions."}"#;

    fn with<T>(status: u16, body: &str, look: impl FnOnce(&Answer<'_>) -> T) -> T {
        let response = http::Response::builder()
            .status(status)
            .header("location", "https://other.syncromsp.com/?key=abc")
            .header("x-request-id", "r-17")
            .body(Bytes::copy_from_slice(body.as_bytes()))
            .unwrap();
        look(&Answer::new(
            &response,
            Redactor::default(),
            DateTime::UNIX_EPOCH,
        ))
    }

    fn failure(status: u16, body: &str, right: Right) -> Error {
        with(status, body, |answer| require_success(answer, right)).expect_err(body)
    }

    #[test]
    fn the_body_of_a_401_tells_a_missing_permission_from_a_wrong_key() {
        for (right, name) in [
            (Right::ListAssets, "Assets - List/Search"),
            (Right::ViewAsset, "Assets - View Details"),
            (Right::EditAsset, "Assets - Edit"),
            (Right::ListCustomers, "Customers - List/Search"),
        ] {
            for (status, body) in [(401, REFUSED), (403, "")] {
                let error = failure(status, body, right);
                assert_eq!(error.kind(), ErrorKind::Permission);
                assert_eq!(error.request_id(), Some("r-17"));
                assert!(error.message().contains(name));
                for words in [name, "API Tokens", "full-time agent"] {
                    assert!(error.hint().unwrap().contains(words), "{error}");
                }
            }
        }
        for body in ["", "{}", r#"{"error":"Unauthorized"}"#, "<html>"] {
            let error = failure(401, body, Right::ListAssets);
            assert_eq!(error.kind(), ErrorKind::Authentication);
            assert_eq!(error.retry(), RetryClass::Never);
            assert!(error.hint().unwrap().contains("+ New Token"));
        }
    }

    #[test]
    fn a_wrong_subdomain_is_called_one() {
        for status in [301, 302, 404] {
            let error = failure(status, "", Right::ListAssets);
            assert_eq!(error.kind(), ErrorKind::Vendor);
            assert!(error.hint().unwrap().contains("renamed"), "{error}");
            assert!(!error.to_string().contains("abc"));
        }
        assert_eq!(
            failure(404, r#"{"message":"Not found"}"#, Right::ViewAsset).kind(),
            ErrorKind::NotFound
        );
    }

    #[test]
    fn too_many_requests_are_waited_for_a_minute_unless_told_otherwise() {
        let error = failure(429, "", Right::ListAssets);
        assert_eq!(error.kind(), ErrorKind::RateLimited);
        assert_eq!(error.retry_after(), Some(Duration::from_secs(60)));
        assert!(error.hint().unwrap().contains("source address"));
    }

    #[test]
    fn gateways_that_give_up_may_be_asked_again() {
        for (status, body) in [(504, "<html>gateway time-out"), (500, ""), (503, "")] {
            let error = failure(status, body, Right::ListAssets);
            assert_eq!(error.retry(), RetryClass::OnlyIfIdempotent);
            assert_eq!(error.status(), Some(status));
        }
    }

    #[test]
    fn whose_key_it_is_shows_nothing_of_the_answer() {
        let ask = |status, body: &str| with(status, body, user);
        assert!(ask(200, r#"{"user_token":"3746f72b","user_id":1}"#).is_ok());
        assert!(ask(401, REFUSED).is_ok());
        for (status, body) in [
            (200, r#"{"user_token":"3746f72b""#),
            (200, r#"{"user_token":"3746f72b"}"#),
            (200, r#"["3746f72b"]"#),
            (401, r#"{"user_token":"3746f72b"}"#),
            (500, "3746f72b"),
        ] {
            let error = ask(status, body).expect_err(body);
            let shown = format!("{error} {error:?}");
            assert!(!shown.contains("3746f72b"), "{shown}");
        }
        assert_eq!(ask(401, "").unwrap_err().kind(), ErrorKind::Authentication);
    }

    #[test]
    fn what_the_user_may_do_is_read_where_it_is_told() {
        for (permissions, told) in [
            (r#"{"asset":{"write":true}}"#, Some(true)),
            (r#"{"asset":{"write":"false"}}"#, Some(false)),
            (r#"{"asset":{"write":null}}"#, None),
            (r#"{"asset":[]}"#, None),
            ("null", None),
        ] {
            let body = format!(r#"{{"user_id":1,"permissions":{permissions}}}"#);
            let me = with(200, &body, user).unwrap().unwrap();
            assert_eq!(me.may_edit_assets(), told, "{body}");
        }
        assert!(with(401, REFUSED, user).unwrap().is_none());
    }

    #[test]
    fn a_change_is_taken_refused_or_left_open() {
        let change = |status, body: &str| with(status, body, require_taken);
        assert!(change(200, r#"{"asset":{"id":1}}"#).is_ok());
        assert!(change(200, "{}").is_ok());
        let failure = |status, body: &str| change(status, body).expect_err(body);
        let refused = failure(422, r#"{"message":["Asset type can't be blank"]}"#);
        assert_eq!(refused.retry(), RetryClass::Never);
        assert_eq!(refused.request_id(), Some("r-17"));
        assert!(refused.message().ends_with(": Asset type can't be blank"));
        for (status, body) in [
            (200, "<html>"),
            (200, ""),
            (200, r#"{"asset":{"#),
            (408, ""),
            (500, ""),
            (504, "<html>"),
        ] {
            let open = failure(status, body);
            assert_eq!(
                open.retry(),
                RetryClass::OnlyIfIdempotent,
                "{status} {body}"
            );
        }
        assert_eq!(failure(404, "").kind(), ErrorKind::NotFound);
        assert_eq!(failure(429, "").retry(), RetryClass::Safe);
    }

    #[test]
    fn an_answer_that_is_no_object_is_not_read_by_position() {
        let kind = |body: &str| {
            with(200, body, |answer| {
                answer
                    .object::<wire::List<serde::de::IgnoredAny>>()
                    .map(|_| ())
            })
            .err()
            .map(|error| error.kind())
        };
        for body in [
            "[[1],{}]",
            "null",
            "3",
            "\"text\"",
            "",
            "<html>",
            "{\"assets\":[1",
        ] {
            assert_eq!(kind(body), Some(ErrorKind::Decode), "{body}");
        }
        assert_eq!(kind(r#"{"assets":[1]}"#), None);
    }
}
