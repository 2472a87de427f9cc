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
    answer.require_success().map_err(|error| match error.kind() {
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
        .map(|param| param.attributes.iter().filter_map(|name| name.text()).collect())
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
