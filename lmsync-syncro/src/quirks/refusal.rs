//! Why Syncro refuses a change.
//!
//! The reference shows the reason in more than ten shapes, from one endpoint to the
//! next: a text, a list, texts by field, under `message`, `error` or `errors`, or alone.

use lmsync_core::http::Answer;
use lmsync_core::{Error, ErrorKind};
use serde_json::{Map, Value};

/// Where the reason stands, first of all.
const REASONS: [&str; 3] = ["message", "error", "errors"];
/// What stands beside it: flags, and what was sent.
const NO_REASONS: [&str; 5] = ["success", "status", "params", "record", "asset"];
/// The most characters of a reason that are shown.
const SHOWN: usize = 300;

/// The error for a change that Syncro will not make.
pub(crate) fn of_change(answer: &Answer<'_>) -> Error {
    let reason = match serde_json::from_slice(answer.body()) {
        Ok(Value::Object(members)) => reason(&members),
        _ => None,
    };
    let message = match reason {
        Some(reason) => format!("Syncro refuses the change: {}", shown(answer, &reason)),
        None => "Syncro refuses the change without a reason".to_owned(),
    };
    answer.error(ErrorKind::Vendor, message).with_hint(
        "open the asset in Syncro: what keeps it from being saved there has to be mended first",
    )
}

/// The vendor's reason, whichever shape it comes in.
fn reason(members: &Map<String, Value>) -> Option<String> {
    let named = REASONS.iter().filter_map(|name| members.get(*name));
    let by_field = members.iter().filter(|(name, _)| {
        !REASONS.contains(&name.as_str()) && !NO_REASONS.contains(&name.as_str())
    });
    named
        .map(|value| told(None, value))
        .chain([by_field
            .flat_map(|(name, value)| told(Some(name), value))
            .collect()])
        .find(|texts: &Vec<String>| !texts.is_empty())
        .map(|texts| texts.join("; "))
}

/// The texts in `value`, each with the innermost field it is about.
fn told(field: Option<&str>, value: &Value) -> Vec<String> {
    match value {
        Value::String(text) if !text.trim().is_empty() => vec![match field {
            Some(field) => format!("{field} {text}"),
            None => text.clone(),
        }],
        Value::Array(texts) => texts.iter().flat_map(|text| told(field, text)).collect(),
        Value::Object(fields) => {
            let inner = fields
                .iter()
                .flat_map(|(field, text)| told(Some(field), text));
            inner.collect()
        }
        _ => Vec::new(),
    }
}

/// `reason` on one line of bearable length, with no secret in it.
fn shown(answer: &Answer<'_>, reason: &str) -> String {
    // Masking comes first, so that no part of a secret is left at the cut.
    let masked = answer.mask(reason);
    let words: Vec<&str> = masked.split_whitespace().collect();
    let line = words.join(" ");
    match line.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use chrono::DateTime;
    use lmsync_core::http::Redactor;
    use lmsync_core::{RetryClass, Secret};

    use super::*;

    fn refused(body: &str) -> Error {
        let response = http::Response::builder()
            .status(422)
            .body(Bytes::copy_from_slice(body.as_bytes()))
            .unwrap();
        let redactor = Redactor::default().and(&Secret::from("k3y-canary"));
        of_change(&Answer::new(&response, redactor, DateTime::UNIX_EPOCH))
    }

    #[test]
    fn the_reason_is_found_in_every_shape() {
        for (body, reason) in [
            (
                r#"{"success":false,"message":["Asset type can't be blank","Name is odd"],"params":{"name":"No type"}}"#,
                "Asset type can't be blank; Name is odd",
            ),
            (r#"{"message":"Not found"}"#, "Not found"),
            (r#"{"error":"Validation failed"}"#, "Validation failed"),
            (r#"{"error":["a","b"]}"#, "a; b"),
            (
                r#"{"success":false,"error":"a","message":"a","params":{"x":"y"}}"#,
                "a",
            ),
            (r#"{"status":"attached","errors":"In use"}"#, "In use"),
            (r#"{"errors":["a"],"params":{}}"#, "a"),
            (
                r#"{"success":false,"errors":{"appointments":{"summary":["can't be blank"]}}}"#,
                "summary can't be blank",
            ),
            (
                r#"{"customer_id":["can't be blank"],"date":["is odd"]}"#,
                "customer_id can't be blank; date is odd",
            ),
            (
                r#"{"record":{"name":"","buffer":null},"errors":"Name can't be blank"}"#,
                "Name can't be blank",
            ),
            (
                r#"{"message":[],"errors":[null," "],"item":["a\n b"]}"#,
                "item a b",
            ),
        ] {
            let error = refused(body);
            let message = format!("Syncro refuses the change: {reason}");
            assert_eq!(error.message(), message, "{body}");
            assert_eq!(
                (error.kind(), error.retry()),
                (ErrorKind::Vendor, RetryClass::Never)
            );
            assert!(error.hint().is_some());
        }
    }

    #[test]
    fn a_refusal_without_a_reason_is_one() {
        for body in [
            "",
            "{}",
            "[1]",
            "<html>",
            r#"{"success":false,"params":{"name":"x"}}"#,
        ] {
            let error = refused(body);
            assert!(error.message().contains("without a reason"), "{body}");
            assert_eq!(error.status(), Some(422));
        }
    }

    #[test]
    fn a_reason_is_short_and_shows_no_secret() {
        let long = format!(r#"{{"error":"{} k3y-canary"}}"#, "x".repeat(SHOWN - 5));
        let message = refused(&long).message().to_owned();
        assert!(
            message.chars().count() < SHOWN + 40 && !message.contains("k3y"),
            "{message}"
        );
    }
}
