//! What a SuperOps answer means.
//!
//! Most failures come with HTTP 200, an empty message and the reason in
//! `extensions.clientError[].code`; "too many requests" among them. Codes:
//! the vendor's developer reference, "Errors".

use lmsync_core::graphql::GraphQlError;
use lmsync_core::http::Answer;
use lmsync_core::{Error, ErrorKind, Result, RetryClass};
use serde::de::DeserializeOwned;

use crate::wire::{Answered, ClientError, Extensions, Root};

const TOKEN_HINT: &str = "check the API token under Settings > Profile information > API token: \
     generating a new one invalidates the old";
const SUBDOMAIN_HINT: &str = "check the MSP subdomain under Settings > My MSP > MSP information, \
     and the region";
const ROLE_HINT: &str = "under Settings > Roles and Groups > Technician Roles, give the token's \
     role View on Client Settings > Client (All Clients) and Site, and View on Asset Management > \
     Asset and Asset Views";

/// What an answer holds besides data: errors about single fields of it.
pub(crate) type FieldErrors = Vec<GraphQlError<Extensions>>;

/// The root field of the answer, and what was said about parts of it.
pub(crate) fn read<R: DeserializeOwned>(answer: &Answer<'_>) -> Result<(R, FieldErrors)> {
    let (field, errors) = read_optional(answer)?;
    let field = field.ok_or_else(|| {
        answer
            .error(
                ErrorKind::Vendor,
                "SuperOps answered without data and without an error",
            )
            .with_retry(RetryClass::OnlyIfIdempotent)
            .with_hint("try again later")
    })?;
    Ok((field, errors))
}

/// Like [`read`], where null means that there is no such record.
pub(crate) fn read_optional<R: DeserializeOwned>(
    answer: &Answer<'_>,
) -> Result<(Option<R>, FieldErrors)> {
    require_success(answer)?;
    let envelope: Answered<Root<R>> = answer.json()?;
    let (field, more) = match envelope.data {
        Some(root) => (root.field, root.extensions),
        None => (None, None),
    };
    let reasons: Vec<&ClientError> = envelope
        .errors
        .iter()
        .filter_map(|error| error.extensions.as_ref())
        .chain(&envelope.extensions)
        .chain(&more)
        .flat_map(|extensions| &extensions.client_error.0)
        .filter(|reason| reason.code.text().is_some())
        .collect();
    if let Some(reason) = decisive(&reasons) {
        return Err(coded(answer, reason));
    }
    let about_rows = |errors: &FieldErrors| errors.iter().all(|error| error.index().is_some());
    if envelope.errors.is_empty() || (field.is_some() && about_rows(&envelope.errors)) {
        Ok((field, envelope.errors))
    } else {
        Err(uncoded(answer, &envelope.errors))
    }
}

fn require_success(answer: &Answer<'_>) -> Result<()> {
    answer
        .require_success()
        .map_err(|error| match error.kind() {
            ErrorKind::Authentication => answer
                .error(
                    ErrorKind::Authentication,
                    "SuperOps does not accept the API token",
                )
                .with_hint(TOKEN_HINT),
            ErrorKind::Permission => error.with_hint(ROLE_HINT),
            ErrorKind::NotFound => error.with_hint("check the endpoint and the product"),
            // The vendor documents 400 for an invalid subdomain, without a body.
            ErrorKind::Vendor if error.status() == Some(400) => answer
                .error(
                    ErrorKind::Authentication,
                    "SuperOps does not know the MSP subdomain",
                )
                .with_hint(SUBDOMAIN_HINT),
            _ => error,
        })
}

/// The reason that decides: one that waiting cures must not hide one that it does not.
fn decisive<'a>(reasons: &[&'a ClientError]) -> Option<&'a ClientError> {
    reasons
        .iter()
        .find(|reason| reason.code.text() != Some("rate_limit_exceeded"))
        .or_else(|| reasons.first())
        .copied()
}

fn coded(answer: &Answer<'_>, reason: &ClientError) -> Error {
    let code = reason.code.text().unwrap_or_default();
    let (kind, message, hint) = match code {
        "rate_limit_exceeded" => (
            ErrorKind::RateLimited,
            "SuperOps refuses more requests for now".to_owned(),
            "lower `requests_per_minute`, or run fewer tools on this user's token",
        ),
        "forbidden" => (
            ErrorKind::Permission,
            "the token's role may not do this".to_owned(),
            ROLE_HINT,
        ),
        "subscription_trial_expired" | "subscription_paused" | "subscription_cancelled" => (
            ErrorKind::Permission,
            "the SuperOps subscription does not allow access".to_owned(),
            "renew the subscription in SuperOps",
        ),
        "entity_does_not_exist" | "referred_value_does_not_exist" => (
            ErrorKind::NotFound,
            "SuperOps does not know the record".to_owned(),
            "it may have been deleted, or the token's role may not see it",
        ),
        _ => (
            ErrorKind::Vendor,
            format!("SuperOps refused the request{}", attributes(reason)),
            "the vendor's reference explains the code under Errors",
        ),
    };
    let retry = match kind {
        ErrorKind::RateLimited => RetryClass::Safe,
        _ => RetryClass::Never,
    };
    answer
        .error(kind, message)
        .with_vendor_code(answer.mask(code))
        .with_retry(retry)
        .with_hint(hint)
}

fn attributes(reason: &ClientError) -> String {
    let names: Vec<&str> = reason
        .param
        .value()
        .map(|param| {
            param
                .attributes
                .iter()
                .filter_map(|name| name.text())
                .collect()
        })
        .unwrap_or_default();
    if names.is_empty() {
        String::new()
    } else {
        format!(" because of {}", names.join(", "))
    }
}

/// A failure without a code: the query is wrong, or something broke on their side.
fn uncoded(answer: &Answer<'_>, errors: &FieldErrors) -> Error {
    let message = errors.iter().find_map(GraphQlError::message);
    let invalid = errors.iter().any(|error| {
        error
            .extensions
            .as_ref()
            .and_then(|extensions| extensions.classification.text())
            == Some("ValidationError")
    }) || message.is_some_and(|text| text.starts_with("Validation error"));
    let text = message.unwrap_or("no reason given");
    if invalid {
        return answer
            .error(
                ErrorKind::Vendor,
                format!("SuperOps does not accept the query: {text}"),
            )
            .with_hint("check the product (`msp` or `it`); the API may have changed");
    }
    answer
        .error(ErrorKind::Vendor, format!("SuperOps failed: {text}"))
        .with_retry(RetryClass::OnlyIfIdempotent)
        .with_hint("try again later")
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use chrono::DateTime;
    use lmsync_core::http::Redactor;

    use super::*;
    use crate::wire::List;

    fn outcome(status: u16, body: &str) -> Result<(List<u8>, FieldErrors)> {
        let response = http::Response::builder()
            .status(status)
            .body(Bytes::copy_from_slice(body.as_bytes()))
            .unwrap();
        read(&Answer::new(
            &response,
            Redactor::default(),
            DateTime::UNIX_EPOCH,
        ))
    }

    fn failure(status: u16, body: &str) -> Error {
        outcome(status, body).expect_err(body)
    }

    fn coded_body(code: &str) -> String {
        format!(
            r#"{{"errors":[{{"message":null,"extensions":{{"clientError":[{{"code":"{code}","param":{{}}}}],
                "classification":"DataFetchingException"}}}}],"data":{{"getAssetList":null}}}}"#
        )
    }

    #[test]
    fn a_code_inside_a_200_decides() {
        use ErrorKind as K;
        use RetryClass as R;
        for (code, kind, retry) in [
            ("rate_limit_exceeded", K::RateLimited, R::Safe),
            ("forbidden", K::Permission, R::Never),
            ("subscription_paused", K::Permission, R::Never),
            ("entity_does_not_exist", K::NotFound, R::Never),
            ("mandatory_validation_failed", K::Vendor, R::Never),
            ("a_code_of_next_year", K::Vendor, R::Never),
        ] {
            let error = failure(200, &coded_body(code));
            assert_eq!((error.kind(), error.retry()), (kind, retry), "{code}");
            assert_eq!(error.vendor_code(), Some(code));
            assert!(error.hint().is_some(), "{code}");
        }
    }

    #[test]
    fn a_code_is_found_wherever_it_is_put() {
        for body in [
            r#"{"errors":[{"extensions":{"clientError":{"code":"forbidden"}}}],"data":{}}"#,
            r#"{"errors":[{"message":""}],"extensions":{"clientError":[{"code":"forbidden"}]},"data":null}"#,
            r#"{"data":{"getAssetList":null,"extensions":{"clientError":[{"code":"forbidden"}]}}}"#,
            // Waiting would not help here.
            r#"{"errors":[{"extensions":{"clientError":[{"code":"rate_limit_exceeded"},{"code":"forbidden"}]}}]}"#,
            // Part of the data came all the same.
            r#"{"errors":[{"path":["getAssetList","assets",0],"extensions":{"clientError":[{"code":"forbidden"}]}}],
                "data":{"getAssetList":{"assets":[1]}}}"#,
        ] {
            let error = failure(200, body);
            assert_eq!(error.kind(), ErrorKind::Permission, "{body}");
            assert!(error.hint().unwrap().contains("Technician Roles"));
        }
    }

    #[test]
    fn a_validation_failure_names_the_attribute() {
        let error = failure(
            200,
            r#"{"errors":[{"extensions":{"clientError":[{"code":"mandatory_validation_failed",
                "param":{"attributes":["name","email"],"index":1}}]}}]}"#,
        );
        assert!(
            error.message().ends_with("because of name, email"),
            "{error}"
        );
    }

    #[test]
    fn a_failure_without_a_code_may_pass_and_a_wrong_query_does_not() {
        let passing = [
            r#"{"errors":[{"message":"Internal Server Error(s) while executing query"}],"data":{"getAssetList":null}}"#,
            r#"{"errors":[{"message":null,"extensions":{"classification":"DataFetchingException"}}],"data":null}"#,
            r#"{"data":{"getAssetList":null}}"#,
            r#"{"data":{}}"#,
            r#"{}"#,
            r#"{"errors":[{"message":"odd"}],"data":{"getAssetList":{"assets":[1]}}}"#,
        ];
        for body in passing {
            let error = failure(200, body);
            assert_eq!(error.kind(), ErrorKind::Vendor, "{body}");
            assert_eq!(error.retry(), RetryClass::OnlyIfIdempotent, "{body}");
        }
        let error = failure(
            200,
            r#"{"errors":[{"message":"Validation error of type FieldUndefined: Field 'x' is undefined",
                "extensions":{"classification":"ValidationError"}}]}"#,
        );
        assert_eq!(
            (error.kind(), error.retry()),
            (ErrorKind::Vendor, RetryClass::Never)
        );
    }

    #[test]
    fn errors_about_rows_leave_the_rest() {
        let (list, errors) = outcome(
            200,
            r#"{"errors":[{"message":"Cannot return null","path":["getAssetList","assets",1,"client"]}],
                "data":{"getAssetList":{"assets":[1,2]}}}"#,
        )
        .unwrap();
        assert_eq!(list.rows, Some(vec![1, 2]));
        assert_eq!(errors[0].index(), Some(1));
    }

    #[test]
    fn the_status_is_explained_in_the_vendors_menu_words() {
        for (status, kind, words) in [
            (401, ErrorKind::Authentication, "API token"),
            (400, ErrorKind::Authentication, "My MSP"),
            (403, ErrorKind::Permission, "Technician Roles"),
            (404, ErrorKind::NotFound, "endpoint"),
        ] {
            let error = failure(status, "");
            assert_eq!(error.kind(), kind, "{status}");
            assert!(error.hint().unwrap().contains(words), "{error}");
        }
        assert_eq!(failure(429, "").kind(), ErrorKind::RateLimited);
        assert_eq!(failure(502, "<html>").retry(), RetryClass::OnlyIfIdempotent);
        assert_eq!(failure(200, "<html>").kind(), ErrorKind::Decode);
        assert_eq!(failure(200, "").kind(), ErrorKind::Decode);
    }
}
