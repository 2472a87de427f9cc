//! What a SuperOps answer means.
//!
//! Most failures come with HTTP 200, an empty message and the reason in
//! `extensions.clientError[].code`; "too many requests" among them. Codes:
//! the vendor's developer reference, "Errors".

use lmsync_core::graphql::GraphQlError;
use lmsync_core::http::Answer;
use lmsync_core::{Error, ErrorKind, Result, RetryClass};
use serde::Deserialize;
use serde::de::IgnoredAny;

use lmsync_core::json::StrictObject;

use crate::wire::{Answered, ClientError, Extensions, Root};

const TOKEN_HINT: &str = "check the API token under Settings > Profile information > API token: \
     generating a new one invalidates the old";
const SUBDOMAIN_HINT: &str = "check the MSP subdomain under Settings > My MSP > MSP information, \
     and the region";
const BUDGET_HINT: &str = "lower `requests_per_minute`, or run fewer tools on this user's token";
const VIEW_HINT: &str = "under Settings > Roles and Groups > Technician Roles, give the token's \
     role View on Client Settings > Client (All Clients) and Site, and View on Asset Management > \
     Asset and Asset Views";
/// What a role needs for writing dates.
pub(crate) const EDIT_HINT: &str = "under Settings > Roles and Groups > Technician Roles, give the \
     token's role Edit on Asset Management > Asset";

/// What an answer holds besides data: errors about single fields of it.
pub(crate) type FieldErrors = Vec<GraphQlError<Extensions>>;

/// The root field of the answer, and what was said about parts of it.
pub(crate) fn read<'a, R: Deserialize<'a>>(answer: &Answer<'a>) -> Result<(R, FieldErrors)> {
    let (field, errors) = read_optional(answer)?;
    let field = field.ok_or_else(|| without_data(answer))?;
    Ok((field, errors))
}

/// Like [`read`], where null means that there is no such record.
pub(crate) fn read_optional<'a, R: Deserialize<'a>>(
    answer: &Answer<'a>,
) -> Result<(Option<R>, FieldErrors)> {
    let parts = Parts::of(answer, VIEW_HINT)?;
    if let Some(refusal) = parts.refusal {
        return Err(refusal);
    }
    let about_rows = |errors: &FieldErrors| errors.iter().all(|error| error.index().is_some());
    if parts.errors.is_empty() || (parts.field.is_some() && about_rows(&parts.errors)) {
        Ok((parts.field, parts.errors))
    } else {
        Err(uncoded(answer, &parts.errors))
    }
}

/// That the answer confirms a mutation without any reservation.
pub(crate) fn require_made(answer: &Answer<'_>) -> Result<()> {
    let parts = Parts::<IgnoredAny>::of(answer, EDIT_HINT)?;
    let failure = match parts.refusal {
        Some(refusal) => refusal,
        None if !parts.errors.is_empty() => uncoded(answer, &parts.errors),
        None if parts.field.is_none() => without_data(answer),
        None => return Ok(()),
    };
    Err(match parts.field {
        Some(_) => half_made(answer, &failure),
        None => failure,
    })
}

/// What an answer with a good status is made of.
struct Parts<R> {
    field: Option<R>,
    errors: FieldErrors,
    /// The vendor's own code, wherever it stood.
    refusal: Option<Error>,
}

impl<'a, R: Deserialize<'a>> Parts<R> {
    /// `permission` names what the role needs for this request.
    fn of(answer: &Answer<'a>, permission: &str) -> Result<Self> {
        require_success(answer, permission)?;
        let StrictObject(envelope): StrictObject<Answered<StrictObject<Root<R>>>> =
            answer.json()?;
        let (field, more) = match envelope.data {
            Some(StrictObject(root)) => (root.field, root.extensions),
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
        let refusal = decisive(&reasons).map(|reason| coded(answer, reason, permission));
        Ok(Self {
            field,
            errors: envelope.errors,
            refusal,
        })
    }
}

fn require_success(answer: &Answer<'_>, permission: &str) -> Result<()> {
    answer
        .require_success()
        .map_err(|error| match error.kind() {
            ErrorKind::Authentication => answer
                .error(
                    ErrorKind::Authentication,
                    "SuperOps does not accept the API token",
                )
                .with_hint(TOKEN_HINT),
            ErrorKind::Permission => error.with_hint(permission),
            ErrorKind::NotFound => error.with_hint("check the endpoint and the product"),
            // The vendor documents 400 for an invalid subdomain, without a body; seen for a token
            // that is of no use, too.
            ErrorKind::Vendor if error.status() == Some(400) => answer
                .error(
                    ErrorKind::Authentication,
                    "SuperOps does not know the MSP subdomain, or cannot use the API token",
                )
                .with_hint(format!("{SUBDOMAIN_HINT}; otherwise {TOKEN_HINT}")),
            ErrorKind::RateLimited => error.with_hint(BUDGET_HINT),
            _ if error.hint().is_none() => error.with_hint("try again later"),
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

fn coded(answer: &Answer<'_>, reason: &ClientError, permission: &str) -> Error {
    let code = reason.code.text().unwrap_or_default();
    let (kind, message, hint) = match code {
        "rate_limit_exceeded" => (
            ErrorKind::RateLimited,
            "SuperOps refuses more requests for now".to_owned(),
            BUDGET_HINT,
        ),
        "forbidden" => (
            ErrorKind::Permission,
            "the token's role may not do this".to_owned(),
            permission,
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
                .0
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

fn without_data(answer: &Answer<'_>) -> Error {
    let what = "SuperOps answered without data and without an error";
    answer.without_data(ErrorKind::Vendor, what)
}

/// The vendor confirms a mutation and complains of it: whatever the reason, part of it may be made.
fn half_made(answer: &Answer<'_>, failure: &Error) -> Error {
    let message = format!(
        "SuperOps confirmed the change with a reservation: {}",
        failure.message()
    );
    let mut error = answer
        .error(ErrorKind::Vendor, message)
        .with_retry(RetryClass::OnlyIfIdempotent);
    if let Some(code) = failure.vendor_code() {
        error = error.with_vendor_code(code);
    }
    if let Some(hint) = failure.hint() {
        error = error.with_hint(hint);
    }
    error
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use chrono::DateTime;
    use lmsync_core::http::Redactor;

    use super::*;
    use crate::wire::List;

    fn with<T>(status: u16, body: &str, act: impl FnOnce(&Answer<'_>) -> T) -> T {
        let response = http::Response::builder()
            .status(status)
            .body(Bytes::copy_from_slice(body.as_bytes()))
            .unwrap();
        act(&Answer::new(
            &response,
            Redactor::default(),
            DateTime::UNIX_EPOCH,
        ))
    }

    fn outcome(status: u16, body: &str) -> Result<(Vec<u8>, FieldErrors)> {
        with(status, body, |answer| {
            let (list, errors) = read::<List<&serde_json::value::RawValue>>(answer)?;
            let rows = list.rows.unwrap_or_default().into_iter();
            Ok((rows.map(|row| row.get().parse().unwrap()).collect(), errors))
        })
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
        assert_eq!(list, [1, 2]);
        assert_eq!(errors[0].index(), Some(1));
    }

    fn not_made(status: u16, body: &str) -> Error {
        with(status, body, require_made).expect_err(body)
    }

    fn refused_update(code: &str, data: &str) -> String {
        format!(
            r#"{{"errors":[{{"message":null,"path":["updateAsset"],"extensions":{{
                "clientError":[{{"code":"{code}","param":{{"attributes":["purchasedDate"]}}}}]}}}}],
                "data":{data}}}"#
        )
    }

    #[test]
    fn only_a_confirmation_without_reservation_is_a_success() {
        let plain = r#"{"data":{"updateAsset":{"assetId":"9001114136934215681"}}}"#;
        assert!(with(200, plain, require_made).is_ok());
        let confirmed = r#"{"updateAsset":{"assetId":"1"}}"#;
        for body in [
            // A path into a list is nothing special where there are no rows.
            format!(
                r#"{{"errors":[{{"message":"odd","path":["updateAsset","client",0]}}],"data":{confirmed}}}"#
            ),
            format!(r#"{{"errors":[{{"message":null}}],"data":{confirmed}}}"#),
            // Waiting and sending again would be blind: part of it may be made.
            refused_update("rate_limit_exceeded", confirmed),
            refused_update("forbidden", confirmed),
            refused_update("mandatory_validation_failed", confirmed),
        ] {
            let error = not_made(200, &body);
            assert_eq!(error.kind(), ErrorKind::Vendor, "{body}");
            assert_eq!(error.retry(), RetryClass::OnlyIfIdempotent, "{body}");
            assert!(error.message().contains("reservation"), "{error}");
        }
    }

    #[test]
    fn whether_the_vendor_may_have_acted_is_told_by_the_retry_class() {
        use ErrorKind as K;
        use RetryClass as R;
        let internal = r#"{"errors":[{"message":"Internal Server Error(s) while executing query"}],"data":{"updateAsset":null}}"#;
        let unexplained = r#"{"errors":[{"message":null,"path":["updateAsset"],"extensions":{"classification":"DataFetchingException"}}],"data":{"updateAsset":null}}"#;
        let invalid = r#"{"errors":[{"message":"Validation error of type FieldUndefined: no","extensions":{"classification":"ValidationError"}}]}"#;
        let coded = |code| refused_update(code, r#"{"updateAsset":null}"#);
        for (status, body, kind, retry) in [
            (200, internal, K::Vendor, R::OnlyIfIdempotent),
            (200, unexplained, K::Vendor, R::OnlyIfIdempotent),
            (
                200,
                r#"{"data":{"updateAsset":null}}"#,
                K::Vendor,
                R::OnlyIfIdempotent,
            ),
            (
                200,
                r#"{"data":{"updateAsset":{"ass"#,
                K::Decode,
                R::OnlyIfIdempotent,
            ),
            (200, "<html>", K::Decode, R::OnlyIfIdempotent),
            (500, "", K::Vendor, R::OnlyIfIdempotent),
            (503, "<html>", K::Vendor, R::OnlyIfIdempotent),
            (200, invalid, K::Vendor, R::Never),
            (
                200,
                &coded("value_pattern_validation_failed"),
                K::Vendor,
                R::Never,
            ),
            (200, &coded("entity_does_not_exist"), K::NotFound, R::Never),
            (200, &coded("forbidden"), K::Permission, R::Never),
            (200, &coded("rate_limit_exceeded"), K::RateLimited, R::Safe),
            (401, "", K::Authentication, R::Never),
            (429, "", K::RateLimited, R::Safe),
        ] {
            let error = not_made(status, body);
            assert_eq!((error.kind(), error.retry()), (kind, retry), "{body}");
        }
    }

    #[test]
    fn a_refused_write_names_the_permission_to_write() {
        let forbidden = refused_update("forbidden", "{}");
        for (status, body) in [(200, forbidden.as_str()), (403, "")] {
            let error = not_made(status, body);
            assert_eq!(error.kind(), ErrorKind::Permission);
            assert_eq!(error.hint(), Some(EDIT_HINT));
        }
        let unpaid = not_made(200, &refused_update("subscription_paused", "{}"));
        assert_eq!(unpaid.kind(), ErrorKind::Permission);
        assert!(unpaid.hint().unwrap().contains("subscription"), "{unpaid}");
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
